"""Files of somebody else under the name of an output: every command that writes leaves them as they are."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.courses.tables import is_attempts, is_gradebook
from simulator.errors import UserInputError
from simulator.report.case_sheet import write_case_sheet
from simulator.scenario.build import Case
from simulator.strategies.bench import StudyFolder
from simulator.strategies.dataset import build_dataset
from simulator.strategies.journal import Journal
from simulator.strategies.leaderboard import must_cover_nothing, write_leaderboard
from simulator.strategies.table import write_text
from tests.hostile.test_outputs import RECORD

CLI = Path(__file__).resolve().parents[2] / "simulator" / "cli"
COURSE = ["course", "first-lumbar", "--learner", "r-1"]
OUTPUTS = {
    "observe": ["observe", "--out"],
    "report of a course": [*COURSE, "--report"],
    "attempts of a course": [*COURSE, "--csv"],
    "gradebook of a course": [*COURSE, "--gradebook"],
}


@pytest.mark.parametrize("kind", ["a record", "a text", "a table", "a link", "a link to nothing", "a pipe", "a device"])
@pytest.mark.parametrize("output", OUTPUTS)
def test_what_is_somebody_elses_stays(
    tmp_path: Path, output: str, kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out, mine = tmp_path / "out", tmp_path / "mine"
    mine.write_bytes(RECORD.read_bytes())
    if kind == "a record":
        out.write_bytes(RECORD.read_bytes())
    elif kind in ("a text", "a table"):
        out.write_text("my notes\n" if kind == "a text" else "learner,points\nr-1,5\n")
    elif kind == "a pipe":
        os.mkfifo(out)
    else:
        out.symlink_to({"a link": mine, "a device": Path("/dev/null")}.get(kind, tmp_path / "nowhere"))
    before = out.read_bytes() if out.is_file() else b""
    assert main([*OUTPUTS[output], "out"]) == 2
    err = capsys.readouterr().err
    assert "did not write" in err or "leads nowhere" in err
    assert not out.is_file() or out.read_bytes() == before
    assert mine.read_bytes() == RECORD.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "out"]


def test_tables_of_a_course_are_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        line = [*COURSE, "--report", "r.html", "--csv", "a.csv", "--gradebook", "g.csv"]
        assert main(line) == 0
    assert is_attempts(tmp_path / "a.csv")
    assert is_gradebook(tmp_path / "g.csv")
    assert not is_attempts(tmp_path / "g.csv")
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "g.csv", "r.html"]


def test_a_case_that_was_drawn_covers_nothing(tmp_path: Path) -> None:
    from simulator.cli.course import _write

    (tmp_path / "next.toml").write_text("mine")
    with pytest.raises(UserInputError, match="did not write"):
        _write(tmp_path / "next.toml", "format = 1\n", lambda _: False)
    assert (tmp_path / "next.toml").read_text() == "mine"


def test_a_sheet_covers_no_page_of_somebody_else(make_case: Callable[..., Case], tmp_path: Path) -> None:
    case = make_case()
    page = tmp_path / f"{case.name}-learner.html"
    page.write_text("<!doctype html>\nmine")
    with pytest.raises(UserInputError, match="did not write"):
        write_case_sheet(case, tmp_path, tmp_path, picture=None)
    assert page.read_text().endswith("mine")
    page.unlink()
    for _ in range(2):
        assert write_case_sheet(case, tmp_path, tmp_path, picture=None) == page


@pytest.mark.parametrize("name", ["columns.csv", "comparisons.csv", "auc.csv", "metrics.parquet"])
def test_a_study_covers_no_table(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    folder = StudyFolder(path=tmp_path, shard=None)
    with pytest.raises(UserInputError, match=name):
        folder.must_cover_nothing()
    with Journal(StudyFolder(path=tmp_path, shard=(1, 2)).journal):
        StudyFolder(path=tmp_path, shard=(2, 2)).must_cover_nothing()  # it is that of another shard


@pytest.mark.parametrize("content", [b"mine\n", b"mine", b"\x00" * 3_000_000, b'{"rows": []}\n', b"\n"])
def test_no_row_is_added_to_what_is_no_journal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(content)
    with pytest.raises(UserInputError, match="no journal"):
        Journal(path)
    assert path.read_bytes() == content
    for torn in (b"", b"{", b'{"seq":0,"ki'):  # what a writer that was killed may have left
        path.write_bytes(torn)
        with Journal(path):
            assert path.read_bytes() == b""


def test_a_dataset_begins_in_no_folder_with_a_readme(tmp_path: Path, patient_2: Case) -> None:
    from simulator.scenario.load import load_scenario
    from simulator.scenario.shipped import shipped_scenario_path

    (tmp_path / "README.md").write_text("mine")
    file = load_scenario(shipped_scenario_path("patient-2"))
    with pytest.raises(UserInputError, match="no dataset"):
        build_dataset(1, file, tmp_path, lambda done, of: None)
    assert os.listdir(tmp_path) == ["README.md"]


@pytest.mark.parametrize("name", ["leaderboard.md", "known.csv"])
def test_a_leaderboard_covers_nothing(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        write_leaderboard([], tmp_path)
    (tmp_path / name).write_text("mine")
    for write in (must_cover_nothing, lambda out: write_leaderboard([], out)):
        with pytest.raises(UserInputError, match="did not write"):
            write(tmp_path)
    assert (tmp_path / name).read_text() == "mine"


def test_a_table_is_written_beside_no_file_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "table.csv.part").write_text("mine")
    write_text("a,b\n", tmp_path / "table.csv")
    assert (tmp_path / "table.csv.part").read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["table.csv", "table.csv.part"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "patient-2", "--a\x1b[31m\n\u202eb"],
        ["course", "a\x1b[31m"],
        ["observe", "--case", "a\x1b[31m"],
        ["bench", "seal", "--secret", "\x1b[31m/a", "--commitment", "\x1b[31m/b"],
        ["export", "\x1b[31m", "--all", "\x1b[32m"],
        ["play", "--keys", "a\x1b[31m"],
        ["new", "\x1b[31m"],
    ],
)
def test_no_command_echoes_what_a_terminal_obeys(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    try:
        code = main(arguments)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert all(line.isprintable() for line in err.split("\n"))
    assert r"\x1b" in err


def test_names_are_shown_in_one_place_alone() -> None:
    printing = [
        path.name
        for path in sorted(CLI.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert set(printing) == {"output.py"}
