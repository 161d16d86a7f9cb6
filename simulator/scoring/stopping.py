"""Stopping: to give no blood, for a good reason, is a decision that is scored on safety, steps and dose.

A good reason is one that the patient or the anatomy gave, whatever the operator called it: a fact that forbids the
procedure, a severe reaction, a dural puncture, a fistula into a vein that was looked at, or a leak without a safe way.
"""

from __future__ import annotations

from simulator.engine import events as e
from simulator.scoring.harm import puncture_management, severe_reaction
from simulator.scoring.looks import looked_at
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.vocabulary.patient_facts import CHECKED_BY, StopReason

VEIN_SEEN_MM = 10.0  # along the spine from a fistula, within which its vein is seen (assumption)


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
    if summary.world.phantom.leak.vein is not None:
        return StopReason.FISTULA if vein_looked_at(summary) else None
    if summary.world.settings.accepted.may_abandon and looked_at(summary):
        return StopReason.NO_SAFE_WAY
    return None


def vein_looked_at(summary: ProcedureSummary) -> bool:
    """Whether somebody looked at a fistula's vein while it was full: its height on a myelogram with its side down."""
    world, leak = summary.world, summary.world.phantom.leak
    if leak.hole_mm is None:
        return False
    at_mm = world.table_transform().table_z_mm(leak.hole_mm.z_mm)
    shown = {
        event.number: event.slices.centres_table_mm
        for event in summary.acquisitions
        if event.position is not None and event.position.side_down == leak.side
    }
    looks = [event for event in summary.events if isinstance(event, e.ImageLookedAt) and event.number in shown]
    return any(abs(shown[look.number][k] - at_mm) <= VEIN_SEEN_MM for look in looks for k in look.slices)


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
