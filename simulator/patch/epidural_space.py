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
class EpiduralCells:
    """What each cell holds and where it lies; every array [shape=(cells,), float64] unless it says otherwise.

    Attributes:
        centre_mm: [shape=(cells, 3), float64] centres, x y z
        index: [shape=(cells, 3), int64] z y x among the blocks
        volume_ml: of the tissues that conduct
        fluid_ml: that flows, before any injection
        fluid_iodine_mg: in that fluid
        fat_ml: that can be pushed aside
        sac_ml: by which the sac is dented when it gives way as usual
        yield_ratio: pressure at which the tissue yields, against fat
        exit_mm: open area of a foramen's outer end over the cell's size
        in_view: [shape=(cells,), bool] whether the phantom shows the cell
        in_closed_pocket: [shape=(cells,), bool] whether no way leads from it to the rest of the space
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
    in_view: BoolArray
    in_closed_pocket: BoolArray

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.volume_ml)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFaces:
    """Faces by which two cells join.

    Attributes:
        first, second: [shape=(faces,), int64] the cells on either side; the second lies further to the head, back, left
        axis: [shape=(faces,), int64] 0 along the spine, 1 front to back, 2 right to left
        conductance_mm: [shape=(faces,), float64] area over distance, weighted by tissue
        distance_mm: [shape=(faces,), float64] distance of the centres
        septum: [shape=(faces,), bool] whether the face lies across the midline, or the membrane beside a ventral pool
    """

    first: IndexArray
    second: IndexArray
    axis: IndexArray
    conductance_mm: FloatArray
    distance_mm: FloatArray
    septum: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductingVoxels:
    """Voxels of the tissues that conduct.

    Attributes:
        voxels: [shape=(n,), int64] flat indices into the canal's grid
        cell: [shape=(n,), int64] the cell of each
        iodine_mg_per_ml: [shape=(n,), float32] in each at rest
        voxel_ml: volume of a voxel
    """

    voxels: IndexArray
    cell: IndexArray
    iodine_mg_per_ml: SingleArray
    voxel_ml: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EpiduralSpace:
    """Cells of the epidural space, the faces between them, and the voxels that they stand for.

    Attributes:
        cells: what each holds
        faces: by which they join
        conducting: voxels that the cells are made of
        dent, outside: what overflows into the sac's room and out of the foramina
        surface: of the sac, which the cells dent
    """

    cells: EpiduralCells
    faces: CellFaces
    conducting: ConductingVoxels
    dent: OverflowVoxels
    outside: OverflowVoxels
    surface: SacSurface

    def cell_at(self, point_mm: PatientPoint) -> int:
        """The cell in view that is nearest to a point, but none of a closed pocket.

        Under a lamina the dura is stripped from the bone until what is injected finds its way.
        """
        away = np.sum((self.cells.centre_mm - np.asarray(point_mm)) ** 2, axis=1)
        takes = self.cells.in_view & ~self.cells.in_closed_pocket
        return int(np.argmin(np.where(takes, away, np.inf)))
