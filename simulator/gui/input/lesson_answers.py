"""Lesson answers: what was answered and ticked so far, from the commands that were carried out, and how it is done."""

from __future__ import annotations

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.perceived import Perceived
from simulator.gui.context.session_state import SessionState
from simulator.gui.context.teaching_state import TeachingState
from simulator.interface import commands as c
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import interspaces_of

DIGITS = "0123456789"
LONGEST_NUMBER = 10


def answers(session: SessionState) -> dict[int, str]:
    """The last answer to each question, by its number."""
    return {
        one.command.question: one.command.answer for one in session.done if isinstance(one.command, c.AnswerQuestion)
    }


def unanswered(context: AppContext, *, before: bool) -> list[int]:
    """Numbers of the questions before the procedure, or after it, that have no answer yet."""
    given = answers(context.session)
    asked = enumerate(context.perceived.view.case.teaching.questions, start=1)
    return [number for number, one in asked if one.before is before and number not in given]


def ticks(session: SessionState) -> set[int]:
    """Numbers of the lines of the checklist that are ticked."""
    found: set[int] = set()
    for one in session.done:
        if isinstance(one.command, c.TickChecklist):
            (found.add if one.command.done else found.discard)(one.command.item)
    return found


def give_answer(context: AppContext, number: int, answer: str) -> None:
    """Write an answer down; one that stands already is not written twice."""
    if answers(context.session).get(number) != answer:
        context.send(c.AnswerQuestion(question=number, answer=answer))


def turn_tick(context: AppContext, item: int) -> None:
    """Tick a line, or take its tick back."""
    context.send(c.TickChecklist(item=item, done=item not in ticks(context.session)))


def levels(perceived: Perceived) -> list[str]:
    """Levels that can be answered: the interspaces of what can be scanned."""
    return [str(level) for level in interspaces_of(perceived.view.case.levels)]


def sides() -> list[str]:
    """Sides that can be answered."""
    return [str(side) for side in Laterality]


def choose_part(context: AppContext, number: int, *, level: str | None = None, side: str | None = None) -> None:
    """Choose level or side of an answer; it is written down once both are chosen."""
    state = context.teaching.lesson
    had_level, had_side = chosen_parts(context, number)
    state.level, state.side = level or had_level, side or had_side
    if state.level and state.side:
        give_answer(context, number, f"{state.level} {state.side}")


def chosen_parts(context: AppContext, number: int) -> tuple[str, str]:
    """Level and side as they are chosen now, "" where nothing is; an answer that was given comes before."""
    state = context.teaching.lesson
    if state.level or state.side:
        return state.level, state.side
    level, _, side = answers(context.session).get(number, "").partition(" ")
    return level, side


def type_number(teaching: TeachingState, key: str) -> None:
    """One more sign of a number; a minus turns its sign."""
    state = teaching.lesson
    if key == "-":
        state.typed = state.typed.removeprefix("-") if state.typed.startswith("-") else f"-{state.typed}"
    elif key == "." and "." in state.typed:
        return
    elif len(state.typed) < LONGEST_NUMBER:
        state.typed += key


def is_number(typed: str) -> bool:
    """Whether what was typed is a number."""
    return any(letter in DIGITS for letter in typed)


def give_number(context: AppContext, number: int) -> None:
    """Write down what was typed."""
    typed = context.teaching.lesson.typed.rstrip(".")
    if is_number(typed):
        give_answer(context, number, typed if not typed.lstrip("-").startswith(".") else typed.replace(".", "0.", 1))
        context.teaching.lesson.typed = ""
