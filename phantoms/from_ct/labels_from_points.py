"""Vertebrae of a CT without labels, found about points that somebody put into their bodies.

The points say which vertebra is which; discs, bodies and arches are told by Hounsfield units. What comes of it serves
to find the canal and to number the levels; it is no segmentation to measure bones on.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.from_ct.endplates import find_ends
from phantoms.from_ct.image import VERTEBRA_LABELS, CtFault
from phantoms.from_ct.resampling import axis_mm
from phantoms.from_ct.vertebra_row import follow_each_other
from phantoms.morphometry import VertebraMorphometry, morphometry
from phantoms.phantom import VoxelGrid
from phantoms.vertebra_shape import tabled_or_assumed
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Vertebra, column_with

_NUMBERS = {name: number for number, name in VERTEBRA_LABELS.items()}
_BONE_HU, _BODY_HU = 180.0, 110.0  # of arches; of a body's marrow and shell, smoothed (assumptions)
_SHELL_HU = 150.0
_SOFT_HU, _MARROW_HU = 50.0, (75.0, 110.0)  # beside a body; where its marrow begins, half way from there to its own
_TURNS, _MOVED_MM = 4, 6.0  # of looking for a body's middle; from the line through the points
_AROUND = 1.12  # of the table's width and depth: a large vertebra
_ARCH_MM = (46.0, 62.0)  # half width and depth of what is searched behind a body
_SLOPE_FROM_MM = 8.0  # behind the posterior wall the laminae begin to reach down
_LEAST_SLOPE, _MOST_SLOPE = 0.3, 1.0  # of the border between two arches, mm down per mm behind
_APART_MM = (12.0, 60.0)
_WITHOUT_BODY = ("C1", "C2")  # or none that looks like the others


def labels_at(
    hu: NDArray[np.int16], grid: VoxelGrid, points_mm: Mapping[str, PatientPoint], what: str
) -> tuple[NDArray[np.uint8], str]:
    """Vertebra labels in TotalSegmentator's numbers [shape=(z, y, x)], about the centres of vertebral bodies, and a
    sentence that tells what was found beside what was pointed at.

    Args:
        hu, grid: the CT
        points_mm: by name ("L4"), LPS, anywhere well within the body
        what: the CT's file, for messages

    Raises:
        CtFault: a point lies outside the image or not in a vertebra, a name is none, or they do not follow each other.
    """
    checked = _checked(grid, points_mm, what)
    names = tuple(checked)
    spine = _Spine(names, np.array(list(checked.values())), grid)
    labels = np.zeros(grid.shape, dtype=np.uint8)
    ends = find_ends(hu, grid, spine.points, spine.rows)
    spine.centre_on_bodies(hu, ends)
    x, y, z = (axis_mm(grid, k) for k in range(3))
    heights = (max(float(ends[-1, 0]) - 30.0, z[0]), min(float(ends[0, 1]) + 10.0, z[-1]))
    for k in np.flatnonzero((z >= heights[0]) & (z <= heights[1])):
        labels[k] = spine.plane(hu, int(k), float(z[k]), x, y, ends)
    for name in names:
        if (labels == _NUMBERS[name]).sum() * float(np.prod(grid.spacing_mm)) < 4000.0:
            fix = "Put it into the middle of that vertebra's body"
            raise CtFault(what, f"point {name}", "there is hardly any bone about it", fix)
    return labels, spine.told(ends) + _without_body_told(points_mm)


def _without_body_told(named_mm: Mapping[str, PatientPoint]) -> str:
    """Of points that are passed over, that they are; nothing where there are none."""
    there = [name for name in _WITHOUT_BODY if name in named_mm]
    return f"; passed over {' and '.join(there)}: no body there is like the others'" if there else ""


def _checked(grid: VoxelGrid, named_mm: Mapping[str, PatientPoint], what: str) -> dict[Vertebra, PatientPoint]:
    """The points by vertebra, from the head down."""
    numbers: Mapping[str, int] = {str(vertebra): number for vertebra, number in _NUMBERS.items()}
    unknown = [name for name in named_mm if name not in numbers]
    if unknown:
        fix = "Name points C3 to C7, T1 to T12, L1 to L5, L6 or S1"
        raise CtFault(what, f"point {unknown[0]}", "there is no such vertebra with a body", fix)
    points_mm = {Vertebra(name): point for name, point in named_mm.items() if name not in _WITHOUT_BODY}
    row = list(column_with(points_mm))
    names = sorted(points_mm, key=row.index)
    first, last = (
        np.array(grid.origin_mm),
        np.array(grid.origin_mm) + np.multiply(grid.spacing_mm, np.array(grid.shape[::-1]) - 1),
    )
    for name in names:
        point = np.array(points_mm[name])
        if not (np.isfinite(point).all() and (point >= first).all() and (point <= last).all()):
            text = " x ".join(f"{a:.0f}..{b:.0f}" for a, b in zip(first, last, strict=True))
            fix = f"In LPS the image reaches {text} mm; a point in RAS has x and y with the other sign"
            raise CtFault(what, f"point {name}", "it lies outside the image", fix)
    if len(names) < 2:
        raise CtFault(what, "points", "one vertebra alone is pointed at", "Point at two neighbours or more")
    if [row.index(name) for name in names] != list(range(row.index(names[0]), row.index(names[0]) + len(names))):
        fix = "Point at every vertebra between the first and the last"
        raise CtFault(what, "points", f"{' '.join(names)} are not neighbours", fix)
    if not follow_each_other(np.array([points_mm[name][::-1] for name in names]), _APART_MM):
        fix = "Put each point into the middle of its vertebra's body, L5 below L4"
        raise CtFault(what, "points", f"{' '.join(names)} do not follow each other down the spine", fix)
    return {name: points_mm[name] for name in names}


class _Spine:
    """Points from the head down, and what the table says of bodies and discs between them."""

    def __init__(self, names: tuple[Vertebra, ...], points: FloatArray, grid: VoxelGrid) -> None:
        self.names, self.points, self.grid = names, points, grid
        self.rows = [morphometry()[name] for name in names]
        order = np.argsort(points[:, 2])
        self._line = points[order]
        self._marrow_hu = np.full(len(names), _BODY_HU)

    def centre(self, z_mm: float) -> tuple[float, float]:
        """x and y of the line through the points, straight beyond its ends."""
        line = self._line
        at = int(np.clip(np.searchsorted(line[:, 2], z_mm) - 1, 0, len(line) - 2))
        part = (z_mm - line[at, 2]) / (line[at + 1, 2] - line[at, 2])
        x, y = line[at, :2] + part * (line[at + 1, :2] - line[at, :2])
        return float(x), float(y)

    def told(self, ends: FloatArray) -> str:
        """Height of each body as found, the table's, and how far its middle is from the point in it."""
        found = []
        for name, row, point, (low, high) in zip(self.names, self.rows, self.points, ends, strict=True):
            middle = 0.5 * (low + high)
            off = float(np.linalg.norm(np.array([*self.centre(middle), middle]) - point))
            tabled = row.anterior.body_height_post_mm
            found.append(f"{name} {high - low:.0f} mm high (table {tabled:.0f}), {off:.0f} mm off")
        return "bodies found about the points, and their middles' distance from these: " + "; ".join(found)

    def centre_on_bodies(self, hu: NDArray[np.int16], ends: FloatArray) -> None:
        """Move the line into the middles of the bodies, and learn how dark each one's marrow is."""
        centres = self.points.copy()
        x, y = (axis_mm(self.grid, k) for k in (0, 1))
        for i, (low, high) in enumerate(ends):
            middle, quarter = 0.5 * (low + high), 0.2 * (high - low)
            planes = np.abs(self.grid.z_mm - middle) <= max(quarter, 0.6 * self.grid.spacing_mm[2])
            if not planes.any():
                continue
            slab = hu[planes].mean(axis=0)
            slab = ndimage.gaussian_filter(slab, [1.2 / self.grid.spacing_mm[1], 1.2 / self.grid.spacing_mm[0]])
            wide, deep = (0.5 * _AROUND * size for size in _size(self.rows[i]))
            at = np.array(self.centre(middle))
            for _ in range(_TURNS):
                u, v = x[None, :] - at[0], y[:, None] - at[1]
                inside = (u / wide) ** 2 + (v / deep) ** 2 < 1.0
                inner = (u / wide) ** 2 + (v / deep) ** 2 < 0.4
                if not inner.any():
                    break
                marrow = float(np.median(slab[inner]))
                self._marrow_hu[i] = np.clip(0.5 * (_SOFT_HU + marrow), *_MARROW_HU)
                bone = inside & (slab > self._marrow_hu[i])
                bone = ndimage.binary_opening(ndimage.binary_fill_holes(bone), iterations=2)
                if not bone.any():
                    break
                shift = np.array([np.mean(np.broadcast_to(q, bone.shape)[bone]) for q in (u, v)])
                at = at + shift
            moved = at - self.centre(middle)
            centres[i] = (
                *(self.centre(middle) + moved * min(1.0, _MOVED_MM / max(float(np.hypot(*moved)), 1e-9))),
                middle,
            )
        order = np.argsort(centres[:, 2])
        self._line = centres[order]

    def plane(
        self, hu: NDArray[np.int16], k: int, z_mm: float, x: FloatArray, y: FloatArray, ends: FloatArray
    ) -> NDArray[np.uint8]:
        """Labels of one plane."""
        out = np.zeros((len(y), len(x)), dtype=np.uint8)
        cx, cy = self.centre(z_mm)
        slope = self._tilt(z_mm)
        nearest = int(np.argmin(np.abs(self.points[:, 2] - z_mm)))
        row = self.rows[nearest]
        wide, deep = (0.5 * _AROUND * size for size in _size(row))
        column = slice(*np.searchsorted(x, [cx - _ARCH_MM[0], cx + _ARCH_MM[0]]))
        line = slice(*np.searchsorted(y, [cy - deep - 2.0, cy + deep + _ARCH_MM[1]]))
        u, v = np.meshgrid(x[column] - cx, y[line] - cy)
        part = hu[k, line, column].astype(np.float32)
        smooth = ndimage.gaussian_filter(part, [1.2 / self.grid.spacing_mm[1], 1.2 / self.grid.spacing_mm[0]])
        along = z_mm - slope * v  # a body's ends are square to the spine, not level
        near = (u / wide) ** 2 + (v / deep) ** 2 < 1.0
        marrow = self._marrow_hu[nearest]
        shell = ndimage.binary_closing(near & ((smooth > marrow) | (part > _SHELL_HU)), iterations=2)
        body = ndimage.binary_opening(ndimage.binary_fill_holes(shell), iterations=2)
        arch = (part > _BONE_HU) & (v > 0.6 * deep) & ~body
        found = np.zeros(part.shape, dtype=np.uint8)
        behind = np.maximum(v - 0.9 * deep - _SLOPE_FROM_MM, 0.0)
        for i, name in enumerate(self.names):
            fall = np.clip(np.tan(np.radians(_spinous_deg(self.rows[i]))), _LEAST_SLOPE, _MOST_SLOPE)
            low, high = ends[i]
            found[body & (along > low) & (along < high)] = _NUMBERS[name]
            top = 0.5 * (high + ends[i - 1, 0]) if i else high
            bottom = 0.5 * (low + ends[i + 1, 1]) if i + 1 < len(self.names) else low
            sunk = along + fall * behind
            found[arch & (sunk > bottom) & (sunk <= top)] = _NUMBERS[name]
        out[line, column] = found
        return out

    def _tilt(self, z_mm: float) -> float:
        """How far a level surface of the spine falls to the back: dy/dz of its axis there, with the other sign."""
        step = 8.0
        return -(self.centre(z_mm + step)[1] - self.centre(z_mm - step)[1]) / (2.0 * step)


def _size(row: VertebraMorphometry) -> tuple[float, float]:
    """Width and depth of a body, mm."""
    return (
        max(tabled_or_assumed(row, "body_width_upper_mm"), tabled_or_assumed(row, "body_width_lower_mm")),
        max(tabled_or_assumed(row, "body_depth_upper_mm"), tabled_or_assumed(row, "body_depth_lower_mm")),
    )


def _spinous_deg(row: VertebraMorphometry) -> float:
    return tabled_or_assumed(row, "spinous_angle_deg_caudal")
