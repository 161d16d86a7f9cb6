"""The injection as a procedure: what is refused and why, what pressure leads to, and where else blood can go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.engine import events as e
from simulator.engine.needle.bevel import locate_opening
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.patient.sensation import Thresholds
from simulator.scenario.build import Case
from tests.procedures import placed, run, step_until_epidural


@pytest.fixture(scope="module")
def in_place(patient_2: Case) -> Session:
    """A needle in the dorsal epidural space, its stylet out; nobody injects here but copies."""
    session = Session(patient_2.world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    session.do(c.RemoveStylet())
    return session


def again(session: Session) -> Session:
    """Another session that stands where this one does."""
    other = Session(session.world)
    other.state = session.state
    return other


def refusal(session: Session, command: c.Command) -> str:
    (event,) = session.do(command)
    assert isinstance(event, e.CommandRefused), event
    return event.reason


# bad input


def test_more_than_the_syringe_holds_is_refused_with_what_it_holds(in_place: Session) -> None:
    session = again(in_place)
    assert "DrawBlood first" in refusal(session, c.InjectBlood(volume_ml=5.0))
    session.do(c.DrawBlood(volume_ml=4.0))
    assert "holds 4.0 mL, not 5 mL" in refusal(session, c.InjectBlood(volume_ml=5.0))


def test_a_stylet_in_the_needle_is_refused(in_place: Session) -> None:
    session = again(in_place)
    session.do(c.DrawBlood(volume_ml=4.0))
    session.do(c.ReplaceStylet())
    assert "stylet is in" in refusal(session, c.InjectBlood(volume_ml=2.0))
    assert "stylet is in" in refusal(session, c.InjectContrast(volume_ml=0.5))


def test_a_rate_that_no_hand_presses_is_refused_with_the_fastest(in_place: Session) -> None:
    session = again(in_place)
    session.do(c.DrawBlood(volume_ml=10.0))
    session.do(c.Wait(duration_s=300.0))
    reason = refusal(session, c.InjectBlood(volume_ml=2.0, rate_ml_per_s=1.0))
    assert "no hand presses" in reason
    fastest = float(reason.rsplit(": ", 1)[1].split()[0])
    assert 0.2 < fastest < 1.0
    (portion, *_) = session.do(c.InjectBlood(volume_ml=1.0, rate_ml_per_s=0.9 * fastest))
    assert isinstance(portion, e.MaterialInjected)


def test_clotted_blood_is_refused(in_place: Session) -> None:
    session = again(in_place)
    session.do(c.DrawBlood(volume_ml=10.0))
    session.do(c.Wait(duration_s=601.0))
    assert "clotted" in refusal(session, c.InjectBlood(volume_ml=2.0, rate_ml_per_s=0.1))


def test_a_bevel_in_bone_is_refused(in_place: Session) -> None:
    session = again(in_place)
    state, anatomy = session.state, session.world.phantom.anatomy
    assert state.needle.pose is not None
    body = np.array(session.world.phantom.landmarks.vertebral_bodies["L3"])  # the middle of a vertebral body
    ahead = np.array(state.needle.pose.direction)
    track = tuple((float(p[0]), float(p[1]), float(p[2])) for p in (body - 10.0 * ahead, body))
    session.state = replace(state, needle=replace(state.needle, pose=replace(state.needle.pose, track_mm=track)))
    assert float(anatomy.bone_mm(body[None])[0]) < 0.0
    session.do(c.DrawBlood(volume_ml=5.0))
    assert locate_opening(session.world, session.state).compartment == "bone"
    assert "bevel stands against bone" in refusal(session, c.InjectBlood(volume_ml=1.0))
    assert "bevel stands against bone" in refusal(session, c.InjectContrast(volume_ml=0.5))


# pressure


def test_needle_pressure_is_told_apart_from_epidural_pressure(in_place: Session) -> None:
    session = again(in_place)
    session.do(c.DrawBlood(volume_ml=10.0))
    portions = [
        event
        for rate in (0.3, 0.1)
        for event in session.do(c.InjectBlood(volume_ml=1.0, rate_ml_per_s=rate))
        if isinstance(event, e.MaterialInjected)
    ]
    fast, slow = portions
    assert fast.needle_drop_kpa == pytest.approx(3.0 * slow.needle_drop_kpa, rel=1e-3)
    assert fast.needle_drop_kpa > 30.0  # 255 mmHg at 0.3 mL/s through 90 mm
    assert fast.pressure_kpa < 1.0


def test_pressure_comes_before_pain_and_injecting_on_harms(in_place: Session) -> None:
    session = again(in_place)
    world = replace(in_place.world)
    world.__dict__["thresholds"] = Thresholds(pressure_kpa=0.3, pain_kpa=0.5)
    medium = in_place.world.medium  # of somebody whose sac hardly gives way, as after surgery
    world.__dict__["medium"] = replace(medium, parameters=replace(medium.parameters, stiffness=8.0))
    session.world = world
    events = run(session, [c.DrawBlood(volume_ml=30.0), c.InjectBlood(volume_ml=16.0, rate_ml_per_s=0.5)])
    portions = [event for event in events if isinstance(event, e.MaterialInjected)]
    order = [event.feeling for event in events if isinstance(event, e.PatientSpoke)]
    assert order[:3] == ["pressure", "pain", "severe pain"]
    pressures = [portion.pressure_kpa for portion in portions]
    assert pressures[-1] > 40.0 * 0.133322
    assert sum(isinstance(x, e.Complication) and x.kind == "nerve_compression" for x in events) == 1
    assert portions[-1].sac_dented_ml > portions[4].sac_dented_ml > 0.5


def test_until_cue_stops_at_the_first_word(in_place: Session) -> None:
    session = again(in_place)
    session.do(c.DrawBlood(volume_ml=40.0))
    events = session.do(c.InjectBlood(volume_ml=40.0, until_cue=True))
    assert [event.feeling for event in events if isinstance(event, e.PatientSpoke)] == ["pressure"]
    assert session.state.injection.blood_ml < 40.0


def test_several_places_in_one_sitting_share_one_canal(in_place: Session) -> None:
    session = again(in_place)
    run(session, [c.DrawBlood(volume_ml=20.0), c.InjectBlood(volume_ml=4.0)])
    before = session.state.injection.patch.sac_mmhg
    run(session, [c.Withdraw(distance_mm=120.0)])
    run(session, [c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L2/3", angle_deg=22.0)])
    step_until_epidural(session, beyond_mm=1.0)
    events = run(session, [c.RemoveStylet(), c.DrawBlood(volume_ml=20.0), c.InjectBlood(volume_ml=4.0)])
    assert {x.level for x in events if isinstance(x, e.MaterialInjected)} == {"L2/3"}
    flow = session.state.injection.patch.flow
    assert flow is not None
    assert float(flow.blood_ml.sum() + flow.out_blood_ml.sum()) == pytest.approx(8.0, rel=1e-6)
    assert session.state.injection.patch.sac_mmhg > before


def test_who_was_hurt_by_the_contrast_says_so_again_of_the_blood_and_ends_it(in_place: Session) -> None:
    """The score counts blood from that word on, so that it must have been heard."""
    session = Session(in_place.world)
    run(session, placed())
    run(session, [c.Advance(distance_mm=20.0), c.RemoveStylet(), c.InjectContrast(volume_ml=0.5), c.DrawBlood()])
    hurt = [event for event in session.events if isinstance(event, e.PatientSpoke) and event.feeling == "pain"]
    events = session.do(c.InjectBlood(volume_ml=4.0, until_cue=True))
    portions = [event for event in events if isinstance(event, e.MaterialInjected)]
    spoken = [event for event in events if isinstance(event, e.PatientSpoke)]
    assert hurt
    assert [portion.compartment for portion in portions] == ["soft tissue"]
    assert [event.feeling for event in spoken] == [portions[0].feeling]
    assert session.state.injection.cue_ml == portions[0].total_blood_ml
    again_ms = len([x for x in session.do(c.InjectBlood(volume_ml=2.0)) if isinstance(x, e.PatientSpoke)])
    assert again_ms == 0, "once, and not with every millilitre"
