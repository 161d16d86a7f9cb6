"""The thecal sac's sections along the whole column, the cord in it, and the volume of fluid that is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.canal.roots import segments_mm
from phantoms.morphometry import VertebraMorphometry, morphometry
from phantoms.parameters import Variation
from phantoms.spinal_curve import along, column_with_length
from phantoms.vertebra_shape import tabled_or_assumed
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Vertebra

FRONT_GAP_MM = 1.0  # ventral epidural space 0.5-1 (reference section 3), a little more where fluid has collected
_CONUS_BELOW_L1_MM = -6.0  # tip at the lower third of L1
_CONUS_MM = 28.0  # over which the cord tapers
BACK_GAP_MM, _SIDE_GAP_MM = 0.4, 0.8  # that the sac keeps from lamina and pedicle (assumption)
_SAC_BELOW_S1_MM, _SAC_TAPER_MM = 30.0, 18.0  # the sac ends at S2 (reference section 3 counts its volume to there)
LEAST_CLEAR_MM = 0.6  # of fluid before and behind the cord
_OUTLINE_ANGLES = 120
TRIANGLE = {Vertebra.L3: 0.1, Vertebra.L4: 0.4, Vertebra.L5: 0.85, Vertebra.L6: 0.95, Vertebra.S1: 1.0}
"""How far the sac's section is a triangle at a vertebra, 0 (oval) to 1; an L6 lies between its neighbours."""
_DURA_MM = 0.35
_STRANDS_MM2 = 3.6  # section of the four strands of one pair of roots, after their radii in `roots.strands`
_ABOVE_C1_MM = 8.0  # from the middle of C1 to the foramen magnum
_COARSE_MM = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """Sections along the canal: its depth and half width, the sac's half depth and half width, mm [shape=(n,)]."""

    canal_ap: FloatArray
    inside: FloatArray
    half_ap: FloatArray
    half_width: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class FluidColumn:
    """Cerebrospinal fluid from the foramen magnum to the sac's end, whatever part of the spine is shown.

    Attributes:
        s_mm: arc length, evenly spaced, zero at the middle of the L3/4 disc [shape=(n,)]
        area_mm2: of the fluid in the section: sac without dura, cord and roots [shape=(n,)]
    """

    s_mm: FloatArray
    area_mm2: FloatArray

    @classmethod
    def for_person(
        cls,
        body_s: FloatArray,
        sac_scale: float,
        variation: Variation,
        conus_levels: float,
        canal_scale: float = 1.0,
    ) -> FluidColumn:
        """Of one person, as `PatientParameters` describe it; body_s: middles of all vertebrae of the column.

        What wear takes from the sac about the discs has no part in it.
        """
        s = np.arange(body_s[-1] - _SAC_BELOW_S1_MM, body_s[0] + _ABOVE_C1_MM, _COARSE_MM)
        sac = sac_sections(s, body_s, sac_scale, variation, canal_scale)
        conus = conus_s_mm(body_s, conus_levels)
        middle = FRONT_GAP_MM + sac.half_ap
        wide, half, _ = cord_sections(s, body_s, conus, (middle, sac.half_ap, sac.half_width), variation.cord)
        inner = np.maximum(outlines(s, sac.half_width, sac.half_ap, body_s) - _DURA_MM, 0.0)
        area = np.pi * (inner**2).mean(axis=1) - np.pi * wide * half
        origins = segments_mm(body_s, conus)
        for at, name in zip(body_s, column_with_length(body_s), strict=True):
            area -= _STRANDS_MM2 * ((s < origins[name]) & (s > at))
        return cls(s_mm=s, area_mm2=np.maximum(area, 0.0))

    @property
    def volume_ml(self) -> float:
        """Of the fluid of the whole spine."""
        return self.holding(np.ones_like(self.s_mm))

    def holding(self, concentration: FloatArray) -> float:
        """Integral of a concentration per mL over the fluid."""
        return float(np.sum(self.area_mm2 * concentration) * _COARSE_MM * 1e-3)


def sac_sections(
    s: FloatArray, body_s: FloatArray, sac_scale: float, variation: Variation, canal_scale: float
) -> Sections:
    """Canal and sac along the column: the sac as the table has it, as far as the canal has the room."""
    rows = [morphometry()[name] for name in column_with_length(body_s)]

    def bodies(field: str) -> FloatArray:
        return along(body_s, [tabled_or_assumed(row, field) for row in rows], s)

    grown = canal_growth(variation, column_with_length(body_s), canal_scale)
    canal_ap = along(body_s, grown * np.array([row.canal.canal_ap_mm for row in rows]), s)
    sac_grown = canal_scale * sac_scale * (1.0 + variation.sac * along(body_s, [sac_sd(row) for row in rows], s))
    taper = np.sqrt(np.clip((s - body_s[-1] + _SAC_BELOW_S1_MM) / _SAC_TAPER_MM, 1e-4, 1.0))
    inside = along(body_s, grown * np.array([0.5 * row.canal.canal_transverse_mm + 0.6 for row in rows]), s)
    return Sections(
        canal_ap=canal_ap,
        inside=inside,
        half_ap=0.5 * taper * np.minimum(sac_grown * bodies("sac_ap_mm"), canal_ap - FRONT_GAP_MM - BACK_GAP_MM),
        half_width=taper * np.minimum(0.5 * sac_grown * bodies("sac_transverse_mm"), inside - _SIDE_GAP_MM),
    )


def conus_s_mm(body_s: FloatArray, conus_levels: float) -> float:
    """Arc length of the conus' tip, so many vertebrae below the lower third of L1."""
    return float(body_s[FIVE_LUMBAR_COLUMN.index(Vertebra.L1)] + _CONUS_BELOW_L1_MM - 35.0 * conus_levels)


def canal_growth(variation: Variation, column: tuple[Vertebra, ...], canal_scale: float) -> FloatArray:
    """Size of this person's canal against the table at every vertebra of the column [shape=(n,)]."""
    sizes = [morphometry()[name].canal for name in column]
    return canal_scale * np.array([1.0 + variation.canal * size.canal_ap_sd_mm / size.canal_ap_mm for size in sizes])


def sac_sd(row: VertebraMorphometry) -> float:
    """Standard deviation of the sac's depth as a part of it."""
    return row.dura.sac_ap_sd_mm / row.dura.sac_ap_mm


def _varied(row: VertebraMorphometry, quantity: str, sds: float) -> float:
    return row.in_column(f"{quantity}_mm") + sds * row.in_column(f"{quantity}_sd_mm")


def sac_outline(half_width: FloatArray, half_ap: FloatArray, triangle: FloatArray) -> FloatArray:
    """Polar radii of the sac.

    An oval that turns into a rounded triangle, apex to the back, [shape=(s, angle)].
    """
    angle = 2.0 * np.pi * np.arange(_OUTLINE_ANGLES) / _OUTLINE_ANGLES
    t = np.linspace(0.0, 2.0 * np.pi, 721)
    radii = np.empty((len(half_width), _OUTLINE_ANGLES))
    for i, (a, b, tri) in enumerate(zip(half_width, half_ap, triangle, strict=True)):
        power = 2.0 / (2.15 + 0.2 * tri)
        v = b * np.sign(np.sin(t)) * np.abs(np.sin(t)) ** power
        u = a * (1.0 + 0.08 * tri) * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** power
        u *= 1.0 - 0.34 * tri * np.clip(0.5 * v / b + 0.1, -0.3, 0.6)
        turn = np.unwrap(np.arctan2(v, u))
        radii[i] = np.interp(angle, turn - turn[0], np.hypot(u, v))
    return radii


def outlines(s: FloatArray, half_width: FloatArray, half_ap: FloatArray, body_s: FloatArray) -> FloatArray:
    """Outline of the sac at every s, worked out at every fourth and linear between."""
    few = np.append(np.arange(0, len(s) - 1, 4), len(s) - 1)
    triangle = along(body_s, [TRIANGLE.get(name, 0.0) for name in column_with_length(body_s)], s[few])
    radii = sac_outline(half_width[few], half_ap[few], triangle)
    place = np.interp(s, s[few], np.arange(len(few), dtype=np.float64))
    low = np.minimum(place.astype(int), len(few) - 2)
    part = (place - low)[:, None]
    return np.asarray((1.0 - part) * radii[low] + part * radii[low + 1])


def cord_sections(
    s: FloatArray, body_s: FloatArray, conus: float, sac: tuple[FloatArray, FloatArray, FloatArray], sds: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Half width, half depth and v of the cord; it keeps the table's share of the fluid before and behind it."""
    sac_v, half_ap, half_width = sac
    rows = [morphometry()[name] for name in column_with_length(body_s)]
    with_cord = [i for i, name in enumerate(FIVE_LUMBAR_COLUMN) if name < Vertebra.T12]
    nodes = body_s[with_cord]
    ap, width = (
        along(nodes, [_varied(rows[i], field, sds) for i in with_cord], s) for field in ("cord_ap", "cord_transverse")
    )
    taper = np.clip((s - conus) / _CONUS_MM, 0.0, 1.0) ** 0.75
    behind = along(
        nodes,
        [size.dura_to_cord_post_mm / (size.sac_ap_mm - size.cord_ap_mm) for size in (rows[i].dura for i in with_cord)],
        s,
    )
    half = np.minimum(0.5 * taper * ap, np.maximum(half_ap - LEAST_CLEAR_MM, 0.0))
    wide = np.minimum(0.5 * taper * width, np.maximum(half_width - LEAST_CLEAR_MM, 0.0))
    free = np.maximum(2.0 * (half_ap - half), 2.0 * LEAST_CLEAR_MM)
    gap = np.clip(behind * free, LEAST_CLEAR_MM, free - LEAST_CLEAR_MM)
    return wide, half, sac_v + half_ap - gap - half
