"""Mutants of every kind of file: no exception of ours, no reader that hangs, no score but what the commands give."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from simulator.errors import UserInputError
from tests.hostile import mutants
from tests.hostile.mutant_kinds import KINDS, VOLUMES
from tests.hostile.mutants import Kept, Tally, table, tally

SMALL = [kind for kind in KINDS if kind != "record"]  # which has a test of its own in `test_damaged_records`


@pytest.mark.parametrize(
    ("kind", "count"),
    [*((kind, 120) for kind in SMALL), *(pytest.param(kind, 20_000, marks=pytest.mark.slow) for kind in KINDS)],
)
def test_mutants_are_read_or_refused(kind: str, count: int, tmp_path: Path) -> None:
    found = tally(KINDS[kind](tmp_path), count, seed=11)
    assert found.well, found.first
    least = 0.1 if kind in VOLUMES else 0.3  # most bytes of a header say nothing about geometry
    assert found.counts["refused"] > least * found.mutants
    assert found.mutants == count


def test_a_count_that_was_ended_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, path = KINDS["names"](tmp_path), tmp_path / "kept.jsonl"
    monkeypatch.setattr(mutants, "PORTION", 20)
    whole = tally(kind, 90, seed=3)
    tally(kind, 40, seed=3, kept=Kept(path))
    made: list[int] = []
    portion = mutants._portion
    monkeypatch.setattr(mutants, "_portion", lambda *given: made.append(given[1]) or portion(*given))
    again = tally(kind, 90, seed=3, kept=Kept(path))
    assert made == [20, 20, 10]
    assert (again.mutants, again.counts) == (whole.mutants, whole.counts)
    path.write_text(path.read_text().replace('"state": "', '"state": "0'))
    assert Kept(path).known == {}


def test_a_coordinate_of_four_hundred_digits_is_one_message(tmp_path: Path) -> None:
    kind = KINDS["drawn path"](tmp_path)
    mutant = kind.content.replace(b"80.5", b"9" * 400)
    assert mutant != kind.content
    with pytest.raises(UserInputError, match="no line"):
        kind.judge(mutant)


def test_the_table_has_a_line_for_each_kind() -> None:
    one = Tally(kind="case", mutants=9, counts=Counter(refused=7, other=2), worst_s=0.1, first="")
    assert table([one]).splitlines()[-1] == "| case | 9 | 7 | 0 | 2 | 0 | 0 | 0 | 0.10 |"
    assert one.well
    assert not Tally(kind="case", mutants=9, counts=Counter(escaped=1), worst_s=0.1, first="x").well
