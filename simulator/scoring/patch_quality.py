"""Patch quality: did the blood reach the leak, and did the injection stop when the patient spoke?"""

from __future__ import annotations

from simulator.engine import events as e
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric, utility

CUES = ("pressure", "pain", "severe pain")


def patch_metrics(course: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Coverage, volume, volume after the cue, confirmation."""
    last = course.injected[-1] if course.injected else None
    after = ml_after_cue(course)
    return [
        Metric(
            name="coverage of the leak zone by blood",
            value=None if last is None else last.covered_share,
            unit="",
            reference="optimal epidurogram in 47 % of clinical cases",
            source="PMC7960453",
            phase="injection",
            utility=None if last is None else last.covered_share,
        ),
        Metric(
            name="blood injected",
            value=None if last is None else last.total_blood_ml,
            unit="mL",
            reference="6-20, mean 15",
            source="AJNR 2012;33:541",
            phase="injection",
        ),
        Metric(
            name="blood after the patient's cue",
            value=after,
            unit="mL",
            reference=f"0 expert, {rubric.ml_after_cue.poor:g} poor",
            source="stop at local pressure or beginning pain, AJNR 2012;33:541",
            phase="injection",
            utility=None if after is None else utility(after, rubric.ml_after_cue),
        ),
        Metric(
            name="confirmation image after the blood",
            value=float(confirmed_after(course)) if last else None,
            unit="",
            reference="1",
            source="control CT of the leak zone, AJNR 2012;33:541",
            phase="confirmation",
            utility=float(confirmed_after(course)) if last else None,
        ),
    ]


def ml_after_cue(course: ProcedureSummary) -> float | None:
    """Blood after the first word of pressure or pain, or beyond the prescribed volume without one."""
    if not course.injected:
        return None
    total = course.injected[-1].total_blood_ml
    cues = [portion.total_blood_ml for portion in course.injected if portion.feeling in CUES]
    limit = cues[0] if cues else course.world.settings.prescribed_volume_ml
    return max(total - limit, 0.0)


def confirmed_after(course: ProcedureSummary) -> bool:
    """Whether an image was taken after the last blood."""
    if not course.injected:
        return False
    return any(a.at_ms > course.injected[-1].at_ms for a in course.acquisitions)


def confirmed_before(course: ProcedureSummary) -> bool:
    """Whether an image showed the needle where it stood, or test contrast from there, before the first blood."""
    if course.first_blood is None:
        return False
    moved = [
        event.at_ms
        for event in course.events
        if isinstance(event, e.NeedleMoved | e.NeedlePlaced) and event.at_ms <= course.first_blood.at_ms
    ]
    since = max(moved, default=0)
    return any(since <= a.at_ms <= course.first_blood.at_ms and a.scene.needle is not None for a in course.acquisitions)


def patch_component(course: ProcedureSummary, rubric: Rubric) -> float:
    """coverage x u(mL after the cue) x [confirmation image]; 0 without blood."""
    after = ml_after_cue(course)
    if after is None or not confirmed_after(course):
        return 0.0
    return course.injected[-1].covered_share * utility(after, rubric.ml_after_cue)
