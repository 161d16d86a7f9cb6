"""The canal of a real patient: sac, flavum, epidural space, roots and leak fitted into the bone that a CT shows.

CT without contrast does not part dura, cerebrospinal fluid and nerves: all of these are derived from the free space
between the bones and the morphometric table, and named so in `Phantom.derived`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.canal.canal_model import CanalModel, RootPath
from phantoms.canal.roots import Exit, root_path, strands
from phantoms.canal.thecal_sac import TRIANGLE, FluidColumn, sac_outline
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.iodine_mixing import csf_iodine_mg_per_ml
from phantoms.fluid.leak import LeakParameters, collection, joined
from phantoms.fluid.perineural_leak import with_perineural_leak
from phantoms.from_ct.bony_canal import ANGLES, CENTRE_V_MM, STEP_MM, CanalMeasure
from phantoms.from_ct.cord import CordSeen, fit_cord
from phantoms.morphometry import morphometry
from phantoms.parameters import Variation
from phantoms.spinal_curve import along, disc_positions_mm, positions_mm
from phantoms.vertebra_shape import tabled_or_assumed
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.anatomy import LeakPattern, Side
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Vertebra, column_with

Foramen = tuple[float, float, float, float, float, float, float]

_FRONT_GAP_MM = 0.8  # ventral epidural space 0.5-1 (reference section 3)
_SAC_CLEAR_MM = 0.5  # the sac keeps from bone
_BACK_CLEAR_MM = 0.6  # and from the lamina behind it
_WINDOW_MM = 2.0  # where bone recedes so far behind the line of the laminae, there is none
_LAMINA_SPACING_MM = 24.0  # gaps between laminae are shorter, laminae are not much further apart
_FLAVUM_ABOVE_MM, _FLAVUM_BELOW_MM = 6.0, 1.5  # the flavum reaches under the lamina above, to the edge of that below
_STEEPEST_ROOF = 0.8  # mm per mm along the canal
_FARTHEST_ROOF_MM = 6.0  # from the dura: the dorsal space is 2-6 mm deep (reference section 3)
_CONUS_BELOW_L1_MM = -6.0  # tip at the lower third of L1
_SAC_BELOW_S1_MM = 30.0  # the sac ends at S2 (reference section 3 counts its volume to there)
_SAC_TAPER_MM = 18.0
_LEVEL_MM = 34.0  # a lumbar level's length, where the next vertebra is not shown
_SACRAL_ROOTS_MM = 28.0  # from the start of one sacral root to the next


def fit_canal(
    measure: CanalMeasure,
    *,
    leak: LeakParameters | None,
    myelogram: MyelogramParameters,
    sac_scale: float,
    seed: int,
    cord: CordSeen | None = None,
) -> CanalModel:
    """A canal model that lies within the bone.

    Args:
        measure: of the CT's bone
        leak: None for none
        myelogram: contrast in the sac
        sac_scale: size of the sac against the table, where the canal has the room
        seed: of the roots' wavering
        cord: what labels show of it
    """
    s, names = measure.s_mm, measure.names
    body_s = np.array([measure.body_s_mm[name] for name in names])
    rows = [morphometry()[name] for name in names]
    rng = np.random.default_rng((seed, 2))

    def table(field: str, scale: float = 1.0) -> FloatArray:
        return along(body_s, [scale * tabled_or_assumed(row, field) for row in rows], s)

    lamina, baseline, gap = laminae(measure)
    front = _front(measure)
    half = _half_width(measure)
    room = ndimage.gaussian_filter1d(ndimage.minimum_filter1d(baseline - front, _samples(10.0)), _samples(5.0) / 2)
    ap = np.minimum(table("sac_ap_mm", sac_scale), np.maximum(room - _FRONT_GAP_MM - _BACK_CLEAR_MM, 3.0))
    half_ap = 0.5 * ndimage.gaussian_filter1d(ap, _samples(3.0))
    straight = ndimage.gaussian_filter1d(front, _samples(8.0)) + _FRONT_GAP_MM  # the sac bridges the bodies' waists
    sac_v = np.maximum(straight, front + 0.3) + half_ap
    nominal = np.minimum(0.5 * table("sac_transverse_mm", sac_scale), np.maximum(half - 1.0, 2.0))
    triangle = along(body_s, [TRIANGLE.get(name, 0.0) for name in names], s)
    end = body_at(measure, Vertebra.S1) - _SAC_BELOW_S1_MM
    taper = np.sqrt(np.clip((s - end) / _SAC_TAPER_MM, 1e-4, 1.0))
    nominal, half_ap = nominal * taper, half_ap * taper
    outline = _within_bone(measure, sac_outline(nominal, half_ap, triangle), sac_v)
    sac_u, sac_v, outline, half_width, half_ap = _recentred(outline, sac_v)
    back = sac_v + half_ap
    thick, roof = _roof(s, lamina, gap, back, table("flavum_thickness_mm"), table("epidural_post_depth_mm"))
    iodine = _iodine(measure, myelogram, sac_scale)
    spill, outside, behind = _collections(measure, leak, myelogram, iodine)
    conus = body_at(measure, Vertebra.L1) + _CONUS_BELOW_L1_MM
    fitted = fit_cord(measure, (sac_u, sac_v, half_ap, half_width), conus, cord)
    roots, foramina = _roots(measure, half_width, sac_v, half, rng)
    model = CanalModel(
        centreline=measure.centreline,
        s_start_mm=float(s[0]),
        s_step_mm=STEP_MM,
        sac_u_mm=sac_u,
        sac_v_mm=sac_v,
        sac_half_ap_mm=half_ap,
        sac_half_width_mm=half_width,
        sac_radius_mm=outline,
        roof_apex_mm=roof,
        roof_slope=_slope(measure, baseline),
        flavum_thickness_mm=thick,
        flavum_reach_mm=half + 3.0,
        half_width_mm=half,
        front_mm=front,
        csf_iodine_mg_per_ml=iodine,
        settling=myelogram.settling,
        collection_thickness_mm=spill,
        collection_iodine_mg_per_ml=outside,
        collection_behind_share=behind,
        cord_half_ap_mm=fitted.half_ap_mm,
        cord_half_width_mm=fitted.half_width_mm,
        cord_u_mm=fitted.u_mm,
        cord_v_mm=fitted.v_mm,
        window=gap.astype(np.float64),
        roots=tuple(roots),
        strands=_strands(s, (sac_v, half_ap, half_width), roots, seed),
        foramina=np.array(foramina).reshape(-1, 7),
    )
    return with_perineural_leak(model, leak)


def body_at(measure: CanalMeasure, name: Vertebra) -> float:
    """Arc length of a vertebra's middle; beyond what is measured, after the table's heights from the nearest one."""
    if name in measure.body_s_mm:
        return measure.body_s_mm[name]
    row = list(column_with(measure.names))
    nearest = min(measure.names, key=lambda other: abs(row.index(other) - row.index(name)))
    first, last = sorted((row.index(nearest), row.index(name)))
    between = [morphometry()[row[i]] for i in range(first, last + 1)]
    length = sum(level.body_height_post_mm for level in between) + sum(q.disc_below_height_mm for q in between[:-1])
    length -= 0.5 * (between[0].body_height_post_mm + between[-1].body_height_post_mm)
    below = row.index(name) > row.index(nearest)
    return measure.body_s_mm[nearest] + (-length if below else length)


def _samples(length_mm: float) -> int:
    """Samples of a table in a length, odd."""
    return 2 * round(0.5 * length_mm / STEP_MM) + 1


def _turn(degrees: float) -> int:
    return round(degrees / 360.0 * ANGLES)


def laminae(measure: CanalMeasure) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """First bone behind the canal on the midline, the line of the laminae's fronts, and where there is a gap in it."""
    middle, few = _turn(90.0), _turn(9.0)
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    fan = slice(middle - few, middle + few + 1)
    lamina = CENTRE_V_MM + (measure.free_mm[:, fan] * np.sin(angle[fan])).min(axis=1)
    lamina = ndimage.median_filter(lamina, _samples(2.0), mode="nearest")
    buried = measure.free_mm[:, fan].min(axis=1) <= 0.0  # the section's middle is itself in bone
    lamina[buried] = np.nan
    known = np.isfinite(lamina)
    lamina = np.interp(measure.s_mm, measure.s_mm[known], lamina[known])
    baseline = ndimage.grey_opening(lamina, _samples(_LAMINA_SPACING_MM), mode="nearest")
    baseline = ndimage.gaussian_filter1d(baseline, _samples(4.0))
    return lamina, baseline, lamina > baseline + _WINDOW_MM


def _front(measure: CanalMeasure) -> FloatArray:
    """v of the canal's front: bone where there is a body, and a line from body to body across the discs."""
    middle, few = _turn(270.0), _turn(9.0)
    front = CENTRE_V_MM - np.median(measure.free_mm[:, middle - few : middle + few + 1], axis=1)
    seen = np.abs(front) < 3.0
    if not seen.any():
        return np.zeros_like(front)
    front = np.interp(measure.s_mm, measure.s_mm[seen], front[seen])
    return np.asarray(np.clip(ndimage.gaussian_filter1d(front, _samples(3.0)), -2.0, 3.0))


def _half_width(measure: CanalMeasure) -> FloatArray:
    """Half the greatest width of the canal, from pedicle to pedicle; a line across the foramina."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    across = measure.free_mm * np.cos(angle)
    low, high = _turn(30.0), _turn(15.0)
    left = np.concatenate([across[:, -low:], across[:, : high + 1]], axis=1)
    right = -across[:, ANGLES // 2 - high : ANGLES // 2 + low + 1]
    sides = []
    for side in (left, right):
        widest = np.percentile(side, 70.0, axis=1)
        closed = (side.max(axis=1) < 17.0) & (widest > 2.0)
        sides.append(np.interp(measure.s_mm, measure.s_mm[closed], widest[closed]) if closed.any() else widest)
    half = np.minimum(*sides) + 0.5 * np.abs(sides[0] - sides[1])
    return np.asarray(ndimage.gaussian_filter1d(half, _samples(3.0)))


def _polar(u: FloatArray, v: FloatArray) -> FloatArray:
    """Radii of an outline about the origin at even angles."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    return np.asarray(np.interp(angle, np.mod(np.arctan2(v, u), 2.0 * np.pi), np.hypot(u, v), period=2.0 * np.pi))


def _recentred(
    outline: FloatArray, sac_v: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Outlines about the middle of their extent: its u and v, the radii, half width and half depth."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    u, v = outline * np.cos(angle), outline * np.sin(angle)
    ends = [(q.min(axis=1), q.max(axis=1)) for q in (u, v)]
    mid_u, mid_v = (0.5 * (a + b) for a, b in ends)
    half_u, half_v = (0.5 * (b - a) for a, b in ends)
    radii = np.stack([_polar(*row) for row in zip(u - mid_u[:, None], v - mid_v[:, None], strict=True)])
    return mid_u, sac_v + mid_v, radii, half_u, half_v


def _within_bone(measure: CanalMeasure, outline: FloatArray, sac_v: FloatArray) -> FloatArray:
    """Outline of the sac (polar about its centre) shrunk to keep clear of bone, smooth along and around."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    limit = np.empty_like(outline)
    for i, free in enumerate(measure.free_mm):
        limit[i] = _polar(free * np.cos(angle), CENTRE_V_MM + free * np.sin(angle) - sac_v[i])
    limit = np.maximum(limit - _SAC_CLEAR_MM, 0.1)
    tight = np.minimum(outline, limit)
    tight = ndimage.minimum_filter(tight, size=(_samples(2.0), 5), mode=("nearest", "wrap"))
    smooth = ndimage.gaussian_filter(tight, sigma=(_samples(2.5) / 2, 2.5), mode=("nearest", "wrap"))
    return np.asarray(np.minimum(smooth, limit))


def _roof(
    s: FloatArray, lamina: FloatArray, gap: NDArray[np.bool_], back: FloatArray, flavum: FloatArray, depth: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Thickness of the flavum, and v of its front or the lamina's along the midline."""
    below, above = _samples(2.0 * _FLAVUM_BELOW_MM) // 2, _samples(2.0 * _FLAVUM_ABOVE_MM) // 2
    grown = gap.copy()
    for step in range(1, max(below, above) + 1):
        if step <= above:
            grown[step:] |= gap[:-step]
        if step <= below:
            grown[:-step] |= gap[step:]
    thick = flavum * ndimage.gaussian_filter1d(grown.astype(np.float64), 2.5)
    thick = np.minimum(thick, np.maximum(lamina - back - 0.3, 0.0))
    deepest = back + np.minimum(depth, _FARTHEST_ROOF_MM)
    roof = np.minimum(lamina - thick, deepest)
    reach = np.arange(-40, 41)
    padded = np.pad(roof, 40, mode="edge")
    for k in reach:  # no steeper than a ligament can bridge, always on the canal's side
        roof = np.minimum(roof, padded[40 + k : 40 + k + len(roof)] + _STEEPEST_ROOF * STEP_MM * abs(k))
    roof = np.maximum(ndimage.gaussian_filter1d(roof, 2.0), back + 0.2)
    return np.where(thick < 0.3, 0.0, thick), roof


def _slope(measure: CanalMeasure, baseline: FloatArray) -> FloatArray:
    """Fall of the roof to the sides: a little flatter than the laminae, so that fat reaches them everywhere."""
    angle = 2.0 * np.pi * np.arange(ANGLES) / ANGLES
    u = measure.free_mm * np.cos(angle)
    v = CENTRE_V_MM + measure.free_mm * np.sin(angle)
    used = (np.abs(u) > 3.0) & (np.abs(u) < 12.0) & (angle > np.radians(20.0)) & (angle < np.radians(160.0))
    ridge = np.sqrt(u**2 + 2.2) - np.sqrt(2.2)
    falls = np.where(used, (baseline[:, None] - v) / np.maximum(ridge, 0.5), np.nan)
    slope = np.full(len(u), np.nan)
    enough = used.sum(axis=1) >= 6
    slope[enough] = np.nanpercentile(falls[enough], 45.0, axis=1)
    known = np.isfinite(slope)
    if not known.any():
        return np.full(len(u), 0.8)
    slope = np.interp(measure.s_mm, measure.s_mm[known], slope[known])
    return np.asarray(np.clip(ndimage.gaussian_filter1d(slope, _samples(4.0)), 0.55, 1.2))


def _iodine(measure: CanalMeasure, myelogram: MyelogramParameters, sac_scale: float) -> FloatArray:
    """Contrast along the sac; the spine that the CT does not show is a woman's of the table."""
    fluid = FluidColumn.for_person(positions_mm(FIVE_LUMBAR_COLUMN, "F"), sac_scale, Variation(), 0.0)
    zero = 0.5 * (body_at(measure, Vertebra.L3) + body_at(measure, Vertebra.L4))
    of_table = disc_positions_mm(FIVE_LUMBAR_COLUMN, "F")[myelogram.injection_level]
    at = measure.disc_s_mm.get(myelogram.injection_level, zero + of_table) - zero
    return csf_iodine_mg_per_ml(measure.s_mm - zero, at, fluid, myelogram)


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
        wall, middle_v, pedicle = (float(np.interp(at_s + 4.0, s, q)) for q in (half_width, sac_v, half))
        lower = measure.body_s_mm[names[i + 1]] if i + 1 < len(names) else at_s - _LEVEL_MM
        middle = 0.5 * (at_s + lower) + 4.0
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
                size = 1.0 + rng.normal(0.0, 0.05)
                foramina.append((side * (pedicle + 3.0), 5.0, middle, 11.0 * size, 5.5 * size, 8.5 * size, 0.15))
    return roots, foramina


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
