"""Irradiation items: one irradiation event as a branch of the dose report, by TID 10013 to 10015 and 1021."""

from __future__ import annotations

from collections.abc import Sequence

from highdicom.sr import ContentItem, RelationshipTypeValues
from pydicom.sr.coding import Code

from simulator.ct.scanner_model import ScannerModel, scanner_model
from simulator.engine.imaging.beam_protocols import CTF_SLICE_MM, collimation_mm
from simulator.export.dicom.common_modules import MANUFACTURER, STATION, model_name
from simulator.export.dicom.content_items import (
    CONTAINS,
    HAS_CONCEPT_MOD,
    HAS_PROPERTIES,
    KV,
    MA,
    MGY,
    MGY_CM,
    MM,
    RATIO,
    SECOND,
    SOURCES,
    YES,
    code,
    container,
    dcm,
    number,
    text,
    uid_reference,
)
from simulator.export.dicom.ct_image import PHANTOMS
from simulator.export.dicom.dose_check_items import dose_check_items
from simulator.export.dicom.irradiation_events import IrradiationEvent, Repeat, event_uid
from simulator.export.finished_session import FinishedSession
from simulator.export.session_identity import device_uid
from simulator.interface.radiograph import ScoutTechnique
from simulator.vocabulary.levels import Region
from simulator.vocabulary.procedure import BeamMotion

ACQUISITION_TYPES = {
    BeamMotion.STATIONARY: Code("113806", "DCM", "Stationary Acquisition"),
    BeamMotion.SEQUENTIAL: Code("113804", "DCM", "Sequenced Acquisition"),
    BeamMotion.CONSTANT_ANGLE: Code("113805", "DCM", "Constant Angle Acquisition"),
    BeamMotion.HELICAL: Code("116152004", "SCT", "Spiral Acquisition"),
}
"""CID 10013. 113611 has the meaning of the first too, and belongs to projection X-ray."""

TARGET_REGIONS = {
    Region.CERVICAL: Code("122494005", "SCT", "Cervical spine"),
    Region.THORACIC: Code("122495006", "SCT", "Thoracic spine"),
    Region.LUMBAR: Code("122496007", "SCT", "Lumbar spine"),
}
REASONS = {
    Repeat.UNMOVED: Code("UNMOVED", "99CTFSIM", "Needle not moved since the last acquisition"),
    Repeat.PATIENT_MOVED: Code("128553", "DCM", "Patient motion"),
}
"""CID 10034 has patient motion and the timing of contrast; it is extended for a patient who lies stiller than any."""


def irradiation_item(finished: FinishedSession, event: IrradiationEvent) -> ContentItem:
    """CT Acquisition (113819) of one event."""
    uid = event_uid(finished, event)
    return container(
        dcm("113819", "CT Acquisition"),
        [
            text(dcm("125203", "Acquisition Protocol"), event.name),
            code(dcm("123014", "Target Region"), TARGET_REGIONS[finished.region]),
            code(dcm("113820", "CT Acquisition Type"), ACQUISITION_TYPES[event.motion]),
            uid_reference(dcm("113769", "Irradiation Event UID"), uid),
            *_repeated(event),
            _parameters(finished, event),
            _dose(finished, event),
            device_item(finished),
        ],
        template="10013",
    )


def phantom_item(diameter_cm: int, relationship: RelationshipTypeValues = CONTAINS) -> ContentItem:
    """The phantom that a dose index belongs to."""
    phantom = PHANTOMS[diameter_cm]
    return code(dcm("113835", "CTDIw Phantom Type"), phantom, relationship=relationship)


def _repeated(event: IrradiationEvent) -> Sequence[ContentItem]:
    if event.repeats is None:
        return ()
    reason = code(dcm("128552", "Reason for Repeating Acquisition"), REASONS[event.repeats], (), HAS_CONCEPT_MOD)
    return (code(dcm("128551", "Is Repeated Acquisition"), YES, [reason]),)


def _parameters(finished: FinishedSession, event: IrradiationEvent) -> ContentItem:
    """CT Acquisition Parameters; the scanning length by TID 10014."""
    scanner = scanner_model(finished.session.world.settings.imaging.scanner)
    # Way of the table per rotation, or from one position to the next, over the collimation; positions lie side by side
    pitch = {BeamMotion.HELICAL: scanner.helical_pitch, BeamMotion.SEQUENTIAL: 1.0}.get(event.motion)
    return container(
        dcm("113822", "CT Acquisition Parameters"),
        [
            number(dcm("113824", "Exposure Time"), event.on_s, SECOND),
            number(dcm("113825", "Scanning Length"), event.scanned_mm, MM),
            *_reconstructable(finished, event),
            number(
                dcm("113826", "Nominal Single Collimation Width"),
                CTF_SLICE_MM if event.is_press else scanner.row_mm,
                MM,
            ),
            number(
                dcm("113827", "Nominal Total Collimation Width"),
                _collimation_mm(event, scanner),
                MM,
            ),
            *(() if pitch is None else (number(dcm("113828", "Pitch Factor"), pitch, RATIO),)),
            number(dcm("113823", "Number of X-Ray Sources"), "1", SOURCES),
            _source(event),
        ],
    )


def _reconstructable(finished: FinishedSession, event: IrradiationEvent) -> Sequence[ContentItem]:
    """What of the patient was imaged; nothing where the beam was stopped before there was an image."""
    imaged = event.imaged
    if imaged is None:
        return ()
    return (
        number(dcm("113893", "Length of Reconstructable Volume"), imaged.length_mm, MM),
        number(dcm("113895", "Top Z Location of Reconstructable Volume"), imaged.high_mm, MM),
        number(dcm("113896", "Bottom Z Location of Reconstructable Volume"), imaged.low_mm, MM),
        uid_reference(dcm("112227", "Frame of Reference UID"), finished.identity.uid("frame of reference")),
    )


def _collimation_mm(event: IrradiationEvent, scanner: ScannerModel) -> float:
    if isinstance(event.settings, ScoutTechnique):
        return event.settings.collimation_mm
    return collimation_mm(event.motion, scanner.preset)


def _source(event: IrradiationEvent) -> ContentItem:
    settings = event.settings
    turn = () if isinstance(settings, ScoutTechnique) else (settings.rotation_s,)  # the tube of a scout stands still
    return container(
        dcm("113831", "CT X-Ray Source Parameters"),
        [
            text(dcm("113832", "Identification of the X-Ray Source"), "A"),
            number(dcm("113733", "KVP"), settings.tube_voltage_kv, KV),
            number(dcm("113833", "Maximum X-Ray Tube Current"), settings.tube_current_ma, MA),
            number(dcm("113734", "X-Ray Tube Current"), settings.tube_current_ma, MA),
            *(number(dcm("113834", "Exposure Time per Rotation"), seconds, SECOND) for seconds in turn),
        ],
    )


def _dose(finished: FinishedSession, event: IrradiationEvent) -> ContentItem:
    return container(
        dcm("113829", "CT Dose"),
        [
            number(dcm("113830", "Mean CTDIvol"), event.ctdi_vol_mgy, MGY),
            phantom_item(event.ctdi_phantom_cm),
            number(dcm("113838", "DLP"), event.dlp_mgy_cm, MGY_CM),
            *dose_check_items(finished.session.world.settings.imaging.dose_limits, event.checks),
        ],
    )


def device_item(finished: FinishedSession) -> ContentItem:
    """TID 1021: the device that irradiated, with its observer UID once more."""
    return code(
        dcm("113876", "Device Role in Procedure"),
        dcm("113859", "Irradiating Device"),
        [
            text(dcm("113877", "Device Name"), STATION, HAS_PROPERTIES),
            text(dcm("113878", "Device Manufacturer"), MANUFACTURER, HAS_PROPERTIES),
            text(dcm("113879", "Device Model Name"), model_name(finished), HAS_PROPERTIES),
            text(dcm("113880", "Device Serial Number"), "1", HAS_PROPERTIES),
            uid_reference(dcm("121012", "Device Observer UID"), device_uid(), HAS_PROPERTIES),
        ],
    )
