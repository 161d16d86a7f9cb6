"""Pictures of the report: geometry, outlines, frames as files."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from simulator.ct.technique import Technique
from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.needle.needle_shape import NeedleShape
from simulator.report.frames import PRESETS, evenly_chosen, write_animation, write_frame_png
from simulator.report.needle_path import nearest_on_dura_mm, runs
from simulator.report.outlines import Plane, area_mm2, blood_outline, outlines
from simulator.report.png import GreyWindow, grey
from simulator.report.press_frames import close_up
from simulator.report.press_images import Crop, slice_images
from simulator.report.slice_truth import Truth, within
from simulator.spatial.frames import PatientDisplacement
from tests.unit.report_patient import (
    CORD_MM,
    DURA_MM,
    EPIDURAL_MM,
    FLAVUM_MM,
    Tubes,
    session_of,
    tube_phantom,
    tube_world,
)

SPACING_MM = 0.5


@pytest.fixture(scope="module")
def world():
    return tube_world(tube_phantom())


def _frame(z_mm, size=128):
    rng = np.random.default_rng(1)
    hu = rng.normal(0.0, 40.0, (len(z_mm), size, size)).astype(np.float32)
    return Frame(
        hu=hu,
        z_mm=np.asarray(z_mm, np.float64),
        pixel_spacing_mm=SPACING_MM,
        centre_mm=(1.25, 10.0),
        exposure=Technique(tube_voltage_kv=120, tube_current_ma=30.0, rotation_s=0.5),
        slice_thickness_mm=4.0,
    )


@pytest.fixture(scope="module")
def press(world):
    """A press with the tip at a known place, in a patient who has moved by a known way."""
    session = session_of(
        world, (c.PlaceNeedle(entry_from_midline_mm=1.0, side="right"), c.Advance(distance_mm=30.0), c.PressPedal())
    )
    return session.acquisition(0)


def _moved(event, tip_mm, shift_mm):
    hub = (tip_mm[0] + 5.0, tip_mm[1] + 40.0, tip_mm[2] + 3.0)
    shape = NeedleShape(points_mm=(tip_mm, hub), outer_diameter_mm=0.9, bore_diameter_mm=0.6, stylet_in=True)
    scene = replace(event.scene, needle=shape, patient_displacement_mm=PatientDisplacement(*shift_mm))
    return replace(event, scene=scene)


@pytest.mark.parametrize("tip_mm", [(3.0, 12.0, 0.5), (-7.5, 2.0, -1.0)])
def test_the_overlay_marks_the_tip_where_the_frame_shows_it(world, press, tip_mm):
    shift = (2.0, -1.0, 0.5)
    event = _moved(press, tip_mm, shift)
    z = world.table_zero_mm + np.array([4.0, 0.0, -4.0])
    frame = _frame(z)
    crop = Crop(row=10, column=20, size=90)
    images = slice_images(frame, event, world, Truth(Session(world)), window=PRESETS["guide"], what="x", crop=crop)
    row, column = frame.pixel_of(tip_mm[0] + shift[0], tip_mm[1] + shift[1])
    assert [image.tip is None for image in images] == [True, False, True]
    # A pixel's centre lies half a pixel inside the picture.
    assert images[1].tip == pytest.approx((column - 20 + 0.5, row - 10 + 0.5))
    drawn = re.search(r'<circle class="o-tip" cx="([\d.]+)" cy="([\d.]+)"', str(images[1].truth))
    assert (float(drawn[1]), float(drawn[2])) == pytest.approx((column - 19.5, row - 9.5), abs=0.051)
    assert "o-tip" not in str(images[0].truth)
    assert images[0].tip_words == f"The tip lies {4.0 - tip_mm[2] - 0.5:.1f} mm towards the feet."
    assert images[2].tip_words == f"The tip lies {4.0 + tip_mm[2] + 0.5:.1f} mm towards the head."


def test_the_overlay_agrees_with_the_pixels_of_a_real_press(world):
    """The brightest steel of the slice with the tip lies on the line that is drawn as the needle."""
    session = session_of(
        world, (c.PlaceNeedle(entry_from_midline_mm=6.0, side="left"), c.Advance(distance_mm=30.0), c.PressPedal())
    )
    frame, event = session.image(0), session.acquisition(0)
    images = slice_images(
        frame,
        event,
        world,
        Truth(Session(world)),
        window=PRESETS["guide"],
        what="x",
        crop=Crop(row=0, column=0, size=512),
    )
    inside = next(k for k, image in enumerate(images) if image.tip)
    column, row = images[inside].tip
    hu = frame.hu[inside]
    first = round(column) - 20  # 10 mm to each side, and 10 mm behind the tip
    shaft = hu[round(row - 0.5) - 20, first : first + 40]
    assert abs(first + int(shaft.argmax()) + 0.5 - column) < 2.0
    assert shaft.max() > 400.0  # steel, partly in the slice
    beyond = hu[round(row) + 8, round(column) - 4 : round(column) + 4]
    assert beyond.max() < 250.0


def test_outlines_follow_the_anatomy():
    plane = Plane(kind="axial", at_mm=0.0, u_mm=(-20.0, 20.0), v_mm=(-20.0, 20.0), step_mm=0.4)
    found = outlines(tube_phantom(), plane, ("dura", "epidural", "flavum"))
    assert np.hypot(*found["dura"][0].T) == pytest.approx(DURA_MM, abs=0.05)
    radii = sorted(float(np.hypot(*line.T).mean()) for line in found["flavum"])
    assert radii == pytest.approx([EPIDURAL_MM, FLAVUM_MM], abs=0.3)
    assert area_mm2(found["dura"][0]) == pytest.approx(np.pi * DURA_MM**2, rel=0.01)


def test_outlines_that_leave_the_plane_are_closed():
    plane = Plane(kind="sagittal", at_mm=0.0, u_mm=(-20.0, 50.0), v_mm=(-10.0, 10.0), step_mm=0.5)
    (skin,) = outlines(tube_phantom(), plane, ("skin",))["skin"]
    assert skin[0] == pytest.approx(skin[-1])
    assert skin[:, 0].max() == pytest.approx(45.0, abs=0.1)
    assert skin[:, 0].min() == pytest.approx(-20.0, abs=0.01)


def test_blood_is_outlined_where_it_lies(world):
    session = session_of(
        world,
        (
            c.PlaceNeedle(entry_from_midline_mm=0.5, side="right", level="L3/4"),
            c.Advance(distance_mm=36.0),
            c.RemoveStylet(),
            c.DrawBlood(),
            c.InjectBlood(volume_ml=2.0),
        ),
    )
    plane = Plane(kind="axial", at_mm=0.0, u_mm=(-20.0, 20.0), v_mm=(-20.0, 20.0), step_mm=0.4)
    lines = blood_outline(world.phantom, session.state.injection.injected, plane)
    assert lines
    radius = np.hypot(*np.concatenate(lines).T)
    assert radius.min() > CORD_MM  # the sac gives way to blood, the cord does not
    injected = session.state.injection.injected
    points = world.phantom.canal.grid
    _, y, x = np.unravel_index(injected.voxels, points.shape)
    inside = np.hypot(points.origin_mm[0] + 0.5 * x, points.origin_mm[1] + 0.5 * y) < DURA_MM
    dented = [event.sac_dented_ml for event in session.events if isinstance(event, e.MaterialInjected)][-1]
    assert 0.25e-3 * injected.blood[inside].sum() < dented + 0.1
    assert radius.max() < EPIDURAL_MM + 1.2
    far = Plane(kind="axial", at_mm=-31.0, u_mm=(30.0, 40.0), v_mm=(30.0, 40.0), step_mm=0.4)
    assert blood_outline(world.phantom, session.state.injection.injected, far) == []


def test_only_the_part_of_the_shaft_in_the_slice_is_drawn():
    shaft = np.array([[0.0, 0.0, 0.0], [0.0, 40.0, 8.0], [0.0, 80.0, 8.0]])
    heights = shaft[:, 2]
    (piece,) = within(shaft, heights, 2.0, 6.0)
    assert piece[:, 2].tolist() == [2.0, 6.0]
    assert piece[:, 1].tolist() == [10.0, 30.0]
    assert len(within(shaft, heights, 7.0, 9.0)) == 2
    assert within(shaft, heights, 9.0, 12.0) == []


def test_the_way_to_the_dura_ends_on_it():
    foot = nearest_on_dura_mm(Tubes(), (3.0, 9.0, 1.0), float(np.hypot(3.0, 9.0) - DURA_MM))
    assert np.hypot(foot[0], foot[1]) == pytest.approx(DURA_MM, abs=0.01)
    assert foot[0] / foot[1] == pytest.approx(3.0 / 9.0, rel=0.01)
    assert runs([1, 3, 4, 5, 8]) == "1, 3-5, 8"


def test_grey_runs_from_the_windows_low_end_to_its_high_end():
    hu = np.array([-400.0, -300.0, 200.0, 700.0, 5000.0], np.float32)
    assert grey(hu, PRESETS["guide"]).tolist() == [0, 0, 128, 255, 255]
    with pytest.raises(ValueError, match="wider than 0"):
        grey(hu, GreyWindow(width_hu=0.0, level_hu=0.0))


@pytest.mark.parametrize(("slices", "size"), [(1, (128, 156)), (3, (392, 156)), (5, (268, 160)), (30, (268, 228))])
def test_frames_are_written_side_by_side(tmp_path, slices, size):
    path = tmp_path / "frame.png"
    write_frame_png(_frame(np.arange(slices)), path, window_hu=1000.0, level_hu=200.0, caption="press 1 – ±\n<x>")
    with Image.open(path) as picture:
        assert picture.size == size
        assert picture.getextrema()[0][1] > 200


def test_slices_are_written_as_they_are_seen(tmp_path):
    """A bright spot at the patient's left and back stands in the picture's upper left."""
    frame = _frame([0.0])
    hu = np.full_like(frame.hu, -1000.0)
    row, column = (round(v) for v in frame.pixel_of(20.0, 30.0))
    hu[0, row - 3 : row + 4, column - 3 : column + 4] = 3000.0
    path = tmp_path / "spot.png"
    write_frame_png(replace(frame, hu=hu), path, window_hu=1000.0, level_hu=200.0, caption="")
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("L"))
    assert row < 64
    assert column < 64
    assert pixels[28 + row - 3 : 28 + row + 4, column - 3 : column + 4].min() == 255


def test_chosen_slices_hold_both_ends():
    assert evenly_chosen(3, 12) == [0, 1, 2]
    chosen = evenly_chosen(40, 12)
    assert (chosen[0], chosen[-1], len(set(chosen))) == (0, 39, 12)


def test_an_animation_is_small_and_moves(tmp_path):
    paths = []
    for number in range(6):
        path = tmp_path / f"{number}.png"
        frame = _frame([4.0, 0.0, -4.0], size=512)
        hu = frame.hu + 20.0 * np.random.default_rng(number).standard_normal(frame.hu.shape).astype(np.float32)
        write_frame_png(replace(frame, hu=hu), path, window_hu=350.0, level_hu=50.0, caption=f"press {number}")
        paths.append(path)
    out = tmp_path / "presses.gif"
    write_animation(paths, out, seconds_per_frame=0.8)
    assert out.stat().st_size < 1_500_000
    with Image.open(out) as moving:
        assert moving.n_frames == 6
        assert moving.info["duration"] == 800
        assert moving.info["loop"] == 0
    with pytest.raises(ValueError, match="at least one"):
        write_animation([], out, seconds_per_frame=1.0)


def test_close_up_keeps_its_place() -> None:
    frame = Frame(
        hu=np.zeros((1, 512, 512), np.float32),
        z_mm=np.zeros(1),
        pixel_spacing_mm=0.5,
        centre_mm=(3.0, -20.0),
        exposure=Technique(tube_voltage_kv=120, tube_current_ma=30.0, rotation_s=0.5),
        slice_thickness_mm=4.0,
    )
    frame.hu[0, 100, 200] = 1000.0
    part = close_up(frame)
    row, column = (int(v[0]) for v in np.nonzero(part.hu[0]))
    assert part.position_mm(0, row, column) == pytest.approx(frame.position_mm(0, 100, 200))
