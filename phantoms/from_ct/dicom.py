"""Read a CT from a folder with the DICOM files of one series: all headers are checked before a pixel is decoded.

Nothing of a header but geometry, size and scale is kept, and no value of it but those stands in a message.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from phantoms.from_ct.dicom_pixels import check_coded_size
from phantoms.from_ct.grid import HU_MEND, HuSlices, check_shape, checked_grid
from phantoms.from_ct.image import CtFault
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray

MAX_FILES = 3000
MAX_FILE_BYTES = 64_000_000
_CONVERT = "Convert the series with dcm2niix to one NIfTI volume and import that"
_ONE_SERIES = "Put the slices of one axial series alone into the folder"
_NEEDED = ("Rows", "Columns", "PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient")
_SAME = ("SeriesInstanceUID", "FrameOfReferenceUID", "Rows", "Columns", "PixelSpacing", "ImageOrientationPatient")
_HEADER = (*_NEEDED, *_SAME, "Modality", "NumberOfFrames", "SamplesPerPixel", "BitsAllocated", "RescaleSlope",
           "RescaleIntercept", "GantryDetectorTilt", "PixelRepresentation")  # fmt: skip
_STRAIGHT = math.cos(math.radians(1.0))
_UNEVEN = 0.1  # of the usual distance between slices
_DRIFT_MM = 0.5  # that slices may be shifted against each other across the body
_LARGEST_RESCALED = 1e6


@dataclass(frozen=True, slots=True)
class DicomSlice:
    """One file: where it is, how its pixels become HU, and its place along the body, mm."""

    path: Path
    slope: float
    intercept: float
    place_mm: float


@dataclass(frozen=True, slots=True)
class DicomSeries:
    """A series whose headers are sound; no pixel has been decoded.

    Attributes:
        what: the folder, for messages
        slices: in the order of their places
        grid: with every axis ascending in LPS
        lps: affine from (column, row, slice) to LPS
        rows, columns: of each slice
    """

    what: str
    slices: tuple[DicomSlice, ...]
    grid: VoxelGrid
    lps: FloatArray
    rows: int
    columns: int


def open_series(folder: Path) -> DicomSeries:
    """Check a folder by the headers of its files; those that are no DICOM files are passed over.

    Raises:
        CtFault: there is no series, more than one, or one that is no stack of even, untilted axial slices.
    """
    what = str(folder)
    found = [(path, header) for path in _files(folder) if (header := _header(what, path)) is not None]
    if not found:
        inner = any(path.is_dir() for path in folder.iterdir())
        fix = "Name the folder that holds the files of the series itself" if inner else _ONE_SERIES
        raise CtFault(what, "folder", "there is no DICOM file in it", fix)
    _check_one_series(what, found)
    first = found[0][1]
    rows, columns = int(first.Rows), int(first.Columns)
    check_shape(what, "headers, Rows and Columns", (columns, rows, max(len(found), 12)))
    spacing, across, down, normal = _read_axes(what, first)
    slices, places = [], []
    for path, header in found:
        slope, intercept = _scale(what, path, header)
        corner = np.array(_numbers(what, path, header, "ImagePositionPatient", 3))
        places.append(corner)
        slices.append(DicomSlice(path, slope, intercept, float(corner @ normal)))
    order = np.argsort([one.place_mm for one in slices], kind="stable")
    slices = [slices[i] for i in order]
    corners = np.array([places[i] for i in order])
    step = _even_step(what, slices)
    _check_upright(what, corners, normal, step)
    lps = np.eye(4)
    lps[:3, 0], lps[:3, 1], lps[:3, 2] = across * spacing[1], down * spacing[0], normal * step
    lps[:3, 3] = corners[0]
    shape = columns, rows, len(slices)
    check_shape(what, "folder", shape)
    grid = checked_grid(what, "headers, orientation", shape, lps)
    return DicomSeries(what, tuple(slices), grid, lps, rows, columns)


def read_series(series: DicomSeries) -> NDArray[np.int16]:
    """Voxels as Hounsfield units [shape=(z, y, x), read-only]; one slice is decoded at a time.

    Raises:
        CtFault: a file is damaged or packed in a way that cannot be read here, or this is no CT of a body.
    """
    filled = HuSlices(series.what, series.grid, series.lps)
    for k, one in enumerate(series.slices):
        raw = _pixels(series, one)
        filled.put(k, raw, one.slope, one.intercept)
    return filled.finished()


@contextmanager
def _silent() -> Iterator[None]:
    """Neither warnings nor the log of pydicom, which quote values of the header."""
    logger = logging.getLogger("pydicom")
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before


def _files(folder: Path) -> list[Path]:
    what = str(folder)
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError:
        raise CtFault(what, "folder", "it cannot be read", "Check its permissions") from None
    if len(paths) > MAX_FILES:
        raise CtFault(what, "folder", f"{len(paths)} files are more than a series holds", _ONE_SERIES)
    return paths


def _header(what: str, path: Path) -> Dataset | None:
    """The few elements that matter, None for a file that is no DICOM image."""
    try:
        with path.open("rb") as file:
            start = file.read(132)
    except OSError:
        raise CtFault(what, path.name, "the file cannot be read", "Check its permissions") from None
    if start[128:] != b"DICM" or path.name.upper() == "DICOMDIR":
        return None
    if path.stat().st_size > MAX_FILE_BYTES:
        text = f"{path.stat().st_size / 1e6:.0f} MB are no single slice"
        raise CtFault(what, path.name, text, _CONVERT)
    try:
        with _silent():
            meta = pydicom.filereader.read_file_meta_info(path)
            if meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
                raise CtFault(what, path.name, "deflated DICOM files are not unpacked", _CONVERT)
            header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=list(_HEADER), defer_size="1 MB")
            for name in _HEADER:
                header.get(name)  # values are read when they are asked for
    except CtFault:
        raise
    except Exception:  # pydicom raises many kinds for the many ways in which a file can be damaged
        fix = "Copy it again from its source"
        raise CtFault(what, path.name, "its header is damaged", fix) from None
    return header


def _check_one_series(what: str, found: list[tuple[Path, Dataset]]) -> None:
    for path, header in found:
        if header.get("Modality", "CT") != "CT":
            raise CtFault(what, path.name, "this is no CT", _ONE_SERIES)
        frames, samples, bits = (header.get(name) for name in ("NumberOfFrames", "SamplesPerPixel", "BitsAllocated"))
        if frames not in (None, "", 1):
            raise CtFault(what, path.name, "it holds several frames", _CONVERT)
        if samples not in (None, 1) or bits not in (8, 16, 32):
            raise CtFault(what, path.name, "its pixels hold no Hounsfield units", _ONE_SERIES)
        missing = [name for name in _NEEDED if header.get(name) in (None, "")]
        if missing:
            raise CtFault(what, path.name, f"{', '.join(missing)} is missing in the header", _CONVERT)
    for name in _SAME:
        kinds = {_kind(header.get(name)) for _, header in found}
        if len(kinds) > 1:
            text = f"the files belong to {len(kinds)} series or more: {name} differs"
            raise CtFault(what, "headers", text, _ONE_SERIES)


def _kind(value: Any) -> Any:
    """A header's value so that equal ones compare equal."""
    if value is None or isinstance(value, (str, int)):
        return value or None
    try:
        return tuple(round(float(q), 4) for q in value)
    except (TypeError, ValueError):
        return str(value)


def _numbers(what: str, path: Path, header: Dataset, name: str, count: int) -> tuple[float, ...]:
    try:
        values = tuple(float(q) for q in header.get(name))
    except (TypeError, ValueError):
        values = ()
    if len(values) != count or not all(math.isfinite(q) for q in values):
        raise CtFault(what, path.name, f"{name} in the header is no {count} numbers", _CONVERT)
    return values


def _read_axes(what: str, header: Dataset) -> tuple[tuple[float, ...], FloatArray, FloatArray, FloatArray]:
    """Spacing of rows and columns, and unit vectors along a row, down a column, and from slice to slice."""
    here = Path("headers")
    spacing = _numbers(what, here, header, "PixelSpacing", 2)
    direction = np.array(_numbers(what, here, header, "ImageOrientationPatient", 6))
    across, down = direction[:3], direction[3:]
    normal = np.cross(across, down)
    tilt = header.get("GantryDetectorTilt")
    tilted = tilt not in (None, "") and abs(float(tilt)) > 1.0
    if tilted or abs(float(normal[2])) < _STRAIGHT or abs(float(np.linalg.norm(normal)) - 1.0) > 0.01:
        fix = "Give an axial series whose gantry stands upright, or resample it first"
        raise CtFault(what, "headers, orientation", "the slices are tilted or not axial", fix)
    return spacing, across, down, normal


def _scale(what: str, path: Path, header: Dataset) -> tuple[float, float]:
    try:
        slope, intercept = (
            float(default if header.get(name) in (None, "") else header.get(name))
            for name, default in (("RescaleSlope", 1.0), ("RescaleIntercept", 0.0))
        )
    except (TypeError, ValueError):
        slope, intercept = math.nan, math.nan
    largest = abs(slope) * 2.0 ** min(int(header.BitsAllocated), 16) + abs(intercept)
    if not (math.isfinite(largest) and slope != 0.0 and largest < _LARGEST_RESCALED):
        raise CtFault(what, f"{path.name}, RescaleSlope", "the scale of the pixels is none of a CT", HU_MEND)
    return slope, intercept


def _even_step(what: str, slices: list[DicomSlice]) -> float:
    """Distance from slice to slice."""
    if len(slices) < 2:
        raise CtFault(what, "folder", "there is one slice alone", _ONE_SERIES)
    steps = np.diff([one.place_mm for one in slices])
    usual = float(np.median(steps))
    doubled = int((steps < 0.01).sum())
    if doubled:
        text = f"{doubled} slices lie where another one does"
        raise CtFault(what, "headers, ImagePositionPatient", text, _ONE_SERIES)
    uneven = np.flatnonzero(np.abs(steps - usual) > _UNEVEN * usual)
    if len(uneven):
        at = int(uneven[0])
        text = f"the slices are not even: {steps[at]:.3g} mm after {slices[at].path.name}, else {usual:.3g} mm"
        fix = "Export the series again, whole; a slice may be missing"
        raise CtFault(what, "headers, ImagePositionPatient", text, fix)
    return float(slices[-1].place_mm - slices[0].place_mm) / (len(slices) - 1)


def _check_upright(what: str, corners: FloatArray, normal: FloatArray, step: float) -> None:
    straight = corners[0] + np.arange(len(corners))[:, None] * step * normal
    drift = float(np.linalg.norm(corners - straight, axis=1).max())
    if drift > _DRIFT_MM + _UNEVEN * step:
        fix = "Give an axial series whose gantry stands upright, or resample it first"
        raise CtFault(what, "headers, ImagePositionPatient", "each slice is shifted against the last one", fix)


def _pixels(series: DicomSeries, one: DicomSlice) -> NDArray[Any]:
    """Pixels of one file as stored [shape=(row, column)]."""
    what, name = series.what, one.path.name
    shape = series.rows, series.columns
    try:
        with _silent():
            whole = pydicom.dcmread(one.path)
            syntax = UID(whole.file_meta.TransferSyntaxUID)
            if "PixelData" not in whole:
                raise EOFError
            if syntax.is_compressed:
                check_coded_size(whole, shape)
            raw = whole.pixel_array
    except (RuntimeError, NotImplementedError, ImportError) as error:
        if "plugin" not in str(error) and "decoder" not in str(error):  # of pydicom's own words; the file's stay out
            raise CtFault(what, name, "its pixels are damaged", "Copy it again from its source") from None
        fix = f"Install a decoder (pip install 'ct-fluoro-sim[imaging]'), or: {_CONVERT}"
        text = f"its pixels are packed as {syntax.name}, and no decoder for that is installed"
        raise CtFault(what, name, text, fix) from None
    except Exception:
        raise CtFault(what, name, "its pixels are damaged", "Copy it again from its source") from None
    if raw.shape != shape:
        raise CtFault(what, name, "its pixels are damaged", "Copy it again from its source")
    return np.asarray(raw)
