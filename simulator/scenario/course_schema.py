"""Course schema: the form of a course file: cases in their order, who may begin which, and what counts as passed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from simulator.scenario.sections import Section, number, optional_number, optional_text, required_text
from simulator.scenario.words import CusumWord, FormatNumber, RepeatWord

Name = Annotated[str, Field(min_length=1, max_length=100)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]
_DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


def _day(about: str) -> Any:
    return Field(default=None, pattern=_DAY, description=f"{about}, such as 2026-10-01")


class PassRule(Section):
    """What counts as passed."""

    score: float = number(60.0, 0, 100, "points", "least score of an attempt that passes")
    gates: bool = Field(default=True, description="whether an attempt that a gate or a cap limits does not pass")
    cusum: CusumWord = Field(
        default="none", description="whether the course also asks for competence by CUSUM over all its attempts"
    )


class CourseCase(Section):
    """One case of the course."""

    scenario: Name = Field(description="name of a case that ships, or a .toml path from where the course lies")
    needs: list[Name] = Field(default=[], max_length=20, description="cases of this course that must be passed before")
    seeds: list[Seed] | None = Field(
        default=None, min_length=1, max_length=1000, description="to draw a learner's from; left out: any, by pseudonym"
    )
    attempts: int = Field(default=10, ge=1, le=100, description="that each learner has")
    repeat: RepeatWord = Field(
        default="until passed", description="when a learner is done with it: after one attempt, passed, or competent"
    )
    twin: Name | None = Field(
        default=None, description="case that differs in one fact: this one is passed only together with it"
    )
    counts: bool = Field(default=True, description="whether the course asks for it; a counter-example does not")
    score: float | None = optional_number(0, 100, "points", "least score here, in place of the course's")


class Course(Section):
    """One course file."""

    model_config = ConfigDict(title="A course of the CT-fluoroscopy simulator")

    format: FormatNumber = Field(description="version of this form")
    title: str = required_text(200, "of the course")
    about: str | None = optional_text(2000, "what it is for, and for whom; Markdown")
    opens: str | None = _day("first day")
    closes: str | None = _day("last day")
    rule: PassRule = Field(default_factory=PassRule, description="what counts as passed")
    case: list[CourseCase] = Field(min_length=1, max_length=60, description="the cases, in their order")

    @model_validator(mode="after")
    def _check_days(self) -> Course:
        if self.opens is not None and self.closes is not None and self.opens > self.closes:
            raise ValueError("the course closes before it opens: exchange the two")
        return self
