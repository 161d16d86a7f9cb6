"""Blood about a ventral tear: which part of the zone counts, and what the membrane beside the pool parts."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from phantoms.phantom import Label, Leak, VoxelGrid, ZoneLabel
from simulator.patch.cell_gathering import _crosses_membrane, _cut_into_blocks, _parted_by_membrane
from simulator.patch.leak_coverage import leak_zone, zone_about
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace

GRID = VoxelGrid(origin_mm=PatientPoint(-15.0, -15.0, -12.0), spacing_mm=(0.5, 0.5, 1.0), shape=(24, 60, 60))


def zone_at(points: np.ndarray) -> np.ndarray:
    """A canal of 20 mm: before, behind and beside by the quarters, foramina beyond it."""
    x, y = points[:, 0], points[:, 1]
    zone = np.where(np.abs(y) > np.abs(x), np.where(y < 0.0, ZoneLabel.VENTRAL, ZoneLabel.DORSAL), ZoneLabel.LATERAL)
    return np.where(np.abs(x) > 10.0, ZoneLabel.FORAMINAL, zone).astype(np.uint8)


def patient(pattern: LeakPattern) -> Any:
    """Fat everywhere but for a sac of 5 mm, with a hole in its front."""
    _, y, x = np.indices(GRID.shape)
    away = np.hypot(x * 0.5 - 15.0, y * 0.5 - 15.0)
    label = np.where(away < 5.0, Label.DURA, Label.EPIDURAL_FAT).astype(np.uint8)
    leak = Leak(pattern=pattern, level=Interspace.L2_3, side=Laterality.LEFT, hole_mm=PatientPoint(0.0, -5.0, 0.0))
    canal = SimpleNamespace(grid=GRID, label=label)
    return SimpleNamespace(canal=canal, leak=leak, anatomy=SimpleNamespace(zone=zone_at))


def test_of_a_hole_in_front_only_what_lies_before_the_sac_counts() -> None:
    torn, ring = patient(LeakPattern.VENTRAL_TEAR), patient(LeakPattern.CIRCUMFERENTIAL)
    whole, part = leak_zone(ring), leak_zone(torn)
    assert whole is not None
    assert part is not None
    np.testing.assert_array_equal(whole.voxels, zone_about(ring, ring.leak.hole_mm).voxels)
    assert set(part.voxels) < set(whole.voxels)
    z, y, x = np.unravel_index(part.voxels, GRID.shape)
    points = np.column_stack([x, y, z]) * np.array(GRID.spacing_mm) + np.array(GRID.origin_mm)
    assert np.all(points[:, 1] < -np.abs(points[:, 0]))
    assert 0.3 * len(whole.voxels) < len(part.voxels) < 0.8 * len(whole.voxels)


def test_the_membrane_parts_before_from_beside_and_leaves_the_foramina_open() -> None:
    torn = patient(LeakPattern.VENTRAL_TEAR)
    blocks = _cut_into_blocks(torn.canal)
    before, beside = _parted_by_membrane(torn, blocks)
    middle = (blocks.index[:, 1:] + 0.5) * blocks.size_mm[1:] - 15.0  # y, x of each cell
    assert np.all(before * beside == 0.0)
    inner = np.abs(middle[:, 1]) < 9.0
    assert np.all(middle[before > 0.0, 0] < 0.0)
    assert np.all(before[(middle[:, 0] < -np.abs(middle[:, 1]) - 2.0) & inner] == 1.0)
    assert np.all(beside[(middle[:, 0] > 2.0) & inner] == 1.0)
    foraminal = np.abs(middle[:, 1]) > 11.0
    assert np.all(before[foraminal] + beside[foraminal] == 0.0)
    cells = {"before_sac": before, "beside_sac": beside}
    one, other, foramen = (int(np.flatnonzero(kind)[0]) for kind in (before > 0, beside > 0, foraminal))
    pairs = np.array([[one, one, foramen, foramen, one], [other, foramen, other, one, one], [1] * 5, [1] * 5], float)
    assert _crosses_membrane(cells, pairs).tolist() == [True, False, False, False, False]


@pytest.mark.parametrize("pattern", [one for one in LeakPattern if one is not LeakPattern.VENTRAL_TEAR])
def test_nobody_else_has_a_membrane(pattern: LeakPattern) -> None:
    other = patient(pattern)
    if pattern is LeakPattern.NONE:
        other.leak = replace(other.leak, hole_mm=None, level=None)
    parts = _parted_by_membrane(other, _cut_into_blocks(other.canal))
    assert all(not part.any() for part in parts)
