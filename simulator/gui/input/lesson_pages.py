"""Lesson pages: what a case tells and asks, page by page: before the procedure, before its end, and in the debrief."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.teaching_state import LessonPart
from simulator.gui.debrief_facts import LessonFacts
from simulator.gui.drawing.language import OwnWords, own
from simulator.gui.drawing.plain_markdown import BlockKind, TextBlock, text_blocks
from simulator.gui.input.lesson_answers import unanswered
from simulator.interface import commands as c
from simulator.interface.teaching import BriefingPicture, ExamTerms, Teaching
from simulator.interface.view import View

EXAM_WORDS = (
    "No step is marked, there is no tutorial and no practice.",
    "Score and truth are not shown at the end: the teacher releases them.",
)
TIME_RUNS = (
    "The time runs from the first page on, also while the window is closed; when it is over, the examination ends."
)


class PageKind(StrEnum):
    """What a page holds."""

    WORDS = "words"
    PICTURE = "picture"
    QUESTION = "question"
    CHECKLIST = "checklist"


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPage:
    """One page.

    Attributes:
        number: of the question that is asked, from 1; 0 where none is
    """

    title: str
    kind: PageKind = PageKind.WORDS
    blocks: tuple[TextBlock, ...] = ()
    picture: BriefingPicture | None = None
    number: int = 0


def pages(context: AppContext) -> tuple[LessonPage, ...]:
    """The pages of the part of the lesson that is open."""
    teaching = context.perceived.view.case.teaching
    if context.teaching.lesson.part is LessonPart.DEBRIEF:
        facts = None if context.session.debrief is None else context.session.debrief.lesson
        return debrief_pages(teaching, None if facts is None else facts.in_language(context.display.language))
    if context.teaching.lesson.part is LessonPart.AFTER:
        return _question_pages(teaching, before=False)
    return before_pages(teaching)


def before_pages(teaching: Teaching) -> tuple[LessonPage, ...]:
    """Goals, briefing, pictures, what is agreed on, questions and the checklist."""
    found: list[LessonPage] = []
    if teaching.goals or teaching.exam is not None:
        found.append(LessonPage(title="Goals", blocks=_goals(teaching)))
    if teaching.briefing:
        found.append(LessonPage(title="Briefing", blocks=text_blocks(teaching.briefing)))
    found += [LessonPage(title="Picture", kind=PageKind.PICTURE, picture=one) for one in teaching.pictures]
    if teaching.prebrief or teaching.prebrief_questions:
        asked = _section("To be talked over before the case", _own(teaching.prebrief_questions))
        found.append(LessonPage(title="Before we begin", blocks=(*text_blocks(teaching.prebrief), *asked)))
    found += _question_pages(teaching, before=True)
    if teaching.checklist:
        found.append(LessonPage(title="Checklist", kind=PageKind.CHECKLIST))
    return tuple(found)


def opens_with_lesson(view: View) -> bool:
    """Whether a case tells or asks more than its goals before anything was done of it."""
    teaching = view.case.teaching
    asks = any(one.before for one in teaching.questions)
    more = teaching.briefing or teaching.pictures or teaching.prebrief or teaching.prebrief_questions or asks
    return bool(more or teaching.checklist or teaching.exam) and not view.prepared and not view.console.acquired


def debrief_pages(teaching: Teaching, facts: LessonFacts | None) -> tuple[LessonPage, ...]:
    """The three phases of the debriefing, then answers, advice and teaching points where they may be known."""
    phases = (
        ("Reactions", teaching.debrief_reactions),
        ("Analysis", teaching.debrief_analysis),
        ("Summary", teaching.debrief_summary),
    )
    found = [LessonPage(title=title, blocks=_entries(_own(asked))) for title, asked in phases if asked]
    if facts is None:
        return tuple(found)
    if facts.answers:
        found.append(LessonPage(title="Answers", blocks=_answers(facts)))
    if facts.advice or facts.happenings:
        blocks = (*_section("Advice", _own(facts.advice)), *_section("What happened by script", facts.happenings))
        found.append(LessonPage(title="Advice of the case", blocks=blocks))
    points = tuple(OwnWords(f"{words} ({source})") for words, source in facts.points)
    if points:
        found.append(LessonPage(title="To take home", blocks=_entries(points)))
    if facts.checklist:
        found.append(LessonPage(title="Checklist", blocks=_entries(_ticks(facts))))
    return tuple(found)


def open_questions(context: AppContext) -> list[int]:
    """Numbers of the questions of the open part without an answer."""
    return unanswered(context, before=context.teaching.lesson.part is LessonPart.BEFORE)


def _question_pages(teaching: Teaching, *, before: bool) -> tuple[LessonPage, ...]:
    return tuple(
        LessonPage(
            title="Question", kind=PageKind.QUESTION, number=number, blocks=(TextBlock(words=OwnWords(one.words)),)
        )
        for number, one in enumerate(teaching.questions, start=1)
        if one.before is before
    )


def _goals(teaching: Teaching) -> tuple[TextBlock, ...]:
    terms = [] if not teaching.difficulty else [f"Difficulty: {teaching.difficulty}"]
    if teaching.minutes is not None:
        terms.append(f"Time: about {teaching.minutes:g} min, debriefing included")
    exam = () if teaching.exam is None else _exam(teaching.exam)
    return (*exam, *_section("Afterwards you can", _own(teaching.goals)), *_section("This lesson", tuple(terms)))


def _exam(terms: ExamTerms) -> tuple[TextBlock, ...]:
    limits = [f"Attempts: {terms.attempts}"]
    if terms.minutes is not None:
        limits += [f"Time for all of it: {terms.minutes:g} min", TIME_RUNS]
    return _section("This is an examination", (*EXAM_WORDS, *limits))


def _answers(facts: LessonFacts) -> tuple[TextBlock, ...]:
    found: list[TextBlock] = []
    for one in facts.answers:
        found.append(TextBlock(words=OwnWords(one.words), kind=BlockKind.HEADING))
        given = None if one.answer is None else own(one.answer) if one.of_options else one.answer
        sign = "✓" if one.right else "✗"
        found.append(TextBlock(words="No answer" if given is None else f"{sign}  Your answer: {given}"))
        if not one.right:
            found.append(TextBlock(words=f"Right: {own(one.expected) if one.of_options else one.expected}"))
        if one.why:
            found.append(TextBlock(words=OwnWords(one.why)))
    return tuple(found)


def _own(words: tuple[str, ...]) -> tuple[str, ...]:
    """What the case's author wrote, which is not translated."""
    return tuple(OwnWords(one) for one in words)


def _ticks(facts: LessonFacts) -> tuple[str, ...]:
    return tuple(OwnWords(f"✓  {words}") if done else f"not ticked: {own(words)}" for words, done in facts.checklist)


def _section(title: str, entries: tuple[str, ...]) -> tuple[TextBlock, ...]:
    return (TextBlock(words=title, kind=BlockKind.HEADING), *_entries(entries)) if entries else ()


def _entries(words: tuple[str, ...]) -> tuple[TextBlock, ...]:
    return tuple(TextBlock(words=one, kind=BlockKind.ENTRY) for one in words)


def finish(context: AppContext, command: c.Finish | None = None) -> None:
    """End the procedure; questions that the case asks before its end come first."""
    ending = command or c.Finish()
    if unanswered(context, before=False):
        context.open_lesson(LessonPart.AFTER, ends_with=ending)
    else:
        context.send(ending)
