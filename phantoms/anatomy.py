"""SyntheticAnatomy: the solids of a synthetic patient, asked at any point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms import anatomy_kernels as kernels
from phantoms.phantom import Points
from phantoms.spine import Spine
from simulator.spatial.arrays import FloatArray


def _checked(points_mm: Points) -> Points:
    points = np.ascontiguousarray(points_mm, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"points have shape {points.shape}, not (n, 3)")
    return points


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticAnatomy:
    """Signed distances and tissues from the solids themselves; implements `phantoms.phantom.Anatomy`.

    Distances to the dura are true distances (within 0.15 mm for 8 mm about it). Those to bone and skin are exact on
    the surface; beside it that to bone is 0.5 to 1.2 of the truth (median 0.83), for its solids are flattened, blended
    and warped. Points are [shape=(n, 3), float64, mm, patient's frame]; ValueError for any other shape.
    """

    spine: Spine

    def curved_mm(self, points_mm: Points) -> Points:
        """Coordinates along the canal: left of the posterior wall, behind it, along it [shape=(n, 3)]."""
        points = _checked(points_mm)
        out = np.empty_like(points)
        kernels.curved(out, points, self.spine.canal_arrays)
        return out

    def dura_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the outer face of the dura (sac and root sleeves), shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        kernels.dura(out, points, self.spine.canal_arrays)
        return out

    def neural_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the nearest of cord, cauda equina and exiting roots, shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        kernels.neural(out, points, self.spine.canal_arrays)
        return out

    def cord_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the spinal cord alone (1000 where there is none), shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        kernels.cord(out, points, self.spine.canal_arrays)
        return out

    def bone_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to bone, shape (n,); 1000 far from any."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        row = self.spine.row
        kernels.bone(out, points, row.vertebrae, row.frames, self.spine.canal_arrays, self.spine.body_arrays)
        return out

    def skin_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the skin's outer face, negative in the body, shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        kernels.skin(out, points, self.spine.canal_arrays, self.spine.body_arrays)
        return out

    def label(self, points_mm: Points) -> NDArray[np.uint8]:
        """Tissue at each point as `Label` values, from the solids and not from voxels, shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points), dtype=np.uint8)
        row = self.spine.row
        kernels.labels(out, points, row.vertebrae, row.frames, self.spine.canal_arrays, self.spine.body_arrays)
        return out

    def zone(self, points_mm: Points) -> NDArray[np.uint8]:
        """Part of the epidural space in which each point lies, as `ZoneLabel` values, shape (n,).

        Dorsal and ventral are the quarters behind and in front of the sac's centre, in units of its half
        diameters.
        """
        points = _checked(points_mm)
        out = np.empty(len(points), dtype=np.uint8)
        row = self.spine.row
        kernels.zones(out, points, row.vertebrae, row.frames, self.spine.canal_arrays, self.spine.body_arrays)
        return out

    def level(self, point_mm: Points) -> str:
        """Interspace nearest to one point of shape (3,), such as "L3/4"."""
        s = float(self.curved_mm(np.reshape(point_mm, (1, 3)))[0, 2])
        discs = self.spine.interspace_s_mm
        return min(discs, key=lambda name: abs(discs[name] - s))

    def epidural_depth_mm(self, point_mm: Points) -> float:
        """Depth of the dorsal epidural space on the midline at one point's height, flavum or lamina to dura."""
        s = float(self.curved_mm(np.reshape(point_mm, (1, 3)))[0, 2])
        return self.spine.canal.epidural_depth_mm(s)
