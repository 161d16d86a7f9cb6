"""Cheap strategies: there are enough of them, none is run twice, and one that pays is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scoring.strategies import (
    MOST,
    NEVER_LOOKED,
    OPEN_LOOP,
    TOKEN,
    asked_runs,
    failing_kinds,
    main,
    read,
    strategies,
)


def test_there_are_sixty_and_each_has_a_twin_that_looks() -> None:
    every = strategies()
    assert len(every) >= 60
    assert len({(one.kind, one.name) for one in every}) == len(every)
    assert sum(one.looks for one in every) == len(every) / 2
    assert {one.kind for one in every} == set(MOST)


def test_shards_share_the_people_and_leave_nobody_out() -> None:
    people, seeds = range(101, 108), range(1, 3)
    shards = [asked_runs(people, seeds, (turn, 3)) for turn in (1, 2, 3)]
    assert sorted(run for shard in shards for run in shard) == sorted(asked_runs(people, seeds, (1, 1)))
    assert [len({run[0] for run in shard}) for shard in shards] == [3, 2, 2]
    assert len(asked_runs(people, seeds, (1, 1))) == 7 * 2 * len(strategies())


def test_what_stands_in_a_file_is_only_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "runs.jsonl"
    rows = [
        {"person": person, "hands": hands, "kind": kind, "strategy": name, "score": 12.0, "place": None}
        for person, hands, kind, name in asked_runs(range(101, 102), range(1, 2), (1, 1))
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    monkeypatch.setattr("simulator.load_case", lambda *_, **__: pytest.fail("nobody is to be built"))
    assert main([str(path), "--people", "1", "--seeds", "1"]) == 0
    assert len(read(path)) == len(rows)


@pytest.mark.parametrize(
    ("kind", "scores", "pays"),
    [
        (NEVER_LOOKED, [30.0, 30.0], False),
        (NEVER_LOOKED, [30.0, 31.0], True),
        (TOKEN, [15.0, 15.0], False),
        (TOKEN, [15.0, 16.0], True),
        (OPEN_LOOP, [60.0] + 9 * [40.0], False),
        (OPEN_LOOP, 2 * [60.0] + 8 * [0.0], True),
        (OPEN_LOOP, 10 * [50.5], True),
    ],
)
def test_a_kind_that_pays_is_named(kind: str, scores: list[float], pays: bool) -> None:
    found = {(101, hands, kind, "one"): score for hands, score in enumerate(scores)}
    assert failing_kinds(found) == ([kind] if pays else [])
