"""Lesson schema: what a case is for, what is read and asked before and after it, and how it stands in an examination.

Nothing here changes what the engine computes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from simulator.scenario.sections import Section, number, optional_number, optional_text, required_text
from simulator.scenario.words import (
    AnswerableWord,
    DifficultyWord,
    InterspaceName,
    MetricWord,
    PhaseWord,
    QuestionKind,
    QuestionTime,
    SideWord,
    TouchWord,
)

Sentence = Annotated[str, Field(min_length=1, max_length=500)]
Triple = Annotated[list[Annotated[float, Field(ge=-2000, le=2000)]], Field(min_length=3, max_length=3)]

_CONDITIONS = ("metric", "touched", "unanswered", "wrong_level")


def _required(*names: str) -> Any:
    return [{"required": [name]} for name in names]


class TeachingPoint(Section):
    """One thing to take home, and where it is known from."""

    words: str = required_text(600, "what is to be learnt")
    source: str = required_text(300, "where that is known from: a paper, a guideline, a page of this project")


class OwnAdvice(Section):
    """A sentence of advice of the case's own, said where its condition holds; exactly one condition."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": _required(*_CONDITIONS),
            "dependencies": {"above": ["metric"], "below": ["metric"]},
            "if": {"required": ["metric"]},
            "then": {"oneOf": _required("above", "below")},
        }
    )

    words: str = required_text(600, "what to do otherwise")
    metric: MetricWord | None = Field(default=None, description="metric of the scorecard that `above` or `below` is of")
    above: float | None = optional_number(-1e6, 1e6, "", "said where the metric's value lies above this")
    below: float | None = optional_number(-1e6, 1e6, "", "said where the metric's value lies below this")
    touched: TouchWord | None = Field(default=None, description="structure whose touch calls for it")
    unanswered: AnswerableWord | None = Field(
        default=None, description="reaction left without answer that calls for it"
    )
    wrong_level: Literal[True] | None = Field(
        default=None, description="true: said where blood was given at another level"
    )

    @model_validator(mode="after")
    def _check_condition(self) -> OwnAdvice:
        given = [key for key in _CONDITIONS if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"advice has exactly one condition: give one of {', '.join(_CONDITIONS)}")
        bounds = [key for key in ("above", "below") if getattr(self, key) is not None]
        if bounds and self.metric is None:
            raise ValueError(f"{bounds[0]} says nothing without metric: add metric")
        if self.metric is not None and len(bounds) != 1:
            raise ValueError("a metric needs exactly one bound: give above or below")
        return self


class Lesson(Section):
    """What the case is for."""

    goals: list[Sentence] = Field(min_length=1, max_length=8, description="what the learner can do afterwards")
    difficulty: DifficultyWord = Field(default="usual", description="in the teacher's judgement")
    minutes: float = number(20.0, 2, 240, "min", "that the case takes, debriefing included")
    point: list[TeachingPoint] = Field(default=[], max_length=12, description="teaching points, each with its source")
    advice: list[OwnAdvice] = Field(default=[], max_length=20, description="advice of the case's own, by condition")


class Picture(Section):
    """A picture of the briefing, a PNG beside the case."""

    file: str = Field(min_length=5, max_length=200, pattern=r"\.png$", description="PNG, from where the case lies")
    caption: str = required_text(300, "what is seen on it")


class Briefing(Section):
    """What is read before the case; history, laboratory, allergies and drugs are `[[fact]]`."""

    words: str | None = optional_text(8000, "Markdown; raw HTML and pictures in it are shown as text")
    picture: list[Picture] = Field(default=[], max_length=8, description="pictures")


class Prebrief(Section):
    """What teacher and learner agree on before the case (INACSL, prebriefing)."""

    words: str | None = optional_text(4000, "Markdown: roles, what is simulated and what is not, what stays here")
    questions: list[Sentence] = Field(default=[], max_length=12, description="asked before the case")


class DebriefQuestions(Section):
    """Questions of the debriefing in three phases (INACSL, ASPiH)."""

    reactions: list[Sentence] = Field(min_length=1, max_length=8, description="how it was")
    analysis: list[Sentence] = Field(min_length=1, max_length=12, description="what happened, and why")
    summary: list[Sentence] = Field(min_length=1, max_length=8, description="what is taken home")


class Question(Section):
    """A question with a right answer; what is answered is kept in the record and scored apart."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"kind": {"enum": ["choice"]}}, "required": ["kind"]},
                    "then": {"required": ["options", "right"]},
                    "else": {"not": {"anyOf": _required("options", "right")}},
                },
                {
                    "if": {"properties": {"kind": {"enum": ["number"]}}, "required": ["kind"]},
                    "then": {"required": ["value"]},
                    "else": {"not": {"anyOf": _required("value", "tolerance", "unit")}},
                },
                {
                    "if": {"properties": {"kind": {"enum": ["choice", "number"]}}, "required": ["kind"]},
                    "then": {"not": {"anyOf": _required("level", "side")}},
                },
            ]
        }
    )

    words: str = required_text(600, "what is asked")
    when: QuestionTime = Field(default="before", description="before the case, or after it")
    kind: QuestionKind = Field(description="one of some options, level and side of the leak, or a number")
    options: list[Sentence] | None = Field(
        default=None, min_length=2, max_length=8, description="to choose from", json_schema_extra={"uniqueItems": True}
    )
    right: int | None = Field(default=None, ge=1, le=8, description="number of the right option, from 1")
    level: InterspaceName | None = Field(default=None, description="right level; left out: the leak's")
    side: SideWord | None = Field(default=None, description="right side; left out: the leak's")
    value: float | None = optional_number(-1e6, 1e6, "", "the right number")
    tolerance: float | None = optional_number(0, 1e6, "", "how far an answer may be off; left out: not at all")
    unit: str | None = optional_text(30, "of the number")
    why: str | None = optional_text(600, "why that is right; told after the answer")

    @model_validator(mode="after")
    def _check_kind(self) -> Question:
        needs = {"choice": ("options", "right"), "number": ("value",), "level and side": ()}[self.kind]
        may = {"choice": (), "number": ("tolerance", "unit"), "level and side": ("level", "side")}[self.kind]
        for key in needs:
            if getattr(self, key) is None:
                raise ValueError(f"a question of the kind {self.kind!r} needs {key}: add it")
        for key in ("options", "right", "value", "tolerance", "unit", "level", "side"):
            if key not in (*needs, *may) and getattr(self, key) is not None:
                raise ValueError(f"{key} is not of the kind {self.kind!r}: leave it out")
        return self


class ChecklistItem(Section):
    """One line that the learner ticks; the record keeps when."""

    words: str = required_text(200, "what is done or looked at")
    phase: PhaseWord | None = Field(default=None, description="of the procedure in which it is due")


class Exam(Section):
    """The case as an examination: no help, so many attempts, the truth and the score when the teacher releases them."""

    seeds: list[Annotated[int, Field(ge=0, le=2**63 - 1)]] = Field(
        min_length=1, max_length=100, description="fixed; a learner is given one of them"
    )
    attempts: int = Field(default=1, ge=1, le=10, description="that each learner has")
    minutes: float | None = optional_number(5, 240, "min", "for all of it")


class ReferencePath(Section):
    """A path of the teacher's, which the preview draws; the patient's frame (LPS), mm."""

    entry_mm: Triple = Field(description="on the skin: x to the left, y to the back, z to the head")
    target_mm: Triple = Field(description="where the tip shall come to lie")
