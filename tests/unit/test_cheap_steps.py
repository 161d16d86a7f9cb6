"""What makes a step cheap gives what the slow way gave: the console's lists, the dose of beams that overlap, events."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np
import pytest

from simulator.engine.advance import FLOAT_DIGITS, plain
from simulator.engine.events import AcquisitionMade, PatientSpoke
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.command_fields import later_fields
from simulator.interface.dose_check import Irradiated, accumulated_ctdi_vol_mgy

COMMANDS: tuple[c.Command, ...] = (
    c.PositionPatient(),
    c.AcquireScout(),
    c.PlaceNeedle(entry_from_midline_mm=20.0, level="L3/4", angle_deg=20.0),
    c.Advance(distance_mm=12.0),
    c.PressPedal(),
    c.PressPedal(hold=True),
    c.Wait(duration_s=3.0),
    c.ReleasePedal(),
    c.Withdraw(distance_mm=3.5),
    c.AskPatient(),
)


@pytest.fixture(scope="module")
def session(make_case: Callable[..., Any]) -> Session:
    made = Session(make_case().world)
    for command in COMMANDS:
        made.do(command)
    return made


def test_the_console_lists_what_happened(session: Session) -> None:
    view = session.view()
    made = [event for event in session.events if isinstance(event, AcquisitionMade)]
    assert len(made) > 3
    assert [one.number for one in view.console.acquired] == [event.number for event in made]
    assert len(view.console.scouts) == 1
    beams = [event for event in session.events if hasattr(event, "dose_phase")]
    assert view.console.dose.operator_usv == sum(event.dose.operator_usv for event in beams)  # type: ignore[attr-defined]
    assert view.console.dose.presses == len(made)
    spoken = [event for event in session.events if isinstance(event, PatientSpoke)]
    assert view.patient.words == spoken[-1].words


def test_a_branch_has_a_history_of_its_own(session: Session) -> None:
    before = session.view().console
    branch = session.branch(session.world)
    branch.do(c.PressPedal())
    assert len(branch.view().console.acquired) == len(before.acquired) + 1
    assert session.view().console.acquired == before.acquired
    assert session.view().console.dose == before.dose
    before.dose.dlp_mgy_cm.clear()  # what an operator does with its View is its own affair
    assert session.view().console.dose.dlp_mgy_cm


def test_a_dose_accumulates_as_when_every_beam_is_tried() -> None:
    rng = np.random.default_rng(1)

    def slow(before: list[Irradiated], following: Irradiated) -> float:
        low, high = following.low_mm, following.high_mm
        starts = [low, *(beam.low_mm for beam in before if low < beam.low_mm < high)]
        return following.ctdi_vol_mgy + max(
            sum(beam.ctdi_vol_mgy for beam in before if beam.low_mm <= start < beam.high_mm) for start in starts
        )

    for _ in range(200):
        beams = []
        for _ in range(int(rng.integers(1, 12))):
            low = float(rng.integers(0, 30))
            long = float(rng.integers(1, 15))
            dose = float(rng.uniform(0.1, 9.0))
            beams.append(Irradiated(low_mm=low, high_mm=low + long, ctdi_vol_mgy=dose, dlp_mgy_cm=dose * long / 10.0))
        *before, following = beams
        assert accumulated_ctdi_vol_mgy(before, following) == slow(before, following)


PARTS = ("settings", "scene")


def test_an_event_is_written_as_all_of_it_rounded_but_what_came_later(session: Session) -> None:
    def rounded(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, FLOAT_DIGITS) + 0.0
        if isinstance(value, dict):
            return {key: rounded(item) for key, item in value.items()}
        return [rounded(item) for item in value] if isinstance(value, list | tuple) else value

    left_out = 0
    for event in session.events:
        body = asdict(event)
        for whole, part in ((event, body), *((getattr(event, name, None), body.get(name)) for name in PARTS)):
            for name in later_fields(whole) if is_dataclass(whole) else ():
                del part[name]
                left_out += 1
        slow = {"event": type(event).__name__, **rounded(body)}
        assert json.dumps(plain(event)) == json.dumps(slow)
    assert left_out, "an upright press says nothing of the gantry"
