"""A case's own rubric is told wherever the case is told, and a case without images loses nothing for want of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.engine import events as e
from simulator.scenario.build import Case
from simulator.scenario.case_words import describe_case
from simulator.scoring.rubric import Anchors, CapLimits, EconomyAnchors, LookNumbers, Rubric
from simulator.scoring.rubric_words import NO_IMAGES_WORDS, own_rubric_words
from simulator.vocabulary.procedure import AcquisitionPurpose
from simulator.vocabulary.scoring import Component, MetricId
from tests.scored_events import GOOD_TIP_MM, HandMade, good, left_out

BLIND = Rubric(looks=LookNumbers(needs_images=False))


def never_looked() -> HandMade:
    """One push to where a good one ends, no image of any kind and no plan; the dose account has nothing."""
    made = HandMade()
    made.begin()
    made.push(made.tip_mm - GOOD_TIP_MM)
    made.blood()
    made.end()
    for kind in (e.AcquisitionMade, e.ImageLookedAt, e.PathPlanned):
        made = left_out(made, kind)
    return made


def test_the_common_rubric_has_no_words_of_its_own() -> None:
    assert own_rubric_words(Rubric()) == []


def test_every_number_that_differs_is_told_with_the_usual_one() -> None:
    economy = EconomyAnchors(time_min=Anchors(expert=15.0, poor=30.0))
    words = own_rubric_words(Rubric(caps=CapLimits(vein=50.0), economy=economy))
    assert words == ["time_min: 15 (expert) to 30 in place of 20 (expert) to 40.", "cap_vein: 50 in place of 60."]
    assert own_rubric_words(BLIND) == list(NO_IMAGES_WORDS)


@pytest.mark.parametrize("component", [Component.SAFETY, Component.PLACEMENT, Component.DOSE, Component.STEPS])
def test_who_needs_no_images_loses_nothing_for_having_none(component: Component) -> None:
    made = never_looked()
    without, asked = made.card(BLIND), made.card(Rubric())
    seen = good().card(Rubric())
    assert without.components[component] >= seen.components[component] - 0.02
    if component is not Component.STEPS:
        assert asked.components[component] < without.components[component] - 0.05


def test_a_metric_without_a_share_has_no_utility() -> None:
    card = never_looked().card(BLIND)
    for metric_id in (MetricId.BLIND_ADVANCE, MetricId.PLAN_SOUND, MetricId.DEMANDED_IMAGES):
        metric = card.metric(metric_id)
        assert metric is not None
        assert metric.utility is None, metric_id


def test_dose_counts_where_no_image_is_asked_for() -> None:
    dear = never_looked()
    dear.events[1:1] = [
        replace(x, dose=replace(x.dose, dlp_mgy_cm=150.0))
        for x in good().events
        if isinstance(x, e.AcquisitionMade) and x.purpose == AcquisitionPurpose.PLANNING
    ]
    assert dear.card(BLIND).components[Component.DOSE] < never_looked().card(BLIND).components[Component.DOSE]


def test_check_prints_the_rubric_of_a_blind_patch(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "blind-patch"]) == 0
    told = capsys.readouterr().err
    assert all(words in told for words in NO_IMAGES_WORDS)
    assert main(["check", "patient-2"]) == 0
    assert "its own rubric" not in capsys.readouterr().err


def test_a_preview_tells_it(patient_2: Case) -> None:
    assert "Rubric of its own" not in " ".join(describe_case(patient_2))
    own = " ".join(describe_case(replace(patient_2, rubric=BLIND)))
    assert "Rubric of its own: No image guidance is asked for" in " ".join(own.split())


def test_the_page_on_the_score_shows_the_rubric_of_a_blind_patch() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "score.md").read_text(encoding="utf-8")
    table = page[page.index("**A case without images**") :]
    for words in ("35 of 100 shares", "10 of 100 shares", "40 of 100 shares"):
        assert words in table
