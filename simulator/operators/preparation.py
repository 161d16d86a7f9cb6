"""Preparation: what operators do alike before the needle goes in."""

from __future__ import annotations

from collections.abc import Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.leak_localisation import localise_leak
from simulator.operators.request import bounding_vertebrae
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace


def check_in(view: View, level: Interspace) -> Generator[Command, View, tuple[View, Laterality]]:
    """Position, time-out, the leak found on the myelogram and written down, the grid on the skin.

    Returns:
        The view afterwards, and the side of the leak; both sides where there is no myelogram or it does not tell.
    """
    side = Laterality.BOTH
    view = yield c.PositionPatient(prone=True, pillow=True, breath_hold=True)
    view = yield c.TimeOut()
    view = yield c.AcquireMyelogram()
    if not view.refused:
        view, side = yield from localise_leak(view, level)
    view = yield c.PlaceSkinGrid(level=level)
    return view, side


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
