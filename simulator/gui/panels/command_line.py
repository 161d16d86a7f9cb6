"""Command line: a command of the record in the language of the window."""

from __future__ import annotations

from simulator.gui.context.display import Display
from simulator.gui.debrief_facts import CommandText
from simulator.gui.drawing.language import OwnWords


def command_line(display: Display, command: CommandText) -> OwnWords:
    """Its name, and what was given with it."""
    name = display.type.said((command.name,))
    given = display.type.said(command.given, ", ")
    return OwnWords(f"{name}: {given}" if given else name)
