"""Decision errors: an operator whose hands do what they mean, and who means the wrong thing now and then.

They come on top of errors of the hand (`modelled_skill.py`); any operator's steps can be wrapped.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.attention import attend
from simulator.operators.command_changes import change_commands
from simulator.operators.coroutine_operator import CoroutineOperator, OperatorSteps
from simulator.operators.modelled_skill import CONSULTANT, err
from simulator.operators.treatment import treat
from simulator.vocabulary.levels import Interspace, Vertebra, neighbour

SHORTEST_WAIT_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How often somebody means the wrong thing.

    Attributes:
        wrong_level: the leak is placed one interspace too low, and all that follows with it
        old_image: the last image is taken for the present one, and no press is made
        no_aspiration: blood is given without drawing at the syringe first
    """

    wrong_level: float = 0.0
    old_image: float = 0.0
    no_aspiration: float = 0.0


# A tear was located in 87 % of 31 (reference, section 4: ventral 48 %, lateral 13 %, fistula 23 %), so 13 % are placed
# wrong; that a press is saved or the syringe not drawn at is an assumption, as often as 1 in 10.
HASTY = Judgement(wrong_level=0.13, old_image=0.1, no_aspiration=0.1)


class Misjudging(CoroutineOperator):
    """A practised hand that is now and then led by a wrong decision."""

    name = "misjudging"

    def treat(self, view: View) -> OperatorSteps:
        """As the consultant, with errors of decision."""
        return misjudge(err(attend(treat(view), view), CONSULTANT), view, HASTY)


def misjudge(steps: OperatorSteps, view: View, judgement: Judgement) -> OperatorSteps:
    """Carry out what the steps intend, now and then wrongly; chance follows from the case that is seen.

    Args:
        steps: what is intended, not begun
        view: what is perceived now
        judgement: how often it is wrong
    """
    rng = np.random.default_rng(zlib.crc32(f"{view.case.request} {view.console.table_mm}".encode()))
    lower = bool(rng.random() < judgement.wrong_level)
    return change_commands(steps, view, partial(_decided, rng=rng, judgement=judgement, lower=lower))


def _decided(
    command: Command, view: View, *, rng: np.random.Generator, judgement: Judgement, lower: bool
) -> Sequence[Command]:
    if isinstance(command, c.PressPedal) and not command.hold:
        seen = view.console.latest is not None and view.console.latest.purpose == "fluoroscopy"
        if seen and rng.random() < judgement.old_image:
            return (c.Wait(duration_s=SHORTEST_WAIT_S),)
    if isinstance(command, c.Aspirate) and rng.random() < judgement.no_aspiration:
        return (c.Wait(duration_s=SHORTEST_WAIT_S),)
    return (_one_level_lower(command, view),) if lower else (command,)


def _one_level_lower(command: Command, view: View) -> Command:
    """The same command at the next interspace towards the feet, where it names one that has one in this patient."""
    changes: dict[str, Any] = {}
    level, levels = getattr(command, "level", None), getattr(command, "levels", None)
    if isinstance(level, Interspace) and (below := _below(level, view)) is not None:
        changes["level"] = below
    if isinstance(levels, tuple) and isinstance(levels[0], Vertebra):
        below = _below(Interspace.between(levels[0], levels[1]), view)
        if below is not None:
            changes["levels"] = (below.upper_vertebra, below.lower_vertebra)
    return replace(command, **changes) if changes else command


def _below(level: Interspace, view: View) -> Interspace | None:
    below = neighbour(level, 1)
    shown = set(view.case.levels)
    return below if below is not None and {below.upper_vertebra, below.lower_vertebra} <= shown else None
