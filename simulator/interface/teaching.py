"""Teaching: what a case tells and asks a learner beside the procedure. It holds no right answer and no truth.

Questions are answered by `AnswerQuestion`, lines of the checklist ticked by `TickChecklist`; numbers count from 1 in
the order of the tuples here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from simulator.vocabulary.procedure import Phase

Wording = Mapping[str, str]
"""Words of a case in another language, by the English that the case prints."""


class QuestionKind(StrEnum):
    """What an answer looks like."""

    CHOICE = "choice"
    LEVEL_AND_SIDE = "level and side"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question as it is asked.

    Attributes:
        before: asked before the procedure; else after it, before `Finish`
        options: of a choice; the answer is the number of one, from 1
        unit: of a number; empty where it has none
    """

    words: str
    kind: QuestionKind
    before: bool
    options: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistLine:
    """A line of the checklist.

    Attributes:
        phase: in which it is due; None: in any
    """

    words: str
    phase: Phase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingPicture:
    """A picture of the briefing.

    Attributes:
        path: of the PNG
    """

    path: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamTerms:
    """The case as an examination.

    Attributes:
        attempts: that a learner has
        minutes: for all of it; None without a limit of its own
    """

    attempts: int
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """What the case tells and asks.

    Attributes:
        goals: what the learner can do afterwards
        difficulty: in the teacher's word; empty where the case has no lesson
        minutes: that the case takes; None where it does not say
        briefing, prebrief: Markdown, in which raw HTML and pictures are to be shown as text
        prebrief_questions: asked before the case, without a right answer
        debrief_reactions, debrief_analysis, debrief_summary: asked after it, in this order
        exam: None where the case is no examination
        wordings: what a learner may read of the case in other languages, by code of ISO 639-1: English and the other
    """

    goals: tuple[str, ...] = ()
    difficulty: str = ""
    minutes: float | None = None
    briefing: str = ""
    pictures: tuple[BriefingPicture, ...] = ()
    prebrief: str = ""
    prebrief_questions: tuple[str, ...] = ()
    debrief_reactions: tuple[str, ...] = ()
    debrief_analysis: tuple[str, ...] = ()
    debrief_summary: tuple[str, ...] = ()
    questions: tuple[AskedQuestion, ...] = ()
    checklist: tuple[ChecklistLine, ...] = ()
    exam: ExamTerms | None = None
    wordings: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    def wording(self, language: str) -> Wording:
        """Words in a language, by their English; none where the case is not translated."""
        return next((dict(pairs) for code, pairs in self.wordings if code == language), {})

    def reworded(self, say: Callable[[str], str]) -> Teaching:
        """The same with every text as somebody else says it."""
        return replace(
            self,
            briefing=say(self.briefing),
            prebrief=say(self.prebrief),
            pictures=tuple(replace(one, caption=say(one.caption)) for one in self.pictures),
            checklist=tuple(replace(one, words=say(one.words)) for one in self.checklist),
            questions=tuple(
                replace(one, words=say(one.words), options=tuple(map(say, one.options))) for one in self.questions
            ),
            goals=tuple(map(say, self.goals)),
            prebrief_questions=tuple(map(say, self.prebrief_questions)),
            debrief_reactions=tuple(map(say, self.debrief_reactions)),
            debrief_analysis=tuple(map(say, self.debrief_analysis)),
            debrief_summary=tuple(map(say, self.debrief_summary)),
        )


NOTHING_TO_TEACH = Teaching()
