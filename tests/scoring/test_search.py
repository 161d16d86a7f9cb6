"""The search finds better procedures, goes on from its journal, and saves only runs whose score is certain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulator.scenario.build import Case
from tests.scoring.search.evolution import FIRST, KEPT, MOST_POINTS, evolve
from tests.scoring.search.genes import GENES, LOOK_EACH_STEP, Genome, Kind, child, random_genome
from tests.scoring.search.journal import Journal
from tests.scoring.search.judging import OPEN_LOOP_AT_MOST
from tests.scoring.search.procedures import Scored, carry_out, with_hands

RUNS, FEW, LEAST_BLOOD_ML = 22, 6, 6.5
PREPARED = dict.fromkeys(("positions", "time_out", "arm_line", "prepares_skin", "numbs", "aspirates"), 1.0)


def genome(kind: Kind, **changes: float) -> Genome:
    """A procedure of a kind, drawn by one seed, prepared and with some genes set."""
    return {**random_genome(kind, np.random.default_rng(1)), **PREPARED, **changes}


def landscape(kind: Kind, genes: Genome, person: str) -> Scored:
    """Points for a deep push with a look after each step, fewer on people of higher numbers."""
    score = 99.0 * genes["depth_mm"] / 80.0 * (genes["looks"] == LOOK_EACH_STEP) - 0.1 * int(person)
    return Scored(score=score, place="", cut=False)


def test_each_generation_is_at_least_as_good_and_the_last_better_than_chance() -> None:
    found = list(evolve(Kind.OPEN_LOOP, landscape, ("1", "2"), runs=400, seed=3))
    best = [generation.best[0].score for generation in found]
    assert best == sorted(best)
    assert best[-1] > best[0] + 5.0
    assert found[-1].runs <= 400
    assert len(found[-1].best) == KEPT


def test_who_is_not_tried_on_everybody_could_not_have_stayed() -> None:
    tried: dict[str, list[float]] = {}

    def noted(kind: Kind, genes: Genome, person: str) -> Scored:
        scored = landscape(kind, genes, person)
        tried.setdefault(str(sorted(genes.items())), []).append(scored.score)
        return scored

    *_, last = evolve(Kind.OPEN_LOOP, noted, ("1", "2", "3"), runs=500, seed=2)
    early = [scores for scores in list(tried.values())[FIRST:-1] if len(scores) < 3]
    assert early, "somebody was given up before the last person"
    for scores in early:
        assert (sum(scores) + MOST_POINTS * (3 - len(scores))) / 3 <= last.best[-1].score


def test_a_search_that_was_stopped_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    *_, whole = evolve(Kind.OPEN_LOOP, Journal(None, landscape), ("1", "2"), runs=200, seed=7)
    *_, _ = evolve(Kind.OPEN_LOOP, Journal(path, landscape), ("1", "2"), runs=90, seed=7)
    asked: list[str] = []

    def counted(kind: Kind, genes: Genome, person: str) -> Scored:
        asked.append(person)
        return landscape(kind, genes, person)

    *_, again = evolve(Kind.OPEN_LOOP, Journal(path, counted), ("1", "2"), runs=200, seed=7)
    assert again == whole
    assert len(asked) <= whole.runs - 80, "what stood in the journal was not run again"


@pytest.mark.parametrize("kind", list(Kind))
def test_a_child_stays_within_its_genes(kind: Kind) -> None:
    rng = np.random.default_rng(4)
    made = random_genome(kind, rng)
    for _ in range(200):
        made = child(kind, made, random_genome(kind, rng), rng)
        for name, gene in GENES[kind].items():
            assert gene.low <= made[name] <= gene.high
            assert not gene.choices or made[name] == round(made[name])


@pytest.fixture(scope="module")
def carried(patient_2: Case) -> Callable[[Kind, Genome, str], Scored]:
    """On the default patient, with as little blood as treats, since most of the time goes to its flow."""
    return lambda kind, genes, person: carry_out(
        with_hands(patient_2, 1000 + int(person)), kind, {**genes, "blood_ml": min(genes["blood_ml"], LEAST_BLOOD_ML)}
    )


def test_a_small_search_improves_and_its_bound_holds(carried: Callable[[Kind, Genome, str], Scored]) -> None:
    found = list(evolve(Kind.OPEN_LOOP, carried, ("1",), runs=RUNS, seed=1, first=FEW))
    means = [np.mean([one.score for one in generation.best[:FEW]]) for generation in found]
    assert means[-1] > means[0]
    assert found[-1].best[0].score <= OPEN_LOOP_AT_MOST


@pytest.mark.parametrize(
    ("kind", "changes", "score"),
    [
        (Kind.OPEN_LOOP, {"depth_mm": 30.0, "step_mm": 30.0, "second_site": 0.0, "blood_ml": 3.0}, 15.0),
        (Kind.OPEN_LOOP, {"depth_mm": 60.0, "step_mm": 30.0, "second_site": 1.0, "entry_mm": 12.0}, 0.0),
    ],
)
def test_a_run_that_is_ended_early_scores_as_to_its_end(
    patient_2: Case, kind: Kind, changes: dict[str, float], score: float
) -> None:
    genes = genome(kind, **changes, angle_deg=12.0, to_head_deg=0.0, pulls_back_mm=0.0, looks=0.0)
    case = with_hands(patient_2, 5)
    early, whole = carry_out(case, kind, genes), carry_out(case, kind, genes, to_the_end=True)
    assert early.cut
    assert not whole.cut
    assert early.score == whole.score == score
