"""Headers of records on a case of one's own, for tests that write scorecards down without carrying a session out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from simulator.records.header import Header
from simulator.records.session_reader import read_session
from simulator.scenario.load import load_scenario
from simulator.scenario.shipped import shipped_scenario_path
from simulator.scoring.rubric import Rubric, flat_numbers
from simulator.scoring.scorecard import Scorecard

KEPT = Path(__file__).parent / "golden" / "records" / "format-3.jsonl"


def header_of(card: Scorecard) -> Header:
    """A header of the present format that says of its case, operator, seed, hands and rubric what a scorecard says."""
    scenario = load_scenario(shipped_scenario_path("patient-2")).scenario_for(1).model_dump(mode="json")
    resolved = {**scenario, "title": "Of one's own", "hands": {"kind": card.hands}}
    return replace(
        read_session(KEPT).header,
        scenario=card.scenario,
        operator=card.operator,
        seed=card.seed,
        hands=card.hands,
        resolved=resolved,
        rubric=flat_numbers(Rubric()),
        rubric_digest=card.rubric_digest,
        patient_digest="0" * 64,
    )
