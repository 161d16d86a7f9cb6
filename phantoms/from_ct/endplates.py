"""Endplates of a row of vertebral bodies, found between points set in their middles.

Along the line from body to body HU rise at an endplate, fall in the disc and rise again at the next one. In old or
thoracic bone the marrow may be darker than the disc, so no single dark place is sought: all discs of the row are chosen
together, each by the whole profile of its two endplates, and the heights of the bodies between them are held against
the table's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.morphometry import VertebraMorphometry
from phantoms.phantom import VoxelGrid
from simulator.spatial.arrays import FloatArray

_STEP_MM = 0.5
_RADIUS_MM, _APART_MM = 8.0, 2.0  # of the disc of lines along which HU are read, and from line to line
_THICKNESSES = (0.6, 0.8, 1.0, 1.25, 1.55)  # of a disc, as parts of the table's
_EDGE_MM = 1.5  # of an endplate, within which its brightest counts
_OFF_MM = 5.0  # from where the table has a disc between two points: one standard deviation
_HEIGHT_SHARE = 0.10  # of a body's height: one standard deviation about the table's, scaled to the person
_WEIGHT_HU = 12.0  # of squared deviations against a difference in HU
_SCALES = (0.75, 1.3)  # of a person against the table
_LEAST_HEIGHT = 0.6  # of a body's expected height; no body is lower, whatever the profile


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Places that one disc may have: its upper and lower face along the row, mm from the first point, and a score."""

    top: FloatArray
    bottom: FloatArray
    score: FloatArray


def find_ends(
    hu: NDArray[np.int16], grid: VoxelGrid, points_mm: FloatArray, rows: Sequence[VertebraMorphometry]
) -> FloatArray:
    """Lower and upper end of each body where the line through the points meets it [shape=(n, 2)], z in mm.

    Args:
        hu, grid: the CT
        points_mm: [shape=(n, 3)] in the bodies' middles, from the head down
        rows: of the table, one for each
    """
    row = _Row(hu, grid, points_mm, rows)
    chosen = row.choose()
    tops = np.array([bottom for _, bottom in chosen[:-1]])  # the lower face of a disc is the upper end of a body
    ends = np.array([top for top, _ in chosen[1:]])
    return np.column_stack([row.height_mm(ends), row.height_mm(tops)])


class _Row:
    """The line from point to point and a little beyond, and HU along it."""

    def __init__(
        self, hu: NDArray[np.int16], grid: VoxelGrid, points: FloatArray, rows: Sequence[VertebraMorphometry]
    ) -> None:
        apart = np.linalg.norm(np.diff(points, axis=0), axis=1)
        sizes = [row.anterior for row in rows]
        pitch = np.array([size.body_height_post_mm + size.disc_below_height_mm for size in sizes])
        expected = [0.5 * (a.body_height_post_mm + b.body_height_post_mm) + a.disc_below_height_mm
                    for a, b in pairwise(sizes)]  # fmt: skip
        self._scale = float(np.clip(np.median(apart / np.array(expected)), *_SCALES))
        self._heights = self._scale * np.array([size.body_height_post_mm for size in sizes])
        discs = np.array([size.disc_below_height_mm for size in sizes])
        self._discs = self._scale * np.maximum(np.concatenate([discs[:1], discs]), 3.0)
        ends = self._scale * 0.75 * np.array([pitch[0], pitch[-1]])
        first, last = (_unit(points[1] - points[0]), _unit(points[-1] - points[-2]))
        self._nodes = np.vstack([points[0] - ends[0] * first, points, points[-1] + ends[1] * last])
        self._node_s = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(self._nodes, axis=0), axis=1))])
        self._point_s = self._node_s[1:-1]
        self._s = np.arange(0.0, self._node_s[-1], _STEP_MM)
        self._profile = self._read(hu, grid)

    def height_mm(self, s: FloatArray) -> FloatArray:
        """z of places along the line."""
        return np.asarray(np.interp(s, self._node_s, self._nodes[:, 2]))

    def _read(self, hu: NDArray[np.int16], grid: VoxelGrid) -> FloatArray:
        """Median HU over a disc square to the line, at each place along it."""
        centre = np.column_stack([np.interp(self._s, self._node_s, self._nodes[:, k]) for k in range(3)])
        segment = np.clip(np.searchsorted(self._node_s, self._s, side="right") - 1, 0, len(self._nodes) - 2)
        along = np.diff(self._nodes, axis=0)[segment]
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        along = ndimage.gaussian_filter1d(along, 10.0 / _STEP_MM, axis=0, mode="nearest")
        left = np.array([1.0, 0.0, 0.0]) - along[:, :1] * along
        left /= np.linalg.norm(left, axis=1, keepdims=True)
        back = np.cross(along, left)
        across = np.arange(-_RADIUS_MM, _RADIUS_MM + 0.1, _APART_MM)
        offsets = np.array([(a, b) for a in across for b in across if np.hypot(a, b) <= _RADIUS_MM])
        places = centre[:, None] + offsets[None, :, :1] * left[:, None] + offsets[None, :, 1:] * back[:, None]
        index = ((places - np.asarray(grid.origin_mm)) / np.asarray(grid.spacing_mm)).reshape(-1, 3)[:, ::-1].T
        values = ndimage.map_coordinates(hu, index, order=1, mode="nearest", output=np.float32)
        profile = np.median(values.reshape(len(self._s), -1), axis=1).astype(np.float64)
        low = self._height_range(grid)
        z = self.height_mm(self._s)
        profile[(z < low[0]) | (z > low[1])] = np.nan  # beyond the image
        return np.asarray(profile)

    def _height_range(self, grid: VoxelGrid) -> tuple[float, float]:
        z = grid.z_mm
        return float(z[0]) - 0.5 * grid.spacing_mm[2], float(z[-1]) + 0.5 * grid.spacing_mm[2]

    def _expected(self, i: int) -> float:
        """Middle of disc i (above body i) where the table has it."""
        last = len(self._heights)
        if i == 0:
            return float(self._point_s[0] - 0.5 * (self._heights[0] + self._discs[0]))
        if i == last:
            return float(self._point_s[-1] + 0.5 * (self._heights[-1] + self._discs[-1]))
        share = (0.5 * self._heights[i - 1] + 0.5 * self._discs[i]) / (
            0.5 * (self._heights[i - 1] + self._heights[i]) + self._discs[i]
        )
        return float(self._point_s[i - 1] + share * (self._point_s[i] - self._point_s[i - 1]))

    def _candidates(self, i: int) -> _Candidates:
        """What disc i may be: a dark place between two bright ones, near where the table has it."""
        expected, nominal = self._expected(i), self._discs[i]
        outer = self._profile_max()
        inner = np.nancumsum(np.concatenate([[0.0], np.nan_to_num(self._profile)]))
        middles = np.arange(expected - 2.0 * _OFF_MM, expected + 2.0 * _OFF_MM + 0.1, _STEP_MM)
        found = []
        for part in _THICKNESSES:
            half = 0.5 * part * nominal
            top, bottom = middles - half, middles + half
            a, b = (np.clip(np.rint(q / _STEP_MM).astype(int), 0, len(self._s) - 1) for q in (top, bottom))
            mean = (inner[b + 1] - inner[a]) / np.maximum(b - a + 1, 1)
            contrast = 0.5 * (outer[a] + outer[b]) - mean
            seen = np.isfinite(self._profile[a]) & np.isfinite(self._profile[b])
            off = ((middles - expected) / _OFF_MM) ** 2 + (np.log(part) / np.log(1.4)) ** 2
            found.append(np.column_stack([top, bottom, np.where(seen, contrast, 0.0) - _WEIGHT_HU * off]))
        top, bottom, score = np.concatenate(found).T
        return _Candidates(top, bottom, score)

    def _profile_max(self) -> FloatArray:
        """The brightest within an endplate's thickness, at each place."""
        size = 2 * round(_EDGE_MM / _STEP_MM) + 1
        return np.asarray(ndimage.maximum_filter1d(np.nan_to_num(self._profile, nan=-1000.0), size))

    def choose(self) -> list[tuple[float, float]]:
        """Upper and lower face of each disc, also of the one above the first body and below the last: the best row."""
        every = [self._candidates(i) for i in range(len(self._heights) + 1)]
        total, back = every[0].score, []
        for i, (above, below) in enumerate(pairwise(every)):
            height = below.top[None, :] - above.bottom[:, None]
            part = height / self._heights[i]
            fits = -_WEIGHT_HU * ((part - 1.0) / _HEIGHT_SHARE) ** 2
            inside = (above.bottom[:, None] < self._point_s[i]) & (below.top[None, :] > self._point_s[i])
            fits[(part < _LEAST_HEIGHT) | ~inside] = -1e9
            sums = total[:, None] + fits
            back.append(sums.argmax(axis=0))
            total = sums.max(axis=0) + below.score
        at = int(total.argmax())
        chosen = [at]
        for pointers in reversed(back):
            at = int(pointers[at])
            chosen.append(at)
        chosen.reverse()
        return [(float(c.top[k]), float(c.bottom[k])) for c, k in zip(every, chosen, strict=True)]


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.linalg.norm(vector))
