"""Localizer: a scout as one CT Image Storage object, `ImageType` ORIGINAL, PRIMARY, LOCALIZER.

Its plane goes through the isocentre: what lies nearer to the tube is shown wider than it is. Values are millimetres of
water, of which a reader is told that they are no Hounsfield units.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset
from pydicom.uid import CTImageStorage

from simulator.ct.scanner_model import ScannerModel, scanner_model
from simulator.engine.events import ScoutMade
from simulator.export.dicom.common_modules import (
    BODY_PARTS,
    add_patient_and_study,
    code_item,
    dicom_date,
    dicom_time,
    new_object,
    save,
)
from simulator.export.dicom.ct_image import PHANTOMS
from simulator.export.dicom.decimal_strings import decimal_string, decimal_strings, integer_string
from simulator.export.dicom.irradiation_events import scout_event_uids, scout_name
from simulator.export.dicom.patient_position import HEAD_FIRST_PRONE
from simulator.export.finished_session import FinishedSession
from simulator.interface.radiograph import Radiograph
from simulator.vocabulary.scout import ScoutOrientation

FIRST_SERIES = 901
"""Number of the first scout's series: those of the other acquisitions count from 1."""

TENTHS_MM = 0.1


def write_localizers(finished: FinishedSession, folder: Path) -> list[Path]:
    """Write every scout of a session into a folder that exists, each as a series in a folder; the files, in order."""
    uids = scout_event_uids(finished)
    written = []
    for number in finished.session.scouts():
        made = finished.session.scout_made(number)
        path = folder / f"{FIRST_SERIES + number}-scout-{number + 1}" / "0001.dcm"
        path.parent.mkdir(parents=True)
        save(_localizer(finished, made, finished.session.scout(number), uids[number]), path)
        written.append(path)
    return written


def _localizer(finished: FinishedSession, made: ScoutMade, radiograph: Radiograph, event_uid: str) -> FileDataset:
    image = new_object(CTImageStorage, finished.identity.uid("scout", made.number))
    add_patient_and_study(image, finished)
    start = finished.clock.at(max(made.at_ms - made.beam.on_ms, 0))
    image.Modality = "CT"
    image.SeriesInstanceUID = finished.identity.uid("scout series", made.number)
    image.SeriesNumber = image.AcquisitionNumber = integer_string(FIRST_SERIES + made.number)
    image.InstanceNumber = "1"
    image.SeriesDescription = image.ProtocolName = scout_name(made)
    image.SeriesDate = image.AcquisitionDate = image.ContentDate = dicom_date(start)
    image.SeriesTime = image.AcquisitionTime = image.ContentTime = dicom_time(start)
    image.FrameOfReferenceUID = finished.identity.uid("frame of reference")
    image.PositionReferenceIndicator = ""
    image.BodyPartExamined = BODY_PARTS[finished.region]
    image.PatientPosition = HEAD_FIRST_PRONE.code
    image.IrradiationEventUID = event_uid
    _add_plane(image, made, radiograph)
    _add_exposure(image, made, scanner_model(finished.session.world.settings.imaging.scanner))
    return image


def _add_plane(image: FileDataset, made: ScoutMade, radiograph: Radiograph) -> None:
    """Rows run from the head to the feet, columns to the patient's right; of a lateral scout to the back."""
    water_mm, across_mm = radiograph.evenly_spaced()
    lateral = made.orientation is ScoutOrientation.LATERAL
    first, top = float(across_mm[0]), float(radiograph.table_mm[0])
    x, y = (radiograph.plane_mm, first) if lateral else (first, radiograph.plane_mm)
    image.ImageOrientationPatient = list(map(str, (0, 1, 0, 0, 0, -1) if lateral else (-1, 0, 0, 0, 0, -1)))
    image.ImagePositionPatient = decimal_strings(x, y, top)
    image.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.Rows, image.Columns = water_mm.shape
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 1
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = "0", str(TENTHS_MM), "US"
    image.PixelSpacing = decimal_strings(made.row_mm, abs(float(across_mm[1] - across_mm[0])))
    image.SliceThickness = None  # a radiograph has none
    low, high = np.percentile(water_mm, [20.0, 99.8])
    image.WindowCenter = decimal_string(round(0.5 * float(low + high), 1))
    image.WindowWidth = decimal_string(round(max(float(high - low), 1.0), 1))
    image.LossyImageCompression, image.BurnedInAnnotation = "00", "NO"
    image.PixelData = np.rint(np.clip(water_mm / TENTHS_MM, -32768, 32767)).astype("<i2").tobytes()


def _add_exposure(image: FileDataset, made: ScoutMade, scanner: ScannerModel) -> None:
    settings, geometry = made.settings, scanner.geometry
    image.ScanOptions = "SCOUT"
    image.KVP = decimal_string(settings.tube_voltage_kv)
    image.XRayTubeCurrent = integer_string(settings.tube_current_ma)
    image.ExposureTime = integer_string(made.beam.on_ms)
    image.Exposure = integer_string(made.beam.mas)
    image.ExposureInuAs = integer_string(1000 * made.beam.mas)
    image.DataCollectionDiameter = decimal_string(geometry.field_of_view_mm)
    image.DistanceSourceToDetector = decimal_string(geometry.source_to_detector_mm)
    image.DistanceSourceToPatient = decimal_string(geometry.source_to_isocenter_mm)
    image.GantryDetectorTilt = "0"
    image.SingleCollimationWidth, image.TotalCollimationWidth = scanner.row_mm, settings.collimation_mm
    image.TableSpeed = settings.table_mm_per_s
    image.CTDIvol = made.dose.ctdi_vol_mgy
    image.CTDIPhantomTypeCodeSequence = [code_item(PHANTOMS[made.dose.ctdi_phantom_cm])]
