"""Canals of plain shape: what the flow must do can be written down."""

from __future__ import annotations

import numpy as np

from simulator.patch.epidural_space import CellFaces, ConductingVoxels, EpiduralCells, EpiduralSpace, OverflowVoxels
from simulator.patch.sac_surface import nothing_to_dent


def channel(cells: int, *, width: int = 1, cell_mm: float = 2.0, fluid_share: float = 0.0) -> EpiduralSpace:
    """A straight channel along the spine, `width` cells wide, closed at both ends; half of each cell gives way.

    Args:
        cells: along the spine
        fluid_share: of each cell, flowing before any injection
    """
    z, x = (part.reshape(-1) for part in np.meshgrid(np.arange(cells), np.arange(width), indexing="ij"))
    number = np.arange(cells * width).reshape(cells, width)
    along = np.stack([number[:-1].reshape(-1), number[1:].reshape(-1)])
    across = np.stack([number[:, :-1].reshape(-1), number[:, 1:].reshape(-1)])
    first, second = np.concatenate([along, across], axis=1)
    axis = np.concatenate([np.zeros(along.shape[1], np.int64), np.full(across.shape[1], 2, np.int64)])
    size = cells * width
    volume = np.full(size, cell_mm**3 * 1e-3)
    nothing = OverflowVoxels(
        voxels=np.zeros(0, np.int64),
        cell=np.zeros(0, np.int64),
        before_ml=np.zeros(0),
        capacity_ml=np.zeros(0),
        total_ml=np.zeros(size),
    )
    return EpiduralSpace(
        cells=EpiduralCells(
            centre_mm=np.column_stack([x, np.zeros(size), z]) * cell_mm,
            index=np.column_stack([z, np.zeros(size, np.int64), x]),
            volume_ml=volume,
            fluid_ml=fluid_share * volume,
            fluid_iodine_mg=20.0 * fluid_share * volume,
            fat_ml=0.5 * volume,
            sac_ml=np.zeros(size),
            yield_ratio=np.ones(size),
            exit_mm=np.zeros(size),
            in_view=np.ones(size, bool),
            in_closed_pocket=np.zeros(size, bool),
        ),
        faces=CellFaces(
            first=first,
            second=second,
            axis=axis,
            conductance_mm=np.full(len(first), cell_mm),
            distance_mm=np.full(len(first), cell_mm),
            septum=np.zeros(len(first), bool),
        ),
        conducting=ConductingVoxels(
            voxels=np.zeros(0, np.int64),
            cell=np.zeros(0, np.int64),
            iodine_mg_per_ml=np.zeros(0, np.float32),
            voxel_ml=0.25e-3,
        ),
        dent=nothing,
        outside=nothing,
        surface=nothing_to_dent(),
    )
