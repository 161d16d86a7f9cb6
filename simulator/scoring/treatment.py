"""Treatment: whether enough blood stayed where it can treat, and where it lay when it came."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.scoring.procedure_summary import ProcedureSummary, in_accepted_zone
from simulator.scoring.rubric import Rubric
from simulator.vocabulary.anatomy import Compartment

CUES = ("pressure", "pain", "severe pain")
_EPIDURAL = (Compartment.EPIDURAL, Compartment.FORAMEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What was given.

    Attributes:
        total_ml: blood mixture injected anywhere
        epidural_ml: of it, what went into the epidural space and stayed in the canal
        cue_ml: volume at the patient's first word of pressure or pain; None without one
        covered: fraction of the leak zone that blood has reached
        in_zone: fraction of the volume that left the bevel in an accepted part of the space
    """

    total_ml: float
    epidural_ml: float
    cue_ml: float | None
    covered: float
    in_zone: float

    def treats(self, rubric: Rubric) -> bool:
        """Whether it is more than a token: a published volume, or half of it where the patient felt pressure."""
        least = rubric.treatment.treating_ml * (0.5 if self.cue_ml is not None else 1.0)
        return self.epidural_ml >= least


def cue_ml(summary: ProcedureSummary) -> float | None:
    """Volume at the patient's first word of pressure or pain; None without one."""
    return next((portion.total_blood_ml for portion in summary.injected if portion.feeling in CUES), None)


def treatment(summary: ProcedureSummary, rubric: Rubric) -> Treatment:
    """What was given in a procedure; nothing but zeros where no blood was.

    The level of the needle is judged by what the blood did: one that covers the leak was at a right level.
    """
    portions = summary.injected
    if not portions:
        return Treatment(total_ml=0.0, epidural_ml=0.0, cue_ml=None, covered=0.0, in_zone=0.0)
    last = portions[-1]
    total = sum(portion.volume_ml for portion in portions)
    epidural = sum(portion.volume_ml for portion in portions if portion.compartment in _EPIDURAL)
    any_level = last.covered_share >= rubric.treatment.covered_fraction
    placed = sum(
        portion.volume_ml for portion in portions if in_accepted_zone(summary.world, portion, any_level=any_level)
    )
    return Treatment(
        total_ml=total,
        epidural_ml=max(epidural - last.escaped_ml, 0.0),
        cue_ml=cue_ml(summary),
        covered=last.covered_share,
        in_zone=placed / total if total > 0.0 else 0.0,
    )
