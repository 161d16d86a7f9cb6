"""Paths of the exiting roots and of the strands of the cauda equina, in curved coordinates of the canal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from phantoms.canal import RootPath

Array = NDArray[np.float64]

_START_MM, _END_MM, _STEP_MM = 16.0, -40.0, 2.0  # above and below mid body
_GANGLION_MM = -9.0


def root_path(
    name: str,
    side: float,
    body_s_mm: float,
    sac_half_width_mm: float,
    sac_v_mm: float,
    half_width_mm: float,
    diameter_mm: float,
    rng: np.random.Generator,
) -> RootPath:
    """Root of one vertebra: out of the sac above mid body, along the pedicle's inner wall, under it and away.

    The nodes give take-off angles of 25-45 degrees (table: 26 at L5 to 45 at L1); the ganglion lies below the
    pedicle. Each root wavers by itself, 0.5 mm SD (assumption).

    Args:
        name: of the root
        side: +1 left, -1 right
        body_s_mm: arc length of the vertebra's middle
        sac_half_width_mm, sac_v_mm: of the sac there
        half_width_mm: half distance between the pedicles
        diameter_mm: of the root at its widest
        rng: source of the wavering
    """
    s = np.arange(_START_MM, _END_MM - 0.1, -_STEP_MM)
    wall, half = sac_half_width_mm, half_width_mm
    nodes = np.array(
        [  # height, u, v
            (_START_MM, 0.70 * wall, sac_v_mm - 1.5),
            (8.0, 0.93 * wall, sac_v_mm - 1.5),
            (2.0, 0.5 * (wall + half) - 1.0, sac_v_mm - 1.7),
            (-2.0, half - 2.2, 5.5),
            (-6.0, half + 1.2, 4.5),
            (-9.0, half + 4.6, 3.5),
            (-14.0, half + 9.5, 1.0),
            (-22.0, half + 16.5, -5.0),
            (_END_MM, half + 29.0, -16.0),
        ]
    )[::-1]
    u, v = (PchipInterpolator(nodes[:, 0], nodes[:, k])(s) for k in (1, 2))
    out = np.clip((8.0 - s) / 10.0, 0.0, 1.0)
    phase = rng.uniform(0.0, 6.28, 2)
    u += 0.5 * out * np.sin(s / 7.0 + phase[0])
    v += 0.6 * out * np.sin(s / 8.0 + phase[1]) + out * rng.normal(0.0, 0.4)
    ganglion = np.exp(-(((s - _GANGLION_MM) / 4.5) ** 2))
    radius = 0.5 * diameter_mm * (0.55 + 0.45 * ganglion)
    radius *= np.interp(s, [8.0, _START_MM], [1.0, 0.55])
    sleeve = 0.55 * np.interp(s, [-11.0, -8.0, 8.0, 12.0], [0.0, 1.0, 1.0, 0.0])
    return RootPath(
        name=name,
        uvs_mm=np.column_stack([side * u, v, body_s_mm + s]),
        radius_mm=radius,
        sleeve_mm=sleeve,
    )


def cauda_equina(
    s_mm: Array,
    sac_v_mm: Array,
    half_ap_mm: Array,
    half_width_mm: Array,
    roots: list[RootPath],
    rng: np.random.Generator,
) -> Array:
    """Strands within the sac, two for each root that still has to leave [shape=(s, strand, 3): u, v, radius].

    Prone, they lie as a crescent on the front wall; the next to leave lie at its ends. A strand joins the
    start of its root and has radius 0 below it.
    """
    exits = sorted({round(float(root.uvs_mm[0, 2]), 3) for root in roots}, reverse=True)
    below = [exits[-1] - 28.0 * (k + 1) for k in range(3)]  # S2 to S4 leave below what is shown
    heights = exits + below
    starts = {(round(float(r.uvs_mm[0, 2]), 3), np.sign(r.uvs_mm[0, 0])): r.uvs_mm[0] for r in roots}
    order = np.arange(len(heights), dtype=np.float64)
    gone = np.interp(-s_mm, -np.array(heights), order + 1.0, left=0.0)  # how many have left, smooth along s
    strands = []
    for k, height in enumerate(heights):
        for side in (1.0, -1.0):
            for part in range(2):
                rank = np.clip((k - gone + 1.0) / (len(heights) - gone + 1e-6), 0.0, 1.0)
                angle = 1.75 - 1.62 * rank + rng.normal(0.0, 0.07)
                depth = 0.80 - 0.16 * part * rng.uniform(0.4, 1.3) + rng.normal(0.0, 0.025)
                angle = angle + 0.09 * np.sin(0.05 * s_mm + rng.uniform(0.0, 6.28)) - 0.10 * part
                u = side * half_width_mm * depth * np.sin(angle)
                v = sac_v_mm - half_ap_mm * depth * np.cos(angle)
                start = starts.get((height, side))
                if start is not None:
                    near = np.clip(1.0 - (s_mm - height) / 30.0, 0.0, 1.0) ** 2
                    near = near * (3.0 - 2.0 * near)
                    u = u + near * (start[0] - u)
                    v = v + near * (start[1] + (0.5 - part) * 1.4 - v)
                radius = np.full_like(s_mm, rng.uniform(0.40, 0.66))
                radius[s_mm < height - 2.0] = 0.0
                strands.append(np.column_stack([u, v, radius]))
    return np.ascontiguousarray(np.stack(strands, axis=1))
