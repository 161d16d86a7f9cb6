"""Meaning of cases and courses: what is sound in form and yet cannot be meant is told with its key and the mend."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.scenario.author_check import notes_on
from simulator.scenario.course_file import load_course
from simulator.scenario.file_kind import FileKind, kind_of_file
from simulator.scenario.load import load_scenario
from simulator.scenario.translation import read_translations
from tests.conftest import PROJECT

HEAD = 'format = 1\ntitle = "t"\nextends = "patient-2"\n'
COURSE = 'format = 1\ntitle = "c"\n'


def told(tmp_path: Path, body: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(UserInputError) as caught:
        load_scenario(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "key", "words"),
    [
        ('[[stage]]\ntitle = "s"\n[stage.leak]\nlevel = "L3/4"\npattern = "slow"\nside = "both"\n',
         "stage.leak.side", "one side"),
        ('[[stage]]\ntitle = "s"\n[stage.leak]\nlevel = "L3/4"\nneedle_levels = []\nmay_abandon = false\n',
         "stage.leak.may_abandon", "no level is right"),
        ('[[stage]]\ntitle = "s"\n[stage.leak]\nlevel = "L3/4"\npattern = "slow"\nside = "left"\niodine_ratio = 0.9\n',
         "stage.leak.iodine_ratio", "0.05 to 0.35"),
        ('[path]\nentry_mm = [0.0, 60.0, 0.0]\ntarget_mm = [0.0, 60.0, 0.0]\n', "path.target_mm", "1 to 250 mm"),
        ('[path]\nentry_mm = [0.0, 1900.0, 0.0]\ntarget_mm = [0.0, 10.0, 0.0]\n', "path.target_mm", "1 to 250 mm"),
        ('[path]\nentry_mm = [0.0, 10.0, 0.0]\ntarget_mm = [0.0, 60.0, 0.0]\n', "path.entry_mm", "behind the target"),
        ('[[question]]\nwords = "q"\nkind = "level and side"\nlevel = "C5/6"\n', "question.level", "'C5/6'"),
        ('[[question]]\nwords = "q"\nkind = "choice"\noptions = ["a", "a"]\nright = 1\n', "question.options", "twice"),
        ('[[checklist]]\nwords = "a"\n[[checklist]]\nwords = "a"\n', "checklist.words", "twice"),
        ('[needle]\ntray = ["20G Quincke 88 mm", "20G Quincke 88 mm"]\n', "needle.tray", "twice"),
        ('[patient]\npedicle_screws = ["L4"]\n', "patient.pedicle_screws", "two vertebrae"),
        ('[patient]\nage_years = { uniform = [40, 40] }\n', "patient.age_years", "write one value"),
        ('[patient]\nage_years = { unifrom = [30, 40] }\n', "patient.age_years", "'uniform'"),
        ('[lesson]\ngoals = ["g"]\n[[lesson.advice]]\nwords = "a"\nwrong_level = false\n',
         "lesson.advice.wrong_level", "true"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told(tmp_path: Path, body: str, key: str, words: str) -> None:
    message = told(tmp_path, body)
    assert f"{key}: " in message
    assert words in message
    assert "\n" not in message, "one fault, one message"


def test_a_fault_of_a_case_that_ships_is_told_where_it_is_taken_over(tmp_path: Path) -> None:
    message = told(tmp_path, '[patient]\nphantom = "patient-4"\n')
    assert f"{tmp_path / 'mine.toml'}:3 (taken over from patient-2.toml:" in message


@pytest.mark.parametrize("pixels", [b"", b"junk that no inflater knows"])
def test_a_picture_without_pixels_is_no_picture(tmp_path: Path, pixels: bytes) -> None:
    import struct
    import zlib

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", pixels) if pixels else b""
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b""))
    message = told(tmp_path, '[briefing]\n[[briefing.picture]]\nfile = "a.png"\ncaption = "c"\n')
    assert "this is no PNG that can be read" in message
    Image.new("L", (4, 4)).save(tmp_path / "a.png")
    load_scenario(tmp_path / "mine.toml")


def test_a_key_of_very_many_parts_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for line in ("a = { " + "a." * 100_000 + "a = 1 }", '"a=b".' + "a." * 100_000 + "a = 1"):
        assert "deep in one another" in told(tmp_path, f"{line}\n")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('[[case]]\nscenario = "slim"\ncounts = false\n', "no case counts"),
        ('[[case]]\nscenario = "slim"\nneeds = ["slim"]\n', "cannot need itself"),
        ('[[case]]\nscenario = "slim"\nneeds = ["obese"]\n[[case]]\nscenario = "obese"\n', "put 'obese' before it"),
        ('[[case]]\nscenario = "slim"\n[[case]]\nscenario = "obese"\nneeds = ["slim.toml"]\n', "did you mean 'slim'"),
        ('[[case]]\nscenario = "slim"\nneeds = ["nobody"]\n', "which is the first"),
    ],
)
def test_faults_of_a_course(tmp_path: Path, rows: str, words: str) -> None:
    (tmp_path / "c.toml").write_text(COURSE + rows)
    with pytest.raises(UserInputError, match=words):
        load_course(tmp_path / "c.toml")


def test_a_day_without_quotes_and_another_form_of_it_are_told(tmp_path: Path) -> None:
    for given, words in (("2026-10-01", "date or time"), ('"01.10.2026"', "write one such as 2026-10-01")):
        (tmp_path / "c.toml").write_text(f'{COURSE}opens = {given}\n[[case]]\nscenario = "slim"\n')
        with pytest.raises(UserInputError, match=words):
            load_course(tmp_path / "c.toml")


def test_a_course_with_a_misspelt_table_is_told_as_a_course(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(COURSE + '[[cases]]\nscenario = "slim"\n')
    assert kind_of_file(tmp_path / "c.toml") is FileKind.COURSE


@pytest.mark.parametrize("language", ["fr", "DE", "de-AT"])
def test_a_translation_to_another_language_is_told_so(
    tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_text(HEAD)
    path = tmp_path / f"mine.{language}.toml"
    path.write_text('title = "x"\n')
    assert main(["check", str(path)]) == 2
    assert "is no language that the program prints: name it mine.de.toml" in capsys.readouterr().err


def test_one_english_text_has_one_translation(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        HEAD + '[debrief]\nreactions = ["How was it?"]\nanalysis = ["Why?"]\nsummary = ["How was it?"]\n'
    )
    (tmp_path / "mine.de.toml").write_text('[debrief]\nreactions = ["Eins?"]\nsummary = ["Zwei?"]\n')
    file = load_scenario(tmp_path / "mine.toml")
    with pytest.raises(UserInputError, match="translates it otherwise"):
        read_translations(file, file.scenario_for(1))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["my-case", "--goal", ""], "lesson.goals"),
        (["my-case", "--goal", "x" * 600], "longer than 500"),
        (["my-case.de"], "without dots"),
        (["CON"], "on every system"),
    ],
)
def test_new_writes_no_case_that_check_refuses(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_new_takes_a_goal_with_any_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine", "--goal", 'With "quotes", ÄÖ and \x7f']) == 0
    lesson = load_scenario(Path("mine.toml")).scenario_for(1).lesson
    assert lesson is not None
    assert lesson.goals == ['With "quotes", ÄÖ and \x7f']


@pytest.mark.parametrize("command", [["new", "mine", "--goal"], ["course", "first-lumbar", "--learner"]])
def test_words_that_are_no_utf_8_are_told(tmp_path: Path, command: list[str]) -> None:
    asked = [sys.executable, str(PROJECT / "run_sim.py"), *command, b"\xff"]
    result = subprocess.run(asked, cwd=tmp_path, capture_output=True, check=False)
    assert result.returncode == 2
    assert b"no text in UTF-8" in result.stderr
    assert b"Traceback" not in result.stderr


def test_sessions_that_are_not_there_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["course", "first-lumbar", "--sessions", str(tmp_path / "none")]) == 2
    assert "there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('[text]\nrequest = "Patch at L4-L5, please."\n', "names L4/5"),
        ('[leak]\nlevel = "L3/4"\npattern = "slow"\nside = "right"\n[text]\nrequest = "Left-sided leak at L3/4."\n',
         "names the left"),
        ('[further_leak]\nlevel = "L5/S1"\n[myelogram]\nlevels = ["L2", "L5"]\n', "the second leak at L5/S1"),
        ('[patient]\nsacralised_l5 = true\n[[stage]]\ntitle = "s"\n[stage.leak]\nlevel = "L5/S1"\n',
         "grown into the sacrum"),
        ('[[question]]\nwords = "At {levle}?"\nkind = "level and side"\n', "{levle}"),
        ('[[stage]]\ntitle = "At {levle}"\n', "{levle}"),
        ('[[event]]\nkind = "jerk"\nat_press = 150\n', "hardly anybody presses 150 times"),
    ],
)  # fmt: skip
def test_notes_on_what_may_not_be_meant(tmp_path: Path, body: str, words: str) -> None:
    (tmp_path / "mine.toml").write_text(HEAD + body, encoding="utf-8")
    assert any(words in note for note in notes_on(load_scenario(tmp_path / "mine.toml"), 1))
