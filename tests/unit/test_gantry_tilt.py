"""A tilted gantry in a procedure: what it costs, what is refused, what is recorded and handed on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.ct.bore_fit import fitting_tilts_deg, leaning_radius_mm
from simulator.ct.scanner_model import scanner_model
from simulator.engine import events as e
from simulator.engine.advance import plain
from simulator.engine.session import Session, frame_digest
from simulator.interface import commands as c
from simulator.records.codec import command_from, event_from
from simulator.report.debrief import write_debrief
from simulator.report.event_words import event_words
from simulator.report.frames import GreyWindow
from simulator.report.press_images import slice_images
from simulator.report.slice_truth import Truth
from simulator.scenario.build import Case
from simulator.scoring.score_procedure import score_procedure
from simulator.spatial.frames import PixelPosition
from simulator.vocabulary.scanners import ScannerPreset
from tests.physics.water_phantoms import Ellipse, ellipse_phantom, water_cylinder
from tests.procedures import placed, run
from tests.settings import changed_settings


def _press(session: Session) -> e.AcquisitionMade:
    (made,) = [event for event in session.do(c.PressPedal()) if isinstance(event, e.AcquisitionMade)]
    return made


def test_a_tilted_press_costs_what_an_upright_one_does(patient_2: Case) -> None:
    session = Session(patient_2.world)
    upright = _press(session)
    session.do(c.TiltGantry(tilt_deg=20.0))
    tilted = _press(session)
    assert tilted.dose == upright.dose
    assert tilted.beam == upright.beam
    assert tilted.settings == replace(upright.settings, gantry_tilt_deg=20.0)
    # Slices stay 4 mm apart along the gantry's axis; planes are named further apart
    tilt = session.view().console.acquired[-1].tilt
    assert tilt is not None
    assert [tilt.along_mm(z) for z in tilted.slices.centres_table_mm] == pytest.approx([4.0, 0.0, -4.0], abs=1e-4)


def test_the_way_of_the_gantry_takes_a_second_a_degree(patient_2: Case) -> None:
    session = Session(patient_2.world)
    session.do(c.TiltGantry(tilt_deg=-12.0))
    assert session.state.elapsed_ms == 14_000
    session.do(c.TiltGantry(tilt_deg=8.0))
    assert session.state.elapsed_ms == 36_000
    assert session.view().console.settings.gantry_tilt_deg == 8.0


def test_back_upright_the_image_is_the_same_to_the_bit(patient_2: Case) -> None:
    plain_session, turned = Session(patient_2.world), Session(patient_2.world)
    first = plain_session.image(_press(plain_session).number)
    run(turned, [c.TiltGantry(tilt_deg=15.0), c.TiltGantry(tilt_deg=0.0)])
    again = turned.image(_press(turned).number)
    assert np.array_equal(first.hu, again.hu)
    assert again.tilt is None
    leaning = Session(patient_2.world)
    leaning.do(c.TiltGantry(tilt_deg=15.0))
    made = leaning.image(_press(leaning).number)
    assert frame_digest(made) != frame_digest(first)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (c.TiltGantry(tilt_deg=31.0), "it must lie between -30 and 30 deg"),
        (c.TiltGantry(tilt_deg=float("nan")), "tilt_deg"),
    ],
)
def test_a_tilt_beyond_the_gantry_is_refused_with_its_limits(patient_2: Case, command: c.Command, words: str) -> None:
    session = Session(patient_2.world)
    (refused,) = session.do(command)
    assert isinstance(refused, e.CommandRefused)
    assert words in refused.reason
    assert session.view().console.settings.gantry_tilt_deg == 0.0


def test_a_scanner_that_tilts_less_says_how_far(patient_2: Case) -> None:
    settings = changed_settings(patient_2.world.settings, scanner=ScannerPreset.ROWS_320)
    session = Session(replace(patient_2.world, settings=settings))
    (refused,) = session.do(c.TiltGantry(tilt_deg=25.0))
    assert "it reaches -22 to 22 degrees" in refused.reason


def test_a_body_that_does_not_fit_is_refused_with_limits(patient_2: Case) -> None:
    """A deep body: upright it fits the field, tilted its back would leave it."""
    deep = ellipse_phantom([Ellipse((0, 0), (100, 232), (1.0, 0, 0))], half_width_mm=(100, 232), planes=2)
    model = scanner_model()
    low, high = fitting_tilts_deg(deep.body, (0.0, 0.0), model)
    assert (low, high) == (-high, high)
    assert 5.0 < high < 29.0
    assert leaning_radius_mm(deep.body, (0.0, 0.0), high) <= model.geometry.field_radius_mm
    assert leaning_radius_mm(deep.body, (0.0, 0.0), high + 0.5) > model.geometry.field_radius_mm or (
        leaning_radius_mm(deep.body, (0.0, 0.0), high + 0.5, model.bore_depth_mm / 2) > model.bore_mm / 2
    )
    world = replace(patient_2.world)
    object.__setattr__(world, "gantry_tilts_deg", (low, high))
    session = Session(world)
    (refused,) = session.do(c.TiltGantry(tilt_deg=29.0))
    assert f"it reaches {low:g} to {high:g} degrees" in refused.reason
    assert fitting_tilts_deg(water_cylinder(200.0, planes=2, canal_half_mm=10).body, (0.0, 0.0), model) == (-30.0, 30.0)


def test_scans_are_taken_upright(patient_2: Case) -> None:
    session = Session(patient_2.world)
    session.do(c.TiltGantry(tilt_deg=10.0))
    for command in (
        c.AcquirePlanningScan(levels=("L3", "L4")),
        c.AcquireControlScan(),
        c.AcquireScout(orientation="lateral"),
    ):
        (refused,) = session.do(command)
        assert "the gantry leans by 10 degrees" in refused.reason
        assert "set it to 0 first" in refused.reason
    run(session, [c.TiltGantry(tilt_deg=0.0), c.AcquirePlanningScan(levels=("L3", "L4"))])


def test_the_gantry_stays_while_the_beam_is_on(patient_2: Case) -> None:
    session = Session(patient_2.world)
    session.do(c.PressPedal(hold=True))
    (refused, *_) = session.do(c.TiltGantry(tilt_deg=10.0))
    assert refused.reason == "release the pedal first"


def test_a_frame_says_where_its_pixels_lie(patient_2: Case) -> None:
    """There and back for all slices, and the needle's tip where it is."""
    session = Session(patient_2.world)
    run(session, placed())
    session.do(c.TiltGantry(tilt_deg=12.0))
    session.do(c.Advance(distance_mm=10.0))
    made = _press(session)
    frame = session.image(made.number)
    grid = frame.grid
    for index in range(3):
        point = grid.point(PixelPosition(index, 200.0, 180.0))
        assert grid.row_and_column(*point) == pytest.approx((200.0, 180.0))
        assert grid.nearest_slice(point.z_mm, point.y_mm) == index
    assert session.image(made.number, [1]).tilt == frame.tilt
    assert np.array_equal(session.image(made.number, [1]).hu[0], frame.hu[1])
    tip = made.scene.needle.points_mm[0]
    point = patient_2.world.table_transform(made.scene.patient_displacement_mm).to_table(tip)
    seen = session.state.imaging.acquired[-1].tip_slice
    offsets = [abs(frame.tilt.along_mm(z) - frame.tilt.from_table(point)[2]) for z in frame.z_mm]
    assert seen == (int(np.argmin(offsets)) if min(offsets) <= 2.0 else None)


def test_a_patient_who_moves_moves_in_the_leaning_picture(patient_2: Case) -> None:
    """A shift of the patient by whole millimetres shows where the geometry puts it: the family's planes stay."""
    session = Session(patient_2.world)
    session.do(c.TiltGantry(tilt_deg=20.0))
    still = session.image(_press(session).number)
    shift = (3.0, -4.0, 6.0)
    state = session.state
    session.state = replace(state, patient=replace(state.patient, displaced=True, displacement_mm=shift))
    moved = session.image(_press(session).number)
    # Along the gantry's axis and up its planes, by hand
    sine, cosine = np.sin(np.radians(20.0)), np.cos(np.radians(20.0))
    along, up = shift[2] * cosine - shift[1] * sine, shift[1] * cosine + shift[2] * sine
    assert along == pytest.approx(7.0, abs=0.1)
    table = session.state.imaging.table_mm
    now = session.state
    imaging = replace(now.imaging, table_mm=round(table - along / cosine, 1))
    session.state = replace(now, imaging=imaging, patient=state.patient)
    other = session.image(_press(session).number)
    # The same plane of the still patient; its pivot lies elsewhere in that plane, by tan
    rows = (up - along * np.tan(np.radians(20.0))) / still.pixel_spacing_mm
    columns = shift[0] / still.pixel_spacing_mm
    a = moved.hu[1][60:300, 130:380]
    best = max(
        (np.corrcoef(a.ravel(), np.roll(other.hu[1], (dr, dc), (0, 1))[60:300, 130:380].ravel())[0, 1], dr, dc)
        for dr in range(-20, 21)
        for dc in range(-10, 11)
    )
    assert best[1] == pytest.approx(-rows, abs=1.0)
    assert best[2] == pytest.approx(-columns, abs=1.0)


def test_records_hold_a_tilt_and_nothing_where_there_is_none(patient_2: Case) -> None:
    session = Session(patient_2.world)
    upright = _press(session)
    (turned,) = session.do(c.TiltGantry(tilt_deg=-20.0))
    tilted = _press(session)
    assert "gantry_tilt_deg" not in plain(upright)["settings"]
    assert plain(tilted)["settings"]["gantry_tilt_deg"] == -20.0
    for event in (upright, turned, tilted):
        assert plain(event_from(plain(event), "here")) == plain(event)
    assert command_from({"command": "TiltGantry", "tilt_deg": -20.0}, "here") == c.TiltGantry(tilt_deg=-20.0)
    assert event_words(turned) == "gantry at -20°"
    assert "gantry -20°" in event_words(tilted)


def test_the_debrief_tells_of_scanner_and_tilt_and_draws_no_upright_truth(patient_2: Case, tmp_path: Path) -> None:
    """The tip is marked where the leaning picture shows it; outlines, which are cut upright, are left out."""
    session = Session(patient_2.world)
    run(session, [*placed(), c.Advance(distance_mm=30.0), c.PressPedal(), c.TiltGantry(tilt_deg=8.0), c.PressPedal()])
    card = score_procedure(patient_2.world, session.events, patient_2.rubric, scenario="x", operator="t")
    write_debrief(session, card, tmp_path / "report.html", title="x", operator="t")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<dt>scanner</dt><dd>64-row</dd>" in text
    assert "gantry at +8°" in text
    overlay, window = Truth(session), GreyWindow(width_hu=1600.0, level_hu=400.0)
    upright, tilted = (
        slice_images(
            session.image(number), session.acquisition(number), patient_2.world, overlay, window=window, what="press"
        )
        for number in session.presses()
    )
    assert all("o-dura" in image.truth for image in upright)
    assert all("o-dura" in image.truth for image in tilted)
    assert [image.tip is not None for image in tilted].count(True) <= 1
