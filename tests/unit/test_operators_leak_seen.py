"""Operators find the leak in the pixels of a myelogram: rings, fluid along a root, and nothing where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.operators.leak_seen import find_along_roots, find_ring
from simulator.operators.preparation import interspaces_of

PIXEL_MM, SLICE_MM, LEVEL_MM = 0.6, 3.0, 36.0
TABLE_MM = 600.0 - SLICE_MM * np.arange(44)


def drawn(*, ring_at: float | None = None, behind_at: float | None = None, left_at: float | None = None) -> list:
    """Slices of a plain spine: a round sac, laminae and pedicles that come and go, and fluid where asked."""
    rng = np.random.default_rng(2)
    rows, columns = np.indices((128, 128))
    back, across = (64.0 - rows) * PIXEL_MM, (columns - 64.0) * PIXEL_MM
    away = np.hypot(back, across)
    images = []
    for z in TABLE_MM:
        image = np.full(away.shape, -60.0)
        phase = (z % LEVEL_MM) / LEVEL_MM
        if phase < 0.6:  # laminae
            image[(back > 10.0) & (back < 15.0) & (np.abs(across) < 16.0)] = 700.0
        if phase < 0.35:  # pedicles
            image[(np.abs(across) > 12.0) & (np.abs(across) < 20.0) & (np.abs(back) < 8.0)] = 500.0
        for at, where in (
            (ring_at, away < 12.0),
            (behind_at, (away < 12.0) & (back > np.abs(across))),
            (left_at, (across < -9.0) & (across > -20.0) & (back < 3.0) & (back > -8.0)),
        ):
            if at is not None and abs(z - at) < 22.0:
                image[where] = 450.0 * np.exp(-abs(z - at) / 70.0)
        image[away < 8.0] = 900.0
        images.append((image + rng.normal(0.0, 15.0, image.shape)).astype(np.float32))
    return images


def test_a_ring_is_found_where_it_is_brightest_even_on_every_third_slice() -> None:
    images = drawn(ring_at=530.0)
    for step in (1, 3):
        seen = find_ring(images[::step], TABLE_MM[::step], PIXEL_MM, LEVEL_MM)
        assert seen is not None
        assert seen.side == "both"
        assert seen.table_mm == pytest.approx(530.0, abs=14.0)


@pytest.mark.parametrize("spine", [{}, {"behind_at": 530.0}, {"left_at": 530.0}])
def test_what_is_no_ring_is_not_called_one(spine: dict[str, float]) -> None:
    images = drawn(**spine)
    for step in (1, 3):
        assert find_ring(images[::step], TABLE_MM[::step], PIXEL_MM, LEVEL_MM) is None


def test_fluid_along_a_root_is_found_on_its_side() -> None:
    seen = find_along_roots(drawn(left_at=530.0), TABLE_MM, PIXEL_MM, LEVEL_MM)
    assert seen is not None
    assert seen.side == "left"
    assert seen.table_mm == pytest.approx(530.0, abs=14.0)
    assert find_along_roots(drawn(), TABLE_MM, PIXEL_MM, LEVEL_MM) is None
    mirrored = [image[:, ::-1] for image in drawn(left_at=530.0)]
    other = find_along_roots(mirrored, TABLE_MM, PIXEL_MM, LEVEL_MM)
    assert other is not None
    assert other.side == "right"


def test_no_sac_no_leak() -> None:
    dark = [np.full((128, 128), -60.0, np.float32)] * 44
    assert find_ring(dark, TABLE_MM, PIXEL_MM, LEVEL_MM) is None
    assert find_along_roots(dark, TABLE_MM, PIXEL_MM, LEVEL_MM) is None


def test_interspaces_are_named_as_people_name_them() -> None:
    assert interspaces_of(("C7", "T1", "T2", "L5", "S1")) == ["C7/T1", "T1/2", "T2/L5", "L5/S1"]
