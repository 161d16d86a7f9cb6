"""Leak answer: what is right to say of the leak on the myelogram."""

from __future__ import annotations

from phantoms.phantom import Leak
from simulator.engine.session import Session
from simulator.vocabulary.anatomy import Laterality

NO_LEAK = "no leak"


def leak_answers(session: Session) -> list[str]:
    """Every right answer: level and side, or that there is none."""
    leak: Leak = session.world.phantom.leak
    if leak.level is None:
        return [NO_LEAK]
    sides = [leak.side] if leak.side in (Laterality.LEFT, Laterality.RIGHT) else list(Laterality)
    return [f"{leak.level} {side}" for side in sides]
