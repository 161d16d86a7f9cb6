"""Carry out: the one way from an input to what it does: kept or dropped while busy, refused, asked about, or done."""

from __future__ import annotations

from functools import partial

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.input.user_action import UserAction, WhileBusy

MOST_KEPT = 8
"""Inputs that may wait for a command or a picture; more are dropped."""


def carry_out(context: AppContext, action: UserAction) -> None:
    """Do what an input means, unless something speaks against it."""
    if context.busy and action.while_busy is not WhileBusy.AT_ONCE:
        _meanwhile(context, action)
        return
    reason = action.why_not()
    if reason is not None:
        context.notices.say(reason)
        return
    context.notices.hush()
    question = action.asks()
    if question is None:
        action.do()
        return
    context.notices.question = question
    context.notices.answered_yes = partial(_after_yes, context, action)
    context.doors.show(ScreenName.QUESTION)


def carry_out_kept(context: AppContext) -> bool:
    """Do the next input that was kept, once nothing is computed any more; whether there was one."""
    if not context.held.kept or context.busy:
        return False
    context.held.kept.popleft()()
    return True


def _after_yes(context: AppContext, action: UserAction) -> None:
    reason = action.why_not()
    if reason is None:
        action.do()
    else:
        context.notices.say(reason)


def _meanwhile(context: AppContext, action: UserAction) -> None:
    # Under a held pedal pictures never stop coming: there one push at a time goes in between two of them
    room = 1 if context.held.foot_down else MOST_KEPT
    kept = action.while_busy is WhileBusy.KEPT or context.held.foot_down
    if kept and len(context.held.kept) < room:
        context.held.kept.append(partial(carry_out, context, action))
        if not context.held.foot_down:
            context.notices.say(f"Waits its turn: {action.told}")
    else:
        context.drop(action.told)
