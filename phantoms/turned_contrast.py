"""Turned contrast: what a myelogram in another position than prone shows, as a change of the patient at rest.

The voxels hold the patient prone. Nobody's anatomy is built anew for another position: contrast alone moves, and the
vein of a fistula fills while its own side is down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from phantoms.phantom import BASES, BasisVolume, DrainingVein, Label, Phantom, VoxelGrid
from phantoms.tissues import tissue
from simulator.spatial.arrays import FloatArray, IndexArray, SingleArray
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.procedure import MyelogramPosition

_WATER, _IODINE = BASES.index("water"), BASES.index("iodine")
_LUNG_WATER = 0.6  # volume fraction of water below which a voxel is lung or air: a vein lies outside the pleura
_LEAST_MG_PER_ML = 0.05  # of contrast in a voxel; less shows in no picture (1 HU is about 0.03)
_NO_VEIN = (Label.CORTICAL_BONE, Label.SPONGIOSA, Label.DURA, Label.CEREBROSPINAL_FLUID, Label.NERVE_ROOT)
"""Tissues that a vein does not take the place of."""


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
    """How contrast in sac, sleeves and a fistula's vein lies in another position, against prone; None for no change.

    Args:
        phantom: the patient
        position: of the patient
        z_range_mm: lowest and highest plane that is asked for
    """
    grid = phantom.canal.grid
    planes = np.flatnonzero((grid.z_mm >= z_range_mm[0]) & (grid.z_mm <= z_range_mm[1]))
    if planes.size == 0:
        return None
    first, stop = int(planes[0]), int(planes[-1]) + 1
    parts = [_in_sac(phantom, position, first, stop)]
    vein = phantom.leak.vein
    if vein is not None and position.side_down == phantom.leak.side:
        parts.append(_in_vein(phantom.canal, vein, first, stop))
    voxels = np.concatenate([held for held, _ in parts])
    if len(voxels) == 0:
        return None
    low, high = voxels.min(axis=0), voxels.max(axis=0) + 1
    box = np.zeros((len(BASES), *(high - low)), np.float32)
    for held, delta in parts:
        z, y, x = (held - low).T
        box[:, z, y, x] += delta
    corner = low[::-1] * np.array(grid.spacing_mm) + np.array(grid.origin_mm)
    shape = (box.shape[1], box.shape[2], box.shape[3])
    held_grid = replace(grid, origin_mm=PatientPoint(*map(float, corner)), shape=shape)
    return TurnedContrast(grid=held_grid, delta=box)


def _in_sac(phantom: Phantom, position: MyelogramPosition, first: int, stop: int) -> tuple[IndexArray, SingleArray]:
    """Voxels z, y, x within the dura that hold contrast [shape=(n, 3)], and their change [shape=(basis, n)]."""
    canal = phantom.canal
    iodine = canal.counts[_IODINE, first:stop] * np.float32(canal.step[_IODINE]) + np.float32(canal.offset[_IODINE])
    held = np.argwhere(iodine > _LEAST_MG_PER_ML)
    now = iodine[tuple(held.T)]
    held += np.array([first, 0, 0])
    points = _points_mm(canal.grid, held)
    within = phantom.anatomy.dura_mm(points) < 0.0 if len(held) else np.zeros(0, np.bool_)
    delta = np.zeros((len(BASES), int(within.sum())), np.float32)
    if within.any():
        delta[_IODINE] = now[within] * (phantom.anatomy.contrast_part(points[within], position) - 1.0)
    return held[within], delta


def _in_vein(canal: BasisVolume, vein: DrainingVein, first: int, stop: int) -> tuple[IndexArray, SingleArray]:
    """Voxels of a vein that is full of contrast [shape=(n, 3)], and their change: blood in place of what is there.

    While it holds no contrast it is not drawn, for it is a vein among many.
    """
    grid = canal.grid
    spacing, origin = np.array(grid.spacing_mm), np.array(grid.origin_mm)
    margin, most = vein.radius_mm + grid.spacing_mm[0], np.array(grid.shape[::-1])
    low = np.clip(np.floor((vein.points_mm.min(axis=0) - margin - origin) / spacing), 0, most).astype(np.int64)
    high = np.clip(np.ceil((vein.points_mm.max(axis=0) + margin - origin) / spacing) + 1, 0, most).astype(np.int64)
    x, y, z = (np.arange(a, b) for a, b in zip(low, high, strict=True))
    z = z[(z >= first) & (z < stop)]
    held = np.stack(np.meshgrid(z, y, x, indexing="ij"), axis=-1).reshape(-1, 3)
    away = _distance_mm(_points_mm(grid, held), vein.points_mm) - vein.radius_mm
    share = np.clip(0.5 - away / grid.spacing_mm[0], 0.0, 1.0)
    at = tuple(held.T)
    now = canal.counts[:, at[0], at[1], at[2]] * canal.step[:, None] + canal.offset[:, None]
    taken = (share > 0.0) & ~np.isin(canal.label[at], _NO_VEIN) & (now[_WATER] > _LUNG_WATER)
    held, share, now = held[taken], share[taken], now[:, taken]
    full = np.array(tissue("blood").basis)
    full[_IODINE] += vein.iodine_mg_per_ml
    return held, np.asarray(share * (full[:, None] - now), np.float32)


def _points_mm(grid: VoxelGrid, voxels: IndexArray) -> FloatArray:
    """Centres of voxels z, y, x [shape=(n, 3), x y z]."""
    return np.asarray(voxels[:, ::-1] * np.array(grid.spacing_mm) + np.array(grid.origin_mm))


def _distance_mm(points: FloatArray, line: FloatArray) -> FloatArray:
    """Distance of points to a line of straight pieces [shape=(n,)]."""
    nearest = np.full(len(points), np.inf)
    for start, end in pairwise(line):
        along = end - start
        part = np.clip((points - start) @ along / float(along @ along), 0.0, 1.0)
        nearest = np.minimum(nearest, np.linalg.norm(points - start - part[:, None] * along, axis=1))
    return nearest
