"""CT images: each acquisition of a session as a series of CT Image Storage, one file a slice.

What readers get wrong with series of CT fluoroscopy decides the form (`docs/exports.md`): every press is a series of
its own, no place stands twice in one, instances count from the feet to the head, and no element is written that the CT
Image IOD does not know.
"""

from __future__ import annotations

from pathlib import Path

from pydicom.dataset import FileDataset
from pydicom.sr.codedict import codes
from pydicom.uid import UID, CTImageStorage

from simulator.ct.scanner_model import ScannerModel, scanner_model
from simulator.engine.imaging.beam_protocols import CTF_SLICE_MM, collimation_mm
from simulator.export.acquired_series import AcquiredSeries, Plane
from simulator.export.dicom.common_modules import (
    BODY_PARTS,
    add_patient_and_study,
    code_item,
    dicom_date,
    dicom_time,
    new_object,
    save,
)
from simulator.export.dicom.decimal_strings import decimal_string, decimal_strings, integer_string
from simulator.export.dicom.patient_position import HEAD_FIRST_PRONE, MYELOGRAM_CODES, PatientPosition
from simulator.export.finished_session import FinishedSession
from simulator.vocabulary.procedure import BeamMotion

PHANTOMS = {16: codes.DCM.IECHeadDosimetryPhantom, 32: codes.DCM.IECBodyDosimetryPhantom}
_SOFT_TISSUE_HU = (40, 400)
_GUIDE_HU = (400, 1600)


class CtSeriesWriter:
    """Writes the slices of one series as they come, from the feet to the head.

    Args:
        finished: the session
        series: of it
        event_uid: of the irradiation event that it comes from
        folder: for the series' files; it is made
        position: which way the patient lies
    """

    def __init__(
        self,
        finished: FinishedSession,
        series: AcquiredSeries,
        event_uid: str,
        folder: Path,
        position: PatientPosition = HEAD_FIRST_PRONE,
    ) -> None:
        self._finished, self._series, self._folder, self._position = finished, series, folder, position
        self._made = _series_object(finished, series, position)
        self._made.IrradiationEventUID = event_uid
        self._written = 0
        folder.mkdir(parents=True)

    def add(self, plane: Plane) -> None:
        """Write the next slice."""
        index, made = self._written, self._made
        uid = UID(self._finished.identity.uid("slice", self._series.number, index))
        made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID = uid
        made.InstanceNumber = integer_string(index + 1)
        made.ImagePositionPatient = decimal_strings(*self._position.first_pixel_mm(self._series, index))
        made.SliceLocation = decimal_string(self._series.z_mm[index])
        made.PixelData = self._position.arranged(plane).astype("<i2").tobytes()
        save(made, self._folder / f"{index + 1:04d}.dcm")
        self._written += 1

    def close(self) -> None:
        """Nothing is left to do: every slice is a file of its own."""


def _series_object(finished: FinishedSession, series: AcquiredSeries, position: PatientPosition) -> FileDataset:
    """All that the slices of a series share."""
    made = new_object(CTImageStorage, finished.identity.uid("slice", series.number, 0))
    add_patient_and_study(made, finished)
    _add_series(made, finished, series, position)
    _add_image_form(made, series)
    _add_exposure(made, series, scanner_model(finished.session.world.settings.imaging.scanner))
    return made


def _add_series(
    made: FileDataset, finished: FinishedSession, series: AcquiredSeries, position: PatientPosition
) -> None:
    start = finished.clock.at(series.start_ms)
    made.Modality = "CT"
    made.SeriesInstanceUID = finished.identity.uid("series", series.number)
    made.SeriesNumber = made.AcquisitionNumber = integer_string(series.number)
    made.SeriesDescription = made.ProtocolName = series.name
    made.SeriesDate = made.AcquisitionDate = made.ContentDate = dicom_date(start)
    made.SeriesTime = made.AcquisitionTime = made.ContentTime = dicom_time(start)
    made.FrameOfReferenceUID = finished.identity.uid("frame of reference")
    made.PositionReferenceIndicator = ""
    made.BodyPartExamined = BODY_PARTS[finished.region]
    lies, tilt = series.event.position, series.tilt
    made.PatientPosition = position.code if lies is None else MYELOGRAM_CODES[lies]
    made.ImageOrientationPatient = (
        list(map(str, position.orientation))
        if tilt is None
        else list(decimal_strings(*position.leaning_orientation(tilt.tilt_deg)))
    )


def _add_image_form(made: FileDataset, series: AcquiredSeries) -> None:
    made.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = series.matrix, series.matrix
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, 1
    made.RescaleIntercept, made.RescaleSlope, made.RescaleType = "0", "1", "HU"
    made.PixelSpacing = decimal_strings(series.pixel_spacing_mm, series.pixel_spacing_mm)
    made.SliceThickness = decimal_string(series.event.slices.thickness_mm)
    centre, width = _GUIDE_HU if series.is_press else _SOFT_TISSUE_HU
    made.WindowCenter, made.WindowWidth = str(centre), str(width)
    made.LossyImageCompression, made.BurnedInAnnotation = "00", "NO"


def _add_exposure(made: FileDataset, series: AcquiredSeries, scanner: ScannerModel) -> None:
    settings, beam, dose = series.event.settings, series.event.beam, series.event.dose
    moving = series.motion is BeamMotion.HELICAL
    made.ScanOptions = "HELICAL" if moving else "AXIAL"
    made.KVP = decimal_string(settings.tube_voltage_kv)
    made.XRayTubeCurrent = integer_string(settings.tube_current_ma)
    # Of a press the time that its beam was on; of a scan that of one rotation, to which its mAs belong
    made.ExposureTime = integer_string(beam.on_ms if series.is_press else 1000 * settings.rotation_s)
    made.Exposure = integer_string(beam.mas)
    made.ExposureInuAs = integer_string(1000 * beam.mas)
    made.DataCollectionDiameter = decimal_string(scanner.geometry.field_of_view_mm)
    made.ReconstructionDiameter = decimal_string(series.pixel_spacing_mm * series.matrix)
    made.DistanceSourceToDetector = decimal_string(scanner.geometry.source_to_detector_mm)
    made.DistanceSourceToPatient = decimal_string(scanner.geometry.source_to_isocenter_mm)
    made.GantryDetectorTilt = "0" if series.tilt is None else decimal_string(series.tilt.tilt_deg)
    made.RotationDirection = "CW"
    made.ConvolutionKernel = "STANDARD"
    made.ExposureModulationType = "NONE"
    made.RevolutionTime = settings.rotation_s
    made.SingleCollimationWidth = CTF_SLICE_MM if series.is_press else scanner.row_mm
    made.TotalCollimationWidth = collimation_mm(series.motion, scanner.preset)
    if moving:
        feed_mm = scanner.helical_pitch * scanner.helical_collimation_mm
        made.SpiralPitchFactor = scanner.helical_pitch
        made.TableFeedPerRotation = feed_mm
        made.TableSpeed = feed_mm / settings.rotation_s
    made.CTDIvol = dose.ctdi_vol_mgy
    made.CTDIPhantomTypeCodeSequence = [code_item(PHANTOMS[dose.ctdi_phantom_cm])]
