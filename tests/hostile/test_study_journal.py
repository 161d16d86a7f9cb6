"""The journal of a study: rows that are not as they were written are named with their line and done again."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.errors import UserInputError
from simulator.records.framing import framed
from simulator.strategies.journal import MOST_TOLD, Journal, read_journal
from simulator.strategies.row_shape import fitting_rows, row_fault
from simulator.strategies.study_file import load_study
from tests.hostile.record_mutants import accidents
from tests.unit.test_strategies_study import ROW, write_study

KEYS = "abcdef"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as file:
        for number, key in enumerate(KEYS):
            file.append({**ROW, "key": key, "seed": number, "score": 10.0 + number})
    return path


def read(path: Path) -> tuple[dict[str, dict[str, Any]], list[str]]:
    said: list[str] = []
    return read_journal(path, say=said.append), said


WRONG: tuple[tuple[str, Any], ...] = (
    ("dural_puncture", 7), ("dural_puncture", "no"), ("success", None), ("success", 1), ("score", "83.4"),
    ("score", 101.0), ("score", -0.1), ("score", None), ("score", []), ("seed", -1), ("seed", 1.5), ("key", 7),
    ("key", ""), ("key", "../x"), ("dlp_total_mgy_cm", -1.0), ("dlp_total_mgy_cm", None), ("relief", {}),
    ("ctf_images", 1.5), ("seal_probability", 1.5), ("scenario", None), ("operator", ["a"]), ("levels_reached", "x"),
    ("state_digest", None), ("dural_margin_mm", 1e300), ("cap_reason", "x" * 20_000),
)  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_row_that_no_run_gives_is_named_even_when_it_is_sealed(journal: Path, name: str, value: Any) -> None:
    row = {**ROW, "key": "c", name: value}
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[2] = framed(2, "row", {"row": row, "seal": None})
    journal.write_bytes(b"".join(lines))
    rows, said = read(journal)
    assert set(rows) == set(KEYS) - {"c"}
    assert len(said) == 1
    assert said[0].startswith(f"{journal}:3: ")
    assert said[0].endswith("; this run is done again.")
    lines[2] = framed(2, "row", {"row": {key: item for key, item in row.items() if key != name}, "seal": None})
    journal.write_bytes(b"".join(lines))
    assert name in ("dural_margin_mm", "cap_reason") or set(read(journal)[0]) == set(KEYS) - {"c"}


def test_numbers_that_are_none_and_odd_lines(journal: Path) -> None:
    whole = journal.read_bytes()
    line = whole.splitlines()[0]
    for new in (b"1e999", b"NaN", b"-Infinity", b'"x"', b"9" * 400):
        journal.write_bytes(whole.replace(b'"score":10.0', b'"score":' + new))
        assert set(read(journal)[0]) == set(KEYS[1:])
    for odd in (b"null\n", b"[]\n", b"{}\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n", b"\n", line + b"x\n"):
        journal.write_bytes(odd + whole.split(b"\n", 1)[1])
        rows, said = read(journal)
        assert set(rows) == set(KEYS[1:])
        assert f"{journal}:1: " in said[0]


def test_many_bad_lines_are_told_shortly(journal: Path) -> None:
    journal.write_bytes(b"no row\n" * 1000)
    rows, said = read(journal)
    assert rows == {}
    assert len(said) == MOST_TOLD + 1
    assert "980 further lines" in said[-1]


def test_accidents_leave_rows_as_they_were_or_none(journal: Path) -> None:
    whole, rng = journal.read_bytes(), np.random.default_rng(8)
    kept = read(journal)[0]
    for _ in range(400):
        journal.write_bytes(accidents(whole, rng))
        rows, said = read(journal)
        assert all(kept[key] == row for key, row in rows.items())
        assert said or len(rows) == len(kept) or journal.read_bytes().count(b"\n") < len(kept)


def test_a_sealed_lie_is_said_to_be_a_claim(journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(journal)[1] == []
    lines = journal.read_bytes().splitlines(keepends=True)
    body = json.loads(lines[1])["body"]
    lines[1] = framed(1, "row", {**body, "row": {**body["row"], "score": 99.0}})
    journal.write_bytes(b"".join(lines))
    rows, said = read(journal)
    assert rows["b"]["score"] == 99.0
    assert "1 rows were not written by this account" in said[0]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another account"))
    assert "6 rows were not written by this account" in read(journal)[1][0]


def test_a_row_under_the_key_of_another_run_is_left_out(tmp_path: Path) -> None:
    trials = load_study(write_study(tmp_path)).trials()
    honest = {
        trial.key: {**ROW, **dict(trial.point), "key": trial.key, "scenario": trial.scenario,
                    "operator": trial.operator, "seed": trial.seed}
        for trial in trials
    }  # fmt: skip
    said: list[str] = []
    assert fitting_rows(trials, honest, said.append) == honest
    assert said == []
    first = trials[0].key
    for name, value in (("seed", 99), ("operator", "autopilot"), ("scenario", "obese"), (trials[0].point[0][0], 77.0)):
        said.clear()
        kept = fitting_rows(trials, {**honest, first: {**honest[first], name: value}}, said.append)
        assert set(kept) == set(honest) - {first}
        assert name in said[0]
        assert first in said[0]
    assert row_fault({**ROW, "success": True, "dural_puncture": True}) is not None
    assert replace(trials[0], seed=5).seed == 5


def test_a_journal_is_written_by_one_program_and_keeps_its_whole_rows(journal: Path) -> None:
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"seq":6,"kind":"row"')
    with Journal(journal) as first:
        with pytest.raises(UserInputError, match="another program is writing it"):
            Journal(journal)
        first.append({**ROW, "key": "aa"})
    assert journal.read_bytes().startswith(whole)
    assert set(read(journal)[0]) == {*KEYS, "aa"}


def test_a_full_disk_leaves_whole_rows_and_one_message(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = journal.read_bytes()
    file = Journal(journal)
    monkeypatch.setattr("time.monotonic", lambda: 1e12)  # so that the row is brought to the disk
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(UserInputError, match="No space left"), file:
        file.append({**ROW, "key": "aa"})
    assert journal.read_bytes() == whole
