"""CtAnatomy: distances and tissues of a patient made from a CT, at any point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms import anatomy_kernels
from phantoms.canal.canal_kernels import CanalArrays
from phantoms.canal.model import CanalModel
from phantoms.from_ct import ct_kernels as from_ct_kernels
from phantoms.from_ct.back import BackMoved
from phantoms.from_ct.cord import CordSeen
from phantoms.from_ct.ct_kernels import CtArrays
from phantoms.phantom import Points
from simulator.spatial.arrays import FloatArray


def _checked(points_mm: Points) -> Points:
    points = np.ascontiguousarray(points_mm, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"points have shape {points.shape}, not (n, 3)")
    return points


@dataclass(frozen=True, slots=True, kw_only=True)
class CtAnatomy:
    """Bone, skin and soft tissue as the CT shows them, the canal's content as derived; implements `Anatomy`.

    Distances to dura and nerves are those of the derived solids. Those to bone and skin come from fields of 1 and 2 mm,
    trilinear between voxels: no finer than the CT's own voxels. Points are [shape=(n, 3), float64, mm, patient's
    frame]; ValueError for any other shape.
    """

    canal: CanalModel
    canal_arrays: CanalArrays
    ct_arrays: CtArrays
    interspace_s_mm: Mapping[str, float]
    back: BackMoved
    cord_seen: CordSeen | None

    def curved_mm(self, points_mm: Points) -> Points:
        """Coordinates along the canal [shape=(n, 3)]: left of the posterior wall line, behind it, along it."""
        points = _checked(points_mm)
        out = np.empty_like(points)
        anatomy_kernels.curved(out, points, self.canal_arrays)
        return out

    def dura_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the outer face of the dura (sac and root sleeves), shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        anatomy_kernels.dura(out, points, self.canal_arrays)
        return out

    def neural_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the nearest of cord, cauda equina and exiting roots, shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        anatomy_kernels.neural(out, points, self.canal_arrays)
        return out

    def cord_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the spinal cord alone (1000 where there is none), shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        anatomy_kernels.cord(out, points, self.canal_arrays)
        return out

    def bone_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to bone, shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        from_ct_kernels.bone_points(out, points, self.ct_arrays, self.canal_arrays)
        return out

    def skin_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the skin's outer face, negative in the body, shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points))
        from_ct_kernels.skin_points(out, points, self.ct_arrays)
        return out

    def label(self, points_mm: Points) -> NDArray[np.uint8]:
        """Tissue at each point as `Label` values, shape (n,); soft tissue is told by voxels of 1 mm."""
        points = _checked(points_mm)
        out = np.empty(len(points), dtype=np.uint8)
        from_ct_kernels.label_points(out, points, self.ct_arrays, self.canal_arrays)
        return out

    def zone(self, points_mm: Points) -> NDArray[np.uint8]:
        """Part of the epidural space in which each point lies, as `ZoneLabel` values, shape (n,)."""
        points = _checked(points_mm)
        out = np.empty(len(points), dtype=np.uint8)
        from_ct_kernels.zone_points(out, points, self.ct_arrays, self.canal_arrays)
        return out

    def level(self, point_mm: Points) -> str:
        """Interspace nearest to one point of shape (3,), such as "L3/4"."""
        s = float(self.curved_mm(np.reshape(point_mm, (1, 3)))[0, 2])
        return min(self.interspace_s_mm, key=lambda name: abs(self.interspace_s_mm[name] - s))

    def epidural_depth_mm(self, point_mm: Points) -> float:
        """Depth of the dorsal epidural space on the midline, flavum or lamina to dura, at one point's height."""
        s = float(self.curved_mm(np.reshape(point_mm, (1, 3)))[0, 2])
        return self.canal.epidural_depth_mm(s)
