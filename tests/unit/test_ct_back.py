"""A back that a table pressed flat: rounded as its flanks suggest, bones unmoved, and nothing done to a round one."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from phantoms.from_ct.pressed_back import BackMoved, rounded_back

WIDTH, ROWS, PLANES = 350, 240, 24
X = np.arange(WIDTH) - 0.5 * (WIDTH - 1)
MIDDLE = 120.0  # row of the trunk's middle
HALF_WIDTH, HALF_DEPTH = 160.0, 105.0
BONES = (
    (0.0, 76.0, 3.0, 14.0),
    (0.0, 40.0, 24.0, 18.0),
    (-95.0, 66.0, 7.0, 5.0),
    (95.0, 66.0, 7.0, 5.0),
)  # x, y, radii


def round_skin(power: float = 2.2) -> np.ndarray:
    """Depth of the skin of the back behind the trunk's middle, a superellipse [shape=(x,)]; nan beside the trunk."""
    inside = np.abs(X) < HALF_WIDTH
    return np.where(
        inside, HALF_DEPTH * (1.0 - np.minimum(np.abs(X) / HALF_WIDTH, 1.0) ** power) ** (1.0 / power), np.nan
    )


def pressed(skin: np.ndarray, table_mm: float) -> np.ndarray:
    """The same skin on a flat table: what lay behind it goes to the flanks, as much as is pressed away."""
    flat = np.minimum(skin, table_mm)
    flank = np.clip((np.abs(X) - 80.0) / 20.0, 0.0, 1.0) * np.clip((155.0 - np.abs(X)) / 20.0, 0.0, 1.0)
    return np.minimum(flat + np.nansum(skin - flat) / flank.sum() * flank, table_mm)


def trunk(skin: np.ndarray) -> np.ndarray:
    """HU of a trunk with fat under its skin, muscle, ribs and a vertebra [shape=(z, y, x), int16]."""
    y = np.arange(ROWS)[:, None] - MIDDLE
    under = np.where(np.isfinite(skin), skin, -999.0) - y
    front = HALF_DEPTH * np.sqrt(np.clip(1.0 - (X / HALF_WIDTH) ** 2, 0.0, 1.0))
    plane = np.where((under > 0.0) & (y > -front), -100.0, -1000.0)
    plane[(under > 14.0) & (y > -front + 14.0)] = 55.0
    for x0, y0, half_x, half_y in BONES:
        plane[((X - x0) / half_x) ** 2 + ((y - y0) / half_y) ** 2 < 1.0] = 400.0
    plane = 0.25 * (np.roll(plane, 1, 0) + 2.0 * plane + np.roll(plane, -1, 0))
    return np.repeat(np.rint(plane)[None].astype(np.int16), PLANES, axis=0)


def skin_of(hu: np.ndarray) -> np.ndarray:
    inside = hu[PLANES // 2] > -400
    last = hu.shape[1] - 1 - inside[::-1].argmax(axis=0)
    return np.where(inside.any(axis=0), last - MIDDLE, np.nan)


@cache
def flattened() -> tuple[np.ndarray, np.ndarray, BackMoved]:
    flat = trunk(pressed(round_skin(), 98.0))
    return flat, *rounded_back(flat)


def test_a_pressed_back_comes_nearer_to_what_it_was() -> None:
    flat, back, moved = flattened()
    true, middle = round_skin(), np.abs(X) < 60.0
    before, after = (np.abs(skin_of(hu) - true)[middle].mean() for hu in (flat, back))
    assert before > 3.0
    assert after < 0.5 * before
    assert np.nanmax(skin_of(back)) < true[middle].max() + 2.0  # and no hump
    assert 4.0 < moved.out_mm < 12.0
    assert moved.median_mm == pytest.approx(moved.out_mm, abs=1.0)  # all planes are alike


def test_bones_stay_and_the_flanks_give_what_the_middle_gains() -> None:
    flat, back, moved = flattened()
    rows = flat.shape[1]
    assert np.array_equal(back[:, :rows] > 250, flat > 250)
    assert not (back[:, rows:] > 250).any()
    for low, high in ((-400, 9999), (-150, -50)):  # the body, and its fat
        volume = [np.count_nonzero((hu > low) & (hu < high)) for hu in (flat, back)]
        assert volume[1] == pytest.approx(volume[0], rel=0.03)
    assert 0.5 < moved.in_mm <= 5.0
    before = (slice(None), slice(0, int(MIDDLE)), np.abs(X) < 80.0)
    assert np.array_equal(back[before], flat[before])  # nothing in front of the spine


def test_thin_skin_over_a_spinous_process_stays_thin() -> None:
    """The furrow of the midline: over bone there is little to stretch."""
    _, back, _ = flattened()
    over = skin_of(back)[WIDTH // 2] - (BONES[0][1] + BONES[0][3])
    before = 98.0 - (BONES[0][1] + BONES[0][3])
    assert over < 1.4 * max(before, 1.0) + 1.0


@pytest.mark.parametrize("power", [2.0, 2.2])
def test_a_round_back_is_left_as_it_is(power: float) -> None:
    hu = trunk(round_skin(power))
    back, moved = rounded_back(hu)
    assert back is hu
    assert moved == BackMoved(out_mm=0.0, in_mm=0.0, median_mm=0.0)


def test_a_furrow_between_the_muscles_is_no_dent() -> None:
    skin = round_skin() - 9.0 * np.exp(-((X / 9.0) ** 2))
    back, moved = rounded_back(trunk(skin))
    assert moved.out_mm == 0.0
    assert skin_of(back)[WIDTH // 2] == pytest.approx(skin[WIDTH // 2], abs=1.0)


def test_what_is_done_is_bounded() -> None:
    back, moved = rounded_back(trunk(pressed(round_skin(), 70.0)))
    assert moved.out_mm <= 12.0
    assert moved.in_mm <= 5.0
    assert back.shape[1] <= ROWS + 12


def test_a_trunk_that_the_image_cuts_is_left_alone() -> None:
    flat = np.ascontiguousarray(flattened()[0][:, :, 60:-60])
    assert rounded_back(flat)[0] is flat
