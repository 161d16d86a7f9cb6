"""Leak coverage: how much of the leak's surroundings the blood has reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from phantoms.phantom import Label, Phantom, VoxelGrid, ZoneLabel
from simulator.patch.injected_voxels import Injected
from simulator.spatial.arrays import IndexArray
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import LeakPattern

LEAK_ZONE_RADIUS_MM = 12.0  # assumption: the part of the epidural space from which blood can seal the hole
TOUCHING_FRACTION = 0.1  # a voxel counts as reached when blood fills this fraction of it
_SPACE = (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakZone:
    """Voxels of the epidural space about the hole.

    Attributes:
        voxels: [shape=(n,), int64] flat indices into the canal's grid
        hole_z_mm: height of the hole
    """

    voxels: IndexArray
    hole_z_mm: float


def leak_zone(phantom: Phantom) -> LeakZone | None:
    """The leak's surroundings; None where there is no leak. Of a hole in the sac's front, what lies before the sac."""
    if phantom.leak.hole_mm is None:
        return None
    about = zone_about(phantom, phantom.leak.hole_mm)
    return _before_the_sac(phantom, about) if phantom.leak.pattern is LeakPattern.VENTRAL_TEAR else about


def zone_about(phantom: Phantom, hole_mm: PatientPoint) -> LeakZone:
    """The surroundings of a hole in the dura."""
    grid = phantom.canal.grid
    low, high = _box_about(grid, hole_mm)
    box = phantom.canal.label[low[2] : high[2], low[1] : high[1], low[0] : high[0]]
    z, y, x = (found + start for found, start in zip(np.nonzero(np.isin(box, _SPACE)), low[::-1], strict=True))
    points = np.column_stack([x, y, z]) * np.array(grid.spacing_mm) + np.array(grid.origin_mm)
    near = np.linalg.norm(points - np.array(hole_mm), axis=1) < LEAK_ZONE_RADIUS_MM
    voxels = np.ravel_multi_index((z[near], y[near], x[near]), grid.shape)
    return LeakZone(voxels=np.asarray(voxels, np.int64), hole_z_mm=hole_mm[2])


def _before_the_sac(phantom: Phantom, about: LeakZone) -> LeakZone:
    """The part of a hole's surroundings before the sac: what lies within reach to its sides touches other dura."""
    grid = phantom.canal.grid
    z, y, x = np.unravel_index(about.voxels, grid.shape)
    points = np.column_stack([x, y, z]) * np.array(grid.spacing_mm) + np.array(grid.origin_mm)
    before = phantom.anatomy.zone(points) == ZoneLabel.VENTRAL
    return LeakZone(voxels=about.voxels[before], hole_z_mm=about.hole_z_mm)


def _box_about(grid: VoxelGrid, hole_mm: PatientPoint) -> tuple[IndexArray, IndexArray]:
    """First voxels, and those after the last, x y z, of a box that holds a zone, so that little is searched."""
    centre = (np.array(hole_mm) - np.array(grid.origin_mm)) / np.array(grid.spacing_mm)
    reach = LEAK_ZONE_RADIUS_MM / np.array(grid.spacing_mm)
    most = np.array(grid.shape[::-1])
    low = np.clip(np.floor(centre - reach), 0, most).astype(np.int64)
    return low, np.clip(np.ceil(centre + reach) + 1, 0, most).astype(np.int64)


def covered_fraction(zone: LeakZone, injected: Injected) -> float:
    """Fraction of the leak zone that blood has reached, 0..1."""
    if zone.voxels.size == 0:
        return 0.0
    if injected.voxels.size == 0:
        return 0.0
    # Both ascend, so a search does: `np.isin` would hash some hundred thousand voxels after every millilitre
    at = np.minimum(np.searchsorted(injected.voxels, zone.voxels), len(injected.voxels) - 1)
    reached = (injected.voxels[at] == zone.voxels) & (injected.blood[at] >= TOUCHING_FRACTION)
    return float(reached.mean())


def least_covered(zones: Sequence[LeakZone], injected: Injected) -> float:
    """Fraction that blood has reached of the zone of which it has reached least, 0..1; 0 where there is no zone."""
    return min((covered_fraction(zone, injected) for zone in zones), default=0.0)


def span_mm(zone: LeakZone, phantom: Phantom, injected: Injected) -> tuple[float, float]:
    """How far blood in the epidural space extends above and below the hole, mm."""
    reached = injected.voxels[injected.blood >= TOUCHING_FRACTION]
    labels = phantom.canal.label.reshape(-1)[reached]
    reached = reached[np.isin(labels, _SPACE)]
    if reached.size == 0:
        return 0.0, 0.0
    grid = phantom.canal.grid
    z_mm = grid.origin_mm[2] + grid.spacing_mm[2] * (reached // (grid.shape[1] * grid.shape[2]))
    return max(float(z_mm.max()) - zone.hole_z_mm, 0.0), max(zone.hole_z_mm - float(z_mm.min()), 0.0)


def extent_mm(phantom: Phantom, injected: Injected) -> float:
    """How far blood in the epidural space extends along the spine in all, mm."""
    reached = injected.voxels[injected.blood >= TOUCHING_FRACTION]
    reached = reached[np.isin(phantom.canal.label.reshape(-1)[reached], _SPACE)]
    if reached.size == 0:
        return 0.0
    grid = phantom.canal.grid
    planes = reached // (grid.shape[1] * grid.shape[2])
    return float(planes.max() - planes.min()) * grid.spacing_mm[2]


def distance_to_leak_mm(zone: LeakZone, phantom: Phantom, injected: Injected) -> tuple[float, bool]:
    """How far along the spine the nearest blood in the epidural space lies from the hole, mm, and whether below it."""
    reached = injected.voxels[injected.blood >= TOUCHING_FRACTION]
    reached = reached[np.isin(phantom.canal.label.reshape(-1)[reached], _SPACE)]
    if reached.size == 0:
        return float("inf"), False
    grid = phantom.canal.grid
    z_mm = grid.origin_mm[2] + grid.spacing_mm[2] * (reached // (grid.shape[1] * grid.shape[2])) - zone.hole_z_mm
    if float(z_mm.min()) <= 0.0 <= float(z_mm.max()):
        return 0.0, False
    return float(np.abs(z_mm).min()), bool(z_mm.max() < 0.0)
