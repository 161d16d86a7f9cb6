"""`python -m tests.scoring.search FILE [--runs N] [--seed N] [--kinds ...] [--judge]`: search, then judge.

FILE is the journal, a line for each run; a search that was stopped goes on from it and ends as if it had not been. With
`--judge` the best ten of each kind treat ten people whom the search has not seen, by another chance than the expert's
golden sessions, whose scores stand beside them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from tests.scoring.search.evolution import Generation, evolve
from tests.scoring.search.genes import Kind
from tests.scoring.search.journal import Journal
from tests.scoring.search.judging import BELOW_THE_EXPERT, OPEN_LOOP_AT_MOST, expert_scores, judge
from tests.scoring.search.people import SEARCHED, UNSEEN, case_of
from tests.scoring.search.procedures import carry_out


def main(arguments: Sequence[str]) -> int:
    """Search, and judge where asked; 1 if a bound does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.scoring.search", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=4000, help="of all kinds together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", type=Kind, choices=list(Kind), default=list(Kind))
    parser.add_argument("--judge", action="store_true")
    asked = parser.parse_args(arguments)
    journal = Journal(asked.file, lambda kind, genome, person: carry_out(case_of(person, 1), kind, genome))
    found = {kind: _search(kind, journal, asked.runs // len(asked.kinds), asked.seed) for kind in asked.kinds}
    if not asked.judge:
        return 0
    judged = {kind: judge(kind, generation.best, journal, UNSEEN) for kind, generation in found.items()}
    for kind, one in judged.items():
        print(f"{kind}, {found[kind].runs} runs: mean {one.mean:.1f} on unseen people", file=sys.stderr, flush=True)
    expert = expert_scores(asked.file.with_suffix(".expert.jsonl"), UNSEEN)
    limits = {Kind.OPEN_LOOP: OPEN_LOOP_AT_MOST, Kind.PLUNGER_ONLY: mean(expert) - BELOW_THE_EXPERT}
    print(f"expert: mean {mean(expert):.1f}, {', '.join(f'{x:.0f}' for x in expert)}")
    for kind, one in judged.items():
        told = ", ".join(f"{x:.1f}" for x in one.means)
        verdict = "holds" if one.mean <= limits[kind] else "FAILS"
        print(f"{kind}: mean {one.mean:.1f}, at most {limits[kind]:.1f}: {verdict}; each of the best: {told}")
    return int(any(one.mean > limits[kind] for kind, one in judged.items()))


def _search(kind: Kind, journal: Journal, runs: int, seed: int) -> Generation:
    last = Generation(best=(), runs=0)
    for number, last in enumerate(evolve(kind, journal, SEARCHED, runs=runs, seed=seed), 1):
        if last.best:
            told = f"best {last.best[0].score:.1f}, of the kept {mean(one.score for one in last.best):.1f}"
            print(f"{kind}: generation {number}, {last.runs} runs, {told}", file=sys.stderr, flush=True)
    return last


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
