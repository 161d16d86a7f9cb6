"""Script triggers: whether what sets a scripted happening off has come. Nothing here draws chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.scripted_events import Moment, Scripted
from simulator.engine.state import ProcedureState, current_phase
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.procedure import AcquisitionPurpose, InjectedMaterial, Touch

_STEP_MM = 0.25  # along a push, from one look at the structure to the next


def is_due(
    script: Scripted,
    ordinal: int,
    world: CaseContext,
    before: ProcedureState,
    state: ProcedureState,
    fresh: Sequence[Moment],
    events: Sequence[e.Event],
) -> bool:
    """Whether a scripted happening comes with this command.

    Args:
        ordinal: of the happening in the script
        before, state: the procedure before and after the command
        fresh: moments that came with it for the first time
        events: of the command
    """
    if f"script {ordinal}" in state.patient.happened:
        return False
    if script.when is not None:
        return script.when in fresh
    if script.at_ms is not None:
        return state.elapsed_ms >= script.at_ms
    if script.at_depth_mm is not None:
        return state.needle.in_skin and _deepest_mm(state, events) >= script.at_depth_mm
    if script.near is not None:
        return _nearest_mm(script.near, world, before, state) <= script.within_mm
    if script.at_press is not None:
        pressed = sum(one.purpose is AcquisitionPurpose.FLUOROSCOPY for one in state.imaging.acquired)
        return pressed >= script.at_press
    if script.at_volume_ml is not None:
        return _injected_ml(script.material, state) >= script.at_volume_ml
    return script.in_phase is not None and current_phase(state) is script.in_phase


def _deepest_mm(state: ProcedureState, events: Sequence[e.Event]) -> float:
    """The most needle that was in the patient in the course of the command, mm."""
    moved = [event.inserted_mm for event in events if isinstance(event, e.NeedleMoved)]
    now = 0.0 if state.needle.pose is None else state.needle.pose.inserted_mm
    return max([now, *moved])


def _nearest_mm(structure: Touch, world: CaseContext, before: ProcedureState, state: ProcedureState) -> float:
    """Least distance of the tip to a structure on the way of this command, mm; infinite without a needle."""
    if state.needle.pose is None or not state.needle.in_skin:
        return float("inf")
    end = np.asarray(state.needle.pose.tip_mm)
    start = end if before.needle.pose is None else np.asarray(before.needle.pose.tip_mm)
    steps = max(int(np.ceil(float(np.linalg.norm(end - start)) / _STEP_MM)), 1)
    way = start + np.linspace(0.0, 1.0, steps + 1)[:, None] * (end - start)
    anatomy = world.phantom.anatomy
    distance: dict[Touch, Callable[[FloatArray], FloatArray]] = {
        Touch.DURA: anatomy.dura_mm,
        Touch.ROOT: anatomy.neural_mm,
        Touch.CORD: anatomy.cord_mm,
        Touch.BONE: anatomy.bone_mm,
    }
    return float(np.min(distance[structure](way)))


def _injected_ml(material: InjectedMaterial, state: ProcedureState) -> float:
    if material is InjectedMaterial.BLOOD:
        return state.injection.blood_ml
    return state.injection.contrast_ml
