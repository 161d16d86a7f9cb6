"""Leak answer: what is right to say of the leak on the myelogram."""

from __future__ import annotations

from phantoms.phantom import Leak
from simulator.engine.session import Session
from simulator.vocabulary.anatomy import Laterality

NO_LEAK = "no leak"


def leak_answers(session: Session) -> list[str]:
    """Every right answer: level and side of any leak, or that there is none."""
    leaks = [leak for leak in session.world.phantom.leaks if leak.level is not None]
    return [f"{leak.level} {side}" for leak in leaks for side in _sides(leak)] or [NO_LEAK]


def _sides(leak: Leak) -> list[Laterality]:
    return [leak.side] if leak.side in (Laterality.LEFT, Laterality.RIGHT) else list(Laterality)
