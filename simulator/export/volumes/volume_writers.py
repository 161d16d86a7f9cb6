"""Volume writers: NRRD and NIfTI, plane by plane, so that a long scan is never held whole; the same bytes each time.

The libraries of both formats want a whole volume, and that of NRRD writes the wall clock into the header.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from simulator.export.volumes.volume_geometry import VolumeGeometry

NRRD_ENDING, NIFTI_ENDING = ".nrrd", ".nii.gz"
COMPRESSION = 1  # noise hardly shrinks further, and more takes several times as long
_NRRD_TYPES = {"int16": "int16", "uint8": "uint8"}


class VolumeWriter:
    """A compressed file that grows by one plane at a time, from the first to the last.

    Args:
        path: of the file
        compressed_header: whether the header is compressed with the voxels
        header: what stands before the voxels
    """

    def __init__(self, path: Path, header: bytes, *, compressed_header: bool) -> None:
        self._file = path.open("wb")
        if not compressed_header:
            self._file.write(header)
        self._stream = gzip.GzipFile(filename="", mode="wb", compresslevel=COMPRESSION, fileobj=self._file, mtime=0)
        if compressed_header:
            self._stream.write(header)

    def add(self, plane: NDArray[Any]) -> None:
        """Write the next plane [shape=(j, i)]."""
        self._stream.write(np.ascontiguousarray(plane, dtype=plane.dtype.newbyteorder("<")).tobytes())

    def close(self) -> None:
        """Write what is left; the file is whole only now."""
        self._stream.close()
        self._file.close()


def nrrd_writer(path: Path, geometry: VolumeGeometry, dtype: str, notes: dict[str, str] | None = None) -> VolumeWriter:
    """A new NRRD file in LPS.

    Args:
        dtype: "int16" or "uint8"
        notes: key-value pairs for the header
    """
    x, y, z = geometry.step_mm
    directions = f"({x!r},0,0) (0,{y!r},0) (0,0,{z!r})"
    if geometry.tilt_deg:
        directions = " ".join("({!r},{!r},{!r})".format(*row) for row in geometry.directions_mm.tolist())
    lines = [
        "NRRD0004",
        f"type: {_NRRD_TYPES[dtype]}",
        "dimension: 3",
        "space: left-posterior-superior",
        f"sizes: {geometry.size[0]} {geometry.size[1]} {geometry.size[2]}",
        f"space directions: {directions}",
        "kinds: domain domain domain",
        "endian: little",
        "encoding: gzip",
        "space origin: ({!r},{!r},{!r})".format(*map(float, geometry.origin_mm)),
        *(f"{key}:={value}" for key, value in (notes or {}).items()),
    ]
    return VolumeWriter(path, ("\n".join(lines) + "\n\n").encode("ascii"), compressed_header=False)


def nifti_writer(path: Path, geometry: VolumeGeometry, dtype: str) -> VolumeWriter:
    """A new NIfTI-1 file in RAS; `dtype` is "int16" or "uint8"."""
    make_header: Any = nibabel.Nifti1Header
    header = make_header()
    header.set_data_dtype(np.dtype(dtype).newbyteorder("<"))
    header.set_data_shape(geometry.size)
    header.set_xyzt_units("mm", "sec")
    header.set_sform(geometry.ras_affine, code="scanner")
    header.set_qform(geometry.ras_affine, code="scanner")
    header.set_slope_inter(1.0, 0.0)
    header["vox_offset"] = header.single_vox_offset
    no_extension = b"\0\0\0\0"
    return VolumeWriter(path, header.binaryblock + no_extension, compressed_header=True)
