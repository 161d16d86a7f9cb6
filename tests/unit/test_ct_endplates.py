"""Endplates between points: also where marrow is darker than the discs, points are off and slices are thick."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from phantoms.from_ct.endplates import find_ends
from phantoms.morphometry import morphometry
from phantoms.phantom import VoxelGrid
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Vertebra

ENDPLATE_MM = 1.2


def column(
    first: str, last: str, *, marrow: float, disc: float, scale: float, slice_mm: float, noise: float
) -> tuple[np.ndarray, VoxelGrid, np.ndarray, list]:
    """Bodies of the table's heights times a person's scale, in muscle, and their true ends."""
    names = FIVE_LUMBAR_COLUMN[FIVE_LUMBAR_COLUMN.index(Vertebra(first)) : FIVE_LUMBAR_COLUMN.index(Vertebra(last)) + 1]
    rows = [morphometry()[name] for name in names]
    fine = 0.25
    profile, ends = [np.full(round(15.0 / fine), disc)], []
    at = 15.0
    for row in reversed(rows):  # from the feet up
        height, gap = scale * row.anterior.body_height_post_mm, scale * row.anterior.disc_below_height_mm
        profile.append(np.full(round(gap / fine), disc))
        at += round(gap / fine) * fine
        body = np.full(round(height / fine), marrow)
        edge = round(ENDPLATE_MM / fine)
        body[:edge] = body[-edge:] = 420.0
        profile.append(body)
        ends.append((at, at + len(body) * fine))
        at += len(body) * fine
    profile.append(np.full(round(25.0 / fine), disc))
    line = np.concatenate(profile)
    size = round(slice_mm / fine)
    planes = line[: len(line) // size * size].reshape(-1, size).mean(axis=1)
    y, x = np.mgrid[-30:31, -40:41]
    inside = (x / 20.0) ** 2 + (y / 15.0) ** 2 < 1.0
    hu = np.where(inside[None], planes[:, None, None], 50.0)
    hu = ndimage.gaussian_filter(hu, [0.0, 0.7, 0.7]) + np.random.default_rng(1).normal(0.0, noise, hu.shape)
    grid = VoxelGrid(
        origin_mm=PatientPoint(-40.0, -30.0, 0.5 * slice_mm), spacing_mm=(1.0, 1.0, slice_mm), shape=hu.shape
    )
    return hu.astype(np.int16), grid, np.array(ends[::-1]), rows


@pytest.mark.parametrize(("first", "last"), [("T4", "T10"), ("T10", "L4")])
@pytest.mark.parametrize(("marrow", "disc"), [(180.0, 90.0), (60.0, 95.0)])
@pytest.mark.parametrize("scale", [0.88, 1.12])
@pytest.mark.parametrize("slice_mm", [1.0, 2.5])
@pytest.mark.parametrize("off_mm", [0.0, 3.0])
def test_ends_of_bodies(
    first: str, last: str, marrow: float, disc: float, scale: float, slice_mm: float, off_mm: float
) -> None:
    hu, grid, true, rows = column(first, last, marrow=marrow, disc=disc, scale=scale, slice_mm=slice_mm, noise=25.0)
    middles = true.mean(axis=1)
    off = off_mm * np.where(np.arange(len(middles)) % 2, 1.0, -1.0)
    points = np.column_stack([np.zeros_like(middles), np.zeros_like(middles), middles + off])
    apart = np.abs(find_ends(hu, grid, points, rows) - true)
    assert np.median(apart) < 0.5 + 0.5 * slice_mm
    between = np.concatenate([apart[1:, 1], apart[:-1, 0]])  # ends that have a disc and a body beyond them
    assert between.max() < 1.0 + slice_mm
    assert apart.max() < 3.0
