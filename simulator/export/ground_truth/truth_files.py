"""Truth files: label maps, their key and the patient's displacements, beside the volumes of a session."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from simulator.engine.events import AcquisitionMade
from simulator.engine.session import Session
from simulator.export.ground_truth.label_maps import (
    LabelArray,
    TruthLabel,
    blood_maps,
    blood_planes,
    canal_geometry,
    structure_planes,
)
from simulator.export.volumes.volume_geometry import VolumeGeometry
from simulator.export.volumes.volume_writers import VolumeWriter

OpenLabelMap = Callable[[Path, VolumeGeometry], VolumeWriter]
KEY, DISPLACEMENTS = "truth-labels.csv", "truth-displacements.csv"


def write_truth(session: Session, folder: Path, ending: str, open_map: OpenLabelMap) -> list[str]:
    """Write the label maps of a session into a folder; names of their files.

    Args:
        ending: of each file's name
        open_map: starts a file of 8-bit labels
    """
    geometry = canal_geometry(session)
    names = [f"truth-structures{ending}"]
    _write(open_map(folder / names[0], geometry), structure_planes(session))
    for number, blood in enumerate(blood_maps(session), start=1):
        names.append(f"truth-blood-{number:02d}-{blood.at_ms // 1000:05d}s{ending}")
        _write(open_map(folder / names[-1], geometry), blood_planes(session, blood))
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
