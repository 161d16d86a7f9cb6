"""Leaks that an operator writes down from a myelogram's pixels, against the truth that it never sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.operators.preparation import check_in
from simulator.operators.request import requested_interspace
from simulator.scenario.build import build_case
from simulator.scenario.load import load_scenario
from simulator.scoring.localisation import localised
from simulator.scoring.procedure_summary import summarise

SERIES = ("patient-1", "patient-2", "patient-3", "patient-3-second", "patient-4", "patient-5", "patient-6", "patient-7")
VENTRAL = ("ventral-tear-lumbar", "ventral-tear-thoracic", "ventral-tear-neck")


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SERIES, "false-leak", "thoracic-oblique", *VENTRAL])
def test_level_and_side_are_written_down_rightly(name: str, figure) -> None:
    file = load_scenario(Path(name))
    case = build_case(file.scenario_for(1), name=name, seed=1, location=name, folder=file.path.parent)
    session = Session(case.world)
    steps = check_in(session.view(), requested_interspace(session.view().case.request))
    command = next(steps)
    while not any(isinstance(event, e.LeakMarked) for event in session.events):
        session.do(command)
        command = steps.send(session.view())
    share = localised(summarise(case.world, session.events))
    figure(
        f"{name}: leak written down from the myelogram, share of level and side",
        share,
        asked="1",
        unit="",
        kind="independent",
    )
    assert share == 1.0
