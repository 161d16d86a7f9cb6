"""The table: where it can go, and which place brings a level under the laser."""

from __future__ import annotations

from dataclasses import replace

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result
from simulator.engine.state import ProcedureState

EDGE_MM = 8.0  # half of three slices, and the shift of a patient


def level_height_mm(world: CaseContext, level: str) -> float:
    """Height in the patient of a vertebra's centre or of an interspace's window; refused where there is none."""
    z_mm = world.level_z_mm(level)
    if z_mm is None:
        raise RefusalError(f"there is no level {str(level)!r} here; levels: {', '.join(world.phantom.levels)}")
    return z_mm


def find_level_table_mm(world: CaseContext, level: str) -> float:
    """Table position that brings a level under the laser; refused where there is no such level."""
    return round(world.table_transform().table_z_mm(level_height_mm(world, level)), 1)


def table_range_mm(world: CaseContext) -> tuple[float, float]:
    """Table positions at which three slices lie in the patient."""
    low, high = (world.table_transform().table_z_mm(z) for z in world.phantom.z_range_mm)
    return low + EDGE_MM, high - EDGE_MM


def move_table_to(world: CaseContext, state: ProcedureState, table_mm: float) -> Result:
    """Move the table; refused outside the patient."""
    low, high = table_range_mm(world)
    if not low <= table_mm <= high:
        raise RefusalError(f"the table reaches {low:.0f} to {high:.0f} mm with this patient, not {table_mm:.0f}")
    table_mm = round(table_mm, 1)
    return replace(state, imaging=replace(state.imaging, table_mm=table_mm)), [
        e.TableMoved(at_ms=state.elapsed_ms, table_mm=table_mm)
    ]
