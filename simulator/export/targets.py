"""Targets: which exports are asked for, and where each is to lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from simulator.errors import UserInputError
from simulator.export.staging import Staging

DICTIONARY_ENDING = "-dictionary.csv"
FOLDERS = ("dicom", "nrrd", "nifti")


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Where each export is to lie; None leaves it out.

    Attributes:
        dicom, nrrd, nifti: folders
        dose_report, markups, xapi, scorm, table, replay: files
        parquet: a second table, of the other format
        dictionary: of the tables
    """

    dicom: Path | None = None
    nrrd: Path | None = None
    nifti: Path | None = None
    dose_report: Path | None = None
    markups: Path | None = None
    xapi: Path | None = None
    scorm: Path | None = None
    replay: Path | None = None
    table: Path | None = None
    parquet: Path | None = None
    dictionary: Path | None = None

    def given(self) -> list[tuple[str, Path]]:
        """Names of what is asked for, with their places."""
        every = [(item.name, getattr(self, item.name)) for item in fields(self)]
        return [(name, place) for name, place in every if place is not None]


def with_dictionary(targets: Targets) -> Targets:
    """The same, with the dictionary of a table beside it."""
    if targets.table is None:
        return targets
    stem = targets.table.name.rpartition(".")[0] or targets.table.name
    return _moved(targets, lambda name, place: place, dictionary=targets.table.with_name(stem + DICTIONARY_ENDING))


def targets_within(folder: Path) -> Targets:
    """Every export, in one folder."""
    return Targets(
        dicom=folder / "dicom",
        nrrd=folder / "slicer",
        nifti=folder / "nifti",
        dose_report=folder / "dose-report.dcm",
        markups=folder / "markups.mrk.json",
        xapi=folder / "xapi.json",
        scorm=folder / "scorm.zip",
        replay=folder / "replay.html",
        table=folder / "table.csv",
        parquet=folder / "table.parquet",
        dictionary=folder / f"table{DICTIONARY_ENDING}",
    )


def stage(staging: Staging, targets: Targets, every: Path | None) -> Targets:
    """Places beside the targets, ready to be written to.

    Args:
        every: a folder for all exports; then nothing else may be asked for

    Raises:
        UserInputError: nothing is asked for, or a target cannot be taken.
    """
    if every is not None:
        if targets.given():
            raise UserInputError("--all", "this holds every export already", "leave the others out")
        inside = targets_within(staging.folder("--all", every))
        for name, place in inside.given():
            if name in FOLDERS:
                place.mkdir()
        return inside
    if not targets.given():
        raise UserInputError("export", "nothing is asked for", "name an export, such as --all FOLDER or --dicom DIR")

    def place_of(name: str, target: Path) -> Path:
        option = f"--{name.replace('_', '-')}"
        return staging.folder(option, target) if name in FOLDERS else staging.file(option, target)

    return _moved(with_dictionary(targets), place_of)


def _moved(targets: Targets, move: Callable[[str, Path], Path], **more: Path) -> Targets:
    moved = {name: move(name, place) for name, place in targets.given()}
    return Targets(**{**moved, **more})
