"""Ventral leak detection: contrast before the sac, found in a myelogram that was straightened along the sac.

Before a sac lie a millimetre of fat and then bone or disc. Bone is as bright as contrast; at a disc it is dark before
the sac, unless fluid lies there. So the darkest of a level's slices tell: where they are bright, a pool lies before the
sac, and it is brightest at the hole. In the loins of a patient who lies prone the roots rest on the sac's front: some
2 mm of it are dimmer than the rest, and no pool.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from simulator.operators.perception.curved_reformat import CurvedReformat
from simulator.operators.perception.images import Profile
from simulator.operators.perception.leak_detection import (
    LAST_EDGE_MM,
    DetectedLeak,
    edges_mm,
    middle_of_best,
    rays_from_sac,
)
from simulator.operators.perception.sac_detection import SAC_EDGE_FRACTION
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Region

BEFORE_DEG = np.arange(245.0, 296.0, 5.0)  # rays from the sac's middle, 0 to the patient's left, 270 to the front
NEAR_MM, POOL_MM = (0.9, 2.6), (1.4, 4.1)  # beyond the sac's edge: where it is dark without fluid; where a pool is
DARKEST = 10.0  # percentile of a level's slices: its disc
POOL = 0.45  # of the sac's brightness: what is as bright before a disc is fluid
FRONT_WITH_ROOTS = 0.57  # of the sac's brightness: roots leave 0.6 to 0.8 of it, the dura before a pool less


def detect_ventral_leak(scan: CurvedReformat, level_mm: float, region: Region) -> DetectedLeak | None:
    """The place where fluid before the sac is brightest; None where there is none. Every slice is needed.

    Args:
        scan: the myelogram
        level_mm: length of one level here, about
        region: of the spine
    """
    span = scan.slices_in(level_mm)
    inside = slice(span // 2, max(len(scan.table_mm) - span // 2, span // 2 + 1))  # a whole level about it was seen
    edge = FRONT_WITH_ROOTS if region is Region.LUMBAR else SAC_EDGE_FRACTION
    near, pool = (_darkest(_before(scan, edge, beyond_mm), span)[inside] for beyond_mm in (NEAR_MM, POOL_MM))
    if np.minimum(near, pool).max() < POOL:
        return None
    table_mm = middle_of_best(pool, scan.table_mm[inside])
    return DetectedLeak(table_mm=table_mm, side=Laterality.BOTH, before_sac=True)


def _darkest(brightness: Profile, span: int) -> Profile:
    return np.asarray(ndimage.percentile_filter(brightness, DARKEST, size=span, mode="nearest"))


def _before(scan: CurvedReformat, edge: float, beyond_mm: tuple[float, float]) -> Profile:
    """Brightness some way before the sac's front edge [shape=(slice,)]; it and `edge` are parts of the sac's."""
    out = np.arange(0.0, LAST_EDGE_MM + beyond_mm[1], 0.25)
    rays: NDArray[np.float64] = rays_from_sac(scan, BEFORE_DEG, out)
    beyond = out - edges_mm(rays, out, edge * scan.sac_hu)[:, :, None]
    there = (beyond >= beyond_mm[0]) & (beyond <= beyond_mm[1])
    fraction = np.clip(rays / scan.sac_hu[:, None, None], 0.0, 1.0)
    mean = (fraction * there).sum(axis=2) / np.maximum(there.sum(axis=2), 1)
    return np.asarray(np.median(mean, axis=1))
