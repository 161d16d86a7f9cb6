"""Caps: what limits the score however good the components are; a cap of 0 is a gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.scoring.blind_advance import blind_advance, free_blind_mm
from simulator.scoring.harm import complications, puncture_management, reactions
from simulator.scoring.looks import seen_within_mm
from simulator.scoring.procedure_steps import skin_prepared, time_out_held
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import Rubric
from simulator.scoring.safety import tenting_mm
from simulator.scoring.sites import SITE_ML
from simulator.scoring.stopping import fact_that_stops, good_reason_to_stop, went_on_after_severe_reaction
from simulator.scoring.treatment import treatment
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.patient import PatientReaction
from simulator.vocabulary.procedure import ComplicationKind
from simulator.vocabulary.scoring import CapId

PRESSED_MM = 0.3  # a tip that lies deeper than this in a dura that has not given way presses it (assumption)
TENTED_MM = 1.0  # a dura that was pressed in as far was about to give way (assumption)
BLIND_NEAR_MM, BLIND_FAR_MM = 1.0, 6.0  # beyond what is free: a step too many; the depth of the space


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingCap:
    """A cap that acts, and the score beyond which it lets nothing."""

    cap_id: CapId
    limit: float


Rule = Callable[[ProcedureSummary, Rubric], float | None]
"""The limit that a rule sets on a procedure; None where it does not act."""


def acting_caps(summary: ProcedureSummary, rubric: Rubric) -> list[ActingCap]:
    """The caps that a procedure has drawn, in the order in which the scorecard names them."""
    limits = {cap_id: rule(summary, rubric) for cap_id, rule in RULES.items()}
    return [ActingCap(cap_id=cap_id, limit=limit) for cap_id, limit in limits.items() if limit is not None]


def _not_treated(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    return 0.0 if summary.first_blood is None and good_reason_to_stop(summary) is None else None


def _intrathecal(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    return 0.0 if _blood_in(summary, Compartment.INTRATHECAL) else None


def _cord(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    return 0.0 if complications(summary, ComplicationKind.CORD_CONTACT) else None


def _token(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    if summary.first_blood is None or treatment(summary, rubric).treats(rubric):
        return None
    return rubric.caps.token_volume


def _unseen(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    if not rubric.looks.needs_images or summary.first_blood is None:
        return None
    free_mm = free_blind_mm(summary.world, rubric)
    moved = [seen_within_mm(summary, portion) for portion in summary.injected]
    return None if all(mm is not None and mm <= free_mm for mm in moved) else rubric.caps.unseen_needle


def _dural_puncture(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    """A hole is managed by a patch that is given all the same; who stops there has harmed and not treated."""
    managed = puncture_management(summary)
    if managed is None:
        return None
    return rubric.caps.dural_puncture + (rubric.caps.harm_managed * managed.steps if summary.injected else 0.0)


def _subdural(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    return rubric.caps.dural_puncture if _blood_in(summary, Compartment.SUBDURAL) else None


def _not_covered(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    """No site of this sitting was at an accepted level, and the blood did not reach the leak; or no level was right."""
    accepted = summary.world.settings.accepted.needle_levels
    if not summary.injected:
        return None
    given_ml = sum(portion.volume_ml for portion in summary.injected)
    right_ml = sum(portion.volume_ml for portion in summary.injected if portion.level in accepted)
    if right_ml >= min(SITE_ML, given_ml):
        return None
    if not accepted:
        return rubric.caps.not_covered
    return rubric.caps.not_covered if treatment(summary, rubric).covered < rubric.treatment.covered_fraction else None


def _fact(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    """A fact forbade the procedure, and the skin was gone through."""
    return rubric.caps.fact_ignored if summary.punctured_ms is not None and fact_that_stops(summary) else None


def _steps(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    skipped = summary.punctured_ms is not None and not (time_out_held(summary) and skin_prepared(summary))
    return rubric.caps.steps_skipped if skipped else None


def _severe(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    return rubric.caps.severe_reaction_ignored if went_on_after_severe_reaction(summary) else None


def _reaction(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    mild = [answered for event, answered in reactions(summary) if event.reaction is not PatientReaction.SEVERE_CONTRAST]
    return rubric.caps.reaction_ignored if not all(mild) else None


def _vein(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    return rubric.caps.vein if _blood_in(summary, Compartment.VESSEL) else None


def _nerves(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    """As grave as a vein, whose limit it has: a hand felt the harm coming, and no case sets the two apart."""
    compressed = complications(summary, ComplicationKind.NERVE_COMPRESSION)
    return rubric.caps.vein if summary.first_blood is not None and compressed else None


def _blood_at_tented_dura(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    pressed = [
        portion
        for portion in summary.injected
        if portion.dura_mm < -PRESSED_MM and portion.compartment not in (Compartment.INTRATHECAL, Compartment.SUBDURAL)
    ]
    return rubric.caps.blood_at_tented_dura if pressed else None


def _tented(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    return rubric.caps.tented_dura if tenting_mm(summary) >= TENTED_MM else None


def _blind(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    if not rubric.looks.needs_images:
        return None
    excess_mm = blind_advance(summary, rubric).excess_mm
    if excess_mm < BLIND_NEAR_MM:
        return None
    return rubric.caps.blind_near if excess_mm < BLIND_FAR_MM else rubric.caps.blind_far


def _plunger_alone(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    """Beside a collection the last way was felt for with a plunger, and nobody looked before the blood."""
    blood = summary.first_blood
    if not rubric.looks.needs_images or blood is None or summary.world.phantom.leak.hole_mm is None:
        return None
    moved_mm = seen_within_mm(summary, blood)
    tested = any(isinstance(event, e.ResistanceTested) and event.at_ms <= blood.at_ms for event in summary.events)
    unseen = moved_mm is None or moved_mm > 0.5
    return rubric.caps.plunger_alone if tested and unseen else None


def _blood_in(summary: ProcedureSummary, compartment: Compartment) -> bool:
    return any(portion.compartment == compartment for portion in summary.injected)


RULES: dict[CapId, Rule] = {
    CapId.NOT_TREATED: _not_treated,
    CapId.INTRATHECAL_BLOOD: _intrathecal,
    CapId.CORD_CONTACT: _cord,
    CapId.TOKEN_VOLUME: _token,
    CapId.UNSEEN_NEEDLE: _unseen,
    CapId.DURAL_PUNCTURE: _dural_puncture,
    CapId.SUBDURAL_BLOOD: _subdural,
    CapId.LEAK_NOT_COVERED: _not_covered,
    CapId.FACT_IGNORED: _fact,
    CapId.STEPS_SKIPPED: _steps,
    CapId.SEVERE_REACTION_IGNORED: _severe,
    CapId.BLOOD_AT_TENTED_DURA: _blood_at_tented_dura,
    CapId.BLIND_ADVANCE: _blind,
    CapId.BLOOD_IN_VEIN: _vein,
    CapId.NERVE_COMPRESSION: _nerves,
    CapId.PLUNGER_ALONE: _plunger_alone,
    CapId.TENTED_DURA: _tented,
    CapId.REACTION_IGNORED: _reaction,
}
"""Every rule that can limit the score, by the cap that it draws."""
