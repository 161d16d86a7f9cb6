"""Controls: all that hands and foot do on several screens, made once for a window."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.gui.context.app_context import AppContext
from simulator.gui.input.console_actions import ConsoleActions
from simulator.gui.input.footswitch import Footswitch
from simulator.gui.input.needle_actions import NeedleActions
from simulator.gui.input.room_actions import RoomActions
from simulator.gui.input.tile_tools import TileTools


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """The same footswitch, needle, console, room and tools on every screen."""

    footswitch: Footswitch
    needle: NeedleActions
    console: ConsoleActions
    room: RoomActions
    tiles: TileTools

    @classmethod
    def for_window(cls, context: AppContext) -> Controls:
        """The controls of a window."""
        return cls(
            footswitch=Footswitch(context),
            needle=NeedleActions(context),
            console=ConsoleActions(context),
            room=RoomActions(context),
            tiles=TileTools(context),
        )
