"""Volumes as users have them: which reader a file or folder needs, and what is known before a voxel is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.file_voxels import FileVoxels
from phantoms.from_ct.grid import check_same_grid, straightened_remark
from phantoms.from_ct.image import CtFault
from phantoms.phantom import VoxelGrid


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSource:
    """A volume whose header is sound; no voxel has been read.

    Attributes:
        grid: with every axis ascending in LPS
        voxels: as the file has them
        hounsfield, labels: read the voxels as HU [shape=(z, y, x), int16, read-only] or as labels [uint8]
        label_names: name by number, where the file tells them
        other_grid: where another orientation in the header has the voxels, if that is elsewhere
        remarks: what was decided about the file, a sentence each
    """

    grid: VoxelGrid
    voxels: FileVoxels
    hounsfield: Callable[[], NDArray[np.int16]]
    labels: Callable[[], NDArray[np.uint8]]
    label_names: Mapping[int, str] = field(default_factory=dict)
    other_grid: VoxelGrid | None = None
    remarks: tuple[str, ...] = ()


def open_volume(path: Path) -> VolumeSource:
    """A CT: NIfTI (.nii, .nii.gz), NRRD (.nrrd), MetaImage (.mha), or a folder with one DICOM series.

    Raises:
        CtFault: it is missing, of no such kind, or its header shows a volume that cannot be used.
    """
    _check_there(path)
    if not path.is_dir():
        return _file(path)
    from phantoms.from_ct.dicom import open_series, read_series  # pydicom takes long to load, and few need it

    series = open_series(path)
    return VolumeSource(
        grid=series.grid,
        voxels=FileVoxels(series.lps, (series.columns, series.rows, len(series.slices))),
        hounsfield=partial(read_series, series),
        labels=_no_labels(path),
        remarks=(*series.remarks, *straightened_remark(str(path), series.lps)),
    )


def open_labels(path: Path) -> VolumeSource:
    """Labels: NIfTI, NRRD with or without named segments, MetaImage, or a folder with one mask for each vertebra.

    Raises:
        CtFault: as `open_volume`.
    """
    _check_there(path)
    if not path.is_dir():
        return _file(path)
    from phantoms.from_ct.masks import MaskFolder

    masks = MaskFolder(path)
    return VolumeSource(
        grid=masks.grid,
        voxels=masks.voxels,
        hounsfield=_no_ct(path),
        labels=masks.labels,
        label_names=masks.label_names,
    )


def _file(path: Path) -> VolumeSource:
    """A volume in one file."""
    name = path.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        return _nifti(path)
    if name.endswith((".nrrd", ".mha")):
        return _itk(path)
    fix = "Give a NIfTI volume (.nii or .nii.gz), .nrrd, .mha, or a folder with the DICOM files of one series"
    wrong = "the name does not end in .nii, .nii.gz, .nrrd or .mha"
    if name.endswith((".nhdr", ".mhd")):
        wrong, fix = "its voxels lie in another file", "Save it as one file (.nrrd or .mha)"
    raise CtFault(str(path), "file name", wrong, fix)


def _nifti(path: Path) -> VolumeSource:
    from phantoms.from_ct.nifti import open_nifti, read_hounsfield, read_labels  # nibabel, too, takes long to load

    file = open_nifti(path)
    remarks = straightened_remark(str(path), file.lps)
    if file.qform_grid is not None:
        remarks += (
            f"{path}: its two orientations, sform and qform, {_how_apart(file.grid, file.qform_grid)}; sform is taken",
        )
    return VolumeSource(
        grid=file.grid,
        voxels=FileVoxels(file.lps, file.shape),
        hounsfield=partial(read_hounsfield, file),
        labels=partial(read_labels, file),
        label_names=file.label_names,
        other_grid=file.qform_grid,
        remarks=remarks,
    )


def _how_apart(sform: VoxelGrid, qform: VoxelGrid) -> str:
    """In what two orientations of the same voxels differ."""
    if sform.shape != qform.shape:
        return "turn the axes differently"
    sizes = [" x ".join(f"{mm:.3g}" for mm in grid.spacing_mm) for grid in (sform, qform)]
    if sizes[0] != sizes[1]:
        return f"give voxels of {sizes[0]} and of {sizes[1]} mm"
    return f"lie {math.dist(sform.origin_mm, qform.origin_mm):.0f} mm apart"


def _itk(path: Path) -> VolumeSource:
    from phantoms.from_ct.itk import open_itk, read_hounsfield, read_labels  # SimpleITK is not always installed

    file = open_itk(path)
    return VolumeSource(
        grid=file.grid,
        voxels=FileVoxels(file.lps, file.shape),
        hounsfield=partial(read_hounsfield, file),
        labels=partial(read_labels, file),
        label_names=file.label_names,
        remarks=straightened_remark(str(path), file.lps),
    )


def labels_beside(what: str, labels: VolumeSource, ct: VolumeSource) -> tuple[str, ...]:
    """What has to be said of labels that do not lie exactly on their CT.

    Raises:
        CtFault: they lie on another grid.
    """
    try:
        said = check_same_grid(what, labels.grid, ct.grid)
    except CtFault:
        mine, theirs = (source.other_grid or source.grid for source in (labels, ct))
        if labels.other_grid is None and ct.other_grid is None:
            raise
        for one, other in ((labels.grid, theirs), (mine, ct.grid), (mine, theirs)):
            try:
                check_same_grid(what, one, other)
            except CtFault:
                continue
            return (f"{what}: labels and CT agree by qform and not by sform; they are taken as lying on each other",)
        raise
    return () if said is None else (said,)


def _no_ct(path: Path) -> Callable[[], NDArray[np.int16]]:
    def refuse() -> NDArray[np.int16]:
        raise CtFault(str(path), "folder", "this is no CT", "Give a CT")

    return refuse


def _no_labels(path: Path) -> Callable[[], NDArray[np.uint8]]:
    def refuse() -> NDArray[np.uint8]:
        raise CtFault(str(path), "folder", "these are no labels", "Give the labels of the vertebrae")

    return refuse


def _check_there(path: Path) -> None:
    if not path.exists():
        raise CtFault(str(path), "file", "there is no such file", "Check the path")
    if not path.is_file() and not path.is_dir():  # a pipe would keep us waiting, and a device has no end
        raise CtFault(str(path), "file", "this is no ordinary file", "Save the volume in a file")
