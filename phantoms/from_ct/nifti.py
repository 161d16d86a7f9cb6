"""Read a CT or its labels from NIfTI: the header is checked first, then slices are read one after another."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.grid import AGAIN, HuSlices, check_shape, checked_grid, lps_view
from phantoms.from_ct.image import CtFault
from phantoms.from_ct.label_table import names_in_extensions
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray

MAX_BYTES = 1_600_000_000  # of the voxels as stored
_MOST_HEADER_BYTES = 1e6
_COPY = "Copy it again from its source"
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class NiftiFile:
    """A NIfTI file whose header is sound; no voxel has been read.

    Attributes:
        path: of the file
        grid: with every axis ascending in LPS
        lps: affine of the file's own axes to LPS
        shape, dtype, offset: of the voxels as stored, the first axis running fastest
        slope, intercept: from what is stored to values
        label_names: name by number, where a segmenter wrote a table of them into the header
    """

    path: Path
    grid: VoxelGrid
    lps: FloatArray
    shape: tuple[int, int, int]
    dtype: np.dtype[Any]
    offset: int
    slope: float
    intercept: float
    label_names: Mapping[int, str]


def open_nifti(path: Path) -> NiftiFile:
    """Check a file by its header.

    Raises:
        CtFault: it is missing, no NIfTI file, or its header shows a volume that cannot be used.
    """
    image = _opened(path)
    what, shape = str(path), tuple(int(n) for n in image.shape)
    if len(shape) != 3:
        text = " x ".join(map(str, shape))
        raise CtFault(what, "header, dim", f"the volume has {len(shape)} axes ({text}), not 3", "Export one 3-D volume")
    check_shape(what, "header, dim", shape)
    header: Any = image.header  # nibabel's headers carry no types
    dtype = header.get_data_dtype()
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        fix = "Store it as 16-bit integers or 32-bit floats"
        raise CtFault(what, "header, datatype", f"voxels of type {dtype} hold no Hounsfield units", fix)
    size = math.prod(shape) * dtype.itemsize
    if size > MAX_BYTES:
        text = f"{' x '.join(map(str, shape))} voxels of type {dtype} need too much memory"
        raise CtFault(what, "header, datatype", text, "Store it as 16-bit integers")
    if int(image.header["qform_code"]) <= 0 and int(image.header["sform_code"]) <= 0:
        fix = "Export it with an orientation (dcm2niix does); left and right would be a guess"
        raise CtFault(what, "header, sform_code", "the file does not say how the patient lies", fix)
    with np.errstate(invalid="ignore"):  # what is no number is refused next
        lps = _RAS_TO_LPS @ np.asarray(image.affine, dtype=np.float64)
    grid = checked_grid(what, "header, affine", shape, lps)
    proxy = cast(Any, image.dataobj)
    slope, intercept = float(proxy.slope), float(proxy.inter)
    if not (math.isfinite(slope) and math.isfinite(intercept) and slope != 0.0):
        raise CtFault(what, "header, scl_slope", "the scale of the voxels is no number", AGAIN)
    if path.name.lower().endswith(".nii") and path.stat().st_size < int(proxy.offset) + size:
        raise CtFault(what, "voxels", "the file ends before its last voxel", _COPY)
    return NiftiFile(path, grid, lps, (shape[0], shape[1], shape[2]), dtype, int(proxy.offset), slope, intercept,
                     names_in_extensions(header.extensions))  # fmt: skip


def read_hounsfield(file: NiftiFile) -> NDArray[np.int16]:
    """Voxels as Hounsfield units [shape=(z, y, x), read-only].

    Raises:
        CtFault: the file is damaged, or holds no CT of a body.
    """
    filled = HuSlices(str(file.path), file.grid, file.lps)
    for k, raw in enumerate(_slices(file)):
        filled.put(k, raw, file.slope, file.intercept)
    return filled.finished()


def read_labels(file: NiftiFile) -> NDArray[np.uint8]:
    """Voxels as labels [shape=(z, y, x), uint8].

    Raises:
        CtFault: the file is damaged, or its values are no whole numbers of 0..255.
    """
    labels = np.empty(file.grid.shape, dtype=np.uint8)
    slices = lps_view(labels, file.lps)
    fix = "Give one label volume of TotalSegmentator (task `total`) or VerSe"
    for k, raw in enumerate(_slices(file)):
        values = raw if file.slope == 1.0 and file.intercept == 0.0 else raw * file.slope + file.intercept
        low, high = float(values.min()), float(values.max())
        if not (low >= 0.0 and high <= 255.0):
            raise CtFault(str(file.path), "voxels", f"values from {low:.4g} to {high:.4g} are no labels", fix)
        if values.dtype.kind == "f":
            whole = np.rint(values)
            if np.abs(values - whole).max() > 1e-3:
                raise CtFault(str(file.path), "voxels", "the values are no whole numbers", fix)
            values = whole
        slices[k] = values
    return labels


def _opened(path: Path) -> nib.Nifti1Image:
    """Header of a NIfTI file; the voxels stay on disk."""
    convert = "Give a NIfTI volume (.nii or .nii.gz), or a folder with the DICOM files of one series"
    if path.stat().st_size == 0:
        raise CtFault(str(path), "file", "the file is empty", _COPY)
    if not path.name.lower().endswith((".nii", ".nii.gz")):
        raise CtFault(str(path), "file name", "the name does not end in .nii or .nii.gz", convert)
    _check_offset(path)
    try:
        image = nib.load(path)
    except Exception:  # nibabel raises many kinds for the many ways in which a header can be damaged
        raise CtFault(str(path), "header", "this is not a readable NIfTI file", convert) from None
    if not isinstance(image, nib.Nifti1Image):  # NIfTI-2 is a subclass
        raise CtFault(str(path), "header", "this is not a NIfTI file", convert)
    return image


def _check_offset(path: Path) -> None:
    """What lies between header and voxels is read by nibabel as a whole: it must be short.

    Raises:
        CtFault: it is not, or the file cannot be read. What is no NIfTI header at all is left to nibabel.
    """
    try:
        with _stream(path) as stream:
            block = stream.read(540)
    except PermissionError:
        raise CtFault(str(path), "file", "the file cannot be read", "Check its permissions") from None
    except (OSError, EOFError, zlib.error):
        return
    for kind in (nib.Nifti1Header, nib.Nifti2Header):
        if len(block) >= kind.sizeof_hdr:
            header = _header(kind, block[: kind.sizeof_hdr])
            offset = float(header["vox_offset"])
            if int(header["sizeof_hdr"]) == kind.sizeof_hdr and not 0.0 <= offset <= _MOST_HEADER_BYTES:
                raise CtFault(str(path), "header, vox_offset", "the voxels start nowhere", AGAIN)


def _header(kind: Any, block: bytes) -> Any:
    """A header that nibabel does not check; its classes carry no types."""
    return kind(block, check=False)


def _stream(path: Path) -> IO[bytes]:
    packed = path.name.lower().endswith(".gz")
    return cast("IO[bytes]", gzip.open(path, "rb") if packed else path.open("rb"))


def _slices(file: NiftiFile) -> Iterator[NDArray[Any]]:
    """Slices [shape=(j, i)] as stored; what follows the last voxel is not unpacked.

    Raises:
        CtFault: the file ends early, or its checksum, where the stream ends with the last voxel, is wrong.
    """
    ni, nj, nk = file.shape
    size = ni * nj * file.dtype.itemsize
    damaged = CtFault(str(file.path), "voxels", "the file ends early or is damaged", _COPY)
    try:
        with _stream(file.path) as stream:
            if len(stream.read(file.offset)) < file.offset:
                raise damaged
            for _ in range(nk):
                piece = stream.read(size)
                if len(piece) < size:
                    raise damaged
                yield np.frombuffer(piece, dtype=file.dtype).reshape(nj, ni)
            stream.read(1)  # where nothing follows, this reads and compares the checksum
    except (OSError, EOFError, zlib.error):
        raise damaged from None
