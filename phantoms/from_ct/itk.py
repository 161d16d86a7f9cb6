"""Read NRRD and MetaImage (.nrrd, .seg.nrrd, .mha) with SimpleITK, once the header has been seen to be sound.

SimpleITK belongs to the extra `imaging`: it is large, and NIfTI and DICOM do without it.
"""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.grid import AGAIN, check_shape, checked_grid
from phantoms.from_ct.image import CtFault
from phantoms.from_ct.numberings import meaning_of
from phantoms.from_ct.slices import HuSlices, LabelSlices
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray

SUFFIXES = (".nrrd", ".mha")
_MOST_HEADER_BYTES = 1_000_000
_MAX_BYTES = 1_600_000_000
_HELD_UNSEEN_BYTES = 300_000_000  # a volume that may be larger than this is read only where its file is not tiny
_MOST_PACKED = 100  # bytes a byte of the file; noise alone keeps a CT far below, zeros reach 1000
_COPY = "Copy it again from its source"
_ONE_FILE = "Save it as one file (.nrrd or .mha) with its voxels in it"
_LONGEST_FIELD_BYTES = 250  # SimpleITK's readers do not answer for what comes of longer ones, or of stranger axes
_FIELD = re.compile(rb"[\t -~]*")
_AXES = re.compile(rb"^(dimension[ \t]*:|NDims[ \t]*=)(?![ \t]*[2-9][ \t]*$)", re.MULTILINE)
_DETACHED = re.compile(rb"^(data ?file\s*:|ElementDataFile\s*=(?!\s*LOCAL\s*$))", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItkFile:
    """A file of SimpleITK whose header is sound; no voxel has been read.

    Attributes:
        path: of the file
        grid: with every axis ascending in LPS
        lps: affine of the file's own axes to LPS
        shape: of the voxels, the first axis running fastest
        segments: of a 3D Slicer segmentation: its name, layer and value in it
    """

    path: Path
    grid: VoxelGrid
    lps: FloatArray
    shape: tuple[int, int, int]
    segments: tuple[tuple[str, int, int], ...]

    @property
    def label_names(self) -> Mapping[int, str]:
        """Name by number, as `read_labels` numbers the segments; empty where none is named after a vertebra."""
        return {i + 1: meaning_of(name) or "" for i, (name, _, _) in enumerate(self.segments)}


def open_itk(path: Path) -> ItkFile:
    """Check a file by its header.

    Raises:
        CtFault: it is damaged, of another kind, or its header shows a volume that cannot be used.
    """
    what = str(path)
    _check_text(path)
    reader = _reader(path)
    try:
        with _muted():
            reader.ReadImageInformation()
        shape = [int(n) for n in reader.GetSize()]
        components, itemsize = reader.GetNumberOfComponents(), _itemsize(reader)
        spacing, origin = np.array(reader.GetSpacing()), np.array(reader.GetOrigin())
        direction = np.array(reader.GetDirection()).reshape(len(shape), len(shape))
        keys = {key: reader.GetMetaData(key) for key in reader.GetMetaDataKeys()}
    except Exception:  # SimpleITK raises RuntimeError for all that its readers find
        raise CtFault(what, "header", "it cannot be read", _COPY) from None
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    segments = _segments(keys)
    if len(shape) != 3 or (components != 1 and not segments):
        text = " x ".join(map(str, shape)) + (f" of {components} components" if components != 1 else "")
        raise CtFault(what, "header, sizes", f"the volume is no single 3-D one ({text})", "Export one 3-D volume")
    check_shape(what, "header, sizes", tuple(shape))
    if math.prod(shape) * components * itemsize > _MAX_BYTES:
        raise CtFault(what, "header, sizes", "its voxels need too much memory", "Store it as 16-bit integers")
    if path.suffix.lower() == ".nrrd" and keys.get("NRRD_space", "").lower() in ("", "scanner-xyz", "3d-right-handed"):
        fix = "Export it with an orientation; left and right would be a guess"
        raise CtFault(what, "header, space", "the file does not say how the patient lies", fix)
    lps = np.eye(4)
    with np.errstate(over="ignore", invalid="ignore"):  # what is no number is refused next
        lps[:3, :3] = direction[:3, :3] * spacing[:3]
    lps[:3, 3] = origin[:3]
    grid = checked_grid(what, "header, space directions", tuple(shape), lps)
    return ItkFile(path=path, grid=grid, lps=lps, shape=(shape[0], shape[1], shape[2]), segments=segments)


def read_hounsfield(file: ItkFile) -> NDArray[np.int16]:
    """Voxels as Hounsfield units [shape=(z, y, x), read-only].

    Raises:
        CtFault: the file is damaged, or holds no CT of a body.
    """
    _check_packed(file)
    filled = HuSlices(str(file.path), file.grid, file.lps, file.shape)
    for k, plane in enumerate(_voxels(file)[0]):
        filled.put(k, plane, 1.0, 0.0)
    return filled.finished()


def read_labels(file: ItkFile) -> NDArray[np.uint8]:
    """Voxels as labels [shape=(z, y, x), uint8]: of a segmentation whose segments carry names of vertebrae by the
    place of the segment, of any other as they are stored.

    Raises:
        CtFault: the file is damaged, or its values are no labels.
    """
    filled = LabelSlices(str(file.path), file.grid, file.lps, file.shape)
    layers = _voxels(file)
    named = any(file.label_names.values())
    if not named and len(layers) > 1:
        fix = "Name each segment after its vertebra (L4)"
        raise CtFault(str(file.path), "segments", "they overlap, and none is named after a vertebra", fix)
    for k in range(file.shape[2]):
        plane = np.zeros(file.shape[1::-1], dtype=np.uint8) if named else layers[0][k]
        for i, (name, layer, value) in enumerate(file.segments if named else ()):
            if meaning_of(name) is not None and layer < len(layers):
                plane[layers[layer][k] == value] = i + 1
        filled.put(k, plane)
    return filled.finished()


def _check_text(path: Path) -> None:
    """The header's text ends soon, and the voxels follow it in the same file: no other file is opened.

    Raises:
        CtFault: they do not, or this is none of the two formats.
    """
    what = str(path)
    try:
        with path.open("rb") as file:
            block = file.read(_MOST_HEADER_BYTES)
    except OSError:
        raise CtFault(what, "file", "the file cannot be read", "Check its permissions") from None
    if not block:
        raise CtFault(what, "file", "the file is empty", _COPY)
    if block.startswith(b"NRRD000"):
        end = min((at for at in (block.find(b"\n\n"), block.find(b"\r\n\r\n")) if at >= 0), default=-1)
    else:
        found = re.search(rb"^ElementDataFile\s*=[^\n]*\n", block, re.MULTILINE)
        known = re.match(rb"[A-Za-z]+\s*=", block) is not None
        end = found.end() if known and found else -1
    if end < 0:
        raise CtFault(what, "header", "this is no readable NRRD or MetaImage file", _COPY)
    text = block[:end].replace(b"\r", b"")
    for line in text.split(b"\n"):
        of_reader = not line.startswith(b"#") and b":=" not in line
        if of_reader and (len(line) > _LONGEST_FIELD_BYTES or not _FIELD.fullmatch(line)):
            raise CtFault(what, "header", "one of its fields is no field of a volume", _COPY)
    if _AXES.search(text):
        raise CtFault(what, "header, number of axes", "this is no volume", _COPY)
    if _DETACHED.search(text):
        raise CtFault(what, "header", "its voxels lie in another file", _ONE_FILE)
    if not block.startswith(b"NRRD000") and not re.search(rb"^(TransformMatrix|Orientation|Rotation)\s*=", text, re.M):
        fix = "Export it with an orientation; left and right would be a guess"
        raise CtFault(what, "header, TransformMatrix", "the file does not say how the patient lies", fix)


def _check_packed(file: ItkFile) -> None:
    """A small packed file that promises a volume which holds no body: the reader would take memory for all of it.

    Raises:
        CtFault: this is one.
    """
    stored, promised = file.path.stat().st_size, 2 * math.prod(file.shape)
    if promised > max(_HELD_UNSEEN_BYTES, _MOST_PACKED * stored):
        text = f"{stored / 1e6:.1f} MB are too few for {' x '.join(map(str, file.shape))} voxels of a body"
        raise CtFault(str(file.path), "voxels", text, "Crop it to the body, or save it without compression")


def _reader(path: Path) -> Any:
    try:
        SimpleITK: Any = import_module("SimpleITK")
    except ImportError:
        fix = "Install it (pip install 'ct-fluoro-sim[imaging]'), or export the volume as .nii.gz"
        raise CtFault(str(path), "file", f"{path.suffix} is read by SimpleITK, which is not installed", fix) from None
    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)  # its warnings quote the header
    reader = SimpleITK.ImageFileReader()
    reader.SetImageIO("NrrdImageIO" if path.suffix.lower() == ".nrrd" else "MetaImageIO")
    reader.SetFileName(str(path))
    return reader


@contextmanager
def _muted() -> Iterator[None]:
    """What the libraries below SimpleITK print past Python about a file, and quote of it, goes nowhere."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for number, own in zip((1, 2), kept, strict=True):
            os.dup2(own, number)
            os.close(own)
        os.close(nowhere)


def _itemsize(reader: Any) -> int:
    """Bytes of a voxel's component."""
    SimpleITK: Any = import_module("SimpleITK")
    sizes = {SimpleITK.sitkUInt8: 1, SimpleITK.sitkInt8: 1, SimpleITK.sitkUInt16: 2, SimpleITK.sitkInt16: 2,
             SimpleITK.sitkVectorUInt8: 1, SimpleITK.sitkVectorUInt16: 2}  # fmt: skip
    return sizes.get(reader.GetPixelID(), 8)


def _voxels(file: ItkFile) -> list[NDArray[Any]]:
    """Layers of the voxels, each [shape=(k, j, i)]."""
    reader = _reader(file.path)
    try:
        with _muted():
            image = reader.Execute()
        values = import_module("SimpleITK").GetArrayFromImage(image)
    except Exception:
        raise CtFault(str(file.path), "voxels", "the file ends early or is damaged", _COPY) from None
    shape = file.shape[::-1]
    if values.size % math.prod(shape) or values.dtype.kind not in "iuf":
        raise CtFault(str(file.path), "voxels", f"voxels of type {values.dtype} hold no Hounsfield units", AGAIN)
    layers = values.reshape(*shape, -1)
    return [layers[..., i] for i in range(layers.shape[-1])]


def _segments(keys: Mapping[str, str]) -> tuple[tuple[str, int, int], ...]:
    """Segments of a 3D Slicer segmentation: name, layer and value."""
    return tuple(_each_segment(keys))


def _each_segment(keys: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    for i in range(250):
        if f"Segment{i}_ID" not in keys and f"Segment{i}_Name" not in keys:
            return
        try:
            layer, value = (int(keys.get(f"Segment{i}_{key}", default)) for key, default in
                            (("Layer", "0"), ("LabelValue", str(i + 1))))  # fmt: skip
        except ValueError:
            continue
        yield keys.get(f"Segment{i}_Name", keys.get(f"Segment{i}_ID", "")), layer, value
