"""Operators find the leak in the pixels of a myelogram: rings, fluid along a root, and nothing where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.operators.perception.curved_reformat import CurvedReformat, reformat_along_sac
from simulator.operators.perception.leak_detection import (
    detect_circumferential_leak,
    detect_root_leak,
    middle_of_best,
)
from simulator.operators.perception.ventral_leak_detection import detect_ventral_leak
from simulator.vocabulary.levels import Region

PIXEL_MM, SLICE_MM, LEVEL_MM = 0.6, 3.0, 36.0
TABLE_MM = 600.0 - SLICE_MM * np.arange(44)


def drawn(
    *, ring_at: float | None = None, behind_at: float | None = None, left_at: float | None = None, cord: bool = False
) -> list[np.ndarray]:
    """Slices of a plain spine: a round sac, laminae and pedicles that come and go, and fluid where asked."""
    rng = np.random.default_rng(2)
    rows, columns = np.indices((128, 128))
    images = []
    for z in TABLE_MM:
        back, across = (64.0 + 0.1 * (z - 530.0) - rows) * PIXEL_MM, (columns - 64.0) * PIXEL_MM  # the canal climbs
        away = np.hypot(back, across)
        image = np.full(away.shape, -60.0)
        phase = (z % LEVEL_MM) / LEVEL_MM
        if phase < 0.6:  # laminae
            image[(back > 13.0) & (back < 18.0) & (np.abs(across) < 16.0)] = 900.0
        if phase < 0.35:  # pedicles
            image[(np.abs(across) > 13.0) & (np.abs(across) < 21.0) & (np.abs(back) < 8.0)] = 900.0
        for at, where in (
            (ring_at, away < 12.0),
            (behind_at, (away < 12.0) & (back > np.abs(across))),
            (left_at, (across < -10.0) & (across > -20.0) & (back < 2.0) & (back > -6.0)),
        ):
            if at is not None and abs(z - at) < (9.0 if at is left_at else 22.0):
                image[where] = 450.0 * np.exp(-abs(z - at) / 70.0)
        image[away < 8.0] = 900.0
        if cord:
            image[np.hypot(back / 0.6, across) < 5.0] = 40.0
        images.append((image + rng.normal(0.0, 15.0, image.shape)).astype(np.float32))
    return images


def read(images: list[np.ndarray], step: int = 1) -> CurvedReformat:
    scan = reformat_along_sac(images[::step], TABLE_MM[::step], PIXEL_MM)
    assert scan is not None
    return scan


@pytest.mark.parametrize("cord", [False, True])
def test_the_sac_is_followed_with_and_without_a_cord(cord: bool) -> None:
    scan = read(drawn(cord=cord))
    back, across = np.meshgrid(scan.back_mm, scan.across_mm, indexing="ij")
    bright = (scan.hu > 500.0) & (np.hypot(back, across) < 11.0)
    for here in bright:  # from the head to the feet the canal climbs by 13 mm
        assert abs(across[here].mean()) < 1.0
        assert abs(back[here].mean()) < 3.5


@pytest.mark.parametrize("cord", [False, True])
def test_a_ring_is_found_where_it_is_brightest_even_on_every_third_slice(cord: bool) -> None:
    images = drawn(ring_at=530.0, cord=cord)
    for step in (1, 3):
        seen = detect_circumferential_leak(read(images, step), LEVEL_MM)
        assert seen is not None
        assert seen.side == "both"
        assert seen.table_mm == pytest.approx(530.0, abs=14.0)
        low_mm, high_mm = seen.alike_mm
        assert low_mm <= seen.table_mm <= high_mm
        # A level further the letter is no longer believed
        assert 530.0 - LEVEL_MM < low_mm < high_mm < 530.0 + LEVEL_MM


@pytest.mark.parametrize(
    ("profile", "middle_mm"),
    [
        ([0.1, 0.5, 0.1, 0.0], 591.0),
        ([0.1, 0.5, 0.49, 0.0], 586.5),  # half way between two that are alike, not the one nearer to the head
        ([0.0, 0.1, 0.49, 0.5], 577.5),
        ([0.5, 0.5, 0.5, 0.1], 591.0),
        ([0.5, 0.1, 0.5, 0.5], 600.0),  # what the highest is joined to counts alone
    ],
)
def test_the_best_place_is_the_middle_of_those_that_are_as_good(profile: list[float], middle_mm: float) -> None:
    places_mm = 600.0 - 9.0 * np.arange(4)
    assert middle_of_best(np.array(profile), places_mm) == pytest.approx(middle_mm)


@pytest.mark.parametrize("spine", [{}, {"behind_at": 530.0}, {"left_at": 530.0}])
def test_what_is_no_ring_is_not_called_one(spine: dict[str, float]) -> None:
    images = drawn(**spine)
    for step in (1, 3):
        assert detect_circumferential_leak(read(images, step), LEVEL_MM) is None


def test_fluid_along_a_root_is_found_on_its_side() -> None:
    seen = detect_root_leak(read(drawn(left_at=545.0)))
    assert seen is not None
    assert seen.side == "left"
    assert seen.table_mm == pytest.approx(545.0, abs=8.0)
    mirrored = [image[:, ::-1] for image in drawn(left_at=545.0)]
    other = detect_root_leak(read(mirrored))
    assert other is not None
    assert other.side == "right"


@pytest.mark.parametrize("spine", [{}, {"ring_at": 530.0}, {"behind_at": 530.0}])
def test_what_is_alike_on_both_sides_runs_along_no_root(spine: dict[str, float]) -> None:
    assert detect_root_leak(read(drawn(**spine))) is None


def test_no_sac_no_leak() -> None:
    assert reformat_along_sac([np.full((128, 128), -60.0, np.float32)] * 44, TABLE_MM, PIXEL_MM) is None


def drawn_from_the_front(*, pool_at: float | None, pool_hu: float = 700.0, roots: bool = False) -> list[np.ndarray]:
    """The same spine with a body or a disc before the sac; a pool between them and roots in the sac where asked."""
    rng = np.random.default_rng(4)
    rows, columns = np.indices((128, 128))
    images = []
    for z, image in zip(TABLE_MM, drawn(), strict=True):
        before, across = (rows - 64.0 - 0.1 * (z - 530.0)) * PIXEL_MM, (columns - 64.0) * PIXEL_MM
        front = (before > 9.0) & (before < 30.0) & (np.abs(across) < 20.0) & (np.hypot(before, across) > 8.5)
        disc = (z % LEVEL_MM) / LEVEL_MM > 0.65
        image = np.where(front, 90.0 if disc else np.where(before < 11.0, 800.0, 220.0), image)
        if pool_at is not None:
            pool = (before > 2.0) & (before < 13.0) & (np.abs(across) < 8.0) & (np.hypot(before, across) >= 8.0)
            image = np.where(pool, pool_hu * np.exp(-abs(z - pool_at) / 72.0), image)
        if roots:
            layer = (np.hypot(before, across) < 8.0) & (np.hypot(before + 4.5, across) >= 8.0)
            image = np.where(layer, 660.0, image)
        images.append((image + rng.normal(0.0, 10.0, image.shape)).astype(np.float32))
    return images


def test_fluid_before_the_sac_is_found_where_it_is_brightest_and_is_no_ring() -> None:
    scan = read(drawn_from_the_front(pool_at=531.0))
    seen = detect_ventral_leak(scan, LEVEL_MM, Region.THORACIC)
    assert seen is not None
    assert seen.before_sac
    assert seen.side == "both"
    assert seen.table_mm == pytest.approx(531.0, abs=14.0)
    assert detect_circumferential_leak(scan, LEVEL_MM) is None
    assert detect_root_leak(scan) is None


def test_bone_and_disc_before_the_sac_are_no_fluid() -> None:
    for region in (Region.CERVICAL, Region.LUMBAR):
        assert detect_ventral_leak(read(drawn_from_the_front(pool_at=None)), LEVEL_MM, region) is None


def test_roots_that_rest_on_the_front_of_a_lumbar_sac_are_no_pool_and_hide_none() -> None:
    alone = read(drawn_from_the_front(pool_at=None, roots=True))
    assert detect_ventral_leak(alone, LEVEL_MM, Region.THORACIC) is not None  # where no roots can lie
    assert detect_ventral_leak(alone, LEVEL_MM, Region.LUMBAR) is None
    seen = detect_ventral_leak(
        read(drawn_from_the_front(pool_at=531.0, pool_hu=580.0, roots=True)), LEVEL_MM, Region.LUMBAR
    )
    assert seen is not None
    assert seen.table_mm == pytest.approx(531.0, abs=14.0)


@pytest.mark.parametrize("spine", [{}, {"behind_at": 530.0}, {"left_at": 530.0}])
def test_fluid_elsewhere_is_not_before_the_sac(spine: dict[str, float]) -> None:
    assert detect_ventral_leak(read(drawn(**spine)), LEVEL_MM, Region.LUMBAR) is None
