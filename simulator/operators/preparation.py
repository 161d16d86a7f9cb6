"""Preparation: what operators do alike before the needle goes in."""

from __future__ import annotations

from collections.abc import Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.chart import forbidding_fact
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps, StopProcedureError
from simulator.operators.leak_localisation import FoundLeak, localise_leak
from simulator.operators.request import bounding_vertebrae, requested_side
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.patient_facts import StopReason


def check_in(view: View, requested: Interspace) -> Generator[Command, View, tuple[View, FoundLeak]]:
    """Position, time-out, the leak found on the myelogram and written down, the grid on the skin.

    A fact that forbids the procedure, or a vein that fluid runs into, stops it here: StopProcedureError.

    Returns:
        The view afterwards, and where the leak is; as requested where no myelogram tells.
    """
    found = FoundLeak(level=requested, side=requested_side(view.case.request) or Laterality.BOTH)
    view = yield c.PositionPatient(prone=True, pillow=True, breath_hold=True)
    view = yield c.TimeOut()
    if forbidding_fact(view) is not None:
        raise StopProcedureError(StopReason.FACT)
    view = yield c.AcquireMyelogram()
    if not view.refused:
        view, found = yield from localise_leak(view, requested)
    view = yield c.PlaceSkinGrid(level=found.level)
    return view, found


def acquire_planning_scan(view: View, level: Interspace, *, slice_thickness_mm: float = 3.0) -> OperatorSteps:
    """Scan the two vertebrae at the protocol's tube load; AbandonError where the scan is refused."""
    view = yield c.AcquirePlanningScan(
        levels=bounding_vertebrae(level),
        tube_voltage_kv=120,
        mas=view.console.planning_mas,
        slice_thickness_mm=slice_thickness_mm,
    )
    if view.refused:
        raise AbandonError(view.refused)
    return view


def clean_and_numb(view: View) -> OperatorSteps:
    """A line in the arm, from which blood will be drawn; then disinfect the skin and give local anaesthetic."""
    view = yield c.LayArmLine()
    view = yield c.PrepareSkin()
    view = yield c.InjectLocalAnaesthetic(volume_ml=5.0)
    return view
