"""CtAnatomy: distances and tissues of a patient made from a CT, at any point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.canal_anatomy import CanalAnatomy, ask_distances, ask_labels
from phantoms.from_ct import ct_kernels as kernels
from phantoms.from_ct.cord import CordSeen
from phantoms.from_ct.ct_kernels import CtArrays
from phantoms.from_ct.derived_errors import Sureness
from phantoms.from_ct.pressed_back import BackMoved
from phantoms.phantom import Points
from simulator.spatial.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CtAnatomy(CanalAnatomy):
    """Bone, skin and soft tissue as the CT shows them, the canal's content as derived; implements `Anatomy`.

    Distances to dura and nerves are those of the derived solids. Those to bone and skin come from fields of 1 and 2 mm,
    trilinear between voxels: no finer than the CT's own voxels.

    Attributes:
        ct_arrays: the CT's fields for the kernels
        back: how far the skin of the back was moved
        cord_seen: what labels show of the cord; None where they show none
        sure: how sure what was derived of the canal is
    """

    ct_arrays: CtArrays
    back: BackMoved
    cord_seen: CordSeen | None
    sure: Sureness

    def bone_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to bone, shape (n,)."""
        return ask_distances(kernels.bone_points, points_mm, self.ct_arrays, self.canal_arrays)

    def skin_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the skin's outer face, negative in the body, shape (n,)."""
        return ask_distances(kernels.skin_points, points_mm, self.ct_arrays)

    def label(self, points_mm: Points) -> NDArray[np.uint8]:
        """Tissue at each point as `Label` values, shape (n,); soft tissue is told by voxels of 1 mm."""
        return ask_labels(kernels.label_points, points_mm, self.ct_arrays, self.canal_arrays)

    def zone(self, points_mm: Points) -> NDArray[np.uint8]:
        """Part of the epidural space in which each point lies, as `ZoneLabel` values, shape (n,)."""
        return ask_labels(kernels.zone_points, points_mm, self.ct_arrays, self.canal_arrays)
