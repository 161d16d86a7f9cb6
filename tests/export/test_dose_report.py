"""Dose report: what stands in it is the session's dose, in the words by which registries find it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from simulator.ct.helical_overranging import HELICAL_PITCH
from simulator.engine.events import AcquisitionMade, BeamCutShort, DoseCheckPassed
from simulator.errors import UserInputError
from simulator.export.dicom.dose_check_items import dose_check_items
from simulator.export.dicom.dose_report import write_dose_report
from simulator.export.dicom.irradiation_events import Repeat, irradiation_events
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.interface import commands as c
from simulator.interface.dose_check import DoseLimits, PassedDoseLimit
from simulator.scenario.build import Case
from simulator.vocabulary.procedure import BeamMotion, DoseLimitKind, DoseQuantity
from tests.export.dose_agreement import as_scorecard, dose_differences
from tests.export.procedure import PRESSES
from tests.export.tools import needs, run, structured_report_validator
from tests.recorded import begun
from tests.recorded import finished as finish

SHORT = "(77477000,SCT,"  # of the procedure: PixelMed's validator expects the code that it replaced
OWN_REASON = "(UNMOVED,99CTFSIM,"  # the context group of reasons may be extended, and has none for this
SUBTOTAL = '"CT Dose Length Product Sub-Total"'  # row 3a of TID 10012 is younger than the validator


@pytest.fixture(scope="session")
def report(exported: Path) -> Dataset:
    return pydicom.dcmread(exported / "dose-report.dcm")


def test_every_actuation_is_one_event(finished: FinishedSession, report: Dataset) -> None:
    events = irradiation_events(finished.session)
    assert sum(event.is_press for event in events) == PRESSES
    held = [event for event in events if len(event.beams) > 1]
    assert len(held) == 1
    assert any(isinstance(beam, BeamCutShort) for beam in held[0].beams)
    acquisitions = _all(report, "CT Acquisition")
    assert len(acquisitions) == len(events) == int(_value(report, "Total Number of Irradiation Events"))
    assert [_meaning(one, "CT Acquisition Type") for one in acquisitions] == [
        "Sequenced Acquisition",
        *["Stationary Acquisition"] * PRESSES,
        "Spiral Acquisition",
    ]
    codes = {item.ConceptCodeSequence[0].CodeValue for one in acquisitions for item in _all(one, "CT Acquisition Type")}
    assert codes == {"113804", "113806", "116152004"}


def test_totals_are_the_sums_of_what_is_written_and_the_scorecards(
    finished: FinishedSession, report: Dataset, tmp_path: Path
) -> None:
    written = [Decimal(_value(one, "DLP")) for one in _all(report, "CT Acquisition")]
    total = Decimal(_value(report, "CT Dose Length Product Total"))
    assert sum(written) == total == Decimal(_value(report, "CT Dose Length Product Sub-Total"))
    ours = finished.card.dose.total.dlp_mgy_cm_by_phantom["32 cm"]
    assert as_scorecard(total) == Decimal(str(ours))
    assert dose_differences(finished, tmp_path / "again.dcm") == []
    beams = [e for e in finished.session.events if isinstance(e, AcquisitionMade | BeamCutShort)]
    assert float(total) == pytest.approx(sum(beam.dose.dlp_mgy_cm for beam in beams), abs=1e-7)


def test_an_event_says_how_it_was_taken(finished: FinishedSession, report: Dataset) -> None:
    for event, told in zip(irradiation_events(finished.session), _all(report, "CT Acquisition"), strict=True):
        assert float(_value(told, "KVP")) == event.settings.tube_voltage_kv
        assert float(_value(told, "Exposure Time per Rotation")) == event.settings.rotation_s
        assert float(_value(told, "Exposure Time")) == pytest.approx(event.on_s)
        assert float(_value(told, "Mean CTDIvol")) == pytest.approx(event.ctdi_vol_mgy, abs=1e-7)
        length_cm = float(_value(told, "Scanning Length")) / 10.0
        assert float(_value(told, "DLP")) == pytest.approx(event.ctdi_vol_mgy * length_cm, rel=1e-6)
        assert _meaning(told, "Target Region") == "Lumbar spine"
        assert _meaning(told, "CTDIw Phantom Type") == "IEC Body Dosimetry Phantom"
        pitches = [float(one.MeasuredValueSequence[0].NumericValue) for one in _all(told, "Pitch Factor")]
        moving = {BeamMotion.HELICAL: [HELICAL_PITCH], BeamMotion.SEQUENTIAL: [1.0]}
        assert pitches == moving.get(event.motion, [])
        assert len(_all(told, "Device Observer UID")) == 1


def test_a_press_is_a_repeat_where_needle_place_and_injectate_are_those_of_the_press_before(
    finished: FinishedSession, report: Dataset
) -> None:
    repeats = [event.repeats for event in irradiation_events(finished.session)]
    assert repeats.count(Repeat.UNMOVED) == 1  # the second of two presses; the moved table shows another place
    assert repeats[3] is Repeat.UNMOVED
    told = [_meaning(one, "Is Repeated Acquisition") for one in _all(report, "CT Acquisition")]
    assert told == ["Yes" if one else None for one in repeats]
    (reason,) = _all(report, "Reason for Repeating Acquisition")
    assert reason.ConceptCodeSequence[0].CodingSchemeDesignator == "99CTFSIM"
    assert report.CodingSchemeIdentificationSequence[0].CodingSchemeDesignator == "99CTFSIM"


def test_units_are_ucum_and_every_template_is_named(report: Dataset) -> None:
    numbers = [item for item in _items(report) if item.ValueType == "NUM"]
    assert {item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue for item in numbers} == {
        *("mGy", "mGy.cm", "mm", "s", "kV", "mA", "{ratio}", "{events}", "{X-Ray sources}")
    }
    assert all(len(str(item.MeasuredValueSequence[0].NumericValue)) <= 16 for item in numbers)
    assert report.ContentTemplateSequence[0].TemplateIdentifier == "10011"
    named = {
        _name(item): item.ContentTemplateSequence[0].TemplateIdentifier
        for item in _items(report)
        if "ContentTemplateSequence" in item
    }
    assert named == {"CT Accumulated Dose Data": "10012", "CT Acquisition": "10013"}


def test_context_is_given(finished: FinishedSession, report: Dataset) -> None:
    assert _meaning(report, "Has Intent") == "Therapeutic Intent"
    assert _meaning(report, "Scope of Accumulation") == "Study"
    assert _meaning(report, "Source of Dose Information") == "Automated Data Collection"
    (study,) = _all(report, "Study Instance UID")
    assert study.UID == report.StudyInstanceUID == finished.identity.uid("study")
    events = irradiation_events(finished.session)
    (start,) = _all(report, "Start of X-Ray Irradiation")
    assert (
        start.DateTime == f"{finished.clock.at(events[0].start_ms):%Y%m%d%H%M%S}.{events[0].start_ms % 1000:03d}+0100"
    )
    (end,) = _all(report, "End of X-Ray Irradiation")
    last_ms = max(event.end_ms for event in events)
    assert end.DateTime == f"{finished.clock.at(last_ms):%Y%m%d%H%M%S}.{last_ms % 1000:03d}+0100"


def test_dose_check_details_stand_where_a_case_sets_values() -> None:
    limits = DoseLimits(notification_ctdi_vol_mgy=50.0, alert_dlp_mgy_cm=1000.0)
    passed = PassedDoseLimit(kind=DoseLimitKind.NOTIFICATION, quantity=DoseQuantity.CTDI_VOL, limit=50.0, estimate=61.5)
    items = dose_check_items(limits, [DoseCheckPassed(at_ms=0, purpose="fluoroscopy", passed=passed)])
    alert, notification = items
    assert _meaning(alert, "DLP Alert Value Configured") == "Yes"
    assert _meaning(alert, "CTDIvol Alert Value Configured") == "No"
    assert _value(alert, "DLP Alert Value") == "1000"
    assert not _all(alert, "Accumulated DLP Forward Estimate")
    assert _value(notification, "CTDIvol Notification Value") == "50"
    assert _value(notification, "CTDIvol Forward Estimate") == "61.5"
    assert len(_all(notification, "Reason for Proceeding")) == 1
    assert dose_check_items(DoseLimits(), []) == []


def test_who_went_on_past_a_value_is_nobody_but_the_operator(scouted: tuple[FinishedSession, Path]) -> None:
    report = pydicom.dcmread(scouted[1] / "dose-report.dcm")
    passed = [event for event in irradiation_events(scouted[0].session) if event.checks]
    assert len(passed) == 3
    told = [one for one in _all(report, "CT Acquisition") if _all(one, "Reason for Proceeding")]
    assert len(told) == len(passed)
    assert {str(one.PersonName) for one in _all(report, "Person Name")} == {"SIMULATION^operator"}
    for event, item in zip(passed, told, strict=True):
        (alert,), (notification,) = (_all(item, f"Dose Check {kind} Details") for kind in ("Alert", "Notification"))
        estimates = {(one.passed.kind, one.passed.quantity): one.passed.estimate for one in event.checks}
        found = {
            (DoseLimitKind.ALERT, DoseQuantity.DLP): _all(alert, "Accumulated DLP Forward Estimate"),
            (DoseLimitKind.NOTIFICATION, DoseQuantity.DLP): _all(notification, "DLP Forward Estimate"),
            (DoseLimitKind.NOTIFICATION, DoseQuantity.CTDI_VOL): _all(notification, "CTDIvol Forward Estimate"),
        }
        written = {key: float(one[0].MeasuredValueSequence[0].NumericValue) for key, one in found.items() if one}
        assert written == pytest.approx(estimates, abs=1e-7)


def test_a_session_without_any_beam_has_no_report(own_case: Case, tmp_path: Path) -> None:
    session = begun(own_case, tmp_path / "session.jsonl")
    finish(own_case, session, [c.PositionPatient(), c.Finish()])
    dark = open_finished_session(tmp_path / "session.jsonl")
    with pytest.raises(UserInputError, match="the beam was never on"):
        write_dose_report(dark, tmp_path / "report.dcm")
    assert not (tmp_path / "report.dcm").exists()


def test_a_patient_who_breathes_gives_the_standards_own_reason(finished: FinishedSession) -> None:
    """Then every code is one of the standard's context groups."""
    events = [step.events for step in finished.session.steps]
    made = [e for group in events for e in group if isinstance(e, AcquisitionMade)]
    moved = replace(made[3], scene=replace(made[3].scene, patient_displacement_mm=(0.0, 0.3, 0.0)))
    for step in finished.session.steps:
        if made[3] in step.events:
            index = finished.session.steps.index(step)
    before = finished.session.steps[index]
    finished.session.steps[index] = replace(before, events=(moved, *before.events[1:]))
    try:
        repeats = [event.repeats for event in irradiation_events(finished.session)]
    finally:
        finished.session.steps[index] = before
    assert Repeat.PATIENT_MOVED in repeats


@needs("dciodvfy", "dsrdump")
def test_dciodvfy_and_dsrdump_take_it(exported: Path) -> None:
    path = exported / "dose-report.dcm"
    told = run("dciodvfy", path)
    assert told.returncode == 0, told.stderr
    found = [line for line in told.stderr.splitlines() if "99CTFSIM" not in line]
    assert found == ["XRayRadiationDoseSR"], told.stderr  # our own coding scheme alone is unknown to it
    dumped = run("dsrdump", path)
    assert dumped.returncode == 0
    assert dumped.stderr == ""
    assert "CT Dose Length Product Total" in dumped.stdout


@pytest.mark.slow
@pytest.mark.skipif(structured_report_validator() is None, reason="not installed: PixelMed's validator, Java or Xalan")
def test_the_validator_of_structured_reports_finds_nothing_but_what_is_listed(
    exported: Path, scouted: tuple[FinishedSession, Path]
) -> None:
    """Listed: the procedure's code by its number of today, our own reason, and the subtotal, which came later."""
    assert _complaints(exported / "dose-report.dcm") == {SHORT, OWN_REASON, SUBTOTAL}
    assert _complaints(scouted[1] / "dose-report.dcm") == {SHORT, SUBTOTAL}


def _complaints(report: Path) -> set[str]:
    """What the validator says, each known message by its name."""
    line = structured_report_validator()
    assert line is not None
    told = run(*line, report)
    assert "Root Template Validation Complete" in told.stdout
    said = [one for one in (told.stdout + told.stderr).splitlines() if "Error" in one or "Warning" in one]
    listed = (SHORT, OWN_REASON, SUBTOTAL)
    return {next((known for known in listed if known in one), one) for one in said}


def _items(item: Dataset) -> Iterator[Dataset]:
    for child in getattr(item, "ContentSequence", ()):
        yield child
        yield from _items(child)


def _name(item: Dataset) -> str:
    return str(item.ConceptNameCodeSequence[0].CodeMeaning)


def _all(item: Dataset, name: str) -> list[Dataset]:
    return [one for one in _items(item) if _name(one) == name]


def _value(item: Dataset, name: str) -> str:
    return str(_all(item, name)[0].MeasuredValueSequence[0].NumericValue)


def _meaning(item: Dataset, name: str) -> str | None:
    found = _all(item, name)
    return str(found[0].ConceptCodeSequence[0].CodeMeaning) if found else None
