"""The plan beside the live tiles, in three planes, with the tip as the trainee saw it."""

from __future__ import annotations

from collections.abc import Iterator

import pygame
import pytest

from simulator.gui.images.volume import Volume
from simulator.gui.panels.plan_pictures import scan_of
from simulator.gui.screens.guidance import GuidanceScreen
from simulator.interface import commands as c
from simulator.interface.commands import PlanPath
from tests.gui import made_up
from tests.gui.scripted import Hand, Scripted


def screen(hand: Hand) -> GuidanceScreen:
    found = hand.app.screen
    assert isinstance(found, GuidanceScreen)
    return found


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand(Scripted())
    hand.context.send(c.AcquirePlanningScan(levels=("L3", "L4")))
    hand.settle()
    hand.until(lambda: hand.context.perceived.scan("planning") is not None)
    hand.until(lambda: bool(hand.context.perceived.scan("planning").complete))
    volume = hand.context.perceived.scan("planning")
    middle = volume.z_mm(volume.count // 2)
    path = PlanPath(
        approach="paramedian interlaminar", side="right", entry_mm=(-20.0, 60.0, middle), target_mm=(0.0, 15.0, middle)
    )
    for command in (path, c.PlaceNeedle(), c.Advance(distance_mm=30.0), c.PressPedal()):
        hand.context.send(command)
        hand.settle()
    hand.go("guidance")
    hand.turns(2)
    yield hand
    hand.leave()


def test_the_plan_takes_the_place_of_the_first_slice_and_gives_it_back(hand: Hand) -> None:
    assert "PLAN" not in hand.texts()
    hand.key(pygame.K_b)
    shown = hand.texts()
    assert "PLAN" in shown
    assert "pushed 30 of 49 mm" in shown
    assert "SUP" not in shown
    hand.key(pygame.K_b)
    shown = hand.texts()
    assert "PLAN" not in shown
    assert "SUP" in shown


def test_a_click_marks_the_tip_of_the_press_that_is_shown_and_the_mark_stays_with_it(hand: Hand) -> None:
    hand.key(pygame.K_b)
    hand.key(pygame.K_k)
    tile = screen(hand)._tiles[1]
    at = (tile.centerx + 9, tile.centery - 15)
    hand.drag(at, at)
    press = screen(hand)._controls.tiles.press
    assert press is not None
    mark = hand.context.session.tip_marks[press.entry.number]
    row, column = press.grid.row_and_column(mark.x_mm, mark.y_mm)
    picture, index = screen(hand)._controls.tiles._pictures[1]
    assert picture.on_screen(row, column) == pytest.approx(at, abs=0.6)
    assert mark.z_mm == pytest.approx(press.entry.slice_centres_table_mm[index])
    hand.drag((at[0] + 20, at[1]), (at[0] + 40, at[1]))
    assert hand.context.session.tip_marks == {press.entry.number: mark}, "a further click moves the pictures again"
    hand.context.send(c.PressPedal())
    hand.settle()
    hand.turns(2)
    assert list(hand.context.session.tip_marks) == [press.entry.number]


def test_a_click_on_the_plan_marks_nothing(hand: Hand) -> None:
    hand.key(pygame.K_b)
    hand.app.step()
    hand.key(pygame.K_k)
    at = screen(hand)._tiles[0].center
    hand.drag(at, at)
    assert hand.context.session.tip_marks == {}


def test_without_a_path_there_is_nothing_to_show() -> None:
    hand = Hand(Scripted())
    for command in (c.PlaceNeedle(), c.PressPedal()):
        hand.context.send(command)
        hand.settle()
    hand.go("guidance")
    hand.key(pygame.K_b)
    assert "No path has been written down" in hand.texts()
    hand.leave()


def test_a_path_is_shown_on_the_planning_scan_that_holds_it() -> None:
    volumes = {}
    for number, purpose in enumerate(("myelogram", "planning", "planning", "control")):
        volumes[number] = Volume.awaited(made_up.acquired(number, purpose, 9))
        volumes[number].take(tuple(range(9)), made_up.frame(9))
    z = volumes[0].z_mm(4)
    inside = PlanPath(approach="midline interlaminar", side="midline", entry_mm=(0, 60, z), target_mm=(0, 10, z))
    beyond = PlanPath(approach="midline interlaminar", side="midline", entry_mm=(0, 60, z), target_mm=(0, 10, z + 500))
    assert scan_of(volumes, inside) is volumes[2]
    assert scan_of({0: volumes[0], 3: volumes[3]}, inside) is volumes[0]
    assert scan_of(volumes, beyond) is None
