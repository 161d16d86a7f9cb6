"""Against: this tree beside another commit in one run, turn by turn: `python -m tests.performance --against COMMIT`.

The other commit is checked out beside, with a cache of its own; each part is measured by the measurement that its tree
holds. What the two share on the machine, they share alike, and the ratio of a figure is the median over the rounds.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from simulator.version import installed_version
from tests.performance import machine
from tests.performance.aims import AIMS, Aim, found
from tests.performance.gauges import say

PROJECT = Path(__file__).resolve().parents[2]
BENCHMARK = PROJECT / "docs" / "benchmark.csv"
PAIRED = ("press", "table", "planning", "start", "patient")
MORE_IS_BETTER = ("ctf_presses_per_s", "ctf_presses_per_s_best")
ABOUT = ("day", "version", "commit", "against", "rounds", "processor", "cores", "python", "numpy", "numba", "scipy")


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The tree of a commit in a folder of its own; SystemExit where there is none of this name."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "tree"
        line = ["git", "worktree", "add", "--quiet", "--detach", str(tree), commit]
        done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(
                f"--against {commit}: {done.stderr.strip().splitlines()[-1]}; name a commit of this project"
            )
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=PROJECT, check=False)


def measured_in(tree: Path, part: str, cache: Path) -> dict[str, Any]:
    """What a tree's own measurement of a part prints; nothing where it fails."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "XDG_CACHE_HOME": str(cache)}
    environment.pop("NUMBA_CACHE_DIR", None)
    line = [sys.executable, "-m", f"tests.performance.{part}"]
    done = subprocess.run(line, cwd=tree, env=environment, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode != 0:
        say(f"{part} of {tree.name} failed with exit code {done.returncode}")
        return {}
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def paired(commit: str, parts: Sequence[str], rounds: int) -> list[dict[str, Any]]:
    """One row for each figure that both trees have: medians of both, and by how much this one is better.

    Args:
        commit: that this tree is held against
        parts: names of measurements
        rounds: how often each is made in either tree, which take turns at going first
    """
    results: dict[str, list[dict[str, Any]]] = {"this": [], "other": []}
    with checked_out(commit) as tree, tempfile.TemporaryDirectory() as caches:
        trees = {"this": PROJECT, "other": tree}
        for number in range(rounds):
            order = ["this", "other"] if number % 2 == 0 else ["other", "this"]
            for which in order:
                results[which].append({})
            for part in parts:
                for which in order:
                    say(f"round {number + 1} of {rounds}: {part}, {which} tree")
                    results[which][-1][part] = measured_in(trees[which], part, Path(caches) / which)
    return [row for aim in AIMS if (row := _row(aim, results)) is not None]


def _row(aim: Aim, results: dict[str, list[dict[str, Any]]]) -> dict[str, Any] | None:
    pairs = [
        (ours, theirs)
        for one, other in zip(results["this"], results["other"], strict=True)
        if (ours := found(one, aim.path)) and (theirs := found(other, aim.path))
    ]
    if not pairs:
        return None
    ratios = [ours / theirs if aim.key in MORE_IS_BETTER else theirs / ours for ours, theirs in pairs]
    return {
        "key": aim.key,
        "what": aim.what,
        "unit": aim.unit,
        "this": median(ours for ours, _ in pairs),
        "other": median(theirs for _, theirs in pairs),
        "times_better": round(median(ratios), 2),
        "from": round(min(ratios), 2),
        "to": round(max(ratios), 2),
    }


def table(rows: Sequence[dict[str, Any]], commit: str) -> str:
    """The pairing as lines of a Markdown table."""
    lines = [f"| | {commit} | now | times better (range) |", "|---|---|---|---|"]
    lines += [
        f"| {row['what']} | {row['other']:g} {row['unit']} | {row['this']:g} {row['unit']} "
        f"| {row['times_better']:g} ({row['from']:g} to {row['to']:g}) |"
        for row in rows
    ]
    return "\n".join(lines)


def kept(rows: Sequence[dict[str, Any]], commit: str, rounds: int, path: Path = BENCHMARK) -> None:
    """Append the pairing to the table of versions and machines: one row; figures that were not measured stay empty."""
    line = ["git", "rev-parse", "--short", "HEAD"]
    here = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, check=False).stdout.strip()
    about = machine.described()
    row: dict[str, Any] = {
        "day": datetime.now(UTC).date().isoformat(),
        "version": installed_version(),
        "commit": here,
        "against": commit,
        "rounds": rounds,
        **{name: about[name] for name in ("processor", "cores", "python", "numpy", "numba", "scipy")},
    }
    for one in rows:
        row[one["key"]] = one["this"]
        row[f"{one['key']}_times_better"] = one["times_better"]
    columns = [*ABOUT, *(name for aim in AIMS for name in (aim.key, f"{aim.key}_times_better"))]
    fresh = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(row)


def run(commit: str, parts: Sequence[str], rounds: int) -> str:
    """Measure, keep and tell."""
    rows = paired(commit, parts or PAIRED, rounds)
    kept(rows, commit, rounds)
    return table(rows, commit)
