"""Read a CT or its labels from NIfTI: the header is checked first, then slices are read one after another."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.grid import AGAIN, check_shape, checked_grid
from phantoms.from_ct.image import CtFault
from phantoms.from_ct.label_table import names_in_extensions
from phantoms.from_ct.nifti_header import COPY, is_packed, open_stream, placed_otherwise, read_header
from phantoms.from_ct.slices import HuCheck, HuSlices, LabelSlices
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray

MAX_BYTES = 1_600_000_000  # of the voxels as stored
_HELD_UNSEEN = 150_000_000  # voxels, 300 MB: larger volumes are looked through before memory is taken for them
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
        qform_grid: where qform has the voxels, if that is elsewhere; sform counts
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
    qform_grid: VoxelGrid | None


def open_nifti(path: Path) -> NiftiFile:
    """Check a file by its header.

    Raises:
        CtFault: it is missing, no NIfTI file, or its header shows a volume that cannot be used.
    """
    image = read_header(path)
    what, shape = str(path), tuple(int(n) for n in image.shape)
    while len(shape) > 3 and shape[-1] == 1:  # a fourth axis of one
        shape = shape[:-1]
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
    if not is_packed(path) and path.stat().st_size < int(proxy.offset) + size:
        raise CtFault(what, "voxels", "the file ends before its last voxel", COPY)
    other = placed_otherwise(image)
    return NiftiFile(
        path=path,
        grid=grid,
        lps=lps,
        shape=(shape[0], shape[1], shape[2]),
        dtype=dtype,
        offset=int(proxy.offset),
        slope=slope,
        intercept=intercept,
        label_names=names_in_extensions(header.extensions),
        qform_grid=None if other is None else _grid_or_none(what, shape, _RAS_TO_LPS @ other),
    )


def read_mask(file: NiftiFile) -> NDArray[np.bool_]:
    """Voxels as a mask [shape=(z, y, x), bool]: what is above zero, whatever its value.

    Raises:
        CtFault: the file is damaged.
    """
    filled = LabelSlices(str(file.path), file.grid, file.lps, file.shape)
    for k, raw in enumerate(_slices(file)):
        filled.put(k, (raw * file.slope + file.intercept > 0.0).astype(np.uint8))
    return filled.finished() > 0


def _grid_or_none(what: str, shape: tuple[int, ...], lps: FloatArray) -> VoxelGrid | None:
    try:
        return checked_grid(what, "header, qform", shape, lps)
    except CtFault:
        return None


def read_hounsfield(file: NiftiFile) -> NDArray[np.int16]:
    """Voxels as Hounsfield units [shape=(z, y, x), read-only].

    Raises:
        CtFault: the file is damaged, or holds no CT of a body.
    """
    if math.prod(file.shape) > _HELD_UNSEEN:  # a small packed file may promise a volume that holds no body
        check = HuCheck(str(file.path))
        for raw in _slices(file):
            check.look(raw, file.slope, file.intercept)
        check.finish(math.prod(file.shape))
    filled = HuSlices(str(file.path), file.grid, file.lps, file.shape)
    for k, raw in enumerate(_slices(file)):
        filled.put(k, raw, file.slope, file.intercept)
    return filled.finished()


def read_labels(file: NiftiFile) -> NDArray[np.uint8]:
    """Voxels as labels [shape=(z, y, x), uint8].

    Raises:
        CtFault: the file is damaged, or its values are no whole numbers of 0..255.
    """
    filled = LabelSlices(str(file.path), file.grid, file.lps, file.shape)
    for k, raw in enumerate(_slices(file)):
        filled.put(k, raw if file.slope == 1.0 and file.intercept == 0.0 else raw * file.slope + file.intercept)
    return filled.finished()


def _slices(file: NiftiFile) -> Iterator[NDArray[Any]]:
    """Slices [shape=(j, i)] as stored; what follows the last voxel is not unpacked.

    Raises:
        CtFault: the file ends early, or its checksum, where the stream ends with the last voxel, is wrong.
    """
    ni, nj, nk = file.shape
    size = ni * nj * file.dtype.itemsize
    damaged = CtFault(str(file.path), "voxels", "the file ends early or is damaged", COPY)
    try:
        with open_stream(file.path) as stream:
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
