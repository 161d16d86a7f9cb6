"""A path that is drawn on the picture is the way that the needle takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.engine.session import Session
from simulator.gui.drawing.picture import ImagePoint
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.images.volume import Volume
from simulator.gui.panels.planes import crossing
from simulator.gui.scan_reading.drawn_path import DrawnPath
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.interface import commands as c
from simulator.scenario.build import Case
from simulator.spatial.image_grid import ImageGrid


@pytest.fixture(scope="module")
def scanned(patient_2: Case) -> tuple[Session, Volume, ImageGrid]:
    session = Session(patient_2.world)
    session.do(c.PlaceSkinGrid(level="L3/4"))
    session.do(c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0))
    volume = Volume.awaited(session.view().console.acquired[-1])
    index = volume.count // 2
    volume.take((index,), session.view().images.slices(0, (index,)))
    assert volume.grid is not None
    return session, volume, volume.grid


@pytest.mark.parametrize("entry_column_mm", [-34.0, -12.0, -2.0, 2.0, 14.0, 30.0])
def test_the_needle_goes_where_the_path_was_drawn(
    scanned: tuple[Session, Volume, ImageGrid], patient_2: Case, entry_column_mm: float
) -> None:
    session, volume, grid = scanned
    index = volume.count // 2
    midline = session.view().console.grid_midline_x_mm
    assert midline is not None
    middle = grid.row_and_column(midline, 0.0)[1]
    column = middle + entry_column_mm / volume.pixel_mm
    row = volume.skin_row(index, column)
    assert row is not None
    draft = DrawnPath(
        number=0,
        index=index,
        entry=ImagePoint(row, column),
        target=ImagePoint(row + 60.0 / volume.pixel_mm, middle),
        midline_x_mm=midline,
    )
    placed = Session(patient_2.world)
    placed.do(draft.place(grid))
    world, pose = patient_2.world, placed.state.needle.pose
    assert pose is not None
    aimed = np.array(draft.target_point(grid)) - [0.0, 0.0, world.table_zero_mm]
    away = aimed - np.asarray(pose.track_mm[0])
    off = np.linalg.norm(away - np.dot(away, pose.direction) * np.asarray(pose.direction))
    assert off < 1.2  # half a pixel, a tenth of a degree and a skin that was seen through pixels


def test_sides_are_the_patients(scanned: tuple[Session, Volume, ImageGrid]) -> None:
    session, volume, grid = scanned
    midline = session.view().console.grid_midline_x_mm
    left = DrawnPath(
        number=0,
        index=volume.count // 2,
        entry=ImagePoint(40.0, 180.0),
        target=ImagePoint(160.0, 255.0),
        midline_x_mm=midline,
    )
    assert left.side(grid) == "left"  # the picture's left
    right = replace(left, entry=ImagePoint(40.0, 330.0))
    assert right.side(grid) == "right"
    assert left.angle_deg(grid) > 0
    assert right.angle_deg(grid) > 0
    assert left.plan(grid).approach == "paramedian interlaminar"
    near = replace(left, entry=ImagePoint(40.0, grid.row_and_column(midline or 0.0, 0.0)[1] + 2))
    assert near.plan(grid).approach == "midline interlaminar"


def test_an_angle_away_from_the_midline_is_negative(scanned: tuple[Session, Volume, ImageGrid]) -> None:
    session, volume, grid = scanned
    draft = DrawnPath(
        number=0,
        index=volume.count // 2,
        entry=ImagePoint(40.0, 300.0),
        target=ImagePoint(160.0, 340.0),
        midline_x_mm=session.view().console.grid_midline_x_mm,
    )
    assert draft.angle_deg(grid) < 0


def test_a_sagittal_picture_has_the_front_on_its_left(scanned: tuple[Session, Volume, ImageGrid]) -> None:
    _, volume, _ = scanned
    index = volume.count // 2
    skin = volume.skin_row(index, 256.0)
    assert skin is not None
    state = ReadingState(index=index, row=skin, column=256.0)
    row, column = (round(at) for at in crossing(state, ImagePlane.SAGITTAL, volume))
    picture = volume.sagittal(256)
    assert picture[row, column] == volume.hu[index, round(skin), 256]
    assert column > picture.shape[1] // 2, "the skin of the back is on the right"
    assert (picture[row, column + 4 :] < -400).all(), "with air behind it"
