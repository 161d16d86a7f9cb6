"""Voxel filling: an injectate fills voxels in their order, each up to the fraction of its volume that it takes up.

Volume is conserved: what does not fit stays over.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from phantoms.phantom import BasisVolume
from simulator.patch.injectate import Injectate
from simulator.patch.injected_voxels import Injected, make_read_only
from simulator.spatial.arrays import FloatArray, IndexArray

FIRST_LOOK = 65_536  # voxels ahead: some 8 mL of a space that takes up half


def fill_voxels(
    before: Injected,
    volume: BasisVolume,
    order: IndexArray,
    uptake: Callable[[IndexArray], FloatArray],
    injectate: Injectate,
) -> tuple[Injected, float]:
    """Fill voxels in their order.

    Args:
        order: flat indices of voxels, first to be filled first
        uptake: the fraction of each of these voxels that an injectate can take up
    """
    voxel_ml = float(np.prod(volume.grid.spacing_mm)) * 1e-3
    if order.size == 0 or injectate.volume_ml <= 0.0:
        return before, injectate.volume_ml
    count = FIRST_LOOK
    while True:  # the front is looked at only as far as the portion comes
        ahead = order[:count]
        room = np.maximum(uptake(ahead) - _fraction_before(before, ahead), 0.0)
        filled_ml = np.cumsum(room) * voxel_ml
        if filled_ml[-1] >= injectate.volume_ml or count >= len(order):
            break
        count *= 4
    last = int(np.searchsorted(filled_ml, injectate.volume_ml))
    taken = room[: last + 1].copy()
    spare_ml = 0.0
    if last >= len(order):
        spare_ml = injectate.volume_ml - float(filled_ml[-1])
    else:
        taken[last] -= (filled_ml[last] - injectate.volume_ml) / voxel_ml
    reached = order[: len(taken)]
    return _merged(before, volume, reached, taken, injectate), spare_ml


def _fraction_before(before: Injected, voxels: IndexArray) -> FloatArray:
    """How much of each voxel injectate has filled already."""
    if not len(before.voxels) or not len(voxels):
        return np.zeros(len(voxels), np.float64)
    first = min(int(before.voxels[0]), int(voxels.min()))
    filled = np.zeros(max(int(before.voxels[-1]), int(voxels.max())) - first + 1, np.float32)
    filled[before.voxels - first] = before.fraction
    return filled[voxels - first].astype(np.float64)


def _merged(
    before: Injected,
    volume: BasisVolume,
    reached: IndexArray,
    taken: FloatArray,
    injectate: Injectate,
) -> Injected:
    voxels = _sorted_union(before.voxels, reached)
    old, new = _places_among(voxels, before.voxels, reached)
    delta = np.zeros((before.delta.shape[0], len(voxels)))
    fraction = np.zeros(len(voxels))
    blood = np.zeros(len(voxels))
    pressed = np.zeros(len(voxels), np.float32)
    delta[:, old], fraction[old], blood[old] = before.delta, before.fraction, before.blood
    pressed[old] = before.pressed
    flat = volume.counts.reshape(volume.counts.shape[0], -1)
    at_rest = volume.offset[:, None] + volume.step[:, None] * flat[:, voxels[new]]
    present = at_rest + delta[:, new]
    delta[:, new] += taken * (injectate.densities()[:, None] - present)  # what is there gives way in proportion
    fraction[new] += taken
    blood[new] += taken * (injectate.blood_ml / injectate.volume_ml)
    return make_read_only(
        Injected(
            voxels=voxels,
            delta=delta.astype(np.float32),
            fraction=fraction.astype(np.float32),
            blood=blood.astype(np.float32),
            pressed=pressed,
            revision=before.revision + 1,
        )
    )


def _places_among(voxels: IndexArray, *parts: IndexArray) -> tuple[IndexArray, ...]:
    """Where each of some voxels stands among ascending ones that hold them all; a table is faster than a search."""
    place = np.empty(int(voxels[-1] - voxels[0]) + 1, np.int64)
    place[voxels - voxels[0]] = np.arange(len(voxels))
    return tuple(place[part - voxels[0]] for part in parts)


def _sorted_union(first: IndexArray, second: IndexArray) -> IndexArray:
    """As `np.union1d`, whose hashing takes ten times as long here."""
    both = np.sort(np.concatenate([first, second]))
    union: IndexArray = both[np.concatenate([[True], both[1:] != both[:-1]])]
    return union
