"""Dose ledger: what every phase cost the patient and the staff, and how the rubric counts it.

CTDIvol of different phantoms or places is never added; the totals are the dose-length product per phantom, the
effective dose and the largest CTDIvol. CTDIvol overstates the peak dose of a stationary table.
"""

from __future__ import annotations

from typing import Any

from simulator.engine.events import AcquisitionMade, BeamCutShort
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import PRESCRIBED_PLANNING, Rubric, log_utility, utility

PHASES = ("myelography", "planning", "guidance", "confirmation")


def ledger(course: ProcedureSummary) -> dict[str, Any]:
    """Dose by phase and in total, in the fields of the scorecard."""
    by_phase = {phase: _entry([a for a in course.beams if a.dose_phase == phase]) for phase in PHASES}
    priced = [a for a in course.beams if a.counts_toward_dose]
    dlp: dict[str, float] = {}
    for a in priced:
        key = f"{a.dose.ctdi_phantom_cm} cm"
        dlp[key] = dlp.get(key, 0.0) + a.dose.dlp_mgy_cm
    return {
        "by_phase": {phase: entry for phase, entry in by_phase.items() if entry is not None},
        "total": {
            "dlp_mgy_cm_by_phantom": dlp,
            "effective_dose_msv": sum(a.dose.effective_dose_msv for a in priced),
            "ctdi_vol_max_mgy": max((a.dose.ctdi_vol_mgy for a in priced), default=0.0),
            "skin_entrance_mgy": sum(a.dose.skin_entrance_mgy for a in priced if a.purpose == "fluoroscopy"),
            "operator_usv": sum(a.dose.operator_usv for a in priced),
            "hand_usv": sum(a.dose.hand_usv for a in priced),
        },
    }


def _entry(made: list[AcquisitionMade | BeamCutShort]) -> dict[str, Any] | None:
    if not made:
        return None
    return {
        "acquisitions": sum(isinstance(a, AcquisitionMade) for a in made),
        "beam_on_s": sum(a.beam.on_ms for a in made) / 1000.0,
        "mas": sum(a.beam.mas for a in made),
        "ctdi_vol_mgy": max(a.dose.ctdi_vol_mgy for a in made),
        "ctdi_phantom_cm": made[0].dose.ctdi_phantom_cm,
        "dlp_mgy_cm": sum(a.dose.dlp_mgy_cm for a in made),
        "k_msv_per_mgy_cm": made[0].dose.k_msv_per_mgy_cm,
        "effective_dose_msv": sum(a.dose.effective_dose_msv for a in made),
        "given": not made[0].counts_toward_dose,
    }


def phase_dlp_mgy_cm(course: ProcedureSummary, phase: str) -> float:
    """Priced dose-length product of one phase."""
    return sum(a.dose.dlp_mgy_cm for a in course.beams if a.counts_toward_dose and a.dose_phase == phase)


def dose_metrics(course: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Dose-length products and presses against published values."""
    planning_anchors = (
        PRESCRIBED_PLANNING if course.world.settings.imaging.planning_prescribed else rubric.planning_dlp_mgy_cm
    )
    guidance, planning = phase_dlp_mgy_cm(course, "guidance"), phase_dlp_mgy_cm(course, "planning")
    presses = float(len(course.presses))
    total = ledger(course)["total"]
    return [
        Metric(
            name="DLP guidance",
            value=guidance,
            unit="mGy cm",
            reference="4.94 median of spot CTF expert, 199 poor",
            source="Paik 2014; Shepherd 2011",
            utility=log_utility(guidance, rubric.guidance_dlp_mgy_cm),
        ),
        Metric(
            name="DLP planning",
            value=planning,
            unit="mGy cm",
            reference=f"{planning_anchors.expert:g} expert, {planning_anchors.poor:g} poor",
            source="Paik 2014 planning scan 31.8; Chang 2013 89.6; the paper's 50 mAs scan 26",
            phase="planning",
            utility=log_utility(planning, planning_anchors),
        ),
        Metric(
            name="CTF images after the first puncture",
            value=presses,
            unit="",
            reference="3 median expert, 7.9 +- 5.1 freehand",
            source="Paik 2014; PMC4499536",
            utility=utility(presses, rubric.presses),
        ),
        Metric(
            name="DLP confirmation",
            value=phase_dlp_mgy_cm(course, "confirmation"),
            unit="mGy cm",
            reference="one control scan is expected; reported, not scored",
            source="rubric 1",
            phase="confirmation",
        ),
        Metric(
            name="effective dose",
            value=total["effective_dose_msv"],
            unit="mSv",
            reference=f"k = {course.world.conversion.k_msv_per_mgy_cm:g} mSv per mGy cm",
            source=course.world.conversion.source,
            phase="all",
        ),
        Metric(
            name="operator dose",
            value=total["operator_usv"],
            unit="uSv",
            reference="25 per procedure (7-48) with quick-check",
            source="Paulson 2001; 0.04 uGy per mGy cm, PRAV18",
            phase="all",
        ),
    ]


def dose_component(course: ProcedureSummary, rubric: Rubric) -> float:
    """0.5 ulog(guidance) + 0.25 ulog(planning) + 0.25 u(presses); 0 if no accepted zone was reached."""
    if course.punctured_ms is None or not course.reached_zone:
        return 0.0
    return dose_share(course, rubric)


def dose_share(course: ProcedureSummary, rubric: Rubric) -> float:
    """0.5 ulog(guidance) + 0.25 ulog(planning) + 0.25 u(presses), wherever the bevel came."""
    scored = {metric.name: metric.utility or 0.0 for metric in dose_metrics(course, rubric)}
    return (
        0.5 * scored["DLP guidance"]
        + 0.25 * scored["DLP planning"]
        + 0.25 * scored["CTF images after the first puncture"]
    )
