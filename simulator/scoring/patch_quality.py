"""Patch quality: did the blood reach the leak, and did the injection stop when the patient spoke?"""

from __future__ import annotations

from simulator.engine import events as e
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric, utility
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import MetricId, Unit

CUES = ("pressure", "pain", "severe pain")


def patch_metrics(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Coverage, volume, volume after the cue, confirmation."""
    last = summary.injected[-1] if summary.injected else None
    after = ml_after_cue(summary)
    coverage = None if last is None else last.covered_share
    confirmed = None if last is None else float(confirmed_after(summary))
    return [
        measured(MetricId.LEAK_COVERAGE, coverage, Unit.NONE, phase=Phase.INJECTION, utility=coverage),
        measured(
            MetricId.BLOOD_VOLUME,
            None if last is None else last.total_blood_ml,
            Unit.MILLILITRE,
            phase=Phase.INJECTION,
        ),
        measured(
            MetricId.BLOOD_AFTER_CUE,
            after,
            Unit.MILLILITRE,
            phase=Phase.INJECTION,
            utility=None if after is None else utility(after, rubric.ml_after_cue),
            against={"poor": rubric.ml_after_cue.poor},
        ),
        measured(MetricId.CONFIRMATION_IMAGE, confirmed, Unit.NONE, phase=Phase.CONFIRMATION, utility=confirmed),
    ]


def ml_after_cue(summary: ProcedureSummary) -> float | None:
    """Blood after the first word of pressure or pain, or beyond the prescribed volume without one."""
    if not summary.injected:
        return None
    total = summary.injected[-1].total_blood_ml
    cues = [portion.total_blood_ml for portion in summary.injected if portion.feeling in CUES]
    limit = cues[0] if cues else summary.world.settings.prescribed_volume_ml
    return max(total - limit, 0.0)


def confirmed_after(summary: ProcedureSummary) -> bool:
    """Whether an image was taken after the last blood."""
    if not summary.injected:
        return False
    return any(a.at_ms > summary.injected[-1].at_ms for a in summary.acquisitions)


def confirmed_before(summary: ProcedureSummary) -> bool:
    """Whether an image showed the needle where it stood, or test contrast from there, before the first blood."""
    if summary.first_blood is None:
        return False
    moved = [
        event.at_ms
        for event in summary.events
        if isinstance(event, e.NeedleMoved | e.NeedlePlaced) and event.at_ms <= summary.first_blood.at_ms
    ]
    since = max(moved, default=0)
    return any(
        since <= a.at_ms <= summary.first_blood.at_ms and a.scene.needle is not None for a in summary.acquisitions
    )


def patch_component(summary: ProcedureSummary, rubric: Rubric) -> float:
    """coverage x u(mL after the cue) x [confirmation image]; 0 without blood."""
    after = ml_after_cue(summary)
    if after is None or not confirmed_after(summary):
        return 0.0
    return summary.injected[-1].covered_share * utility(after, rubric.ml_after_cue)
