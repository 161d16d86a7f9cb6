"""Several sites in one sitting (mean of five, Kranz 2011) are judged by what the blood covers, their level too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.engine import events as e
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.sites import SITE_ML, treated_sites
from simulator.vocabulary.scoring import CapId, Component
from tests.scoring.edits import Procedure
from tests.scoring.sittings import ELSEWHERE, sites

OTHERS = (ELSEWHERE, "T4/5", "T3/4")
FIVE = (ELSEWHERE, "T4/5", None, "T3/4", "T2/3")


def card(procedure: Procedure) -> Scorecard:
    return score_procedure(procedure.world, procedure.events, Rubric(), scenario="sites", operator="sites")


def test_one_site_of_five_at_the_level_is_not_capped_however_little_is_covered(base: Procedure) -> None:
    for order in (FIVE, FIVE[::-1], (None, *OTHERS), (*OTHERS, None)):
        assert CapId.LEAK_NOT_COVERED not in card(sites(*order, covered=0.3)(base)).caps, order


def test_no_site_at_the_level_is_judged_by_cover(base: Procedure) -> None:
    covered, missed = card(sites(*OTHERS, covered=0.51)(base)), card(sites(*OTHERS, covered=0.49)(base))
    assert CapId.LEAK_NOT_COVERED not in covered.caps
    assert CapId.LEAK_NOT_COVERED in missed.caps
    assert covered.score >= missed.score + 10.0


def test_a_neighbouring_level_that_covers_the_hole_scores_as_the_level_itself(base: Procedure) -> None:
    own, neighbour = card(sites(None, covered=0.9)(base)), card(sites(ELSEWHERE, covered=0.9)(base))
    assert neighbour.score == pytest.approx(own.score, abs=0.01)


def test_more_cover_by_more_sites_scores_more(base: Procedure) -> None:
    one, five = card(sites(None, covered=0.4)(base)), card(sites(*FIVE, covered=0.9)(base))
    assert five.score > one.score + 5.0


def test_sites_are_no_failed_punctures(base: Procedure) -> None:
    """Five sites cost nothing beside one: corrections and way are those of a site."""
    one, five = card(sites(None, covered=0.9)(base)), card(sites(*FIVE, covered=0.9)(base))
    assert five.components[Component.ECONOMY] >= one.components[Component.ECONOMY] - 0.03


def test_a_puncture_without_blood_is_a_failed_one(base: Procedure) -> None:
    made = sites(None, None, None, covered=0.9)(base)
    first = next(x for x in made.events if isinstance(x, e.MaterialInjected) and x.material == "blood")
    given = made.events.index(first)
    removed = next(k for k, x in enumerate(made.events) if k > given and isinstance(x, e.NeedleRemoved))
    tried = [x for x in made.events[:removed] if not (isinstance(x, e.MaterialInjected) and x.material == "blood")]
    failed = Procedure(made.world, (*tried, *made.events[removed:]))
    trial = Procedure(made.world, (*tried, replace(first, volume_ml=0.5 * SITE_ML), *made.events[removed:]))
    for worse in (failed, trial):
        assert len(treated_sites(summarise(worse.world, worse.events))) == 2
        assert card(worse).components[Component.ECONOMY] < card(made).components[Component.ECONOMY]


def test_a_drop_at_the_level_does_not_lift_the_cap(base: Procedure) -> None:
    """What was only tried at the level does not make another one right."""
    made = sites(None, ELSEWHERE, covered=0.3)(base)
    blood = [x for x in made.events if isinstance(x, e.MaterialInjected) and x.material == "blood"]
    kept, *rest = [x for x in blood if x.level != ELSEWHERE]
    events = [replace(x, volume_ml=0.5 * SITE_ML) if x is kept else x for x in made.events if x not in rest]
    assert CapId.LEAK_NOT_COVERED in card(Procedure(made.world, tuple(events))).caps
