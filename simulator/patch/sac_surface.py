"""Sac surface: how the dura moves where blood presses on it.

Each cell of the epidural space says by how much it dents the sac. The dura is a sheet, so the depth is smoothed along
it; the volume that was pressed out of the sac stays what it was. What lies before the moved surface, roots included, is
pushed aside, and what flowed takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.phantom import BasisVolume, Label, Phantom
from simulator.patch.epidural_space import SacSurface
from simulator.spatial.arrays import FloatArray, IndexArray

SHEET_MM = 3.0  # standard deviation over which the dura bends (assumption: it is stiff across, and loose along)
NEIGHBOURS = 12  # cells about each place of the surface
EDGE_MM = 0.5  # over which a voxel at the moved surface is filled in part: the width of a voxel
STEPS = 30  # of the bisection that keeps the volume
DEEPEST_FACTOR = 8.0  # of the smooth depth, from which on the bisection looks down
WORTH_LEAVING_OUT = 0.8  # a copy of the voxels pays where it leaves out a fifth of them
PUSHED_ASIDE = (Label.DURA, Label.CEREBROSPINAL_FLUID, Label.NERVE_ROOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dent:
    """What the moved surface leaves to the epidural space.

    Attributes:
        filled: [shape=(n,), float64] fraction of each of the surface's voxels, 0..1
        weight: [shape=(n, k), float64] of the cells about each, whose streams fill it; they sum up to one where filled
    """

    filled: FloatArray
    weight: FloatArray


def sac_surface(phantom: Phantom, border: IndexArray, cell_of_border: IndexArray, reach_mm: float) -> SacSurface:
    """The sac's surface and what lies before it.

    Args:
        phantom: a patient
        border: [shape=(m, 3), int64] z y x of the epidural voxels that touch the sac
        cell_of_border: [shape=(m,), int64] cell of each
        reach_mm: the deepest dent
    """
    from scipy.spatial import cKDTree  # 0.4 s that the first picture does not wait for

    canal = phantom.canal
    spacing = np.array(canal.grid.spacing_mm)[::-1]
    voxels, place = _inside(phantom, canal, border, reach_mm)
    if not len(voxels):
        return nothing_to_dent()
    away, nearest = cKDTree(border * spacing).query(place * spacing, distance_upper_bound=reach_mm, workers=-1)
    near = np.isfinite(away)
    voxels, away, nearest = voxels[near], away[near], nearest[near]
    cells, number = np.unique(cell_of_border, return_inverse=True)
    count = np.bincount(number)
    middle = np.column_stack([np.bincount(number, border[:, k] * spacing[k]) for k in range(3)]) / count[:, None]
    k = min(NEIGHBOURS, len(cells))
    distance, index = cKDTree(middle).query(border[nearest] * spacing, k=k, workers=-1)
    distance, index = distance.reshape(len(voxels), k), index.reshape(len(voxels), k)
    weight = np.exp(-0.5 * (distance / SHEET_MM) ** 2)
    order = np.argsort(voxels, kind="stable")
    return SacSurface(
        voxels=voxels[order],
        away_mm=away[order],
        cell=cells[index[order]],
        weight=weight[order],
        nearest_cell=cell_of_border[nearest[order]],
    )


def nothing_to_dent() -> SacSurface:
    """A surface without any voxels."""
    none = np.zeros(0, np.int64)
    return SacSurface(
        voxels=none,
        away_mm=np.zeros(0),
        cell=np.zeros((0, 1), np.int64),
        weight=np.zeros((0, 1)),
        nearest_cell=none,
    )


def dent_sac(surface: SacSurface, dented_ml: FloatArray, voxel_ml: float) -> Dent:
    """Move the surface so far that it gives up what the cells have pressed out of the sac.

    Args:
        surface: at rest
        dented_ml: [shape=(cells,), float64] that each cell has pressed out
        voxel_ml: volume of a voxel
    """
    depth_mm = _depth_mm(surface, dented_ml, voxel_ml)
    smooth_mm = (surface.weight * depth_mm[surface.cell]).sum(axis=1) / np.maximum(surface.total_weight, 1e-12)
    factor = _keep_volume(smooth_mm, surface.away_mm, float(dented_ml.sum()), voxel_ml)
    filled = _filled(smooth_mm, surface.away_mm, factor)
    wet = np.flatnonzero(filled)
    share = surface.weight[wet] * dented_ml[surface.cell[wet]]
    weight = np.zeros_like(surface.weight)
    weight[wet] = share / np.maximum(share.sum(axis=1), 1e-12)[:, None]
    return Dent(filled=filled, weight=weight)


def _keep_volume(smooth_mm: FloatArray, away_mm: FloatArray, wanted_ml: float, voxel_ml: float) -> float:
    """The factor of the smooth depth at which the moved surface has given up a volume, by bisection.

    Voxels that no factor still in question reaches, and those that each of them fills, are counted once and left out.
    """
    low, high, whole = 0.0, DEEPEST_FACTOR, 0.0
    for _ in range(STEPS):
        in_part = high * smooth_mm > away_mm - EDGE_MM
        if np.count_nonzero(in_part) < WORTH_LEAVING_OUT * len(in_part):
            smooth_mm, away_mm = smooth_mm[in_part], away_mm[in_part]
        full = low * smooth_mm > away_mm + EDGE_MM
        if np.count_nonzero(full) > (1.0 - WORTH_LEAVING_OUT) * len(full):
            whole += float(np.count_nonzero(full))
            smooth_mm, away_mm = smooth_mm[~full], away_mm[~full]
        factor = 0.5 * (low + high)
        if (whole + float(_filled(smooth_mm, away_mm, factor).sum())) * voxel_ml < wanted_ml:
            low = factor
        else:
            high = factor
    return 0.5 * (low + high)


def _filled(smooth_mm: FloatArray, away_mm: FloatArray, factor: float) -> FloatArray:
    """Fraction of each voxel that lies behind the surface, moved by a factor of the smooth depth."""
    moved = factor * smooth_mm
    return np.asarray(np.where(moved > 0.0, np.clip((moved - away_mm) / EDGE_MM + 0.5, 0.0, 1.0), 0.0))


def _depth_mm(surface: SacSurface, dented_ml: FloatArray, voxel_ml: float) -> FloatArray:
    """How deep each cell alone would press, were the voxels nearest to it filled one by one [shape=(cells,)]."""
    order = surface.by_cell
    cell = surface.nearest_cell[order]
    first = np.searchsorted(cell, np.arange(len(dented_ml)))
    rank = np.arange(len(cell)) - first[cell]
    wet = np.bincount(cell[rank * voxel_ml < dented_ml[cell]], minlength=len(dented_ml))
    depth = np.zeros(len(dented_ml))
    some = np.flatnonzero(wet)
    depth[some] = surface.away_mm[order[first[some] + wet[some] - 1]]
    return depth


def _inside(phantom: Phantom, canal: BasisVolume, border: IndexArray, reach_mm: float) -> tuple[IndexArray, IndexArray]:
    """Voxels of the sac within reach of its border: flat indices, and z y x of each; roots outside it are left out."""
    none = np.zeros(0, np.int64)
    if not len(border):
        return none, np.zeros((0, 3), np.int64)
    margin = np.ceil(reach_mm / np.array(canal.grid.spacing_mm)[::-1]).astype(np.int64)
    low = np.maximum(border.min(axis=0) - margin, 0)
    high = np.minimum(border.max(axis=0) + margin + 1, canal.label.shape)
    window = canal.label[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    place = np.argwhere(np.isin(window, PUSHED_ASIDE)) + low
    label = canal.label[tuple(place.T)]
    roots = np.flatnonzero(label == Label.NERVE_ROOT)
    points = np.array(canal.grid.origin_mm) + place[roots][:, ::-1] * np.array(canal.grid.spacing_mm)
    outside = roots[phantom.anatomy.dura_mm(points) > 0.0] if len(roots) else roots
    kept = np.ones(len(place), bool)
    kept[outside] = False
    place = place[kept]
    return np.ravel_multi_index(tuple(place.T), canal.label.shape).astype(np.int64), place
