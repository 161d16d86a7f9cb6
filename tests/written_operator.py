"""The operator that `docs/operators.md` prints, as a file; and how many unseen people it treats.

    python -m tests.written_operator [--people N] [--first SEED] [--keep FILE]

Runs it as printed, in a process of its own, on people of `varied`, one after the other; seeds are of the validation
split unless others are named. With `--keep` rows are kept in FILE, and a run that was ended goes on from there.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from simulator.operators.apart.limits import OperatorLimits
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scoring.wilson_interval import wilson_interval
from simulator.strategies.leaderboard import Entry
from simulator.strategies.outcome_row import Row
from simulator.strategies.splits import CASE, VALIDATION
from simulator.strategies.sweep import unwrap_row
from simulator.strategies.trial import run_trial
from simulator.strategies.verified_runs import trials_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "operators.md"
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
OPERATOR = "mine.py:Mine"
TOLD = ("seed", "status", "reason", "success", "safe_success", "harm", "score", "presses", "dlp_total_mgy_cm")


def save_printed(folder: Path) -> Entry:
    """The printed operator as an entry; what is printed must be one whole class, and no more than a page."""
    printed = [code for code in CODE.findall(PAGE.read_text(encoding="utf-8")) if "class Mine" in code]
    assert len(printed) == 1, "one whole operator is printed"
    assert len(printed[0].splitlines()) <= 60, "it is longer than a page"
    (folder / "mine.py").write_text(printed[0], encoding="utf-8")
    return Entry(name="printed", operator=OPERATOR, folder=folder)


def treat(entry: Entry, file: ScenarioFile, seed: int, folder: Path) -> Row:
    """The row of one person."""
    (trial,) = trials_of(
        file, (seed,), entry=entry.name, operator=entry.operator, folder=entry.folder, limits=OperatorLimits(),
        records=folder / f"records-{seed}",
    )  # fmt: skip
    return unwrap_row(run_trial(trial))


def main(arguments: Sequence[str]) -> int:
    """Treat people, and tell how many were treated well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--first", type=int, default=VALIDATION[500])
    parser.add_argument("--keep", type=Path, help="file of rows")
    given = parser.parse_args(arguments)
    known = []
    if given.keep is not None and given.keep.exists():
        known = [json.loads(line) for line in given.keep.read_text(encoding="utf-8").splitlines()]
    rows = {row["seed"]: row for row in known}
    file = load_scenario(Path(CASE))
    with tempfile.TemporaryDirectory() as name:
        entry = save_printed(Path(name))
        for seed in range(given.first, given.first + given.people):
            if seed not in rows:
                row = treat(entry, file, seed, Path(name))
                rows[seed] = {key: row[key] for key in TOLD if key in row}
                if given.keep is not None:
                    with given.keep.open("a", encoding="utf-8") as kept:
                        kept.write(json.dumps(rows[seed]) + "\n")
            print(rows[seed], flush=True)
    for outcome in ("success", "safe_success", "harm"):
        count = sum(bool(row[outcome]) for row in rows.values())
        low, high = wilson_interval(count, len(rows))
        print(
            f"{outcome}: {count} of {len(rows)}, {100 * count / len(rows):.0f} % ({100 * low:.0f} to {100 * high:.0f})"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
