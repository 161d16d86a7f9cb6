"""The canal of a real patient: sac, flavum, epidural space, roots and leak fitted into the bone that a CT shows.

CT without contrast does not part dura, cerebrospinal fluid and nerves: all of these are derived from the free space
between the bones and the morphometric table, and named so in `Phantom.derived`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.canal.canal_model import CanalFluid, CanalModel, CanalWalls, DuralSac, Nerves, RootPath
from phantoms.canal.roots import Exit, root_path, strands
from phantoms.canal.thecal_sac import TRIANGLE, FluidColumn, sac_outline
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.iodine_mixing import csf_iodine_mg_per_ml
from phantoms.fluid.leak import LeakParameters, collection, joined
from phantoms.fluid.perineural_leak import with_perineural_leak
from phantoms.from_ct.bony_canal import STEP_MM, CanalMeasure
from phantoms.from_ct.canal_walls import (
    canal_front,
    canal_half_width,
    dorsal_wall,
    dorsal_wall_fall,
    laminae,
    odd_samples,
    recentre,
    shrink_within_bone,
)
from phantoms.from_ct.cord import CordSeen, fit_cord
from phantoms.morphometry import morphometry
from phantoms.parameters import Variation
from phantoms.spinal_curve import along, disc_positions_mm, positions_mm
from phantoms.vertebra_shape import tabled_or_assumed
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.anatomy import LeakPattern, Side
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Region, Vertebra, column_with

_Along = FloatArray | float
_Sac = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]
_Room = tuple[CanalMeasure, FloatArray, FloatArray, FloatArray, Callable[[str, float], FloatArray], float]
Foramen = tuple[float, float, float, float, float, float, float]
_FRONT_GAP_MM = 0.8  # ventral epidural space 0.5-1 (reference section 3)
_LEAST_DEPTH_MM, _LEAST_DRAWN_MM = 0.3, 6.0  # of a dorsal space, and of a sac from front to back, that are drawn
_BACK_CLEAR_MM = 0.6  # and from the lamina behind it
_CONUS_BELOW_L1_MM = -6.0  # tip at the lower third of L1
_SAC_BELOW_S1_MM = 30.0  # the sac ends at S2 (reference section 3 counts its volume to there)
_SAC_TAPER_MM = 18.0
_LEVEL_MM = {Region.CERVICAL: 17.0, Region.THORACIC: 34.0, Region.LUMBAR: 34.0}  # where no next one is shown
_SACRAL_ROOTS_MM = 28.0  # from the start of one sacral root to the next


def fit_canal(
    measure: CanalMeasure,
    *,
    leak: LeakParameters | None,
    myelogram: MyelogramParameters,
    sac_scale: float,
    seed: int,
    cord: CordSeen | None = None,
    dura_shift_mm: _Along = 0.0,
    depth_shift_mm: _Along = 0.0,
) -> CanalModel:
    """A canal model that lies within the bone.

    Args:
        measure: of the CT's bone
        leak: None for none
        myelogram: contrast in the sac
        sac_scale: size of the sac against the table, where the canal has the room
        seed: of the roots' wavering
        cord: what labels show of it
        dura_shift_mm, depth_shift_mm: how far the dura's back is drawn to the back, and the dorsal space deeper, along
            `measure.s_mm`; bone is seen and stays, so that a draw ends where it begins
    """
    s, table = measure.s_mm, partial(_table_along, measure)
    lamina, baseline, gap = laminae(measure)
    front, half = canal_front(measure), canal_half_width(measure)
    room = measure, baseline - front, front, half, table, sac_scale
    (sac_u, sac_v, outline, half_width, half_ap), thick, apex = _sac_and_wall(
        room, lamina, gap, dura_shift_mm, depth_shift_mm
    )
    conus_s_mm = body_at(measure, Vertebra.L1) + _CONUS_BELOW_L1_MM
    fitted = fit_cord(measure, (sac_u, sac_v, half_ap, half_width), conus_s_mm, cord)
    roots, foramina = _roots(measure, half_width, sac_v, half, np.random.default_rng((seed, 2)))
    model = CanalModel(
        centreline=measure.centreline,
        s_start_mm=float(s[0]),
        s_step_mm=STEP_MM,
        sac=DuralSac(u_mm=sac_u, v_mm=sac_v, half_ap_mm=half_ap, half_width_mm=half_width, radius_mm=outline),
        walls=CanalWalls(
            dorsal_apex_mm=apex,
            dorsal_slope=dorsal_wall_fall(measure, baseline),
            flavum_thickness_mm=thick,
            flavum_reach_mm=half + 3.0,
            half_width_mm=half,
            front_mm=front,
            interlaminar_window=gap.astype(np.float64),
        ),
        cord=fitted,
        nerves=Nerves(
            roots=tuple(roots),
            strands=_strands(s, (sac_v, half_ap, half_width), roots, seed),
            foramina=np.array(foramina).reshape(-1, 7),
        ),
        fluid=_fluid(measure, leak, myelogram, sac_scale),
    )
    return with_perineural_leak(model, leak, measure.disc_s_mm)


def _sac_and_wall(
    room: _Room, lamina: FloatArray, gap: NDArray[np.bool_], dura_shift_mm: _Along, depth_shift_mm: _Along
) -> tuple[_Sac, FloatArray, FloatArray]:
    """The sac, the flavum's thickness, and v of its front or the lamina's, as derived or as drawn from that.

    Args:
        room: of `_fit_sac`, without the shift
        lamina, gap: of `laminae`
        dura_shift_mm, depth_shift_mm: of `fit_canal`
    """
    measure, table = room[0], room[4]
    deep, flavum = table("epidural_post_depth_mm", 1.0), table("flavum_thickness_mm", 1.0)
    sac = _fit_sac(*room, 0.0)
    back = sac[1] + sac[4]
    thick, apex = dorsal_wall(measure.s_mm, lamina, gap, back, flavum, deep)
    if not (np.any(dura_shift_mm) or np.any(depth_shift_mm)):
        return sac, thick, apex
    deep = np.maximum(apex - back + depth_shift_mm, _LEAST_DEPTH_MM)
    sac = _fit_sac(*room, dura_shift_mm)
    return sac, *dorsal_wall(measure.s_mm, lamina, gap, sac[1] + sac[4], flavum, deep)


def _table_along(measure: CanalMeasure, field: str, scale: float = 1.0) -> FloatArray:
    """A column of the table, scaled, along the canal [shape=(n,)]."""
    body_s = np.array([measure.body_s_mm[name] for name in measure.names])
    rows = [morphometry()[name] for name in measure.names]
    return along(body_s, [scale * tabled_or_assumed(row, field) for row in rows], measure.s_mm)


def _fit_sac(
    measure: CanalMeasure,
    depth: FloatArray,
    front: FloatArray,
    half: FloatArray,
    table: Callable[[str, float], FloatArray],
    sac_scale: float,
    dura_shift_mm: _Along,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """The sac within the bone: its u and v, outline, half width and half depth along the canal.

    Args:
        measure: of the CT's bone
        depth, front, half: depth of the canal, v of its front, and its half width along s
        table: a quantity of the morphometric table along s, times a factor
        sac_scale: size of the sac against the table
        dura_shift_mm: how far its back is drawn to the back; its front follows the posterior wall, which is seen
    """
    s, names = measure.s_mm, measure.names
    body_s = np.array([measure.body_s_mm[name] for name in names])
    room = ndimage.gaussian_filter1d(ndimage.minimum_filter1d(depth, odd_samples(10.0)), odd_samples(5.0) / 2)
    most = np.maximum(room - _FRONT_GAP_MM - _BACK_CLEAR_MM, 3.0)
    ap = np.minimum(table("sac_ap_mm", sac_scale), most)
    if np.any(dura_shift_mm):
        ap = np.clip(ap + dura_shift_mm, np.minimum(_LEAST_DRAWN_MM, ap), most)
    half_ap = 0.5 * ndimage.gaussian_filter1d(ap, odd_samples(3.0))
    straight = ndimage.gaussian_filter1d(front, odd_samples(8.0)) + _FRONT_GAP_MM  # the sac bridges the bodies' waists
    sac_v = np.maximum(straight, front + 0.3) + half_ap
    nominal = np.minimum(0.5 * table("sac_transverse_mm", sac_scale), np.maximum(half - 1.0, 2.0))
    triangle = along(body_s, [TRIANGLE.get(name, 0.0) for name in names], s)
    end = body_at(measure, Vertebra.S1) - _SAC_BELOW_S1_MM
    taper = np.sqrt(np.clip((s - end) / _SAC_TAPER_MM, 1e-4, 1.0))
    nominal, half_ap = nominal * taper, half_ap * taper
    outline = shrink_within_bone(measure, sac_outline(nominal, half_ap, triangle), sac_v)
    return recentre(outline, sac_v)


def body_at(measure: CanalMeasure, name: Vertebra) -> float:
    """Arc length of a vertebra's middle; beyond what is measured, after the table's heights from the nearest one."""
    if name in measure.body_s_mm:
        return measure.body_s_mm[name]
    row = list(column_with(measure.names))
    nearest = min(measure.names, key=lambda other: abs(row.index(other) - row.index(name)))
    first, last = sorted((row.index(nearest), row.index(name)))
    between = [morphometry()[row[i]].anterior for i in range(first, last + 1)]
    length = sum(level.body_height_post_mm for level in between) + sum(q.disc_below_height_mm for q in between[:-1])
    length -= 0.5 * (between[0].body_height_post_mm + between[-1].body_height_post_mm)
    below = row.index(name) > row.index(nearest)
    return measure.body_s_mm[nearest] + (-length if below else length)


def _iodine(measure: CanalMeasure, myelogram: MyelogramParameters, sac_scale: float) -> FloatArray:
    """Contrast along the sac; the spine that the CT does not show is a woman's of the table."""
    fluid = FluidColumn.for_person(positions_mm(FIVE_LUMBAR_COLUMN, "F"), sac_scale, Variation(), 0.0)
    zero = 0.5 * (body_at(measure, Vertebra.L3) + body_at(measure, Vertebra.L4))
    of_table = disc_positions_mm(FIVE_LUMBAR_COLUMN, "F")[myelogram.injection_level]
    at = measure.disc_s_mm.get(myelogram.injection_level, zero + of_table) - zero
    return csf_iodine_mg_per_ml(measure.s_mm - zero, at, fluid, myelogram)


def _fluid(
    measure: CanalMeasure, leak: LeakParameters | None, myelogram: MyelogramParameters, sac_scale: float
) -> CanalFluid:
    """Contrast in the sac, and what lies outside it; nothing before it, for a CT's bone has no spur that tore it."""
    iodine = _iodine(measure, myelogram, sac_scale)
    collected, outside, behind = _collections(measure, leak, myelogram, iodine)
    return CanalFluid(
        csf_iodine_mg_per_ml=iodine,
        collection_thickness_mm=collected,
        collection_iodine_mg_per_ml=outside,
        collection_behind_fraction=behind,
        ventral_thickness_mm=np.zeros_like(iodine),
        ventral_iodine_mg_per_ml=np.zeros_like(iodine),
        settling=myelogram.settling,
    )


def _collections(
    measure: CanalMeasure, leak: LeakParameters | None, myelogram: MyelogramParameters, iodine: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Thickness, iodine, and the share behind the sac alone, of what lies outside the dura."""
    s, discs = measure.s_mm, measure.disc_s_mm
    level_mm = float(np.diff(sorted(discs.values())).mean()) if len(discs) > 1 else 36.0
    nothing = np.zeros_like(s)
    leaked = nothing, nothing
    if leak is not None and leak.pattern == LeakPattern.CIRCUMFERENTIAL:
        leaked = collection(s, discs[leak.level], level_mm, iodine, leak)
    site = myelogram.puncture_site
    if site is None:
        return *leaked, nothing
    if site.level not in discs:
        raise ValueError(f"puncture at {site.level}: the patient's interspaces are {', '.join(discs)}")
    return joined(s, leaked, discs[site.level], level_mm, iodine, site)


def _roots(
    measure: CanalMeasure, half_width: FloatArray, sac_v: FloatArray, half: FloatArray, rng: np.random.Generator
) -> tuple[list[RootPath], list[Foramen]]:
    """Exiting roots and fat-filled foramina of every vertebra; those of the sacrum stay in its canal."""
    s, names = measure.s_mm, measure.names
    roots: list[RootPath] = []
    foramina: list[Foramen] = []
    for i, name in enumerate(names):
        at_s = measure.body_s_mm[name]
        neck = name.region is Region.CERVICAL
        lower = measure.body_s_mm[names[i + 1]] if i + 1 < len(names) else at_s - _LEVEL_MM[name.region]
        middle = 0.5 * (at_s + lower) + (1.0 if neck else 4.0)
        leaves_s = middle + 3.0 if neck else at_s + 4.0
        wall, middle_v, pedicle = (float(np.interp(leaves_s, s, q)) for q in (half_width, sac_v, half))
        leaves = Exit(
            vertebra=name,
            body_s_mm=at_s,
            foramen_s_mm=middle,
            sac_half_width_mm=wall,
            sac_v_mm=middle_v,
            half_width_mm=pedicle,
            diameter_mm=tabled_or_assumed(morphometry()[name], "root_diameter_mm"),
        )
        for side in (1.0, -1.0):
            root = root_path(side, leaves, rng)
            if name == Vertebra.S1:
                root = _in_sacrum(root, side, s, half)
            roots.append(root)
            if i + 1 < len(names):
                foramina.append(_foramen(side, pedicle, middle, 1.0 + rng.normal(0.0, 0.05), neck=neck))
    return roots, foramina


def _foramen(side: float, pedicle_mm: float, middle_mm: float, size: float, *, neck: bool) -> Foramen:
    """A foramen filled with fat; in the neck it is small and runs forwards, as in synthetic people."""
    if neck:
        return side * (pedicle_mm + 1.0), 3.5, middle_mm, 9.0 * size, 4.0, 5.0 * size, 0.75
    return side * (pedicle_mm + 3.0), 5.0, middle_mm, 11.0 * size, 5.5 * size, 8.5 * size, 0.15


def _strands(
    s: FloatArray, sac: tuple[FloatArray, FloatArray, FloatArray], roots: list[RootPath], seed: int
) -> FloatArray:
    """Strands of the roots that leave within the CT, and of three sacral ones below it."""
    left = {root.vertebra: root for root in roots if root.side == Side.LEFT}
    heights: dict[str, float] = {name: float(root.uvs_mm[0, 2]) for name, root in left.items()}
    lowest = min(heights.values())
    heights |= {f"S{k + 2}": lowest - _SACRAL_ROOTS_MM * (k + 1) for k in range(3)}
    starts: dict[str, tuple[float, float]] = {
        name: (abs(float(root.uvs_mm[0, 0])), float(root.uvs_mm[0, 1])) for name, root in left.items()
    }
    none = np.zeros_like(s)
    return strands(s, *sac, starts, heights, {}, (none, none, sac[0]), seed)


def _in_sacrum(root: RootPath, side: float, s: FloatArray, half: FloatArray) -> RootPath:
    """The first sacral root leaves below what is shown: it runs down within the sacral canal."""
    path = root.uvs_mm.copy()
    inside = np.maximum(np.interp(path[:, 2], s, half) - 3.0, 1.0)
    path[:, 0] = side * np.minimum(side * path[:, 0], inside)
    path[:, 1] = np.maximum(path[:, 1], 4.0)
    return replace(root, uvs_mm=path)
