"""Sessions through all readers: `python -m tests.export.all_sessions [--whole] [--cases] [NAME...]`, a line each.

Golden sessions; with --cases instead a short procedure with two scouts on every case that ships. Every series is
exported as DICOM, NRRD and NIfTI and read back by all readers; what they read is held against the engine's own image:
places within 0.01 mm, values within 1 HU. A dose report is held against the engine event by event, and its sums
against the scorecard, to the last digit of either. Without --whole the myelogram, which is most of a session's slices,
is left out.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from simulator.errors import UserInputError
from simulator.export.acquired_series import AcquiredSeries, acquired_series, planes
from simulator.export.dicom.ct_image import CtSeriesWriter
from simulator.export.dicom.irradiation_events import event_uids
from simulator.export.dicom.localizer_image import TENTHS_MM, write_localizers
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.export.volumes.volume_geometry import series_geometry
from simulator.export.volumes.volume_writers import nifti_writer, nrrd_writer
from simulator.scenario.shipped import shipped_scenarios
from simulator.vocabulary.scout import ScoutOrientation
from tests.export.dose_agreement import dose_differences
from tests.export.readers import Place, Volume, dicom_volumes, file_volumes
from tests.export.rehearsed_cases import rehearsed_session
from tests.golden.sessions import golden_names, golden_path

GEOMETRY_MM, VALUE_HU = 0.01, 1.0
SCOUT_MM = 0.51 * TENTHS_MM  # of water: half of what a stored step is worth


def compare(finished: FinishedSession, folder: Path, *, whole: bool) -> tuple[int, list[str]]:
    """How many series were read, and every difference in words."""
    uids, wrong, read = event_uids(finished), [], 0
    for series in acquired_series(finished.session):
        if series.purpose == "myelogram" and not whole:
            continue
        read += 1
        engine = engine_image(finished, series)  # first: the export's slices are taken from the image that is kept
        place = folder / series.file_stem
        _write(finished, series, uids[series.event.number], place)
        nrrd, nifti = place.with_suffix(".nrrd"), place.with_suffix(".nii.gz")
        for name, volume in (*dicom_volumes(place), *file_volumes(nrrd, nifti)):
            wrong += [f"{series.name}, {name}: {words}" for words in differences(engine, volume, VALUE_HU)]
        shutil.rmtree(place)
    for number, path in enumerate(write_localizers(finished, folder)):
        read += 1
        for name, volume in dicom_volumes(path.parent):
            engine = engine_scout(finished, number)
            wrong += [f"scout {number + 1}, {name}: {words}" for words in differences(engine, volume, SCOUT_MM)]
    return read, wrong + dose_differences(finished, folder / "report.dcm")


def _write(finished: FinishedSession, series: AcquiredSeries, uid: str, place: Path) -> None:
    geometry = series_geometry(series)
    sinks = (
        CtSeriesWriter(finished, series, uid, place),
        nrrd_writer(place.with_suffix(".nrrd"), geometry, "int16"),
        nifti_writer(place.with_suffix(".nii.gz"), geometry, "int16"),
    )
    for plane in planes(finished.session, series):
        for sink in sinks:
            sink.add(plane)
    for sink in sinks:
        sink.close()


def engine_image(finished: FinishedSession, series: AcquiredSeries) -> Volume:
    """The image as the console shows it, turned so that it begins at the feet."""
    frame = finished.session.image(series.event.number)
    last = len(frame.hu) - 1
    return frame.hu[::-1].astype(np.float64), lambda at: np.array(frame.position_mm(last - int(at[2]), at[1], at[0]))


def engine_scout(finished: FinishedSession, number: int) -> Volume:
    """The picture of a scout in its plane through the isocentre."""
    radiograph = finished.session.scout(number)
    water_mm, across_mm = radiograph.evenly_spaced()
    lateral = radiograph.orientation is ScoutOrientation.LATERAL

    def place(at: Place) -> Place:
        across, plane, z = across_mm[int(at[0])], radiograph.plane_mm, radiograph.table_mm[int(at[1])]
        return np.array([plane, across, z] if lateral else [across, plane, z])

    return water_mm[None], place


def differences(engine: Volume, read: Volume, tolerance: float) -> Iterator[str]:
    """What a reader has otherwise than the engine, in words."""
    (ours, true), (theirs, told) = engine, read
    if theirs.shape != ours.shape:
        yield f"shape {theirs.shape}, not {ours.shape}"
        return
    off = float(np.abs(theirs - ours).max())
    if off > tolerance:
        yield f"values differ by up to {off:.2f}"
    slices, rows, columns = ours.shape
    for at in ((0, 0, 0), (columns - 1, 0, 0), (0, rows - 1, slices - 1), (columns // 2, rows // 3, slices // 2)):
        apart = float(np.abs(told(np.array(at, float)) - true(np.array(at, float))).max())
        if apart > GEOMETRY_MM:
            yield f"voxel {at} lies {apart:.3f} mm off"


def _golden(name: str, folder: Path) -> FinishedSession:
    record = folder / "session.jsonl"
    record.write_bytes(gzip.decompress(golden_path(name).read_bytes()))
    return open_finished_session(record)


def main(asked: list[str]) -> int:
    """Compare the named sessions, or all; returns 1 if any reader differs."""
    whole, of_cases = "--whole" in asked, "--cases" in asked
    starts = tuple(name for name in asked if not name.startswith("--"))
    names = [
        name for name in (shipped_scenarios() if of_cases else golden_names()) if not starts or name.startswith(starts)
    ]
    wrong = 0
    for name in names:
        begun = time.process_time()
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            (folder / "exported").mkdir()
            try:
                session = rehearsed_session(name, folder) if of_cases else _golden(name, folder)
                read, found = compare(session, folder / "exported", whole=whole)
            except UserInputError as fault:
                read, found = 0, [str(fault)]
        wrong += bool(found)
        told = "0 differences" if not found else f"{len(found)} DIFFERENCES: {'; '.join(found[:3])}"
        print(f"{name}: {read} series, {told} ({time.process_time() - begun:.0f} s)", flush=True)
    print(f"{len(names) - wrong} of {len(names)} sessions are read alike by all.")
    return int(wrong > 0 or not names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
