"""Ways to a pool before the sac: places in the fat of a foramen at its height, and none through bone or lung."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.interface.exposure import ExposureSettings
from simulator.interface.frame import Frame
from simulator.operators.bone_map import BoneMap
from simulator.operators.perception.images import ImagePoint
from simulator.operators.trajectory_planning import PlanningLimits, plan_trajectories
from simulator.operators.ventral_targets import ABOUT_DISC_MM, lung_in_scan, ventral_targets
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

PIXEL_MM, MIDDLE, SAC_ROW, SPACING_MM = 0.5, 255.5, 200.0, 2.0
ROWS, COLUMNS = np.indices((512, 512))
BACK_MM, ASIDE_MM = (SAC_ROW - ROWS) * PIXEL_MM, (MIDDLE - COLUMNS) * PIXEL_MM  # behind the sac, to the patient's left


def thorax(*, lung_from_mm: float = 26.0) -> Frame:
    """Muscle, a sac, fat in both foramina, facet joints behind them, and lungs that the picture cuts off."""
    image = np.full(ROWS.shape, -1000.0)
    image[BACK_MM < 60.0] = 55.0
    image[(np.abs(ASIDE_MM) > lung_from_mm) & (BACK_MM < -3.0) & (BACK_MM > -80.0)] = -850.0
    image[(np.abs(ASIDE_MM) > 9.0) & (np.abs(ASIDE_MM) < 22.0) & (np.abs(BACK_MM + 6.0) < 5.0)] = -100.0
    image[(np.abs(ASIDE_MM) > 8.0) & (np.abs(ASIDE_MM) < 18.0) & (np.abs(BACK_MM - 4.0) < 3.5)] = 700.0
    image[np.hypot(BACK_MM, ASIDE_MM) < 7.0] = 800.0
    slices = np.repeat(image[None].astype(np.float32), 24, axis=0)
    return Frame(
        hu=slices,
        z_mm=500.0 - SPACING_MM * np.arange(len(slices)),
        pixel_spacing_mm=PIXEL_MM,
        centre_mm=(0.0, 0.0),
        exposure=ExposureSettings(),
        slice_thickness_mm=SPACING_MM,
    )


@pytest.mark.parametrize(("side", "sign"), [(Side.LEFT, 1.0), (Side.RIGHT, -1.0)])
def test_places_lie_in_fat_at_the_height_of_the_pool_at_the_disc(side: Side, sign: float) -> None:
    frame = thorax()
    targets = ventral_targets(frame, frame.hu > 260.0, [ImagePoint(SAC_ROW, MIDDLE)] * len(frame.hu), side)
    assert targets
    for target in targets:
        row, column = (round(place) for place in frame.pixel_of(*target.point[:2]))
        assert frame.hu[0, row, column] < -50.0
        assert 8.0 < sign * ASIDE_MM[row, column] < 23.0
        assert 2.0 < -BACK_MM[row, column] < 10.0
        assert ABOUT_DISC_MM[0] <= target.point.z_mm - frame.z_mm.mean() <= ABOUT_DISC_MM[1]
        assert target.approach is Approach.POSTERIOR_FORAMINAL


def test_lung_is_what_is_dark_within_the_body_even_where_the_picture_cuts_it_off() -> None:
    frame = thorax()
    lung = lung_in_scan(frame)
    np.testing.assert_array_equal(lung[3], (frame.hu[3] < -700.0) & (BACK_MM < 60.0))
    assert lung.any()


def test_no_way_meets_bone_or_lung() -> None:
    frame = thorax()
    bone = (frame.hu > 260.0) | lung_in_scan(frame)
    middles = [ImagePoint(SAC_ROW, MIDDLE)] * len(frame.hu)
    targets = ventral_targets(frame, bone, middles, Side.LEFT)
    room = PlanningLimits(longest_mm=112.0, table_range_mm=(0.0, 1000.0))
    ways = plan_trajectories(frame, BoneMap(frame, bone), targets, 0.0, room)
    assert ways
    for way in ways[:40]:
        line = np.linspace(way.entry, way.target, 200)[5:]
        for x, y, _ in line:
            row, column = (round(place) for place in frame.pixel_of(x, y))
            assert -300.0 < frame.hu[0, row, column] < 260.0
    near = thorax(lung_from_mm=19.5)
    blocked = (near.hu > 260.0) | lung_in_scan(near)
    fewer = plan_trajectories(
        near, BoneMap(near, blocked), ventral_targets(near, blocked, middles, Side.LEFT), 0.0, room
    )
    assert len(fewer) < len(ways)
