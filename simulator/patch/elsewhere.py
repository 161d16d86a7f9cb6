"""Elsewhere: blood or contrast that leaves the needle outside the epidural space.

In the sac it mixes with the CSF and sinks (`in_the_sac`), under the dura it lies in a thin film along it, in muscle it
stays about the tip, in an epidural vein it streams along the vein and is washed away. The order in which an injectate
reaches voxels is that of shortest paths from the opening through voxels of one compartment; a voxel takes up a share of
its volume that depends on what fills it. Volume is conserved: what does not fit stays in the front.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array, csr_array
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
# Assumptions: how far resistance is alike, z y x, and what a millimetre along the spine costs against one across it.
# Muscle parts along its fibres; the film under the dura is longer than it is wide.
GRAIN_MM: dict[Place, tuple[float, float, float]] = {
    "intrathecal": (6.0, 6.0, 6.0),
    "subdural": (6.0, 6.0, 6.0),
    "vein": (6.0, 6.0, 6.0),
    "soft tissue": (9.0, 2.5, 2.5),
}
ALONG: dict[Place, float] = {"intrathecal": 1.0, "subdural": 0.4, "vein": 1.0, "soft tissue": 0.6}
VEIN_RADIUS_MM = 0.75  # assumption: of a vein behind the sac, too thin for the phantom
_WAY_OF_A_VEIN = (
    Label.EPIDURAL_FAT,
    Label.EPIDURAL_COLLECTION,
    Label.FORAMEN,
    Label.EPIDURAL_VEIN,
    Label.VESSEL,
)
# Steps to neighbours, one of each pair: faces and edges, so that a front in even tissue is nearly a ball.
_STEPS = ((0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 1, 1), (0, 1, -1), (1, 0, 1), (1, 0, -1), (1, 1, 0), (1, -1, 0))


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
        elif self.place == "vein":
            conducts |= self._vein_from_the_opening(window, offset)
        if not conducts.any():
            return np.zeros(0, np.int64)
        place, graph = self._graph(conducts, offset)
        times = dijkstra(graph, directed=False, indices=self._nearest(place, offset))
        reached = np.isfinite(times)
        sequence = np.argsort(times[reached], kind="stable")
        chosen = place[reached][sequence] + offset
        return np.ravel_multi_index(tuple(chosen.T), grid.shape).astype(np.int64)

    def _vein_from_the_opening(self, window: NDArray[np.uint8], offset: NDArray[np.int64]) -> NDArray[np.bool_]:
        """A thin vein from the opening through the epidural space to the nearest one that the phantom has."""
        thin = np.zeros(window.shape, bool)
        place, graph = self._graph(np.isin(window, _WAY_OF_A_VEIN), offset)
        if not len(place):
            return thin
        start = self._nearest(place, offset)
        times, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
        times = np.where(np.isin(window[tuple(place.T)], tuple(UPTAKE["vein"])), times, np.inf)
        at = int(times.argmin())
        if not np.isfinite(times[at]):
            return thin
        while at >= 0:
            thin[tuple(place[at])] = True
            at = -1 if at == start else int(before[at])
        spacing = self.volume.grid.spacing_mm[::-1]
        beside_mm = np.asarray(ndimage.distance_transform_edt(~thin, sampling=spacing))
        return np.asarray((beside_mm <= VEIN_RADIUS_MM) & np.isin(window, _WAY_OF_A_VEIN))

    def _window(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Labels within reach of the opening, and the first voxel of that box."""
        grid = self.volume.grid
        spacing, origin = np.array(grid.spacing_mm)[::-1], np.array(grid.origin_mm)[::-1]
        centre = np.array(self._opening_mm)[::-1]
        limits = np.array(grid.shape) - 1
        low = np.clip((centre - REACH_MM[self.place] - origin) / spacing, 0, limits).astype(np.int64)
        high = np.clip((centre + REACH_MM[self.place] - origin) / spacing, 0, limits).astype(np.int64) + 1
        return self.volume.label[low[0] : high[0], low[1] : high[1], low[2] : high[2]], low

    def _nearest(self, place: NDArray[np.int64], offset: NDArray[np.int64]) -> int:
        """Which of these voxels of the window lies nearest to the opening."""
        spacing, origin = np.array(self.volume.grid.spacing_mm)[::-1], np.array(self.volume.grid.origin_mm)[::-1]
        centre = (np.array(self._opening_mm)[::-1] - origin) / spacing - offset
        return int(np.linalg.norm((place - centre) * spacing, axis=1).argmin())

    def _graph(self, conducts: NDArray[np.bool_], offset: NDArray[np.int64]) -> tuple[NDArray[np.int64], csr_array]:
        """Conducting voxels of the window, and what it takes to pass from one to its neighbours."""
        spacing = np.array(self.volume.grid.spacing_mm)[::-1]
        place = np.argwhere(conducts)
        node = np.full(np.array(conducts.shape) + 2, -1, np.int32)  # as the graph's indices are; a rim of none
        node[1:-1, 1:-1, 1:-1][conducts] = np.arange(len(place), dtype=np.int32)
        resistance = self._resistance(place + offset, spacing)
        weight = spacing * np.array([ALONG[self.place], 1.0, 1.0])
        rows, columns, costs = [], [], []
        for step in _STEPS:
            neighbour = node[tuple((place + 1 + np.array(step)).T)]
            a = np.flatnonzero(neighbour >= 0).astype(np.int32)
            b = neighbour[a]
            rows.append(a)
            columns.append(b)
            costs.append(float(np.linalg.norm(weight * step)) * 0.5 * (resistance[a] + resistance[b]))
        size = len(place)
        graph = coo_array(
            (np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))), shape=(size, size)
        ).tocsr()
        return place, graph

    def _resistance(self, place: NDArray[np.int64], spacing: NDArray[np.float64]) -> NDArray[np.float64]:
        """Local resistance: uneven on the scale of the tissue's grain."""
        coarse = np.random.default_rng(self._seed).standard_normal((64, 32, 32))
        cell = (place * spacing / np.array(GRAIN_MM[self.place])).astype(np.int64) % np.array(coarse.shape)
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
    uptake, flat_label = _uptake_table(front.place), volume.label.reshape(-1)
    if front.place == "vein":  # one too thin for the phantom runs through what is labelled otherwise
        uptake = np.full(len(uptake), UPTAKE["vein"][Label.EPIDURAL_VEIN])
    return poured(before, volume, front.order, lambda voxels: uptake[flat_label[voxels]], injectate)


def poured(
    before: Injected,
    volume: BasisVolume,
    order: NDArray[np.int64],
    uptake: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    injectate: Injectate,
) -> tuple[Injected, float]:
    """Fill voxels in their order.

    Args:
        order: flat indices of voxels, first to be filled first
        uptake: the share of each of these voxels that an injectate can take up
    """
    voxel_ml = float(np.prod(volume.grid.spacing_mm)) * 1e-3
    if order.size == 0 or injectate.volume_ml <= 0.0:
        return before, injectate.volume_ml
    count = FIRST_LOOK
    while True:  # the front is looked at only as far as the portion comes
        ahead = order[:count]
        room = np.maximum(uptake(ahead) - _share_before(before, ahead), 0.0)
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
