"""Scan reach: where a scan's slices may lie, and where the console has the levels."""

from __future__ import annotations

import math

from simulator.engine.case_context import CaseContext
from simulator.engine.state import ProcedureState

AIR_MM = 1.0
SHIFT_STEP_MM = 3.0
WITHIN_MM = 0.05  # the console shows tenths of a millimetre


def scan_reach_mm(world: CaseContext, state: ProcedureState) -> tuple[float, float]:
    """Table positions between which slices of a scan may lie, mm.

    A patient who has moved is scanned less far. That goes in whole steps, since the console shows it: it tells no more
    than that there was a shift of some millimetres, which every image shows.
    """
    moved_mm = max(abs(s) for s in state.patient.displacement_mm)
    edge_mm = AIR_MM + SHIFT_STEP_MM * math.ceil(moved_mm / SHIFT_STEP_MM)
    low_mm, high_mm = (world.table_transform().table_z_mm(z) for z in world.phantom.z_range_mm)
    return round(low_mm + edge_mm, 1), round(high_mm - edge_mm, 1)
