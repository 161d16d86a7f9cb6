"""CanalAnatomy: what the canal's solids say of any point, the same for a synthetic patient and for one from a CT."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms import anatomy_kernels as kernels
from phantoms.canal.canal_kernels import CanalArrays
from phantoms.canal.canal_model import CanalModel
from phantoms.fluid.layered_contrast import layered_part
from phantoms.phantom import Points
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.procedure import MyelogramPosition


def checked_points(points_mm: Points) -> Points:
    """Points as a contiguous array [shape=(n, 3), float64]; ValueError for any other shape."""
    points = np.ascontiguousarray(points_mm, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"points have shape {points.shape}, not (n, 3)")
    return points


def ask_distances(kernel: Callable[..., None], points_mm: Points, *arrays: Any) -> FloatArray:
    """A distance at each point, shape (n,), from a kernel that takes the output, the points and some arrays."""
    points = checked_points(points_mm)
    distances = np.empty(len(points))
    kernel(distances, points, *arrays)
    return distances


def ask_labels(kernel: Callable[..., None], points_mm: Points, *arrays: Any) -> NDArray[np.uint8]:
    """A label at each point, shape (n,), from a kernel that takes the output, the points and some arrays."""
    points = checked_points(points_mm)
    labels = np.empty(len(points), dtype=np.uint8)
    kernel(labels, points, *arrays)
    return labels


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalAnatomy:
    """The part of `phantoms.phantom.Anatomy` that the canal alone decides.

    Points are [shape=(n, 3), float64, mm, patient's frame]; ValueError for any other shape.

    Attributes:
        canal: the canal along its centreline
        canal_arrays: the same for the kernels
        interspace_s_mm: arc length of each disc's middle
    """

    canal: CanalModel
    canal_arrays: CanalArrays
    interspace_s_mm: Mapping[Interspace, float]

    def to_canal_coordinates(self, points_mm: Points) -> FloatArray:
        """Canal coordinates (u, v, s) of points [shape=(n, 3), mm]: left of the posterior wall, behind it, along it."""
        points = checked_points(points_mm)
        out = np.empty_like(points)
        kernels.canal_coordinates(out, points, self.canal_arrays)
        return out

    def dura_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the outer face of the dura (sac and root sleeves), shape (n,)."""
        return ask_distances(kernels.dura, points_mm, self.canal_arrays)

    def neural_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the nearest of cord, cauda equina and exiting roots, shape (n,)."""
        return ask_distances(kernels.neural, points_mm, self.canal_arrays)

    def cord_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the spinal cord alone (1000 where there is none), shape (n,)."""
        return ask_distances(kernels.cord, points_mm, self.canal_arrays)

    def contrast_part(self, points_mm: Points, position: MyelogramPosition) -> FloatArray:
        """Contrast at points within the dura while the patient lies so, as a part of that while prone, shape (n,)."""
        u, v, s = self.to_canal_coordinates(points_mm).T
        sac, along = self.canal.sac, self.canal.s_mm
        middle_u, middle_v, half_width, half_ap = (
            np.interp(s, along, table) for table in (sac.u_mm, sac.v_mm, sac.half_width_mm, sac.half_ap_mm)
        )
        return layered_part(
            (u - middle_u) / half_width,
            (v - middle_v) / half_ap,
            settling=self.canal.fluid.settling,
            position=position,
        )

    def level(self, point: PatientPoint) -> Interspace:
        """Interspace nearest to one point."""
        s = self.canal.centreline.to_canal(point).s_mm
        return min(self.interspace_s_mm, key=lambda level: abs(self.interspace_s_mm[level] - s))

    def epidural_depth_mm(self, point: PatientPoint) -> float:
        """Depth of the dorsal epidural space on the midline at one point's height, flavum or lamina to dura."""
        return self.canal.epidural_depth_mm(self.canal.centreline.to_canal(point).s_mm)
