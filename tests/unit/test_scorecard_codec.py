"""The scorecard as a file: what is written is what is read, old files included; and every identity has its words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.scorecard_codec import metric_to_json, scorecard_from_json, scorecard_to_json
from simulator.report.advice import SCORED_IN, SHOWN_BY
from simulator.report.components import RESTS_ON
from simulator.report.metric_rows import metric_row
from simulator.scoring.metric import Metric, measured
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.outcome import NextDayReport
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import CapId, Component, MetricId, Unit
from simulator.wording.english import ENGLISH
from tests.unit.report_patient import session_of, tube_phantom, tube_world

RECORDS = Path(__file__).parents[1] / "golden" / "records"
UNTOLD = {
    "relapse_day": None,
    "relief_probability": 0.0,
    "second_holes": 0,
    "second_holes_covered": 0,
    "rebound_hypertension": False,
    "next_day": [],
}
BLIND_BLOOD = (
    c.PlaceNeedle(entry_from_midline_mm=1.0, side=Side.RIGHT, level="L3/4"),
    c.Advance(distance_mm=44.0),
    c.RemoveStylet(),
    c.DrawBlood(),
    c.MixContrast(),
    c.InjectBlood(volume_ml=3.0),
    c.Finish(),
)


@pytest.fixture(scope="module")
def card() -> Scorecard:
    session = session_of(tube_world(tube_phantom()), BLIND_BLOOD)
    return score_procedure(session.world, session.events, Rubric(), scenario="tubes-1", operator="tester")


def recorded(name: str) -> dict[str, Any]:
    """The scorecard of a record that another version made."""
    line = (RECORDS / name).read_text(encoding="utf-8").splitlines()[-1]
    body: dict[str, Any] = json.loads(line)["body"]["scorecard"]
    return body


def test_what_is_written_is_what_is_read(card: Scorecard) -> None:
    body = scorecard_to_json(card)
    assert len(card.caps) >= 2, "several reasons in one line have to come apart again"
    assert card.complications
    read = scorecard_from_json(json.loads(json.dumps(body)), "here")
    assert read == card
    assert scorecard_to_json(read) == body


@pytest.mark.parametrize("name", ["format-1.jsonl", "format-2.jsonl"])
def test_scorecards_of_old_records_are_read_whole(name: str) -> None:
    body = recorded(name)
    card = scorecard_from_json(body, name)
    body["outcome"] = {**UNTOLD, **body["outcome"]}  # what older formats did not know
    assert scorecard_to_json(card) == body
    assert card.caps == (CapId.NOT_TREATED,)
    assert card.rubric_version == 1
    assert {component for component, _ in card.components.items()} >= {Component.PATCH, Component.PLACEMENT}
    known = [metric for metric in card.metrics if isinstance(metric.name, MetricId)]
    assert len(known) > 20, "names that both rubrics know are known"


def test_what_another_version_knew_stays_in_its_own_words(card: Scorecard) -> None:
    body = scorecard_to_json(card)
    body["cap_reason"] = "dural puncture; left the patient alone"
    body["metrics"] = [{**body["metrics"][0], "name": "calm of the hand", "unit": "bel"}]
    body["mood"] = "good"
    read = scorecard_from_json(body, "here")
    assert read.caps == (CapId.DURAL_PUNCTURE, "left the patient alone")
    (metric,) = read.metrics
    assert metric.metric_id is None
    assert metric_to_json(metric) == body["metrics"][0]
    assert metric_row(metric).name == "calm of the hand"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("placement", "compartment"), "attic", "placement.compartment"),
        (("placement", "level"), "L9/10", "placement.level"),
        (("outcome", "relief"), "yes", "outcome.relief"),
        (("seed",), 1.5, "seed"),
    ],
)
def test_a_word_that_is_none_is_refused_with_its_place(
    card: Scorecard, path: tuple[str, ...], value: object, words: str
) -> None:
    body = json.loads(json.dumps(scorecard_to_json(card)))
    within = body
    for key in path[:-1]:
        within = within[key]
    within[path[-1]] = value
    with pytest.raises(UserInputError, match=words):
        scorecard_from_json(body, "here")


def test_the_whole_procedure_is_called_all_in_the_file() -> None:
    metric = Metric(name="pauses", value=2.0, unit="", phase=None)
    assert metric_to_json(metric)["phase"] == "all"
    assert metric_to_json(replace(metric, phase=Phase.PLANNING))["phase"] == "planning"


def test_every_identity_has_words_and_no_two_have_the_same() -> None:
    for field, kept in (("metrics", MetricId), ("caps", CapId), ("components", Component), ("units", Unit)):
        table = dict(getattr(ENGLISH, field))
        assert set(table) == set(kept)
        lost = table.popitem()[0]
        with pytest.raises(ValueError, match=str(lost) or "Unit"):
            replace(ENGLISH, **{field: table})
    twice = {**ENGLISH.caps, CapId.CORD_CONTACT: ENGLISH.caps[CapId.DURAL_PUNCTURE]}
    with pytest.raises(ValueError, match="dural puncture"):
        replace(ENGLISH, caps=twice)


def test_advice_and_components_know_every_cap_and_scored_metric() -> None:
    assert set(SHOWN_BY) == set(CapId)
    assert set(SCORED_IN) == set(ENGLISH.lessons)
    assert set(RESTS_ON) == set(Component) - {Component.PATCH}, "which rubric 1 alone had"
    for component, metrics in RESTS_ON.items():
        assert all(SCORED_IN[metric].component is component for metric in metrics if metric in SCORED_IN)


def test_a_reference_is_printed_in_the_form_of_its_value() -> None:
    values = {"level_alone": 0.6, "level_alone_percent": 60.0}
    found = measured(MetricId.LEAK_LOCALISED, 0.6, Unit.NONE, against=values)
    assert found.reference == "1: level and side; 0.6: level alone"
    row = metric_row(found)
    assert (row.value, row.unit, row.reference) == ("60", "%", "100 %: level and side; 60 %: level alone")
    margin = measured(MetricId.DURAL_MARGIN, 1.5, Unit.MILLIMETRE, against={"half_depth_mm": 2.04})
    assert margin.reference == "2.0 (half the local epidural depth)"
    assert measured(MetricId.DURAL_MARGIN, None, Unit.MILLIMETRE).reference == "half the local epidural depth"


def test_what_the_patient_reports_is_read_back(card: Scorecard) -> None:
    said = (NextDayReport.OTHER_HEADACHE, NextDayReport.BACK_PAIN)
    outcome = replace(
        card.outcome, next_day=said, second_holes=2, second_holes_covered=1, relief_probability=0.5, relapse_day=3
    )
    told = replace(card, outcome=replace(outcome, rebound_hypertension=True))
    assert scorecard_from_json(json.loads(json.dumps(scorecard_to_json(told))), "here") == told
