"""The registry: operators that ship, by name, and a user's own by FILE.py:Class; each is imported when it is made."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from simulator.errors import UserInputError

if TYPE_CHECKING:
    from simulator.operators.apart.limits import OperatorLimits
    from simulator.operators.protocol import Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredOperator:
    """An operator that ships.

    Attributes:
        module, class_name: where it is
        summary: what it does, for a line of help
    """

    module: str
    class_name: str
    summary: str

    def make(self) -> Operator:
        """A fresh operator, for one procedure."""
        made: Operator = getattr(importlib.import_module(self.module), self.class_name)()
        return made


def _ships(module: str, class_name: str, summary: str) -> RegisteredOperator:
    return RegisteredOperator(module=f"simulator.operators.{module}", class_name=class_name, summary=summary)


_QUICK_CHECK = _ships("quick_check", "QuickCheck", "plans on a planning scan, then steps under single presses")

OPERATORS: Mapping[str, RegisteredOperator] = MappingProxyType(
    {
        "quick-check": _QUICK_CHECK,
        "autopilot": _QUICK_CHECK,
        "consultant": _ships("modelled_skill", "Consultant", "as the autopilot, with the errors of a practised hand"),
        "novice": _ships("modelled_skill", "Novice", "as the autopilot, with the errors of a beginner's hand"),
        "continuous": _ships("continuous", "Continuous", "steers under a held pedal"),
        "no-planning-scan": _ships("no_planning_scan", "NoPlanningScan", "plans on the first presses, to save dose"),
        "loss-of-resistance": _ships(
            "loss_of_resistance", "LossOfResistance", "takes no image and goes by the plunger, at the leak's level"
        ),
        "blind-lumbar": _ships(
            "loss_of_resistance", "BlindLumbar", "takes no image and goes by the plunger, at L3/4 in everybody"
        ),
        "never-press": _ships("never_press", "NeverPress", "pushes as planned on a planning scan, without any press"),
        "ultra-low-dose": _ships("tube_load", "UltraLowDose", "as the autopilot, at the lowest tube load there is"),
        "adaptive": _ships(
            "tube_load", "Adaptive", "as the autopilot, with more tube load only where a press was noisy"
        ),
        "laser-guided": _ships(
            "laser_guided", "LaserGuided", "as the autopilot, sets the lean again till it reads right"
        ),
        "misjudging": _ships(
            "decision_errors", "Misjudging", "as the consultant, with errors of decision now and then"
        ),
        "clumsy": _ships("bad_examples", "Clumsy", "as the autopilot, with twice the errors of a beginner's hand"),
        "greedy": _ships("bad_examples", "Greedy", "as the autopilot, in pushes that are too long"),
        "random": _ships("bad_examples", "Random", "gives commands at random"),
        "always-stop": _ships("bad_examples", "AlwaysStop", "checks in and stops"),
    }
)
"""What ships, by the name on the command line and in studies."""


def operator_named(name: str, *, folder: Path | None = None, limits: OperatorLimits | None = None) -> Operator:
    """A fresh operator, by its name or as FILE.py:Class; UserInputError where there is none.

    One that ships is an object here; one from a file works in a process of its own, from now on until it is closed or
    nobody holds it any more.

    Args:
        name: on the command line or in a study
        folder: where a relative FILE starts; the current folder if None
        limits: of an operator from a file; the usual ones if None
    """
    if names_a_file(name):
        from simulator.operators.apart.operator_process import OperatorProcess

        return OperatorProcess(name, folder=folder or Path(), limits=limits)
    if name not in OPERATORS:
        near = difflib.get_close_matches(name, OPERATORS, n=1)
        known = f"operators: {', '.join(OPERATORS)}, or your own as FILE.py:Class"
        raise UserInputError(
            f"--operator {name}", "there is no such operator", f"did you mean {near[0]!r}?" if near else known
        )
    return OPERATORS[name].make()


def names_a_file(name: str) -> bool:
    """Whether an operator's name means a user's file."""
    return ".py" in name and not name.startswith("--")


def describe_operators() -> str:
    """The operators that ship, each with what it does, in one line of help."""
    return "; ".join(f"{name}: {registered.summary}" for name, registered in OPERATORS.items())


def list_operators() -> str:
    """The operators that ship, a line each, for the help of commands."""
    longest = max(map(len, OPERATORS))
    return "\n".join(f"  {name:{longest}}  {registered.summary}" for name, registered in OPERATORS.items())
