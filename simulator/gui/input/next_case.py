"""Next case: the same patient again, or the next one of the list, for the same learner."""

from __future__ import annotations

from dataclasses import replace

from simulator.errors import UserInputError
from simulator.gui.context.app_context import AppContext
from simulator.gui.context.session_state import StartChoice
from simulator.gui.engine_worker.start_desk import StartDesk


def open_choice(context: AppContext, desk: StartDesk, choice: StartChoice) -> None:
    """Open what was chosen; a case that does not let the learner in says why."""
    if context.doors.begin is None:
        return
    try:
        opening = desk.opening(choice.card.name, choice.learner)
    except UserInputError as fault:
        context.notices.say(str(fault))
        return
    context.session.chosen = choice
    context.doors.begin(opening)


def open_again(context: AppContext, desk: StartDesk) -> None:
    """The same case once more."""
    if context.session.chosen is not None:
        open_choice(context, desk, context.session.chosen)


def open_next(context: AppContext, desk: StartDesk) -> None:
    """The case after this one in the list; after the last the first."""
    if context.session.chosen is None:
        return
    cards = desk.cards()
    names = [card.name for card in cards]
    at = names.index(context.session.chosen.card.name) if context.session.chosen.card.name in names else -1
    open_choice(context, desk, replace(context.session.chosen, card=cards[(at + 1) % len(cards)], tutorial=False))
