"""Procedure steps: time-out, skin, stylet, aspiration, fresh blood, aftercare."""

from __future__ import annotations

from simulator.engine import events as e
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.vocabulary.patient_facts import Question, TimeOutItem
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import MetricId, Unit

FRESH_MS = 240_000
"""Blood in a syringe thickens: never more than four minutes before it is given."""
FLAT_HOURS = 2.0
"""Lying flat for two hours keeps most of a clot's hold (`patient.outcome`)."""


def step_metrics(summary: ProcedureSummary) -> list[Metric]:
    """Each step as 1 (done, in time) or 0; None where it does not apply: who stopped before the needle owed no more."""
    blood = summary.first_blood
    rows = [
        (MetricId.TIME_OUT_HELD, float(time_out_held(summary)), Phase.PREPARATION),
        (MetricId.PATIENT_POSITIONED, _due_at_puncture(summary, "patient positioned"), Phase.PREPARATION),
        (MetricId.SKIN_PREPARED, _due_at_puncture(summary, "skin prepared"), Phase.PREPARATION),
        (MetricId.ANAESTHETIC_GIVEN, _due_at_puncture(summary, "local anaesthetic"), Phase.PREPARATION),
        (MetricId.ARM_LINE_FIRST, None if blood is None else float(_arm_line_first(summary)), Phase.PREPARATION),
        (MetricId.STYLET_IN, _stylet_share(summary), Phase.GUIDANCE),
        (MetricId.ASPIRATED, None if blood is None else float(_aspirated(summary)), Phase.GUIDANCE),
        (MetricId.BLOOD_FRESH, _fresh_share(summary), Phase.INJECTION),
        (MetricId.AFTERCARE, None if blood is None else _aftercare(summary), Phase.AFTERCARE),
    ]
    return [measured(metric_id, value, Unit.NONE, phase=phase, utility=value) for metric_id, value, phase in rows]


def time_out_held(summary: ProcedureSummary) -> bool:
    """Whether everything was checked before the skin was gone through, in one time-out or in several."""
    checked = {
        item for event in _before_puncture(summary) if isinstance(event, e.TimeOutHeld) for item in event.checked
    }
    return checked == set(TimeOutItem)


def skin_prepared(summary: ProcedureSummary) -> bool:
    """Whether the skin was disinfected and draped before it was gone through."""
    return _done_before_puncture(summary, "skin prepared")


def _before_puncture(summary: ProcedureSummary) -> list[e.Event]:
    end = summary.punctured_ms
    return [event for event in summary.events if end is None or event.at_ms <= end]


def _done_before_puncture(summary: ProcedureSummary, step: str) -> bool:
    return any(isinstance(event, e.PreparationDone) and event.step == step for event in _before_puncture(summary))


def _due_at_puncture(summary: ProcedureSummary, step: str) -> float | None:
    """Whether a step was taken before the skin was gone through; None where it never was."""
    return None if summary.punctured_ms is None else float(_done_before_puncture(summary, step))


def _arm_line_first(summary: ProcedureSummary) -> bool:
    return any(isinstance(event, e.ArmLineLaid) for event in _before_puncture(summary))


def _stylet_share(summary: ProcedureSummary) -> float | None:
    """Share of the way pushed with the stylet in: without it the bore cores tissue. None without a push."""
    stylet_in, covered, pushed = True, 0.0, 0.0
    for event in summary.events:
        if isinstance(event, e.NeedlePlaced):
            stylet_in = True
        elif isinstance(event, e.StyletMoved):
            stylet_in = event.stylet_in
        elif isinstance(event, e.NeedleMoved) and event.moved_mm > 0.0:
            pushed += event.moved_mm
            covered += event.moved_mm if stylet_in else 0.0
    return covered / pushed if pushed > 0.0 else None


def _aspirated(summary: ProcedureSummary) -> bool:
    """Whether somebody aspirated where the needle stood, before the first blood."""
    blood = summary.first_blood
    since = 0
    found = False
    for event in summary.events:
        if blood is not None and event.at_ms > blood.at_ms:
            break
        if isinstance(event, e.NeedleMoved | e.NeedlePlaced):
            since, found = event.at_ms, False
        elif isinstance(event, e.Aspirated):
            found = event.at_ms >= since
    return found


def _fresh_share(summary: ProcedureSummary) -> float | None:
    """Share of the blood that was given within `FRESH_MS` of being drawn; None without blood."""
    drawn_ms, fresh, total = 0, 0.0, 0.0
    for event in summary.events:
        if isinstance(event, e.BloodDrawn):
            drawn_ms = event.at_ms
        elif isinstance(event, e.MaterialInjected) and event.material == "blood":
            total += event.volume_ml
            fresh += event.volume_ml if event.at_ms - drawn_ms <= FRESH_MS else 0.0
    return fresh / total if total > 0.0 else None


def _aftercare(summary: ProcedureSummary) -> float:
    """Legs and bladder asked after the last blood, hours flat, advice and a call on the next day: a quarter each."""
    last_ms = summary.injected[-1].at_ms
    asked = any(
        isinstance(event, e.PatientSpoke) and event.about is Question.LEGS_AND_BLADDER and event.at_ms >= last_ms
        for event in summary.events
    )
    ordered = [event for event in summary.events if isinstance(event, e.AftercareOrdered)]
    if not ordered:
        return 0.25 * asked
    last = ordered[-1]
    return 0.25 * (asked + (last.flat_hours >= FLAT_HOURS) + last.advice + last.next_day_call)
