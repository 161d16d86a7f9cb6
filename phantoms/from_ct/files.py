"""Read a CT, with labels or points that say which vertebra is which; write it without any names.

Every fault of a file is told in one message, from its header where that shows it. `phantom_from_ct` turns what was
read into a Phantom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from phantoms.from_ct.grid import check_same_grid
from phantoms.from_ct.image import SACRUM, SPINAL_CORD, VERTEBRA_LABELS, CtFault, CtImage
from phantoms.from_ct.labels_from_points import labels_at
from phantoms.from_ct.level_evidence import gather_evidence
from phantoms.from_ct.level_names import judge_names
from phantoms.from_ct.markups import read_points
from phantoms.from_ct.named_labels import name_labels
from phantoms.from_ct.patient import phantom_from_ct
from phantoms.from_ct.real_patients import RealPatientParameters, real_patient
from phantoms.from_ct.sources import labels_beside, open_labels, open_volume
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import column_with

__all__ = [
    "CtFault",
    "CtImage",
    "RealPatientParameters",
    "phantom_from_ct",
    "read_ct",
    "read_patient_ct",
    "real_patient",
    "write_ct",
]


def read_ct(
    ct_path: str | Path,
    labels_path: str | Path | None = None,
    *,
    numbering: str | None = None,
    points_mm: Mapping[str, PatientPoint] | None = None,
    points_path: str | Path | None = None,
) -> CtImage:
    """CT and the labels of its vertebrae, turned to LPS, with the names of the vertebrae held against the picture.

    Args:
        ct_path: a volume with Hounsfield units in any axis order (`sources.open_volume` says which formats), or a
            folder with one DICOM series
        labels_path: labels on the same grid; None leaves `CtImage.labels` to the points
        numbering: one of `numberings.NUMBERINGS`; None takes names that the file tells, or finds out
        points_mm: centres of vertebral bodies by name, LPS, about which the vertebrae are found where no labels are
        points_path: further such points in a file (`markups.read_points`)

    Raises:
        CtFault: a file is missing, damaged, no CT, too large, has no usable orientation, or labels, points and CT do
            not fit each other.
    """
    source = open_volume(Path(ct_path))
    given, remarks = None, source.remarks
    if labels_path is not None:
        given = open_labels(Path(labels_path))
        remarks += given.remarks + labels_beside(str(labels_path), given, source)
    if labels_path is not None and (points_mm or points_path is not None):
        raise CtFault(str(ct_path), "labels and points", "both say where the vertebrae are", "Give one of the two")
    points = dict(points_mm or {})
    if points_path is not None:
        file = read_points(Path(points_path), source.voxels)
        points, remarks = {**file.points, **points}, remarks + file.remarks
    hu = source.hounsfield()
    image = CtImage(what=str(ct_path), hu=hu, grid=source.grid, labels=None, remarks=remarks)
    if given is not None:
        named = name_labels(
            given.labels(), hu, source.grid, str(labels_path), numbering=numbering, own_names=given.label_names
        )
        remarks += (f"{labels_path}: {named.how}",)
        image = replace(image, labels=named.labels, names=named.judgement, remarks=remarks)
    elif points:
        image = _pointed(image, points)
    if image.labels is not None:
        image.labels.setflags(write=False)
    return image


def _pointed(image: CtImage, points_mm: Mapping[str, PatientPoint]) -> CtImage:
    """The image with vertebrae found about points, and their names held against it."""
    labels, told = labels_at(image.hu, image.grid, points_mm, image.what)
    there = {name: number for number, name in VERTEBRA_LABELS.items() if (labels == number).any()}
    numbers = {name: there[name] for name in column_with(there) if name in there}
    judgement = judge_names(gather_evidence(image.hu, labels, image.grid, numbers))
    if judgement.wrong:
        fix = "Check which vertebra each point is set in"
        raise CtFault(image.what, "points", "; ".join(judgement.wrong), fix)
    return replace(image, labels=labels, names=judgement, remarks=(*image.remarks, told))


def read_patient_ct(ct_path: Path, labels_path: Path) -> CtImage:
    """CT and labels of a patient's folder, which were checked when it was written.

    Args:
        ct_path, labels_path: NIfTI, as `write_ct` writes them

    Raises:
        CtFault: a file is missing or damaged, or the two do not lie on one grid.
    """
    source, given = open_volume(ct_path), open_labels(labels_path)
    check_same_grid(str(labels_path), given.grid, source.grid)
    table = np.zeros(256, dtype=np.uint8)
    for number in (*VERTEBRA_LABELS, SACRUM, SPINAL_CORD):
        table[number] = number
    hu, labels = source.hounsfield(), np.asarray(table[given.labels()])
    labels.setflags(write=False)
    return CtImage(what=str(ct_path), hu=hu, grid=source.grid, labels=labels)


def write_ct(ct: CtImage, ct_path: Path, labels_path: Path) -> None:
    """Write a CT and its labels as NIfTI whose header holds the grid alone: no text of the file it was read from.

    Args:
        ct: from `read_ct`
        ct_path, labels_path: to write, `.nii.gz`; labels are written where there are any

    Raises:
        OSError: a file cannot be written.
    """
    import nibabel as nib

    affine = np.diag([-ct.grid.spacing_mm[0], -ct.grid.spacing_mm[1], ct.grid.spacing_mm[2], 1.0])
    affine[:3, 3] = -ct.grid.origin_mm[0], -ct.grid.origin_mm[1], ct.grid.origin_mm[2]
    for path, volume in ((ct_path, ct.hu), (labels_path, ct.labels)):
        if volume is not None:
            make_image: Any = nib.Nifti1Image  # nibabel's images carry no types
            nib.save(make_image(volume.transpose(2, 1, 0), affine), path)
