"""Rejection: whether a drawn patient lies beyond the bounds that a case sets on their difficulty."""

from __future__ import annotations

from simulator.scenario.difficulty import difficulty_of
from simulator.scenario.difficulty_schema import QUANTITIES
from simulator.scenario.schema import Scenario
from simulator.vocabulary.progress import Progress


def rejected(scenario: Scenario, progress: Progress | None = None) -> str:
    """Why a patient is not this case's, in words; empty where they are, and for a real CT, which is not drawn.

    Args:
        progress: told of compiling where this is the first start; None: whoever asks has seen to that
    """
    found = difficulty_of(scenario, progress)
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
