"""Looking: which images somebody has looked at. An image that was made and never looked at has shown nothing."""

from __future__ import annotations

import math

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.gantry import tip_plane_mm
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result, handles
from simulator.engine.state import ProcedureState
from simulator.interface import commands as c


def find_tip_slice(world: CaseContext, made: e.AcquisitionMade) -> int | None:
    """Index of the slice in which the tip lies; None where it lies in none, or there is no needle."""
    needle = made.scene.needle
    if needle is None:
        return None
    tip_mm = tip_plane_mm(world, made, needle.points_mm[0])
    # Planes of a leaning gantry are named by where they cross its axis, further apart than they are
    closer = math.cos(math.radians(made.settings.gantry_tilt_deg))
    offsets = [abs(centre - tip_mm) * closer for centre in made.slices.centres_table_mm]
    nearest = min(range(len(offsets)), key=offsets.__getitem__)
    return nearest if offsets[nearest] <= 0.5 * made.slices.thickness_mm + 1e-6 else None


@handles(c.LookAt)
def _look_at(world: CaseContext, state: ProcedureState, command: c.LookAt) -> Result:
    acquired = state.imaging.acquired
    if command.number >= len(acquired):
        there = f"there are 0 to {len(acquired) - 1}" if acquired else "nothing was acquired yet"
        raise RefusalError(f"there is no acquisition {command.number} to look at: {there}")
    count = acquired[command.number].slice_count
    slices = tuple(range(count)) if command.slices is None else tuple(sorted(set(command.slices)))
    if not slices or slices[0] < 0 or slices[-1] >= count:
        raise RefusalError(f"acquisition {command.number} has the slices 0 to {count - 1}")
    return state, [e.ImageLookedAt(at_ms=state.elapsed_ms, number=command.number, slices=slices)]
