"""Harm: what was done about it. To see a puncture, answer it and tell it is a skill."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine import events as e
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.vocabulary.patient import PatientReaction
from simulator.vocabulary.procedure import ComplicationKind

IN_TIME_MS = {
    PatientReaction.VASOVAGAL: 90_000,
    PatientReaction.CONTRAST: 180_000,
    PatientReaction.SEVERE_CONTRAST: 90_000,
}
"""Within which a reaction should be answered; assumptions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PunctureManagement:
    """What was done about a hole in the dura that the needle made: each a step of its own.

    Attributes:
        seen: a sign of it was met and recognised
        backed: the needle was drawn back or taken out before blood was given
        told: the patient was told
        covered: blood covered the hole
    """

    seen: bool
    backed: bool
    told: bool
    covered: bool

    @property
    def steps(self) -> int:
        """How many of the four were done."""
        return self.seen + self.backed + self.told + self.covered


def complications(summary: ProcedureSummary, kind: ComplicationKind) -> int:
    """How often a complication happened."""
    return sum(isinstance(event, e.Complication) and event.kind == kind for event in summary.events)


def puncture_management(summary: ProcedureSummary) -> PunctureManagement | None:
    """What was done about the first dural puncture; None where there was none."""
    kind = ComplicationKind.DURAL_PUNCTURE
    places = [k for k, event in enumerate(summary.events) if isinstance(event, e.Complication) and event.kind == kind]
    if not places:
        return None
    later = summary.events[places[0] + 1 :]
    blood = next((k for k, event in enumerate(later) if _is_blood(event)), len(later))
    backed = any(
        isinstance(event, e.NeedleRemoved) or (isinstance(event, e.NeedleMoved) and event.moved_mm < 0.0)
        for event in later[:blood]
    )
    finished = [event for event in later if isinstance(event, e.Finished)]
    return PunctureManagement(
        seen=any(isinstance(event, e.ComplicationRecognised) and event.kind == kind for event in later),
        backed=backed,
        told=any(isinstance(event, e.PatientTold) and event.of == kind for event in later),
        covered=bool(finished and finished[-1].second_holes_covered > 0),
    )


def reactions(summary: ProcedureSummary) -> list[tuple[e.ReactionBegan, bool]]:
    """Every reaction of the patient, and whether it was answered with what helps, in time."""
    found = []
    for place, event in enumerate(summary.events):
        if isinstance(event, e.ReactionBegan):
            answered = any(
                isinstance(later, e.AidGiven)
                and later.helped
                and later.measure == event.helps
                and later.at_ms - event.at_ms <= IN_TIME_MS[event.reaction]
                for later in summary.events[place:]
            )
            found.append((event, answered))
    return found


def reactions_answered(summary: ProcedureSummary) -> float | None:
    """Share of the patient's reactions that were answered in time; None where there was none."""
    found = reactions(summary)
    return sum(answered for _, answered in found) / len(found) if found else None


def severe_reaction(summary: ProcedureSummary) -> e.ReactionBegan | None:
    """The first severe reaction, at which a procedure must not go on."""
    severe = [event for event, _ in reactions(summary) if event.reaction is PatientReaction.SEVERE_CONTRAST]
    return severe[0] if severe else None


def _is_blood(event: e.Event) -> bool:
    return isinstance(event, e.MaterialInjected) and event.material == "blood"
