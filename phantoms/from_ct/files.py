"""Read a CT from NIfTI or DICOM, with labels or points that say which vertebra is which; write it without any names.

Every fault of a file is told in one message, from its header where that shows it. `phantom_from_ct` turns what was
read into a Phantom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.grid import check_same_grid
from phantoms.from_ct.image import CtFault, CtImage
from phantoms.from_ct.labels import as_totalsegmentator
from phantoms.from_ct.labels_from_points import labels_at
from phantoms.from_ct.patient import phantom_from_ct
from phantoms.from_ct.real_patients import RealPatientParameters, real_patient
from simulator.spatial.frames import PatientPoint

__all__ = ["CtFault", "CtImage", "RealPatientParameters", "phantom_from_ct", "read_ct", "real_patient", "write_ct"]


def read_ct(
    ct_path: str | Path,
    labels_path: str | Path | None = None,
    *,
    numbering: str | None = None,
    points_mm: Mapping[str, PatientPoint] | None = None,
) -> CtImage:
    """CT and the labels of its vertebrae, turned to LPS.

    Args:
        ct_path: `.nii` or `.nii.gz` with Hounsfield units in any axis order, or a folder with one DICOM series
        labels_path: NIfTI labels on the same grid; None leaves `CtImage.labels` to the points
        numbering: "totalsegmentator" or "verse"; None finds out
        points_mm: centres of vertebral bodies by name, LPS, about which the vertebrae are found where no labels are

    Raises:
        CtFault: a file is missing, damaged, no CT, too large, has no usable orientation, or labels, points and CT do
            not fit each other.
    """
    ct_path = Path(ct_path)
    _check_there(ct_path)
    from phantoms.from_ct.nifti import open_nifti, read_hounsfield, read_labels  # nibabel, too, takes long to load

    read: Callable[[], NDArray[np.int16]]
    if ct_path.is_dir():
        from phantoms.from_ct.dicom import open_series, read_series  # pydicom takes long to load, and few need it

        series = open_series(ct_path)
        grid, read = series.grid, partial(read_series, series)
    else:
        file = open_nifti(ct_path)
        grid, read = file.grid, partial(read_hounsfield, file)
    label_file = None
    if labels_path is not None:
        labels_path = Path(labels_path)
        _check_there(labels_path)
        if labels_path.is_dir():
            raise CtFault(str(labels_path), "file", "labels in a folder are not read", "Give them as one NIfTI volume")
        label_file = open_nifti(labels_path)
        check_same_grid(str(labels_path), label_file.grid, grid)
    hu = read()
    labels: NDArray[np.uint8] | None = None
    if label_file is not None:
        labels = as_totalsegmentator(read_labels(label_file), hu, grid.spacing_mm[2], str(labels_path), numbering)
    elif points_mm:
        labels = labels_at(hu, grid, points_mm, str(ct_path))
    if labels is not None:
        labels.setflags(write=False)
    return CtImage(what=str(ct_path), hu=hu, grid=grid, labels=labels)


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


def _check_there(path: Path) -> None:
    if not path.exists():
        raise CtFault(str(path), "file", "there is no such file", "Check the path")
