"""Voxels by tables and boxes: the same, in the same order, as by searching all of the canal."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from phantoms.phantom import Label, VoxelGrid
from simulator.patch.injectate import Injectate
from simulator.patch.injected_voxels import nothing_injected
from simulator.patch.leak_coverage import LEAK_ZONE_RADIUS_MM, TOUCHING_FRACTION, covered_fraction, zone_about
from simulator.patch.voxel_filling import fill_voxels
from simulator.spatial.frames import PatientPoint

GRID = VoxelGrid(origin_mm=PatientPoint(-15.25, -20.0, -30.0), spacing_mm=(0.5, 0.5, 1.0), shape=(60, 80, 61))
SPACE = (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION)


def patient() -> Any:
    """Labels by chance: a phantom is asked for its canal alone."""
    label = np.random.default_rng(1).integers(0, 30, GRID.shape).astype(np.uint8)
    return SimpleNamespace(canal=SimpleNamespace(grid=GRID, label=label))


@pytest.mark.parametrize(
    "hole",
    [
        (0.0, 0.0, 0.0),
        (-15.0, -19.8, -29.9),
        (15.2, 19.4, 29.4),
        (0.37, -7.1, 11.93),
        (40.0, 0.0, 0.0),
        (-15.25, 0, 60),
    ],
)
def test_the_box_holds_all_of_the_zone(hole: tuple[float, float, float]) -> None:
    phantom, hole_mm = patient(), PatientPoint(*hole)
    candidates = np.flatnonzero(np.isin(phantom.canal.label.reshape(-1), SPACE))
    z, y, x = np.unravel_index(candidates, GRID.shape)
    points = np.column_stack([x, y, z]) * np.array(GRID.spacing_mm) + np.array(GRID.origin_mm)
    slow = candidates[np.linalg.norm(points - np.array(hole_mm), axis=1) < LEAK_ZONE_RADIUS_MM]
    zone = zone_about(phantom, hole_mm)
    np.testing.assert_array_equal(zone.voxels, slow)
    assert zone.voxels.dtype == slow.dtype
    assert zone.hole_z_mm == hole_mm.z_mm


@pytest.mark.parametrize("count", [0, 1, 40, 20_000])
def test_cover_counts_the_voxels_of_the_zone_that_blood_fills(count: int) -> None:
    rng = np.random.default_rng(count)
    zone = zone_about(patient(), PatientPoint(1.0, 2.0, 3.0))
    voxels = np.sort(rng.choice(int(np.prod(GRID.shape)), count, replace=False)).astype(np.int64)
    blood = rng.random(count).astype(np.float32) * np.float32(0.2)
    injected = replace(nothing_injected(), voxels=voxels, blood=blood)
    slow = float(np.isin(zone.voxels, voxels[blood >= TOUCHING_FRACTION]).mean())
    assert covered_fraction(zone, injected) == slow
    assert count < 20_000 or slow > 0.02


def test_what_fills_voxels_in_any_order_is_what_a_search_gives() -> None:
    """A second portion meets voxels that the first has filled in part."""
    rng = np.random.default_rng(7)
    volume: Any = SimpleNamespace(
        grid=GRID,
        counts=rng.integers(0, 1000, (3, *GRID.shape)).astype(np.uint16),
        offset=np.zeros(3),
        step=np.full(3, 1e-3),
    )
    order = rng.permutation(int(np.prod(GRID.shape)))[:5000].astype(np.int64)
    blood = Injectate(blood_ml=0.1, contrast_ml=0.0)
    first, spare = fill_voxels(nothing_injected(), volume, order, lambda v: np.full(len(v), 0.3), blood)
    both, _ = fill_voxels(first, volume, order[100:], lambda v: np.full(len(v), 0.7), blood)
    assert spare == 0.0
    known = dict(zip(first.voxels.tolist(), first.fraction.tolist(), strict=True))
    grown = dict(zip(both.voxels.tolist(), both.fraction.tolist(), strict=True))
    assert list(grown) == sorted({*known, *grown})
    assert [grown[v] for v in order[:100].tolist()] == [known[v] for v in order[:100].tolist()]
    more = [grown[v] - known.get(v, 0.0) for v in order[100:].tolist() if v in grown]
    assert min(more) > -1e-7
    assert sum(grown.values()) == pytest.approx(sum(known.values()) + 0.1 / (0.25 * 1e-3), rel=1e-5)
