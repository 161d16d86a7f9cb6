"""The expert, on every case of the courses that ship.

`python -m tests.expert.courses FILE [--seeds N] [--course NAME]` appends a line for each run to FILE; what stands
there is not done again, so that it can be run in slices. A case is left as soon as further seeds cannot change whether
enough of them pass. Then it prints, for each case, how many of its seeds passed by the course's own rule.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from simulator.courses.standing import passes
from simulator.report.learners import Attempt
from simulator.scenario.build import build_from_file
from simulator.scenario.course_file import load_course
from simulator.scenario.shipped import shipped_courses

ENOUGH = 0.8  # share of a case's seeds


def main(arguments: Sequence[str]) -> int:
    """Treat what is missing and print the table; 1 where a case that counts was passed by too few seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--course", action="append", help="default: all")
    given = parser.parse_args(arguments)
    done = _read(given.file)
    passed: dict[str, list[bool]] = defaultdict(list)
    counted: dict[str, bool] = {}
    for name in given.course or shipped_courses():
        course = load_course(Path(name))
        for row, case in course.rows():
            counted[case.name] = row.counts
            for seed in range(1, given.seeds + 1):
                if decided(passed[case.name], given.seeds):
                    break
                key = f"{name} {case.name} {seed}"
                if key not in done:
                    card = build_from_file(case, seed=seed).run().scorecard
                    attempt = Attempt(
                        learner="autopilot", scenario=case.name, seed=seed, at=0.0, location=Path(), card=card
                    )
                    done[key] = passes(attempt, row, course.course.rule)
                    line = {
                        "key": key,
                        "passed": done[key],
                        "score": card.score,
                        "caps": [str(one) for one in card.caps],
                    }
                    with given.file.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(line) + "\n")
                passed[case.name].append(done[key])
    few = [name for name, runs in passed.items() if counted[name] and sum(runs) < ENOUGH * given.seeds]
    for name, runs in passed.items():
        print(f"{name:<28} {sum(runs)} of {len(runs)}{'  TOO FEW' if name in few else ''}")
    return int(bool(few))


def decided(runs: Sequence[bool], seeds: int) -> bool:
    """Whether the seeds still to come cannot change that enough of them pass, or that too few do."""
    return sum(runs) >= ENOUGH * seeds or len(runs) - sum(runs) > (1 - ENOUGH) * seeds + 1e-9


def _read(path: Path) -> dict[str, bool]:
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["key"]: row["passed"] for row in rows}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
