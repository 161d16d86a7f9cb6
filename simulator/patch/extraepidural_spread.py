"""Extraepidural spread: blood or contrast that leaves the needle outside the epidural space.

In the sac it mixes with the CSF and sinks (`intrathecal_mixing`), under the dura it lies in a thin film along it, in
muscle it stays about the tip, in an epidural vein it streams along the vein and is washed away. The order in which an
injectate reaches voxels is that of shortest paths from the opening through voxels of one compartment; how they are
filled, `voxel_filling` says.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from phantoms.phantom import BasisVolume, Label, Phantom
from simulator.patch.injectate import Injectate
from simulator.patch.injected_voxels import Injected, make_read_only, nothing_injected
from simulator.patch.voxel_filling import fill_voxels
from simulator.spatial.arrays import BoolArray, FloatArray, IndexArray
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import InjectionDestination as To

# Fraction of a voxel that an injectate can take up. Assumptions: fat lobules stay, fluid is displaced and mixed.
UPTAKE: dict[To, dict[int, float]] = {
    To.INTRATHECAL: {Label.CEREBROSPINAL_FLUID: 0.35, Label.NERVE_ROOT: 0.0},
    To.SUBDURAL: {Label.CEREBROSPINAL_FLUID: 0.6},
    To.VEIN: {Label.EPIDURAL_VEIN: 0.5, Label.VESSEL: 0.5},
    To.SOFT_TISSUE: {
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
REACH_MM: dict[To, float] = {To.INTRATHECAL: 90.0, To.SUBDURAL: 90.0, To.VEIN: 50.0, To.SOFT_TISSUE: 22.0}
FILM_VOXELS = 2  # under the dura: 1 mm in the plane
WASHED_OUT_MS = 4_000  # assumption: what is left in a vein falls to a third in this time
LEAST_LEFT = 0.03  # of it shows in no image
IRREGULARITY = 0.35  # SD of the logarithm of local resistance, as in the epidural space
# Assumptions: how far resistance is alike, z y x, and what a millimetre along the spine costs against one across it.
# Muscle parts along its fibres; the film under the dura is longer than it is wide.
GRAIN_MM: dict[To, tuple[float, float, float]] = {
    To.INTRATHECAL: (6.0, 6.0, 6.0),
    To.SUBDURAL: (6.0, 6.0, 6.0),
    To.VEIN: (6.0, 6.0, 6.0),
    To.SOFT_TISSUE: (9.0, 2.5, 2.5),
}
ALONG: dict[To, float] = {To.INTRATHECAL: 1.0, To.SUBDURAL: 0.4, To.VEIN: 1.0, To.SOFT_TISSUE: 0.6}
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


class SpreadFront:
    """Order in which an injectate reaches the voxels of one compartment from one opening.

    Attributes:
        volume: the canal's voxels
        destination: which compartment conducts
    """

    def __init__(self, phantom: Phantom, opening_mm: PatientPoint, destination: To, seed: int) -> None:
        """Look nowhere yet; the order is found when it is asked for.

        Args:
            phantom: the patient at rest
            opening_mm: the bevel's opening
            destination: which compartment conducts
            seed: of the pattern of local resistance
        """
        self.volume: BasisVolume = phantom.canal
        self.destination = destination
        self._opening_mm = opening_mm
        self._seed = seed

    @cached_property
    def order(self) -> IndexArray:
        """Flat indices of the canal's voxels as the front reaches them, nearest first."""
        grid = self.volume.grid
        uptake = _uptake_table(self.destination)
        window, offset = self._window()
        conducts = uptake[window] > 0.0
        if self.destination == To.SUBDURAL:
            conducts &= _film(window)
        elif self.destination == To.VEIN:
            conducts |= self._vein_from_the_opening(window, offset)
        if not conducts.any():
            return np.zeros(0, np.int64)
        place, graph = self._graph(conducts, offset)
        times = dijkstra(graph, directed=False, indices=self._nearest(place, offset))
        reached = np.isfinite(times)
        sequence = np.argsort(times[reached], kind="stable")
        chosen = place[reached][sequence] + offset
        voxels: IndexArray = np.ravel_multi_index(tuple(chosen.T), grid.shape).astype(np.int64)
        return voxels

    def _vein_from_the_opening(self, window: NDArray[np.uint8], offset: IndexArray) -> BoolArray:
        """A thin vein from the opening through the epidural space to the nearest one that the phantom has."""
        thin = np.zeros(window.shape, bool)
        place, graph = self._graph(np.isin(window, _WAY_OF_A_VEIN), offset)
        if not len(place):
            return thin
        start = self._nearest(place, offset)
        times, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
        times = np.where(np.isin(window[tuple(place.T)], tuple(UPTAKE[To.VEIN])), times, np.inf)
        at = int(times.argmin())
        if not np.isfinite(times[at]):
            return thin
        while at >= 0:
            thin[tuple(place[at])] = True
            at = -1 if at == start else int(before[at])
        spacing = self.volume.grid.spacing_mm[::-1]
        beside_mm = np.asarray(ndimage.distance_transform_edt(~thin, sampling=spacing))
        return np.asarray((beside_mm <= VEIN_RADIUS_MM) & np.isin(window, _WAY_OF_A_VEIN))

    def _window(self) -> tuple[NDArray[np.uint8], IndexArray]:
        """Labels within reach of the opening, and the first voxel of that box."""
        grid = self.volume.grid
        spacing, origin = np.array(grid.spacing_mm)[::-1], np.array(grid.origin_mm)[::-1]
        centre = np.array(self._opening_mm)[::-1]
        limits = np.array(grid.shape) - 1
        low = np.clip((centre - REACH_MM[self.destination] - origin) / spacing, 0, limits).astype(np.int64)
        high = np.clip((centre + REACH_MM[self.destination] - origin) / spacing, 0, limits).astype(np.int64) + 1
        return self.volume.label[low[0] : high[0], low[1] : high[1], low[2] : high[2]], low

    def _nearest(self, place: IndexArray, offset: IndexArray) -> int:
        """Which of these voxels of the window lies nearest to the opening."""
        spacing, origin = np.array(self.volume.grid.spacing_mm)[::-1], np.array(self.volume.grid.origin_mm)[::-1]
        centre = (np.array(self._opening_mm)[::-1] - origin) / spacing - offset
        return int(np.linalg.norm((place - centre) * spacing, axis=1).argmin())

    def _graph(self, conducts: BoolArray, offset: IndexArray) -> tuple[IndexArray, csr_array]:
        """Conducting voxels of the window, and what it takes to pass from one to its neighbours."""
        spacing = np.array(self.volume.grid.spacing_mm)[::-1]
        place = np.argwhere(conducts)
        node = np.full(np.array(conducts.shape) + 2, -1, np.int32)  # as the graph's indices are; a rim of none
        node[1:-1, 1:-1, 1:-1][conducts] = np.arange(len(place), dtype=np.int32)
        resistance = self._resistance(place + offset, spacing)
        weight = spacing * np.array([ALONG[self.destination], 1.0, 1.0])
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

    def _resistance(self, place: IndexArray, spacing: FloatArray) -> FloatArray:
        """Local resistance: uneven on the scale of the tissue's grain."""
        coarse = np.random.default_rng(self._seed).standard_normal((64, 32, 32))
        cell = (place * spacing / np.array(GRAIN_MM[self.destination])).astype(np.int64) % np.array(coarse.shape)
        return np.asarray(np.exp(IRREGULARITY * coarse[tuple(cell.T)]))


def wash_out(vein: Injected, passed_ms: int) -> Injected:
    """What the blood stream has left of contrast in a vein after some time."""
    left = math.exp(-passed_ms / WASHED_OUT_MS)
    if vein.voxels.size == 0 or left < LEAST_LEFT:
        return nothing_injected()
    return make_read_only(
        Injected(
            voxels=vein.voxels,
            delta=vein.delta * np.float32(left),
            fraction=vein.fraction * np.float32(left),
            blood=vein.blood * np.float32(left),
            pressed=vein.pressed,
            revision=vein.revision,
        )
    )


def inject_at_front(
    before: Injected, volume: BasisVolume, front: SpreadFront, injectate: Injectate
) -> tuple[Injected, float]:
    """Add one portion at the front.

    Returns:
        what the voxels hold afterwards, and the volume in mL that found no room
    """
    uptake, flat_label = _uptake_table(front.destination), volume.label.reshape(-1)
    if front.destination == To.VEIN:  # one too thin for the phantom runs through what is labelled otherwise
        uptake = np.full(len(uptake), UPTAKE[To.VEIN][Label.EPIDURAL_VEIN])
    return fill_voxels(before, volume, front.order, lambda voxels: uptake[flat_label[voxels]], injectate)


def _uptake_table(destination: To) -> FloatArray:
    table = np.zeros(256)
    for label, fraction in UPTAKE[destination].items():
        table[label] = fraction
    return table


def _film(labels: NDArray[np.uint8]) -> BoolArray:
    """CSF within a millimetre of the sac's wall, plane by plane."""
    sac = np.isin(labels, (Label.CEREBROSPINAL_FLUID, Label.NERVE_ROOT, Label.SPINAL_CORD))
    deep = ndimage.binary_erosion(sac, np.ones((1, 3, 3)), iterations=FILM_VOXELS)
    return np.asarray(sac & ~deep)
