"""Programs that operate. They see a View and give Commands; the truth is out of their reach."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from simulator.faults import UserFaultError
from simulator.operators.protocol import Operator
from simulator.operators.quick_check import QuickCheck

OPERATORS: dict[str, Callable[[], Operator]] = {"quick-check": QuickCheck, "autopilot": QuickCheck}


def operator_named(name: str) -> Operator:
    """A fresh operator; UserFaultError where there is none of this name."""
    if name not in OPERATORS:
        near = difflib.get_close_matches(name, OPERATORS, n=1)
        mend = f"did you mean {near[0]!r}?" if near else f"operators: {', '.join(OPERATORS)}"
        raise UserFaultError(f"--operator {name}", "there is no such operator", mend)
    return OPERATORS[name]()
