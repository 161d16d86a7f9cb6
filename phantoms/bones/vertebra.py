"""Vertebra: the numbers of one vertebra's solids, from the morphometric table, and its rigid frames."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.bones.bone_parts_kernels import (
    ATLAS,
    AXIS,
    CERVICAL,
    LUMBAR,
    LUMBAR_JOINT,
    NO_JOINT,
    SACRUM,
    THORACIC,
    THORACIC_JOINT,
)
from phantoms.canal.wear import BULGE_PER_DISC
from phantoms.fluid.ventral_tear import DuralSpur
from phantoms.morphometry import draw_number, morphometry
from phantoms.spinal_curve import BONE_SCALE, disc_heights_mm, positions_mm
from phantoms.vertebra_shape import spinous_tip_mm, tabled_or_assumed, vertebra_shapes
from simulator.spatial.arrays import FloatArray
from simulator.spatial.canal_transform import CanalTransform
from simulator.vocabulary.levels import Interspace, Region, Vertebra, interspaces_of

FIELDS = (
    "s",
    "kind",
    "height",
    "disc_below",
    "width_upper",
    "width_lower",
    "depth_upper",
    "depth_lower",
    "waist_side",
    "waist_front",
    "dish",
    "lip",
    "canal_ap",
    "canal_half",
    "pedicle_width",
    "pedicle_height",
    "pedicle_tan",
    "dorsal_wall_slope",
    "lamina_height",
    "lamina_thickness",
    "lamina_top",
    "lamina_rise",
    "lamina_side",
    "lean_part",
    "bevel",
    "flare",
    "notch",
    "spinous_tip",
    "spinous_cos",
    "spinous_sin",
    "spinous_root",
    "spinous_height",
    "spinous_tip_height",
    "fork",
    "transverse_tip",
    "transverse_y",
    "foramen_x",
    "rib_z",
    "rib_free",
    "joint_kind",
    "joint_x",
    "joint_y",
    "joint_r",
    "joint_z",
    "joint_skew",
    "joint_turn_left",
    "joint_turn_right",
    "joint_grow",
    "opened",
    "thin",
    "bulge",
    "wing",
    "cleft_depth",
    "cleft_trunk",
    "cleft_spread",
    "cleft_width",
    "cleft_height",
    "cleft_shift",
    "cleft_turn",
    "cleft_rise",
    "cleft_strength",
    "reach_above",
    "reach_below",
    "spur_aside",
    "spur_reach",
)
VERTEBRA = np.dtype([(name, np.float64) for name in FIELDS])

_KINDS = {Vertebra.C1: ATLAS, Vertebra.C2: AXIS, Vertebra.S1: SACRUM}
_REGION_KINDS = {Region.CERVICAL: CERVICAL, Region.THORACIC: THORACIC, Region.LUMBAR: LUMBAR}
_TURN_SD = 0.09  # tropism: SD of a facet joint's turn in radians (assumption)
_JOINT_TURN = {
    Vertebra.T12: 0.10,
    Vertebra.L1: 0.10,
    Vertebra.L2: 0.05,
    Vertebra.L4: -0.12,
    Vertebra.L5: -0.42,
    Vertebra.L6: -0.42,
}
"""Turn of the joints below in radians: nearly sagittal above, half coronal at L5/S1 (assumption, after CT)."""
_REACH_ABOVE_MM = {ATLAS: 26.0, AXIS: 34.0, SACRUM: 28.0}
_THIN_LIP_MM, _THIN_JOINT_MM = 1.6, 0.8  # about a narrowed disc, besides (assumption)
_LIP_MM, _JOINT_GROWS_MM = 3.0, 2.0  # osteophytes and thickened joints of a much worn spine (assumption)
_JOINT_RADIUS_MM = {Vertebra.L5: 7.0, Vertebra.L6: 7.0}
_SHALLOW_NOTCH = (Vertebra.T1, Vertebra.T2, Vertebra.T11, Vertebra.T12)
_FLOATING = (Vertebra.T11, Vertebra.T12)  # their ribs touch no transverse process


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of vertebrae from the head down.

    Attributes:
        names: which vertebrae they are
        vertebrae: [shape=(n,), dtype `VERTEBRA`, read-only], lengths in mm
        frames: [shape=(n, 3, 4, 3), float64, read-only] frames of body, disc above and disc below, each as
            origin and axes to the left, back and head
    """

    names: tuple[Vertebra, ...]
    vertebrae: NDArray[np.void]
    frames: FloatArray


def build_row(
    names: tuple[Vertebra, ...],
    sex: str,
    centreline: CanalTransform,
    dorsal_wall_mm: FloatArray,
    canal_growth: FloatArray,
    seed: int,
    wear: float = 0.0,
    laminectomy: tuple[Vertebra, ...] = (),
    thin_discs: tuple[Interspace, ...] = (),
    sacralised_l5: bool = False,
    spur: DuralSpur | None = None,
) -> Row:
    """Vertebrae of one patient along a centreline.

    Args:
        names: of a whole column, from the head down
        sex: "F" or "M", scales bone
        centreline: posterior wall of the canal
        dorsal_wall_mm: greatest depth of the canal's dorsal wall below each vertebra, behind the posterior wall
            [shape=(n,)]
        canal_growth: size of the canal against the table [shape=(n,)]
        wear, laminectomy, thin_discs, sacralised_l5: as in `PatientParameters`
        spur: that has torn the dura; None for none
        seed: of the differences between left and right joints, drawn for each level by itself
    """
    where, discs = positions_mm(names, sex, thin_discs), disc_heights_mm(sex, thin_discs, names)
    thin = [disc in thin_discs for disc in (*interspaces_of(names), None)]
    rows = np.zeros(len(names), VERTEBRA)
    for i, name in enumerate(names):
        rng = np.random.default_rng((seed, 1, draw_number(name)))
        _fill(rows[i], name, BONE_SCALE[sex], float(dorsal_wall_mm[i]), float(canal_growth[i]), rng)
        _fill_cleft(rows[i], np.random.default_rng((seed, 9, draw_number(name))))
        rows[i]["lip"] = _LIP_MM * wear * abs(rng.normal(1.0, 0.5))
        rows[i]["joint_grow"] = _JOINT_GROWS_MM * wear * abs(rng.normal(1.0, 0.5))
        rows[i]["opened"] = float(name in laminectomy)
        rows[i]["disc_below"], rows[i]["thin"] = discs[name], float(thin[i])
        rows[i]["bulge"] = wear * BULGE_PER_DISC * discs[name]
        rows[i]["wing"] = float(sacralised_l5 and name == Vertebra.L5)
        # where a disc is lost the rims on both sides of it grow, and the joints behind it thicken
        rows[i]["lip"] += _THIN_LIP_MM * float(thin[i] or (i > 0 and thin[i - 1]))
        rows[i]["joint_grow"] += _THIN_JOINT_MM * float(thin[i])
        if spur is not None and name == spur.vertebra:
            rows[i]["spur_aside"], rows[i]["spur_reach"] = spur.aside_mm, spur.reach_mm
    rows["s"] = where
    edge = where - 0.5 * rows["height"]
    below = edge - 0.5 * rows["disc_below"]
    above = np.concatenate([[where[0] + 0.5 * rows["height"][0] + 3.0], below[:-1]])
    frames = np.stack(
        [np.stack([centreline.frame(s) for s in (a, b, c)]) for a, b, c in zip(where, above, below, strict=True)]
    )
    rows.setflags(write=False)
    frames.setflags(write=False)
    return Row(names=names, vertebrae=rows, frames=frames)


def _fill(
    row: np.void, name: Vertebra, scale: float, dorsal_wall_mm: float, canal: float, rng: np.random.Generator
) -> None:
    """One vertebra's numbers but for its place."""
    level, shape = morphometry()[name], vertebra_shapes()[name]
    kind = _KINDS.get(name) or _REGION_KINDS[name.region]
    row["kind"] = kind
    _fill_body(row, name, scale)
    row["canal_ap"] = canal * level.canal.canal_ap_mm
    row["canal_half"] = 0.5 * canal * level.canal.canal_transverse_mm
    row["pedicle_width"] = scale * tabled_or_assumed(level, "pedicle_width_mm")
    row["pedicle_height"] = scale * tabled_or_assumed(level, "pedicle_height_mm")
    row["pedicle_tan"] = math.tan(math.radians(tabled_or_assumed(level, "pedicle_transverse_angle_deg")))
    row["dorsal_wall_slope"] = shape.dorsal_wall_slope
    row["lamina_height"] = scale * tabled_or_assumed(level, "lamina_height_mm")
    row["lamina_thickness"] = scale * tabled_or_assumed(level, "lamina_thickness_mm")
    row["lamina_top"] = scale * shape.lamina_top_mm
    row["lamina_rise"] = (
        dorsal_wall_mm + tabled_or_assumed(level, "flavum_thickness_mm") - row["canal_ap"]
        if name != Vertebra.S1
        else 4.0
    )
    row["lamina_side"] = row["canal_half"] + {LUMBAR: 2.0, THORACIC: 3.0, SACRUM: -1.5}.get(kind, 7.0)
    row["notch"] = 0.2 if kind == THORACIC and name not in _SHALLOW_NOTCH else 1.8
    row["flare"] = {THORACIC: 0.12, CERVICAL: -0.15}.get(kind, -0.30)  # assumption; lumbar measured on CT
    row["lean_part"] = {THORACIC: 0.62, CERVICAL: 0.8}.get(kind, 1.0)  # assumption
    row["bevel"] = {THORACIC: 0.9, CERVICAL: 0.4}.get(kind, 0.0)  # assumption
    row["spinous_tip"] = spinous_tip_mm(name, scale)
    angle = math.radians(tabled_or_assumed(level, "spinous_angle_deg_caudal"))
    row["spinous_cos"], row["spinous_sin"] = math.cos(angle), math.sin(angle)
    lumbar = kind in (LUMBAR, SACRUM)
    row["spinous_root"] = -5.5 * scale if lumbar else row["lamina_top"] - 0.55 * row["lamina_height"]
    row["spinous_height"] = shape.spinous_half_height_mm * (scale if name != Vertebra.S1 else 1.0)
    row["spinous_tip_height"] = shape.spinous_tip_half_height_mm * (scale if name != Vertebra.S1 else 1.0)
    row["fork"] = shape.fork
    row["transverse_tip"] = scale * shape.transverse_tip_mm
    row["transverse_y"] = shape.transverse_back_mm
    row["foramen_x"] = shape.foramen_x_mm
    row["rib_z"] = (0.15 if name in (Vertebra.T1, *_FLOATING) else 0.48) * row["height"]
    row["rib_free"] = float(name in _FLOATING)
    row["joint_kind"] = _joint_kind(name)
    row["joint_x"] = row["canal_half"] + shape.joint_out_mm
    row["joint_y"] = shape.joint_back_mm
    row["joint_r"] = _JOINT_RADIUS_MM.get(name, 6.2 if kind == LUMBAR else 5.2)
    row["joint_z"] = -2.0
    row["joint_skew"] = rng.normal(0.0, 0.4)
    turns = np.clip(rng.normal(0.0, _TURN_SD, 2), -0.2, 0.2)
    row["joint_turn_left"], row["joint_turn_right"] = _JOINT_TURN.get(name, 0.0) + turns
    steep = math.tan(angle) * (row["spinous_tip"] - level.canal.canal_ap_mm)
    row["reach_above"] = _REACH_ABOVE_MM.get(kind, 28.0)
    row["reach_below"] = 70.0 if kind == SACRUM else max(38.0, steep + 22.0)


def _fill_body(row: np.void, name: Vertebra, scale: float) -> None:
    level = morphometry()[name]
    row["height"] = scale * level.anterior.body_height_post_mm
    row["disc_below"] = scale * level.anterior.disc_below_height_mm
    for end in ("width_upper", "width_lower", "depth_upper", "depth_lower"):
        row[end] = scale * tabled_or_assumed(level, f"body_{end}_mm")
    # lumbar bodies are waisted by 3.2 and 2.4 mm (measured on CT); smaller ones in proportion (assumption)
    row["waist_side"] = 3.2 if name.region is Region.LUMBAR else 0.075 * row["width_upper"]
    row["waist_front"] = 2.4 if name.region is Region.LUMBAR else 0.070 * row["depth_upper"]
    row["dish"] = 1.0 if name.region is Region.LUMBAR else 0.7


def _fill_cleft(row: np.void, rng: np.random.Generator) -> None:
    """Basivertebral veins: no two bodies drain alike (ranges are assumptions, after CT)."""
    depth = 0.5 * (row["depth_upper"] + row["depth_lower"])
    row["cleft_depth"] = depth * rng.uniform(0.22, 0.58)
    row["cleft_trunk"] = row["cleft_depth"] * rng.uniform(0.1, 0.8)
    row["cleft_spread"] = rng.uniform(0.2, 0.9)
    row["cleft_width"] = 0.05 * depth * rng.uniform(0.6, 1.6)
    row["cleft_height"] = 0.13 * row["height"] * rng.uniform(0.6, 1.5)
    row["cleft_shift"] = rng.normal(0.0, 0.8)
    row["cleft_turn"] = rng.normal(0.0, 0.12)
    row["cleft_rise"] = rng.normal(0.0, 0.04) * row["height"]
    faint = {SACRUM: 0.3, AXIS: 0.0, ATLAS: 0.0}.get(float(row["kind"]), 1.0)
    row["cleft_strength"] = faint * rng.uniform(0.15, 0.95)


def _joint_kind(name: Vertebra) -> float:
    """Kind of the facet joint below a vertebra."""
    if name.region is Region.LUMBAR or name == Vertebra.T12:
        return LUMBAR_JOINT
    return THORACIC_JOINT if name >= Vertebra.C7 else NO_JOINT
