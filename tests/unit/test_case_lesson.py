"""A lesson: what the learner may know of it, answers, advice, the events that it scripts, and its sheets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.engine import events as e
from simulator.engine.scripted_events import Scripted
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.session_reader import read_session
from simulator.report.case_sheet import write_case_sheet
from simulator.report.lesson import review_lesson
from simulator.report.markdown import render_markdown
from simulator.report.recording import Recording
from simulator.scenario.answers import grade_answers, ticked
from simulator.scenario.build import _scripted
from simulator.scenario.load import load_scenario
from simulator.scenario.schema import Scenario
from simulator.scenario.teaching import teaching_of
from simulator.scoring.scripted_answers import scripted_answers
from simulator.vocabulary.event_answers import EventAnswer
from simulator.vocabulary.patient import PatientReaction
from simulator.vocabulary.procedure import Aid, InjectedMaterial, Phase, Touch
from tests.lesson_case import case_of, lesson_folder, lesson_scenario
from tests.unit.report_patient import tube_phantom, tube_world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lesson_folder(tmp_path)


@pytest.fixture
def scenario(folder: Path) -> Scenario:
    return lesson_scenario(folder)


def test_what_the_learner_may_know_holds_no_answer_and_no_advice(scenario: Scenario, folder: Path) -> None:
    teaching = teaching_of(scenario, folder)
    told = repr(teaching)
    assert teaching.goals == ("Name the level",)
    assert [one.before for one in teaching.questions] == [True, True, False]
    assert "L3/4" in teaching.briefing
    for secret in ("from behind", "raise the legs", "A time-out asks", "right=", "value="):
        assert secret not in told


def test_answers_and_ticks_are_kept_and_the_last_one_counts(scenario: Scenario, folder: Path) -> None:
    session = Session(case_of(scenario, folder).world)
    for command in (
        c.AnswerQuestion(question=1, answer="L4/5 left"),
        c.AnswerQuestion(question=1, answer="L3/4, Right"),
        c.AnswerQuestion(question=2, answer="17,5 mL"),
        c.AnswerQuestion(question=3, answer="2"),
        c.TickChecklist(item=1),
        c.TickChecklist(item=2),
        c.TickChecklist(item=2, done=False),
    ):
        session.do(command)
    assert session.state.elapsed_ms == 0
    graded = grade_answers(scenario, session.events)
    assert [one.right for one in graded] == [True, False, True]
    assert [one.expected for one in graded] == ["L3/4, right", "15 mL (within 2)", "back"]
    assert graded[2].answer == "back"
    assert ticked(session.events, 2) == [0, None]
    refused = (
        c.AnswerQuestion(question=4, answer="1"),
        c.AnswerQuestion(question=1, answer=""),
        c.TickChecklist(item=3),
    )
    for wrong in refused:
        session.do(wrong)
        assert isinstance(session.events[-1], e.CommandRefused)


def test_a_record_of_a_scripted_case_can_be_read_again(folder: Path, tmp_path: Path) -> None:
    """The header of a record names every key, also those that a file may not name."""
    for name in ("faint", "itching", "faint-at-third-press", "arm-line-fails"):
        scenario = load_scenario(Path(name)).scenario_for(1)
        assert Scenario.model_validate(scenario.model_dump(mode="json")) == scenario, name
    case = case_of(lesson_scenario(folder), folder)
    recording = Recording(case, operator="trainee", scenario_path="", out=tmp_path / "out")
    recording.session.do(c.AnswerQuestion(question=1, answer="L3/4 right"))
    recording.session.do(c.Finish())
    recording.close()
    assert c.AnswerQuestion(question=1, answer="L3/4 right") in read_session(tmp_path / "out").commands


def test_nothing_answered_is_not_right(scenario: Scenario) -> None:
    assert [one.right for one in grade_answers(scenario, ())] == [False, False, False]
    assert all(one.answer is None for one in grade_answers(scenario, ()))


@pytest.mark.parametrize(
    ("after_ms", "measure", "well"),
    [(59_000, "raise the legs", True), (61_000, "raise the legs", False), (1, "antihistamine", False)],
)
def test_an_event_is_answered_well_by_its_measure_in_its_time(
    scenario: Scenario, after_ms: int, measure: str, well: bool
) -> None:
    script = [_scripted(one) for one in scenario.event]
    came = e.ScriptCame(at_ms=1000, ordinal=0, kind="vasovagal")
    aid = e.AidGiven(at_ms=1000 + after_ms, measure=Aid(measure), helped=True)
    assert [one.well for one in scripted_answers(script, [came, aid])] == [well]
    assert not scripted_answers(script, [aid])[0].well


def test_advice_of_the_case_is_said_where_its_condition_holds(scenario: Scenario, folder: Path) -> None:
    case = case_of(scenario, folder)
    session = Session(case.world)
    session.do(c.Finish())
    card = case.score(session, operator="test")
    began = e.ReactionBegan(at_ms=5, reaction=PatientReaction.VASOVAGAL, cause="scripted", helps=Aid.RAISE_THE_LEGS)
    helped = e.AidGiven(at_ms=9, measure=Aid.RAISE_THE_LEGS, helped=True)
    touched = e.DuraTouched(at_ms=7, tip_mm=(0.0, 0.0, 0.0))
    assert review_lesson(case, card, []).advice == ()
    assert review_lesson(case, card, [began]).advice == ("Next time raise the legs",)
    assert review_lesson(case, card, [began, helped, touched]).advice == ("Stay off the dura",)
    review = review_lesson(case, card, [])
    assert [phase for phase, _ in review.questions] == ["Reactions", "Analysis", "Summary"]
    assert review.happenings == ("vasovagal: it never came",)


def test_markdown_is_shown_and_nothing_in_it_acts() -> None:
    text = "See **L3/4** <script>a(1)</script> ![x](http://e.org/x.png) [y](javascript:z) [w](https://e.org)"
    page = str(render_markdown(text))
    assert "<strong>L3/4</strong>" in page
    assert '<a href="https://e.org">' in page
    for wrong in ("<script", "<img", 'href="javascript'):
        assert wrong not in page


def test_the_learners_sheet_holds_no_truth_and_the_instructors_all_of_it(scenario: Scenario, folder: Path) -> None:
    case = case_of(scenario, folder)
    facts = load_scenario(folder / "mine.toml").scenario_for(1).fact
    learner = write_case_sheet(case, folder, folder, picture=None).read_text()
    instructor = write_case_sheet(case, folder, folder, picture=folder / "own.png").read_text()
    for secret in (
        "from behind",
        "raise the legs",
        "circumferential",
        "A time-out asks",
        "15 mL (within 2)",
        "SIR consensus",
    ):
        assert secret not in learner
        assert secret in instructor
    for words in ("Name the level", "Where is the leak?", "time-out held", "a sketch"):
        assert words in learner
    assert "<script>" not in learner
    assert len(facts) == 2


def trigger(**given: object) -> tuple[Scripted, ...]:
    return (Scripted(kind="jerk", **given),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("script", "before", "setting_off"),
    [
        (trigger(at_depth_mm=20.0), [c.Advance(distance_mm=10.0)], c.Advance(distance_mm=15.0)),
        (trigger(near=Touch.DURA, within_mm=10.0), [c.Advance(distance_mm=5.0)], c.Advance(distance_mm=60.0)),
        (trigger(at_press=2), [c.PressPedal(), c.ReleasePedal()], c.PressPedal()),
        (trigger(in_phase=Phase.GUIDANCE), [], c.Advance(distance_mm=5.0)),
        (
            trigger(at_volume_ml=1.0, material=InjectedMaterial.CONTRAST),
            [c.Advance(distance_mm=30.0), c.RemoveStylet()],
            c.InjectContrast(volume_ml=1.5),
        ),
    ],
)
def test_an_event_comes_once_with_what_sets_it_off(
    script: tuple[Scripted, ...], before: list[c.Command], setting_off: c.Command
) -> None:
    world = tube_world(tube_phantom())
    session = Session(replace(world, settings=replace(world.settings, script=script)))
    z_mm = world.table_transform().table_z_mm(0.0)
    session.do(c.PlaceNeedle(entry_x_mm=0.0, side="midline", table_mm=z_mm, angle_deg=0.0))
    for command in before:
        session.do(command)
    assert not [event for event in session.events if isinstance(event, e.ScriptCame)]
    session.do(setting_off)
    assert [event.ordinal for event in session.events if isinstance(event, e.ScriptCame)] == [0]
    session.do(c.Advance(distance_mm=1.0))
    assert len([event for event in session.events if isinstance(event, e.ScriptCame)]) == 1


@pytest.mark.parametrize(
    ("bytes_", "words"),
    [(None, "no file"), (b"GIF89a", "no PNG"), (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "no PNG that can be read")],
)
def test_pictures_are_looked_at(bytes_: bytes | None, words: str, folder: Path) -> None:
    (folder / "own.png").unlink()
    if bytes_ is not None:
        (folder / "own.png").write_bytes(bytes_)
    with pytest.raises(UserInputError, match=rf"mine\.toml:35: briefing\.picture\.file: .*{words}"):
        load_scenario(folder / "mine.toml")


def test_every_answer_that_can_be_written_is_one_of_the_closed_set() -> None:
    assert {str(one) for one in Aid} <= {str(one) for one in EventAnswer}
    json.dumps([str(one) for one in EventAnswer])
