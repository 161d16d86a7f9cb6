"""Steps of preparation, as state and events note them."""

from __future__ import annotations

from dataclasses import replace

from simulator.engine import events as e
from simulator.engine.registry import Result
from simulator.engine.state import ProcedureState


def note_step(state: ProcedureState, step: str) -> Result:
    """A step of preparation was taken."""
    if step not in state.preparation.steps:
        state = replace(state, preparation=replace(state.preparation, steps=(*state.preparation.steps, step)))
    return state, [e.PreparationDone(at_ms=state.elapsed_ms, step=step)]
