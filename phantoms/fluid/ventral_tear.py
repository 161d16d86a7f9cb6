"""A ventral tear: the pool before the sac, how the sac gives way to it, the spur that tore the dura, and the hole.

Type 1 of the leaks: a spur at the edge of an endplate, or of a calcified disc, has gone through the front of the dura
(14 of 14 in Thielen 2015, J Neurosurg Spine 22:324). The fluid collects before the sac over many levels, with most
contrast at the hole (Yoshida 2014, J Neurosurg Spine 21:432, a gradient of contrast), and pushes the sac back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from phantoms.canal.canal_model import CanalModel
from phantoms.fluid.leak import LeakParameters, pool
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import CanalPoint
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Vertebra

_TO_THE_LEFT = {Laterality.LEFT: 1.0, Laterality.RIGHT: -1.0, Laterality.BOTH: 0.0}
_ASIDE = math.radians(22.0)  # from the midline to the tear's side, where the hole is in the sac's front (assumption)
BELOW_ENDPLATE_MM = 1.0  # where the spur meets the dura: a little below the endplate that it grows from (assumption)
_INTO_DURA_MM = 1.2  # that the spur aims beyond the dura's outer face, so that it touches wherever bone is warped


@dataclass(frozen=True, slots=True, kw_only=True)
class DuralSpur:
    """A spur of bone from the lower edge of a vertebral body to the dura.

    Attributes:
        vertebra: from whose lower endplate it grows
        aside_mm: of the midline, positive to the left
        reach_mm: of its tip behind the posterior wall line
    """

    vertebra: Vertebra
    aside_mm: float
    reach_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VentralPool:
    """Fluid before the sac, each [shape=(n,)]: thickness at the midline, mm, and iodine, mg/mL; zero where none is."""

    thickness_mm: FloatArray
    iodine_mg_per_ml: FloatArray


def ventral_pool(
    s_mm: FloatArray,
    hole_s_mm: float,
    level_mm: float,
    sac_iodine_mg_per_ml: FloatArray,
    leak: LeakParameters,
) -> VentralPool:
    """Fluid that a ventral tear lets out; none for any other leak.

    Args:
        s_mm, level_mm, sac_iodine_mg_per_ml: as in `leak.collection`
        hole_s_mm: arc length of the hole
        leak: the parameters
    """
    if leak.pattern != LeakPattern.VENTRAL_TEAR:
        return VentralPool(thickness_mm=np.zeros_like(s_mm), iodine_mg_per_ml=np.zeros_like(s_mm))
    thickness, iodine = pool(s_mm, hole_s_mm, level_mm, sac_iodine_mg_per_ml, leak)
    return VentralPool(thickness_mm=thickness, iodine_mg_per_ml=iodine)


def pushed_back(
    pool_mm: FloatArray, sac_v: FloatArray, half_ap: FloatArray, room_mm: FloatArray, spare_mm: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The sac's v and half depth behind a ventral pool, and the pool's thickness as far as there was room for it.

    The sac moves back as far as the laminae let it; then its front gives way, as far as the cord lets it (assumption).

    Args:
        pool_mm: that the pool would be thick
        sac_v, half_ap: of the sac where no pool is
        room_mm: between the sac's back and the laminae
        spare_mm: of the sac's depth, beyond what the cord and a little fluid about it need
    """
    moved = np.minimum(pool_mm, np.maximum(room_mm, 0.0))
    pressed = np.clip(pool_mm - moved, 0.0, np.maximum(spare_mm, 0.0))
    return sac_v + moved + 0.5 * pressed, half_ap - 0.5 * pressed, moved + pressed


def ventral_hole(model: CanalModel, side: Laterality, hole_s_mm: float) -> CanalPoint:
    """Where the hole is in the sac's front: near the midline, to the tear's side."""
    angle = -0.5 * math.pi + _TO_THE_LEFT[side] * _ASIDE
    row = int(np.argmin(np.abs(model.s_mm - hole_s_mm)))
    count = model.sac.radius_mm.shape[1]
    turns = 2.0 * math.pi * np.arange(count) / count
    radius = float(np.interp(angle % (2.0 * math.pi), turns, model.sac.radius_mm[row], period=2.0 * math.pi))
    return CanalPoint(
        model.at(model.sac.u_mm, hole_s_mm) + radius * math.cos(angle),
        model.at(model.sac.v_mm, hole_s_mm) + radius * math.sin(angle),
        hole_s_mm,
    )


def dural_spur(model: CanalModel, leak: LeakParameters) -> DuralSpur | None:
    """The spur that made the hole of a ventral tear; None for any other leak."""
    hole = model.fluid.ventral_hole
    if leak.pattern != LeakPattern.VENTRAL_TEAR or hole is None:
        return None
    return DuralSpur(vertebra=leak.level.upper_vertebra, aside_mm=hole.u_mm, reach_mm=hole.v_mm + _INTO_DURA_MM)
