"""Read a CT and its segmentation from NIfTI; every fault of a file is told in one message before pixels are loaded.

`phantom_from_ct` turns what was read into a Phantom.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from phantoms.ct_image import VERTEBRA_LABELS, CtFault, CtImage
from phantoms.ct_phantom import RealPatientParameters, phantom_from_ct, real_patient
from phantoms.phantom import VoxelGrid

__all__ = ["CtFault", "CtImage", "RealPatientParameters", "phantom_from_ct", "read_ct", "real_patient", "write_ct"]

MAX_VOXELS = 512 * 512 * 1500
MAX_BYTES = 1_600_000_000  # of the voxels as stored, so that reading stays under about 3 GB
_SIZE = (24, 2048)  # voxels along an axis
_SPACING_MM = (0.2, 6.0)
_EXTENT_MM = (60.0, 2200.0)
_OBLIQUE_DEG = 1.0
_HU_RANGE = (-1024, 8191)
_DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    OverflowError,
    MemoryError,
    zlib.error,
    nib.wrapstruct.WrapStructError,
)


def read_ct(ct_path: str | Path, labels_path: str | Path | None = None) -> CtImage:
    """CT, and the labels of its vertebrae, from NIfTI files of any axis order, turned to LPS.

    Args:
        ct_path: `.nii` or `.nii.gz` with Hounsfield units
        labels_path: labels on the same grid with TotalSegmentator v2 numbers; None leaves `CtImage.labels` empty

    Raises:
        CtFault: a file is missing, damaged, no NIfTI volume, too large, no CT, has no usable orientation, or labels and
            CT do not fit each other.
    """
    ct_path = Path(ct_path)
    image = _open(ct_path)
    affine = _checked_header(ct_path, image)
    label_image = None
    if labels_path is not None:
        labels_path = Path(labels_path)
        label_image = _open(labels_path)
        label_affine = _checked_header(labels_path, label_image)
        _check_same_grid(labels_path, image.shape, affine, label_image.shape, label_affine)
    hu = _hounsfield(ct_path, image)
    grid, turned = _to_lps(hu, affine)
    labels = None
    if labels_path is not None and label_image is not None:
        labels = _to_lps(_labels(Path(labels_path), label_image), affine)[1]
    return CtImage(what=str(ct_path), hu=turned, grid=grid, labels=labels)


def write_ct(ct: CtImage, ct_path: Path, labels_path: Path) -> None:
    """Write a CT and its labels as NIfTI whose header holds the grid alone: no text of the file it was read from.

    Args:
        ct: from `read_ct`
        ct_path, labels_path: to write, `.nii.gz`; labels are written where there are any

    Raises:
        OSError: a file cannot be written.
    """
    affine = np.diag([-ct.grid.spacing_mm[0], -ct.grid.spacing_mm[1], ct.grid.spacing_mm[2], 1.0])
    affine[:3, 3] = -ct.grid.origin_mm[0], -ct.grid.origin_mm[1], ct.grid.origin_mm[2]
    for path, volume in ((ct_path, ct.hu), (labels_path, ct.labels)):
        if volume is not None:
            nib.save(nib.Nifti1Image(np.ascontiguousarray(volume.transpose(2, 1, 0)), affine), path)


def _open(path: Path) -> nib.Nifti1Image:
    """Header of a NIfTI file; the voxels stay on disk."""
    convert = "Give a NIfTI volume (.nii or .nii.gz); dcm2niix makes one of a DICOM series"
    if not path.exists():
        raise CtFault(str(path), "file", "there is no such file", "Check the path")
    if path.is_dir():
        raise CtFault(str(path), "file", "this is a folder", convert)
    if path.stat().st_size == 0:
        raise CtFault(str(path), "file", "the file is empty", "Copy it again from its source")
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError:
        raise CtFault(str(path), "file", "the file cannot be read", "Check its permissions") from None
    if not path.name.lower().endswith((".nii", ".nii.gz")):
        raise CtFault(str(path), "file name", "the name does not end in .nii or .nii.gz", convert)
    try:
        image = nib.load(path)
    except Exception:  # nibabel raises many kinds for the many ways in which a header can be damaged
        raise CtFault(str(path), "header", "this is not a readable NIfTI file", convert) from None
    if not isinstance(image, nib.Nifti1Image):  # NIfTI-2 is a subclass
        raise CtFault(str(path), "header", "this is not a NIfTI file", convert)
    return image


def _checked_header(path: Path, image: nib.Nifti1Image) -> NDArray[np.float64]:
    """Affine of the file after every check that needs no voxel."""
    what, shape = str(path), tuple(int(n) for n in image.shape)
    if len(shape) != 3:
        text = " x ".join(map(str, shape))
        raise CtFault(what, "header, dim", f"the volume has {len(shape)} axes ({text}), not 3", "Export one 3-D volume")
    size = " x ".join(map(str, shape))
    if min(shape) < _SIZE[0] or max(shape) > _SIZE[1] or math.prod(shape) > MAX_VOXELS:
        most = f"{MAX_VOXELS / 1e6:.0f} million"
        mend = f"Crop or resample it to {_SIZE[0]}..{_SIZE[1]} voxels an axis and at most {most} in all"
        raise CtFault(what, "header, dim", f"a volume of {size} voxels cannot be used", mend)
    dtype = image.get_data_dtype()
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        mend = "Store it as 16-bit integers or 32-bit floats"
        raise CtFault(what, "header, datatype", f"voxels of type {dtype} hold no Hounsfield units", mend)
    if math.prod(shape) * dtype.itemsize > MAX_BYTES:
        mend = "Store it as 16-bit integers"
        raise CtFault(what, "header, datatype", f"{size} voxels of type {dtype} need too much memory", mend)
    if int(image.header["qform_code"]) <= 0 and int(image.header["sform_code"]) <= 0:
        mend = "Export it with an orientation (dcm2niix does); left and right would be a guess"
        raise CtFault(what, "header, sform_code", "the file does not say how the patient lies", mend)
    affine = np.asarray(image.affine, dtype=np.float64)
    if affine.shape != (4, 4) or not np.isfinite(affine).all():
        raise CtFault(what, "header, affine", "the affine holds values that are no numbers", "Export the file again")
    spacing = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    if not (spacing > 0.0).all() or abs(np.linalg.det(affine[:3, :3] / np.where(spacing > 0, spacing, 1.0))) < 0.5:
        raise CtFault(what, "header, affine", "the affine is singular or sheared", "Export the file again")
    text = " x ".join(f"{q:.4g}" for q in spacing)
    if spacing.min() < _SPACING_MM[0] or spacing.max() > _SPACING_MM[1]:
        mend = f"Give voxels of {_SPACING_MM[0]:g} to {_SPACING_MM[1]:g} mm"
        raise CtFault(what, "header, affine", f"voxels of {text} mm cannot be used", mend)
    extent = spacing * shape
    if extent.min() < _EXTENT_MM[0] or extent.max() > _EXTENT_MM[1] or np.abs(affine[:3, 3]).max() > 1e5:
        text = " x ".join(f"{q:.0f}" for q in extent)
        raise CtFault(
            what, "header, affine", f"a volume of {text} mm is no trunk", "Check the voxel size of the export"
        )
    direction = np.abs(affine[:3, :3] / spacing)
    if direction.max(axis=0).min() < math.cos(math.radians(_OBLIQUE_DEG)):
        mend = "Resample it to a grid along the patient's axes"
        raise CtFault(what, "header, affine", f"the axes are oblique by more than {_OBLIQUE_DEG:g} degree", mend)
    offset = float(image.header["vox_offset"])
    if not math.isfinite(offset) or offset < 0 or offset > 1e6:
        raise CtFault(what, "header, vox_offset", "the voxels start nowhere", "Export the file again")
    if path.name.lower().endswith(".nii") and path.stat().st_size < offset + math.prod(shape) * dtype.itemsize:
        raise CtFault(what, "voxels", "the file ends before its last voxel", "Copy it again from its source")
    return affine


def _check_same_grid(
    path: Path,
    shape: tuple[int, ...],
    affine: NDArray[np.float64],
    label_shape: tuple[int, ...],
    label_affine: NDArray[np.float64],
) -> None:
    mend = "Segment this very CT, or resample the labels to it (nearest neighbour)"
    if tuple(label_shape) != tuple(shape):
        text = f"labels of {' x '.join(map(str, label_shape))} voxels, CT of {' x '.join(map(str, shape))}"
        raise CtFault(str(path), "header, dim", text, mend)
    corners = np.array([[i, j, k, 1] for i in (0, shape[0]) for j in (0, shape[1]) for k in (0, shape[2])])
    apart = float(np.abs(corners @ (affine - label_affine).T).max())
    if apart > 0.1 * float(np.sqrt((affine[:3, :3] ** 2).sum(axis=0)).min()):
        text = f"the labels' grid lies up to {apart:.3g} mm beside the CT's"
        raise CtFault(str(path), "header, affine", text, mend)


def _check_stream(path: Path, size: int) -> None:
    """Unpack a compressed file to its end, where its checksum stands; one with more than its voxels is not followed."""
    if path.name.lower().endswith(".gz"):
        with gzip.open(path, "rb") as stream:
            while size >= 0 and (piece := stream.read(1 << 20)):
                size -= len(piece)
        if size > 0:
            raise EOFError


def _raw(path: Path, image: nib.Nifti1Image) -> tuple[NDArray, float, float]:
    """Voxels as stored, with slope and intercept."""
    proxy: Any = image.dataobj
    try:
        _check_stream(path, int(proxy.offset) + math.prod(proxy.shape) * proxy.dtype.itemsize)
        raw = np.asarray(proxy.get_unscaled())
    except _DAMAGED:
        mend = "Copy it again from its source"
        raise CtFault(str(path), "voxels", "the file ends early or is damaged", mend) from None
    slope, inter = float(proxy.slope), float(proxy.inter)
    if not (math.isfinite(slope) and math.isfinite(inter) and slope != 0.0):
        raise CtFault(str(path), "header, scl_slope", "the scale of the voxels is no number", "Export the file again")
    if raw.dtype.kind == "f" and not np.isfinite(raw).all():
        bad = int(raw.size - np.isfinite(raw).sum())
        raise CtFault(str(path), "voxels", f"{bad} voxels are no numbers", "Replace them by -1024 (air)")
    return raw, slope, inter


def _hounsfield(path: Path, image: nib.Nifti1Image) -> NDArray[np.int16]:
    raw, slope, inter = _raw(path, image)
    ends = sorted(float(q) * slope + inter for q in (raw.min(), raw.max()))
    mend = "Give Hounsfield units: air -1000, water 0 (apply the rescale slope and intercept of the DICOM files)"
    if ends[0] > -300.0 or ends[1] < 200.0:
        text = f"values from {ends[0]:.4g} to {ends[1]:.4g} are no CT of a body in air"
        raise CtFault(str(path), "voxels", text, mend)
    hu = np.empty(raw.shape, dtype=np.int16)
    for i in range(raw.shape[2]):  # slice by slice, so that no second copy of the volume is made
        hu[:, :, i] = np.clip(np.rint(raw[:, :, i] * slope + inter), *_HU_RANGE)
    soft = int(((hu > -200) & (hu < 200)).sum())
    if soft < 0.02 * hu.size:
        raise CtFault(str(path), "voxels", "hardly a voxel is soft tissue (-200..200 HU)", mend)
    return hu


def _labels(path: Path, image: nib.Nifti1Image) -> NDArray[np.uint8]:
    raw, slope, inter = _raw(path, image)
    mend = "Give the labels of the TotalSegmentator task `total` (vertebrae are 26 to 50)"
    low, high = (float(q) * slope + inter for q in (raw.min(), raw.max()))
    if min(low, high) < 0.0 or max(low, high) > 255.0:
        raise CtFault(str(path), "voxels", f"values from {low:.4g} to {high:.4g} are no labels", mend)
    values = raw if slope == 1.0 and inter == 0.0 else raw * slope + inter
    if values.dtype.kind == "f" and np.abs(values - np.rint(values)).max() > 1e-3:
        raise CtFault(str(path), "voxels", "the values are no whole numbers", mend)
    labels = np.rint(values).astype(np.uint8)
    found = {VERTEBRA_LABELS[int(q)] for q in np.unique(labels) if int(q) in VERTEBRA_LABELS}
    if not found:
        raise CtFault(str(path), "voxels", "there is no vertebra among the labels", mend)
    if sum(name.startswith("L") for name in found) < 3:
        text = f"only {', '.join(sorted(found))} are labelled; at least three lumbar vertebrae are needed"
        raise CtFault(str(path), "voxels", text, "Give a CT of the lumbar spine with its labels")
    return labels


def _to_lps(volume: NDArray, affine: NDArray[np.float64]) -> tuple[VoxelGrid, NDArray]:
    """Grid and volume [z, y, x] with every axis ascending in LPS, from an array (i, j, k) and its RAS affine."""
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    axes = np.abs(lps[:3, :3]).argmax(axis=1)  # which array axis runs along x, y, z
    turned = np.transpose(volume, axes[::-1])
    steps = np.array([lps[row, axes[row]] for row in range(3)])
    middle = (np.array(volume.shape) - 1) / 2.0
    centre = lps[:3, :3] @ middle + lps[:3, 3]
    spacing = np.sqrt((lps[:3, :3] ** 2).sum(axis=0))[axes]
    for row in range(3):
        if steps[row] < 0.0:
            turned = np.flip(turned, axis=2 - row)
    shape = np.array(turned.shape)[::-1]
    origin = centre - spacing * (shape - 1) / 2.0
    turned = np.ascontiguousarray(turned)
    turned.setflags(write=False)
    x, y, z = (float(q) for q in origin)
    sx, sy, sz = (float(q) for q in spacing)
    return VoxelGrid(origin_mm=(x, y, z), spacing_mm=(sx, sy, sz), shape=turned.shape), turned
