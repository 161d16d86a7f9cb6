"""The header of a NIfTI file, read as bytes first: whatever the file is called, and no more of it than a header is."""

from __future__ import annotations

import gzip
import io
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import nibabel as nib
import numpy as np
from nibabel import imageglobals

from phantoms.from_ct.grid import AGAIN
from phantoms.from_ct.image import CtFault
from simulator.spatial.arrays import FloatArray

COPY = "Copy it again from its source"
_MOST_HEADER_BYTES = 1_000_000
_CONVERT = "Give a NIfTI volume (.nii or .nii.gz), .nrrd, .mha, or a folder with the DICOM files of one series"
_GZIP = b"\x1f\x8b"
_APART_MM = 0.5


def open_stream(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where they are packed, whatever its name says."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast("IO[bytes]", gzip.open(path, "rb") if packed else path.open("rb"))


def is_packed(path: Path) -> bool:
    """Whether a file is packed by gzip."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP


def read_header(path: Path) -> nib.Nifti1Image:
    """Header of a NIfTI file; the voxels stay on disk.

    Raises:
        CtFault: it is empty, no NIfTI file, or its voxels start nowhere.
    """
    what = str(path)
    damaged = CtFault(what, "header", "this is not a readable NIfTI file", _CONVERT)
    if path.exists() and not path.is_file():  # a pipe would keep us waiting, and a device has no end
        raise CtFault(what, "file", "this is no ordinary file", "Save the volume in a file")
    if path.stat().st_size == 0:
        raise CtFault(what, "file", "the file is empty", COPY)
    try:
        with open_stream(path) as stream:
            block = stream.read(nib.Nifti2Header.sizeof_hdr)
            kind = _kind(block)
            if kind is None:
                raise damaged
            head = _bare(kind, block[: kind.sizeof_hdr])
            offset = float(head["vox_offset"])
            if not 0.0 <= offset <= _MOST_HEADER_BYTES:
                raise CtFault(what, "header, vox_offset", "the voxels start nowhere", AGAIN)
            block += stream.read(max(int(offset) - len(block), 0))
    except PermissionError:
        raise CtFault(what, "file", "the file cannot be read", "Check its permissions") from None
    except (OSError, EOFError, zlib.error):
        raise damaged from None
    make: Any = nib.Nifti2Image if kind is nib.Nifti2Header else nib.Nifti1Image
    try:
        with _silent():
            image = make.from_stream(io.BytesIO(block))
    except Exception:  # nibabel raises many kinds for the many ways in which a header can be damaged
        raise damaged from None
    return cast(nib.Nifti1Image, image)


@contextmanager
def _silent() -> Iterator[None]:
    """Without nibabel's own lines on what it mends in a header: what matters is told by us, in one message."""
    logger = imageglobals.logger
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before


def placed_otherwise(image: nib.Nifti1Image) -> FloatArray | None:
    """The affine of qform, where sform, which counts, places the voxels elsewhere."""
    header: Any = image.header
    if int(header["qform_code"]) <= 0 or int(header["sform_code"]) <= 0:
        return None
    try:
        with np.errstate(all="ignore"):
            other = np.asarray(header.get_qform(), dtype=np.float64)
    except Exception:  # a quaternion that is none
        return None
    ends = np.array([[0, 0, 0, 1.0], [*(np.array(image.shape[:3]) - 1), 1.0]]).T
    apart = np.abs((other - np.asarray(image.affine)) @ ends)[:3].max()
    return other if np.isfinite(apart) and apart > _APART_MM else None


def _kind(block: bytes) -> Any:
    """The class of a header, None for what is none of a single file; either byte order."""
    for kind, magic in ((nib.Nifti1Header, block[344:348]), (nib.Nifti2Header, block[4:12])):
        size = int.from_bytes(block[:4], "little"), int.from_bytes(block[:4], "big")
        if len(block) >= kind.sizeof_hdr and kind.sizeof_hdr in size and magic[:2] == b"n+":
            return kind
    return None


def _bare(kind: Any, block: bytes) -> Any:
    """A header that nibabel does not check; its classes carry no types."""
    return kind(block, check=False)
