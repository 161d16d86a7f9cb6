"""Turned contrast: what a myelogram in another position than prone shows, as a change of the patient at rest.

The voxels hold the patient prone. Nobody's anatomy is built anew for another position: contrast alone moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from phantoms.phantom import BASES, Phantom, VoxelGrid
from simulator.spatial.arrays import SingleArray
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.procedure import MyelogramPosition

_IODINE = BASES.index("iodine")
_LEAST_MG_PER_ML = 0.05  # of contrast in a voxel; less shows in no picture (1 HU is about 0.03)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedContrast:
    """A signed change of density.

    Attributes:
        grid: part of the canal's grid
        delta: [shape=(basis, z, y, x), float32] in the units of `BASES`
    """

    grid: VoxelGrid
    delta: SingleArray


def turned_contrast(
    phantom: Phantom, position: MyelogramPosition, z_range_mm: tuple[float, float]
) -> TurnedContrast | None:
    """How contrast in sac and sleeves lies in another position, against prone; None where there is no contrast.

    Args:
        phantom: the patient
        position: of the patient
        z_range_mm: lowest and highest plane that is asked for
    """
    canal = phantom.canal
    z_mm = canal.grid.z_mm
    planes = np.flatnonzero((z_mm >= z_range_mm[0]) & (z_mm <= z_range_mm[1]))
    if planes.size == 0:
        return None
    first, stop = int(planes[0]), int(planes[-1]) + 1
    iodine = canal.counts[_IODINE, first:stop] * np.float32(canal.step[_IODINE]) + np.float32(canal.offset[_IODINE])
    held = np.argwhere(iodine > _LEAST_MG_PER_ML)
    spacing, origin = np.array(canal.grid.spacing_mm), np.array(canal.grid.origin_mm)
    to_grid = np.array([first, 0, 0])
    points = (held + to_grid)[:, ::-1] * spacing + origin
    within = phantom.anatomy.dura_mm(points) < 0.0 if len(held) else np.zeros(0, np.bool_)
    held, points = held[within], points[within]
    if len(held) == 0:
        return None
    low, high = held.min(axis=0), held.max(axis=0) + 1
    delta = np.zeros((len(BASES), *(high - low)), np.float32)
    part = phantom.anatomy.contrast_part(points, position)
    z, y, x = held.T
    delta[_IODINE, z - low[0], y - low[1], x - low[2]] = iodine[z, y, x] * (part - 1.0)
    corner = (low + to_grid)[::-1] * spacing + origin
    grid = replace(
        canal.grid,
        origin_mm=PatientPoint(*map(float, corner)),
        shape=(delta.shape[1], delta.shape[2], delta.shape[3]),
    )
    return TurnedContrast(grid=grid, delta=delta)
