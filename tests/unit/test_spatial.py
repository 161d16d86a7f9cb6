"""Frames of reference: every transform there and back, and what a tilt or a patient on the side is."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import simulator.engine
from phantoms.canal.centreline import curve_through
from simulator.interface.exposure import ExposureSettings
from simulator.interface.frame import Frame
from simulator.spatial.canal_transform import CanalTransform
from simulator.spatial.frames import CanalPoint, PatientDisplacement, PatientPoint, PixelPosition, TablePoint
from simulator.spatial.gantry_tilt import GantryTilt
from simulator.spatial.image_grid import ImageGrid
from simulator.spatial.table_transform import UPRIGHT, Rotation, TableTransform, gantry_tilt, lying_turned

LENGTH = st.floats(-600.0, 600.0)
POINTS = st.tuples(LENGTH, LENGTH, LENGTH)
ANGLE = st.floats(-math.pi, math.pi)
ROTATIONS = st.one_of(st.just(UPRIGHT), ANGLE.map(gantry_tilt), ANGLE.map(lying_turned))


@given(POINTS, POINTS, LENGTH, ROTATIONS)
def test_a_point_comes_back_from_the_table(
    point: tuple[float, float, float], moved: tuple[float, float, float], zero_mm: float, rotation: Rotation
) -> None:
    transform = TableTransform(zero_mm=zero_mm, displacement_mm=PatientDisplacement(*moved), rotation=rotation)
    back = transform.to_patient(transform.to_table(PatientPoint(*point)))
    assert np.allclose(back, point, atol=1e-9)


@given(POINTS, POINTS, LENGTH)
def test_upright_nothing_but_a_shift_is_left(
    point: tuple[float, float, float], moved: tuple[float, float, float], zero_mm: float
) -> None:
    transform = TableTransform(zero_mm=zero_mm, displacement_mm=PatientDisplacement(*moved))
    at = transform.to_table(PatientPoint(*point))
    assert at == TablePoint(point[0] + moved[0], point[1] + moved[1], point[2] + (zero_mm + moved[2]))
    assert transform.table_z_mm(point[2]) == at.z_mm


def test_a_tilted_gantry_is_one_other_transform() -> None:
    tilted = TableTransform(zero_mm=500.0, rotation=gantry_tilt(math.radians(20.0)))
    at = tilted.to_table(PatientPoint(10.0, 30.0, 0.0))  # behind the axis: the tilt takes it towards the head
    assert at.x_mm == 10.0
    assert at.y_mm == pytest.approx(30.0 * math.cos(math.radians(20.0)))
    assert at.z_mm == pytest.approx(500.0 + 30.0 * math.sin(math.radians(20.0)))


def test_a_patient_on_the_side_is_one_other_transform() -> None:
    turned = TableTransform(zero_mm=500.0, rotation=lying_turned(math.radians(90.0)))
    at = turned.to_table(PatientPoint(100.0, 0.0, 20.0))  # the left flank comes to the back
    assert np.allclose(at, (0.0, 100.0, 520.0))


@given(st.integers(0, 2), st.floats(-50.0, 600.0), st.floats(-50.0, 600.0))
def test_a_pixel_comes_back_from_its_point(slice_index: int, row: float, column: float) -> None:
    grid = ImageGrid(
        rows=512, columns=512, pixel_spacing_mm=0.488, centre_x_mm=3.0, centre_y_mm=-60.0, slice_z_mm=(504, 500, 496)
    )
    point = grid.point(PixelPosition(slice_index, row, column))
    assert grid.row_and_column(point.x_mm, point.y_mm) == pytest.approx((row, column), abs=1e-9)
    assert grid.nearest_slice(point.z_mm) == slice_index
    assert (
        grid.point(PixelPosition(0, 0.0, 0.0)).y_mm > grid.point(PixelPosition(0, 1.0, 0.0)).y_mm
    )  # row 0 is the back
    assert (
        grid.point(PixelPosition(0, 0.0, 0.0)).x_mm > grid.point(PixelPosition(0, 0.0, 1.0)).x_mm
    )  # column 0 the left


@given(st.integers(2, 600), st.floats(-50.0, 600.0), st.floats(-50.0, 600.0), POINTS)
def test_a_frame_reads_its_grid_to_the_last_bit(
    side: int, row: float, column: float, point: tuple[float, float, float]
) -> None:
    frame = Frame(
        hu=np.broadcast_to(np.float32(0.0), (3, side, side)),
        z_mm=np.array([504.1, 500.1, 496.1]),
        pixel_spacing_mm=0.488,
        centre_mm=(3.1, -60.7),
        exposure=ExposureSettings(),
        slice_thickness_mm=4.0,
    )
    middle = (side - 1) / 2
    assert frame.position_mm(1, row, column) == TablePoint(
        3.1 - (column - middle) * 0.488, -60.7 - (row - middle) * 0.488, 500.1
    )
    assert frame.pixel_of(point[0], point[1]) == (
        middle - (point[1] - -60.7) / 0.488,
        middle - (point[0] - 3.1) / 0.488,
    )


def _bent_canal() -> CanalTransform:
    """A canal with lordosis, a bow to the side and a turn that grows to the head."""
    z = np.linspace(-120.0, 120.0, 25)
    points = np.column_stack([6.0 * np.sin(z / 60.0), 0.0015 * z**2 + 0.1 * z, z])
    return curve_through(points, turn_rad=0.002 * z, s_zero_z_mm=10.0)


BENT = _bent_canal()


@given(st.floats(-60.0, 60.0), st.floats(-40.0, 60.0), st.floats(-110.0, 110.0))
def test_a_point_comes_back_from_the_canal(u_mm: float, v_mm: float, s_mm: float) -> None:
    point = CanalPoint(u_mm, v_mm, s_mm)
    assert BENT.to_canal(BENT.to_patient(point)) == pytest.approx(point, abs=0.01)


def test_the_canal_counts_from_the_posterior_wall_to_the_left_to_the_back_and_to_the_head() -> None:
    straight = curve_through(np.array([[4.0, -3.0, z] for z in (-30.0, -10.0, 10.0, 30.0)]), s_zero_z_mm=-10.0)
    assert straight.to_patient(CanalPoint(1.0, 2.0, 5.0)) == pytest.approx((5.0, -1.0, -5.0))
    assert straight.to_canal(PatientPoint(5.0, -1.0, -5.0)) == pytest.approx((1.0, 2.0, 5.0))
    assert straight.to_canal(straight.to_patient(CanalPoint(1.0, 2.0, 60.0))).s_mm == pytest.approx(60.0)


def test_where_the_front_turns_to_the_left_the_back_turns_to_the_right() -> None:
    z = np.linspace(-30.0, 30.0, 7)
    line = np.column_stack([0.0 * z, 0.0 * z, z])
    turned = curve_through(line, turn_rad=np.full(7, math.radians(30.0)))
    behind = turned.to_patient(CanalPoint(0.0, 10.0, 0.0))
    assert behind == pytest.approx((-5.0, 10.0 * math.cos(math.radians(30.0)), 0.0))
    assert turned.to_canal(behind) == pytest.approx((0.0, 10.0, 0.0))


def test_the_engine_has_one_transform_to_the_table() -> None:
    root = Path(simulator.engine.__file__).parent
    adding = {path.name for path in root.rglob("*.py") if "table_zero_mm" in path.read_text(encoding="utf-8")}
    assert adding == {"case_context.py"}


@given(st.lists(POINTS, min_size=1, max_size=5), POINTS, LENGTH, ROTATIONS)
def test_many_points_go_where_each_of_them_goes(
    points: list[tuple[float, float, float]], moved: tuple[float, float, float], zero_mm: float, rotation: Rotation
) -> None:
    transform = TableTransform(zero_mm=zero_mm, displacement_mm=PatientDisplacement(*moved), rotation=rotation)
    one_by_one = [transform.to_table(PatientPoint(*point)) for point in points]
    assert np.allclose(transform.points_to_table(np.array(points)), one_by_one, atol=1e-9)


@pytest.mark.parametrize("tilt_deg", [None, -25.0, 18.0])
@given(st.lists(POINTS, min_size=1, max_size=5))
def test_many_points_are_shown_where_each_of_them_is(
    tilt_deg: float | None, points: list[tuple[float, float, float]]
) -> None:
    tilt = None if tilt_deg is None else GantryTilt(tilt_deg=tilt_deg, pivot_y_mm=30.0, pivot_z_mm=400.0)
    grid = ImageGrid(
        rows=512,
        columns=256,
        pixel_spacing_mm=0.5,
        centre_x_mm=3.0,
        centre_y_mm=-20.0,
        slice_z_mm=(400.0,),
        tilt=tilt,
    )
    one_by_one = [grid.row_and_column(*point) for point in points]
    assert np.allclose(grid.rows_and_columns(np.array(points)), one_by_one, atol=1e-9)
