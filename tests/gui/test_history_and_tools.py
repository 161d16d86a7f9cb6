"""What the window remembers, measures and shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pygame
import pytest

from simulator.engine.session import Session
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture, PlanePoint, Viewport
from simulator.gui.drawing.window_level import WINDOW_PRESETS, grey
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.engine_worker.messages import WorkFailed
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.panels.needle_pictures import from_the_feet, lean_side, notch_words
from simulator.gui.perceived_history import PerceivedHistory
from simulator.gui.scan_reading.measurement import Measurement, MeasurementKind, angle_deg
from simulator.interface import commands as c
from simulator.scenario.build import Case
from tests.gui import made_up
from tests.procedures import placed, step_until_epidural


def _remembered(session: Session, commands: list[c.Command]) -> PerceivedHistory:
    history = PerceivedHistory()
    history.take(None, session.view())
    for command in commands:
        session.do(command)
        history.take(command, session.view())
    return history


def test_changes_since_the_last_press_are_told_in_words(patient_2: Case) -> None:
    session = Session(patient_2.world)
    history = _remembered(session, [*placed(), c.Advance(distance_mm=20.0), c.PressPedal()])
    assert history.since_press.changed == ""
    for command in (c.Advance(distance_mm=2.0), c.MoveTable(by_mm=4.0)):
        session.do(command)
        history.take(command, session.view())
    assert history.since_press.changed == "needle moved 2 mm, table moved 4 mm since"
    assert history.needle.depth_mm == 22.0
    assert history.needle.imaged_depth_mm == 20.0


def test_the_flavum_is_felt_to_give(patient_2: Case) -> None:
    session = Session(patient_2.world)
    history = PerceivedHistory()
    history.take(None, session.view())
    for command in placed():
        session.do(command)
        history.take(command, session.view())
    probe = Session(patient_2.world)
    for command in placed():
        probe.do(command)
    depth = step_until_epidural(probe)
    given = []
    for command in [c.Advance(distance_mm=20.0), c.RotateBevel(angle_deg=180.0), c.Advance(distance_mm=20.0)] + [
        c.Advance(distance_mm=0.5) for _ in range(round((depth - 40.0) / 0.5) + 2)
    ]:
        session.do(command)
        history.take(command, session.view())
        given.append(history.needle.give)
    assert any(given[-6:])
    assert given[3] is None, "muscle does not give; skin and fascia, in the pushes before, may"


def test_a_refused_command_is_not_remembered_as_done(patient_2: Case) -> None:
    session = Session(patient_2.world)
    history = _remembered(session, [c.Advance(distance_mm=5.0)])
    assert history.needle.depth_mm == 0.0
    assert "PlaceNeedle" in history.notice


@pytest.mark.parametrize(("side", "hub"), [("right", 1), ("left", -1)])
def test_the_hub_leans_away_from_the_tip(patient_2: Case, side: str, hub: int) -> None:
    session = Session(patient_2.world)
    session.do(c.PlaceNeedle(entry_from_midline_mm=22.0, side=side, level="L3/4", angle_deg=22.0))
    view = session.view()
    assert lean_side(view) == hub  # +1: to the picture's right, the patient's right, where the entry is
    assert view.needle is not None
    assert view.needle.entry_from_midline_mm == (-22.0 if side == "right" else 22.0)


@pytest.mark.parametrize("size", [(252, 480), (316, 380), (300, 300)])
@pytest.mark.parametrize("lean_deg", [-50.0, -20.0, 0.0, 20.0, 50.0])
@pytest.mark.parametrize("inserted_mm", [2.0, 30.0, 86.0])
def test_the_picture_from_the_feet_shows_the_whole_hub(
    size: tuple[int, int], lean_deg: float, inserted_mm: float
) -> None:
    view = made_up.view()
    assert view.needle is not None
    needle = replace(view.needle, lean_deg=lean_deg, inserted_marks_mm=inserted_mm, stylet_in=True)
    surface = pygame.Surface(size)
    from_the_feet(surface, replace(view, needle=needle))
    hub = pygame.mask.from_threshold(surface, theme.HUB, (12, 12, 12))
    assert hub.count() > 100
    whole = pygame.Rect(0, 0, *size)
    assert all(whole.inflate(-2, -2).contains(area) for area in hub.get_bounding_rects())


@pytest.mark.parametrize(("key", "axis", "sign"), [("Left", 0, -1), ("Right", 0, 1), ("Head", 2, -1), ("Feet", 2, 1)])
def test_leaning_the_hub_sends_the_tip_the_other_way(patient_2: Case, key: str, axis: int, sign: int) -> None:
    from simulator.gui.context.app_context import AppContext
    from simulator.gui.context.app_doors import AppDoors
    from simulator.gui.context.display import Display
    from simulator.gui.input.direction import Direction
    from simulator.gui.input.needle_actions import NeedleActions

    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((1280, 720))
    session = Session(patient_2.world)
    session.do(c.PlaceNeedle(entry_from_midline_mm=22.0, side="left", level="L3/4", angle_deg=10.0))
    worker = EngineWorker(lambda progress: (_ for _ in ()).throw(AssertionError))
    context = AppContext(
        worker=worker,
        doors=AppDoors(show=lambda name: None, close_overlay=lambda: None),
        display=Display(size=(1280, 720)),
    )
    context.perceived.history.take(None, session.view())
    sent: list[c.Command] = []
    worker.send = sent.append  # type: ignore[method-assign]
    before = np.asarray(session.state.needle.pose.direction)  # type: ignore[union-attr]
    NeedleActions(context).redirect(Direction(key)).do()
    session.do(sent[0])
    turned = np.asarray(session.state.needle.pose.direction) - before  # type: ignore[union-attr]
    # hub to the patient's left (+x): the tip goes to the right (-x); hub to the head (+z): the tip to the feet
    assert np.sign(turned[axis]) == sign
    pygame.display.quit()


def test_the_notch_is_named_as_seen_from_above() -> None:
    assert notch_words(0.0) == "to the head"
    assert notch_words(90.0) == "to the right"
    assert notch_words(315.0) == "to the head left"


def test_a_picture_knows_where_its_pixels_are_drawn() -> None:
    picture = Picture(
        image=np.zeros((100, 200), np.int16),
        spacing_mm=(3.0, 0.5),
        area=pygame.Rect(10, 20, 300, 200),
        window=WINDOW_PRESETS[0],
        viewport=Viewport(across_mm=5.0, down_mm=-7.0, shown_mm=80.0),
    )
    for row, column in ((0.0, 0.0), (49.5, 99.5), (12.25, 180.0)):
        assert picture.pixel_at(picture.on_screen(row, column)) == pytest.approx((row, column))
    across = picture.on_screen(0, 20)[0] - picture.on_screen(0, 0)[0]
    down = picture.on_screen(10, 0)[1] - picture.on_screen(0, 0)[1]
    assert down / across == pytest.approx(3.0)  # 30 mm against 10 mm


def test_what_is_bright_is_drawn_where_it_lies() -> None:
    image = np.full((128, 128), -1000, np.int16)
    image[30:33, 90:93] = 2000
    picture = Picture(
        image=image, spacing_mm=(0.5, 0.5), area=pygame.Rect(0, 0, 256, 256), window=WINDOW_PRESETS[0],
        viewport=Viewport(shown_mm=40.0),
    )  # fmt: skip
    surface = pygame.Surface((256, 256))
    picture.draw(surface)
    shown = pygame.surfarray.array3d(surface)[:, :, 0].T
    rows, columns = np.nonzero(shown > 150)
    wanted = picture.on_screen(31, 91)
    assert (columns.mean(), rows.mean()) == pytest.approx(wanted, abs=2.0)


def test_windows_map_their_ends_to_black_and_white() -> None:
    window = WINDOW_PRESETS[1]
    values = grey(
        np.array([[window.level_hu - window.width_hu, window.level_hu, window.level_hu + window.width_hu]], np.int16),
        window,
    )
    assert values.tolist() == [[0, 127, 255]]


def test_distance_and_angle() -> None:
    line = Measurement(
        kind=MeasurementKind.DISTANCE,
        scan=0,
        plane=ImagePlane.AXIAL,
        at=0,
        points=[PlanePoint(0.0, 0.0), PlanePoint(30.0, 40.0)],
    )
    assert line.words == "50.0 mm"
    assert angle_deg(PlanePoint(0.0, 1.0), PlanePoint(0.0, 0.0), PlanePoint(1.0, 0.0)) == pytest.approx(90.0)
    assert angle_deg(PlanePoint(0.0, 0.0), PlanePoint(0.0, 0.0), PlanePoint(1.0, 0.0)) == 0.0


def test_a_defect_behind_the_desk_comes_to_the_window() -> None:
    def opening(progress: object) -> tuple[object, int]:
        raise RuntimeError("broken")

    worker = EngineWorker(opening)  # type: ignore[arg-type]
    worker.start()
    worker._thread.join(timeout=10.0)
    (report,) = worker.poll()
    assert isinstance(report, WorkFailed)
    assert report.fatal
    assert str(report.error) == "broken"


def test_a_skin_point_is_moved_over_the_midline() -> None:
    from simulator.gui.input.needle_actions import shift_skin_point

    right = c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level="L3/4")
    left = shift_skin_point(right, 2.0)
    assert (left.side, left.entry_from_midline_mm) == ("left", 1.0)
    assert (shift_skin_point(left, -2.0).side, shift_skin_point(left, -2.0).entry_from_midline_mm) == ("right", 1.0)
    assert shift_skin_point(c.PlaceNeedle(entry_x_mm=-20.0), 2.0).entry_x_mm == -18.0


def test_the_bar_above_names_every_phase_until_the_case_is_closed() -> None:
    from simulator.gui.panels.top_bar import PHASES

    assert (PHASES[0], PHASES[-1], len(PHASES)) == ("preparation", "aftercare", 8)
