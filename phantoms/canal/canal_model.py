"""CanalModel: the spinal canal as a curve and tables along it, whatever they were made or measured from.

The same model serves a synthetic patient and one fitted to the labels of a real CT: a smooth centreline on
the posterior walls of the vertebral bodies, the sac's outline, and one number per millimetre for everything
else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.spatial.arrays import FloatArray
from simulator.spatial.canal_transform import CanalTransform
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import Vertebra


@dataclass(frozen=True, slots=True, kw_only=True)
class RootPath:
    """An exiting root in curved coordinates, from inside the sac to beyond the foramen.

    Attributes:
        vertebra: whose pedicle it passes beneath
        side: left or right
        uvs_mm: [shape=(k, 3)] axis of the root, s evenly spaced and falling
        radius_mm: [shape=(k,)]
        sleeve_mm: [shape=(k,)] from the root to the outer face of its dural sleeve; 0 where it has none
    """

    vertebra: Vertebra
    side: Side
    uvs_mm: FloatArray
    radius_mm: FloatArray
    sleeve_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PerineuralPath:
    """Fluid that has run along a root, in curved coordinates.

    Attributes:
        uvs_mm: [shape=(k, 3)] axis of the fluid, from the hole outwards
        radius_mm: [shape=(k,)]
        iodine_mg_per_ml: [shape=(k,)]
    """

    uvs_mm: FloatArray
    radius_mm: FloatArray
    iodine_mg_per_ml: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalModel:
    """The canal along its centreline. Every table is [shape=(n,), float64] at s = s_start_mm + i * s_step_mm.

    Attributes:
        centreline: posterior wall of the canal; (u, v, s) = (left of it, behind it, along it)
        sac_u_mm, sac_v_mm: centre of the sac
        sac_half_ap_mm, sac_half_width_mm: half diameters of the sac, which set the zones' borders
        sac_radius_mm: [shape=(n, angle)] outline of the dura's outer face, polar about the centre; angles
            even over a turn, from u towards v
        dorsal_wall_apex_mm: v of the canal's dorsal wall on the midline; dorsal_wall_slope its fall per mm to the side
        flavum_thickness_mm, flavum_reach_mm: the flavum's thickness (0 under bone) and half width
        half_width_mm: between the pedicles; front_mm: v of the canal's front
        csf_iodine_mg_per_ml, collection_iodine_mg_per_ml: contrast in the sac's middle and outside it
        collection_thickness_mm: of the epidural collection behind the sac; 0 where there is none
        collection_behind_fraction: part of it that lies behind the sac alone and not about it, 0..1
        cord_half_ap_mm, cord_half_width_mm, cord_u_mm, cord_v_mm: the cord's ellipse; 0 below the conus
        interlaminar_window: 1 between laminae, 0 under them
        roots: exiting roots with their sleeves
        strands: [shape=(n, strand, 3)] u, v, radius of the strands of the cauda equina; radius 0 where one
            has left
        foramina: [shape=(f, 7)] u, v, s, half sizes and forward slope of the fat-filled foramina
        perineural_leaks: fluid along roots, all with one number of points
        settling: part by which contrast is denser at the sac's front than in its middle
    """

    centreline: CanalTransform
    s_start_mm: float
    s_step_mm: float
    sac_u_mm: FloatArray
    sac_v_mm: FloatArray
    sac_half_ap_mm: FloatArray
    sac_half_width_mm: FloatArray
    sac_radius_mm: FloatArray
    dorsal_wall_apex_mm: FloatArray
    dorsal_wall_slope: FloatArray
    flavum_thickness_mm: FloatArray
    flavum_reach_mm: FloatArray
    half_width_mm: FloatArray
    front_mm: FloatArray
    csf_iodine_mg_per_ml: FloatArray
    collection_thickness_mm: FloatArray
    collection_iodine_mg_per_ml: FloatArray
    collection_behind_fraction: FloatArray
    cord_half_ap_mm: FloatArray
    cord_half_width_mm: FloatArray
    cord_u_mm: FloatArray
    cord_v_mm: FloatArray
    interlaminar_window: FloatArray
    roots: tuple[RootPath, ...]
    strands: FloatArray
    foramina: FloatArray
    perineural_leaks: tuple[PerineuralPath, ...] = ()
    settling: float = 0.0

    @property
    def s_mm(self) -> FloatArray:
        """Arc length of the tables' samples [shape=(n,)]."""
        return np.asarray(self.s_start_mm + self.s_step_mm * np.arange(len(self.sac_v_mm)))

    def at(self, table: str, s_mm: float) -> float:
        """One table at one arc length."""
        return float(np.interp(s_mm, self.s_mm, getattr(self, table)))

    def epidural_depth_mm(self, s_mm: float) -> float:
        """Depth of the dorsal epidural space on the midline, flavum or lamina to dura."""
        back = self.at("sac_v_mm", s_mm) + self.at("sac_half_ap_mm", s_mm)
        return self.at("dorsal_wall_apex_mm", s_mm) - back
