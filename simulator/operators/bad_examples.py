"""Bad examples: operators that a score must not reward, beside which a learner's first policy can be held."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.attention import attend
from simulator.operators.command_changes import change_commands
from simulator.operators.coroutine_operator import CoroutineOperator, OperatorSteps
from simulator.operators.modelled_skill import Skill, err
from simulator.operators.request import requested_interspace
from simulator.operators.treatment import treat
from simulator.vocabulary.patient_facts import StopReason

CLUMSY = Skill(
    angle_error_deg=6.8, entry_error_mm=6.0, turn_error=0.6, push_error=0.3, second_look=0.0, needless_turn=0.4
)
"""Twice the errors of a beginner's hand, and no second look: an assumption."""

FURTHER = 1.5  # of a push, by the greedy one
LEAST_GREEDY_MM = 6.0
RANDOM_COMMANDS = 120


class Clumsy(CoroutineOperator):
    """The expert's knowledge in a hand twice as bad as a beginner's."""

    name = "clumsy"

    def treat(self, view: View) -> OperatorSteps:
        """As the expert, with twice a beginner's errors."""
        return err(attend(treat(view), view), CLUMSY)


class Greedy(CoroutineOperator):
    """The expert's plan, followed in long pushes, to be done sooner and with fewer presses."""

    name = "greedy"

    def treat(self, view: View) -> OperatorSteps:
        """As the expert, but every push is longer by half and at least 6 mm."""
        return change_commands(attend(treat(view), view), view, _further)


def _further(command: Command, view: View) -> Sequence[Command]:
    if isinstance(command, c.Advance):
        return (c.Advance(distance_mm=min(max(FURTHER * command.distance_mm, LEAST_GREEDY_MM), 100.0)),)
    return (command,)


class AlwaysStop(CoroutineOperator):
    """Harms nobody and treats nobody: what a score gives for stopping at once."""

    name = "always-stop"

    def treat(self, view: View) -> OperatorSteps:
        """Check in, and stop."""
        requested_interspace(view.case.request)
        yield c.PositionPatient(prone=True, pillow=True)
        yield c.TimeOut()
        view = yield c.Finish(stopped_for=StopReason.NO_SAFE_WAY)
        return view


class Random(CoroutineOperator):
    """Commands at random, each number anywhere in its range; the case that it sees is the seed."""

    name = "random"

    def treat(self, view: View) -> OperatorSteps:
        """Some commands, then the end."""
        rng = np.random.default_rng(zlib.crc32(f"{view.case.request} {view.console.table_mm}".encode()))
        requested_interspace(view.case.request)
        for _ in range(RANDOM_COMMANDS):
            view = yield _any_command(rng, view)
        return view


_KINDS = (
    c.PositionPatient, c.TimeOut, c.PrepareSkin, c.InjectLocalAnaesthetic, c.LayArmLine, c.PlaceNeedle, c.Advance,
    c.Withdraw, c.Redirect, c.RotateBevel, c.RemoveStylet, c.ReplaceStylet, c.Aspirate, c.TestResistance,
    c.PressPedal, c.DrawBlood, c.MixContrast, c.InjectContrast, c.InjectBlood, c.AskPatient, c.Wait,
)  # fmt: skip


def _any_command(rng: np.random.Generator, view: View) -> Command:
    kind: type = _KINDS[int(rng.integers(len(_KINDS)))]
    if kind is c.PlaceNeedle:
        return c.PlaceNeedle(
            entry_from_midline_mm=float(rng.uniform(0.0, 60.0)),
            level=view.case.requested_level,
            angle_deg=float(rng.uniform(-40.0, 40.0)),
        )
    numbers = {
        item.name: float(rng.uniform(item.metadata["low"], min(item.metadata["high"], 60.0)))
        for item in fields(kind)
        if item.metadata and item.type != "int"
    }
    made: Command = kind(**numbers)
    return made
