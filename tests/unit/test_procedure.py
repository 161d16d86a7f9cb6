"""The engine: what commands do, what is refused, how time and phases run."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest

from simulator.engine import events as e
from simulator.engine.advance import advance, initial_state
from simulator.engine.session import Session
from simulator.engine.state import current_phase
from simulator.interface import commands as c
from simulator.scenario.build import Case
from tests.procedures import patched, placed, run, step_until_epidural

MakeCase = Callable[..., Case]


def kinds(events: list[e.Event] | tuple[e.Event, ...]) -> list[str]:
    return [type(event).__name__ for event in events]


def refusal(session: Session, command: c.Command) -> str:
    before = session.state
    (event,) = session.do(command)
    assert isinstance(event, e.CommandRefused), event
    assert session.state.elapsed_ms == before.elapsed_ms
    assert session.state.needle == before.needle
    return event.reason


def test_good_procedure_ends_epidural_and_passes_every_phase(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    phases = [current_phase(session.state)]
    for command in [c.AcquireMyelogram(), *placed()]:
        session.do(command)
        phases.append(current_phase(session.state))
    step_until_epidural(session, beyond_mm=0.5)
    phases.append(current_phase(session.state))
    for command in patched():
        events = session.do(command)
        assert "CommandRefused" not in kinds(events), events
        phases.append(current_phase(session.state))
    assert list(dict.fromkeys(phases)) == [
        "preparation",
        "localisation",
        "planning",
        "guidance",
        "injection",
        "confirmation",
        "aftercare",
        "closed",
    ]
    first = next(x for x in session.events if isinstance(x, e.MaterialInjected))
    assert (first.compartment, first.zone, first.level) == ("epidural", "dorsal", "L3/4")
    assert first.dura_mm > 0.3


def test_layers_are_felt_in_their_order(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    layers = list(dict.fromkeys(x.layer for x in session.events if isinstance(x, e.NeedleMoved)))
    assert layers.index("muscle") < layers.index("ligamentum flavum") < layers.index("epidural collection")
    forces = [f for x in session.events if isinstance(x, e.NeedleMoved) for f in x.force_n]
    assert max(forces) - forces[-1] > 2.0, "the flavum gives"


def test_too_deep_tents_then_pierces_the_dura(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session)
    events = session.do(c.Advance(distance_mm=12.0))
    assert "DuraTouched" in kinds(events)
    punctures = [x for x in events if isinstance(x, e.Complication) and x.kind == "dural_puncture"]
    assert len(punctures) == 1
    assert session.state.needle.dura.pierced
    drip = session.do(c.RemoveStylet())[0]
    assert isinstance(drip, e.StyletMoved)
    assert drip.drip == "clear"
    session.do(c.ReplaceStylet())
    session.do(c.Withdraw(distance_mm=12.0))
    assert not session.state.needle.dura.pierced
    seen = [x.kind for x in session.events if isinstance(x, e.ComplicationRecognised)]
    assert "dural_puncture" not in seen, (
        "beside a leak clear fluid proves nothing, and who pulls back need not know why"
    )


def test_dura_tents_before_it_gives(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session)
    while not session.state.needle.dura.touched:
        session.do(c.Advance(distance_mm=0.5))
    assert not session.state.needle.dura.pierced
    moved = next(x for x in reversed(session.events) if isinstance(x, e.NeedleMoved))
    assert moved.layer == "dura"
    assert moved.compartment == "epidural", "an intact dura is pushed ahead of the opening"


def test_bone_stops_the_needle_and_hurts(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    session.do(c.AcquirePlanningScan(levels=("L3", "L4")))
    session.do(c.MoveTable(level="L3"))
    session.do(c.PlaceNeedle(entry_from_midline_mm=8.0, side="left", angle_deg=0.0))
    events = run(session, [c.Advance(distance_mm=80.0)])
    assert {"BoneContacted", "PatientSpoke"} <= set(kinds(events))
    moved = next(x for x in events if isinstance(x, e.NeedleMoved))
    assert moved.stopped_by == "bone"
    assert moved.moved_mm < 80.0
    assert session.world.phantom.anatomy.bone_mm(_point(moved.tip_mm))[0] >= 0.0


def _point(tip: tuple[float, float, float]):  # type: ignore[no-untyped-def]
    import numpy as np

    return np.array([tip])


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (c.Advance(distance_mm=200.0), "distance_mm is 200"),
        (c.Advance(distance_mm=math.nan), "distance_mm is nan"),
        (c.Advance(distance_mm=-3.0), "distance_mm is -3"),
        (c.Redirect(angle_change_deg=90.0), "angle_change_deg is 90"),
        (c.Wait(duration_s=-1.0), "duration_s is -1"),
        (c.Advance(distance_mm="5"), "must be a number"),  # type: ignore[arg-type]
        (c.InjectBlood(volume_ml=math.inf), "volume_ml is inf"),
    ],
)
def test_numbers_out_of_range_are_refused_by_name(make_case: MakeCase, command: c.Command, words: str) -> None:
    session = Session(make_case().world)
    run(session, placed())
    assert words in refusal(session, command)


def test_what_cannot_be_done_is_refused_with_the_reason(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    assert "no needle" in refusal(session, c.Advance(distance_mm=5.0))
    assert "no image" in refusal(
        session, c.PlanPath(approach="midline interlaminar", side="left", entry_mm=(0, 0, 0), target_mm=(0, 0, 0))
    )
    assert "no level 'L7/8'" in refusal(session, c.MoveTable(level="L7/8"))
    assert "there are:" in refusal(session, c.AcquirePlanningScan(levels=("C3", "L4")))
    assert "exactly one" in refusal(session, c.MoveTable())
    run(session, placed())
    assert "stands on the skin" in refusal(session, c.RemoveStylet())
    session.do(c.Advance(distance_mm=20.0))
    assert "stylet is in" in refusal(session, c.Aspirate())
    assert "withdraw it before" in refusal(session, c.PlaceNeedle(entry_from_midline_mm=5.0))
    assert "still in the patient" in refusal(session, c.OrderAftercare())
    session.do(c.RemoveStylet())
    assert "DrawBlood first" in refusal(session, c.InjectBlood(volume_ml=1.0))
    session.do(c.DrawBlood(volume_ml=5.0))
    assert "holds 5.0 mL" in refusal(session, c.InjectBlood(volume_ml=6.0))
    session.do(c.Wait(duration_s=900.0))
    assert "clotted" in refusal(session, c.InjectBlood(volume_ml=1.0))
    assert "pedal is up" in refusal(session, c.ReleasePedal())
    session.do(c.Finish())
    assert "finished" in refusal(session, c.Wait(duration_s=1.0))


def test_withdrawing_out_of_the_skin_removes_the_needle(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, [*placed(), c.Advance(distance_mm=10.0)])
    assert kinds(session.do(c.Withdraw(distance_mm=50.0))) == ["NeedleRemoved"]
    assert session.state.needle.pose is None
    run(session, [placed()[1], c.Advance(distance_mm=10.0)])
    assert session.state.needle.skin_punctures == 2


def test_needle_ends_at_its_hub(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    session.do(c.AcquirePlanningScan(levels=("L3", "L4")))
    session.do(c.PlaceNeedle(entry_from_midline_mm=80.0, side="left", level="L3/4", angle_deg=0.0))
    events = run(session, [c.Advance(distance_mm=100.0)])
    moved = next(x for x in events if isinstance(x, e.NeedleMoved))
    assert moved.stopped_by == "hub"
    assert moved.inserted_mm == pytest.approx(88.0, abs=0.51)


def test_held_pedal_images_every_rotation_until_released(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    session.do(c.ChooseTechnique(tube_voltage_kv=120, tube_current_ma=20.0, rotation_s=0.5))
    events = run(session, [c.PressPedal(hold=True), c.Wait(duration_s=2.2), c.ReleasePedal(), c.Wait(duration_s=5.0)])
    made = [x for x in events if isinstance(x, e.AcquisitionMade)]
    assert len(made) == 1 + 4, "the first, and four rotations in 2.2 s"
    gaps = {b.at_ms - a.at_ms for a, b in itertools.pairwise(made)}
    assert gaps == {500}
    off = next(x for x in events if isinstance(x, e.BeamOff))
    cut = next(x for x in events if isinstance(x, e.BeamCutShort))
    assert cut.beam.on_ms == 200, "of a rotation that the foot ended: dose, and no image"
    assert off.beam_on_ms == sum(x.beam.on_ms for x in [*made, cut])


def test_console_ends_a_press_that_is_too_long(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    events = run(session, [c.PressPedal(hold=True), c.Wait(duration_s=3600.0)])
    made = [x for x in events if isinstance(x, e.AcquisitionMade)]
    assert len(made) == 200, "100 s of half-second rotations"
    assert [x.beam_on_ms for x in events if isinstance(x, e.BeamOff)] == [100_000]
    assert session.state.imaging.pedal is None


def test_dose_is_booked_by_phase_and_linear_in_mas(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    (myelogram,) = session.do(c.AcquireMyelogram())
    (planning,) = session.do(c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0))
    (second,) = session.do(c.AcquirePlanningScan(levels=("L3", "L4"), mas=100.0))
    assert isinstance(myelogram, e.AcquisitionMade)
    assert isinstance(planning, e.AcquisitionMade)
    assert isinstance(second, e.AcquisitionMade)
    assert (myelogram.dose_phase, myelogram.counts_toward_dose) == ("myelography", False)
    assert (planning.dose_phase, planning.dose.ctdi_vol_mgy) == ("planning", pytest.approx(3.3, abs=1e-9))
    assert second.dose_phase == "guidance", "one planning scan is expected, a further one counts as guidance"
    assert second.dose.dlp_mgy_cm == pytest.approx(2 * planning.dose.dlp_mgy_cm, rel=1e-9)
    assert planning.dose.effective_dose_msv == pytest.approx(0.015 * planning.dose.dlp_mgy_cm, rel=1e-9)
    run(session, placed()[1:])
    session.do(c.ChooseTechnique(tube_voltage_kv=120, tube_current_ma=30.0, rotation_s=0.75))
    press = next(x for x in session.do(c.PressPedal()) if isinstance(x, e.AcquisitionMade))
    assert press.dose.ctdi_vol_mgy == pytest.approx(1.485 * 1.16279, rel=1e-3), "the reference's tap, at 12 mm"
    assert press.dose.dlp_mgy_cm == pytest.approx(1.782 * 1.16279, abs=0.01)


def test_same_seed_same_session_and_one_press_more_changes_nothing_else(make_case: MakeCase) -> None:
    def tips(extra_press: bool) -> list[tuple[float, ...]]:
        session = Session(make_case(seed=5, hands="default").world)
        run(session, placed())
        if extra_press:
            session.do(c.PressPedal())
        run(session, [c.Advance(distance_mm=15.0), c.Redirect(angle_change_deg=3.0), c.Advance(distance_mm=15.0)])
        return [x.tip_mm for x in session.events if isinstance(x, e.NeedleMoved)]

    assert tips(False) == tips(False)
    assert tips(False) == tips(True)


def test_seeds_differ_and_exact_hands_do_not_miss(make_case: MakeCase) -> None:
    def entry(seed: int, hands: str) -> tuple[float, ...]:
        session = Session(make_case(seed=seed, hands=hands).world)
        (event,) = [x for x in run(session, placed()) if isinstance(x, e.NeedlePlaced)]
        return event.entry_mm

    assert entry(1, "default") != entry(2, "default")
    assert entry(1, "exact") == entry(2, "exact")


def test_advance_is_pure(make_case: MakeCase) -> None:
    world = make_case(seed=3, hands="default").world
    state = initial_state(world)
    for command in placed():
        state, _ = advance(world, state, command)
    once = advance(world, state, c.Advance(distance_mm=30.0))
    again = advance(world, state, c.Advance(distance_mm=30.0))
    assert once == again
    assert once[0].digest == again[0].digest
    assert hash(once[0]) == hash(again[0])


def test_digest_follows_every_command(make_case: MakeCase) -> None:
    world = make_case().world
    state = initial_state(world)
    one, _ = advance(world, state, c.Wait(duration_s=1.0))
    other, _ = advance(world, state, c.Wait(duration_s=2.0))
    refused, _ = advance(world, state, c.ReleasePedal())
    assert len({state.digest, one.digest, other.digest, refused.digest}) == 4
