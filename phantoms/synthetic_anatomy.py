"""SyntheticAnatomy: the solids of a synthetic patient, asked at any point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms import anatomy_kernels as kernels
from phantoms.canal_anatomy import CanalAnatomy, ask_distances, ask_labels
from phantoms.phantom import Points
from phantoms.spine import Spine
from simulator.spatial.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticAnatomy(CanalAnatomy):
    """Signed distances and tissues from the solids themselves; implements `phantoms.phantom.Anatomy`.

    Distances to the dura are true distances (within 0.15 mm for 8 mm about it). Those to bone and skin are exact on
    the surface; beside it that to bone is 0.5 to 1.2 of the truth (median 0.83), for its solids are flattened, blended
    and warped.
    """

    spine: Spine

    @classmethod
    def from_spine(cls, spine: Spine) -> SyntheticAnatomy:
        """Anatomy of a patient's solids."""
        return cls(
            canal=spine.canal, canal_arrays=spine.canal_arrays, interspace_s_mm=spine.interspace_s_mm, spine=spine
        )

    def bone_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to bone, shape (n,); 1000 far from any."""
        return ask_distances(kernels.bone, points_mm, self.spine.solids)

    def skin_mm(self, points_mm: Points) -> FloatArray:
        """Signed distance to the skin's outer face, negative in the body, shape (n,)."""
        return ask_distances(kernels.skin, points_mm, self.spine.solids)

    def label(self, points_mm: Points) -> NDArray[np.uint8]:
        """Tissue at each point as `Label` values, from the solids and not from voxels, shape (n,)."""
        return ask_labels(kernels.labels, points_mm, self.spine.solids)

    def zone(self, points_mm: Points) -> NDArray[np.uint8]:
        """Part of the epidural space in which each point lies, as `ZoneLabel` values, shape (n,).

        Dorsal and ventral are the quarters behind and in front of the sac's centre, in units of its half diameters.
        """
        return ask_labels(kernels.zones, points_mm, self.spine.solids)
