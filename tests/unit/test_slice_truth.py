"""The truth over a slice lies where the slice is, upright or leaning, whatever the patient has moved."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.report.png import PRESETS
from simulator.report.press_images import Crop, slice_images
from simulator.report.slice_truth import Truth, shaft_in_slice
from simulator.spatial.frames import PatientDisplacement, PatientPoint, TablePoint
from simulator.spatial.gantry_tilt import GantryTilt
from simulator.vocabulary.structures import Structure
from tests.unit.report_patient import DURA_MM, Tubes, session_of, tube_phantom, tube_world

SPACING_MM, SHIFT = 0.5, PatientDisplacement(1.5, -2.0, 0.7)
TILTS = (None, 20.0, -12.0)
SLANT = 0.4


class SlantedTubes(Tubes):
    """The same, with a dura that runs to the back towards the head: a cut at a wrong height shows."""

    def dura_mm(self, points):
        """Distance to the dura, along the slice."""
        return super().dura_mm(points - np.outer(points[:, 2], [0.0, SLANT, 0.0]))


@pytest.fixture(scope="module")
def world():
    return tube_world(tube_phantom())


@pytest.fixture(scope="module")
def press(world):
    session = session_of(
        world, (c.PlaceNeedle(entry_from_midline_mm=1.0, side="right"), c.Advance(distance_mm=30.0), c.PressPedal())
    )
    event = session.acquisition(0)
    return replace(event, scene=replace(event.scene, patient_displacement_mm=SHIFT))


def frame_of(world, press, tilt_deg):
    exposure = press.settings
    tilt = (
        None
        if tilt_deg is None
        else GantryTilt(tilt_deg=tilt_deg, pivot_y_mm=31.0, pivot_z_mm=world.table_transform().table_z_mm(0.0))
    )
    z = world.table_transform().table_z_mm(0.0) + np.array([4.0, 0.0, -4.0]) / math.cos(math.radians(tilt_deg or 0.0))
    return Frame(
        hu=np.zeros((3, 256, 256), np.float32),
        z_mm=z,
        pixel_spacing_mm=SPACING_MM,
        centre_mm=(0.0, 10.0),
        exposure=exposure,
        slice_thickness_mm=4.0,
        tilt=tilt,
    )


def drawn(text: str, css: str) -> np.ndarray:
    """Points of a line of a picture, column and row; the middle of a pixel lies half a pixel in."""
    lines = re.findall(rf'class="{css}" d="([^"]*)"', text)
    numbers = [float(q) for line in lines for q in re.findall(r"-?\d+(?:\.\d+)?", line)]
    return np.array(numbers).reshape(-1, 2) - 0.5


@pytest.mark.parametrize("tilt_deg", TILTS)
@pytest.mark.parametrize("index", [0, 1, 2])
def test_the_dura_is_drawn_where_the_slices_own_pixels_say(world, press, tilt_deg, index):
    world = replace(world, phantom=replace(world.phantom, anatomy=SlantedTubes()))
    frame = frame_of(world, press, tilt_deg)
    whole = Crop(row=0, column=0, size=256)
    truth = Truth(Session(world))
    images = slice_images(frame, press, world, truth, window=PRESETS["guide"], what="x", crop=whole)
    points = drawn(str(images[index].truth), "o-dura")
    assert len(points) > 50
    transform = world.table_transform(SHIFT)
    places = [transform.to_patient(frame.position_mm(index, row, column)) for column, row in points]
    assert np.abs(SlantedTubes().dura_mm(np.array(places))).max() < 0.15
    assert np.ptp(points[:, 0]) * SPACING_MM == pytest.approx(2.0 * DURA_MM, abs=0.2)
    lean = math.radians(tilt_deg or 0.0)
    tall = 2.0 * DURA_MM / math.cos(lean) / (1.0 - SLANT * math.tan(lean))
    assert np.ptp(points[:, 1]) * SPACING_MM == pytest.approx(tall, abs=0.3)


@pytest.mark.parametrize("tilt_deg", TILTS)
def test_of_the_shaft_what_lies_in_the_slice_is_drawn(world, press, tilt_deg):
    """A shaft along the patient: as long in the slice as that is thick, more where it leans."""
    needle = replace(press.scene.needle, points_mm=((2.0, 9.0, -20.0), (2.0, 9.0, 20.0)))
    along = replace(press, scene=replace(press.scene, needle=needle))
    frame = frame_of(world, press, tilt_deg)
    tall = math.cos(math.radians(tilt_deg or 0.0))
    for index in range(3):
        (piece,) = shaft_in_slice(frame, index, along, world)
        assert np.ptp(piece[:, 2]) == pytest.approx(along.slices.thickness_mm / tall, abs=1e-6)
        middle = world.table_transform(SHIFT).to_table(PatientPoint(*piece.mean(axis=0)))
        assert frame.plane_z_mm(TablePoint(*middle)) == pytest.approx(float(frame.z_mm[index]), abs=1e-6)
    none = replace(press, scene=replace(press.scene, needle=None))
    assert shaft_in_slice(frame, 1, none, world) == []


def test_outlines_of_one_plane_are_worked_out_once(world, press, monkeypatch):
    truth, frame = Truth(Session(world)), frame_of(world, press, 20.0)
    first = truth.in_slice(frame, 1, press)
    monkeypatch.setattr("simulator.report.slice_truth.outlines", None)
    assert truth.in_slice(frame, 1, press) is first
    assert Structure.DURA in first
