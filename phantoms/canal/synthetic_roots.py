"""Roots, foramina and strands of a synthetic patient: where each root of the region leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.canal.canal_model import RootPath
from phantoms.canal.roots import Exit, root_path, segments_mm, strands
from phantoms.morphometry import draw_number, morphometry
from phantoms.parameters import PatientParameters
from phantoms.spinal_curve import column_with_length
from phantoms.vertebra_shape import tabled_or_assumed
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import Interspace, Region, Vertebra

_SACRAL_ROOTS_MM = 28.0  # from the start of one sacral root to the next, below what is shown
_FORAMEN_ABOVE_MM = {Region.CERVICAL: 1.0, Region.THORACIC: 2.5, Region.LUMBAR: 4.0}  # above the disc's middle


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcLengths:
    """Arc lengths of the tables' samples, of the bodies' middles, and of the discs' (the last one lies below S1)."""

    s: FloatArray
    body_s: FloatArray
    discs: dict[Interspace, float]
    disc_s: FloatArray


def _exits(body_s: FloatArray, s: FloatArray, wall: FloatArray, middle: FloatArray, inside: FloatArray) -> list[Exit]:
    """Where the roots of the column leave, as far as the region reaches."""
    found = []
    column = column_with_length(body_s)
    for i, name in enumerate(column):
        below = body_s[i + 1] if i + 1 < len(column) else body_s[i] - 34.0
        foramen = 0.5 * (body_s[i] + below) + _FORAMEN_ABOVE_MM[name.region]
        at = foramen + 3.0 if name.region is Region.CERVICAL else body_s[i] + 4.0
        if s[0] + 20.0 < body_s[i] < s[-1] - 12.0:
            sac_half, v, half = (float(np.interp(at, s, q)) for q in (wall, middle, inside))
            found.append(
                Exit(
                    vertebra=name,
                    body_s_mm=float(body_s[i]),
                    foramen_s_mm=float(foramen),
                    sac_half_width_mm=sac_half,
                    sac_v_mm=v,
                    half_width_mm=half,
                    diameter_mm=tabled_or_assumed(morphometry()[name], "root_diameter_mm"),
                )
            )
    return found


def _foramen(side: float, exit_: Exit, canal_scale: float, rng: np.random.Generator) -> tuple[float, ...]:
    """Fat-filled foramen: u, v, s, half sizes, and how far it runs forwards per mm outwards.

    It stays between the pedicles of a usual canal, since in a narrow one discs and bodies are no smaller.
    """
    size = 1.0 + rng.normal(0.0, 0.05)
    half = exit_.half_width_mm / canal_scale
    place = side * (half + 3.0), 5.0, exit_.foramen_s_mm
    if exit_.vertebra.region is Region.CERVICAL:
        return (side * (half + 1.0), 3.5, exit_.foramen_s_mm, 9.0 * size, 4.0, 5.0 * size, 0.75)
    if exit_.vertebra.region is Region.THORACIC:
        return (*place, 9.0 * size, 5.5 * size, 6.0 * size, 0.15)
    return (*place, 16.0 * size, 7.5 * size, 11.0 * size, 0.15)


def roots_and_foramina(
    parameters: PatientParameters, at: ArcLengths, sac: tuple[FloatArray, FloatArray, FloatArray], inside: FloatArray
) -> tuple[list[RootPath], list[tuple[float, ...]]]:
    """Exiting roots of the region, and the fat-filled foramina that they pass; the sacrum's are not shown."""
    roots: list[RootPath] = []
    foramina = []
    for exit_ in _exits(at.body_s, at.s, sac[2], sac[0], inside):
        rng = np.random.default_rng((parameters.seed, 2, draw_number(exit_.vertebra)))
        for side in (1.0, -1.0):
            roots.append(root_path(side, exit_, rng))
            if exit_.vertebra != Vertebra.S1:
                foramina.append(_foramen(side, exit_, parameters.canal_scale, rng))
    return roots, foramina


def _strand_start_mm(region: Region, body_s_mm: float, below_s_mm: float) -> float:
    """Arc length at which the strands of a root end that leaves beyond what is shown."""
    if region is Region.CERVICAL:
        return 0.5 * (body_s_mm + below_s_mm) + 7.0
    return body_s_mm + (8.0 if region is Region.THORACIC else 16.0)


def root_strands(
    parameters: PatientParameters,
    s: FloatArray,
    sac: tuple[FloatArray, FloatArray, FloatArray],
    cord: tuple[FloatArray, FloatArray, FloatArray],
    roots: list[RootPath],
    body_s: FloatArray,
    conus: float,
) -> FloatArray:
    """Strands of all roots whose segment lies above the region's bottom and which leave below its top."""
    origins: dict[str, float] = dict(segments_mm(body_s, conus).items())
    left = {root.vertebra: root for root in roots if root.side is Side.LEFT}
    heights: dict[str, float] = {}
    column = parameters.column
    for i, name in enumerate(column):
        below = body_s[i + 1] if i + 1 < len(column) else body_s[i] - 34.0
        start = _strand_start_mm(name.region, body_s[i], below)
        if name in left:
            start = float(left[name].uvs_mm[0, 2])
        if start < s[-1] and origins[name] > s[0]:
            heights[name] = float(start)
    if conus > s[0] - 60.0 or not heights:
        last = body_s[-1] + 16.0
        for k in range(3):  # S2 to S4 leave below what is shown
            heights[f"S{k + 2}"] = last - _SACRAL_ROOTS_MM * (k + 1)
            origins[f"S{k + 2}"] = conus + 6.0
    starts: dict[str, tuple[float, float]] = {
        name: (abs(float(root.uvs_mm[0, 0])), float(root.uvs_mm[0, 1])) for name, root in left.items()
    }
    return strands(s, *sac, starts, heights, origins, cord, parameters.seed)
