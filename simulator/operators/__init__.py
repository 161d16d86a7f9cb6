"""Programs that operate. They see a View and give Commands; the truth is out of their reach."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

from simulator.errors import UserInputError
from simulator.operators.continuous import Continuous
from simulator.operators.loss_of_resistance import BlindLumbar, LossOfResistance
from simulator.operators.never_press import NeverPress
from simulator.operators.no_planning_scan import NoPlanningScan
from simulator.operators.protocol import Operator
from simulator.operators.quick_check import QuickCheck
from simulator.operators.user_operator import UserOperator, names_a_file

OPERATORS: dict[str, Callable[[], Operator]] = {
    "quick-check": QuickCheck,
    "autopilot": QuickCheck,
    "continuous": Continuous,
    "no-planning-scan": NoPlanningScan,
    "loss-of-resistance": LossOfResistance,
    "blind-lumbar": BlindLumbar,
    "never-press": NeverPress,
}


def operator_named(name: str, *, folder: Path | None = None) -> Operator:
    """A fresh operator, by its name or as FILE.py:Class; UserInputError where there is none.

    Args:
        folder: where a relative FILE starts; the current folder if None
    """
    if names_a_file(name):
        return UserOperator(name, folder=folder or Path())
    if name not in OPERATORS:
        near = difflib.get_close_matches(name, OPERATORS, n=1)
        known = f"operators: {', '.join(OPERATORS)}, or your own as FILE.py:Class"
        raise UserInputError(
            f"--operator {name}", "there is no such operator", f"did you mean {near[0]!r}?" if near else known
        )
    return OPERATORS[name]()
