"""Command text: a command of a finished session, as the debrief prints it."""

from __future__ import annotations

from simulator.engine.session import Session
from simulator.gui.debrief_facts import CommandText
from simulator.interface.command_words import command_name, given_words


def command_text(session: Session, number: int) -> CommandText:
    """A command in words, by its number from 1."""
    command = session.steps[number - 1].command
    return CommandText(name=command_name(command), given=given_words(command))
