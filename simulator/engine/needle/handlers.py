"""The needle's steps: what hands intend, what tissue lets them, and what is met on the way."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.needle.bevel import drip_seen, fluid_at_hub, is_lost, opening_of
from simulator.engine.needle.subvoxel_structures import in_flavum_gap
from simulator.engine.patient.complications import of_push, of_vein
from simulator.engine.patient.patient_motion_and_pain import felt_of_push, jerk_after, speaks
from simulator.engine.preparation.handlers import table_at, table_of_level
from simulator.engine.refusal import RefusalError
from simulator.engine.settings import PLACEMENT_CV
from simulator.engine.state import ProcedureState
from simulator.engine.streams import Stream, generator
from simulator.interface import commands as c
from simulator.needle.dural_puncture import Dura, tenting_limit_mm
from simulator.needle.insertion import (
    ROOT_PAIN_DISTANCE_MM,
    Push,
    Sample,
    pull,
    push,
    sample_at,
    skin_point_mm,
)
from simulator.needle.insertion_force import force_trace_n, relaxation
from simulator.needle.needle_bending import redirect_fraction
from simulator.needle.needle_catalogue import NEEDLES
from simulator.needle.needle_pose import NeedlePose, angles_from_direction, direction_from_angles
from simulator.patient.movement import shift_since_planning_mm
from simulator.spatial.frames import AT_REST, patient_point
from simulator.vocabulary.patient import Sensation
from simulator.vocabulary.procedure import HubSign

Result = tuple[ProcedureState, list[e.Event]]

GREATEST_LEAN_RAD = math.radians(60.0)


def shifted(world: CaseContext, state: ProcedureState) -> ProcedureState:
    """The patient has moved a little between the planning scan and the needle; exact hands know no shift."""
    if state.patient.displaced:
        return state
    shift = AT_REST
    if world.settings.hands.name != "exact" and state.imaging.planning_scans > 0:
        shift = shift_since_planning_mm(generator(world.root_seed, Stream.PATIENT, 0))
    return replace(state, patient=replace(state.patient, displaced=True, displacement_mm=shift))


def _place(world: CaseContext, state: ProcedureState, command: c.PlaceNeedle) -> Result:
    if state.needle.in_skin:
        raise RefusalError("a needle is in the patient: withdraw it before placing it anew")
    if (command.entry_from_midline_mm is None) == (command.entry_x_mm is None):
        raise RefusalError("give either entry_from_midline_mm with a side, or entry_x_mm")
    if command.level is not None and command.table_mm is not None:
        raise RefusalError("give either level or table_mm, not both")
    events: list[e.Event] = []
    state = shifted(world, state)
    wanted_mm = command.table_mm
    if command.level is not None:
        wanted_mm = table_of_level(world, command.level)
    if wanted_mm is not None:
        state, events = table_at(world, state, float(wanted_mm))
    hands = world.settings.hands
    ordinal = state.counters.placements
    miss = _missed(generator(world.root_seed, Stream.HANDS_PLACEMENT, ordinal))
    z_mm = (
        state.imaging.table_mm
        - world.table_zero_mm
        - state.patient.displacement_mm[2]
        + hands.entry_mm * float(miss[1])
    )
    x_mm = _entry_x_mm(world, state, command, z_mm) + hands.entry_mm * float(miss[0])
    try:
        entry = skin_point_mm(world.phantom.anatomy, x_mm, z_mm, world.y_range_mm)
    except ValueError as error:
        raise RefusalError(str(error)) from error
    tip_side = _tip_side(world, state, command, z_mm)
    angle = math.radians(command.angle_deg + hands.angle_deg * float(miss[2]))
    craniocaudal = math.radians(command.craniocaudal_deg + hands.angle_deg * float(miss[3]))
    pose = NeedlePose(
        track_mm=(tuple(round(v, 6) for v in entry),),  # type: ignore[arg-type]
        direction=direction_from_angles(angle, craniocaudal, tip_side),
        bevel_rad=0.0,
        stylet_in=True,
        tip_side=tip_side,
    )
    state = replace(
        state,
        needle=replace(state.needle, pose=pose, dura=Dura()),
        counters=replace(state.counters, placements=ordinal + 1),
    )
    events.append(e.NeedlePlaced(at_ms=state.elapsed_ms, entry_mm=pose.tip_mm, direction=pose.direction))
    return state, events


def _missed(rng: np.random.Generator) -> np.ndarray:
    """How far a placement misses, in standard deviations: skin point x and z, two angles; shape (4,)."""
    miss = rng.standard_normal(4)
    spread = math.sqrt(math.log1p(PLACEMENT_CV**2))
    miss[2:] *= math.exp(spread * rng.standard_normal() - 0.5 * spread**2)
    return miss


def _entry_x_mm(world: CaseContext, state: ProcedureState, command: c.PlaceNeedle, z_mm: float) -> float:
    """Intended x of the skin point in the patient's frame."""
    if command.entry_x_mm is not None:
        return command.entry_x_mm - state.patient.displacement_mm[0]
    sign = {"right": -1.0, "left": 1.0, "midline": 1.0}[command.side or "right"]
    return world.midline_x_mm(z_mm) + sign * float(command.entry_from_midline_mm or 0.0)


def _tip_side(world: CaseContext, state: ProcedureState, command: c.PlaceNeedle, z_mm: float) -> int:
    """Where a positive angle leads the tip, +1 to the patient's left: as intended, wherever the hand then misses."""
    if command.side is not None or command.entry_x_mm is None:
        return {"right": 1, "left": -1, "midline": 1}[command.side or "right"]
    return 1 if _entry_x_mm(world, state, command, z_mm) <= world.midline_x_mm(z_mm) else -1


def _needle(state: ProcedureState) -> NeedlePose:
    if state.needle.pose is None:
        raise RefusalError("no needle has been placed: PlaceNeedle first")
    return state.needle.pose


def _advance(world: CaseContext, state: ProcedureState, command: c.Advance) -> Result:
    pose = _needle(state)
    anatomy, spec = world.phantom.anatomy, NEEDLES[state.needle.name]
    ordinal = state.counters.steps
    miss = generator(world.root_seed, Stream.HANDS_STEP, ordinal).standard_normal()
    share = max(1.0 + world.settings.hands.step_share * float(miss), 0.5)
    slack = world.phantom.leak.hole_mm is not None
    contact = state.counters.dura_contacts - (1 if state.needle.dura.touched else 0)  # a contact keeps its limit
    limit = tenting_limit_mm(generator(world.root_seed, Stream.TENTING, contact), slack)
    made = push(anatomy, spec, pose, state.needle.dura, round(command.distance_mm * share, 4), limit)
    events: list[e.Event] = []
    punctures = before_punctures = state.needle.skin_punctures
    if not state.needle.in_skin and made.moved_mm > 0.0:
        punctures += 1
        events.append(e.SkinPunctured(at_ms=state.elapsed_ms, entry_mm=pose.tip_mm))
    contacts = sum(touch == "dura" for _, touch in made.touches)
    was_in_vein = _in_vessel(world, state)
    state = replace(
        state,
        needle=replace(
            state.needle,
            pose=made.pose,
            dura=made.dura,
            in_skin=state.needle.in_skin or made.moved_mm > 0.0,
            skin_punctures=punctures,
        ),
        counters=replace(
            state.counters,
            steps=ordinal + 1,
            dura_contacts=state.counters.dura_contacts + contacts,
        ),
    )
    events.append(_moved(world, state, command.distance_mm, made.samples, made.moved_mm, made))
    events += _met(world, state, made)
    harm = of_push(world, state, made, command.distance_mm)
    opening = opening_of(world, state)
    if opening.compartment == "vessel" and not was_in_vein and not any(x.kind == "vessel_puncture" for x in harm):
        harm += of_vein(world, state, opening, command.distance_mm)
    events += harm
    state, said = _sensed(world, state, made, punctured=bool(punctures - before_punctures))
    if any(x.kind == "pleural_puncture" for x in harm):
        said.append(speaks(world, state, Sensation.COUGH))
    state, jerk = jerk_after(world, state, made)
    state = replace(state, needle=replace(state.needle, rests_since_ms=state.elapsed_ms))
    return state, [*events, *said, *jerk]


def _in_vessel(world: CaseContext, state: ProcedureState) -> bool:
    return state.needle.in_skin and opening_of(world, state).compartment == "vessel"


def _met(world: CaseContext, state: ProcedureState, made: Push) -> list[e.Event]:
    events: list[e.Event] = []
    for index, touch in made.touches:
        tip = made.samples[min(index, len(made.samples) - 1)].tip_mm if made.samples else made.pose.tip_mm
        if touch == "dura":
            events.append(e.DuraTouched(at_ms=state.elapsed_ms, tip_mm=tip))
        elif touch == "bone":
            events.append(e.BoneContacted(at_ms=state.elapsed_ms, tip_mm=tip))
    return events


def _sensed(
    world: CaseContext, state: ProcedureState, made: Push, *, punctured: bool
) -> tuple[ProcedureState, list[e.Event]]:
    """What the patient feels of a push, and says unasked when it is worse than they bear in silence."""
    feeling, pain = felt_of_push(world, state, made, punctured=punctured)
    state = replace(state, patient=replace(state.patient, pain=round(pain, 3)))
    if pain < world.speaks_above:
        return state, []
    state = replace(state, patient=replace(state.patient, feeling=feeling))
    return state, [speaks(world, state, feeling)]


def _moved(
    world: CaseContext,
    state: ProcedureState,
    commanded_mm: float,
    samples: tuple[Sample, ...],
    moved_mm: float,
    made: Push | None = None,
) -> e.NeedleMoved:
    pose = _needle(state)
    here = samples[-1] if samples else sample_at(world.phantom.anatomy, pose.tip_mm)
    reachable = state.needle.dura.pierced or here.dura_mm > 0.0
    opening = opening_of(world, state)
    return e.NeedleMoved(
        at_ms=state.elapsed_ms,
        commanded_mm=commanded_mm,
        moved_mm=moved_mm,
        tip_mm=pose.tip_mm,
        direction=pose.direction,
        inserted_mm=pose.inserted_mm,
        dura_mm=here.dura_mm,
        least_dura_mm=min([s.dura_mm for s in samples], default=here.dura_mm),
        local_depth_mm=world.phantom.anatomy.epidural_depth_mm(np.asarray(pose.tip_mm)),
        neural_mm=here.neural_mm,
        layer=_layer(state, here),
        compartment=opening.compartment,
        zone=opening.zone,
        level=world.phantom.anatomy.level(np.asarray(opening.position_mm)),
        critical=state.needle.dura.pierced
        or (reachable and min(here.neural_mm, here.cord_mm) < ROOT_PAIN_DISTANCE_MM)
        or here.label == Label.VESSEL,
        force_n=() if made is None else _felt_force_n(world, state, made),
        stopped_by=None if made is None else made.stopped_by,
    )


def _layer(state: ProcedureState, here: Sample) -> str:
    label = Label(here.label)
    if state.needle.dura.touched and not state.needle.dura.pierced:
        label = Label.DURA
    return label.name.replace("_", " ").lower()


def _felt_force_n(world: CaseContext, state: ProcedureState, made: Push) -> tuple[float, ...]:
    """Force at each step of the last push; a dura that tents is felt, the fluid behind it is not.

    Tissue has relaxed while the needle rested; what stopped the push is felt at its end.
    """
    steps = len(made.samples)
    if steps == 0:
        return (round(made.contact_n, 2),) if made.contact_n > 0.0 else ()
    anatomy = world.phantom.anatomy
    track = np.asarray(_needle(state).track_mm)
    labels = anatomy.label(track)
    gave = [index for index, touch in made.touches if touch == "dural puncture"]
    if gave or (state.needle.dura.touched and not state.needle.dura.pierced):
        tented = np.arange(len(track)) < (len(track) - steps + gave[0] if gave else len(track))
        labels = np.where(tented & (anatomy.dura_mm(track) < 0.0), np.uint8(Label.DURA), labels)
    for index in np.flatnonzero(labels == Label.LIGAMENTUM_FLAVUM):
        if in_flavum_gap(world, patient_point(track[index])):
            labels[index] = Label.EPIDURAL_FAT
    ways_mm = np.concatenate([[0.0], np.linalg.norm(np.diff(track, axis=0), axis=1)])  # a push's last step is short
    trace = force_trace_n(labels, ways_mm, world.tissue_scales, NEEDLES[state.needle.name])[-steps:]
    rested_s = (state.elapsed_ms - state.needle.rests_since_ms) / 1000.0
    trace = trace * relaxation(np.cumsum(ways_mm[-steps:]) - ways_mm[-steps], rested_s)
    trace[-1] += made.contact_n
    return tuple(round(float(f), 2) for f in trace)


def _withdraw(world: CaseContext, state: ProcedureState, command: c.Withdraw) -> Result:
    pose = _needle(state)
    after, dura = pull(world.phantom.anatomy, pose, state.needle.dura, command.distance_mm)
    if after is None:
        state = replace(state, needle=replace(state.needle, pose=None, dura=dura, in_skin=False))
        return state, [e.NeedleRemoved(at_ms=state.elapsed_ms)]
    pulled = replace(state.needle, pose=after, dura=dura, rests_since_ms=state.elapsed_ms)
    state = replace(state, needle=pulled, patient=replace(state.patient, pain=0.0))
    moved = after.inserted_mm - pose.inserted_mm
    return state, [_moved(world, state, -command.distance_mm, (), moved)]


def _redirect(world: CaseContext, state: ProcedureState, command: c.Redirect) -> Result:
    pose = _needle(state)
    ordinal = state.counters.turns
    miss = generator(world.root_seed, Stream.HANDS_TURN, ordinal).standard_normal(2)
    share = redirect_fraction(NEEDLES[state.needle.name], pose.stylet_in, pose.inserted_mm)
    angle, craniocaudal = angles_from_direction(pose.direction, pose.tip_side)
    error = 1.0 + world.settings.hands.turn_share * miss
    angle += math.radians(command.angle_change_deg) * share * float(error[0])
    craniocaudal += math.radians(command.craniocaudal_change_deg) * share * float(error[1])
    if max(abs(angle), abs(craniocaudal)) > GREATEST_LEAN_RAD:
        raise RefusalError("the needle would lean more than 60 degrees: withdraw and enter elsewhere")
    pose = replace(pose, direction=direction_from_angles(angle, craniocaudal, pose.tip_side))
    state = replace(
        state,
        needle=replace(state.needle, pose=pose),
        counters=replace(state.counters, turns=ordinal + 1),
    )
    event = e.NeedleRedirected(at_ms=state.elapsed_ms, direction=pose.direction, share=share)
    return state, [event]


def _rotate(world: CaseContext, state: ProcedureState, command: c.RotateBevel) -> Result:
    pose = _needle(state)
    turned = (pose.bevel_rad + math.radians(command.angle_deg)) % (2.0 * math.pi)
    pose = replace(pose, bevel_rad=round(turned, 6))
    state = replace(state, needle=replace(state.needle, pose=pose))
    return state, [e.BevelRotated(at_ms=state.elapsed_ms, bevel_rad=turned)]


def _in_tissue(state: ProcedureState) -> NeedlePose:
    pose = _needle(state)
    if not state.needle.in_skin:
        raise RefusalError("the needle only stands on the skin: advance it first")
    return pose


def _remove_stylet(world: CaseContext, state: ProcedureState, command: c.RemoveStylet) -> Result:
    pose = _in_tissue(state)
    if not pose.stylet_in:
        raise RefusalError("the stylet is out already")
    state = replace(state, needle=replace(state.needle, pose=replace(pose, stylet_in=False)))
    drip = drip_seen(world, state)
    opened = replace(state.needle, open_since_ms=state.elapsed_ms, dripped=drip != "nothing")
    state = replace(state, needle=opened)
    return state, [e.StyletMoved(at_ms=state.elapsed_ms, stylet_in=False, drip=drip)]


def _replace_stylet(world: CaseContext, state: ProcedureState, command: c.ReplaceStylet) -> Result:
    pose = _needle(state)
    if pose.stylet_in:
        raise RefusalError("the stylet is in already")
    pose = replace(pose, stylet_in=True, open_mm=0.0)  # the stylet pushes a core out
    state = replace(state, needle=replace(state.needle, pose=pose))
    return state, [e.StyletMoved(at_ms=state.elapsed_ms, stylet_in=True, drip=HubSign.NOTHING)]


def _open_hub(state: ProcedureState) -> None:
    if _in_tissue(state).stylet_in:
        raise RefusalError("the stylet is in: take it out first")


def _aspirate(world: CaseContext, state: ProcedureState, command: c.Aspirate) -> Result:
    _open_hub(state)
    return state, [e.Aspirated(at_ms=state.elapsed_ms, came=fluid_at_hub(world, state))]


def _test_resistance(world: CaseContext, state: ProcedureState, command: c.TestResistance) -> Result:
    _open_hub(state)
    event = e.ResistanceTested(
        at_ms=state.elapsed_ms, medium=command.medium, lost=is_lost(world, state, command.medium)
    )
    return state, [event]


def _hold(world: CaseContext, state: ProcedureState, command: c.HoldNeedle) -> Result:
    state = replace(state, needle=replace(state.needle, held_by=command.held_by))
    return state, [e.NeedleHeld(at_ms=state.elapsed_ms, held_by=command.held_by)]


HANDLERS: dict[type, Callable[[CaseContext, ProcedureState, Any], Result]] = {
    c.PlaceNeedle: _place,
    c.Advance: _advance,
    c.Withdraw: _withdraw,
    c.Redirect: _redirect,
    c.RotateBevel: _rotate,
    c.RemoveStylet: _remove_stylet,
    c.ReplaceStylet: _replace_stylet,
    c.Aspirate: _aspirate,
    c.TestResistance: _test_resistance,
    c.HoldNeedle: _hold,
}
