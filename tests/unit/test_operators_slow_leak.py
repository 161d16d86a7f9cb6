"""Operators find a faint blush in one root's axilla in pixels, and say nothing where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from simulator.operators.perception.curved_reformat import GRID_MM, CurvedReformat
from simulator.operators.perception.slow_leak_detection import detect_slow_leak
from simulator.vocabulary.anatomy import Side

SLICE_MM, LEVEL_MM = 1.5, 30.0
TABLE_MM = 600.0 - SLICE_MM * np.arange(70.0)
BACK_MM = np.arange(-10.8, 15.1, GRID_MM)
ACROSS_MM = GRID_MM * np.arange(-45.0, 46.0)
LEAVES_MM = (590.0, 560.0, 530.0)  # heights at which the roots leave the sac
FAT_HU, SAC_HU, SLEEVE_HU, BONE_HU = -95.0, 850.0, 130.0, 1000.0
BLUR_MM = 0.55


def drawn(
    *, blushes: tuple[tuple[Side, float], ...] = (), thickness_mm: float = 3.0, hu: float = 170.0, gap_mm: float = 6.0
) -> CurvedReformat:
    """A sac, pedicles that come and go, nearer on the right, and three roots on each side, with blushes where asked."""
    rng = np.random.default_rng(3)
    z, back, across = np.meshgrid(TABLE_MM, BACK_MM, ACROSS_MM, indexing="ij")
    image = np.full(z.shape, FAT_HU)
    for side, aside in ((Side.LEFT, -across), (Side.RIGHT, across)):
        for leaves in LEAVES_MM:
            below = leaves - z
            wall = 8.0 + gap_mm - (1.0 if side == Side.RIGHT else 0.0) + np.maximum(below, 0.0)
            image[(below > -8.0) & (below < 4.0) & (aside > wall) & (back > -6.0)] = BONE_HU
            root = np.hypot(back + 3.0, (aside - 8.5 - 0.8 * below) / 1.2) < 2.4
            image[root & (below > -4.0) & (below < 18.0)] = SLEEVE_HU
            if (side, leaves) in blushes:
                away = np.hypot(np.hypot(aside - 9.8, back + 1.0), below - 4.5)
                image[(away < 0.5 * thickness_mm + 0.4) & (image < hu)] = hu
    image[np.hypot(back, across) < 8.0] = SAC_HU
    image = ndimage.gaussian_filter(image, (0.3, BLUR_MM / GRID_MM, BLUR_MM / GRID_MM))
    noise = ndimage.gaussian_filter(rng.normal(0.0, 1.0, image.shape), (0.0, 0.6, 0.6))
    return CurvedReformat(
        hu=np.asarray(image + 16.0 * noise / noise.std(), np.float32),
        sac_hu=np.full(len(TABLE_MM), SAC_HU),
        sac_row=np.full(len(TABLE_MM), 64.0),
        sac_column=np.full(len(TABLE_MM), 64.0),
        table_mm=np.asarray(TABLE_MM, np.float64),
        back_mm=BACK_MM,
        across_mm=np.asarray(ACROSS_MM, np.float64),
    )


@pytest.mark.parametrize(("side", "leaves"), [(Side.LEFT, 560.0), (Side.RIGHT, 530.0)])
def test_a_faint_blush_is_found_at_its_root(side: Side, leaves: float) -> None:
    seen = detect_slow_leak(drawn(blushes=((side, leaves),)))
    assert seen is not None
    assert seen.side == side.value
    assert leaves - 0.5 * LEVEL_MM < seen.table_mm < leaves  # where the root passes the foramen


def test_the_order_of_the_slices_does_not_matter() -> None:
    scan = drawn(blushes=((Side.LEFT, 560.0),))
    turned = replace(scan, hu=scan.hu[::-1], sac_hu=scan.sac_hu[::-1], table_mm=scan.table_mm[::-1])
    assert detect_slow_leak(turned) == detect_slow_leak(scan)


@pytest.mark.parametrize("gap_mm", [4.0, 5.0, 6.0])
def test_roots_without_a_blush_and_narrow_gaps_are_no_leak(gap_mm: float) -> None:
    assert detect_slow_leak(drawn(gap_mm=gap_mm)) is None


def test_veins_before_a_root_and_a_joint_behind_it_are_no_leak() -> None:
    """What is as bright as a blush, and lies where a vein or a joint's capsule does, at one root alone."""
    for back_mm in (-6.0, 2.5):
        scan = drawn()
        z, back, across = np.meshgrid(TABLE_MM, BACK_MM, ACROSS_MM, indexing="ij")
        away = np.hypot(np.hypot(-across - 10.5, back - back_mm), (555.5 - z) / 1.5)
        hu = np.where(away < 2.0, np.maximum(scan.hu, 140.0), scan.hu).astype(np.float32)
        assert detect_slow_leak(replace(scan, hu=hu)) is None, back_mm


def test_bone_that_ends_within_a_slice_is_no_leak() -> None:
    """Half of the slice below a pedicle is bone: a faint patch where none was above it at the other roots."""
    scan = drawn()
    z, back, across = np.meshgrid(TABLE_MM, BACK_MM, ACROSS_MM, indexing="ij")
    inner = (-across > 10.0) & (-across < 13.0) & (np.abs(back + 1.5) < 2.0)
    bone, below = (z > 556.0) & (z < 562.0) & inner, (z > 554.6) & (z <= 556.0) & inner
    hu = np.where(bone, BONE_HU, np.where(below, 0.25 * BONE_HU + 0.75 * scan.hu, scan.hu)).astype(np.float32)
    assert detect_slow_leak(replace(scan, hu=hu)) is None


def test_what_several_roots_show_alike_is_no_leak() -> None:
    everywhere = tuple((side, leaves) for side in (Side.LEFT, Side.RIGHT) for leaves in LEAVES_MM)
    assert detect_slow_leak(drawn(blushes=everywhere)) is None


def test_two_or_three_roots_are_too_few_to_compare() -> None:
    scan = drawn(blushes=((Side.LEFT, 590.0),))
    upper = slice(0, 18)
    few = replace(scan, hu=scan.hu[upper], sac_hu=scan.sac_hu[upper], table_mm=scan.table_mm[upper])
    assert detect_slow_leak(few) is None
