"""Spread: how an injectate fills the space about the bevel, voxel by voxel.

The front moves outwards from the bevel's opening along the way of least resistance: arrival times are shortest
paths through connected voxels of one compartment, quicker along the spine than around the sac, quicker to the
head than to the feet, slow across the dorsal midline. A voxel takes up a share of its volume that depends on what
fills it. Volume is conserved: what does not fit stays in the front.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from phantoms.phantom import BasisVolume, Label, Phantom
from simulator.patch.injectate import Injectate

FIRST_LOOK = 65_536  # voxels ahead: some 8 mL of a space that takes up half

Medium = Literal["epidural", "intrathecal", "soft tissue"]

# Share of a voxel that an injectate can take up. Assumptions: fat lobules stay, fluid is displaced and mixed.
UPTAKE: dict[Medium, dict[int, float]] = {
    "epidural": {
        Label.EPIDURAL_FAT: 0.5,
        Label.EPIDURAL_VEIN: 0.2,
        Label.EPIDURAL_COLLECTION: 0.7,
        Label.FORAMEN: 0.35,
    },
    "intrathecal": {Label.CEREBROSPINAL_FLUID: 0.35, Label.NERVE_ROOT: 0.0},
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
# Assumptions, set so that levels per mL and sidedness come near the reference (section 5): 5 mL 2.4 levels, 84 %
# one-sided, 60 % to the head.
ALONG_SPINE = 1.05
FOLLOWS_FLUID = 1.6
MIDLINE_MM = 9.0
REACH_MM: dict[Medium, float] = {"epidural": 130.0, "intrathecal": 90.0, "soft tissue": 22.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadTraits:
    """How this person's epidural space conducts.

    Attributes:
        cranial_share: share of the spread that goes to the head, 0..1
        irregularity: SD of the logarithm of local resistance
        seed: of the pattern of local resistance
    """

    cranial_share: float
    irregularity: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """Material that has come to the canal's voxels; arrays are read-only and replaced, never changed.

    Attributes:
        voxels: [shape=(n,), int64, ascending] flat indices into the canal's grid
        delta: [shape=(basis, n), float32] signed change of the basis densities
        share: [shape=(n,), float32] share of each voxel that injectate fills
        blood: [shape=(n,), float32] share of each voxel that is blood
        revision: counts the changes
    """

    voxels: NDArray[np.int64]
    delta: NDArray[np.float32]
    share: NDArray[np.float32]
    blood: NDArray[np.float32]
    revision: int


def nothing_injected() -> Injected:
    """The canal before any injection."""
    return Injected(
        voxels=np.zeros(0, np.int64),
        delta=np.zeros((3, 0), np.float32),
        share=np.zeros(0, np.float32),
        blood=np.zeros(0, np.float32),
        revision=0,
    )


class Front:
    """Order in which an injectate reaches the voxels of one compartment from one opening.

    Args:
        phantom: the patient at rest
        opening_mm: the bevel's opening, x y z
        medium: which compartment conducts
        traits: how this person's tissue conducts
    """

    def __init__(
        self, phantom: Phantom, opening_mm: tuple[float, float, float], medium: Medium, traits: SpreadTraits
    ) -> None:
        self.volume: BasisVolume = phantom.canal
        self.medium: Medium = medium
        self._opening_mm = opening_mm
        self._traits = traits
        marks = sorted((p[2], p[0]) for p in phantom.landmarks_mm.values())
        self._midline_x_mm = float(np.interp(opening_mm[2], [z for z, _ in marks], [x for _, x in marks]))

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """Flat indices of the canal's voxels as the front reaches them, nearest first."""
        grid = self.volume.grid
        uptake = _uptake_table(self.medium)
        window, offset = self._window()
        conducts = uptake[window] > 0.0
        if not conducts.any():
            return np.zeros(0, np.int64)
        spacing = np.array(grid.spacing_mm)[::-1]
        node = np.full(window.shape, -1, np.int32)  # as the graph's indices are
        node[conducts] = np.arange(int(conducts.sum()), dtype=np.int32)
        place = np.argwhere(conducts)
        centre = (np.array(self._opening_mm)[::-1] - np.array(grid.origin_mm)[::-1]) / spacing - offset
        away = np.linalg.norm((place - centre) * spacing, axis=1)
        times = self._arrival_times(window, conducts, node, place, int(away.argmin()), spacing, offset)
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
        low = np.clip((centre - REACH_MM[self.medium] - origin) / spacing, 0, limits).astype(np.int64)
        high = np.clip((centre + REACH_MM[self.medium] - origin) / spacing, 0, limits).astype(np.int64) + 1
        return self.volume.label[low[0] : high[0], low[1] : high[1], low[2] : high[2]], low

    def _arrival_times(
        self,
        window: NDArray[np.uint8],
        conducts: NDArray[np.bool_],
        node: NDArray[np.int32],
        place: NDArray[np.int64],
        source: int,
        spacing: NDArray[np.float64],
        offset: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        resistance = self._resistance(window[tuple(place.T)], place + offset, spacing)
        x_mm = self.volume.grid.origin_mm[0] + spacing[2] * (place[:, 2] + offset[2]) - self._midline_x_mm
        rows, columns, costs = [], [], []
        for axis in range(3):
            inner = np.flatnonzero(place[:, axis] < window.shape[axis] - 1)
            beyond = place[inner].copy()
            beyond[:, axis] += 1
            neighbour = node[tuple(beyond.T)]
            joined = neighbour >= 0
            a, b = inner[joined].astype(np.int32), neighbour[joined]
            cost = spacing[axis] * 0.5 * (resistance[a] + resistance[b])
            if axis == 0:
                share = self._traits.cranial_share
                to_head, to_feet = cost / (ALONG_SPINE * 2 * share), cost / (ALONG_SPINE * 2 * (1 - share))
            else:
                crosses = (x_mm[a] < 0.0) != (x_mm[b] < 0.0) if axis == 2 else np.zeros(len(a), bool)
                to_head = to_feet = cost + np.where(crosses, MIDLINE_MM, 0.0)
            rows += [a, b]
            columns += [b, a]
            costs += [to_head, to_feet]
        size = len(place)
        graph = coo_array(
            (np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))), shape=(size, size)
        ).tocsr()
        return dijkstra(graph, indices=source)

    def _resistance(
        self, labels: NDArray[np.uint8], place: NDArray[np.int64], spacing: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Local resistance: lower in fluid, and uneven on a scale of some millimetres."""
        rng = np.random.default_rng(self._traits.seed)
        coarse = rng.standard_normal((64, 32, 32))
        cell = (place * spacing / 6.0).astype(np.int64) % np.array(coarse.shape)
        uneven = np.exp(self._traits.irregularity * coarse[tuple(cell.T)])
        return np.where(labels == Label.EPIDURAL_COLLECTION, 1.0 / FOLLOWS_FLUID, 1.0) * uneven


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
    uptake, flat_label = _uptake_table(front.medium), volume.label.reshape(-1)
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


def density_box(injected: Injected, volume: BasisVolume) -> tuple[NDArray[np.float32], tuple[int, int, int]]:
    """The change as a dense box.

    Returns:
        [shape=(basis, z, y, x), float32] signed change, and the box's first voxel z, y, x in the canal's grid
    """
    z, y, x = np.unravel_index(injected.voxels, volume.grid.shape)
    low = (int(z.min()), int(y.min()), int(x.min()))
    size = (int(z.max()) - low[0] + 1, int(y.max()) - low[1] + 1, int(x.max()) - low[2] + 1)
    box = np.zeros((injected.delta.shape[0], *size), np.float32)
    box[:, z - low[0], y - low[1], x - low[2]] = injected.delta
    return box, low


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
    after = Injected(
        voxels=voxels,
        delta=delta.astype(np.float32),
        share=share.astype(np.float32),
        blood=blood.astype(np.float32),
        revision=before.revision + 1,
    )
    for array in (after.voxels, after.delta, after.share, after.blood):
        array.setflags(write=False)
    return after


def _sorted_union(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """As `np.union1d`, whose hashing takes ten times as long here."""
    both = np.sort(np.concatenate([first, second]))
    return both[np.concatenate([[True], both[1:] != both[:-1]])]


def _uptake_table(medium: Medium) -> NDArray[np.float64]:
    table = np.zeros(256)
    for label, share in UPTAKE[medium].items():
        table[label] = share
    return table
