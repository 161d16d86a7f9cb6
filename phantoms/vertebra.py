"""Vertebra: the numbers of one vertebra's solids, from the morphometric table, and its rigid frames."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phantoms.levels import Level, levels

if TYPE_CHECKING:
    from phantoms.canal import Centreline

FIELDS = (
    "s",
    "height",
    "disc_below",
    "width_upper",
    "width_lower",
    "depth_upper",
    "depth_lower",
    "canal_ap",
    "canal_half",
    "pedicle_width",
    "pedicle_height",
    "pedicle_tan",
    "lamina_height",
    "lamina_thickness",
    "lamina_top",
    "lamina_rise",
    "spinous_tip",
    "spinous_cos",
    "spinous_sin",
    "spinous_root",
    "spinous_height",
    "transverse_tip",
    "transverse_y",
    "joint_x",
    "joint_y",
    "joint_r",
    "joint_z",
    "joint_skew",
    "kind",
)
VERTEBRA = np.dtype([(name, np.float64) for name in FIELDS])

TRANSVERSE_TIP_MM = {
    "T11": 24.0,
    "T12": 23.0,
    "L1": 37.0,
    "L2": 42.0,
    "L3": 46.0,
    "L4": 43.0,
    "L5": 42.0,
    "S1": 30.0,
}
"""Half span of the transverse processes (assumption, after CT of other patients)."""

SPINOUS_TIP_MM = {
    "T11": 46.0,
    "T12": 46.0,
    "L1": 50.0,
    "L2": 54.0,
    "L3": 56.0,
    "L4": 54.0,
    "L5": 47.0,
    "S1": 34.0,
}
"""Tip of the spinous process behind the posterior wall, measured on CT; `spinous_length_mm` of the table runs
along the process and would pierce the skin."""

BONE_SCALE = {"F": 0.92, "M": 1.04}
"""Linear size of bone against the table; the canal is not scaled (reference section 3, assumption)."""

_LAMINA_TOP_MM = 6.5  # above mid body
_SACRUM = {  # first sacral segment, where the table is empty (assumptions)
    "body_width_lower_mm": 44.0,
    "body_depth_lower_mm": 24.0,
    "pedicle_height_mm": 19.0,
    "pedicle_transverse_angle_deg": 30.0,
    "lamina_height_mm": 22.0,
    "lamina_thickness_mm": 5.0,
    "spinous_angle_deg_caudal": 15.0,
    "epidural_post_depth_mm": 2.0,
    "flavum_thickness_mm": 3.0,
}


def value(level: Level, name: str) -> float:
    """Number of the table, or the sacrum's assumption where the table is empty."""
    number = float(getattr(level, name))
    return _SACRUM[name] if math.isnan(number) and name in _SACRUM else number


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of vertebrae from the head down.

    Attributes:
        names: such as "L3"
        vertebrae: [shape=(n,), dtype `VERTEBRA`, read-only], lengths in mm
        frames: [shape=(n, 3, 4, 3), float64, read-only] frames of body, disc above and disc below, each as
            origin and axes to the left, back and head
    """

    names: tuple[str, ...]
    vertebrae: NDArray[np.void]
    frames: NDArray[np.float64]


def positions_mm(names: tuple[str, ...], sex: str) -> NDArray[np.float64]:
    """Arc length of each body's middle along the posterior wall.

    Zero at the middle of the L3/4 disc [shape=(n,)].
    """
    scale = BONE_SCALE[sex]
    s, where = 0.0, {}
    for name in names:
        height = scale * levels()[name].body_height_post_mm
        disc = scale * levels()[name].disc_below_height_mm
        where[name] = s - 0.5 * height
        s -= height + disc
        if name == "L3":
            zero = s + 0.5 * disc
    return np.array([where[name] - zero for name in names])


def build_row(names: tuple[str, ...], sex: str, centreline: Centreline, roof_mm: NDArray[np.float64], seed: int) -> Row:
    """Vertebrae of one patient along a centreline.

    Args:
        names: from the head down; must hold "L3"
        sex: "F" or "M", scales bone
        centreline: posterior wall of the canal
        roof_mm: greatest depth of the canal's roof below each vertebra, behind the posterior wall
            [shape=(n,)]
        seed: of the differences between left and right joints
    """
    rng = np.random.default_rng((seed, 1))
    scale = BONE_SCALE[sex]
    where = positions_mm(names, sex)
    rows = np.zeros(len(names), VERTEBRA)
    for i, name in enumerate(names):
        level, row = levels()[name], rows[i]
        lumbar = name[0] == "L"
        row["s"] = where[i]
        row["kind"] = 1.0 if name == "S1" else 0.0
        row["height"] = scale * level.body_height_post_mm
        row["disc_below"] = scale * level.disc_below_height_mm
        row["width_upper"] = scale * level.body_width_upper_mm
        row["width_lower"] = scale * value(level, "body_width_lower_mm")
        row["depth_upper"] = scale * level.body_depth_upper_mm
        row["depth_lower"] = scale * value(level, "body_depth_lower_mm")
        row["canal_ap"] = level.canal_ap_mm
        row["canal_half"] = 0.5 * level.canal_transverse_mm
        row["pedicle_width"] = scale * level.pedicle_width_mm
        row["pedicle_height"] = scale * value(level, "pedicle_height_mm")
        row["pedicle_tan"] = math.tan(math.radians(value(level, "pedicle_transverse_angle_deg")))
        row["lamina_height"] = scale * value(level, "lamina_height_mm")
        row["lamina_thickness"] = scale * value(level, "lamina_thickness_mm")
        row["lamina_top"] = scale * _LAMINA_TOP_MM
        row["lamina_rise"] = roof_mm[i] + level.flavum_thickness_mm - level.canal_ap_mm if i < len(names) - 1 else 4.0
        row["spinous_tip"] = SPINOUS_TIP_MM[name]
        angle = math.radians(value(level, "spinous_angle_deg_caudal"))
        row["spinous_cos"], row["spinous_sin"] = math.cos(angle), math.sin(angle)
        row["spinous_root"] = -5.5 * scale
        row["spinous_height"] = 7.0 * scale if name != "S1" else 5.0
        row["transverse_tip"] = scale * TRANSVERSE_TIP_MM[name]
        row["transverse_y"] = 21.0 if lumbar else 23.0
        row["joint_x"] = row["canal_half"] + (2.6 if name != "L5" else 4.0)
        row["joint_y"] = 18.8
        row["joint_r"] = 6.2 if lumbar else 5.2
        row["joint_z"] = -2.0
        row["joint_skew"] = rng.normal(0.0, 0.4)
    edge = where - 0.5 * rows["height"]
    below = edge - 0.5 * rows["disc_below"]
    above = np.concatenate([[where[0] + 0.5 * rows["height"][0] + 3.0], below[:-1]])
    frames = np.stack(
        [np.stack([centreline.frame(s) for s in (a, b, c)]) for a, b, c in zip(where, above, below, strict=True)]
    )
    rows.setflags(write=False)
    frames.setflags(write=False)
    return Row(names=names, vertebrae=rows, frames=frames)
