"""Elsewhere: blood or contrast that leaves the needle outside the epidural space.

In the sac it mixes with the CSF, under the dura it lies in a thin film along it, in muscle it stays about the tip, in
an epidural vein it streams along the vein and is washed away. The order in which an injectate reaches voxels is that
of shortest paths from the opening through voxels of one compartment; a voxel takes up a share of its volume that
depends on what fills it. Volume is conserved: what does not fit stays in the front.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from phantoms.phantom import BasisVolume, Label, Phantom
from simulator.patch.injectate import Injectate
from simulator.patch.injected import Injected, frozen, nothing_injected

FIRST_LOOK = 65_536  # voxels ahead: some 8 mL of a space that takes up half

Place = Literal["intrathecal", "subdural", "soft tissue", "vein"]

# Share of a voxel that an injectate can take up. Assumptions: fat lobules stay, fluid is displaced and mixed.
UPTAKE: dict[Place, dict[int, float]] = {
    "intrathecal": {Label.CEREBROSPINAL_FLUID: 0.35, Label.NERVE_ROOT: 0.0},
    "subdural": {Label.CEREBROSPINAL_FLUID: 0.6},
    "vein": {Label.EPIDURAL_VEIN: 0.5, Label.VESSEL: 0.5},
    "soft tissue": {
        Label.MUSCLE: 0.3,
        Label.SUBCUTANEOUS_FAT: 0.3,
        Label.INTERSPINOUS_LIGAMENT: 0.15,
        Label.SUPRASPINOUS_LIGAMENT: 0.15,
        Label.LIGAMENTUM_FLAVUM: 0.1,
        Label.LIGAMENT: 0.1,
        Label.VISCERAL_FAT: 0.3,
    },
}
# Assumptions: how far each goes along the spine and about the tip.
REACH_MM: dict[Place, float] = {"intrathecal": 90.0, "subdural": 90.0, "vein": 50.0, "soft tissue": 22.0}
FILM_VOXELS = 2  # under the dura: 1 mm in the plane
WASHED_OUT_MS = 4_000  # assumption: what is left in a vein falls to a third in this time
LEAST_LEFT = 0.03  # of it shows in no image
IRREGULARITY = 0.35  # SD of the logarithm of local resistance, as in the epidural space


class Front:
    """Order in which an injectate reaches the voxels of one compartment from one opening.

    Args:
        phantom: the patient at rest
        opening_mm: the bevel's opening, x y z
        place: which compartment conducts
        seed: of the pattern of local resistance
    """

    def __init__(self, phantom: Phantom, opening_mm: tuple[float, float, float], place: Place, seed: int) -> None:
        self.volume: BasisVolume = phantom.canal
        self.place: Place = place
        self._opening_mm = opening_mm
        self._seed = seed

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """Flat indices of the canal's voxels as the front reaches them, nearest first."""
        grid = self.volume.grid
        uptake = _uptake_table(self.place)
        window, offset = self._window()
        conducts = uptake[window] > 0.0
        if self.place == "subdural":
            conducts &= _film(window)
        if not conducts.any():
            return np.zeros(0, np.int64)
        spacing = np.array(grid.spacing_mm)[::-1]
        node = np.full(window.shape, -1, np.int32)  # as the graph's indices are
        node[conducts] = np.arange(int(conducts.sum()), dtype=np.int32)
        place = np.argwhere(conducts)
        centre = (np.array(self._opening_mm)[::-1] - np.array(grid.origin_mm)[::-1]) / spacing - offset
        away = np.linalg.norm((place - centre) * spacing, axis=1)
        times = self._arrival_times(conducts, node, place, int(away.argmin()), spacing, offset)
        reached = np.isfinite(times)
        sequence = np.argsort(times[reached], kind="stable")
        chosen = place[reached][sequence] + offset
        return np.ravel_multi_index(tuple(chosen.T), grid.shape).astype(np.int64)

    def _window(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Labels within reach of the opening, and the first voxel of that box."""
        grid = self.volume.grid
        spacing, origin = np.array(grid.spacing_mm)[::-1], np.array(grid.origin_mm)[::-1]
        centre = np.array(self._opening_mm)[::-1]
        limits = np.array(grid.shape) - 1
        low = np.clip((centre - REACH_MM[self.place] - origin) / spacing, 0, limits).astype(np.int64)
        high = np.clip((centre + REACH_MM[self.place] - origin) / spacing, 0, limits).astype(np.int64) + 1
        return self.volume.label[low[0] : high[0], low[1] : high[1], low[2] : high[2]], low

    def _arrival_times(
        self,
        conducts: NDArray[np.bool_],
        node: NDArray[np.int32],
        place: NDArray[np.int64],
        source: int,
        spacing: NDArray[np.float64],
        offset: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        resistance = self._resistance(place + offset, spacing)
        rows, columns, costs = [], [], []
        for axis in range(3):
            inner = np.flatnonzero(place[:, axis] < conducts.shape[axis] - 1)
            beyond = place[inner].copy()
            beyond[:, axis] += 1
            neighbour = node[tuple(beyond.T)]
            joined = neighbour >= 0
            a, b = inner[joined].astype(np.int32), neighbour[joined]
            rows.append(a)
            columns.append(b)
            costs.append(spacing[axis] * 0.5 * (resistance[a] + resistance[b]))
        size = len(place)
        graph = coo_array(
            (np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))), shape=(size, size)
        ).tocsr()
        return dijkstra(graph, directed=False, indices=source)

    def _resistance(self, place: NDArray[np.int64], spacing: NDArray[np.float64]) -> NDArray[np.float64]:
        """Local resistance: uneven on a scale of some millimetres."""
        coarse = np.random.default_rng(self._seed).standard_normal((64, 32, 32))
        cell = (place * spacing / 6.0).astype(np.int64) % np.array(coarse.shape)
        return np.asarray(np.exp(IRREGULARITY * coarse[tuple(cell.T)]))


def washed_out(vein: Injected, passed_ms: int) -> Injected:
    """What the blood stream has left of contrast in a vein after some time."""
    left = math.exp(-passed_ms / WASHED_OUT_MS)
    if vein.voxels.size == 0 or left < LEAST_LEFT:
        return nothing_injected()
    return frozen(
        Injected(
            voxels=vein.voxels,
            delta=vein.delta * np.float32(left),
            share=vein.share * np.float32(left),
            blood=vein.blood * np.float32(left),
            revision=vein.revision,
        )
    )


def inject(before: Injected, volume: BasisVolume, front: Front, injectate: Injectate) -> tuple[Injected, float]:
    """Add one portion at the front.

    Returns:
        what the voxels hold afterwards, and the volume in mL that found no room
    """
    grid = volume.grid
    voxel_ml = float(np.prod(grid.spacing_mm)) * 1e-3
    order = front.order
    if order.size == 0:
        return before, injectate.volume_ml
    uptake, flat_label = _uptake_table(front.place), volume.label.reshape(-1)
    count = FIRST_LOOK
    while True:  # the front is looked at only as far as the portion comes
        ahead = order[:count]
        room = np.maximum(uptake[flat_label[ahead]] - _share_before(before, ahead), 0.0)
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


def _share_before(before: Injected, voxels: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much of each voxel injectate has filled already."""
    share = np.zeros(len(voxels), np.float64)
    if len(before.voxels):
        known = np.minimum(np.searchsorted(before.voxels, voxels), len(before.voxels) - 1)
        has = before.voxels[known] == voxels
        share[has] = before.share[known[has]]
    return share


def _merged(
    before: Injected,
    volume: BasisVolume,
    reached: NDArray[np.int64],
    taken: NDArray[np.float64],
    injectate: Injectate,
) -> Injected:
    voxels = _sorted_union(before.voxels, reached)
    old = np.searchsorted(voxels, before.voxels)
    new = np.searchsorted(voxels, reached)
    delta = np.zeros((before.delta.shape[0], len(voxels)))
    share = np.zeros(len(voxels))
    blood = np.zeros(len(voxels))
    delta[:, old], share[old], blood[old] = before.delta, before.share, before.blood
    flat = volume.counts.reshape(volume.counts.shape[0], -1)
    at_rest = volume.offset[:, None] + volume.step[:, None] * flat[:, voxels[new]]
    present = at_rest + delta[:, new]
    delta[:, new] += taken * (injectate.densities()[:, None] - present)  # what is there gives way in proportion
    share[new] += taken
    blood[new] += taken * (injectate.blood_ml / injectate.volume_ml)
    return frozen(
        Injected(
            voxels=voxels,
            delta=delta.astype(np.float32),
            share=share.astype(np.float32),
            blood=blood.astype(np.float32),
            revision=before.revision + 1,
        )
    )


def _sorted_union(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """As `np.union1d`, whose hashing takes ten times as long here."""
    both = np.sort(np.concatenate([first, second]))
    return both[np.concatenate([[True], both[1:] != both[:-1]])]


def _uptake_table(place: Place) -> NDArray[np.float64]:
    table = np.zeros(256)
    for label, share in UPTAKE[place].items():
        table[label] = share
    return table


def _film(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """CSF within a millimetre of the sac's wall, plane by plane."""
    sac = np.isin(labels, (Label.CEREBROSPINAL_FLUID, Label.NERVE_ROOT, Label.SPINAL_CORD))
    deep = ndimage.binary_erosion(sac, np.ones((1, 3, 3)), iterations=FILM_VOXELS)
    return np.asarray(sac & ~deep)
