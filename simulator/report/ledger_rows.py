"""Ledger rows: the scorecard's doses as lines to print."""

from __future__ import annotations

from simulator.ct.staff_dose import HAND_BESIDE_BEAM, TABLE_SIDE_M
from simulator.engine import events as e
from simulator.interface.published_doses import OPERATOR_SOURCE, OPERATOR_USV_PER_PROCEDURE, OPERATOR_USV_RANGE
from simulator.report.procedure_marks import Marks, clock
from simulator.report.words import number
from simulator.scoring.scorecard import DoseLedger, PhaseDose, TotalDose
from simulator.vocabulary.procedure import DosePhase


def phase_rows(dose: DoseLedger) -> list[tuple[str, ...]]:
    """Phase, acquisitions, beam time, mAs, CTDIvol, its phantom, DLP, k, effective dose, diameter, SSDE."""
    rows: list[tuple[str, ...]] = []
    for phase, entry in dose.in_order():
        rows.append(
            (
                phase.capitalize() + (" (given, not counted)" if entry.given else ""),
                _acquisitions(phase, entry),
                number(entry.beam_on_s),
                number(entry.mas),
                number(entry.ctdi_vol_mgy),
                f"{entry.ctdi_phantom_cm} cm",
                number(entry.dlp_mgy_cm),
                f"{entry.k_msv_per_mgy_cm:.3g}",
                number(entry.effective_dose_msv),
                _or_none(entry.water_equivalent_diameter_cm),
                _or_none(entry.ssde_mgy),
            )
        )
    return rows


def _acquisitions(phase: DosePhase, entry: PhaseDose) -> str:
    """How many; under guidance with the planning scans among them."""
    scans = entry.planning_scans if phase is DosePhase.GUIDANCE else 0
    return f"{entry.acquisitions}, {scans} of them planning" if scans else str(entry.acquisitions)


def _or_none(value: float | None) -> str:
    return "–" if value is None else number(value)


def total_rows(dose: DoseLedger) -> list[tuple[str, str, str]]:
    """Name, value and remark of the totals."""
    total = dose.total
    rows = [
        (f"Dose-length product, {phantom} phantom", f"{number(dlp)} mGy·cm", "all that the operator ordered")
        for phantom, dlp in sorted(total.dlp_mgy_cm_by_phantom.items())
    ]
    return [
        *rows,
        ("Effective dose", f"{number(total.effective_dose_msv)} mSv", "DLP times k, as printed above"),
        ("Largest CTDIvol of one acquisition", f"{number(total.ctdi_vol_max_mgy)} mGy", "never a sum"),
        (
            "Skin entrance, CT fluoroscopy",
            f"{number(total.skin_entrance_mgy)} mGy",
            "if every press fell on the same place",
        ),
        *_peak_skin(total),
        (
            "Operator, above the apron",
            f"{number(total.operator_usv)} µSv",
            f"{_operator_range(total)}published: {OPERATOR_USV_PER_PROCEDURE:g} µSv per procedure, "
            f"{OPERATOR_USV_RANGE} ({OPERATOR_SOURCE})",
        ),
        ("Operator's hand", f"{number(total.hand_usv)} µSv", _hand_words(total)),
    ]


def _peak_skin(total: TotalDose) -> list[tuple[str, str, str]]:
    if total.peak_skin_mgy is None:
        return []
    words = "of the place that received most, by table position and tube angle; harm from 2 Gy"
    return [("Peak skin dose", f"{number(total.peak_skin_mgy)} mGy", words)]


def _operator_range(total: TotalDose) -> str:
    """The range, and what moves it; "" where nothing was received or an older scorecard has none."""
    low, high = total.operator_usv_low, total.operator_usv_high
    if low is None or high is None or high <= 0.0:
        return ""
    return (
        f"{number(low)} to {number(high)} by the published figures, as measured and by the inverse square to "
        f"{TABLE_SIDE_M:g} m; distance, shield, patient's size and kV move it; "
    )


def _hand_words(total: TotalDose) -> str:
    if total.hand_usv > 1.5 * HAND_BESIDE_BEAM * total.operator_usv:
        return "the hand held the needle in the beam"
    if total.hand_usv > 1.5 * total.operator_usv:
        return "scattered radiation beside the beam: a holder kept the hand out of it"
    return "scattered radiation alone: the hand was never near the beam"


def scan_words(beam: e.AcquisitionMade | e.BeamCutShort | e.ScoutMade) -> str:
    """A scan's purpose, what it imaged, and what it irradiated where that is more."""
    irradiated = beam.beam.dose_length_mm
    more = f" ({irradiated:.0f} irradiated)" if irradiated > beam.beam.scan_length_mm + 0.5 else ""
    return f"{beam.purpose.capitalize()}, {beam.beam.scan_length_mm:g} mm{more}"


def acquisition_rows(marks: Marks) -> list[tuple[str, ...]]:
    """Time, name, phase, technique, mAs, CTDIvol, DLP and effective dose of every acquisition."""
    rows: list[tuple[str, ...]] = []
    for a in marks.summary.beams:
        ordinal = marks.press_ordinal(a.number) if isinstance(a, e.AcquisitionMade) else None
        name = f"Image {ordinal}" if ordinal else scan_words(a)
        if isinstance(a, e.BeamCutShort):
            name = "Rotation cut short, no image"
        rows.append(
            (
                clock(a.at_ms),
                name,
                a.dose_phase if a.counts_toward_dose else f"{a.dose_phase}, given",
                f"{a.settings.tube_voltage_kv}",
                number(a.beam.mas),
                number(a.dose.ctdi_vol_mgy),
                number(a.dose.dlp_mgy_cm),
                number(a.dose.effective_dose_msv),
            )
        )
    return rows
