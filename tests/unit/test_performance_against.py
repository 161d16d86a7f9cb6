"""The pairing of two commits: ratios by the round, and a row for each version and machine."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.performance import against

PRESSES = {
    "this": [{"press": {"worst": {"presses_per_s": 40.0, "wall_ms": {"median": 20.0}}}}, {"press": {"worst": {}}}],
    "other": [{"press": {"worst": {"presses_per_s": 20.0, "wall_ms": {"median": 50.0}}}}, {}],
}


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    order: list[str] = []

    def measured(tree: Path, part: str, cache: Path) -> dict[str, Any]:
        which = "this" if tree == against.PROJECT else "other"
        order.append(which)
        found: dict[str, Any] = PRESSES[which][(len(order) - 1) // 2].get(part, {})
        return found

    monkeypatch.setattr(against, "measured_in", measured)
    made = against.paired("HEAD", ["press"], 2)
    assert order == ["this", "other", "other", "this"]
    return made


def test_more_is_better_of_rates_and_less_of_times(rows: list[dict[str, Any]]) -> None:
    found = {row["key"]: (row["this"], row["other"], row["times_better"]) for row in rows}
    assert found == {"ctf_presses_per_s": (40.0, 20.0, 2.0), "ctf_press_median_ms": (20.0, 50.0, 2.5)}
    assert "| 20 1/s | 40 1/s | 2 (2 to 2) |" in against.table(rows, "HEAD")


def test_each_pairing_is_a_row_under_the_same_head(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "benchmark.csv"
    for _ in range(2):
        against.kept(rows, "HEAD", 2, path)
    with path.open(newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == 2
    assert read[0]["ctf_presses_per_s_times_better"] == "2.0"
    assert read[0]["planning_scan_s"] == ""
    assert read[0]["cores"]


def test_a_commit_that_there_is_not_is_one_message() -> None:
    with pytest.raises(SystemExit, match=r"--against nowhere: .*name a commit of this project"):
        against.paired("nowhere", ["press"], 1)
