"""Trajectories within a slice, and how several are tried in turn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.exposure import ExposureSettings
from simulator.interface.frame import Frame
from simulator.interface.view import View
from simulator.operators import console
from simulator.operators.bone_map import BoneMap
from simulator.operators.coroutine_operator import AbandonError, OperatorSteps
from simulator.operators.interlaminar_targets import lumbar_targets
from simulator.operators.needle_trajectory import MOST_TRIES, NeedleTrajectory, try_trajectories
from simulator.operators.trajectory_planning import PlanningLimits, plan_trajectories
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import Approach

PIXEL_MM, MIDDLE, SAC_ROW = 0.5, 255.5, 220.0
ROWS, COLUMNS = np.indices((512, 512))
VIEW: Any = SimpleNamespace()


def ellipse(row: float, column: float, half_rows_mm: float, half_columns_mm: float) -> np.ndarray:
    return np.hypot((ROWS - row) * PIXEL_MM / half_rows_mm, (COLUMNS - column) * PIXEL_MM / half_columns_mm) < 1.0


def lumbar(*, lamina: bool, closed_side_mm: float | None = None) -> np.ndarray:
    """Skin at row 60, an opacified sac in fat 4 mm deep behind it, and bone where asked."""
    image = np.where(ROWS < 60, -1000.0, 50.0)
    image[ellipse(SAC_ROW, MIDDLE, 10.5, 11.0)] = -80.0
    image[ellipse(SAC_ROW, MIDDLE, 6.5, 8.0)] = 900.0
    if lamina:
        image[(np.abs(ROWS - 190) < 6) & (np.abs(COLUMNS - MIDDLE) < 120)] = 900.0
    if closed_side_mm is not None:
        image[(np.abs(ROWS - 150) < 10) & ((COLUMNS - MIDDLE) * np.sign(closed_side_mm) > 4.0)] = 900.0
    return image.astype(np.float32)


def frame_of(slices: list[np.ndarray]) -> Frame:
    return Frame(
        hu=np.array(slices),
        z_mm=600.0 - 3.0 * np.arange(len(slices)),
        pixel_spacing_mm=PIXEL_MM,
        centre_mm=(2.0, -1.0),
        exposure=ExposureSettings(),
        slice_thickness_mm=3.0,
    )


def ways(slices: list[np.ndarray]) -> list[NeedleTrajectory]:
    """Ways that a scan offers within one slice."""
    frame = frame_of(slices)
    bone, targets = lumbar_targets(frame)
    limits = PlanningLimits(longest_mm=110.0, table_range_mm=(400.0, 800.0))
    middle_mm = frame.position_mm(0, 0.0, MIDDLE).x_mm
    found = plan_trajectories(frame, BoneMap(frame, bone), targets, middle_mm, limits)
    return [one for one in found if one.along_deg == 0.0]


def test_the_slice_between_the_laminae_has_the_way() -> None:
    closed, opened = lumbar(lamina=True), lumbar(lamina=False)
    slices = [closed, closed, opened, closed, closed]
    found, frame = ways(slices), frame_of(slices)
    assert {one.target.z_mm for one in found} == {frame.z_mm[2]}
    assert {one.side for one in found} >= {Side.LEFT, Side.RIGHT}
    assert [one.quality for one in found] == sorted((one.quality for one in found), reverse=True)
    row, column = frame.pixel_of(found[0].target.x_mm, found[0].target.y_mm)
    assert column == pytest.approx(MIDDLE, abs=2.0)
    assert row < SAC_ROW - 6.5 / PIXEL_MM


def test_a_trajectory_agrees_in_millimetres_and_in_degrees() -> None:
    found = [one for one in ways([lumbar(lamina=False)] * 3) if one.side is not Side.MIDLINE]
    assert found
    for one in found:
        across_mm, depth_mm = one.target.x_mm - one.entry.x_mm, one.entry.y_mm - one.target.y_mm
        assert one.across_deg == pytest.approx(np.degrees(np.arctan2(across_mm, depth_mm)), abs=0.5)
        assert (one.entry.x_mm > one.target.x_mm) is (one.side is Side.LEFT)
        assert one.angle_deg > 0.0, "towards the midline from either side"
        assert one.entry.z_mm == one.target.z_mm


def test_bone_on_one_side_leaves_the_other() -> None:
    found = ways([lumbar(lamina=False, closed_side_mm=1.0)] * 3)
    assert found
    assert Side.RIGHT not in {one.side for one in found}
    assert Side.LEFT in {one.side for one in found}


def way(z_mm: float, quality: float, side: Side = Side.LEFT) -> NeedleTrajectory:
    return NeedleTrajectory(
        approach=Approach.PARAMEDIAN_INTERLAMINAR,
        side=side,
        entry=TablePoint(20.0, 80.0, z_mm),
        target=TablePoint(0.0, 30.0, z_mm),
        across_deg=-20.0,
        along_deg=0.0,
        clearance_mm=3.0,
        quality=quality,
    )


def tried(ways: list[NeedleTrajectory], works: list[NeedleTrajectory], apart_mm: float = 0.0) -> tuple[Any, ...]:
    """Which ways were tried, what was commanded, and whether blood was given."""
    taken: list[NeedleTrajectory] = []
    commands: list[Command] = []

    def guide(view: View, trajectory: NeedleTrajectory) -> OperatorSteps:
        taken.append(trajectory)
        view = yield c.Advance(distance_mm=1.0)
        if trajectory not in works:
            raise AbandonError("bone")
        return view

    def inject(view: View) -> OperatorSteps:
        view = yield c.InjectBlood(volume_ml=1.0)
        return view

    steps = try_trajectories(VIEW, ways, guide, inject, apart_mm=apart_mm)
    try:
        commands.append(next(steps))
        while True:
            commands.append(steps.send(VIEW))
    except StopIteration as end:
        return taken, [type(command).__name__ for command in commands], end.value[1]


def test_the_next_way_is_tried_where_one_does_not_work() -> None:
    first, second = way(500.0, 3.0), way(503.0, 2.0)
    taken, commands, given = tried([first, second], works=[second])
    assert taken == [first, second]
    assert commands == ["Advance", "Withdraw", "Advance", "InjectBlood"]
    assert given


def test_ways_that_lie_close_together_count_as_one() -> None:
    first, near, other_side, far = way(500.0, 5.0), way(502.0, 4.0), way(502.0, 3.0, Side.RIGHT), way(510.0, 2.0)
    taken, _, given = tried([first, near, other_side, far], works=[], apart_mm=3.0)
    assert taken == [first, far, other_side], "another height before another side: the same bone stops both sides"
    assert not given


def test_no_more_ways_are_tried_than_a_patient_bears() -> None:
    taken, commands, given = tried([way(500.0 + 5.0 * k, 1.0) for k in range(6)], works=[])
    assert len(taken) == MOST_TRIES
    assert commands[-1] == "Withdraw"
    assert not given


@pytest.mark.parametrize(
    "read", [console.latest_acquisition, console.latest_frame, console.grid_midline_x_mm, console.needle_look]
)
def test_where_there_is_nothing_to_read_there_is_no_way_on(read: Any) -> None:
    console_view = SimpleNamespace(latest=None, grid_midline_x_mm=None)
    nothing: Any = SimpleNamespace(console=console_view, images=None, needle=None)
    with pytest.raises(AbandonError):
        read(nothing)
