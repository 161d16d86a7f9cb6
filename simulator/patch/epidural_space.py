"""Epidural space: cells of some 2 mm and how they join.

A cell holds what can flow (fluid), what can be pushed aside (fat, veins) and what it can press into the sac. How a
phantom's voxels become cells, `cell_gathering` says.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.spatial.arrays import BoolArray, FloatArray, IndexArray, SingleArray
from simulator.spatial.frames import PatientPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class OverflowVoxels:
    """Voxels beside the epidural space that a cell fills when it overflows, in the order in which they are filled.

    Attributes:
        voxels: [shape=(n,), int64] flat indices into the canal's grid, cell by cell and nearest first
        cell: [shape=(n,), int64] cell that fills each
        before_ml: [shape=(n,), float64] capacity of the same cell's voxels before this one
        capacity_ml: [shape=(n,), float64] of each voxel
        total_ml: [shape=(cells,), float64] capacity of each cell
    """

    voxels: IndexArray
    cell: IndexArray
    before_ml: FloatArray
    capacity_ml: FloatArray
    total_ml: FloatArray

    def filled_ml(self, of_cell_ml: FloatArray) -> FloatArray:
        """What each voxel holds when its cell has pressed out this volume, shape (n,), mL."""
        return np.asarray(np.clip(of_cell_ml[self.cell] - self.before_ml, 0.0, self.capacity_ml))


@dataclass(frozen=True, slots=True, kw_only=True)
class SacSurface:
    """The sac's surface, and the voxels before it that blood can press aside.

    Attributes:
        voxels: [shape=(n,), int64, ascending] flat indices into the canal's grid
        away_mm: [shape=(n,), float64] distance of each to the surface
        cell: [shape=(n, k), int64] cells about the nearest place of the surface
        weight: [shape=(n, k), float64] of each of these, by distance along the surface
        nearest_cell: [shape=(n,), int64] the cell that touches the surface there
        total_weight: [shape=(n,), float64] of all the cells about each place
        by_cell: [shape=(n,), int64] order by nearest cell, and by distance within each
    """

    voxels: IndexArray
    away_mm: FloatArray
    cell: IndexArray
    weight: FloatArray
    nearest_cell: IndexArray
    total_weight: FloatArray = field(init=False, repr=False, compare=False)
    by_cell: IndexArray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # What every portion asks of the surface at rest is worked out once
        object.__setattr__(self, "total_weight", self.weight.sum(axis=1))
        object.__setattr__(self, "by_cell", np.lexsort((self.away_mm, self.nearest_cell)))


@dataclass(frozen=True, slots=True, kw_only=True)
class EpiduralSpace:
    """Cells of the epidural space and the faces between them.

    Attributes:
        centre_mm: [shape=(cells, 3), float64] centres of the cells, x y z
        index: [shape=(cells, 3), int64] z y x of the cells among the blocks
        volume_ml: [shape=(cells,), float64] of the tissues that conduct
        fluid_ml: [shape=(cells,), float64] that flows, before any injection
        fluid_iodine_mg: [shape=(cells,), float64] in that fluid
        fat_ml: [shape=(cells,), float64] that can be pushed aside
        sac_ml: [shape=(cells,), float64] by which the sac is dented when it gives way as usual
        yield_ratio: [shape=(cells,), float64] pressure at which the tissue yields, against fat
        exit_mm: [shape=(cells,), float64] open area of a foramen's outer end over the cell's size
        first, second: [shape=(faces,), int64] the cells on either side; the second lies further to the head, back, left
        axis: [shape=(faces,), int64] 0 along the spine, 1 front to back, 2 right to left
        conductance_mm: [shape=(faces,), float64] area over distance, weighted by tissue
        distance_mm: [shape=(faces,), float64] distance of the centres
        septum: [shape=(faces,), bool] whether the face lies across the midline
        voxels: [shape=(n,), int64] flat indices into the canal's grid of all conducting voxels
        cell_of_voxel: [shape=(n,), int64] the cell of each
        iodine: [shape=(n,), float32] mg/mL in each at rest
        in_view: [shape=(cells,), bool] whether the phantom shows the cell
        dent, outside: what overflows into the sac's room and out of the foramina
        surface: of the sac, which the cells dent
        voxel_ml: volume of a voxel
    """

    centre_mm: FloatArray
    index: IndexArray
    volume_ml: FloatArray
    fluid_ml: FloatArray
    fluid_iodine_mg: FloatArray
    fat_ml: FloatArray
    sac_ml: FloatArray
    yield_ratio: FloatArray
    exit_mm: FloatArray
    first: IndexArray
    second: IndexArray
    axis: IndexArray
    conductance_mm: FloatArray
    distance_mm: FloatArray
    septum: BoolArray
    voxels: IndexArray
    cell_of_voxel: IndexArray
    iodine: SingleArray
    in_view: BoolArray
    dent: OverflowVoxels
    outside: OverflowVoxels
    surface: SacSurface
    voxel_ml: float

    @property
    def cells(self) -> int:
        """How many there are."""
        return len(self.volume_ml)

    def cell_at(self, point_mm: PatientPoint) -> int:
        """The cell in view that is nearest to a point."""
        away = np.sum((self.centre_mm - np.asarray(point_mm)) ** 2, axis=1)
        return int(np.argmin(np.where(self.in_view, away, np.inf)))
