"""Abandonment: to give no blood, where that is right, is a decision that is scored like a placement.

The weights are those of the rubric for what applies; economy and patch do not, and weigh nothing.
"""

from __future__ import annotations

from simulator.scoring.dose_ledger import dose_share
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric
from simulator.scoring.safety import safety_share

DO_NOT_APPLY = ("economy", "patch")


def abandonment_components(course: ProcedureSummary, rubric: Rubric) -> dict[str, float]:
    """Placement 1 (nothing was given where nothing was to be given), safety, and the dose that it took to see that."""
    applies = {"placement": 1.0, "safety": safety_share(course, rubric), "dose": dose_share(course, rubric)}
    return {**applies, **dict.fromkeys(DO_NOT_APPLY, 0.0)}


def abandonment_weights(rubric: Rubric) -> dict[str, float]:
    """The rubric's weights of what applies, made to come to 1."""
    weights = {name: float(getattr(rubric, f"weight_{name}")) for name in ("placement", "safety", "dose")}
    total = sum(weights.values())
    shares = {name: weight / total if total else 0.0 for name, weight in weights.items()}
    return {**shares, **dict.fromkeys(DO_NOT_APPLY, 0.0)}
