"""ASTRA frame: three slices through ASTRA's CPU path, two at a time: project, rebin, FBP."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import astra
import numpy as np

from simulator.ct.geometry import BRILLIANCE_64_CLASS as GEOMETRY

THREADS = 2


class FlatFanRebinning:
    """Fan rays of a flat detector to parallel rays over pi, the two opposite rays averaged; bilinear.

    The parallel ray at angle p and distance s is seen by the view p + g in the column at D tan g, sin g = s / R, and
    from the other side with -g by the view p + pi - g.
    """

    def __init__(self, views: int, pitch_mm: float, columns: int, angles: int, spacing_mm: float) -> None:
        place = np.arange(columns) - (columns - 1) / 2
        fan = np.arcsin(place * spacing_mm / GEOMETRY.source_to_isocenter_mm)
        turn = np.arange(angles)[:, None] * math.pi / angles
        self._sides = []
        for side, start in ((1.0, 0.0), (-1.0, math.pi)):
            view = np.mod(turn + start + side * fan, 2 * math.pi) * views / (2 * math.pi)
            column = np.tan(side * fan) * GEOMETRY.source_to_detector_mm / pitch_mm + (columns - 1) / 2
            low_view = np.floor(view).astype(np.int64) % views
            low_column = np.clip(np.floor(column), 0, columns - 2).astype(np.int64)[None, :]
            first = low_view * columns + low_column
            second = (low_view + 1) % views * columns + low_column
            self._sides.append(
                (
                    first.astype(np.int32),
                    second.astype(np.int32),
                    (view - np.floor(view)).astype(np.float32),
                    np.clip(column - low_column[0], 0, 1).astype(np.float32)[None, :],
                )
            )

    def __call__(self, fan: np.ndarray) -> np.ndarray:
        flat = fan.reshape(-1)
        total = np.zeros(self._sides[0][0].shape, np.float32)
        for first, second, view_share, column_share in self._sides:
            near = flat[first] + column_share * (flat[first + 1] - flat[first])
            far = flat[second] + column_share * (flat[second + 1] - flat[second])
            total += near + view_share * (far - near)
        return total * np.float32(0.5)


class _Slice:
    """One slice's data and algorithms within ASTRA."""

    def __init__(self, image: np.ndarray, volume: dict, fan: dict, parallel: dict, rebin: FlatFanRebinning) -> None:
        self._rebin = rebin
        self._fan = astra.data2d.create("-sino", fan, 0)
        self._parallel = astra.data2d.create("-sino", parallel, 0)
        self.result = astra.data2d.create("-vol", volume, 0)
        forward = astra.astra_dict("FP")
        forward["ProjectorId"] = astra.create_projector("line_fanflat", fan, volume)
        forward["VolumeDataId"] = astra.data2d.create("-vol", volume, image)
        forward["ProjectionDataId"] = self._fan
        back = astra.astra_dict("FBP")
        back["ProjectorId"] = astra.create_projector("linear", parallel, volume)
        back["ProjectionDataId"], back["ReconstructionDataId"] = self._parallel, self.result
        back["option"] = {"FilterType": "ram-lak"}
        self._forward, self._back = astra.algorithm.create(forward), astra.algorithm.create(back)

    def run(self) -> tuple[float, float, float]:
        """Milliseconds of projection, rebinning and FBP."""
        marks = [time.perf_counter()]
        astra.algorithm.run(self._forward)
        marks.append(time.perf_counter())
        astra.data2d.store(self._parallel, self._rebin(astra.data2d.get_shared(self._fan)))
        marks.append(time.perf_counter())
        astra.algorithm.run(self._back)
        marks.append(time.perf_counter())
        projected, rebinned, filtered = (1e3 * float(step) for step in np.diff(marks))
        return projected, rebinned, filtered


class AstraFrame:
    """Slices of attenuation per mm (row 0 at +y), taken through the fan and back."""

    def __init__(self, images: Sequence[np.ndarray], field_mm: float) -> None:
        views, columns = GEOMETRY.views, GEOMETRY.columns
        pitch = GEOMETRY.column_pitch_mm
        spacing = pitch * GEOMETRY.source_to_isocenter_mm / GEOMETRY.source_to_detector_mm
        rows, half = images[0].shape[0], field_mm / 2
        volume = astra.create_vol_geom(rows, rows, -half, half, -half, half)
        behind = GEOMETRY.source_to_detector_mm - GEOMETRY.source_to_isocenter_mm
        turns = np.arange(views) * (2 * math.pi / views)
        fan = astra.create_proj_geom("fanflat", pitch, columns, turns, GEOMETRY.source_to_isocenter_mm, behind)
        angles = views // 2
        parallel = astra.create_proj_geom("parallel", spacing, columns, np.arange(angles) * math.pi / angles)
        rebin = FlatFanRebinning(views, pitch, columns, angles, spacing)
        self._slices = [_Slice(image, volume, fan, parallel, rebin) for image in images]
        self._pool = ThreadPoolExecutor(THREADS)
        self._steps: list[tuple[float, float, float]] = []

    def run(self) -> None:
        """All slices once."""
        self._steps = list(self._pool.map(_Slice.run, self._slices))

    def steps_ms(self) -> dict[str, float]:
        """Of the last run, the median slice."""
        names = ("projection", "rebinning", "filtered backprojection")
        return {name: round(median(step), 1) for name, step in zip(names, zip(*self._steps, strict=True), strict=True)}

    def images(self) -> np.ndarray:
        """The last run's images, attenuation per mm."""
        return np.stack([astra.data2d.get(each.result) for each in self._slices])
