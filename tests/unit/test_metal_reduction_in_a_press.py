"""Metal artefact reduction as a switch of the console: its time, what is refused, what is recorded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.engine import events as e
from simulator.engine.advance import plain
from simulator.engine.imaging.handlers import METAL_REDUCTION_MS
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.records.codec import command_from, event_from
from simulator.report.event_words import event_words
from simulator.scenario.build import Case
from tests.procedures import placed, run
from tests.settings import changed_settings

GOOD = {"tube_voltage_kv": 120, "tube_current_ma": 30.0, "rotation_s": 0.5}


def _press(session: Session) -> tuple[e.AcquisitionMade, int]:
    before = session.state.elapsed_ms
    (made,) = [event for event in session.do(c.PressPedal()) if isinstance(event, e.AcquisitionMade)]
    return made, session.state.elapsed_ms - before


def test_it_costs_a_second_and_no_dose(patient_2: Case) -> None:
    session = Session(patient_2.world)
    run(session, [*placed(), c.Advance(distance_mm=30.0)])
    plain_press, plain_ms = _press(session)
    session.do(c.ChooseTechnique(**GOOD, metal_artefact_reduction=True))
    reduced, reduced_ms = _press(session)
    assert reduced_ms - plain_ms == METAL_REDUCTION_MS
    assert (reduced.dose, reduced.beam) == (plain_press.dose, plain_press.beam)
    first, second = session.image(plain_press.number), session.image(reduced.number)
    assert not np.array_equal(first.hu, second.hu)
    # The switch stays until it is changed
    session.do(c.ChooseTechnique(**GOOD))
    assert session.view().console.settings.metal_artefact_reduction
    session.do(c.ChooseTechnique(**GOOD, metal_artefact_reduction=False))
    assert _press(session)[1] == plain_ms


def test_a_held_pedal_is_refused_with_it(patient_2: Case) -> None:
    session = Session(patient_2.world)
    session.do(c.ChooseTechnique(**GOOD, metal_artefact_reduction=True))
    (refused,) = session.do(c.PressPedal(hold=True))
    assert isinstance(refused, e.CommandRefused)
    assert "press once, or switch it off" in refused.reason
    assert session.state.imaging.pedal is None


def test_a_console_without_it_refuses_it(patient_2: Case) -> None:
    settings = changed_settings(patient_2.world.settings, offers_metal_artefact_reduction=False)
    session = Session(replace(patient_2.world, settings=settings))
    assert not session.view().console.offers_metal_artefact_reduction
    (refused,) = session.do(c.ChooseTechnique(**GOOD, metal_artefact_reduction=True))
    assert refused.reason == "the console offers no metal artefact reduction"


def test_records_name_it_only_where_it_is_on(patient_2: Case) -> None:
    session = Session(patient_2.world)
    (without,) = session.do(c.ChooseTechnique(**GOOD))
    command = c.ChooseTechnique(**GOOD, metal_artefact_reduction=True)
    (chosen,) = session.do(command)
    assert "metal_artefact_reduction" not in plain(without)["settings"]
    assert "metal_artefact_reduction" not in plain(c.ChooseTechnique(**GOOD))
    assert plain(chosen)["settings"]["metal_artefact_reduction"] is True
    assert plain(event_from(plain(chosen), "here")) == plain(chosen)
    assert command_from(plain(command), "here") == command
    assert "metal artefact reduction" in event_words(chosen)
