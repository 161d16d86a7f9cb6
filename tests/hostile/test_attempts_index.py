"""The index of attempts: what is not as it was left is read anew from the records; nobody else's file is touched."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from simulator.cli import main
from simulator.records import attempts_index
from simulator.records.attempts import INDEX, Attempt, attempts, rebuild

KEPT = Path(__file__).parents[1] / "golden" / "records"


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "sessions"
    for number in (1, 2, 3):
        (folder / f"s{number}").mkdir(parents=True)
        shutil.copy(KEPT / f"format-{number}.jsonl", folder / f"s{number}" / "session.jsonl")
    return folder


@pytest.fixture
def expected(sessions: Path) -> list[Attempt]:
    return attempts(sessions)


EDITS = (
    "UPDATE attempts SET score = 99.5",
    "UPDATE attempts SET score = 'high'",
    "UPDATE attempts SET record = 7 WHERE record LIKE 's1%'",
    "UPDATE attempts SET record = NULL WHERE record LIKE 's1%'",
    "UPDATE attempts SET scenario = char(27) || '[2J'",
    "UPDATE attempts SET learner = x'ff00'",
    "UPDATE attempts SET effective_dose_msv = 1e999",
    "UPDATE attempts SET bytes = 'many'",
    "DELETE FROM attempts",
    "INSERT INTO attempts (record, score) VALUES ('another/session.jsonl', 50.0)",
    "DROP TABLE seals",
    "UPDATE seals SET seal = x'00'",
    "DELETE FROM seals",
    "ALTER TABLE attempts ADD COLUMN another",
    "CREATE VIEW another AS SELECT 1",
    "PRAGMA user_version = 77",
)


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_index_is_not_believed(sessions: Path, expected: list[Attempt], edit: str) -> None:
    with sqlite3.connect(sessions / INDEX) as index:
        index.execute(edit)
    index.close()
    assert attempts(sessions) == expected
    assert attempts_index.read_index(sessions / INDEX, _columns()) is not None  # made anew


def _columns() -> list[str]:
    from simulator.records.attempts import _KEPT_COLUMNS

    return _KEPT_COLUMNS


def test_an_index_that_never_answers_is_given_up(sessions: Path, expected: list[Attempt]) -> None:
    path = sessions / INDEX
    with sqlite3.connect(path) as index:
        index.execute("ALTER TABLE attempts RENAME TO kept")
        index.execute(
            "CREATE VIEW attempts AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        )
    index.close()
    assert attempts(sessions) == expected


def test_the_seal_of_another_account_is_not_believed(
    sessions: Path, expected: list[Attempt], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attempts_index.read_index(sessions / INDEX, _columns()) is not None
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    assert attempts_index.read_index(sessions / INDEX, _columns()) is None
    assert attempts(sessions) == expected


def test_flips_and_cuts_change_nothing_that_is_said(sessions: Path, expected: list[Attempt]) -> None:
    path, rng = sessions / INDEX, np.random.default_rng(4)
    whole = path.read_bytes()
    rows = attempts_index.read_index(path, _columns())
    for _ in range(200):
        damaged = bytearray(whole)
        if rng.integers(4) == 0:
            damaged = damaged[: int(rng.integers(len(damaged)))]
        else:
            damaged[int(rng.integers(len(damaged)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        assert attempts_index.read_index(path, _columns()) in (rows, None)


@pytest.mark.parametrize("kind", ["another database", "a text", "a link to another database", "a pipe"])
def test_a_file_of_somebody_else_stays_as_it_is(sessions: Path, expected: list[Attempt], kind: str) -> None:
    path = sessions / INDEX
    path.unlink()
    target = sessions.parent / "own.sqlite" if kind.startswith("a link") else path
    if kind == "a text":
        path.write_text("mine\n")
    elif kind == "a pipe":
        os.mkfifo(path)
    else:
        with sqlite3.connect(target) as own:
            own.execute("CREATE TABLE attempts (record, score)")
            own.execute("INSERT INTO attempts VALUES ('mine', 1)")
        own.close()
        if target != path:
            path.symlink_to(target)
    before = b"" if kind == "a pipe" else target.read_bytes()
    assert attempts(sessions) == expected
    assert rebuild(sessions) == expected
    assert kind == "a pipe" or target.read_bytes() == before
    assert path.is_symlink() == kind.startswith("a link")


def test_a_link_to_the_index_of_another_folder_is_not_followed(sessions: Path, expected: list[Attempt]) -> None:
    other = sessions.parent / "other"
    (other / "s1").mkdir(parents=True)
    shutil.copy(KEPT / "format-1.jsonl", other / "s1" / "session.jsonl")
    attempts(other)
    (sessions / INDEX).unlink()
    (sessions / INDEX).symlink_to(other / INDEX)
    before = (other / INDEX).read_bytes()
    for listed in (attempts, rebuild, attempts):
        assert listed(sessions) == expected
    assert (other / INDEX).read_bytes() == before
    assert (sessions / INDEX).is_symlink()


def test_names_are_listed_without_what_a_terminal_obeys(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = sessions / "a\x1b[31m\nb"
    (sessions / "s1").rename(odd)
    (sessions / os.fsdecode(b"\xff\xfe")).mkdir()
    shutil.copy(odd / "session.jsonl", sessions / os.fsdecode(b"\xff\xfe") / "session.jsonl")
    assert main(["attempts", str(sessions)]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 4
    assert r"a\x1b[31m\nb/session.jsonl" in out
    assert r"\udcff\udcfe/session.jsonl" in out
    assert "\x1b" not in out
