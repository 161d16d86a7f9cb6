"""Next case: a patient drawn for what cost a learner most: a range narrowed to the weakness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.report.learners import Attempt
from simulator.vocabulary.scoring import Component

LATEST = 3  # attempts that say what is needed


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedCase:
    """A case of a learner's own.

    Attributes:
        weakness: part of the score that cost most
        points: that it cost on average
        text: of the case's file
    """

    weakness: Component
    points: float
    text: str


_NARROWED: dict[Component, tuple[str, str]] = {
    Component.HELP: (
        "leaks of small extent, which the blood must reach",
        "[leak]\nextent_levels = { uniform = [1.0, 2.0] }\nthickness_mm = { uniform = [2.0, 3.0] }\n",
    ),
    Component.PLACEMENT: (
        "narrow windows between the laminae",
        "[patient]\nwear = { uniform = [0.3, 0.7] }\n\n[reject_if]\nwindow_mm_above = 9.0\n",
    ),
    Component.SAFETY: (
        "a shallow epidural space",
        "[patient]\nsac_scale = { uniform = [1.0, 1.08] }\n\n[reject_if]\nepidural_mm_above = 3.6\n",
    ),
    Component.STEPS: (
        "a patient who faints, and a chart that must be asked for",
        '[[event]]\nkind = "vasovagal"\nwhen = "skin puncture"\nanswer = "raise the legs"\n\n'
        '[[fact]]\nkind = "allergy"\nwords = "none known"\n',
    ),
    Component.DOSE: (
        "stout patients, in whom noise tempts to dose",
        "[patient]\nbmi_kg_per_m2 = { uniform = [29.0, 34.0] }\n\n"
        '[needle]\ntray = ["20G Quincke 88 mm", "20G Quincke 120 mm"]\n',
    ),
    Component.ECONOMY: (
        "deep spaces, where a first direction must be right",
        "[patient]\nbmi_kg_per_m2 = { uniform = [26.0, 31.0] }\n\n"
        '[needle]\ntray = ["20G Quincke 88 mm", "20G Quincke 120 mm"]\n\n[reject_if]\ndepth_mm_below = 50.0\n',
    ),
}


def weakness_of(attempts: Sequence[Attempt]) -> tuple[Component, float] | None:
    """The part of the score that cost most over the latest attempts, and how many points; None without one."""
    latest = attempts[-LATEST:]
    if not latest:
        return None
    lost: dict[Component, float] = defaultdict(float)
    for one in latest:
        for component, weight in one.card.weights.items():
            if component in _NARROWED:
                lost[component] += 100.0 * weight * (1.0 - one.card.components[component]) / len(latest)
    return max(lost.items(), key=lambda item: item[1]) if lost else None


def generate_case(learner: str, attempts: Sequence[Attempt]) -> GeneratedCase | None:
    """A case for what cost a learner most; None before the first attempt.

    Args:
        attempts: the learner's, oldest first
    """
    found = weakness_of(attempts)
    if found is None:
        return None
    component, points = found
    about, tables = _NARROWED[component]
    text = (
        "#:schema scenario.schema.json\n"
        f"# Drawn for {learner}: {about}, since {component} cost {points:.1f} points a run.\n"
        f'format = 1\ntitle = "For you: {about}"\nextends = "varied"\n\n{tables}\n'
        f'[lesson]\ngoals = ["Lose fewer points for {component} than the {points:.0f} of late"]\n'
    )
    return GeneratedCase(weakness=component, points=points, text=text)
