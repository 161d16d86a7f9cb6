"""Harm: what was done about it. To see a puncture, answer it and tell it is a skill."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.patient import PatientReaction
from simulator.vocabulary.procedure import ComplicationKind

IN_TIME_MS = {
    PatientReaction.VASOVAGAL: 90_000,
    PatientReaction.CONTRAST: 180_000,
    PatientReaction.SEVERE_CONTRAST: 90_000,
}
"""Within which a reaction should be answered; assumptions."""


WAY_STEP_MM = 0.5
GRAZED_MM = 1.0  # a straight line as deep in the sac as this may still be a bent needle beside it (assumption)


@dataclass(frozen=True, slots=True, kw_only=True)
class PunctureManagement:
    """What was done about a hole in the dura that the needle made: each a step of its own.

    Attributes:
        seen: a sign of it was met and recognised
        backed: the needle was drawn back or taken out before blood was given
        told: the patient was told, once it was seen
        covered: blood covered the hole
        gone_through: blood was given beyond the sac, through a needle that still went through it: nothing of this helps
    """

    seen: bool
    backed: bool
    told: bool
    covered: bool
    gone_through: bool = False

    @property
    def steps(self) -> int:
        """How many of the four were done; none where blood was given through the sac."""
        return 0 if self.gone_through else self.seen + self.backed + self.told + self.covered


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
    seen = [k for k, event in enumerate(later) if isinstance(event, e.ComplicationRecognised) and event.kind == kind]
    told = [k for k, event in enumerate(later) if isinstance(event, e.PatientTold) and event.of == kind]
    return PunctureManagement(
        seen=bool(seen),
        backed=backed,
        told=bool(seen and told and told[-1] > seen[0]),
        covered=bool(finished and finished[-1].second_holes_covered > 0),
        gone_through=any(goes_through_the_sac(summary.world, *way) for way in _ways_of_blood(summary, places[0])),
    )


def goes_through_the_sac(world: CaseContext, entry_mm: PatientPoint, tip_mm: PatientPoint) -> bool:
    """Whether a needle from the skin to a tip outside the sac leads through the sac."""
    count = max(round(math.dist(entry_mm, tip_mm) / WAY_STEP_MM), 1)
    share = np.linspace(0.0, 1.0, count + 1)[:, None]
    dura_mm = world.phantom.anatomy.dura_mm((1.0 - share) * np.asarray(entry_mm) + share * np.asarray(tip_mm))
    return bool(dura_mm[-1] > 0.0 and dura_mm.min() < -GRAZED_MM)


def _ways_of_blood(summary: ProcedureSummary, after: int) -> list[tuple[PatientPoint, PatientPoint]]:
    """Skin point and tip of every portion of blood after an event."""
    found: list[tuple[PatientPoint, PatientPoint]] = []
    entry_mm: PatientPoint | None = None
    for place, event in enumerate(summary.events):
        if isinstance(event, e.SkinPunctured):
            entry_mm = event.entry_mm
        elif place > after and entry_mm is not None and isinstance(event, e.MaterialInjected) and _is_blood(event):
            found.append((entry_mm, event.tip_mm))
    return found


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
