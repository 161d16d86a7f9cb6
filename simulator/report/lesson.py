"""Lesson: what a case's lesson makes of one procedure, for the debrief's page and for whoever prints it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from simulator.engine import events as e
from simulator.interface.teaching import Wording
from simulator.report.own_advice import own_advice
from simulator.scenario.answers import GradedAnswer, grade_answers, ticked
from simulator.scenario.case import Case
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.scripted_answers import ScriptedAnswer, scripted_answers


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonReview:
    """A lesson against one procedure.

    Attributes:
        points: teaching points, each with its source
        advice: sentences of the case's own whose condition holds
        answers: to the questions
        happenings: what the script made happen, in words
        checklist: each line, and whether it was ticked
        questions: of the debriefing, by phase
    """

    goals: tuple[str, ...]
    points: tuple[tuple[str, str], ...]
    advice: tuple[str, ...]
    answers: tuple[GradedAnswer, ...]
    happenings: tuple[str, ...]
    checklist: tuple[tuple[str, bool], ...]
    questions: tuple[tuple[str, tuple[str, ...]], ...]

    def in_words(self, wording: Wording) -> LessonReview:
        """The same in the case's words of another language, as far as there are any."""

        def say(text: str) -> str:
            return wording.get(text, text)

        return replace(
            self,
            goals=tuple(map(say, self.goals)),
            points=tuple((say(words), source) for words, source in self.points),
            advice=tuple(map(say, self.advice)),
            answers=tuple(_answer_in_words(one, say) for one in self.answers),
            checklist=tuple((say(words), done) for words, done in self.checklist),
            questions=tuple((phase, tuple(map(say, asked))) for phase, asked in self.questions),
        )

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any((self.goals, self.points, self.advice, self.answers, self.checklist, self.questions))


def _answer_in_words(one: GradedAnswer, say: Callable[[str], str]) -> GradedAnswer:
    """The same, with options as the other language offers them."""
    told = replace(one, words=say(one.words), why=say(one.why))
    if not one.of_options:
        return told
    return replace(told, expected=say(one.expected), answer=None if one.answer is None else say(one.answer))


def review_lesson(case: Case, card: Scorecard, events: Sequence[e.Event]) -> LessonReview:
    """What a case's lesson makes of a procedure."""
    scenario = case.scenario
    lesson, debrief = scenario.lesson, scenario.debrief
    when = ticked(events, len(scenario.checklist))
    script = scripted_answers(case.world.settings.script, events)
    phases = () if debrief is None else (
        ("Reactions", tuple(debrief.reactions)),
        ("Analysis", tuple(debrief.analysis)),
        ("Summary", tuple(debrief.summary)),
    )  # fmt: skip
    return LessonReview(
        goals=() if lesson is None else tuple(lesson.goals),
        points=() if lesson is None else tuple((point.words, point.source) for point in lesson.point),
        advice=tuple(own_advice(scenario, card, events)),
        answers=tuple(grade_answers(scenario, events)),
        happenings=tuple(_in_words(one) for one in script),
        checklist=tuple((line.words, at is not None) for line, at in zip(scenario.checklist, when, strict=True)),
        questions=phases,
    )


def _in_words(one: ScriptedAnswer) -> str:
    """A happening and its answer in a sentence."""
    if one.came_at_ms is None:
        return f"{one.kind}: it never came"
    came = f"{one.kind} at {one.came_at_ms / 60_000:.1f} min"
    if one.answered_at_ms is None:
        return f"{came}: not answered; right was to {one.wanted}"
    after = (one.answered_at_ms - one.came_at_ms) / 1000
    return f"{came}: answered ({one.wanted}) after {after:.0f} s, " + ("in time" if one.well else "too late")
