"""Vessels: how near the tip came to one, read from the phantom's labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from phantoms.phantom import Label, Phantom
from simulator.engine import events as e

REACH_MM = 6.0  # further away than this nothing came close
_LABELS = (Label.VESSEL, Label.EPIDURAL_VEIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosestVessel:
    """The move that came nearest to a vessel.

    Attributes:
        distance_mm: from the way of the tip to the middle of the nearest vessel voxel, so good to half a voxel
        kind: "epidural vein" or "vessel"
    """

    move: e.NeedleMoved
    distance_mm: float
    kind: str


def closest_vessel(
    phantom: Phantom, moves: Sequence[e.NeedleMoved], reach_mm: float = REACH_MM
) -> ClosestVessel | None:
    """Nearest approach of the tip to a vessel within `reach_mm`, where the fine grid about the canal shows one."""
    grid, label = phantom.canal.grid, phantom.canal.label
    spacing = np.asarray(grid.spacing_mm)
    reach = np.ceil(reach_mm / spacing[::-1]).astype(int)
    best: ClosestVessel | None = None
    for move in moves:
        middle = grid.nearest_voxel(np.asarray([move.tip_mm]))[0]
        low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach + 1, grid.shape)
        if (low >= high).any():
            continue
        box = label[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
        found = np.argwhere(np.isin(box, _LABELS))
        if not len(found):
            continue
        places = np.asarray(grid.origin_mm) + (found + low)[:, ::-1] * spacing
        apart = np.linalg.norm(places - np.asarray(move.tip_mm), axis=1)
        nearest = int(apart.argmin())
        if apart[nearest] <= reach_mm and (best is None or apart[nearest] < best.distance_mm):
            vein = box[tuple(found[nearest])] == Label.EPIDURAL_VEIN
            kind = "epidural vein" if vein else "vessel"
            best = ClosestVessel(move=move, distance_mm=float(apart[nearest]), kind=kind)
    return best
