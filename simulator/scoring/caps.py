"""Caps: what limits the score however good the components are; a cap of 0 is a gate."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.scoring.patch_quality import confirmed_before
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric
from simulator.scoring.safety import complications
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.procedure import ComplicationKind
from simulator.vocabulary.scoring import CapId

COVERED_FRACTION = 0.2
"""A leak zone that blood has reached less than this is not covered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingCap:
    """A cap that acts, and the score beyond which it lets nothing."""

    cap_id: CapId
    limit: float


def acting_caps(summary: ProcedureSummary, rubric: Rubric) -> list[ActingCap]:
    """The caps that a procedure has drawn, in the order in which the scorecard names them."""
    compartments = {portion.compartment for portion in summary.injected}
    intrathecal, subdural = Compartment.INTRATHECAL in compartments, Compartment.SUBDURAL in compartments
    punctured = _has(summary, ComplicationKind.DURAL_PUNCTURE)
    compressed = summary.first_blood is not None and _has(summary, ComplicationKind.NERVE_COMPRESSION)
    found = [
        (_not_treated(summary), CapId.NOT_TREATED, 0.0),
        (intrathecal, CapId.INTRATHECAL_BLOOD, 0.0),
        (_has(summary, ComplicationKind.CORD_CONTACT), CapId.CORD_CONTACT, 0.0),
        (punctured, CapId.DURAL_PUNCTURE, rubric.cap_dural_puncture),
        (subdural, CapId.SUBDURAL_BLOOD, rubric.cap_dural_puncture),
        (_missed_level(summary), CapId.WRONG_LEVEL, rubric.cap_wrong_level),
        (Compartment.VESSEL in compartments, CapId.BLOOD_IN_VEIN, rubric.cap_vein),
        (compressed, CapId.NERVE_COMPRESSION, rubric.cap_vein),  # as grave as a vein: a hand felt the harm coming
        (_blind(summary), CapId.UNCONFIRMED_POSITION, rubric.cap_unconfirmed),
    ]
    return [ActingCap(cap_id=cap_id, limit=limit) for acts, cap_id, limit in found if acts]


def _has(summary: ProcedureSummary, kind: ComplicationKind) -> bool:
    return complications(summary, kind) > 0


def _not_treated(summary: ProcedureSummary) -> bool:
    return summary.first_blood is None and not summary.rightly_abandoned


def _missed_level(summary: ProcedureSummary) -> bool:
    """Whether the needle stood at another level and the blood did not reach the leak all the same."""
    blood = summary.first_blood
    if blood is None or blood.level in summary.world.settings.accepted.needle_levels:
        return False
    return summary.injected[-1].covered_share < COVERED_FRACTION


def _blind(summary: ProcedureSummary) -> bool:
    """Whether blood was given without having seen where the needle stands."""
    return summary.first_blood is not None and not confirmed_before(summary)
