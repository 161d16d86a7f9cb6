"""Reactions: what happens to a patient rarely, what they say, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Reaction = Literal["vasovagal", "contrast reaction", "severe contrast reaction"]
ArmLine = Literal["open", "failed", "clotted"]
Measure = Literal["raise the legs", "antihistamine", "adrenaline", "flush the arm line", "new arm line"]

# Probabilities a procedure, all assumptions: near-faints at spine injections, mild reactions to a non-ionic contrast,
# and cannulas that give no blood.
VASOVAGAL_RATE = 0.015
CONTRAST_RATE = 0.003
LINE_FAILS_RATE, LINE_CLOTS_RATE = 0.02, 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a reaction goes.

    Attributes:
        words: what the patient says
        helps: what to do
        helped_ms, alone_ms: until it is over, with help and without
        becomes: what it grows into where nobody helps
    """

    words: str
    helps: Measure
    helped_ms: int
    alone_ms: int
    becomes: Reaction | None = None


COURSES: Mapping[Reaction, Course] = {
    "vasovagal": Course(words="I feel faint.", helps="raise the legs", helped_ms=45_000, alone_ms=240_000),
    "contrast reaction": Course(
        words="My skin itches all over.",
        helps="antihistamine",
        helped_ms=120_000,
        alone_ms=300_000,
        becomes="severe contrast reaction",
    ),
    "severe contrast reaction": Course(
        words="I cannot breathe well.", helps="adrenaline", helped_ms=180_000, alone_ms=600_000
    ),
}
LINE_HELPS: Mapping[ArmLine, Measure] = {"failed": "new arm line", "clotted": "flush the arm line"}
MEASURE_MS: Mapping[Measure, int] = {
    "raise the legs": 10_000,
    "antihistamine": 30_000,
    "adrenaline": 15_000,
    "flush the arm line": 20_000,
    "new arm line": 180_000,
}
