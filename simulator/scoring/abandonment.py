"""Abandonment: to give no blood, where that is right, is a decision that is scored like a placement.

The weights are those of the rubric for what applies; economy and patch do not, and weigh nothing.
"""

from __future__ import annotations

from simulator.scoring.dose_ledger import dose_fraction
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric
from simulator.scoring.safety import safety_fraction
from simulator.scoring.scorecard import ComponentValues


def abandonment_components(summary: ProcedureSummary, rubric: Rubric) -> ComponentValues:
    """Placement 1 (nothing was given where nothing was to be given), safety, and the dose that it took to see that."""
    return ComponentValues(
        placement=1.0,
        safety=safety_fraction(summary, rubric),
        dose=dose_fraction(summary, rubric),
        economy=0.0,
        patch=0.0,
    )


def abandonment_weights(rubric: Rubric) -> ComponentValues:
    """The rubric's weights of what applies, made to come to 1."""
    weights = (float(rubric.weight_placement), float(rubric.weight_safety), float(rubric.weight_dose))
    total = sum(weights)
    placement, safety, dose = (weight / total if total else 0.0 for weight in weights)
    return ComponentValues(placement=placement, safety=safety, dose=dose, economy=0.0, patch=0.0)
