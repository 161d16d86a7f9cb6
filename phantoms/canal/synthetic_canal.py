"""The canal of a synthetic patient: the tables of a `CanalModel`, filled from the morphometric table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phantoms.canal.canal_model import CanalModel, RootPath
from phantoms.canal.centreline import Centreline
from phantoms.canal.roots import Exit, root_path, segments_mm, strands
from phantoms.canal.thecal_sac import (
    BACK_GAP_MM,
    FRONT_GAP_MM,
    LEAST_CLEAR_MM,
    FluidColumn,
    canal_growth,
    conus_s_mm,
    cord_sections,
    outlines,
    sac_sd,
    sac_sections,
)
from phantoms.fluid.iodine_mixing import csf_iodine_mg_per_ml
from phantoms.fluid.leak import collection, joined
from phantoms.fluid.perineural_leak import with_perineural_leak
from phantoms.morphometry import draw_number, morphometry
from phantoms.parameters import PatientParameters
from phantoms.spinal_curve import BONE_SCALE, along, column_with_length, disc_positions_mm, positions_mm
from phantoms.vertebra_shape import spinous_tip_mm, tabled_or_assumed, vertebra_shapes
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.levels import Region, Vertebra

_FLAVUM_GROWS = 0.35  # part that the flavum thickens in a much worn spine (assumption)
_SACRAL_ROOTS_MM = 28.0  # from the start of one sacral root to the next, below what is shown
_STEP_MM = 0.5
_FORAMEN_ABOVE_MM = {Region.CERVICAL: 1.0, Region.THORACIC: 2.5, Region.LUMBAR: 4.0}  # above the disc's middle


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticCanal:
    """A synthetic patient's canal, and what else follows from the table along it.

    Attributes:
        model: the canal of the region shown
        deep_mm: greatest depth of the roof below each vertebra of the column [shape=(n,)]
        skin_v_mm: depth of the skin on the midline at the model's s
    """

    model: CanalModel
    deep_mm: FloatArray
    skin_v_mm: FloatArray


def _recess(s: FloatArray, tops: FloatArray, deep: FloatArray, canal_ap: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Roof's apex along s and position 0..1 from one lamina's top to the next.

    Measured shape of the recess.
    """
    t = np.interp(-s, -tops, np.arange(len(tops), dtype=np.float64))
    index = np.clip(t.astype(int), 0, len(tops) - 2)
    part = np.clip(t - index, 0.0, 1.0)
    hump = np.sin(np.pi * part**1.3) ** 1.5
    return canal_ap + np.maximum(deep[index] - canal_ap, 0.0) * hump, part


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


def _foramen(side: float, exit_: Exit, rng: np.random.Generator) -> tuple[float, ...]:
    """Fat-filled foramen: u, v, s, half sizes, and how far it runs forwards per mm outwards."""
    size = 1.0 + rng.normal(0.0, 0.05)
    place = side * (exit_.half_width_mm + 3.0), 5.0, exit_.foramen_s_mm
    if exit_.vertebra.region is Region.CERVICAL:
        return (side * (exit_.half_width_mm + 1.0), 3.5, exit_.foramen_s_mm, 9.0 * size, 4.0, 5.0 * size, 0.75)
    if exit_.vertebra.region is Region.THORACIC:
        return (*place, 9.0 * size, 5.5 * size, 6.0 * size, 0.15)
    return (*place, 16.0 * size, 7.5 * size, 11.0 * size, 0.15)


def synthetic_canal(parameters: PatientParameters, line: Centreline, skin_mm: FloatArray) -> SyntheticCanal:
    """Canal of a synthetic patient over its region.

    Args:
        parameters: of the patient
        line: posterior wall of the whole column
        skin_mm: skin to epidural space at the interspace below each vertebra of the column [shape=(n,)]

    Raises:
        ValueError: the myelogram's puncture is at a level that the patient has not.
    """
    sex, scale = parameters.sex, parameters.sac_scale
    thin, column = parameters.thin_discs, parameters.column
    body_s, shown = positions_mm(column, sex, thin), positions_mm(parameters.vertebrae, sex, thin)
    discs = disc_positions_mm(column, sex, thin)
    s = np.arange(np.floor(shown.min()) - 40.0, shown.max() + 25.0, _STEP_MM)
    rows = [morphometry()[name] for name in column]
    disc_s = np.append(np.array(list(discs.values())), body_s[-1] - 15.0)

    def bodies(field: str, factor: float = 1.0) -> FloatArray:
        return along(body_s, [factor * tabled_or_assumed(row, field) for row in rows], s)

    varied = parameters.variation
    canal_grown = canal_growth(varied, column)
    sac = sac_sections(s, body_s, scale, varied)
    canal_ap, inside, half_ap, half_width = sac.canal_ap, sac.inside, sac.half_ap, sac.half_width
    sac_v = FRONT_GAP_MM + half_ap
    epidural = np.array([tabled_or_assumed(row, "epidural_post_depth_mm") for row in rows])
    deep = FRONT_GAP_MM + 2.0 * _at(disc_s, body_s, parameters, canal_grown) + epidural
    tops = body_s + np.array([BONE_SCALE[sex] * vertebra_shapes()[name].lamina_top_mm for name in column])
    roof, part = _recess(s, tops, deep, canal_ap)
    grow = np.clip((part - 0.30) / 0.14, 0.0, 1.0) * np.clip((1.04 - part) / 0.08, 0.0, 1.0)
    thicker = 1.0 + _FLAVUM_GROWS * parameters.wear
    flavum = along(disc_s, [thicker * tabled_or_assumed(row, "flavum_thickness_mm") for row in rows], s)
    for name in parameters.laminectomy:  # the flavum goes with the lamina
        k = column.index(name)
        flavum[(s < tops[k] + 3.0) & (s > tops[k + 1] - 3.0)] = 0.0
    conus = conus_s_mm(body_s, parameters.conus_levels)
    fluid_column = FluidColumn.for_person(body_s, scale, varied, parameters.conus_levels)
    injected_at = discs[parameters.myelogram.injection_level]
    iodine = csf_iodine_mg_per_ml(s, injected_at, fluid_column, parameters.myelogram)
    fluid = _fluid(parameters, s, iodine)
    # A collection that is thicker than the space behind the sac presses the sac's back forwards, as far as the cord
    # lets it (assumption); in the lumbar spine the space has room.
    cord = cord_sections(s, body_s, conus, (sac_v, half_ap, half_width), varied.cord)
    room = along(disc_s, deep, s) - (sac_v + half_ap)
    give = np.clip(fluid[0] - room, 0.0, np.maximum(2.0 * (half_ap - cord[1] - LEAST_CLEAR_MM), 0.0))
    sac_v, half_ap = sac_v - 0.5 * give, half_ap - 0.5 * give
    cord = cord_sections(s, body_s, conus, (sac_v, half_ap, half_width), varied.cord)
    exits = _exits(body_s, s, half_width, sac_v, inside)
    roots: list[RootPath] = []
    foramina = []
    for exit_ in exits:
        rng = np.random.default_rng((parameters.seed, 2, draw_number(exit_.vertebra)))
        for side in (1.0, -1.0):
            roots.append(root_path(side, exit_, rng))
            if exit_.vertebra != Vertebra.S1:
                foramina.append(_foramen(side, exit_, rng))
    sac_u = 0.3 * np.sin(s / 31.0 + 1.0)
    model = CanalModel(
        centreline=line,
        s_start_mm=float(s[0]),
        s_step_mm=_STEP_MM,
        sac_u_mm=sac_u,
        sac_v_mm=sac_v,
        sac_half_ap_mm=half_ap,
        sac_half_width_mm=half_width,
        sac_radius_mm=outlines(s, half_width, half_ap, body_s),
        roof_apex_mm=roof,
        roof_slope=along(body_s, [vertebra_shapes()[name].roof_slope for name in column], s),
        flavum_thickness_mm=flavum * grow,
        flavum_reach_mm=inside + 3.0,
        half_width_mm=inside,
        front_mm=np.zeros_like(s),
        csf_iodine_mg_per_ml=iodine,
        settling=parameters.myelogram.settling,
        collection_thickness_mm=fluid[0],
        collection_iodine_mg_per_ml=fluid[1],
        collection_behind_share=fluid[2],
        cord_half_ap_mm=cord[1],
        cord_half_width_mm=cord[0],
        cord_u_mm=sac_u,
        cord_v_mm=cord[2],
        window=(part > 0.6).astype(np.float64),
        roots=tuple(roots),
        strands=_strands(parameters, s, (sac_v, half_ap, half_width), cord, roots, body_s, conus),
        foramina=np.array(foramina),
    )
    model = with_perineural_leak(model, parameters.leak)
    return SyntheticCanal(model=model, deep_mm=deep, skin_v_mm=_skin(parameters, disc_s, deep + skin_mm, body_s, s))


def _strand_start_mm(region: Region, body_s_mm: float, below_s_mm: float) -> float:
    """Arc length at which the strands of a root end that leaves beyond what is shown."""
    if region is Region.CERVICAL:
        return 0.5 * (body_s_mm + below_s_mm) + 7.0
    return body_s_mm + (8.0 if region is Region.THORACIC else 16.0)


def _at(disc_s: FloatArray, body_s: FloatArray, parameters: PatientParameters, grown: FloatArray) -> FloatArray:
    """Half depth of the sac at the interspaces, as far as the canal has the room."""
    rows = [morphometry()[name] for name in parameters.column]
    sac = [parameters.sac_scale * (1.0 + parameters.variation.sac * sac_sd(row)) * row.sac_ap_mm for row in rows]
    canal = grown * np.array([row.canal_ap_mm for row in rows])
    return 0.5 * along(body_s, list(np.minimum(sac, canal - FRONT_GAP_MM - BACK_GAP_MM)), disc_s)


def over_spines_mm(bmi_kg_per_m2: float) -> float:
    """Skin, fat and ligament over the spinous processes' tips, mm: little in the slim (assumption)."""
    return float(np.clip(5.0 + 0.4 * (bmi_kg_per_m2 - 20.0), 4.5, 9.0))


def _skin(
    parameters: PatientParameters, disc_s: FloatArray, depth: FloatArray, body_s: FloatArray, s: FloatArray
) -> FloatArray:
    """Depth of the skin along s, nowhere less than what covers the spinous processes."""
    over, scale = over_spines_mm(parameters.bmi_kg_per_m2), BONE_SCALE[parameters.sex]
    least = along(body_s, [spinous_tip_mm(name, scale) + over for name in parameters.column], s)
    return np.maximum(along(disc_s, depth, s), least)


def _fluid(
    parameters: PatientParameters, s: FloatArray, iodine: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Thickness, iodine and share that lies behind alone of what has collected outside the sac."""
    discs = disc_positions_mm(parameters.vertebrae, parameters.sex, parameters.thin_discs)
    place = list(discs.values())
    hole = discs[parameters.leak.level]
    near = int(np.argmin(np.abs(np.array(place) - hole)))
    ends = max(near - 1, 0), min(near + 1, len(place) - 1)
    length = abs(place[ends[0]] - place[ends[1]]) / max(ends[1] - ends[0], 1)
    thickness, outside = collection(s, hole, length, iodine, parameters.leak)
    site = parameters.myelogram.puncture_site
    if site is None:
        return thickness, outside, np.zeros_like(s)
    if site.level not in discs:
        raise ValueError(f"puncture at {site.level}: the patient's interspaces are {', '.join(discs)}")
    return joined(s, (thickness, outside), discs[site.level], length, iodine, site)


def _strands(
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
