"""Dose ledger: what every phase cost the patient and the staff, and how the rubric counts it.

CTDIvol of different phantoms or places is never added; the totals are the dose-length product per phantom, the
effective dose, the largest CTDIvol and the peak skin dose. CTDIvol overstates the peak dose of a stationary table.
"""

from __future__ import annotations

from collections.abc import Sequence

from simulator.ct.dose import ctdi_vol_mgy
from simulator.ct.patient_size import ssde_conversion_factor
from simulator.ct.skin_dose import SkinExposure, peak_skin_dose
from simulator.ct.staff_dose import operator_dose_range_usv
from simulator.engine.events import AcquisitionMade, BeamCutShort, ScoutMade
from simulator.scoring.blind_advance import free_blind_mm
from simulator.scoring.looks import looked_after, looked_before_puncture, seen_within_mm
from simulator.scoring.metric import Metric, measured
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.scoring.rubric import PRESCRIBED_PLANNING, Anchors, Rubric, log_utility
from simulator.scoring.scorecard import DoseLedger, PhaseDose, TotalDose
from simulator.scoring.stopping import good_reason_to_stop
from simulator.vocabulary.patient_facts import StopReason
from simulator.vocabulary.procedure import AcquisitionPurpose, DosePhase, Phase
from simulator.vocabulary.scoring import MetricId, Unit

BeamEvent = AcquisitionMade | BeamCutShort | ScoutMade


def dose_ledger(summary: ProcedureSummary) -> DoseLedger:
    """Dose by phase and in total."""
    beams = {phase: [beam for beam in summary.beams if beam.dose_phase == phase] for phase in DosePhase}
    return DoseLedger(
        by_phase={phase: _phase_dose(summary, own) for phase, own in beams.items() if own},
        total=_total_dose([beam for beam in summary.beams if beam.counts_toward_dose], _skin_exposures(summary)),
    )


def _skin_exposures(summary: ProcedureSummary) -> list[SkinExposure]:
    """Where every beam that was ordered met the skin.

    A rotation that was cut short has no slices: it fell where the press before it did, and is spread around the body.
    So is a scout, whose entrance dose is a mean around the body as well.
    """
    found: list[SkinExposure] = []
    place_mm = 0.0
    for beam in summary.beams:
        at_mm = place_mm
        if isinstance(beam, ScoutMade):
            at_mm = _patient_z_mm(summary, beam)
        elif isinstance(beam, AcquisitionMade):
            at_mm = place_mm = _patient_z_mm(summary, beam)
        if not beam.counts_toward_dose:
            continue
        half = beam.beam.dose_length_mm / 2
        settings = beam.settings if isinstance(beam, AcquisitionMade) else None
        found.append(
            SkinExposure(
                low_mm=at_mm - half,
                high_mm=at_mm + half,
                entrance_mgy=beam.dose.skin_entrance_mgy,
                scan_arc_deg=360 if settings is None else settings.scan_arc_deg,
                hand_protection=settings is not None and settings.hand_protection,
                tube_at_deg=beam.beam.tube_at_deg,
            )
        )
    return found


def _patient_z_mm(summary: ProcedureSummary, made: AcquisitionMade | ScoutMade) -> float:
    """Height in the patient of the middle of an acquisition, mm."""
    centres: Sequence[float]
    if isinstance(made, ScoutMade):
        centres, moved_mm = made.row_centres_mm, made.patient_displacement_mm
    else:
        centres, moved_mm = made.slices.centres_table_mm, made.scene.patient_displacement_mm
    transform = summary.world.table_transform(moved_mm)
    return transform.patient_z_mm(0.5 * (centres[0] + centres[-1]))


def _total_dose(counted: Sequence[BeamEvent], on_skin: Sequence[SkinExposure]) -> TotalDose:
    dlp: dict[str, float] = {}
    for a in counted:
        key = f"{a.dose.ctdi_phantom_cm} cm"
        dlp[key] = dlp.get(key, 0.0) + a.dose.dlp_mgy_cm
    operator_usv = sum(a.dose.operator_usv for a in counted)
    low_usv, high_usv = operator_dose_range_usv(operator_usv)
    return TotalDose(
        dlp_mgy_cm_by_phantom=dlp,
        effective_dose_msv=sum(a.dose.effective_dose_msv for a in counted),
        ctdi_vol_max_mgy=max((a.dose.ctdi_vol_mgy for a in counted), default=0.0),
        skin_entrance_mgy=sum(a.dose.skin_entrance_mgy for a in counted if a.purpose == AcquisitionPurpose.FLUOROSCOPY),
        operator_usv=operator_usv,
        hand_usv=sum(a.dose.hand_usv for a in counted),
        peak_skin_mgy=peak_skin_dose(on_skin).dose_mgy,
        operator_usv_low=low_usv,
        operator_usv_high=high_usv,
    )


def _phase_dose(summary: ProcedureSummary, made: Sequence[BeamEvent]) -> PhaseDose:
    largest = max((a for a in made if isinstance(a, AcquisitionMade)), key=lambda a: a.dose.ctdi_vol_mgy, default=None)
    diameter_cm = ssde_mgy = None
    if largest is not None:
        diameter_cm = summary.world.water_equivalent_diameter_cm(_patient_z_mm(summary, largest))
        factor = ssde_conversion_factor(diameter_cm, largest.dose.ctdi_phantom_cm)
        ssde_mgy = factor * largest.dose.ctdi_vol_mgy
    dlp, effective_msv = sum(a.dose.dlp_mgy_cm for a in made), sum(a.dose.effective_dose_msv for a in made)
    # A scout goes through several regions, so that the phase has no factor but what comes of it
    scouts = any(isinstance(a, ScoutMade) for a in made)
    return PhaseDose(
        acquisitions=sum(isinstance(a, AcquisitionMade | ScoutMade) for a in made),
        beam_on_s=sum(a.beam.on_ms for a in made) / 1000.0,
        mas=sum(a.beam.mas for a in made),
        ctdi_vol_mgy=max(a.dose.ctdi_vol_mgy for a in made),
        ctdi_phantom_cm=made[0].dose.ctdi_phantom_cm,
        dlp_mgy_cm=dlp,
        k_msv_per_mgy_cm=effective_msv / dlp if scouts and dlp > 0 else made[0].dose.k_msv_per_mgy_cm,
        effective_dose_msv=effective_msv,
        given=not made[0].counts_toward_dose,
        ssde_mgy=ssde_mgy,
        water_equivalent_diameter_cm=diameter_cm,
        planning_scans=sum(a.purpose == AcquisitionPurpose.PLANNING for a in made),
    )


def phase_dlp_mgy_cm(summary: ProcedureSummary, phase: DosePhase) -> float:
    """Counted dose-length product of one phase."""
    return sum(a.dose.dlp_mgy_cm for a in summary.beams if a.counts_toward_dose and a.dose_phase == phase)


def dose_metrics(summary: ProcedureSummary, rubric: Rubric) -> list[Metric]:
    """Dose-length products against published values: every photon once. Images that practice demands stand beside."""
    total, conversion = dose_ledger(summary).total, summary.world.conversion
    planned = not rubric.looks.needs_images or looked_before_puncture(summary) or _stopped_at_a_fact(summary)
    prescribed = summary.world.settings.imaging.planning_prescribed
    own = rubric.dose
    planning = PRESCRIBED_PLANNING if prescribed else own.planning_dlp_mgy_cm
    rows = (
        (MetricId.DLP_GUIDANCE, DosePhase.GUIDANCE, Phase.GUIDANCE, own.guidance_dlp_mgy_cm, True),
        (MetricId.DLP_PLANNING, DosePhase.PLANNING, Phase.PLANNING, planning, planned),
        (MetricId.DLP_CONFIRMATION, DosePhase.CONFIRMATION, Phase.CONFIRMATION, own.confirmation_dlp_mgy_cm, True),
    )
    demanded, per_32_cm = demanded_images(summary, rubric), _per_32_cm(conversion.ctdi_phantom_cm)
    scaled = [
        (metric_id, account, phase, Anchors(expert=a.expert * per_32_cm, poor=a.poor * per_32_cm), counts)
        for metric_id, account, phase, a, counts in rows
    ]
    return [
        *(
            measured(
                metric_id,
                phase_dlp_mgy_cm(summary, account),
                Unit.DOSE_LENGTH_PRODUCT,
                phase=phase,
                utility=log_utility(phase_dlp_mgy_cm(summary, account), anchors) if counts else 0.0,
                against={"expert": anchors.expert, "poor": anchors.poor},
            )
            for metric_id, account, phase, anchors, counts in scaled
        ),
        measured(MetricId.DEMANDED_IMAGES, demanded, Unit.NONE, phase=None, utility=demanded),
        measured(MetricId.CTF_IMAGES, float(len(summary.presses)), Unit.NONE),
        measured(
            MetricId.EFFECTIVE_DOSE,
            total.effective_dose_msv,
            Unit.MILLISIEVERT,
            phase=None,
            against={"k_msv_per_mgy_cm": conversion.k_msv_per_mgy_cm, "k_source": conversion.source},
        ),
        measured(MetricId.OPERATOR_DOSE, total.operator_usv, Unit.MICROSIEVERT, phase=None),
    ]


def _per_32_cm(ctdi_phantom_cm: int) -> float:
    """What the same tube load reads in a CTDI phantom against the body's: the published anchors are the body's."""
    return ctdi_vol_mgy(120, 100.0, ctdi_phantom_cm) / ctdi_vol_mgy(120, 100.0, 32)


def demanded_images(summary: ProcedureSummary, rubric: Rubric) -> float | None:
    """Share of the images that practice demands and somebody looked at; None where none is asked for.

    An image to plan on before the skin is gone through, the tip where it stands before the first blood, and, where
    blood was given, an image after the last of it. Who stopped at a fact of the chart, or at a fistula, needed none.
    """
    if not rubric.looks.needs_images or _stopped_at_a_fact(summary):
        return None
    looked = [looked_before_puncture(summary)]
    if summary.first_blood is not None:
        moved_mm = seen_within_mm(summary, summary.first_blood)
        looked.append(moved_mm is not None and moved_mm <= free_blind_mm(summary.world, rubric))
        looked.append(looked_after(summary, summary.injected[-1].at_ms))
    return sum(looked) / len(looked)


def _stopped_at_a_fact(summary: ProcedureSummary) -> bool:
    return good_reason_to_stop(summary) in (StopReason.FACT, StopReason.FISTULA)
