"""Plunger: how an operator who sees the needle asks whether it opens into the space."""

from __future__ import annotations

from collections.abc import Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.vocabulary.procedure import HubSign, ResistanceMedium

OPEN = (HubSign.RESISTANCE_LOST, HubSign.CLEAR)
"""Signs of a bevel that opens into the epidural space or a pool of CSF; whose pool it is, image and contrast tell."""


def ask_plunger(view: View) -> Generator[Command, View, tuple[bool, View]]:
    """Saline, and suction where that stays firm: beside a leak the bevel may stand in fluid without any loss.

    Returns:
        whether the bevel opens into something; for operators who know from an image that the tip is near its target
    """
    view = yield c.TestResistance(medium=ResistanceMedium.SALINE)
    if view.handling.hub != HubSign.RESISTANCE_LOST:
        view = yield c.Aspirate()
    return view.handling.hub in OPEN, view
