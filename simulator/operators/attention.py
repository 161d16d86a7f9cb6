"""Attention: whatever an operator is about, what the patient says is answered first."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.blood_injection import AWAY_MM
from simulator.operators.coroutine_operator import OperatorSteps, StopProcedureError
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import Aid

ANSWERS = {"faint": Aid.RAISE_THE_LEGS, "itch": Aid.ANTIHISTAMINE, "breathe": Aid.ADRENALINE}
"""What is done for a patient who says such a word."""

WAIT_FOR_RECOVERY_S = 60.0  # after a faint, before anything goes on


def attend(steps: OperatorSteps, view: View) -> OperatorSteps:
    """Carry out the steps of a treatment, and answer what the patient says between them.

    A patient who cannot breathe ends the procedure: the steps are given up, with the reason. A drug that was given is
    not given again while the same complaint goes on.

    Args:
        steps: the treatment, not begun
        view: what is perceived now
    """
    heard_at_ms, given = view.patient.words_at_ms, None
    try:
        command = next(steps)
        while True:
            view = yield command
            aid = None
            if view.patient.words_at_ms != heard_at_ms:
                aid = _answer(view.patient.words)
                if aid is Aid.ANTIHISTAMINE and given is aid:
                    aid = None
                else:
                    given = aid
            heard_at_ms = view.patient.words_at_ms
            if aid is not None:
                refused = view.refused
                view = yield from _help(view, aid)
                heard_at_ms, view = view.patient.words_at_ms, replace(view, refused=refused)
            command = (
                steps.throw(StopProcedureError(StopReason.REACTION)) if aid is Aid.ADRENALINE else steps.send(view)
            )
    except StopProcedureError:
        yield c.Withdraw(distance_mm=AWAY_MM)  # refused, and harmless, where no needle is in
        raise
    except StopIteration as done:
        return view if done.value is None else done.value


def _answer(words: str) -> Aid | None:
    return next((aid for word, aid in ANSWERS.items() if word in words.lower()), None)


def _help(view: View, aid: Aid) -> Generator[Command, View, View]:
    view = yield c.GiveAid(measure=aid)
    if aid is Aid.RAISE_THE_LEGS:
        view = yield c.Wait(duration_s=WAIT_FOR_RECOVERY_S)
    return view
