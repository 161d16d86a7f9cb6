"""Radiation dose report: X-Ray Radiation Dose SR by TID 10011, cumulative over the session.

Source: DICOM PS3.16, TID 10011 to 10015, 1002 and 1021; what registries make of it is told in `docs/exports.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from highdicom.sr import ContentItem
from pydicom.dataset import Dataset, FileDataset
from pydicom.sr.coding import Code
from pydicom.uid import XRayRadiationDoseSRStorage

from simulator.export.dicom.common_modules import (
    MANUFACTURER,
    add_patient_and_study,
    dicom_date,
    dicom_time,
    model_name,
    new_object,
    save,
)
from simulator.export.dicom.content_items import (
    EVENTS,
    HAS_CONCEPT_MOD,
    HAS_OBS_CONTEXT,
    HAS_PROPERTIES,
    MGY_CM,
    code,
    container,
    dcm,
    moment,
    number,
    text,
    uid_reference,
)
from simulator.export.dicom.decimal_strings import decimal_string, exact_sum
from simulator.export.dicom.irradiation_events import IrradiationEvent, Repeat, irradiation_events
from simulator.export.dicom.irradiation_items import device_item, irradiation_item, phantom_item
from simulator.export.errors import no_dose
from simulator.export.finished_session import FinishedSession
from simulator.export.session_identity import device_uid

SERIES_NUMBER = 999
CT_PROCEDURE = Code("77477000", "SCT", "Computed Tomography X-Ray")
THERAPEUTIC = Code("262202000", "SCT", "Therapeutic Intent")


def write_dose_report(finished: FinishedSession, path: Path) -> None:
    """Write the dose report of a session.

    Raises:
        UserInputError: the beam was never on, so that there is no dose to report.
    """
    events = irradiation_events(finished.session)
    if not events:
        raise no_dose()
    save(_report_object(finished, events), path)


def _report_object(finished: FinishedSession, events: Sequence[IrradiationEvent]) -> FileDataset:
    made = new_object(XRayRadiationDoseSRStorage, finished.identity.uid("dose report"))
    add_patient_and_study(made, finished)
    end = finished.clock.at(max(event.end_ms for event in events))
    made.Modality = "SR"
    made.SeriesInstanceUID = finished.identity.uid("dose report series")
    made.SeriesNumber, made.InstanceNumber = str(SERIES_NUMBER), "1"
    made.SeriesDescription = "Radiation dose report"
    made.SeriesDate = made.ContentDate = dicom_date(end)
    made.SeriesTime = made.ContentTime = dicom_time(end)
    made.ReferencedPerformedProcedureStepSequence = []
    if any(event.repeats is Repeat.UNMOVED for event in events):
        made.CodingSchemeIdentificationSequence = [_own_coding_scheme()]
    made.CompletionFlag, made.VerificationFlag = "COMPLETE", "UNVERIFIED"
    made.PerformedProcedureCodeSequence = []
    _graft(made, _root(finished, events))
    return made


def _own_coding_scheme() -> Dataset:
    """Names the scheme of the one code that is ours."""
    item = Dataset()
    item.CodingSchemeDesignator = "99CTFSIM"
    item.CodingSchemeName = "CT-fluoroscopy simulator"
    return item


def _graft(made: FileDataset, root: Dataset) -> None:
    """Take the root of the tree into the object, whose own elements it is made of."""
    for element in root:
        made.add(element)


def _root(finished: FinishedSession, events: Sequence[IrradiationEvent]) -> ContentItem:
    clock = finished.clock
    intent = code(Code("363703001", "SCT", "Has Intent"), THERAPEUTIC, relationship=HAS_CONCEPT_MOD)
    study = uid_reference(dcm("110180", "Study Instance UID"), finished.identity.uid("study"), HAS_PROPERTIES)
    return container(
        dcm("113701", "X-Ray Radiation Dose Report"),
        [
            code(dcm("121058", "Procedure reported"), CT_PROCEDURE, [intent], HAS_CONCEPT_MOD),
            *_observer(finished),
            moment(
                dcm("113809", "Start of X-Ray Irradiation"),
                clock.at(min(event.start_ms for event in events)),
                HAS_OBS_CONTEXT,
            ),
            moment(
                dcm("113810", "End of X-Ray Irradiation"),
                clock.at(max(event.end_ms for event in events)),
                HAS_OBS_CONTEXT,
            ),
            code(dcm("113705", "Scope of Accumulation"), dcm("113014", "Study"), [study], HAS_OBS_CONTEXT),
            _accumulated(finished, events),
            *(irradiation_item(finished, event) for event in events),
            code(dcm("113854", "Source of Dose Information"), dcm("113856", "Automated Data Collection")),
        ],
        template="10011",
        is_root=True,
    )


def _observer(finished: FinishedSession) -> list[ContentItem]:
    """The scanner itself, by TID 1002 and 1004."""
    return [
        code(dcm("121005", "Observer Type"), dcm("121007", "Device"), relationship=HAS_OBS_CONTEXT),
        uid_reference(dcm("121012", "Device Observer UID"), device_uid(), HAS_OBS_CONTEXT),
        text(dcm("121013", "Device Observer Name"), "SIMULATOR", HAS_OBS_CONTEXT),
        text(dcm("121014", "Device Observer Manufacturer"), MANUFACTURER, HAS_OBS_CONTEXT),
        text(dcm("121015", "Device Observer Model Name"), model_name(finished), HAS_OBS_CONTEXT),
        text(dcm("121016", "Device Observer Serial Number"), "1", HAS_OBS_CONTEXT),
    ]


def _accumulated(finished: FinishedSession, events: Sequence[IrradiationEvent]) -> ContentItem:
    """TID 10012: the totals are sums of what the events say, as written."""
    written = [(event.ctdi_phantom_cm, decimal_string(event.dlp_mgy_cm)) for event in events]
    subtotals = [
        number(
            dcm("130745", "CT Dose Length Product Sub-Total"),
            exact_sum([dlp for phantom, dlp in written if phantom == diameter_cm]),
            MGY_CM,
            [phantom_item(diameter_cm, HAS_PROPERTIES)],
        )
        for diameter_cm in sorted({phantom for phantom, _ in written})
    ]
    return container(
        dcm("113811", "CT Accumulated Dose Data"),
        [
            number(dcm("113812", "Total Number of Irradiation Events"), str(len(events)), EVENTS),
            number(dcm("113813", "CT Dose Length Product Total"), exact_sum([dlp for _, dlp in written]), MGY_CM),
            *subtotals,
            device_item(finished),
        ],
        template="10012",
    )
