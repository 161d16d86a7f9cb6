"""Consultant and novice: the expert's eyes and plan, with the errors of hands and judgement that people make.

What an operator means to do and what is done differ by these errors, on top of what every hand in the engine does. They
were fixed before any score of these two was seen.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.attention import attend
from simulator.operators.coroutine_operator import CoroutineOperator, OperatorSteps
from simulator.operators.treatment import treat

MEAN_TO_SD = 1.2533  # of an error whose size is published as a mean: half of a normal distribution
LEAST_PUSH_MM = 0.2
LONG_PUSH_MM = 3.0  # before which a beginner sees something to correct
MOST_DEG = 60.0  # that a command takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """How far from the intention a person's hand and judgement are.

    Attributes:
        angle_error_deg: mean size of the error of a needle's angle as it is set on the skin
        entry_error_mm: mean size of the error of the skin point
        turn_error: standard deviation of a correction, as a part of it
        push_error: standard deviation of a push, as a part of it
        second_look: how often a press is repeated before anything is done
        needless_turn: how often a correction is made where none is needed, by as much as an angle's error
    """

    angle_error_deg: float
    entry_error_mm: float
    turn_error: float
    push_error: float
    second_look: float
    needless_turn: float


# Freehand in a phantom: angle 3.4 +- 3.1 deg, 7.9 images; with a laser, as of a practised hand, 1.3 deg, 0.8 mm at the
# skin and 4.2 images (PMC4499536). Corrections: 3.28 against 1.58 (Diagnostics 2023;13:282). Trainees lose 0.33 deg of
# their error with five procedures (Dimmick). What stands without a figure there is an assumption: errors of a turn and
# of a push, and a skin point of 3 mm for the freehand one, since the published 6.1 mm were measured without a grid.
CONSULTANT = Skill(
    angle_error_deg=1.3, entry_error_mm=0.8, turn_error=0.1, push_error=0.05, second_look=0.0, needless_turn=0.0
)
NOVICE = Skill(
    angle_error_deg=3.4, entry_error_mm=3.0, turn_error=0.3, push_error=0.15, second_look=0.45, needless_turn=0.2
)


class Consultant(CoroutineOperator):
    """The expert with a practised hand."""

    name = "consultant"

    def treat(self, view: View) -> OperatorSteps:
        """As the expert, with the errors of a practised hand."""
        return err(attend(treat(view), view), CONSULTANT)


class Novice(CoroutineOperator):
    """The expert's knowledge in a beginner's hand."""

    name = "novice"

    def treat(self, view: View) -> OperatorSteps:
        """As the expert, with the errors of a beginner's hand."""
        return err(attend(treat(view), view), NOVICE)


def err(steps: OperatorSteps, skill: Skill) -> OperatorSteps:
    """Carry out what the steps intend, with errors; chance follows from the first image that was taken.

    Args:
        steps: what is intended, not begun
        skill: how far off it comes
    """
    rng: np.random.Generator | None = None
    command = next(steps)
    while True:
        if rng is None:
            view = yield command
            rng = _chance(view)
        else:
            *before, last = _made_of(command, skill, rng)
            for one in before:  # noqa: UP028 - a list takes no view that is sent to it
                yield one
            view = yield last
        try:
            command = steps.send(view)
        except StopIteration as done:
            return view if done.value is None else done.value


def _chance(view: View) -> np.random.Generator | None:
    """A stream of errors that belongs to this patient and this day: nothing but what the operator sees goes in."""
    latest = view.console.latest
    if latest is None:
        return None
    middle = len(latest.slice_centres_table_mm) // 2
    return np.random.default_rng(zlib.crc32(view.images.slices(latest.number, [middle]).hu.tobytes()))


def _made_of(command: Command, skill: Skill, rng: np.random.Generator) -> Iterator[Command]:
    """What is done where a command was meant."""
    angle_deg = skill.angle_error_deg * MEAN_TO_SD
    if isinstance(command, c.PlaceNeedle):
        lean, climb, aside = rng.normal(size=3)
        entry_mm = command.entry_x_mm
        yield replace(
            command,
            angle_deg=_within(command.angle_deg + angle_deg * lean, MOST_DEG),
            craniocaudal_deg=_within(command.craniocaudal_deg + angle_deg * climb, MOST_DEG),
            entry_x_mm=None if entry_mm is None else entry_mm + skill.entry_error_mm * MEAN_TO_SD * aside,
        )
    elif isinstance(command, c.Redirect):
        lean, climb = 1.0 + skill.turn_error * rng.normal(size=2)
        yield replace(
            command,
            angle_change_deg=command.angle_change_deg * lean,
            craniocaudal_change_deg=command.craniocaudal_change_deg * climb,
        )
    elif isinstance(command, c.Advance):
        if command.distance_mm >= LONG_PUSH_MM and rng.random() < skill.needless_turn:
            yield c.Redirect(angle_change_deg=_within(angle_deg * rng.normal(), MOST_DEG))
        made_mm = command.distance_mm * (1.0 + skill.push_error * rng.normal())
        yield replace(command, distance_mm=max(made_mm, LEAST_PUSH_MM))
    elif isinstance(command, c.PressPedal) and rng.random() < skill.second_look:
        yield command
        yield command
    else:
        yield command


def _within(value: float, most: float) -> float:
    return min(max(value, -most), most)
