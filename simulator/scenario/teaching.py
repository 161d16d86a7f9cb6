"""Teaching: what a case's file tells and asks a learner, as the window and every other operator may know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from simulator.interface.teaching import (
    AskedQuestion,
    BriefingPicture,
    ChecklistLine,
    ExamTerms,
    QuestionKind,
    Teaching,
    Wording,
)
from simulator.scenario.schema import Scenario
from simulator.scenario.text_words import fill_in


def teaching_of(scenario: Scenario, folder: Path, wordings: Mapping[str, Wording] = MappingProxyType({})) -> Teaching:
    """What may be known of a case's lesson: no right answer, no advice, no teaching point, in no language.

    Args:
        folder: where relative paths of the scenario start
        wordings: of the case, by language
    """
    found = _in_english(scenario, folder)
    shown = {fill_in(text, scenario.leak.level, scenario.leak.side) for text in (scenario.title, scenario.text.request)}

    def heard(text: str) -> str:
        shown.add(text)
        return text

    found.reworded(heard)
    known = {
        language: tuple((english, other) for english, other in words.items() if english in shown)
        for language, words in wordings.items()
    }
    return replace(found, wordings=tuple(known.items()))


def _in_english(scenario: Scenario, folder: Path) -> Teaching:
    lesson, briefing, prebrief, debrief = scenario.lesson, scenario.briefing, scenario.prebrief, scenario.debrief
    level, side = scenario.leak.level, scenario.leak.side
    return Teaching(
        goals=() if lesson is None else tuple(lesson.goals),
        difficulty="" if lesson is None else lesson.difficulty,
        minutes=None if lesson is None else lesson.minutes,
        briefing="" if briefing is None else fill_in(briefing.words or "", level, side),
        pictures=()
        if briefing is None
        else tuple(BriefingPicture(path=str(folder / one.file), caption=one.caption) for one in briefing.picture),
        prebrief="" if prebrief is None else prebrief.words or "",
        prebrief_questions=() if prebrief is None else tuple(prebrief.questions),
        debrief_reactions=() if debrief is None else tuple(debrief.reactions),
        debrief_analysis=() if debrief is None else tuple(debrief.analysis),
        debrief_summary=() if debrief is None else tuple(debrief.summary),
        questions=tuple(
            AskedQuestion(
                words=fill_in(one.words, level, side),
                kind=QuestionKind(one.kind),
                before=one.when == "before",
                options=tuple(one.options or ()),
                unit=one.unit or "",
            )
            for one in scenario.question
        ),
        checklist=tuple(ChecklistLine(words=one.words, phase=one.phase) for one in scenario.checklist),
        exam=None
        if scenario.exam is None
        else ExamTerms(attempts=scenario.exam.attempts, minutes=scenario.exam.minutes),
    )
