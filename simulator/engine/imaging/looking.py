"""Looking: which images somebody has looked at. An image that was made and never looked at has shown nothing."""

from __future__ import annotations

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result, handles
from simulator.engine.state import ProcedureState
from simulator.interface import commands as c


@handles(c.LookAt)
def _look_at(world: CaseContext, state: ProcedureState, command: c.LookAt) -> Result:
    counts = state.imaging.slice_counts
    if command.number >= len(counts):
        there = f"there are 0 to {len(counts) - 1}" if counts else "nothing was acquired yet"
        raise RefusalError(f"there is no acquisition {command.number} to look at: {there}")
    count = counts[command.number]
    slices = tuple(range(count)) if command.slices is None else tuple(sorted(set(command.slices)))
    if not slices or slices[0] < 0 or slices[-1] >= count:
        raise RefusalError(f"acquisition {command.number} has the slices 0 to {count - 1}")
    return state, [e.ImageLookedAt(at_ms=state.elapsed_ms, number=command.number, slices=slices)]
