"""Practice: back to a press in a session of its own, marked as assisted; the session that was left stays as it was."""

from __future__ import annotations

from pathlib import Path

import pygame

from simulator.engine.session import Session
from simulator.gui.context.session_state import DoneCommand
from simulator.gui.ground_truth.recorded_procedure import ASSISTED, RecordedProcedure
from simulator.gui.input.practice import commands_to_press
from simulator.interface import commands as c
from simulator.records.session_reader import read_session
from simulator.report.recording import Recording
from simulator.scenario.build import Case
from tests.gui.scripted import Hand, Scripted
from tests.gui.text_on_screen import drawn


def _done(*pairs: tuple[c.Command, int, bool]) -> list[DoneCommand]:
    return [DoneCommand(command=command, presses=presses, pedal_down=down) for command, presses, down in pairs]


def test_a_press_under_a_held_pedal_ends_with_the_pedal_up() -> None:
    hold, wait = c.PressPedal(hold=True), c.Wait(duration_s=0.5)
    done = _done((hold, 1, True), (wait, 2, True), (wait, 3, True), (c.ReleasePedal(), 3, False), (wait, 3, False))
    assert commands_to_press(done, 2) == (hold, wait, c.ReleasePedal())
    assert commands_to_press(done, 1) == (hold, c.ReleasePedal())
    single = _done((c.PressPedal(), 1, False), (wait, 1, False))
    assert commands_to_press(single, 1) == (c.PressPedal(),)


def test_the_menu_leads_back_to_the_press_before_and_says_that_it_helps() -> None:
    procedure = Scripted()
    hand = Hand(procedure)
    for command in (c.PlaceNeedle(), c.PressPedal(), c.Advance(distance_mm=30.0), c.PressPedal()):
        hand.context.send(command)
        hand.settle()
    hand.go("guidance")
    hand.key(pygame.K_ESCAPE)
    hand.tap(pygame.K_p)
    assert hand.app.name == "question"
    hand.tap(pygame.K_RETURN)
    hand.until(lambda: hand.app.name == "guidance")
    hand.turns(3)
    assert procedure.closed.wait(10.0)
    assert len(procedure.done) == 4, "what was left stays as it was"
    assert hand.context.perceived.history.needle.depth_mm == 0.0
    assert len(hand.context.perceived.history.presses) == 1
    assert any(line.text == "ASSISTED" for line in drawn(hand.app))
    hand.procedure = procedure.branched
    hand.leave()


def test_a_branch_has_a_record_of_its_own(patient_2: Case, tmp_path: Path) -> None:
    recording = Recording(patient_2, operator="trainee", scenario_path="", out=tmp_path / "one", learner="r-17")
    procedure = RecordedProcedure(recording)
    commands = [c.PlaceSkinGrid(level="L3/4"), c.PositionPatient(), c.Wait(duration_s=5.0)]
    for command in commands:
        procedure.do(command)
    branched, _ = procedure.branch(commands[:2])(lambda what, fraction: None)
    branched.do(c.TimeOut())
    branched.close()
    procedure.close()
    record = read_session(tmp_path / "one" / "practice-1")
    assert record.header.operator == ASSISTED
    assert record.header.learner is None, "practice is nobody's attempt"
    assert list(record.commands) == [*commands[:2], c.TimeOut()]
    assert list(read_session(tmp_path / "one").commands) == commands
    again = Session(patient_2.world)
    for command in record.commands:
        again.do(command)
    assert again.view().prepared == ("skin grid", "patient positioned", "time-out")


def _rewound() -> tuple[Scripted, Hand]:
    procedure = Scripted()
    hand = Hand(procedure)
    for command in (
        c.PositionPatient(), c.TimeOut(), c.PlaceNeedle(), c.LookAt(number=0, slices=(0,)), c.Advance(distance_mm=30.0),
        c.MixContrast(volume_ml=1.0), c.Advance(distance_mm=5.0),
    ):  # fmt: skip
        hand.context.send(command)
        hand.settle()
    hand.go("guidance")
    hand.key(pygame.K_ESCAPE)
    hand.tap(pygame.K_r)
    return procedure, hand


def test_any_command_can_be_gone_back_to_and_what_changed_nothing_is_not_listed() -> None:
    procedure, hand = _rewound()
    assert hand.app.name == "rewind"
    shown = hand.texts()
    for words in ("before the first command", "position patient", "time out", "advance", "30 mm", "5 mm"):
        assert words in shown
    assert "look at" not in shown
    assert "mix contrast" not in shown, "it was refused"
    hand.tap(pygame.K_UP)  # from the push before the last to the needle's placing
    hand.tap(pygame.K_RETURN)
    assert hand.app.name == "question", "the session that is left is asked about"
    hand.tap(pygame.K_RETURN)
    hand.until(lambda: hand.app.name == "guidance")
    hand.turns(3)
    assert procedure.closed.wait(10.0)
    assert len(procedure.done) == 7, "what was left stays as it was"
    assert [type(one.command).__name__ for one in hand.context.session.done] == [
        "PositionPatient", "TimeOut", "PlaceNeedle"
    ]  # fmt: skip
    assert hand.context.session.assisted
    assert any(line.text == "ASSISTED" for line in drawn(hand.app))
    hand.procedure = procedure.branched
    hand.leave()


def test_a_command_is_chosen_by_click_and_wheel_and_the_first_view_too() -> None:
    procedure, hand = _rewound()
    hand.app.draw()
    area, _ = hand.app.screen._rows[0]
    hand.drag(area.center, area.center)
    assert hand.app.screen._chosen == 0
    hand.wheel(area.center, -2)
    assert hand.app.screen._chosen == 2
    hand.wheel(area.center, 5)
    hand.tap(pygame.K_RETURN)
    hand.tap(pygame.K_RETURN)
    hand.until(lambda: hand.app.name == "briefing")
    assert hand.context.session.done == []
    hand.procedure = procedure.branched
    hand.leave()
