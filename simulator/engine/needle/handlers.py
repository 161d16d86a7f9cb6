"""The needle's steps but the push: place, pull, turn, stylet, syringe at the hub."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.table import find_level_table_mm, move_table_to
from simulator.engine.needle.bevel import draining_fluid, observe_drip
from simulator.engine.needle.moves import standing_needle, tell_move
from simulator.engine.needle.plunger_loss import is_lost
from simulator.engine.patient.patient_motion_and_pain import displace_since_planning
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result, handles
from simulator.engine.settings import PLACEMENT_CV
from simulator.engine.state import ProcedureState
from simulator.engine.streams import Stream, generator
from simulator.interface import commands as c
from simulator.needle.dural_puncture import Dura
from simulator.needle.insertion import (
    pull,
    skin_point_mm,
)
from simulator.needle.needle_bending import redirect_fraction
from simulator.needle.needle_catalogue import NEEDLES
from simulator.needle.needle_pose import NeedlePose, angles_from_direction, direction_from_angles
from simulator.vocabulary.procedure import HubSign

GREATEST_LEAN_RAD = math.radians(60.0)


@handles(c.PlaceNeedle)
def _place(world: CaseContext, state: ProcedureState, command: c.PlaceNeedle) -> Result:
    if state.needle.in_skin:
        raise RefusalError("a needle is in the patient: withdraw it before placing it anew")
    if (command.entry_from_midline_mm is None) == (command.entry_x_mm is None):
        raise RefusalError("give either entry_from_midline_mm with a side, or entry_x_mm")
    if command.level is not None and command.table_mm is not None:
        raise RefusalError("give either level or table_mm, not both")
    events: list[e.Event] = []
    state = displace_since_planning(world, state)
    wanted_mm = command.table_mm
    if command.level is not None:
        wanted_mm = find_level_table_mm(world, command.level)
    if wanted_mm is not None:
        state, events = move_table_to(world, state, float(wanted_mm))
    hands = world.settings.hands
    ordinal = state.counters.placements
    miss = _missed(generator(world.hands_root, Stream.HANDS_PLACEMENT, ordinal))
    under_laser_mm = world.table_transform(state.patient.displacement_mm).patient_z_mm(state.imaging.table_mm)
    z_mm = under_laser_mm + hands.entry_mm * float(miss[1])
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


@handles(c.Withdraw)
def _withdraw(world: CaseContext, state: ProcedureState, command: c.Withdraw) -> Result:
    pose = standing_needle(state)
    after, dura = pull(world.phantom.anatomy, pose, state.needle.dura, command.distance_mm)
    if after is None:
        state = replace(state, needle=replace(state.needle, pose=None, dura=dura, in_skin=False))
        return state, [e.NeedleRemoved(at_ms=state.elapsed_ms)]
    pulled = replace(state.needle, pose=after, dura=dura, rests_since_ms=state.elapsed_ms)
    state = replace(state, needle=pulled, patient=replace(state.patient, pain=0.0))
    moved = after.inserted_mm - pose.inserted_mm
    return state, [tell_move(world, state, -command.distance_mm, (), moved)]


@handles(c.Redirect)
def _redirect(world: CaseContext, state: ProcedureState, command: c.Redirect) -> Result:
    pose = standing_needle(state)
    ordinal = state.counters.turns
    miss = generator(world.hands_root, Stream.HANDS_TURN, ordinal).standard_normal(2)
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


@handles(c.RotateBevel)
def _rotate(world: CaseContext, state: ProcedureState, command: c.RotateBevel) -> Result:
    pose = standing_needle(state)
    turned = (pose.bevel_rad + math.radians(command.angle_deg)) % (2.0 * math.pi)
    pose = replace(pose, bevel_rad=round(turned, 6))
    state = replace(state, needle=replace(state.needle, pose=pose))
    return state, [e.BevelRotated(at_ms=state.elapsed_ms, bevel_rad=turned)]


def _in_tissue(state: ProcedureState) -> NeedlePose:
    pose = standing_needle(state)
    if not state.needle.in_skin:
        raise RefusalError("the needle only stands on the skin: advance it first")
    return pose


@handles(c.RemoveStylet)
def _remove_stylet(world: CaseContext, state: ProcedureState, command: c.RemoveStylet) -> Result:
    pose = _in_tissue(state)
    if not pose.stylet_in:
        raise RefusalError("the stylet is out already")
    state = replace(state, needle=replace(state.needle, pose=replace(pose, stylet_in=False)))
    drip = observe_drip(world, state)
    opened = replace(state.needle, open_since_ms=state.elapsed_ms, dripped=drip != "nothing")
    state = replace(state, needle=opened)
    return state, [e.StyletMoved(at_ms=state.elapsed_ms, stylet_in=False, drip=drip)]


@handles(c.ReplaceStylet)
def _replace_stylet(world: CaseContext, state: ProcedureState, command: c.ReplaceStylet) -> Result:
    pose = standing_needle(state)
    if pose.stylet_in:
        raise RefusalError("the stylet is in already")
    pose = replace(pose, stylet_in=True, open_mm=0.0)  # the stylet pushes a core out
    state = replace(state, needle=replace(state.needle, pose=pose))
    return state, [e.StyletMoved(at_ms=state.elapsed_ms, stylet_in=True, drip=HubSign.NOTHING)]


def _open_hub(state: ProcedureState) -> None:
    if _in_tissue(state).stylet_in:
        raise RefusalError("the stylet is in: take it out first")


@handles(c.Aspirate)
def _aspirate(world: CaseContext, state: ProcedureState, command: c.Aspirate) -> Result:
    _open_hub(state)
    return state, [e.Aspirated(at_ms=state.elapsed_ms, came=draining_fluid(world, state))]


@handles(c.TestResistance)
def _test_resistance(world: CaseContext, state: ProcedureState, command: c.TestResistance) -> Result:
    _open_hub(state)
    event = e.ResistanceTested(
        at_ms=state.elapsed_ms, medium=command.medium, lost=is_lost(world, state, command.medium)
    )
    return state, [event]


@handles(c.HoldNeedle)
def _hold(world: CaseContext, state: ProcedureState, command: c.HoldNeedle) -> Result:
    state = replace(state, needle=replace(state.needle, held_by=command.held_by))
    return state, [e.NeedleHeld(at_ms=state.elapsed_ms, held_by=command.held_by)]
