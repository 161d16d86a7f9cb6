"""Patch now: what was injected moves on, sets and washes out while other things are done."""

from __future__ import annotations

from dataclasses import replace

from simulator.engine.case_context import CaseContext
from simulator.engine.state import ProcedureState
from simulator.patch.patch import settle_patch
from simulator.patch.syringe_pressure import KPA_PER_MMHG
from simulator.patient.sensation import feel_pressure

_OF_PRESSURE = ("pressure", "pain", "severe pain")


def advance_patch_to_now(world: CaseContext, state: ProcedureState) -> ProcedureState:
    """The same moment with what was injected as it stands by now, and what the patient still feels of it."""
    patch = (
        settle_patch(world.medium, world.phantom.canal, state.injection.patch, state.elapsed_ms)
        if state.injection.begun
        else state.injection.patch
    )
    if patch is state.injection.patch:
        return state
    state = replace(state, injection=replace(state.injection, patch=patch, revision=patch.injected.revision))
    if patch.flow is not None and state.patient.feeling in _OF_PRESSURE:
        highest_mmhg = float(patch.flow.excess_mmhg.max()) + patch.sac_mmhg
        feeling = feel_pressure(world.thresholds, highest_mmhg * KPA_PER_MMHG)
        state = replace(state, patient=replace(state.patient, feeling=feeling))
    return state
