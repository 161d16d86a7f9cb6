"""Rejection: whether a drawn patient lies beyond the bounds that a case sets on their difficulty."""

from __future__ import annotations

from simulator.scenario.difficulty_schema import QUANTITIES
from simulator.scenario.schema import Scenario


def rejected(scenario: Scenario) -> str:
    """Why a patient is not this case's, in words; empty where they are, and for a real CT, which is not drawn."""
    from simulator.scenario.difficulty import difficulty_of  # which builds a spine: cases without bounds need none

    found = difficulty_of(scenario)
    if found is None:
        return ""
    for name in QUANTITIES:
        value = getattr(found, name)
        below, above = getattr(scenario.reject_if, f"{name}_below"), getattr(scenario.reject_if, f"{name}_above")
        if below is not None and value < below:
            return f"{name} is {value:g}, below {below:g}"
        if above is not None and value > above:
            return f"{name} is {value:g}, above {above:g}"
    return ""
