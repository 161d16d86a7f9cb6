"""Implants: pedicle screws joined by rods, as capsules of titanium in world coordinates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_SCREW_SHARE, _SCREW_MM = 0.36, (1.75, 3.25)  # radius as part of the pedicle's width, and its limits (assumption)
_TIP_SHARE = 0.65  # of the body's depth that a screw's tip reaches (assumption)
_HEAD_MM, _HEAD_FROM_MM, _HEAD_TO_MM = 5.5, 27.0, 33.0  # radius of a screw's head, behind the posterior wall
_ROD_MM, _ROD_BEHIND_MM, _ROD_BEYOND_MM = 2.75, 32.0, 6.0  # radius 5.5 / 2; what stands out above and below


def capsules(names: tuple[str, ...], vertebrae: NDArray[np.void], frames: Array, screwed: tuple[str, ...]) -> Array:
    """Screws along the pedicles of some vertebrae with their heads, and a rod on either side from one to the next.

    Args:
        names: of all vertebrae of the column
        vertebrae: dtype `vertebra.VERTEBRA`
        frames: as in `vertebra.Row`
        screwed: neighbours among the names, from the head down; empty for no metal

    Returns:
        [shape=(n, 7)] both ends of each axis in mm (world) and the radius.
    """
    found: list[Array] = []
    for side in (1.0, -1.0):
        heads = []
        for name in screwed:
            w, frame = vertebrae[names.index(name)], frames[names.index(name), 0]
            lean = float(w["pedicle_tan"])
            slope = (11.2 * lean + 1.6) / 19.0  # of the pedicle's axis, as in lumbar_kernels
            inner = float(w["canal_half"] + 0.5 * w["pedicle_width"]) - 6.0 * lean - 1.0
            height = 0.5 * float(w["height"]) - 0.5 * float(w["pedicle_height"]) + 0.3

            def place(back: float, inner: float = inner, slope: float = slope, height: float = height,
                      frame: Array = frame) -> Array:  # fmt: skip
                outwards = side * (inner + (back + 6.0) * slope)
                return np.asarray(frame[0] + outwards * frame[1] + back * frame[2] + height * frame[3])

            radius = float(np.clip(_SCREW_SHARE * w["pedicle_width"], *_SCREW_MM))
            tip = -_TIP_SHARE * 0.5 * float(w["depth_upper"] + w["depth_lower"])
            found.append(np.array([*place(tip), *place(_HEAD_TO_MM), radius]))
            found.append(np.array([*place(_HEAD_FROM_MM), *place(_HEAD_TO_MM), _HEAD_MM]))
            heads.append(place(_ROD_BEHIND_MM))
        ends = list(heads)
        if len(ends) > 1:
            for k, other in ((0, 1), (-1, -2)):
                away = heads[k] - heads[other]
                ends[k] = heads[k] + _ROD_BEYOND_MM * away / np.linalg.norm(away)
            found += [np.array([*a, *b, _ROD_MM]) for a, b in zip(ends[:-1], ends[1:], strict=True)]
    return np.ascontiguousarray(found) if found else np.zeros((0, 7))
