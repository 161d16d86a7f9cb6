"""What an operator reads off the console and the needle; where there is nothing to read, there is no way on."""

from __future__ import annotations

from collections.abc import Generator

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.console import Acquired
from simulator.interface.frame import Frame
from simulator.interface.needle_view import NeedleLook
from simulator.interface.view import View
from simulator.operators.coroutine_operator import AbandonError


def latest_acquisition(view: View) -> Acquired:
    """The last entry of the console's list; AbandonError where nothing was acquired."""
    if view.console.latest is None:
        raise AbandonError("there is no image")
    return view.console.latest


def latest_frame(view: View) -> Frame:
    """The image of the last acquisition; AbandonError where nothing was acquired."""
    latest = latest_acquisition(view)
    return view.images.frame(latest.number)


def press(view: View) -> Generator[Command, View, tuple[Frame, View]]:
    """Press the pedal once and look at the image."""
    view = yield c.PressPedal()
    return latest_frame(view), view


def grid_midline_x_mm(view: View) -> float:
    """Where the middle wire of the skin grid shows in the images; AbandonError where there is no grid."""
    if view.console.grid_midline_x_mm is None:
        raise AbandonError("there is no grid on the skin")
    return view.console.grid_midline_x_mm


def needle_look(view: View) -> NeedleLook:
    """The needle as it looks from outside; AbandonError where there is none in hand."""
    if view.needle is None:
        raise AbandonError("there is no needle")
    return view.needle
