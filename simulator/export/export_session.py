"""Export session: everything that is asked for, written so that all of it comes to be or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.export.dicom.localizer_image import write_localizers
from simulator.export.errors import missing_package
from simulator.export.finished_session import FinishedSession
from simulator.export.ground_truth.full_debrief import debrief_page
from simulator.export.ground_truth.truth_files import NIFTI_MAPS, NRRD_MAPS, write_truth
from simulator.export.image_series import write_image_series
from simulator.export.learning.scorm_package import write_scorm
from simulator.export.learning.xapi_statements import write_xapi
from simulator.export.press_replay import write_press_replay
from simulator.export.slicer.markups import Markup, session_markups, write_markups
from simulator.export.slicer.near_miss_words import kind_and_time, session_near_misses
from simulator.export.slicer.scene import write_scene
from simulator.export.staging import Staging
from simulator.export.tables.long_table import session_rows, write_dictionary, write_table
from simulator.export.targets import Targets, stage
from simulator.export.volumes.volume_writers import NRRD_ENDING
from simulator.vocabulary.progress import Progress


@contextmanager
def staged(targets: Targets, every: Path | None = None) -> Iterator[Targets]:
    """Places to write to, checked before anything is made; with the block's end they become the targets.

    Args:
        targets: single exports
        every: a folder for all of them

    Raises:
        UserInputError: a place cannot be taken, or not be written.
    """
    with Staging() as staging:
        yield stage(staging, targets, every)
        staging.finish()


def write_exports(
    finished: FinishedSession, targets: Targets, *, with_truth: bool, progress: Progress | None = None
) -> None:
    """Write what is asked for into places that are ready.

    Args:
        with_truth: what the patient really is may stand in the files
        progress: told the kind of work and the part that is done

    Raises:
        UserInputError: the session does not hold what is asked for, or a library is missing.
    """
    if targets.dose_report:
        _write_dose_report(finished, targets.dose_report)
    _write_tables(finished, targets)
    if targets.xapi:
        write_xapi(finished, targets.xapi)
    markups = _markups(finished, with_truth=with_truth) if targets.nrrd or targets.markups else ()
    if targets.markups:
        write_markups(markups, targets.markups)
    if targets.scorm:
        write_scorm(finished, targets.scorm, debrief=debrief_page(finished, progress) if with_truth else None)
    if targets.replay:
        write_press_replay(finished, targets.replay)
    if targets.dicom:
        write_localizers(finished, targets.dicom)
    series = write_image_series(
        finished, dicom=targets.dicom, nrrd=targets.nrrd, nifti=targets.nifti, progress=progress
    )
    if targets.nrrd:
        maps = write_truth(finished.session, targets.nrrd, NRRD_MAPS) if with_truth else []
        for markup in markups:
            write_markups([markup], targets.nrrd / f"{markup.file_stem}.mrk.json")
        write_scene(targets.nrrd, [f"{one.file_stem}{NRRD_ENDING}" for one in series], maps, markups)
    if targets.nifti and with_truth:
        write_truth(finished.session, targets.nifti, NIFTI_MAPS)


def _write_dose_report(finished: FinishedSession, path: Path) -> None:
    try:
        from simulator.export.dicom.dose_report import write_dose_report
    except ImportError as error:
        raise missing_package("--dose-report", "highdicom") from error
    write_dose_report(finished, path)


def _write_tables(finished: FinishedSession, targets: Targets) -> None:
    for table in (targets.table, targets.parquet):
        if table is not None:
            write_table(session_rows(finished), table)
    if targets.dictionary is not None:
        write_dictionary(targets.dictionary)


def _markups(finished: FinishedSession, *, with_truth: bool) -> tuple[Markup, ...]:
    misses = session_near_misses(finished)
    return session_markups(finished, [(miss.words if with_truth else kind_and_time(miss), miss) for miss in misses])
