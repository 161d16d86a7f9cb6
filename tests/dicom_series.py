"""A small CT as a folder of DICOM files, as a scanner would write it, with what a test changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SHAPE = (30, 40, 44)  # planes, rows, columns
STEP_MM, PIXEL_MM = 4.0, 5.0
SECRET = "DOE^JANE"

Change = Callable[[int, Dataset], None]


def hounsfield() -> np.ndarray:
    """A body in air [plane from the feet, row to the back, column to the left]."""
    k, j, i = np.indices(SHAPE)
    inside = ((i - 22) / 16.0) ** 2 + ((j - 20) / 13.0) ** 2 < 1.0
    hu = np.where(inside, 40, -1000) + (i + 2 * j + 3 * k) % 7
    hu[:, 17:23, 19:25] = 700
    return hu.astype(np.int16)


def write_series(folder: Path, change: Change | None = None, *, planes: range = range(SHAPE[0])) -> Path:
    """Write slices under shuffled names; `change(plane, dataset)` may alter each before it is saved."""
    folder.mkdir(exist_ok=True)
    hu = hounsfield()
    series, frame = generate_uid(entropy_srcs=["series"]), generate_uid(entropy_srcs=["frame"])
    for k in planes:
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["slice", str(k)])
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        one = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        one.SOPClassUID, one.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
        one.PatientName, one.PatientID, one.PatientBirthDate = SECRET, "4711", "19700101"
        one.StudyDescription, one.ReferringPhysicianName = "Back of DOE", SECRET
        one.Modality, one.SeriesInstanceUID, one.FrameOfReferenceUID = "CT", series, frame
        one.ImagePositionPatient = [-110.0, -100.0, -700.0 + STEP_MM * k]
        one.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        one.PixelSpacing, one.Rows, one.Columns = [PIXEL_MM, PIXEL_MM], SHAPE[1], SHAPE[2]
        one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
        one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 12, 11, 0
        one.RescaleSlope, one.RescaleIntercept, one.RescaleType = 1, -1024, "HU"
        one.PixelData = (hu[k] + 1024).astype(np.uint16).tobytes()
        if change is not None:
            change(k, one)
        one.save_as(folder / f"IM{(7 * k) % 1000:04d}.dcm", enforce_file_format=True)
    return folder
