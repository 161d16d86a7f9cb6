"""Evolution: a population of procedures, of which the best are kept, crossed and changed.

Each procedure is tried on the same people by the same chance. It is not tried on the rest of them once it could not
come among the kept any more if each of them gave 100 points: so nothing is lost, and runs are saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tests.scoring.search.genes import Genome, Kind, child, random_genome
from tests.scoring.search.procedures import Scored

KEPT, NEW, FIRST = 12, 12, 30
MOST_POINTS = 100.0

Try = Callable[[Kind, Genome, str], Scored]


@dataclass(frozen=True, slots=True)
class Tried:
    """A procedure and its mean score over all people."""

    genome: Genome
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """Where the search stands: the best so far, the best first, and the runs that it took."""

    best: tuple[Tried, ...]
    runs: int


def evolve(
    kind: Kind, attempt: Try, people: Sequence[str], *, runs: int, seed: int, first: int = FIRST
) -> Iterator[Generation]:
    """Generations until so many runs are used up; the first one is drawn at random.

    Args:
        attempt: carries a procedure out on a person
        people: on whom each is tried
        runs: that may be used, at most
        seed: of the search's own chance
        first: how many are drawn at random
    """
    rng = np.random.default_rng([seed, list(Kind).index(kind)])
    best: tuple[Tried, ...] = ()
    used = 0
    while used < runs:
        fresh = first if not best else NEW
        for _ in range(fresh):
            genome = random_genome(kind, rng) if not best else _offspring(kind, best, rng)
            tried, took = _try_on(kind, genome, attempt, people, _least_to_stay(best), runs - used)
            used += took
            if tried is not None:
                best = tuple(sorted((*best, tried), key=lambda one: -one.score)[:KEPT])
        yield Generation(best=best, runs=used)


def _least_to_stay(best: Sequence[Tried]) -> float:
    return best[-1].score if len(best) == KEPT else -1.0


def _offspring(kind: Kind, best: Sequence[Tried], rng: np.random.Generator) -> Genome:
    """A child of two of the best, of which each is the better of two drawn at random."""
    parents = [best[int(min(rng.integers(len(best), size=2)))] for _ in range(2)]
    return child(kind, parents[0].genome, parents[1].genome, rng)


def _try_on(
    kind: Kind, genome: Genome, attempt: Try, people: Sequence[str], least: float, runs: int
) -> tuple[Tried | None, int]:
    """The procedure with its mean score, None where it cannot stay or the runs are used up; and the runs it took."""
    scores: list[float] = []
    for person in people[:runs]:
        scores.append(attempt(kind, genome, person).score)
        left = len(people) - len(scores)
        if (sum(scores) + MOST_POINTS * left) / len(people) <= least:
            return None, len(scores)
    if len(scores) < len(people):
        return None, len(scores)
    return Tried(genome, sum(scores) / len(scores)), len(scores)
