"""The canal of a synthetic patient: the tables of a `CanalModel`, filled from the morphometric table."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from phantoms.canal.canal_model import CanalFluid, CanalModel, CanalWalls, DuralSac, Nerves, SpinalCord
from phantoms.canal.synthetic_roots import ArcLengths, root_strands, roots_and_foramina
from phantoms.canal.thecal_sac import (
    BACK_GAP_MM,
    FRONT_GAP_MM,
    LEAST_CLEAR_MM,
    FluidColumn,
    Sections,
    canal_growth,
    conus_s_mm,
    cord_sections,
    outlines,
    sac_sd,
    sac_sections,
)
from phantoms.canal.wear import Narrowing, narrowed_sac, narrowing
from phantoms.fluid.iodine_mixing import csf_iodine_mg_per_ml
from phantoms.fluid.leak import both_collections, collection, joined, level_length_mm
from phantoms.fluid.perineural_leak import with_perineural_leak
from phantoms.fluid.ventral_tear import BELOW_ENDPLATE_MM, VentralPool, pushed_back, ventral_hole, ventral_pool
from phantoms.morphometry import morphometry
from phantoms.parameters import PatientParameters
from phantoms.spinal_curve import BONE_SCALE, along, disc_heights_mm, disc_positions_mm, positions_mm
from phantoms.vertebra_shape import spinous_tip_mm, tabled_or_assumed, vertebra_shapes
from simulator.spatial.arrays import FloatArray
from simulator.spatial.canal_transform import CanalTransform
from simulator.vocabulary.anatomy import LeakPattern
from simulator.vocabulary.levels import Interspace

_STEP_MM = 0.5
_NECK_FLAVA = range(1, 7)  # places of C2 to C7 in the column: vertebrae above an interspace of the neck
_LEANS_FROM, _LEANS_TO = 0.16, 0.8  # of its height from the top: where a lamina of the neck leans back (its kernel)
_WEDGE = 2.0  # share of the flavum's thickness against that of the lean, so that no muscle lies before the lamina
_ON_EDGE_MM, _EDGE_FADES_MM = 4.0, 1.0  # below the nominal top of the lamina, whose edge is rounded (assumption)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticCanal:
    """A synthetic patient's canal, and what else follows from the table along it.

    Attributes:
        model: the canal of the region shown
        deep_mm: greatest depth of the dorsal wall below each vertebra of the column [shape=(n,)]
        skin_v_mm: depth of the skin on the midline at the model's s
    """

    model: CanalModel
    deep_mm: FloatArray
    skin_v_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _DorsalWall:
    """The canal's dorsal wall: greatest depth below each vertebra, unworn; along s its apex and slope, place 0..1 from
    lamina to lamina, thickness of the flavum, and what wear takes from the canal.
    """

    deep: FloatArray
    apex: FloatArray
    slope: FloatArray
    part: FloatArray
    flavum: FloatArray
    lost: Narrowing


def _recess(s: FloatArray, tops: FloatArray, deep: FloatArray, canal_ap: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Roof's apex along s and position 0..1 from one lamina's top to the next.

    Measured shape of the recess.
    """
    t = np.interp(-s, -tops, np.arange(len(tops), dtype=np.float64))
    index = np.clip(t.astype(int), 0, len(tops) - 2)
    part = np.clip(t - index, 0.0, 1.0)
    hump = np.sin(np.pi * part**1.3) ** 1.5
    return canal_ap + np.maximum(deep[index] - canal_ap, 0.0) * hump, part


def synthetic_canal(parameters: PatientParameters, line: CanalTransform, skin_mm: FloatArray) -> SyntheticCanal:
    """Canal of a synthetic patient over its region.

    Args:
        parameters: of the patient
        line: posterior wall of the whole column
        skin_mm: skin to epidural space at the interspace below each vertebra of the column [shape=(n,)]

    Raises:
        ValueError: the myelogram's puncture is at a level that the patient has not.
    """
    at = _arc_lengths(parameters)
    s, varied = at.s, parameters.variation
    conus = conus_s_mm(at.body_s, parameters.conus_levels)
    iodine = _csf_iodine(parameters, at)
    fluid = _fluid(parameters, s, iodine)
    unworn = sac_sections(s, at.body_s, parameters.sac_scale, varied, parameters.canal_scale)
    wall = _dorsal_wall(parameters, at, unworn.canal_ap)
    whole = narrowed_sac(unworn, wall.apex + wall.lost.behind, wall.lost)
    sac_v, half_ap, cord = _pressed_sac(parameters, at, whole, conus, fluid[0], wall)
    before = ventral_pool(s, _tear_s_mm(parameters, at), _level_mm(parameters), iodine, parameters.leak)
    if before.thickness_mm.any():
        sac_v, half_ap, cord, before = _sac_behind_pool(
            parameters, at, whole, conus, (sac_v, half_ap, cord), before, wall.lost.behind
        )
    sac = sac_v, half_ap, whole.half_width
    roots, foramina = roots_and_foramina(parameters, at, sac, whole.inside)
    sac_u = 0.3 * np.sin(s / 31.0 + 1.0)
    model = CanalModel(
        centreline=line,
        s_start_mm=float(s[0]),
        s_step_mm=_STEP_MM,
        sac=DuralSac(
            u_mm=sac_u,
            v_mm=sac_v,
            half_ap_mm=half_ap,
            half_width_mm=whole.half_width,
            radius_mm=outlines(s, whole.half_width, half_ap, at.body_s),
        ),
        walls=_walls(wall, whole.inside),
        cord=SpinalCord(u_mm=sac_u, v_mm=cord[2], half_ap_mm=cord[1], half_width_mm=cord[0]),
        nerves=Nerves(
            roots=tuple(roots),
            strands=root_strands(parameters, s, sac, cord, roots, at.body_s, conus),
            foramina=np.array(foramina),
        ),
        fluid=CanalFluid(
            csf_iodine_mg_per_ml=iodine,
            collection_thickness_mm=fluid[0],
            collection_iodine_mg_per_ml=fluid[1],
            collection_behind_fraction=fluid[2],
            ventral_thickness_mm=before.thickness_mm,
            ventral_iodine_mg_per_ml=before.iodine_mg_per_ml,
            settling=parameters.myelogram.settling,
        ),
    )
    skin_v = _skin(parameters, at.disc_s, wall.deep + skin_mm, at.body_s, s)
    return SyntheticCanal(model=_with_leaks(model, parameters, at), deep_mm=wall.deep, skin_v_mm=skin_v)


def _with_leaks(model: CanalModel, parameters: PatientParameters, at: ArcLengths) -> CanalModel:
    """The canal with what leaks along its roots, or through a tear in the sac's front."""
    model = with_perineural_leak(model, parameters.leak, at.discs)
    if parameters.further_leak is not None:
        model = with_perineural_leak(model, parameters.further_leak, at.discs)
    if parameters.leak.pattern != LeakPattern.VENTRAL_TEAR:
        return model
    hole = ventral_hole(model, parameters.leak.side, _tear_s_mm(parameters, at))
    return replace(model, fluid=replace(model.fluid, ventral_hole=hole))


def _walls(dorsal: _DorsalWall, half_width: FloatArray) -> CanalWalls:
    return CanalWalls(
        dorsal_apex_mm=dorsal.apex,
        dorsal_slope=dorsal.slope,
        flavum_thickness_mm=dorsal.flavum,
        flavum_reach_mm=half_width + 3.0,
        half_width_mm=half_width,
        front_mm=dorsal.lost.front,
        interlaminar_window=(dorsal.part > 0.6).astype(np.float64),
    )


def _arc_lengths(parameters: PatientParameters) -> ArcLengths:
    sex, thin = parameters.sex, parameters.thin_discs
    body_s = positions_mm(parameters.column, sex, thin)
    shown = positions_mm(parameters.vertebrae, sex, thin)
    discs = disc_positions_mm(parameters.column, sex, thin)
    return ArcLengths(
        s=np.arange(np.floor(shown.min()) - 40.0, shown.max() + 25.0, _STEP_MM),
        body_s=body_s,
        discs=discs,
        disc_s=np.append(np.array(list(discs.values())), body_s[-1] - 15.0),
    )


def _csf_iodine(parameters: PatientParameters, at: ArcLengths) -> FloatArray:
    """Contrast in the sac along the region."""
    column = FluidColumn.for_person(
        at.body_s, parameters.sac_scale, parameters.variation, parameters.conus_levels, parameters.canal_scale
    )
    injected_at = at.discs[parameters.myelogram.injection_level]
    return csf_iodine_mg_per_ml(at.s, injected_at, column, parameters.myelogram)


def _dorsal_wall(parameters: PatientParameters, at: ArcLengths, canal_ap: FloatArray) -> _DorsalWall:
    """Laminae and flavum behind the canal, along the region."""
    s, column = at.s, parameters.column
    rows = [morphometry()[name] for name in column]
    epidural = parameters.canal_scale * np.array([tabled_or_assumed(row, "epidural_post_depth_mm") for row in rows])
    grown = canal_growth(parameters.variation, column, parameters.canal_scale)
    deep = FRONT_GAP_MM + 2.0 * _at(at.disc_s, at.body_s, parameters, grown) + epidural
    scale = BONE_SCALE[parameters.sex]
    tops = at.body_s + np.array([scale * vertebra_shapes()[name].lamina_top_mm for name in column])
    apex, part = _recess(s, tops, deep, canal_ap)
    heights = scale * np.array([tabled_or_assumed(row, "lamina_height_mm") for row in rows])
    grow = _flavum_share(part, s, tops, heights)
    flavum = along(at.disc_s, [tabled_or_assumed(row, "flavum_thickness_mm") for row in rows], s) * grow
    for name in parameters.laminectomy:  # the flavum goes with the lamina
        k = column.index(name)
        flavum[(s < tops[k] + 3.0) & (s > tops[k + 1] - _ON_EDGE_MM - _EDGE_FADES_MM)] = 0.0
    slope = along(at.body_s, [vertebra_shapes()[name].dorsal_wall_slope for name in column], s)
    discs = disc_heights_mm(parameters.sex, parameters.thin_discs, column)
    heights = np.array([discs[name] for name in column[:-1]])
    lost = narrowing(parameters.wear, s, at.disc_s[:-1], heights, flavum)
    apex, flavum = apex - lost.behind, flavum + lost.behind
    return _DorsalWall(deep=deep, apex=apex, slope=slope, part=part, flavum=flavum, lost=lost)


def _flavum_share(part: FloatArray, s: FloatArray, tops: FloatArray, heights: FloatArray) -> FloatArray:
    """Share of the flavum's thickness along s, 0 to 1: from the front of the lamina above to the edge of the one below.

    In the neck the sheet fills the wedge that the lamina above leaves as it leans back, and runs on to the rounded
    upper edge of the lamina below, where it inserts.
    """
    share = np.clip((part - 0.30) / 0.14, 0.0, 1.0) * np.clip((1.04 - part) / 0.08, 0.0, 1.0)
    for k in _NECK_FLAVA:
        lean = ((tops[k] - s) / heights[k] - _LEANS_FROM) / (_LEANS_TO - _LEANS_FROM)
        edge = 1.0 + (s - tops[k + 1] + _ON_EDGE_MM) / _EDGE_FADES_MM
        share = np.maximum(share, np.clip(np.minimum(_WEDGE * lean, edge), 0.0, 1.0))
    return share


def _pressed_sac(
    parameters: PatientParameters,
    at: ArcLengths,
    sac: Sections,
    conus_s_mm: float,
    collection_mm: FloatArray,
    wall: _DorsalWall,
) -> tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray, FloatArray]]:
    """The sac's v and half depth, and the cord in it, where a thick collection presses its back forwards.

    A collection that is thicker than the space behind the sac presses the sac's back forwards, as far as the cord lets
    it (assumption); in the lumbar spine the space has room.
    """
    s, sds = at.s, parameters.variation.cord
    sac_v, half_ap = wall.lost.front + FRONT_GAP_MM + sac.half_ap, sac.half_ap
    cord = cord_sections(s, at.body_s, conus_s_mm, (sac_v, half_ap, sac.half_width), sds)
    room = along(at.disc_s, wall.deep, s) - wall.lost.behind - (sac_v + half_ap)
    give = np.clip(collection_mm - room, 0.0, np.maximum(2.0 * (half_ap - cord[1] - LEAST_CLEAR_MM), 0.0))
    sac_v, half_ap = sac_v - 0.5 * give, half_ap - 0.5 * give
    return sac_v, half_ap, cord_sections(s, at.body_s, conus_s_mm, (sac_v, half_ap, sac.half_width), sds)


def _sac_behind_pool(
    parameters: PatientParameters,
    at: ArcLengths,
    sac: Sections,
    conus_s_mm: float,
    unmoved: tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray, FloatArray]],
    before: VentralPool,
    behind_mm: FloatArray,
) -> tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray, FloatArray], VentralPool]:
    """The sac's v and half depth, the cord in it, and the pool before it, where fluid pushes the sac back.

    Args:
        parameters, at, conus_s_mm: of the patient
        sac: where no fluid presses on it
        unmoved: the sac's v and half depth, and the cord, before the pool moves them
        before: the pool
        behind_mm: what wear takes from the room behind the sac
    """
    sac_v, half_ap, cord = unmoved
    room = sac.canal_ap - behind_mm - BACK_GAP_MM - (sac_v + half_ap)
    spare = 2.0 * (half_ap - cord[1] - LEAST_CLEAR_MM)
    sac_v, half_ap, thickness = pushed_back(before.thickness_mm, sac_v, half_ap, room, spare)
    section = sac_v, half_ap, sac.half_width
    cord = cord_sections(at.s, at.body_s, conus_s_mm, section, parameters.variation.cord)
    return sac_v, half_ap, cord, replace(before, thickness_mm=thickness)


def _tear_s_mm(parameters: PatientParameters, at: ArcLengths) -> float:
    """Arc length at which a ventral tear lies at the leak's interspace: just below the endplate above the disc."""
    level = Interspace(parameters.leak.level)
    heights = disc_heights_mm(parameters.sex, parameters.thin_discs, parameters.column)
    return at.discs[level] + 0.5 * heights[level.upper_vertebra] - BELOW_ENDPLATE_MM


def _at(disc_s: FloatArray, body_s: FloatArray, parameters: PatientParameters, grown: FloatArray) -> FloatArray:
    """Half depth of the sac at the interspaces, as far as the canal has the room."""
    rows = [morphometry()[name] for name in parameters.column]
    scale = parameters.canal_scale * parameters.sac_scale
    sac = [scale * (1.0 + parameters.variation.sac * sac_sd(row)) * row.dura.sac_ap_mm for row in rows]
    canal = grown * np.array([row.canal.canal_ap_mm for row in rows])
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
    length = level_length_mm(place, hole)
    thickness, outside = collection(s, hole, length, iodine, parameters.leak)
    further = parameters.further_leak
    if further is not None:
        at = discs[further.level]
        other = collection(s, at, level_length_mm(place, at), iodine, further)
        thickness, outside = both_collections((thickness, outside), other)
    site = parameters.myelogram.puncture_site
    if site is None:
        return thickness, outside, np.zeros_like(s)
    if site.level not in discs:
        raise ValueError(f"puncture at {site.level}: the patient's interspaces are {', '.join(discs)}")
    return joined(s, (thickness, outside), discs[site.level], length, iodine, site)


def _level_mm(parameters: PatientParameters) -> float:
    """Length of a level about the leak, as far as the region reaches."""
    discs = disc_positions_mm(parameters.vertebrae, parameters.sex, parameters.thin_discs)
    return level_length_mm(list(discs.values()), discs[parameters.leak.level])
