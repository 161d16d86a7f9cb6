"""Judgement: whether a procedure counts as passed on a learning platform, and with which score."""

from __future__ import annotations

from pathlib import Path

from simulator.report.learners import Attempt
from simulator.scoring.scorecard import Scorecard

LOWEST, HIGHEST = 0, 100
"""Of the score."""


def passes(card: Scorecard) -> bool:
    """The rule of the cohort's report: a score above nought, and blood epidural wherever it was to be given."""
    attempt = Attempt(learner="", scenario=card.scenario, seed=card.seed, at=0.0, location=Path(), card=card)
    return not attempt.failed


def clamped_score(card: Scorecard) -> float:
    """The score within its range, to one digit after the point, as it is printed."""
    return round(min(max(card.score, LOWEST), HIGHEST), 1)
