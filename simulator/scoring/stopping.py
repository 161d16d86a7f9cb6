"""Stopping: to give no blood, for a good reason, is a decision that is scored on safety, steps and dose.

A good reason is one that the patient or the anatomy gave, whatever the operator called it: a fact that forbids the
procedure, a severe reaction, a dural puncture, or a leak without a safe way.
"""

from __future__ import annotations

from simulator.engine import events as e
from simulator.scoring.harm import puncture_management, severe_reaction
from simulator.scoring.looks import looked_at
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.vocabulary.patient_facts import CHECKED_BY, StopReason


def good_reason_to_stop(summary: ProcedureSummary) -> StopReason | None:
    """Why it was right to give no blood; None where blood was given, or nothing forbade it."""
    if summary.first_blood is not None:
        return None
    if fact_that_stops(summary) and summary.punctured_ms is None and stopping_fact_found(summary):
        return StopReason.FACT
    if severe_reaction(summary) is not None:
        return StopReason.REACTION
    if puncture_management(summary) is not None:
        return StopReason.DURAL_PUNCTURE
    if summary.world.settings.accepted.may_abandon and looked_at(summary):
        return StopReason.NO_SAFE_WAY
    return None


def fact_that_stops(summary: ProcedureSummary) -> bool:
    """Whether a fact of the chart forbids the procedure."""
    return any(fact.stops for fact in summary.world.settings.facts)


def stopping_fact_found(summary: ProcedureSummary) -> bool:
    """Whether a fact that forbids the procedure was known: from the request, or from a time-out that asked for it."""
    checked = {item for event in summary.events if isinstance(event, e.TimeOutHeld) for item in event.checked}
    facts = [fact for fact in summary.world.settings.facts if fact.stops]
    return any(fact.in_chart or CHECKED_BY[fact.fact.kind] in checked for fact in facts)


def went_on_after_severe_reaction(summary: ProcedureSummary) -> bool:
    """Whether blood was given, or the needle pushed, after a severe reaction began."""
    began = severe_reaction(summary)
    if began is None:
        return False
    later = [event for event in summary.events if event.at_ms > began.at_ms]
    return any(
        (isinstance(event, e.MaterialInjected) and event.material == "blood")
        or (isinstance(event, e.NeedleMoved) and event.commanded_mm > 0.0)
        for event in later
    )
