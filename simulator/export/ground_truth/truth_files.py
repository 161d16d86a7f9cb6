"""Truth files: label maps, their key and the patient's displacements, beside the volumes of a session."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from simulator.engine.events import AcquisitionMade
from simulator.engine.session import Session
from simulator.export.ground_truth.label_maps import (
    LabelArray,
    TruthLabel,
    blood_maps,
    blood_planes,
    canal_geometry,
    segment_notes,
    structure_planes,
)
from simulator.export.volumes.volume_geometry import VolumeGeometry
from simulator.export.volumes.volume_writers import (
    NIFTI_ENDING,
    NRRD_ENDING,
    VolumeWriter,
    nifti_writer,
    nrrd_writer,
)

KEY, DISPLACEMENTS = "truth-labels.csv", "truth-displacements.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMapFormat:
    """How label maps are written.

    Attributes:
        structures_ending, ending: of the file of structures, and of those of blood
        open_structures, open_map: start a file of 8-bit labels
    """

    structures_ending: str
    ending: str
    open_structures: Callable[[Path, VolumeGeometry], VolumeWriter]
    open_map: Callable[[Path, VolumeGeometry], VolumeWriter]


def _open_segmentation(path: Path, geometry: VolumeGeometry) -> VolumeWriter:
    return nrrd_writer(path, geometry, "uint8", segment_notes(geometry))


NRRD_MAPS = LabelMapFormat(
    structures_ending=".seg.nrrd",
    ending=NRRD_ENDING,
    open_structures=_open_segmentation,
    open_map=partial(nrrd_writer, dtype="uint8"),
)
NIFTI_MAPS = LabelMapFormat(
    structures_ending=NIFTI_ENDING,
    ending=NIFTI_ENDING,
    open_structures=partial(nifti_writer, dtype="uint8"),
    open_map=partial(nifti_writer, dtype="uint8"),
)


def write_truth(session: Session, folder: Path, form: LabelMapFormat) -> list[str]:
    """Write the label maps of a session into a folder, with their key; names of the maps."""
    geometry = canal_geometry(session)
    names = [f"truth-structures{form.structures_ending}"]
    _write(form.open_structures(folder / names[0], geometry), structure_planes(session))
    for number, blood in enumerate(blood_maps(session), start=1):
        names.append(f"truth-blood-{number:02d}-{blood.at_ms // 1000:05d}s{form.ending}")
        _write(form.open_map(folder / names[-1], geometry), blood_planes(session, blood))
    rows = [[label.value, label.name.lower()] for label in TruthLabel]
    _write_csv(folder / KEY, ["label", "structure"], rows)
    _write_csv(folder / DISPLACEMENTS, ["acquisition", "x_mm", "y_mm", "z_mm"], _displacements(session))
    return names


def _write(writer: VolumeWriter, planes: Iterator[LabelArray]) -> None:
    for plane in planes:
        writer.add(plane)
    writer.close()


def _displacements(session: Session) -> Sequence[Sequence[object]]:
    """How far the patient lay from where the label maps have them, in each acquisition."""
    return [
        [event.number + 1, *event.scene.patient_displacement_mm]
        for event in session.events
        if isinstance(event, AcquisitionMade)
    ]


def _write_csv(path: Path, header: list[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
