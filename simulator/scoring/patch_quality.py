"""Patch quality: did the blood reach the leak, stay there, and stop when the patient spoke?"""

from __future__ import annotations

from simulator.engine import events as e
from simulator.patient.outcome import SEALED_AT_BEST, SPONTANEOUS_REMISSION
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Anchors, Rubric, utility
from simulator.scoring.treatment import cue_ml, treatment
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import MetricId, Unit

SEAL = Anchors(expert=SEALED_AT_BEST, poor=SPONTANEOUS_REMISSION)
"""From what comes by itself to what a patch can do; more is better."""


def patch_metrics(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Cover of the leak, volume that stayed, seal, and volume after the cue."""
    given, after, seal = treatment(summary, rubric), ml_after_cue(summary), _seal(summary)
    blood = summary.first_blood is not None
    kept = utility(given.epidural_ml, rubric.treatment.epidural_ml) if given.cue_ml is None else 1.0
    return [
        measured(
            MetricId.LEAK_COVERAGE,
            given.covered if blood else None,
            Unit.NONE,
            phase=Phase.INJECTION,
            utility=given.covered if blood else None,
        ),
        measured(
            MetricId.EPIDURAL_VOLUME,
            given.epidural_ml if blood else None,
            Unit.MILLILITRE,
            phase=Phase.INJECTION,
            utility=kept if blood else None,
            against={"expert": rubric.treatment.epidural_ml.expert, "treating": rubric.treatment.treating_ml},
        ),
        measured(
            MetricId.SEAL,
            seal,
            Unit.NONE,
            phase=None,
            utility=None if seal is None else utility(seal, SEAL),
        ),
        measured(MetricId.BLOOD_VOLUME, given.total_ml if blood else None, Unit.MILLILITRE, phase=Phase.INJECTION),
        measured(
            MetricId.BLOOD_AFTER_CUE,
            after,
            Unit.MILLILITRE,
            phase=Phase.INJECTION,
            utility=None if after is None else utility(after, rubric.treatment.ml_after_cue),
            against={"poor": rubric.treatment.ml_after_cue.poor},
        ),
    ]


def ml_after_cue(summary: ProcedureSummary) -> float | None:
    """Blood after the first word of pressure or pain, or beyond the prescribed volume without one."""
    if not summary.injected:
        return None
    total = summary.injected[-1].total_blood_ml
    cue = cue_ml(summary)
    limit = summary.world.settings.prescribed_volume_ml if cue is None else cue
    return max(total - limit, 0.0)


def _seal(summary: ProcedureSummary) -> float | None:
    """Probability that the leak is sealed, where the procedure was finished and blood was given."""
    finished = [event for event in summary.events if isinstance(event, e.Finished)]
    return finished[-1].seal_probability if finished and summary.first_blood is not None else None
