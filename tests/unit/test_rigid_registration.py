"""Shifts that are passed over could not have been the best: the answer is that of a comparison of all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from simulator.interface.exposure import ExposureSettings
from simulator.interface.frame import Frame
from simulator.operators.perception import rigid_registration
from simulator.operators.perception.rigid_registration import estimate_rigid_shift
from simulator.spatial.frames import TablePoint
from tests.oracles import rigid_shift as oracle

PIXEL_MM = 0.6
ABOUT = TablePoint(0.0, 30.0, 482.0)


def scan(seed: int, slices: int = 24) -> Frame:
    """Lumps of soft tissue and bone, with noise."""
    rng = np.random.default_rng(seed)
    lumps = ndimage.gaussian_filter(rng.normal(0.0, 1.0, (slices, 160, 160)), (1.5, 4.0, 4.0))
    hu = 60.0 + 400.0 * lumps / lumps.std() + rng.normal(0.0, 15.0, lumps.shape)
    return Frame(
        hu=hu.astype(np.float32), z_mm=500.0 - 1.5 * np.arange(slices), pixel_spacing_mm=PIXEL_MM,
        centre_mm=(0.0, 0.0), exposure=ExposureSettings(), slice_thickness_mm=1.5,
    )  # fmt: skip


def press_of(planning: Frame, seed: int, *, needle: bool, alike: bool = True) -> Frame:
    rng = np.random.default_rng(seed)
    hu = np.roll(planning.hu[[10, 12, 14]], tuple(rng.integers(-3, 4, 2)), axis=(1, 2)) if alike else scan(seed).hu[:3]
    hu = hu + rng.normal(0.0, 30.0, hu.shape).astype(np.float32)
    if needle:
        hu[1, 30:100, 78:82] = 2500.0
        hu[1, 30:100, 70:78] = -800.0
    z_mm = planning.z_mm[[10, 12, 14]] + float(rng.uniform(-3.0, 3.0))
    return replace(planning, hu=hu.astype(np.float32), z_mm=z_mm, slice_thickness_mm=3.0)


@pytest.mark.parametrize(("seed", "needle", "alike"), [(1, False, True), (2, True, True), (3, True, False)])
def test_the_best_of_all_shifts_is_found_bit_for_bit(seed: int, needle: bool, alike: bool) -> None:
    planning = scan(seed)
    press = press_of(planning, seed + 10, needle=needle, alike=alike)
    assert estimate_rigid_shift(planning, press, ABOUT) == oracle.estimate_rigid_shift(planning, press, ABOUT)


def test_alike_shifts_keep_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    planning = scan(4)
    flat = replace(planning, hu=np.zeros_like(planning.hu))
    press = press_of(flat, 5, needle=False)
    press = replace(press, hu=np.zeros_like(press.hu))
    assert estimate_rigid_shift(flat, press, ABOUT) == oracle.estimate_rigid_shift(flat, press, ABOUT)


def test_most_shifts_need_no_sorting(monkeypatch: pytest.MonkeyPatch) -> None:
    sorted_out = []
    kept = rigid_registration._alike
    monkeypatch.setattr(rigid_registration, "_alike", lambda apart: sorted_out.append(1) or kept(apart))
    planning = scan(6)
    estimate_rigid_shift(planning, press_of(planning, 7, needle=True), ABOUT)
    shifts = 19 * 11 * 9
    assert len(sorted_out) < 0.35 * shifts
