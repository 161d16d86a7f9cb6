"""What is written: never over a file of somebody else, whole or not at all, and true words on what is there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.files.whole_file import MADE_BY, is_own, write_whole
from simulator.interface import commands as c
from simulator.records.folder import SessionFolder
from simulator.report import press_frames
from simulator.report import recording as recording_module
from simulator.report.recording import Recording
from simulator.scenario.build import Case
from simulator.scenario.template import write_template
from simulator.shown_text import shown_text
from simulator.strategies.bench import StudyFolder
from simulator.strategies.journal import Journal

PROJECT = Path(__file__).resolve().parents[2]
RECORD = PROJECT / "tests" / "golden" / "records" / "format-3.jsonl"
PAGE = f'<!doctype html>\n<html><head><meta name="generator" content="{MADE_BY}"></head></html>\n'


@pytest.mark.parametrize("kind", ["the record", "a text", "a page of another program", "a link", "a pipe", "a device"])
@pytest.mark.parametrize("option", [[], ["--brief"], ["--cohort"]])
def test_a_report_is_written_over_nothing_of_somebody_else(
    tmp_path: Path, kind: str, option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    record, out = tmp_path / "session.jsonl", tmp_path / "out.html"
    record.write_bytes(RECORD.read_bytes())
    if kind == "the record":
        out = record
    elif kind == "a text":
        out.write_text(f"my notes, which name {MADE_BY}")
    elif kind == "a page of another program":
        out.write_text("<!doctype html>\n<html></html>")
    elif kind == "a link":
        out.symlink_to(record)
    elif kind == "a pipe":
        os.mkfifo(out)
    else:
        out.symlink_to("/dev/null")
    before = b"" if kind == "a pipe" else out.read_bytes()
    session = tmp_path if option == ["--cohort"] else record
    assert main(["report", str(session), *option, "--out", str(out)]) == 2
    assert "did not write" in capsys.readouterr().err
    assert kind == "a pipe" or out.read_bytes() == before
    assert record.read_bytes() == RECORD.read_bytes()
    assert not [name for name in os.listdir(tmp_path) if "unfinished" in name]


def test_own_files_are_written_again_and_a_link_to_one_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "a" / "report.html", tmp_path / "report.html"
    target.parent.mkdir()
    target.write_text(PAGE)
    link.symlink_to(target)
    write_whole(link, lambda beside: beside.write_text(PAGE + "<!-- new -->"))
    assert link.is_symlink()
    assert target.read_text().endswith("<!-- new -->")
    assert is_own(target)
    dangling = tmp_path / "b.html"
    dangling.symlink_to(tmp_path / "nowhere.html")
    with pytest.raises(UserInputError, match="leads nowhere"):
        write_whole(dangling, lambda beside: beside.write_text(PAGE))


@pytest.mark.parametrize("at", ["first byte", "half of it", "sync"])
def test_a_full_disk_leaves_the_old_one_and_nothing_beside_it(
    tmp_path: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_text(PAGE)

    def write(beside: Path) -> None:
        if at != "first byte":
            beside.write_text(PAGE[:20])
        if at != "sync":
            raise OSError(errno.ENOSPC, "No space left on device")

    if at == "sync":
        monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space")))
    with pytest.raises(OSError, match="No space"):
        write_whole(path, write)
    assert path.read_text() == PAGE
    assert os.listdir(tmp_path) == ["report.html"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
def test_a_picture_that_was_begun_is_not_left(
    tmp_path: Path, stop: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(frame: Any, path: Path, **_: Any) -> None:
        path.write_bytes(b"half")
        raise stop

    event: Any = SimpleNamespace(
        purpose="fluoroscopy", number=1, at_ms=0, settings=SimpleNamespace(tube_voltage_kv=120),
        beam=SimpleNamespace(mas=15.0),
    )  # fmt: skip
    nothing: Any = None
    monkeypatch.setattr(press_frames, "write_frame_png", half)
    with pytest.raises(stop):
        press_frames.FrameWriter(tmp_path).write(event, None, nothing)
    assert os.listdir(tmp_path) == []


def test_files_under_the_names_of_a_session_are_moved_aside(tmp_path: Path) -> None:
    for name in ("report.html", "scorecard.json", "presses.gif"):
        (tmp_path / name).write_text(f"mine: {name}")
    (tmp_path / "frames").mkdir()
    SessionFolder.prepare(tmp_path, "x", 1)
    for name in ("report.html", "scorecard.json", "presses.gif"):
        assert (tmp_path / "earlier-1" / name).read_text() == f"mine: {name}"
    SessionFolder.prepare(tmp_path, "x", 1)
    assert not (tmp_path / "earlier-2").exists()


def recorded(case: Case, folder: Path, said: list[str]) -> Recording:
    made = Recording(case, operator="tester", scenario_path="", out=folder, say=said.append)
    made.session.do(c.Wait(duration_s=2.0))
    made.session.do(c.Finish())
    return made


def test_what_could_not_be_written_is_told_and_leaves_nothing(
    make_case: Callable[..., Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(session: Any, card: Any, out: Path, **_: Any) -> None:
        out.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recording_module, "write_debrief", full)
    said: list[str] = []
    made = recorded(make_case(), tmp_path / "s", said)
    made.close()
    made.report()
    assert made.what_is_there() == f"In {tmp_path / 's'}: the record, scorecard.json; not there: report.html."
    assert any("report.html cannot be written (No space left on device)" in sentence for sentence in said)
    assert sorted(os.listdir(tmp_path / "s")) == ["frames", "scorecard.json", "session.jsonl"]


def test_a_file_that_came_meanwhile_stays(make_case: Callable[..., Case], tmp_path: Path) -> None:
    said: list[str] = []
    made = recorded(make_case(), tmp_path / "s", said)
    (tmp_path / "s" / "scorecard.json").write_text("mine")
    made.close()
    assert (tmp_path / "s" / "scorecard.json").read_text() == "mine"
    assert "did not write" in said[-1]


def test_a_new_case_that_the_disk_does_not_take_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    with pytest.raises(UserInputError, match="No space left"):
        write_template("mine", tmp_path)
    assert os.listdir(tmp_path) == []
    monkeypatch.undo()
    (tmp_path / "mine.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(UserInputError, match="such a file already"):
        write_template("mine", tmp_path)
    assert not (tmp_path / "elsewhere.toml").exists()


@pytest.mark.parametrize("name", ["table.csv", "summary.md", "front.png", "table.parquet"])
def test_a_study_begins_in_no_folder_with_files_of_its_names(tmp_path: Path, name: str) -> None:
    folder = StudyFolder(path=tmp_path, shard=None)
    (tmp_path / name).write_text("mine")
    with pytest.raises(UserInputError, match=name):
        folder.must_cover_nothing()
    with Journal(folder.journal):
        folder.must_cover_nothing()  # they are the study's then


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "patient-2", "--out", ""],
        ["report", ""],
        ["report", str(RECORD), "--out", ""],
        ["salvage", str(RECORD), "--out", ""],
        ["preview", "patient-2", "--out", ""],
        ["bench", "low-dose", "--out", ""],
        ["check", ""],
        ["attempts", ""],
        ["play", "--out", ""],
        ["import-ct", "x.nii", "--name", "a", "--out", ""],
    ],
)
def test_a_path_that_names_nothing_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "this names nothing" in capsys.readouterr().err


def test_standard_output_that_takes_nothing_is_one_sentence(tmp_path: Path) -> None:
    line = [sys.executable, str(PROJECT / "run_sim.py"), "schema"]
    with Path("/dev/full").open("w") as full:
        given = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        unheard = subprocess.run([*line[:2], "check", "none"], stdout=subprocess.PIPE, stderr=full, check=False)
    assert given.returncode == 2
    assert given.stderr.splitlines() == [
        "standard output: it takes nothing more (No space left on device): send it elsewhere"
    ]
    assert unheard.returncode == 2


def test_names_are_shown_on_one_line_with_escapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    odd = "a\x1b]0;x\x07\n\u202eb\x9b31m" + os.fsdecode(b"\xff") + ".toml"
    assert main(["check", odd]) == 2
    err = capsys.readouterr().err
    assert err == r"a\x1b]0;x\x07\n\u202eb\x9b31m\udcff.toml: there is no such file: check the path" + "\n"
    assert shown_text(shown_text(odd)) == shown_text(odd)
    assert shown_text("Größe 5 µm, 日本") == "Größe 5 µm, 日本"


@pytest.mark.parametrize(("locale", "shown"), [("C", rb"Gr\udcc3\udcb6\udcc3\udc9fe"), ("C.UTF-8", rb"Gr\xf6\xdfe")])
def test_names_that_are_not_utf8_are_printed_where_ascii_alone_is_known(
    tmp_path: Path, locale: str, shown: bytes
) -> None:
    for name in (os.fsdecode(b"\xff folder"), "Größe"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "session.jsonl").write_bytes(RECORD.read_bytes())
    environment = {**os.environ, "LC_ALL": locale, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    line = [sys.executable, str(PROJECT / "run_sim.py"), "attempts", str(tmp_path)]
    given = subprocess.run(line, capture_output=True, env=environment, check=False)
    assert given.returncode == 0, given.stderr
    assert b"\\udcff folder/session.jsonl" in given.stdout
    assert shown + b"/session.jsonl" in given.stdout
    assert given.stdout.isascii()
