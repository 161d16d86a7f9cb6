"""Lessons in the window: what a case tells and asks is shown, and what is answered is kept in the record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pygame
import pytest

from simulator.gui.app import App
from simulator.gui.drawing.plain_markdown import BlockKind, text_blocks
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
from simulator.gui.input.exam_clock import exam_left_s, set_exam_clock
from simulator.gui.input.lesson_answers import answers, ticks
from simulator.gui.input.scan_run import begin_scan
from simulator.interface import commands as c
from simulator.records.session_reader import read_session
from simulator.report.recording import Recording
from simulator.scenario.answers import grade_answers
from simulator.scenario.case import Case
from tests.gui import made_up
from tests.gui.player import Player
from tests.gui.scripted import Hand, Scripted
from tests.gui.text_on_screen import drawn
from tests.lesson_case import case_of, lesson_folder, lesson_scenario

EXAM = "[exam]\nseeds = [1]\nattempts = 2\nminutes = 30\n"
OF_THE_SCORE = ("of 100", "points", "Score by component", "TRUTH", "Near misses", "Costliest", "Report", "best before")
OF_THE_TRUTH = ("from behind", "L3/4, right", "15 mL", "A time-out asks for drugs", "Next time raise the legs")


class Learner(Player):
    """A person at a window with the engine behind it."""

    def __init__(self, case: Case, out: Path) -> None:
        self.recording: list[Recording] = []

        def opening(progress: object) -> tuple[RecordedProcedure, int]:
            self.recording.append(Recording(case, operator="trainee", scenario_path="", out=out, learner="ann"))
            return RecordedProcedure(self.recording[-1]), 0

        self.app = App(EngineWorker(opening), size=(1280, 720))  # type: ignore[arg-type]

    def texts(self) -> list[str]:
        """What is written on the screen."""
        self.app.step()
        return [line.text for line in drawn(self.app)]


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    folder = lesson_folder(tmp_path)
    person = Learner(case_of(lesson_scenario(folder), folder), tmp_path / "out")
    yield person
    person.leave()


@pytest.fixture
def candidate(tmp_path: Path) -> Iterator[Learner]:
    folder = lesson_folder(tmp_path, EXAM)
    person = Learner(case_of(lesson_scenario(folder), folder), tmp_path / "out")
    yield person
    person.leave()


def answer_before(person: Learner) -> None:
    """Through all pages before the procedure, with an answer to both questions and a tick."""
    person.on("lesson")
    for _ in range(3):
        person.key(pygame.K_PAGEDOWN)
    person.click("L3/4")
    person.click("Right")
    person.key(pygame.K_PAGEDOWN)
    for code in (pygame.K_1, pygame.K_6, pygame.K_RETURN):
        person.key(code)
    person.key(pygame.K_PAGEDOWN)
    person.key(pygame.K_a)


def test_a_case_with_a_lesson_opens_with_it_and_keeps_what_is_answered(learner: Learner, tmp_path: Path) -> None:
    learner.on("lesson")
    assert any("Name the level" in text for text in learner.texts())
    learner.key(pygame.K_PAGEDOWN)
    words = " ".join(learner.texts())
    assert "See L3/4 <script>alert(1)</script>" in words, "raw HTML is text"
    learner.key(pygame.K_PAGEUP)
    answer_before(learner)
    assert answers(learner.app.context.session) == {1: "L3/4 right", 2: "16"}
    assert ticks(learner.app.context.session) == {1}
    learner.key(pygame.K_F2)
    assert learner.app.name == "briefing"
    learner.key(pygame.K_F11)
    assert learner.app.name == "checklist"
    learner.key(pygame.K_b)
    learner.key(pygame.K_RETURN)
    assert learner.app.name == "briefing"
    learner.key(pygame.K_ESCAPE)
    learner.key(pygame.K_F10)
    learner.key(pygame.K_RETURN)  # no blood was given, and that is meant
    assert learner.app.name == "lesson", "the question after the procedure comes before its end"
    assert "from behind" not in " ".join(learner.texts())
    learner.key(pygame.K_2)
    learner.key(pygame.K_F2)
    learner.on("debrief")
    learner.until(lambda: bool(learner.app.context.session.report_path))
    recording = learner.recording[0]
    graded = grade_answers(recording.case.scenario, recording.session.events)
    assert [one.right for one in graded] == [True, True, True]
    kept = read_session(tmp_path / "out").commands
    assert [one.item for one in kept if isinstance(one, c.TickChecklist)] == [1, 2]
    learner.key(pygame.K_t)
    said = ""
    for _ in range(6):
        said += " ".join(learner.texts())
        learner.key(pygame.K_PAGEDOWN)
    for words in ("How was it?", "Why there?", "What next?", "from behind", "A time-out asks for drugs"):
        assert words in said


def test_a_number_can_be_typed_with_a_comma_and_on_the_numeric_pad(learner: Learner) -> None:
    learner.on("lesson")
    for _ in range(4):
        learner.key(pygame.K_PAGEDOWN)
    for code in (pygame.K_KP_1, pygame.K_6, pygame.K_COMMA, pygame.K_KP_5, pygame.K_COMMA, pygame.K_KP_ENTER):
        learner.key(code)
    assert answers(learner.app.context.session) == {2: "16.5"}


def test_going_on_without_an_answer_is_asked_about(learner: Learner) -> None:
    learner.on("lesson")
    learner.key(pygame.K_F2)
    assert learner.app.name == "question"
    assert learner.app.context.notices.question.startswith("2 of the questions")
    learner.key(pygame.K_RETURN)
    assert learner.app.name == "briefing"


def test_an_examination_shows_no_help_no_truth_and_no_score(candidate: Learner) -> None:
    answer_before(candidate)
    candidate.key(pygame.K_F2)
    seen: list[str] = []
    context = candidate.app.context
    for name in ("lesson", "briefing", "reading", "guidance", "injection", "checklist", "menu"):
        candidate.app.show(name)  # type: ignore[arg-type]
        seen += candidate.texts()
    assert not context.teaching.guided
    candidate.key(pygame.K_g)
    assert not context.teaching.guided
    candidate.key(pygame.K_p)
    assert candidate.app.name == "menu", "nothing is practised"
    assert not any(text.startswith("Next:") for text in seen)
    candidate.key(pygame.K_F10)
    candidate.key(pygame.K_RETURN)
    candidate.key(pygame.K_2)
    candidate.key(pygame.K_F2)
    candidate.on("debrief")
    candidate.until(lambda: context.teaching.withheld and bool(context.session.report_path))
    for code in (pygame.K_y, pygame.K_PAGEUP, pygame.K_t, pygame.K_PAGEDOWN, pygame.K_PAGEDOWN, pygame.K_PAGEDOWN):
        candidate.key(code)
        seen += candidate.texts()
    candidate.app.show("debrief")  # type: ignore[arg-type]
    end = candidate.texts()
    assert "The teacher releases score and truth." in end
    assert context.session.debrief is None, "the truth never reaches the window"
    told = " ".join([*seen, *end, *(placed.label for placed in candidate.app.screen._placed)])
    for words in (*OF_THE_SCORE, *OF_THE_TRUTH):
        assert words not in told, words


def test_an_examination_ends_when_its_time_is_over(candidate: Learner, tmp_path: Path) -> None:
    """In the middle of a scan, whose beam is on: what was done of it is booked."""
    answer_before(candidate)
    context = candidate.app.context
    assert context.teaching.exam_ends_s is not None
    assert 29 * 60.0 < context.teaching.exam_ends_s - time.monotonic() <= 30 * 60.0
    assert "30 min left" in candidate.texts()
    begin_scan(context, c.AcquirePlanningScan(levels=("L3", "L4"), tube_voltage_kv=120, mas=100), 60.0)
    context.teaching.exam_ends_s = time.monotonic()
    candidate.on("debrief")
    candidate.until(lambda: context.teaching.withheld and bool(context.session.report_path))
    done = [step.command for step in candidate.recording[-1].session.steps]
    assert isinstance(done[-1], c.Finish)
    scan = next(one for one in done if isinstance(one, c.AcquirePlanningScan))
    assert scan.done_fraction is not None
    assert context.teaching.exam_ends_s is None
    assert candidate.recording[-1].session.state.finished


def test_the_time_of_an_examination_goes_on_while_the_window_is_closed(candidate: Learner) -> None:
    candidate.on("lesson")
    recording = candidate.recording[-1]
    assert recording.begun is not None
    recording.begun -= timedelta(minutes=29)
    used_s = RecordedProcedure(recording).used_s()
    assert 29 * 60.0 <= used_s < 30 * 60.0
    set_exam_clock(candidate.app.context, used_s)
    left_s = exam_left_s(candidate.app.context)
    assert left_s is not None
    assert 0.0 < left_s <= 60.0


def test_what_is_no_examination_has_no_end(learner: Learner) -> None:
    learner.on("lesson")
    assert exam_left_s(learner.app.context) is None
    assert not any("left" in text for text in learner.texts())


def test_the_same_search_finds_score_and_truth_without_an_examination(learner: Learner) -> None:
    """The check itself can fail."""
    answer_before(learner)
    learner.key(pygame.K_ESCAPE)
    learner.key(pygame.K_F10)
    learner.key(pygame.K_RETURN)
    learner.key(pygame.K_2)
    learner.key(pygame.K_F2)
    learner.on("debrief")
    learner.until(lambda: bool(learner.app.context.session.report_path))
    told = " ".join(learner.texts())
    assert "of 100" in told
    assert "Score by component" in told


def test_a_checklist_is_ticked_over_a_hand_at_work() -> None:
    """The overlay goes back to where it was laid over, and a case without a checklist has none."""
    procedure = Scripted(made_up.taught())
    hand = Hand(procedure)
    hand.go("guidance")
    hand.key(pygame.K_F11)
    hand.key(pygame.K_a)
    hand.key(pygame.K_a)
    assert [one.done for one in procedure.done if isinstance(one, c.TickChecklist)] == [True, False]
    hand.key(pygame.K_ESCAPE)
    assert hand.app.name == "guidance"
    hand.leave()


def test_markdown_becomes_headings_entries_and_paragraphs() -> None:
    found = text_blocks("# One\n\ntwo *three*\nfour\n\n- five\n- six\n\n<b>seven</b> ![eight](x.png)")
    assert [(one.kind, one.words) for one in found] == [
        (BlockKind.HEADING, "One"),
        (BlockKind.PARAGRAPH, "two three four"),
        (BlockKind.ENTRY, "five"),
        (BlockKind.ENTRY, "six"),
        (BlockKind.PARAGRAPH, "<b>seven</b> !eight"),
    ]
