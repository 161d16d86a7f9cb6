"""Implants: pedicle screws joined by rods, as capsules of titanium in world coordinates."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Vertebra

_SCREW_SHARE, _SCREW_MM = 0.36, (1.75, 3.25)  # radius as part of the pedicle's width, and its limits (assumption)
_TIP_SHARE = 0.65  # of the body's depth that a screw's tip reaches (assumption)
_HEAD_MM, _HEAD_FROM_MM, _HEAD_TO_MM = 5.5, 27.0, 33.0  # radius of a screw's head, behind the posterior wall
_ROD_MM, _ROD_BEHIND_MM, _ROD_BEYOND_MM = 2.75, 32.0, 6.0  # radius 5.5 / 2; what stands out above and below


def capsules(
    names: tuple[Vertebra, ...], vertebrae: NDArray[np.void], frames: FloatArray, screwed: tuple[Vertebra, ...]
) -> FloatArray:
    """Screws along the pedicles of some vertebrae with their heads, and a rod on either side from one to the next.

    Args:
        names: of all vertebrae of the column
        vertebrae: dtype `vertebra.VERTEBRA`
        frames: as in `vertebra.Row`
        screwed: neighbours among the names, from the head down; empty for no metal

    Returns:
        [shape=(n, 7)] both ends of each axis in mm (world) and the radius.
    """
    found: list[FloatArray] = []
    for side in (1.0, -1.0):
        heads = []
        for name in screwed:
            k = names.index(name)
            tip, inner, outer, rod = _axis(vertebrae[k], frames[k, 0], side)
            radius = float(np.clip(_SCREW_SHARE * vertebrae[k]["pedicle_width"], *_SCREW_MM))
            found += [np.array([*tip, *outer, radius]), np.array([*inner, *outer, _HEAD_MM])]
            heads.append(rod)
        ends = list(heads)
        if len(ends) > 1:
            for k, other in ((0, 1), (-1, -2)):
                away = heads[k] - heads[other]
                ends[k] = heads[k] + _ROD_BEYOND_MM * away / np.linalg.norm(away)
            found += [np.array([*a, *b, _ROD_MM]) for a, b in pairwise(ends)]
    return np.ascontiguousarray(found) if found else np.zeros((0, 7))


def _axis(w: np.void, frame: FloatArray, side: float) -> FloatArray:
    """Points on the axis of a screw [shape=(4, 3), world]: its tip, both ends of its head, and where the rod passes."""
    lean = float(w["pedicle_tan"])
    slope = (11.2 * lean + 1.6) / 19.0  # of the pedicle's axis, as in lumbar_kernels
    inner = float(w["canal_half"] + 0.5 * w["pedicle_width"]) - 6.0 * lean - 1.0
    tip = -_TIP_SHARE * 0.5 * float(w["depth_upper"] + w["depth_lower"])
    back = np.array([tip, _HEAD_FROM_MM, _HEAD_TO_MM, _ROD_BEHIND_MM])
    outwards = side * (inner + (back + 6.0) * slope)
    up = 0.5 * float(w["height"]) - 0.5 * float(w["pedicle_height"]) + 0.3
    return np.asarray(frame[0] + outwards[:, None] * frame[1] + back[:, None] * frame[2] + up * frame[3])
