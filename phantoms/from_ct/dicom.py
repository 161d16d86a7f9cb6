"""Read a CT from a folder with the DICOM files of one series: all headers are checked before a pixel is decoded.

Nothing of a header but geometry, size and scale is kept, and no value of it but those stands in a message.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pixel_array

from phantoms.from_ct.dicom_headers import (
    CONVERT,
    ONE_SERIES,
    SliceHeader,
    open_dataset,
    silent,
    slice_headers,
    transfer_syntax,
)
from phantoms.from_ct.dicom_pixels import check_coded_size
from phantoms.from_ct.dicom_selection import choose_series, listed
from phantoms.from_ct.grid import check_shape, checked_grid
from phantoms.from_ct.image import CtFault
from phantoms.from_ct.slices import HU_MEND, HuSlices
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray

_STRAIGHT = math.cos(math.radians(40.0))  # stacks along a disc are tilted by less
_UNEVEN = 0.1  # of the usual distance between slices
_DRIFT_MM = 0.5  # that slices may be shifted against each other across the body
_LARGEST_RESCALED = 1e6


@dataclass(frozen=True, slots=True)
class DicomSlice:
    """One slice: its file, its frame in a file of several, how its pixels become HU, its place along the body, mm."""

    path: Path
    frame: int | None
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
        remarks: what was left out, a sentence each
    """

    what: str
    slices: tuple[DicomSlice, ...]
    grid: VoxelGrid
    lps: FloatArray
    rows: int
    columns: int
    remarks: tuple[str, ...]


def open_series(folder: Path) -> DicomSeries:
    """Check a folder by the headers of its files; those that are no DICOM files are left out and named.

    Raises:
        CtFault: there is no series, more than one, or one that is no stack of even slices, axial or nearly so.
    """
    what = str(folder)
    every, others = slice_headers(folder)
    if not every:
        inner = any(path.is_dir() for path in folder.iterdir())
        fix = "Name the folder that holds the files of the series itself" if inner else ONE_SERIES
        raise CtFault(what, "folder", "there is no DICOM file in it", fix)
    found, remarks = choose_series(what, every, _is_stack)
    if others:
        remarks += (f"{what}: left out {listed(others)}: no DICOM file begins like that",)
    first = found[0].values
    rows, columns = int(first.Rows), int(first.Columns)
    check_shape(what, "headers, Rows and Columns", (columns, rows, max(len(found), 12)))
    spacing, across, down, normal = _read_axes(what, first)
    slices, places = [], []
    for one in found:
        slope, intercept = _scale(what, one.path, one.values)
        corner = np.array(_numbers(what, one.path, one.values, "ImagePositionPatient", 3))
        places.append(corner)
        slices.append(DicomSlice(one.path, one.frame, slope, intercept, float(corner @ normal)))
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
    return DicomSeries(what, tuple(slices), grid, lps, rows, columns, remarks)


def _is_stack(found: list[SliceHeader]) -> bool:
    """Whether slices lie evenly, each in a place of its own."""
    try:
        _, _, _, normal = _read_axes("", found[0].values)
        places = sorted(
            float(np.array(_numbers("", one.path, one.values, "ImagePositionPatient", 3)) @ normal) for one in found
        )
        _even_step("", [DicomSlice(found[0].path, None, 1.0, 0.0, place) for place in places])
    except CtFault:
        return False
    return True


def read_series(series: DicomSeries) -> NDArray[np.int16]:
    """Voxels as Hounsfield units [shape=(z, y, x), read-only]; one slice is decoded at a time.

    Raises:
        CtFault: a file is damaged or packed in a way that cannot be read here, or this is no CT of a body.
    """
    filled = HuSlices(series.what, series.grid, series.lps, (series.columns, series.rows, len(series.slices)))
    opened = _Opened()
    for k, one in enumerate(series.slices):
        raw = _pixels(series, one, opened)
        filled.put(k, raw, one.slope, one.intercept)
    return filled.finished()


def _numbers(what: str, path: Path, header: Dataset, name: str, count: int) -> tuple[float, ...]:
    try:
        values = tuple(float(q) for q in header.get(name))
    except (TypeError, ValueError):
        values = ()
    if len(values) != count or not all(math.isfinite(q) for q in values):
        raise CtFault(what, path.name, f"{name} in the header is no {count} numbers", CONVERT)
    return values


def _read_axes(what: str, header: Dataset) -> tuple[tuple[float, ...], FloatArray, FloatArray, FloatArray]:
    """Spacing of rows and columns, and unit vectors along a row, down a column, and from slice to slice."""
    here = Path("headers")
    spacing = _numbers(what, here, header, "PixelSpacing", 2)
    direction = np.array(_numbers(what, here, header, "ImageOrientationPatient", 6))
    across, down = direction[:3], direction[3:]
    normal = np.cross(across, down)
    if abs(float(normal[2])) < _STRAIGHT or abs(float(np.linalg.norm(normal)) - 1.0) > 0.01:
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
        raise CtFault(what, "folder", "there is one slice alone", ONE_SERIES)
    steps = np.diff([one.place_mm for one in slices])
    usual = float(np.median(steps))
    doubled = int((steps < 0.01).sum())
    if doubled:
        at = int(np.argmin(steps))
        pair = " and ".join(dict.fromkeys(one.path.name for one in slices[at : at + 2]))
        text = f"{doubled} slices lie where another one does ({pair})"
        raise CtFault(what, "headers, ImagePositionPatient", text, ONE_SERIES)
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
        raise CtFault(
            what,
            "headers, ImagePositionPatient",
            "the stack is tilted: each slice is shifted against the last one",
            fix,
        )


class _Opened:
    """The file that was read last: the frames of one file follow each other."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._whole: Dataset | None = None

    def read(self, path: Path) -> Dataset:
        """A whole file."""
        if self._whole is None or path != self._path:
            self._whole = None  # the last one is let go before the next is read
            self._path, self._whole = path, open_dataset(path)
        return self._whole


def _pixels(series: DicomSeries, one: DicomSlice, opened: _Opened) -> NDArray[Any]:
    """Pixels of one slice as stored [shape=(row, column)]."""
    what, name = series.what, one.path.name
    shape = series.rows, series.columns
    syntax = None
    try:
        with silent():
            whole = opened.read(one.path)
            syntax = transfer_syntax(whole)
            if "PixelData" not in whole:
                raise EOFError
            if syntax.is_compressed:
                check_coded_size(whole, shape, one.frame)
            raw = whole.pixel_array if one.frame is None else pixel_array(whole, index=one.frame)
    except (RuntimeError, NotImplementedError, ImportError) as error:
        if "plugin" not in str(error) and "decoder" not in str(error):  # of pydicom's own words; the file's stay out
            raise CtFault(what, name, "its pixels are damaged", "Copy it again from its source") from None
        fix = f"Install a decoder (pip install 'ct-fluoro-sim[imaging]'), or: {CONVERT}"
        packed = "in an unknown way" if syntax is None else f"as {syntax.name}"
        text = f"its pixels are packed {packed}, and no decoder for that is installed"
        raise CtFault(what, name, text, fix) from None
    except Exception:
        raise CtFault(what, name, "its pixels are damaged", "Copy it again from its source") from None
    if raw.shape != shape:
        raise CtFault(what, name, "its pixels are damaged", "Copy it again from its source")
    return np.asarray(raw)
