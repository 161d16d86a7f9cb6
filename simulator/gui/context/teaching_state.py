"""Teaching state: how far a learner has come in tutorial, lesson, drill or examination."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from simulator.interface.commands import Finish


@dataclass(slots=True)
class TutorialState:
    """How far a learner has come in the tutorial.

    Attributes:
        step: index of the present step
        answer: index of the answer that was given to the present step's question; None before
        seen: what had been perceived when the step began, by name, so that it can be noticed that it was done
    """

    step: int = 0
    answer: int | None = None
    seen: dict[str, float] = field(default_factory=dict)


class LessonPart(StrEnum):
    """Which pages of a case's lesson are open."""

    BEFORE = "before"
    AFTER = "after"
    DEBRIEF = "debrief"


@dataclass(slots=True)
class LessonState:
    """Where a learner is in the lesson of a case.

    Attributes:
        page: index among the pages of the part
        typed: number that is being typed
        level, side: of an answer that is being given; "" while not chosen
        first_line: of the words that are shown
        ends_with: what ends the procedure once the questions before its end are answered
    """

    part: LessonPart = LessonPart.BEFORE
    page: int = 0
    typed: str = ""
    level: str = ""
    side: str = ""
    first_line: int = 0
    ends_with: Finish = field(default_factory=Finish)


@dataclass(slots=True)
class TeachingState:
    """What a learner is led through, and what waits for the teacher.

    Attributes:
        guided: whether the next step is marked
        tutorial: how far the tutorial has come; None without one
        lesson: which page of the case's lesson is open
        drill_learner: whose rounds of the drill are kept; None for nobody by name
        withheld: whether score and truth of a finished examination wait for the teacher
        exam_ends_s: when an examination with a limit is over, on the monotonic clock; None without one
    """

    guided: bool = True
    tutorial: TutorialState | None = None
    lesson: LessonState = field(default_factory=LessonState)
    drill_learner: str | None = None
    withheld: bool = False
    exam_ends_s: float | None = None
