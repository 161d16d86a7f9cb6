"""Spine: one patient's curve, canal, vertebrae and body, from parameters and the morphometric table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from phantoms import body_kernels
from phantoms.canal import CanalModel, Centreline, canal_arrays
from phantoms.canal_kernels import CanalArrays
from phantoms.contrast import csf_iodine_mg_per_ml
from phantoms.leak import collection, joined
from phantoms.levels import interspace, levels
from phantoms.parameters import PatientParameters
from phantoms.roots import cauda_equina, root_path
from phantoms.texture import noise_tile
from phantoms.tissues import Tissue, spongiosa, spongiosa_hu_at_age, tissue
from phantoms.vertebra import BONE_SCALE, Row, build_row, positions_mm, value

Array = NDArray[np.float64]

_WEDGE_SHARE = {"T12": 0.05, "L1": 0.09, "L2": 0.14, "L3": 0.20, "L4": 0.25, "L5": 0.32}
"""Part of the L1-S1 lordosis at the interspace below each vertebra (assumption: most of it low, as lying in
[LL627]); T12's comes on top."""

_FRONT_GAP_MM = 1.0  # ventral epidural space 0.5-1 (reference section 3), a little more where fluid has collected
_BMI_OF_TABLE = 23.5  # the table's skin depths are those of a normal to slightly overweight patient
_DEPTH_PER_BMI_MM = {"F": 0.41, "M": 0.89}  # [SED97], reference section 3
_CONUS_BELOW_L1_MM = -6.0  # tip at the lower third of L1
_OUTLINE_ANGLES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Spine:
    """A patient as solids: what the kernels need, and what people ask for.

    Attributes:
        parameters: of the patient
        canal: the canal along its centreline
        row: the vertebrae
        canal_arrays, body_arrays: for the kernels
        interspace_s_mm: arc length of each disc's middle by name
    """

    parameters: PatientParameters
    canal: CanalModel
    row: Row
    canal_arrays: CanalArrays
    body_arrays: body_kernels.BodyArrays
    interspace_s_mm: dict[str, float]


def along(nodes_s: Array, values: Array | list[float], s: Array) -> Array:
    """Smooth monotone interpolation of one value per level, constant beyond the ends."""
    order = np.argsort(nodes_s)
    curve = PchipInterpolator(nodes_s[order], np.asarray(values, dtype=np.float64)[order])
    return np.asarray(curve(np.clip(s, nodes_s.min(), nodes_s.max())))


def _centreline(parameters: PatientParameters, body_s: Array) -> Centreline:
    """Posterior wall line: the tilt grows from level to level and is zero at the L3/4 disc."""
    names = parameters.vertebrae
    steps = [_WEDGE_SHARE.get(name, 0.03) * parameters.lordosis_deg for name in names[:-1]]
    tilt = -np.concatenate([[0.0], np.cumsum(steps)])
    at = names.index("L3")
    tilt -= 0.5 * (tilt[at] + tilt[at + 1])
    nodes = np.append(body_s, body_s[-1] - 40.0)
    tilt = np.append(tilt, tilt[-1] - 12.0)  # the sacrum goes on bending back
    s = np.arange(nodes.min() - 5.0, nodes.max() + 5.0, 0.25)
    angle = np.radians(along(nodes, tilt, s))
    zero = int(np.argmin(np.abs(s)))

    def integral(f: Array) -> Array:
        total = np.concatenate([[0.0], np.cumsum(0.5 * (f[1:] + f[:-1])) * 0.25])
        return np.asarray(total - total[zero])

    y, z = integral(np.sin(angle)), integral(np.cos(angle))
    x = parameters.lateral_bow_mm * np.sin(2.0 * np.pi * (s - 20.0) / 260.0)
    x -= x[zero]
    return Centreline.through(np.column_stack([x, y, z])[::12], s_zero_z_mm=0.0)


def sac_outline(half_width: Array, half_ap: Array, triangle: Array) -> Array:
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


def _recess(s: Array, body_s: Array, deep: Array, canal_ap: Array, lamina_top: float) -> tuple[Array, Array]:
    """Roof's apex along s and position 0..1 from one lamina's top to the next.

    Measured shape of the recess.
    """
    tops = body_s + lamina_top
    t = np.interp(-s, -tops, np.arange(len(tops), dtype=np.float64))
    index = np.clip(t.astype(int), 0, len(tops) - 2)
    part = np.clip(t - index, 0.0, 1.0)
    hump = np.sin(np.pi * part**1.3) ** 1.5
    depth = deep[index]
    return canal_ap + np.maximum(depth - canal_ap, 0.0) * hump, part


def _canal(
    parameters: PatientParameters, line: Centreline, body_s: Array, discs: dict[str, float], skin: Array
) -> tuple[CanalModel, Array, Array]:
    """Canal of a synthetic patient.

    Also the deepest roof under each interspace and the skin's depth along s.
    """
    names = parameters.vertebrae
    rows = [levels()[name] for name in names]
    rng = np.random.default_rng((parameters.seed, 2))
    s = np.arange(np.floor(body_s.min()) - 40.0, body_s.max() + 25.0, 0.5)
    disc_s = np.array(list(discs.values()))

    def bodies(field: str, scale: float = 1.0) -> Array:
        return along(body_s, [scale * value(row, field) for row in rows], s)

    sac_ap, sac_width = (
        bodies("sac_ap_mm", parameters.sac_scale),
        bodies("sac_transverse_mm", parameters.sac_scale),
    )
    half_ap, half_width = 0.5 * sac_ap, 0.5 * sac_width
    front = np.zeros_like(s)
    sac_v = _FRONT_GAP_MM + half_ap
    canal_ap = bodies("canal_ap_mm")
    epidural = np.array([value(row, "epidural_post_depth_mm") for row in rows])
    deep = _FRONT_GAP_MM + np.interp(np.append(disc_s, body_s[-1] - 15.0), s, sac_ap) + epidural
    roof, part = _recess(s, body_s, deep, canal_ap, 6.0)
    grow = np.clip((part - 0.30) / 0.14, 0.0, 1.0) * np.clip((1.04 - part) / 0.08, 0.0, 1.0)
    flavum = along(np.append(disc_s, body_s[-1] - 15.0), [value(row, "flavum_thickness_mm") for row in rows], s)
    inside = along(body_s, [0.5 * row.canal_transverse_mm + 0.6 for row in rows], s)
    triangle = along(body_s, [{"L3": 0.1, "L4": 0.4, "L5": 0.85, "S1": 1.0}.get(name, 0.0) for name in names], s)
    hole = discs[parameters.leak.level]
    iodine = csf_iodine_mg_per_ml(s, discs["L3/4"], parameters.myelogram)
    length = abs(discs["L2/3"] - discs["L4/5"]) / 2.0
    thickness, outside = collection(s, hole, length, iodine, parameters.leak)
    behind = np.zeros_like(s)
    site = parameters.myelogram.puncture_site
    if site is not None:
        if site.level not in discs:
            raise ValueError(f"puncture at {site.level}: the patient's interspaces are {', '.join(discs)}")
        thickness, outside, behind = joined(s, (thickness, outside), discs[site.level], length, iodine, site)
    conus = body_s[names.index("L1")] + _CONUS_BELOW_L1_MM if "L1" in names else -np.inf
    taper = np.sqrt(np.clip((s - conus) / 28.0, 0.0, 1.0))
    cord_ap = np.where(s > conus, 0.5 * taper * 7.0, 0.0)
    cord_width = np.where(s > conus, 0.5 * taper * 8.6, 0.0)
    roots, foramina = [], []
    for i, name in enumerate(names):
        if name == "T11":
            continue
        wall, middle_v, pedicle = (float(np.interp(body_s[i] + 4.0, s, q)) for q in (half_width, sac_v, inside))
        for side, word in ((1.0, "left"), (-1.0, "right")):
            diameter = rows[i].root_diameter_mm
            diameter = 3.5 if np.isnan(diameter) else diameter
            roots.append(root_path(f"{name} {word}", side, body_s[i], wall, middle_v, pedicle, diameter, rng))
            if name != "S1":
                middle = body_s[i] - 0.5 * (body_s[i] - body_s[i + 1]) + 4.0
                size = 1.0 + rng.normal(0.0, 0.05)
                foramina.append((side * (pedicle + 3.0), 5.0, middle, 16.0 * size, 7.5 * size, 11.0 * size))
    model = CanalModel(
        centreline=line,
        s_start_mm=float(s[0]),
        s_step_mm=0.5,
        sac_u_mm=0.3 * np.sin(s / 31.0 + 1.0),
        sac_v_mm=sac_v,
        sac_half_ap_mm=half_ap,
        sac_half_width_mm=half_width,
        sac_radius_mm=sac_outline(half_width, half_ap, triangle),
        roof_apex_mm=roof,
        roof_slope=np.full_like(s, 0.80),
        flavum_thickness_mm=flavum * grow,
        flavum_reach_mm=inside + 3.0,
        half_width_mm=inside,
        front_mm=front,
        csf_iodine_mg_per_ml=iodine,
        collection_thickness_mm=thickness,
        collection_iodine_mg_per_ml=outside,
        collection_behind_share=behind,
        cord_half_ap_mm=cord_ap,
        cord_half_width_mm=cord_width,
        cord_v_mm=sac_v - 0.4,
        window=(part > 0.6).astype(np.float64),
        roots=tuple(roots),
        strands=cauda_equina(s, sac_v, half_ap, half_width, roots, rng),
        foramina=np.array(foramina),
    )
    return model, deep, along(np.append(disc_s, body_s[-1] - 15.0), deep + skin, s)


def _front_wall(row: Row, discs: dict[str, float], s: Array) -> Array:
    """v of the front of bodies and discs along s; the bodies are waisted by 2.4 mm."""
    bodies = 0.5 * (row.vertebrae["depth_upper"] + row.vertebrae["depth_lower"]) - 2.2
    between = 0.5 * (row.vertebrae["depth_lower"][:-1] + row.vertebrae["depth_upper"][1:]) + 0.4
    nodes = np.concatenate([row.vertebrae["s"], list(discs.values())])
    return -along(nodes, np.concatenate([bodies, between]), s)


def palette(parameters: PatientParameters) -> Array:
    """Basis densities of the tissues that kernels mix [shape=(15, 3)], rows as in paint_kernels."""
    core = spongiosa(spongiosa_hu_at_age(parameters.age_years))
    rows: list[Tissue] = [
        tissue("air"),
        tissue("adipose"),
        tissue("muscle"),
        tissue("skin"),
        tissue("ligament"),
    ]
    rows += [tissue("disc"), tissue("csf"), tissue("nerve_root"), tissue("blood"), tissue("kidney")]
    rows += [tissue("bowel"), tissue("cortical_bone"), core, tissue("red_marrow"), tissue("dura")]
    result = np.array([row.basis for row in rows])
    result.setflags(write=False)
    return result


def build_spine(parameters: PatientParameters) -> Spine:
    """Solids of a patient; takes well under a second once kernels are compiled.

    Raises:
        ValueError: vertebrae or the leak's level are not in the table or not in the patient.
    """
    names = parameters.vertebrae
    unknown = [name for name in names if name not in levels()]
    if unknown or not {"L2", "L3", "L4", "L5"} <= set(names):
        raise ValueError(f"vertebrae {', '.join(names)}: need L2 to L5, and only names of the table")
    body_s = positions_mm(names, parameters.sex)
    line = _centreline(parameters, body_s)
    extra = _DEPTH_PER_BMI_MM[parameters.sex] * (parameters.bmi_kg_per_m2 - _BMI_OF_TABLE)
    skin = np.array([46.0 if np.isnan(d := levels()[name].skin_to_epidural_mm) else d for name in names]) + extra
    height = np.array([BONE_SCALE[parameters.sex] * levels()[name].body_height_post_mm for name in names])
    middle = 0.5 * (body_s[:-1] - 0.5 * height[:-1] + body_s[1:] + 0.5 * height[1:])
    discs = {interspace(a, b): float(s) for a, b, s in zip(names[:-1], names[1:], middle, strict=True)}
    if parameters.leak.level not in discs:
        raise ValueError(f"leak at {parameters.leak.level}: the patient's interspaces are {', '.join(discs)}")
    canal, deep, skin_v = _canal(parameters, line, body_s, discs, skin)
    row = build_row(names, parameters.sex, line, deep, parameters.seed)
    table = np.column_stack(
        [
            skin_v,
            along(body_s, list(row.vertebrae["spinous_tip"]), canal.s_mm + 8.0),
            _front_wall(row, discs, canal.s_mm),
            along(body_s, list(row.vertebrae["canal_ap"]), canal.s_mm),
        ]
    )
    at = dict(zip(names, body_s, strict=True))
    shape = np.array(
        [
            parameters.body_half_width_mm,
            parameters.body_half_depth_mm,
            parameters.muscle_fat,
            at["L2"] + 12.0,
            at["L4"],
            at["L5"] + 14.0,
            at.get("T12", at["L2"] + 60.0),
        ]
    )
    body = body_kernels.BodyArrays(tables=table, s_start=canal.s_start_mm, s_step=canal.s_step_mm, shape=shape)
    arrays = canal_arrays(canal, palette(parameters), noise_tile(parameters.seed))
    return Spine(
        parameters=parameters,
        canal=canal,
        row=row,
        canal_arrays=arrays,
        body_arrays=body,
        interspace_s_mm=discs,
    )
