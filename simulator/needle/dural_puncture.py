"""Dural puncture: how the dura is touched, tents and gives."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.vocabulary.procedure import Touch

# Reference, section 4 (assumptions): tenting 2.5 mm (1-4) in a normal sac, 1 mm more in a slack one, and a
# probability of puncture 1 / (1 + exp(-(d - 2.5) / 0.5)) at an overshoot of d mm, which is the distribution
# function of a logistic threshold.
TENTING_MEAN_MM = 2.5
TENTING_SCALE_MM = 0.5
TENTING_RANGE_MM = (1.0, 4.0)
SLACK_SAC_MM = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dura:
    """The dura under this needle.

    Attributes:
        touched_at_mm: inserted length at which the tip met it; None where it is not touched
        pierced: whether the tip has gone through
    """

    touched_at_mm: float | None = None
    pierced: bool = False

    @property
    def touched(self) -> bool:
        """Whether the tip is at or beyond the dura."""
        return self.touched_at_mm is not None


INTACT = Dura()


def tenting_limit_mm(rng: np.random.Generator, slack: bool) -> float:
    """Draw how far the dura tents before it gives, mm."""
    u = rng.uniform(1e-9, 1.0 - 1e-9)
    limit = TENTING_MEAN_MM + TENTING_SCALE_MM * math.log(u / (1.0 - u))
    limit = min(max(limit, TENTING_RANGE_MM[0]), TENTING_RANGE_MM[1])
    return limit + (SLACK_SAC_MM if slack else 0.0)


def meet_dura(dura: Dura, tip_to_dura_mm: float, inserted_mm: float, limit_mm: float) -> tuple[Dura, tuple[Touch, ...]]:
    """The dura after the tip has come to a place, and what happened.

    It is carried along from where it was met, and gives when that way exceeds the limit.

    Args:
        dura: before
        tip_to_dura_mm: signed distance to the dura at rest, negative inside
        inserted_mm: length of the needle in tissue
        limit_mm: how far this contact tents
    """
    if tip_to_dura_mm > 0.0:
        return INTACT, ()
    touches: list[Touch] = []
    met_at = dura.touched_at_mm
    if met_at is None:
        touches.append(Touch.DURA)
        met_at = inserted_mm + tip_to_dura_mm
    pierced = dura.pierced or inserted_mm - met_at > limit_mm
    if pierced and not dura.pierced:
        touches.append(Touch.DURAL_PUNCTURE)
    return Dura(touched_at_mm=round(met_at, 6), pierced=pierced), tuple(touches)
