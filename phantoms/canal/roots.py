"""Paths of the exiting roots, of rootlets and of the strands of the cauda equina, in the canal's coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from phantoms.canal.canal_model import RootPath
from phantoms.spinal_curve import column_with_length
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Region, Vertebra

POINTS = 29
"""Points of every root's path."""

_LUMBAR_NODES = (  # height above mid body, part of the sac's half width, mm beyond the pedicle's wall, v, v of the sac
    (16.0, 0.70, None, -1.5, True),
    (8.0, 0.93, None, -1.5, True),
    (2.0, None, -1.0, -1.7, True),
    (-2.0, None, -2.2, 5.5, False),
    (-6.0, None, 1.2, 4.5, False),
    (-9.0, None, 4.6, 3.5, False),
    (-14.0, None, 9.5, 1.0, False),
    (-22.0, None, 16.5, -5.0, False),
    (-40.0, None, 29.0, -16.0, False),
)
_THORACIC_NODES = (  # the nerve goes on backwards beneath its rib
    (8.0, 0.70, None, -0.8, True),
    (4.0, 0.90, None, -0.8, True),
    (0.0, None, -1.6, -0.5, True),
    (-2.0, None, -1.2, 6.0, False),
    (-4.0, None, 1.4, 5.0, False),
    (-6.0, None, 4.6, 4.0, False),
    (-8.0, None, 9.0, 3.5, False),
    (-11.0, None, 16.5, 4.5, False),
    (-15.0, None, 29.0, 8.0, False),
)
_CERVICAL_NODES = (  # heights above the middle of the foramen; it runs forwards through the groove
    (6.0, 0.72, None, 0.0, True),
    (4.0, 0.90, None, 0.0, True),
    (1.5, None, -1.8, 0.0, True),
    (0.4, None, -0.2, 4.2, False),
    (-0.4, None, 2.0, 2.2, False),
    (-1.4, None, 5.0, -0.6, False),
    (-2.8, None, 9.0, -4.4, False),
    (-5.0, None, 14.0, -9.0, False),
    (-9.0, None, 22.0, -15.0, False),
)
_NODES = {Region.CERVICAL: _CERVICAL_NODES, Region.THORACIC: _THORACIC_NODES, Region.LUMBAR: _LUMBAR_NODES}
_GANGLION_MM = {Region.CERVICAL: -0.9, Region.THORACIC: -5.0, Region.LUMBAR: -9.0}
_SEGMENT_LAG: dict[
    str, float
] = {  # vertebrae between a root's segment of the cord and its exit (rule of thumb of anatomy books)
    **dict.fromkeys((Vertebra.C1, Vertebra.C2), 0.4),
    **dict.fromkeys((Vertebra.C3, Vertebra.C4, Vertebra.C5, Vertebra.C6, Vertebra.C7), 0.8),
    **dict.fromkeys((Vertebra.T1, Vertebra.T2, Vertebra.T3, Vertebra.T4, Vertebra.T5, Vertebra.T6), 1.8),
    **dict.fromkeys((Vertebra.T7, Vertebra.T8, Vertebra.T9), 2.6),
    Vertebra.T10: 3.0,
    Vertebra.T11: 3.3,
    Vertebra.T12: 3.6,
    Vertebra.L1: 3.6,
    Vertebra.L2: 4.1,
    Vertebra.L3: 4.7,
    Vertebra.L4: 5.2,
    Vertebra.L5: 5.7,
    Vertebra.L6: 6.2,
    Vertebra.S1: 6.2,
}
_LAG_OF_SIXTH = 0.5  # that a sixth lumbar vertebra adds to the lag of the sacral roots, as the fifth does (assumption)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """Where a root leaves the sac and the canal.

    Attributes:
        vertebra: whose pedicle's underside the root passes
        body_s_mm, foramen_s_mm: arc length of that vertebra's middle, and of the foramen's
        sac_half_width_mm, sac_v_mm: of the sac there
        half_width_mm: half distance between the pedicles
        diameter_mm: of the root at its widest
    """

    vertebra: Vertebra
    body_s_mm: float
    foramen_s_mm: float
    sac_half_width_mm: float
    sac_v_mm: float
    half_width_mm: float
    diameter_mm: float


def root_path(side: float, exit_: Exit, rng: np.random.Generator) -> RootPath:
    """Root of one vertebra: out of the sac above mid body, along the pedicle's inner wall, under it and away.

    The lumbar nodes give take-off angles of 25-45 degrees (table: 26 at L5 to 45 at L1); in the neck roots are nearly
    horizontal (assumption). The ganglion lies below the pedicle. Each root wavers by itself, 0.5 mm SD (assumption).

    Args:
        side: +1 left, -1 right
        exit_: where it leaves
        rng: source of the wavering
    """
    region = exit_.vertebra.region
    nodes = _NODES[region]
    zero = exit_.foramen_s_mm if region is Region.CERVICAL else exit_.body_s_mm
    heights = np.array([node[0] for node in nodes])
    wall, half = exit_.sac_half_width_mm, exit_.half_width_mm
    out_u = [0.5 * (wall + half) - 1.0 if h == 2.0 and part is None else None for h, part, *_ in nodes]
    u_nodes = [
        given if given is not None else (part * wall if part is not None else half + (beyond or 0.0))
        for given, (_, part, beyond, _, _) in zip(out_u, nodes, strict=True)
    ]
    v_nodes = [exit_.sac_v_mm + v if of_sac else v for _, _, _, v, of_sac in nodes]
    s = np.linspace(heights[0], heights[-1], POINTS)
    u, v = (PchipInterpolator(heights[::-1], np.array(q)[::-1])(s) for q in (u_nodes, v_nodes))
    sleeve_from, sleeve_to = float(heights[1]), float(heights[-4])
    out = np.clip((sleeve_from - s) / max(sleeve_from - heights[3], 1.0), 0.0, 1.0)
    phase = rng.uniform(0.0, 6.28, 2)
    waver = 1.0 if region is Region.LUMBAR else 0.4
    u += 0.5 * waver * out * np.sin(s / 7.0 + phase[0])
    v += waver * (0.6 * out * np.sin(s / 8.0 + phase[1]) + out * rng.normal(0.0, 0.4))
    spread = 4.5 if region is Region.LUMBAR else 0.25 * (heights[3] - heights[-3]) + 0.6
    ganglion = np.exp(-(((s - _GANGLION_MM[region]) / spread) ** 2))
    radius = 0.5 * exit_.diameter_mm * (0.55 + 0.45 * ganglion)
    radius *= np.interp(s, [sleeve_from, heights[0]], [1.0, 0.55])
    reach = np.interp(s, [sleeve_to, 0.5 * (sleeve_to + heights[-5]), sleeve_from, heights[0]], [0.0, 1.0, 1.0, 0.0])
    return RootPath(
        vertebra=exit_.vertebra,
        side=Side.LEFT if side > 0 else Side.RIGHT,
        uvs_mm=np.column_stack([side * u, v, zero + s]),
        radius_mm=radius,
        sleeve_mm=0.55 * reach,
    )


def segments_mm(body_s: FloatArray, conus_s_mm: float) -> dict[Vertebra, float]:
    """Arc length at which each root's segment of the cord lies, squeezed to end above the conus.

    Args:
        body_s: arc length of every body of the column [shape=(n,)]
        conus_s_mm: the conus' tip
    """
    column = column_with_length(body_s)
    order = np.arange(len(column), dtype=np.float64)
    lag = {
        **_SEGMENT_LAG,
        Vertebra.S1: _SEGMENT_LAG[Vertebra.S1] + _LAG_OF_SIXTH * (len(column) - len(FIVE_LUMBAR_COLUMN)),
    }
    s = np.array([np.interp(order[i] - lag[name] + 0.5, order, body_s) for i, name in enumerate(column)])
    return dict(zip(column, np.maximum(s, conus_s_mm + 8.0), strict=True))


def strands(
    s_mm: FloatArray,
    sac_v_mm: FloatArray,
    half_ap_mm: FloatArray,
    half_width_mm: FloatArray,
    starts: dict[str, tuple[float, float]],
    heights: dict[str, float],
    origins: dict[str, float],
    cord: tuple[FloatArray, FloatArray, FloatArray],
    seed: int,
) -> FloatArray:
    """Strands within the sac, two for each root on each side [shape=(s, strand, 3): u, v, radius].

    Each begins at its segment of the cord, hugs the cord down to the conus and below it lies, prone, in a crescent on
    the front wall, those that leave next at its ends. It joins the start of its root and has radius 0 below it.
    Strands clump in groups, as they do (assumption).

    Args:
        s_mm, sac_v_mm, half_ap_mm, half_width_mm: the sac
        starts: u and v at which each root leaves, by its vertebra or sacral segment
        heights: arc length there, of every root that may run through what is shown, from the head down
        origins: arc length of each one's segment of the cord
        cord: half width, half depth and v of the cord's middle along s
        seed: of the wavering
    """
    names = list(heights)
    order = np.arange(len(names), dtype=np.float64)
    gone = np.interp(-s_mm, -np.array([heights[n] for n in names]), order + 1.0, left=0.0)  # how many have left
    beside = np.clip(cord[0] / 1.5, 0.0, 1.0)  # 1 where there is a cord to hug
    found = []
    for k, name in enumerate(names):
        rng = np.random.default_rng((seed, 5, k + 100 * (name not in _SEGMENT_LAG)))
        clump = 0.10 * np.sin(2.4 * k)
        for side in (1.0, -1.0):
            for part in range(2):
                rank = np.clip((k - gone + 1.0) / (len(names) - gone + 1e-6), 0.0, 1.0)
                angle = 1.75 - 1.62 * rank + clump + rng.normal(0.0, 0.05)
                depth = 0.80 - 0.16 * part * rng.uniform(0.4, 1.3) + rng.normal(0.0, 0.025)
                angle = angle + 0.09 * np.sin(0.05 * s_mm + rng.uniform(0.0, 6.28)) - 0.10 * part
                u = half_width_mm * depth * np.sin(angle)
                v = sac_v_mm - half_ap_mm * depth * np.cos(angle)
                # dorsal and ventral rootlets on either side of the cord
                turn = (0.9 if part == 0 else -0.7) * (1.0 - 0.5 * rank)
                near_u = np.minimum(cord[0] * np.cos(turn) + 0.9, 0.86 * half_width_mm)
                near_v = cord[2] + (cord[1] + 0.5) * np.sin(turn)
                u, v = u + beside * (near_u - u), v + beside * (near_v - v)
                if name in starts:
                    span = min(30.0, max(origins.get(name, np.inf) - heights[name], 3.0))
                    near = np.clip(1.0 - (s_mm - heights[name]) / span, 0.0, 1.0) ** 2
                    near = near * (3.0 - 2.0 * near)
                    u = u + near * (starts[name][0] - u)
                    v = v + near * (starts[name][1] + (0.5 - part) * 1.4 - v)
                radius = np.full_like(s_mm, rng.uniform(0.40, 0.66))
                radius[s_mm < heights[name] - 2.0] = 0.0
                radius[s_mm > origins.get(name, np.inf)] = 0.0
                found.append(np.column_stack([side * u, v, radius]))
    return np.ascontiguousarray(np.stack(found, axis=1))
