"""What is typed while something is computed: beam and needle are dropped with a sign, the rest waits its turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pygame
import pytest

from simulator.gui.app import App
from simulator.gui.panels import bottom_bar
from simulator.interface import commands as c
from simulator.vocabulary.procedure import Phase
from tests.gui.made_up import MadeUpDesk
from tests.gui.scripted import Hand, Scripted, after, first_view
from tests.gui.text_on_screen import drawn


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand(Scripted())
    yield hand
    hand.leave()


def with_needle(*commands: c.Command) -> Scripted:
    view = first_view()
    for command in (c.PlaceSkinGrid(level="L3/4"), c.PlaceNeedle(), *commands):
        view = after(view, command, 9)
    return Scripted(view)


def test_three_taps_are_one_planning_scan(hand: Hand) -> None:
    procedure = hand.procedure
    assert procedure is not None
    procedure.now = after(procedure.now, c.PlaceSkinGrid(level="L3/4"), 9)
    hand.context.perceived.history.take(None, procedure.now)
    hand.go("reading")
    procedure.gate.clear()
    for _ in range(3):
        hand.tap(pygame.K_SPACE)
    assert "Not done" in hand.context.notices.notice
    assert any(hand.context.notices.notice[:20] in line.text for line in drawn(hand.app)), (
        "the sign stands on the screen"
    )
    procedure.gate.set()
    hand.settle()
    hand.turns(5)
    assert procedure.names == ["AcquirePlanningScan"]


@pytest.mark.parametrize(("answer", "scans"), [(pygame.K_n, 1), (pygame.K_ESCAPE, 1), (pygame.K_RETURN, 2)])
def test_a_repeated_scan_is_asked_about(answer: int, scans: int) -> None:
    view = first_view()
    for command in (c.PlaceSkinGrid(level="L3/4"), c.AcquirePlanningScan(levels=("L2", "L4"))):
        view = after(view, command, 3)
    hand = Hand(Scripted(view))
    hand.go("reading")
    hand.key(pygame.K_SPACE)
    assert hand.app.name == "question"
    assert "mGy·cm more" in hand.context.notices.question
    assert any("another one costs" in line.text.lower() for line in drawn(hand.app))
    hand.key(answer)
    assert hand.app.name == "reading"
    assert len(hand.context.perceived.view.console.acquired) == scans
    hand.leave()


@pytest.mark.parametrize(
    ("code", "mod"),
    [
        (pygame.K_DOWN, 0),
        (pygame.K_UP, 0),
        (pygame.K_DOWN, pygame.KMOD_CTRL),
        (pygame.K_a, 0),
        (pygame.K_x, 0),
        (pygame.K_SPACE, 0),
    ],
)
@pytest.mark.parametrize("what", ["command", "picture"])
def test_beam_and_needle_are_dropped_while_something_is_computed(code: int, mod: int, what: str) -> None:
    procedure = with_needle()
    hand = Hand(procedure)
    hand.go("guidance")
    if what == "command":
        procedure.gate.clear()
        hand.tap(pygame.K_PERIOD)
    else:
        procedure.picture_gate.clear()
        hand.tap(pygame.K_SPACE)
        hand.until(lambda: hand.app.worker.pending == 0)
    before = list(procedure.names)
    for _ in range(3):
        hand.tap(code, mod)
    assert hand.context.notices.dropped
    procedure.gate.set()
    procedure.picture_gate.set()
    hand.settle()
    hand.turns(5)
    assert procedure.names[len(before) :] in ([], ["Wait"]), "nothing of it is carried out later"
    hand.key(code, mod)
    assert procedure.names[-1] not in ("Wait",), "afterwards it works"
    hand.leave()


def test_keys_typed_quickly_are_all_carried_out_in_their_order() -> None:
    procedure = with_needle(c.RemoveStylet())
    hand = Hand(procedure)
    hand.go("injection")
    procedure.gate.clear()
    hand.tap(pygame.K_b)
    hand.tap(pygame.K_m)
    hand.tap(pygame.K_PERIOD)
    procedure.gate.set()
    hand.settle()
    assert procedure.names == ["DrawBlood", "MixContrast", "Wait"]
    assert hand.context.perceived.view.injection.syringe_contrast_ml == 1.0
    hand.leave()


def test_a_refusal_ends_what_waits() -> None:
    procedure = with_needle()
    hand = Hand(procedure)
    hand.go("guidance")
    procedure.gate.clear()
    hand.context.send(c.MixContrast(volume_ml=1.0))  # refused: nothing is in the syringe
    hand.tap(pygame.K_PERIOD)
    procedure.gate.set()
    hand.settle()
    assert procedure.names == ["MixContrast"]
    assert "no blood" in hand.context.notices.notice
    hand.leave()


def test_a_long_command_says_that_it_works(hand: Hand) -> None:
    procedure = hand.procedure
    assert procedure is not None
    procedure.gate.clear()
    hand.tap(pygame.K_1)
    hand.until(lambda: hand.app.worker.busy_s > bottom_bar.WORK_SHOWN_S)
    assert any("Working: position patient" in line.text for line in drawn(hand.app))
    procedure.gate.set()
    hand.settle()
    assert not any("Working" in line.text for line in drawn(hand.app))


def test_work_that_takes_very_long_says_why(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    procedure = hand.procedure
    assert procedure is not None
    monkeypatch.setattr(bottom_bar, "FIRST_START_S", bottom_bar.WORK_SHOWN_S)
    procedure.gate.clear()
    hand.tap(pygame.K_1)
    hand.until(lambda: hand.app.worker.busy_s > bottom_bar.WORK_SHOWN_S)
    assert any("A first start compiles" in line.text for line in drawn(hand.app))
    procedure.gate.set()
    hand.settle()


def test_nothing_is_drawn_over_the_help(hand: Hand) -> None:
    procedure = hand.procedure
    assert procedure is not None
    procedure.gate.clear()
    hand.tap(pygame.K_1)
    hand.until(lambda: hand.app.worker.busy_s > bottom_bar.WORK_SHOWN_S)
    hand.tap(pygame.K_F1)
    assert hand.app.name == "help"
    assert not any("Working" in line.text for line in drawn(hand.app))
    procedure.gate.set()
    hand.settle()


def test_what_waits_its_turn_says_so(hand: Hand) -> None:
    procedure = hand.procedure
    assert procedure is not None
    procedure.gate.clear()
    hand.tap(pygame.K_1)
    hand.tap(pygame.K_2)
    assert hand.context.notices.notice.startswith("Waits its turn: ")
    procedure.gate.set()
    hand.settle()
    assert hand.context.notices.notice == ""


def test_closing_shows_that_it_closes(hand: Hand) -> None:
    procedure = hand.procedure
    assert procedure is not None
    procedure.gate.clear()
    hand.tap(pygame.K_1)
    shown: list[float] = []

    def closing(context: object, target: pygame.Surface, since_s: float) -> None:
        shown.append(since_s)
        if since_s > 0.2:
            procedure.gate.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bottom_bar, "draw_closing", closing)
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        hand.app.run()
    assert shown
    assert shown[-1] > 0.2
    assert procedure.closed.is_set()
    assert procedure.names == ["PositionPatient"], "a command that has begun is carried out"


def test_building_a_patient_can_be_given_up() -> None:
    desk, ended = MadeUpDesk(), threading.Event()

    def opening(progress):
        try:
            for step in range(10_000):
                progress("building", step / 10_000)
                time.sleep(0.005)
        finally:
            ended.set()

    app = App(None, size=(1280, 720), desk=desk)
    app.begin(opening)
    for _ in range(5):
        app.step()
    assert app.name == "loading"
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE, mod=0, unicode="", scancode=0))
    app.step()
    assert app.name == "start"
    assert ended.wait(10.0)
    pygame.display.quit()


def test_the_rest_of_a_scan_need_not_be_made() -> None:
    view = first_view()
    procedure = Scripted(view, slices=30)
    procedure.picture_gate.clear()
    hand = Hand(procedure)
    hand.go("reading")
    hand.context.send(c.AcquirePlanningScan(levels=("L2", "L4")))
    hand.until(lambda: bool(hand.context.perceived.volumes))
    hand.turns(2)
    hand.tap(pygame.K_DELETE)
    procedure.picture_gate.set()
    hand.settle()
    hand.turns(10)
    assert len(procedure.made) <= 3, "but for what was being made and what is looked at"
    made = len(procedure.made)
    for _ in range(6):
        hand.tap(pygame.K_PAGEDOWN)
    screen = hand.app.screens["reading"]
    volume = hand.context.perceived.scan("planning")
    hand.until(lambda: bool(volume.ready[screen.state.index]))
    assert len(procedure.made) > made
    hand.leave()


def test_a_hold_goes_on_while_pictures_come() -> None:
    procedure = with_needle()
    hand = Hand(procedure)
    hand.go("guidance")
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_SPACE, mod=0, unicode="", scancode=0))
    hand.app.step()
    hand.tap(pygame.K_DOWN)
    hand.until(lambda: "Wait" in procedure.names)
    pygame.event.post(pygame.event.Event(pygame.KEYUP, key=pygame.K_SPACE, mod=0, unicode="", scancode=0))
    hand.until(lambda: "ReleasePedal" in procedure.names)
    hand.settle()
    assert procedure.names.count("Advance") == 1, "under a held pedal one push goes in between two pictures"
    assert procedure.names[-1] == "ReleasePedal"
    assert hand.context.perceived.view.phase == Phase.GUIDANCE
    hand.leave()


def test_a_look_that_is_written_down_keeps_nobody_waiting() -> None:
    procedure = with_needle()
    hand = Hand(procedure)
    hand.go("guidance")
    procedure.gate.clear()
    hand.app.worker.note_look(c.LookAt(number=0, slices=(0,)))
    hand.turns(2)
    assert not hand.context.busy
    hand.tap(pygame.K_DOWN)
    assert not hand.context.notices.dropped
    procedure.gate.set()
    hand.settle()
    assert procedure.names == ["Advance"]
    hand.leave()


def test_a_scan_that_runs_can_be_stopped_and_its_part_is_booked() -> None:
    procedure = Scripted(first_view(prepared=("skin grid",)))
    hand = Hand(procedure)
    hand.go("reading")
    hand.tap(pygame.K_SPACE)
    assert hand.context.held.scan_run is not None
    hand.tap(pygame.K_SPACE)
    assert "a scan runs" in hand.context.notices.notice
    assert procedure.names == []
    hand.turns(10)
    hand.tap(pygame.K_DELETE)
    hand.settle()
    (sent,) = [one for one in procedure.done if isinstance(one, c.AcquirePlanningScan)]
    assert 0.0 < sent.done_fraction < 1.0
    hand.leave()


def test_a_scan_that_runs_when_the_window_is_closed_is_booked() -> None:
    procedure = Scripted(first_view(prepared=("skin grid",)))
    hand = Hand(procedure)
    hand.go("reading")
    hand.tap(pygame.K_SPACE)
    hand.app._close_worker()
    assert procedure.names == ["AcquirePlanningScan"]
    hand.leave()
