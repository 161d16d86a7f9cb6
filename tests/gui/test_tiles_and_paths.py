"""The mouse on fluoroscopy tiles, the slice that is made first, the path, the needle in hand, the steppers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pygame
import pytest

from simulator.gui.drawing.picture import ImagePoint
from simulator.gui.drawing.window_level import WindowLevel
from simulator.gui.scan_reading.drawn_path import DrawnPath
from simulator.interface import commands as c
from simulator.spatial.frames import TablePoint
from tests.gui.scripted import Hand, Scripted, after, first_view
from tests.gui.text_on_screen import drawn


@pytest.fixture
def hand() -> Iterator[Hand]:
    view = first_view()
    for command in (c.PlaceSkinGrid(level="L3/4"), c.PlaceNeedle(), c.PressPedal()):
        view = after(view, command, 9)
    hand = Hand(Scripted(view))
    hand.until(lambda: bool(hand.context.perceived.presses))
    hand.app.step()
    yield hand
    hand.leave()


@pytest.mark.parametrize("screen", ["guidance", "injection"])
def test_a_right_drag_on_a_tile_changes_the_window(hand: Hand, screen: str) -> None:
    hand.go(screen)
    before = hand.context.display.press_window
    at = hand.app.screen._tiles[1].center
    hand.drag(at, (at[0] + 30, at[1] - 20), button=3)
    now = hand.context.display.press_window
    assert now.width_hu == before.width_hu + 120
    assert now.level_hu == before.level_hu - 40


def test_a_drag_moves_and_with_the_tool_it_measures(hand: Hand) -> None:
    hand.go("guidance")
    at, viewport = hand.app.screen._tiles[1].center, hand.context.display.press_viewport
    place = viewport.across_mm
    hand.drag(at, (at[0] + 40, at[1]))
    assert viewport.across_mm < place
    hand.key(pygame.K_l)
    place = viewport.across_mm
    hand.drag(at, (at[0] + 40, at[1]))
    assert viewport.across_mm == place
    picture = hand.app.controls.tiles._pictures[1][0]
    words = f"{40 / picture.px_per_mm:.1f} mm"
    assert hand.app.controls.tiles.length_words == words
    assert any(line.text == words for line in drawn(hand.app))


def test_the_plan_is_laid_over_its_slice_on_a_key(hand: Hand) -> None:
    hand.go("guidance")
    hand.key(pygame.K_p)
    assert "No path" in hand.context.notices.notice
    entry, target = TablePoint(-20.0, 60.0, 8.0), TablePoint(0.0, 15.0, 8.0)
    hand.context.send(c.PlanPath(approach="paramedian interlaminar", side="right", entry_mm=entry, target_mm=target))
    hand.settle()
    assert not any(line.text == "plan" for line in drawn(hand.app)), "a line would hide the shaft"
    hand.key(pygame.K_p)
    shown = [line for line in drawn(hand.app) if line.text == "plan"]
    assert len(shown) == 1
    assert hand.app.screen._tiles[1].collidepoint(shown[0].area.center), "the slice at 8 mm is the middle one"
    row, column = hand.context.perceived.latest_press().grid.row_and_column(0.0, 15.0)
    picture = hand.app.controls.tiles._pictures[1][0]
    x, y = picture.on_screen(row, column)
    assert abs(shown[0].area.left - x) < 30
    assert abs(shown[0].area.centery - y) < 4


@pytest.mark.parametrize(("screen", "shown"), [("reading", "scan"), ("guidance", "press"), ("injection", "press")])
def test_digits_choose_the_grey_window_on_every_screen_with_pictures(hand: Hand, screen: str, shown: str) -> None:
    hand.go(screen)

    def window() -> WindowLevel:
        return getattr(hand.context.display, f"{shown}_window")

    first = window()
    for code, name in ((pygame.K_1, "Guide"), (pygame.K_2, "Soft"), (pygame.K_3, "Bone"), (pygame.K_4, "Myelo")):
        hand.key(code)
        assert window().name == name
    hand.key(pygame.K_2)
    hand.key(pygame.K_F12)
    assert window().inverted
    hand.key(pygame.K_HOME)
    assert window() == first


def test_black_and_white_are_turned_over(hand: Hand) -> None:
    hand.go("guidance")
    tile = hand.app.screen._tiles[0]
    grey = []
    for _ in range(2):
        hand.app.draw()
        grey.append(pygame.surfarray.array3d(hand.app.surface)[tile.centerx, tile.centery, 0])
        hand.key(pygame.K_F12)
    assert abs(int(grey[0]) + int(grey[1]) - 255) <= 4  # scaled after the window, with its rounding


def test_the_slice_that_is_looked_at_is_made_first() -> None:
    procedure = Scripted(first_view(), slices=60)
    procedure.picture_gate.clear()
    hand = Hand(procedure)
    hand.go("reading")
    hand.context.send(c.AcquirePlanningScan(levels=("L2", "L4")))
    hand.until(lambda: bool(hand.context.perceived.volumes))
    state = hand.app.screens["reading"].state
    hand.turns(2)
    for _ in range(25):
        hand.tap(pygame.K_PAGEUP)
    looked_at = state.index
    procedure.picture_gate.set()
    hand.until(lambda: bool(hand.context.perceived.scan("planning").ready[looked_at]))
    place = next(k for k, (_, indices) in enumerate(procedure.made) if looked_at in indices)
    assert place <= 2, "after the one that was being made, and the one that was looked at before"
    hand.until(lambda: hand.context.perceived.scan("planning").complete)
    made = [indices for _, indices in procedure.made]
    assert len(made) == len(set(made)), "none is made twice"
    hand.leave()


class Turnstile:
    """Lets as many pictures through as it is told; in place of a gate that is open or shut."""

    def __init__(self) -> None:
        self._let = threading.Semaphore(0)

    def wait(self, timeout: float) -> bool:
        return self._let.acquire(timeout=timeout)

    def let(self, count: int) -> None:
        self._let.release(count)

    def set(self) -> None:
        self.let(1000)


def test_a_later_scan_is_made_before_the_rest_of_an_earlier_one() -> None:
    procedure = Scripted(first_view(), slices=30)
    turnstile = Turnstile()
    procedure.picture_gate = turnstile
    hand = Hand(procedure)
    hand.go("reading")
    hand.context.send(c.AcquireMyelogram())
    hand.until(lambda: hand.app.worker.pending == 0)
    hand.context.send(c.AcquirePlanningScan(levels=("L2", "L4")))  # waits behind the picture that is being made
    turnstile.let(1)
    hand.until(lambda: hand.app.worker.pending == 0)
    hand.turns(3)
    turnstile.set()
    hand.until(lambda: all(volume.complete for volume in hand.context.perceived.volumes.values()))
    numbers = [number for number, _ in procedure.made]
    last = max(place for place, number in enumerate(numbers) if number == 1)
    assert last <= 12, "only what was being made, and what was looked at, comes before it"
    assert sorted(numbers) == [0] * 10 + [1] * 10
    hand.leave()


def test_a_path_keeps_its_distance_when_the_patient_moves(hand: Hand) -> None:
    hand.go("reading")
    hand.context.send(c.AcquirePlanningScan(levels=("L2", "L4")))
    hand.until(
        lambda: hand.context.perceived.scan("planning") is not None and hand.context.perceived.scan("planning").complete
    )
    screen = hand.app.screens["reading"]
    volume = hand.context.perceived.scan("planning")
    screen.state.draft = DrawnPath(
        number=volume.entry.number, index=4, entry=ImagePoint(60.0, 300.0), target=ImagePoint(160.0, 256.0)
    )
    hand.turns(2)
    before = screen.state.draft.offset_mm(volume.grid)
    assert before is not None
    side = screen.state.draft.plan(volume.grid).side
    moved = replace(
        hand.context.perceived.view, console=replace(hand.context.perceived.view.console, grid_midline_x_mm=-30.0)
    )
    hand.context.perceived.history.take(None, moved)
    hand.turns(2)
    assert screen.state.draft.offset_mm(volume.grid) == before
    assert screen.state.draft.plan(volume.grid).side == side


def test_the_button_names_the_needle_in_hand() -> None:
    tray = ("20G Quincke 120 mm", "20G Quincke 88 mm")
    view = first_view()
    view = replace(view, case=replace(view.case, needles=tray))
    hand = Hand(Scripted(view))
    hand.go("reading")
    assert hand.placed("120 mm")
    hand.context.send(c.PlaceNeedle())  # the scripted one is always the one of 88 mm
    hand.settle()
    hand.go("reading")
    assert hand.placed("88 mm"), "the needle on the skin, whatever was chosen"
    hand.leave()


@pytest.mark.parametrize("blood_ml", [0.0, 3.0])
def test_every_stepper_steps_something(hand: Hand, blood_ml: float) -> None:
    hand.go("reading")
    injection = replace(hand.context.perceived.view.injection, injected_blood_ml=blood_ml)
    hand.context.perceived.history.take(None, replace(hand.context.perceived.view, injection=injection))
    hand.turns(3)
    column = hand.app.screen._exposure
    rows = column._next.rows()
    steppers = [p for p in hand.app.screen._placed if p.hint and "of the next scan" in p.hint]
    assert len(steppers) == 2 * len(rows)
    assert {p.hint.removesuffix(" of the next scan") for p in steppers} == {row[0] for row in rows}


def test_there_is_a_way_back_from_the_injection_and_the_stylet_shows(hand: Hand) -> None:
    hand.go("injection")
    assert any("stylet in" in line.text for line in drawn(hand.app))
    hand.key(pygame.K_v)
    assert any("stylet out" in line.text for line in drawn(hand.app))
    at = hand.placed("Back to the needle").button.rect.center
    hand.drag(at, at)
    hand.turns(2)
    assert hand.app.name == "guidance"


def test_the_force_axis_says_what_it_shows(hand: Hand) -> None:
    hand.go("guidance")
    texts = [line.text for line in drawn(hand.app)]
    assert any(text.endswith(" N") for text in texts)
    assert "mm pushed at the skin" in texts


@pytest.mark.parametrize("screen", ["briefing", "reading", "guidance", "injection", "debrief"])
@pytest.mark.parametrize("size", [(1280, 720), (1600, 900)])
def test_the_help_is_whole_and_speaks_of_this_screen(hand: Hand, screen: str, size: tuple[int, int]) -> None:
    pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, w=size[0], h=size[1], size=size))
    hand.go(screen)
    own = hand.app.screen
    keys = [action.key.cap for action in own.actions if action.key]
    hand.key(pygame.K_F1)
    lines = drawn(hand.app)
    texts = [line.text for line in lines]
    assert all(cap in texts for cap in keys), "every key stands there"
    assert all(gesture in texts for gesture, _ in own.gestures)
    said = " ".join(texts)
    assert "Click or hold the lamp" not in said or screen == "guidance"
    entries = hand.app.screens["help"].entries
    assert all(word in said for _, words in entries for word in words.split()), "nothing is cut"
    whole = pygame.Rect(0, 0, *size)
    assert all(whole.contains(line.ink) for line in lines)
    hand.key(pygame.K_F1)
