"""Golden sessions through all readers: `python -m tests.export.all_sessions [--whole] [NAME...]`, a line each.

Every series is exported as DICOM, NRRD and NIfTI and read back by pydicom, SimpleITK, nibabel and every dcm2niix; what
they read is held against the engine: places within 0.01 mm, values within 1 HU, the dose report's total to the last
digit of the scorecard. Without --whole the myelogram, which is most of a session's slices, is left out.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import SimpleITK
from numpy.typing import NDArray

from simulator.export.acquired_series import AcquiredSeries, acquired_series, planes
from simulator.export.dicom.ct_image import CtSeriesWriter
from simulator.export.dicom.dose_report import write_dose_report
from simulator.export.dicom.irradiation_events import event_uids
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.export.volumes.volume_geometry import series_geometry
from simulator.export.volumes.volume_writers import nifti_writer, nrrd_writer
from tests.export.tools import dcm2niix_programs, run
from tests.golden.sessions import golden_names, golden_path

GEOMETRY_MM, VALUE_HU = 0.01, 1.0
Volume = tuple[NDArray[np.float64], Callable[[NDArray[np.float64]], NDArray[np.float64]]]
"""Voxels [slice from the feet, row, column] as a reader has them, and from (column, row, slice) to LPS."""


def compare(finished: FinishedSession, folder: Path, *, whole: bool) -> tuple[int, list[str]]:
    """How many series were read, and every difference in words."""
    uids, wrong, read = event_uids(finished), [], 0
    for series in acquired_series(finished.session):
        if series.purpose == "myelogram" and not whole:
            continue
        read += 1
        geometry = series_geometry(series)
        place = folder / series.file_stem
        sinks = (
            CtSeriesWriter(finished, series, uids[series.event.number], place),
            nrrd_writer(place.with_suffix(".nrrd"), geometry, "int16"),
            nifti_writer(place.with_suffix(".nii.gz"), geometry, "int16"),
        )
        stack = []
        for plane in planes(finished.session, series):
            stack.append(plane)
            for sink in sinks:
                sink.add(plane)
        for sink in sinks:
            sink.close()
        for name, volume in _readers(place):
            wrong += [f"{series.name}, {name}: {words}" for words in _differences(series, np.stack(stack), volume)]
    return read, wrong + _dose_differences(finished, folder / "report.dcm")


def _differences(series: AcquiredSeries, ours: NDArray[np.int16], volume: Volume) -> Iterator[str]:
    theirs, to_lps = volume
    if theirs.shape != ours.shape:
        yield f"shape {theirs.shape}, not {ours.shape}"
        return
    off = float(np.abs(theirs - ours).max())
    if off > VALUE_HU:
        yield f"values differ by up to {off:.1f} HU"
    x, y, _ = series.first_pixel_mm
    for column, row, index in ((0, 0, 0), (511, 0, 0), (0, 511, len(ours) - 1), (300, 200, len(ours) // 2)):
        true = np.array([x - column * series.pixel_spacing_mm, y - row * series.pixel_spacing_mm, series.z_mm[index]])
        apart = float(np.abs(to_lps(np.array([column, row, index], float)) - true).max())
        if apart > GEOMETRY_MM:
            yield f"voxel {column}, {row}, {index} lies {apart:.3f} mm off"


def _dose_differences(finished: FinishedSession, path: Path) -> list[str]:
    write_dose_report(finished, path)
    report = pydicom.dcmread(path)
    numbers = [
        item
        for part in report.ContentSequence
        if part.ValueType == "CONTAINER" and part.ConceptNameCodeSequence[0].CodeMeaning == "CT Accumulated Dose Data"
        for item in part.ContentSequence
        if item.ConceptNameCodeSequence[0].CodeMeaning == "CT Dose Length Product Total"
    ]
    told = Decimal(str(numbers[0].MeasuredValueSequence[0].NumericValue))
    given = [dose.dlp_mgy_cm for _, dose in finished.card.dose.in_order() if dose.given]
    ours = sum(finished.card.dose.total.dlp_mgy_cm_by_phantom.values()) + sum(given)
    parts = 2 * (len(given) + 1)  # each of which the scorecard has rounded to four digits
    return [] if abs(float(told) - ours) <= parts * 0.5e-4 else [f"dose report {told}, scorecard {ours}"]


def _readers(place: Path) -> Iterator[tuple[str, Volume]]:
    yield "pydicom", _by_pydicom(place)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(place)))
    yield "SimpleITK, DICOM", _by_sitk(reader.Execute())
    yield "SimpleITK, NRRD", _by_sitk(SimpleITK.ReadImage(str(place.with_suffix(".nrrd"))))
    yield "nibabel", _by_nibabel(place.with_suffix(".nii.gz"))
    for program in dcm2niix_programs():
        with tempfile.TemporaryDirectory() as out:
            run(program, "-f", "volume", "-o", out, place, check=True)
            yield program, _by_nibabel(Path(out) / "volume.nii", flipped=True)


def _by_pydicom(place: Path) -> Volume:
    read = sorted((pydicom.dcmread(path) for path in place.iterdir()), key=lambda one: int(one.InstanceNumber))
    along, down = np.array(read[0].ImageOrientationPatient, float).reshape(2, 3) * float(read[0].PixelSpacing[0])
    first = np.array([one.ImagePositionPatient for one in read], float)
    voxels = np.stack([one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept) for one in read])
    return voxels, lambda at: first[int(at[2])] + along * at[0] + down * at[1]


def _by_sitk(image: SimpleITK.Image) -> Volume:
    voxels = SimpleITK.GetArrayFromImage(image).astype(np.float64)
    return voxels, lambda at: np.array(image.TransformContinuousIndexToPhysicalPoint(at.tolist()))


def _by_nibabel(path: Path, *, flipped: bool = False) -> Volume:
    """dcm2niix turns the rows over, and says so in the affine."""
    volume = nibabel.load(path)
    voxels = np.asarray(volume.dataobj, np.float64).T
    if flipped:
        voxels = voxels[:, ::-1]

    def to_lps(at: NDArray[np.float64]) -> NDArray[np.float64]:
        row = voxels.shape[1] - 1 - at[1] if flipped else at[1]
        ras = volume.affine @ [at[0], row, at[2], 1.0]
        return np.array([-ras[0], -ras[1], ras[2]])

    return voxels, to_lps


def main(asked: list[str]) -> int:
    """Compare the named sessions, or all; returns 1 if any reader differs."""
    whole = "--whole" in asked
    starts = [name for name in asked if name != "--whole"]
    names = [name for name in golden_names() if not starts or any(name.startswith(start) for start in starts)]
    wrong = 0
    for name in names:
        begun = time.process_time()
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            record = folder / "session.jsonl"
            record.write_bytes(gzip.decompress(golden_path(name).read_bytes()))
            (folder / "exported").mkdir()
            read, found = compare(open_finished_session(record), folder / "exported", whole=whole)
        wrong += bool(found)
        told = "0 differences" if not found else f"{len(found)} DIFFERENCES: {'; '.join(found[:3])}"
        print(f"{name}: {read} series, {told} ({time.process_time() - begun:.0f} s)", flush=True)
    print(f"{len(names) - wrong} of {len(names)} sessions are read alike by all.")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
