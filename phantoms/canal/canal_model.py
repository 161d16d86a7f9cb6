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
from simulator.spatial.frames import CanalPoint
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
class DuralSac:
    """The dural sac along the canal.

    Attributes:
        u_mm, v_mm: [shape=(n,)] its centre
        half_ap_mm, half_width_mm: [shape=(n,)] half diameters, which set the zones' borders
        radius_mm: [shape=(n, angle)] outline of the dura's outer face, polar about the centre; angles even over a
            turn, from u towards v
    """

    u_mm: FloatArray
    v_mm: FloatArray
    half_ap_mm: FloatArray
    half_width_mm: FloatArray
    radius_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalWalls:
    """The walls of the canal, every table [shape=(n,)].

    Attributes:
        dorsal_apex_mm: v of the dorsal wall on the midline; dorsal_slope its fall per mm to the side
        flavum_thickness_mm, flavum_reach_mm: the flavum's thickness (0 under bone) and half width
        half_width_mm: between the pedicles; front_mm: v of the canal's front
        interlaminar_window: 1 between laminae, 0 under them
    """

    dorsal_apex_mm: FloatArray
    dorsal_slope: FloatArray
    flavum_thickness_mm: FloatArray
    flavum_reach_mm: FloatArray
    half_width_mm: FloatArray
    front_mm: FloatArray
    interlaminar_window: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SpinalCord:
    """The cord's ellipse along the canal, every table [shape=(n,)]: centre and half diameters, 0 below the conus."""

    u_mm: FloatArray
    v_mm: FloatArray
    half_ap_mm: FloatArray
    half_width_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Nerves:
    """Roots of the nerves, and the foramina by which they leave.

    Attributes:
        roots: exiting roots with their sleeves
        strands: [shape=(n, strand, 3)] u, v, radius of the strands of the cauda equina; radius 0 where one has left
        foramina: [shape=(f, 7)] u, v, s, half sizes and forward slope of the fat-filled foramina
    """

    roots: tuple[RootPath, ...]
    strands: FloatArray
    foramina: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalFluid:
    """Contrast in the sac's fluid, and fluid that has left the sac; every table [shape=(n,)].

    Attributes:
        csf_iodine_mg_per_ml, collection_iodine_mg_per_ml: contrast in the sac's middle and outside it
        collection_thickness_mm: of the epidural collection behind the sac; 0 where there is none
        collection_behind_fraction: part of it that lies behind the sac alone and not about it, 0..1
        ventral_thickness_mm, ventral_iodine_mg_per_ml: of fluid before the sac, and of the contrast in it
        perineural_leaks: fluid along roots, all with one number of points
        ventral_hole: of a ventral tear, in the sac's front; None where there is none
        settling: part by which contrast is denser at the sac's front than in its middle
    """

    csf_iodine_mg_per_ml: FloatArray
    collection_thickness_mm: FloatArray
    collection_iodine_mg_per_ml: FloatArray
    collection_behind_fraction: FloatArray
    ventral_thickness_mm: FloatArray
    ventral_iodine_mg_per_ml: FloatArray
    perineural_leaks: tuple[PerineuralPath, ...] = ()
    settling: float = 0.0
    ventral_hole: CanalPoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalModel:
    """The canal along its centreline. Every table's sample i lies at s = s_start_mm + i * s_step_mm.

    Attributes:
        centreline: posterior wall of the canal; (u, v, s) = (left of it, behind it, along it)
        sac, walls, cord, nerves, fluid: what the canal is made of, in these coordinates
    """

    centreline: CanalTransform
    s_start_mm: float
    s_step_mm: float
    sac: DuralSac
    walls: CanalWalls
    cord: SpinalCord
    nerves: Nerves
    fluid: CanalFluid

    @property
    def s_mm(self) -> FloatArray:
        """Arc length of the tables' samples [shape=(n,)]."""
        return np.asarray(self.s_start_mm + self.s_step_mm * np.arange(len(self.sac.v_mm)))

    def at(self, table: FloatArray, s_mm: float) -> float:
        """One of the model's tables [shape=(n,)] at one arc length."""
        return float(np.interp(s_mm, self.s_mm, table))

    def epidural_depth_mm(self, s_mm: float) -> float:
        """Depth of the dorsal epidural space on the midline, flavum or lamina to dura."""
        back = self.at(self.sac.v_mm, s_mm) + self.at(self.sac.half_ap_mm, s_mm)
        return self.at(self.walls.dorsal_apex_mm, s_mm) - back
