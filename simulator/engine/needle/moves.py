"""Moves: a push or a pull as an event, with what lies at the tip and what the hand felt."""

from __future__ import annotations

import numpy as np

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.needle.bevel import locate_opening
from simulator.engine.needle.subvoxel_structures import in_flavum_gap
from simulator.engine.refusal import RefusalError
from simulator.engine.state import ProcedureState
from simulator.needle.insertion import (
    ROOT_PAIN_DISTANCE_MM,
    Push,
    Sample,
    sample_at,
)
from simulator.needle.insertion_force import force_trace_n, relaxation
from simulator.needle.needle_catalogue import NEEDLES
from simulator.needle.needle_pose import NeedlePose
from simulator.spatial.frames import patient_point


def standing_needle(state: ProcedureState) -> NeedlePose:
    """The needle that stands on the skin or lies in the patient; refused where there is none."""
    if state.needle.pose is None:
        raise RefusalError("no needle has been placed: PlaceNeedle first")
    return state.needle.pose


def tell_move(
    world: CaseContext,
    state: ProcedureState,
    commanded_mm: float,
    samples: tuple[Sample, ...],
    moved_mm: float,
    made: Push | None = None,
) -> e.NeedleMoved:
    """What came of a push or a pull.

    Args:
        commanded_mm, moved_mm: signed, positive to the depth
        samples: what the tip met on the way; none of a pull
        made: the push; None for a pull
    """
    pose = standing_needle(state)
    here = samples[-1] if samples else sample_at(world.phantom.anatomy, pose.tip_mm)
    reachable = state.needle.dura.pierced or here.dura_mm > 0.0
    opening = locate_opening(world, state)
    return e.NeedleMoved(
        at_ms=state.elapsed_ms,
        commanded_mm=commanded_mm,
        moved_mm=moved_mm,
        tip_mm=pose.tip_mm,
        direction=pose.direction,
        inserted_mm=pose.inserted_mm,
        dura_mm=here.dura_mm,
        least_dura_mm=min([s.dura_mm for s in samples], default=here.dura_mm),
        local_depth_mm=world.phantom.anatomy.epidural_depth_mm(pose.tip_mm),
        neural_mm=here.neural_mm,
        layer=_layer(state, here),
        compartment=opening.compartment,
        zone=opening.zone,
        level=world.phantom.anatomy.level(opening.position_mm),
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
    track = np.asarray(standing_needle(state).track_mm)
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
