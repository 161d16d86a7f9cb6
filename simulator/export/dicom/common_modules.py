"""Common modules: patient, study and equipment, the same in every DICOM object of a session."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sr.coding import Code
from pydicom.uid import UID, ExplicitVRLittleEndian

from simulator.export.finished_session import FinishedSession
from simulator.export.recorded_clock import ZONE_TEXT
from simulator.export.session_identity import device_uid
from simulator.vocabulary.levels import Region

MANUFACTURER = "CT-fluoroscopy simulator"
"""Does not begin with "Si", "GE" or another maker's letters, by which converters guess what they read."""

STATION = "SIMULATOR"
IMPLEMENTATION_UID = UID(device_uid())
IMPLEMENTATION_NAME = "CTFSIM"
BODY_PARTS = {Region.CERVICAL: "CSPINE", Region.THORACIC: "TSPINE", Region.LUMBAR: "LSPINE"}
_NAME_LENGTH = 64 - len("SIMULATION^")


def new_object(sop_class: UID, instance_uid: str) -> FileDataset:
    """An empty object with the meta information of its file."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = UID(instance_uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = IMPLEMENTATION_NAME
    made = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID, made.SOPInstanceUID = sop_class, UID(instance_uid)
    return made


def add_patient_and_study(made: Dataset, finished: FinishedSession) -> None:
    """Patient, study and equipment of a session; nothing of the learner or the machine."""
    start = finished.clock.start
    # Latin where that is enough: one toolkit's checker knows no UTF-8
    made.SpecificCharacterSet = "ISO_IR 100" if _is_latin(finished.scenario) else "ISO_IR 192"
    made.TimezoneOffsetFromUTC = ZONE_TEXT
    made.PatientName = f"SIMULATION^{_name(finished.scenario)}"
    made.PatientID = finished.identity.patient_id
    made.PatientBirthDate = made.PatientSex = ""
    made.StudyInstanceUID = finished.identity.uid("study")
    made.StudyID = "1"
    made.StudyDate, made.StudyTime = dicom_date(start), dicom_time(start)
    made.StudyDescription = "Simulated epidural blood patch under CT fluoroscopy"
    made.AccessionNumber = made.ReferringPhysicianName = ""
    made.Manufacturer, made.ManufacturerModelName = MANUFACTURER, model_name(finished)
    made.DeviceSerialNumber, made.StationName = "1", STATION
    made.SoftwareVersions = finished.version or "unknown"
    made.InstitutionName = "Simulation"


def model_name(finished: FinishedSession) -> str:
    """What the scanner of a session is called as a device."""
    return f"{finished.session.world.settings.imaging.scanner} class"


def dicom_date(moment: datetime) -> str:
    """A day as DA."""
    return moment.strftime("%Y%m%d")


def dicom_time(moment: datetime) -> str:
    """A time of day as TM, to the millisecond."""
    return moment.strftime("%H%M%S.") + f"{moment.microsecond // 1000:03d}"


def code_item(code: Code) -> Dataset:
    """An item of a code sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code.value, code.scheme_designator, code.meaning
    return item


def save(made: FileDataset, path: Path) -> None:
    """Write an object as a DICOM file."""
    made.save_as(path, enforce_file_format=True)


def _name(scenario: str) -> str:
    """A case's name as a part of a person's name, without the characters that divide one."""
    return "".join("-" if letter in "\\^=" or not letter.isprintable() else letter for letter in scenario)[
        :_NAME_LENGTH
    ]


def _is_latin(name: str) -> bool:
    try:
        name.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
