"""Contrast in a sac that lies otherwise than prone: heavier than the fluid, it is denser on the side that is down."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.procedure import MyelogramPosition

LAYERED = 0.6
"""By how much contrast is denser at the wall that is down than in the sac's middle, as a part.

Assumed, no figure found. It is more than the tenth of the prone scan, for which the patient was turned until contrast
and fluid had mixed: a scan in another position is taken at once after an injection in that position (decubitus
technique, doi 10.3174/ajnr.A6844).
"""

_DOWN: Mapping[MyelogramPosition, tuple[float, float]] = {
    MyelogramPosition.SUPINE: (0.0, 1.0),
    MyelogramPosition.RIGHT_DECUBITUS: (-1.0, 0.0),
    MyelogramPosition.LEFT_DECUBITUS: (1.0, 0.0),
}
"""Where the ground is: to the left, to the back."""


def layered_part(across: FloatArray, behind: FloatArray, *, settling: float, position: MyelogramPosition) -> FloatArray:
    """Contrast at places in the sac, as a part of what is there prone [shape=(n,)].

    It rises evenly from wall to wall, so that a section's mean stays.

    Args:
        across, behind: place in the section, from its middle to the left and to the back, 1 at the wall [shape=(n,)];
            what lies beyond, as a root's sleeve does, counts as the wall
        settling: how much denser it is at the front than in the middle while the patient lies prone
        position: in which the patient lies
    """
    left, back = np.clip(across, -1.0, 1.0), np.clip(behind, -1.0, 1.0)
    prone = 1.0 - settling * back
    if position not in _DOWN:
        return np.ones_like(prone)
    to_left, to_back = _DOWN[position]
    return np.asarray((1.0 + LAYERED * (to_left * left + to_back * back)) / prone)
