"""A session that was left comes back as if nobody had gone: what was felt, seen, said, read and planned."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pygame

from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.perceived_history import PerceivedHistory
from simulator.gui.screens.reading import ReadingScreen
from simulator.interface import commands as c
from simulator.interface.view import View
from simulator.spatial.frames import TablePoint
from tests.gui.scripted import Hand, Scripted, after, first_view
from tests.gui.text_on_screen import drawn


def _session() -> list[tuple[c.Command | None, View]]:
    """A procedure up to the blood, with what was perceived after each command."""
    view = first_view()
    past: list[tuple[c.Command | None, View]] = [(None, view)]
    commands: list[c.Command] = [
        c.PositionPatient(), c.TimeOut(), c.AcquireMyelogram(), c.MarkLeak(level="L4/5", side="right"),
        c.PlaceSkinGrid(level="L4/5"), c.AcquirePlanningScan(levels=("L3", "L5"), mas=25.0),
        c.PlanPath(
            approach="paramedian interlaminar", side="right", entry_mm=TablePoint(-20.0, 60.0, 0.0),
            target_mm=TablePoint(0.0, 5.0, 0.0),
        ),
        c.PlaceNeedle(), c.Advance(distance_mm=20.0), c.PressPedal(), c.Advance(distance_mm=5.0), c.LookAt(number=2),
        c.RemoveStylet(), c.Aspirate(), c.InjectContrast(volume_ml=0.5), c.PressPedal(), c.AskPatient(),
        c.DrawBlood(), c.MixContrast(), c.InjectBlood(volume_ml=2.0), c.MoveTable(by_mm=4.0),
    ]  # fmt: skip
    for command in commands:
        view = after(view, command, 9)
        if isinstance(command, c.Advance):
            view = replace(view, handling=replace(view.handling, force_n=(1.0, 4.0, 1.5)))
        if isinstance(command, c.Aspirate):
            view = replace(view, handling=replace(view.handling, hub="clear"))
        if isinstance(command, c.AskPatient):
            spoken = replace(view.patient, words="A little sore.", words_at_ms=view.elapsed_ms)
            view = replace(view, patient=spoken)
        past.append((command, view))
    return past


def _remembered(history: PerceivedHistory) -> dict[str, Any]:
    return {item.name: getattr(history, item.name) for item in fields(history)}


def test_hands_eyes_and_ears_remember_all_of_it() -> None:
    past = _session()
    lived = PerceivedHistory()
    for command, view in past:
        lived.take(command, view)
    hand = Hand(Scripted(past[-1][1], past=past))
    assert _remembered(hand.context.perceived.history) == _remembered(lived)
    assert hand.context.perceived.history.needle.depth_mm == 25.0
    assert hand.context.perceived.history.needle.hub == "Aspirated: clear fluid comes."
    assert len(hand.context.perceived.history.needle.felt) == 6
    assert hand.app.name == "injection", "where the procedure stands"
    shown = " ".join(line.text for line in drawn(hand.app))
    assert "A little sore." in shown
    hand.go("guidance")
    shown = " ".join(line.text for line in drawn(hand.app))
    assert "Aspirated: clear fluid comes." in shown
    hand.leave()


def test_the_written_path_and_the_count_stand_where_they_stood() -> None:
    past = _session()
    hand = Hand(Scripted(past[-1][1], past=past))
    hand.go("reading")
    screen = hand.app.screen
    assert isinstance(screen, ReadingScreen)
    hand.until(lambda: screen.state.draft is not None)
    volume = hand.context.perceived.scan("planning")
    assert screen.state.confirmed
    entry = screen.state.draft.entry_point(volume.grid)
    assert abs(entry.x_mm + 20.0) < 0.5
    assert abs(entry.y_mm - 60.0) < 0.5
    assert screen.state.planning_mas == 25.0
    assert screen.state.leak_side == "right"
    texts = [line.text for line in drawn(hand.app)]
    assert "L4/5" in texts
    assert ImagePlane.AXIAL in screen.pictures()
    hand.leave()


def test_what_was_looked_at_is_not_looked_at_again() -> None:
    past = _session()
    procedure = Scripted(past[-1][1], past=past)
    hand = Hand(procedure)
    look = c.LookAt(number=2, slices=(0, 1, 2))
    hand.context.perceived.gaze.note_earlier(look)
    hand.context.perceived.gaze.see(2, 1)
    assert hand.context.perceived.gaze.settle(0.0) == []
    hand.context.perceived.gaze.see(2, 1)
    assert hand.context.perceived.gaze.settle(5.0) == []
    hand.leave()


def test_it_says_so_until_something_is_done() -> None:
    past = _session()
    procedure = Scripted(past[-1][1], past=past)
    hand = Hand(procedure)
    hand.context.session.resumed = 20
    assert any("Resumed after command 20" in line.text for line in drawn(hand.app))
    hand.key(pygame.K_PERIOD)
    assert not any("Resumed" in line.text for line in drawn(hand.app))
    hand.leave()
