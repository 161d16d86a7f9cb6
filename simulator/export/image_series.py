"""Image series: the slices of every acquisition, made once and handed to all files that want them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from simulator.export.acquired_series import AcquiredSeries, Plane, acquired_series, planes
from simulator.export.dicom.ct_image import CtSeriesWriter
from simulator.export.dicom.irradiation_events import event_uids
from simulator.export.finished_session import FinishedSession
from simulator.export.volumes.volume_geometry import series_geometry
from simulator.export.volumes.volume_writers import NIFTI_ENDING, NRRD_ENDING, nifti_writer, nrrd_writer
from simulator.vocabulary.progress import Progress


class PlaneSink(Protocol):
    """Takes the slices of one series, from the feet to the head."""

    def add(self, plane: Plane) -> None:
        """Take the next slice."""
        ...

    def close(self) -> None:
        """All slices were given."""
        ...


def write_image_series(
    finished: FinishedSession,
    *,
    dicom: Path | None,
    nrrd: Path | None,
    nifti: Path | None,
    progress: Progress | None = None,
) -> list[AcquiredSeries]:
    """Write every acquisition of a session into folders that exist; None leaves a format out.

    Returns:
        the series, in order
    """
    every = acquired_series(finished.session)
    if dicom is None and nrrd is None and nifti is None:
        return list(every)
    uids = event_uids(finished) if dicom is not None else {}
    done, slices = 0, sum(len(series.z_mm) for series in every)
    for series in every:
        sinks: list[PlaneSink] = []
        if dicom is not None:
            sinks.append(CtSeriesWriter(finished, series, uids[series.event.number], dicom / series.file_stem))
        if nrrd is not None:
            sinks.append(nrrd_writer(nrrd / f"{series.file_stem}{NRRD_ENDING}", series_geometry(series), "int16"))
        if nifti is not None:
            sinks.append(nifti_writer(nifti / f"{series.file_stem}{NIFTI_ENDING}", series_geometry(series), "int16"))
        for plane in planes(finished.session, series):
            _hand_on(sinks, plane)
            done += 1
            if progress is not None:
                progress("export", done / slices)
        for sink in sinks:
            sink.close()
    return list(every)


def _hand_on(sinks: Sequence[PlaneSink], plane: Plane) -> None:
    for sink in sinks:
        sink.add(plane)
