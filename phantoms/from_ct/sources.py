"""Volumes as users have them: which reader a file or folder needs, and what is known before a voxel is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.image import CtFault
from phantoms.phantom import VoxelGrid


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSource:
    """A volume whose header is sound; no voxel has been read.

    Attributes:
        grid: with every axis ascending in LPS
        hounsfield, labels: read the voxels as HU [shape=(z, y, x), int16, read-only] or as labels [uint8]
        label_names: name by number, where the file tells them
        remarks: what was decided about the file, a sentence each
    """

    grid: VoxelGrid
    hounsfield: Callable[[], NDArray[np.int16]]
    labels: Callable[[], NDArray[np.uint8]]
    label_names: Mapping[int, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def open_volume(path: Path) -> VolumeSource:
    """A CT: NIfTI, or a folder with one DICOM series.

    Raises:
        CtFault: it is missing, of no such kind, or its header shows a volume that cannot be used.
    """
    _check_there(path)
    if not path.is_dir():
        return _nifti(path)
    from phantoms.from_ct.dicom import open_series, read_series  # pydicom takes long to load, and few need it

    series = open_series(path)
    return VolumeSource(grid=series.grid, hounsfield=partial(read_series, series), labels=_no_labels(path))


def open_labels(path: Path) -> VolumeSource:
    """Labels: NIfTI.

    Raises:
        CtFault: as `open_volume`.
    """
    _check_there(path)
    if path.is_dir():
        raise CtFault(str(path), "file", "labels in a folder are not read", "Give them as one NIfTI volume")
    return _nifti(path)


def _nifti(path: Path) -> VolumeSource:
    from phantoms.from_ct.nifti import open_nifti, read_hounsfield, read_labels  # nibabel, too, takes long to load

    file = open_nifti(path)
    return VolumeSource(
        grid=file.grid,
        hounsfield=partial(read_hounsfield, file),
        labels=partial(read_labels, file),
        label_names=file.label_names,
    )


def _no_labels(path: Path) -> Callable[[], NDArray[np.uint8]]:
    def refuse() -> NDArray[np.uint8]:
        raise CtFault(str(path), "folder", "these are no labels", "Give the labels of the vertebrae")

    return refuse


def _check_there(path: Path) -> None:
    if not path.exists():
        raise CtFault(str(path), "file", "there is no such file", "Check the path")
