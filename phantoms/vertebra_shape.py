"""What the morphometric table leaves open: assumed numbers of each vertebra's shape, one typed row per level."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType

from phantoms.morphometry import VertebraMorphometry, morphometry
from simulator.vocabulary.levels import Region, Vertebra

_TABLE = Path(__file__).parent / "data" / "assumed_shape.csv"

_FILLED: Mapping[Vertebra, Mapping[str, float]] = {  # where the morphometric table is empty (assumptions)
    Vertebra.C1: {
        "body_width_upper_mm": 18.0,
        "body_width_lower_mm": 18.0,
        "body_depth_upper_mm": 18.0,
        "body_depth_lower_mm": 18.0,
        "pedicle_width_mm": 8.0,
        "pedicle_height_mm": 8.0,
        "pedicle_transverse_angle_deg": 10.0,
        "spinous_angle_deg_caudal": 5.0,
    },
    Vertebra.C2: {"body_width_upper_mm": 17.0, "body_depth_upper_mm": 15.0},
    Vertebra.S1: {
        "body_width_lower_mm": 44.0,
        "body_depth_lower_mm": 24.0,
        "pedicle_height_mm": 19.0,
        "pedicle_transverse_angle_deg": 30.0,
        "lamina_height_mm": 22.0,
        "lamina_thickness_mm": 5.0,
        "spinous_angle_deg_caudal": 15.0,
        "epidural_post_depth_mm": 2.0,
        "flavum_thickness_mm": 3.0,
        "skin_to_epidural_mm": 46.0,
    },
}
_ROOT_DIAMETER_MM = {Region.CERVICAL: 3.2, Region.THORACIC: 2.8}  # assumption; lumbar and sacral roots are in the table


@dataclass(frozen=True, slots=True, kw_only=True)
class VertebraShape:
    """Assumed shape of one vertebra (after CT of other patients); lengths in mm, behind = behind the posterior wall.

    Attributes:
        spinous_tip_mm: behind; `spinous_length_mm` of the morphometric table runs along the process
        transverse_tip_mm, transverse_back_mm: half span of the transverse processes, and their tips behind
        lamina_top_mm: above mid body
        dorsal_wall_slope: fall of the canal's dorsal wall per mm to the side
        spinous_half_height_mm, spinous_tip_half_height_mm: of the spinous process at root and tip
        fork: how far the spinous process is forked, 0..1
        foramen_x_mm: of the transverse foramen, 0 where there is none (C3-C6 after [VACC94])
        joint_out_mm, joint_back_mm: facet joint below, outside the canal's side wall and behind
    """

    spinous_tip_mm: float
    transverse_tip_mm: float
    transverse_back_mm: float
    lamina_top_mm: float
    dorsal_wall_slope: float
    spinous_half_height_mm: float
    spinous_tip_half_height_mm: float
    fork: float
    foramen_x_mm: float
    joint_out_mm: float
    joint_back_mm: float


@cache
def vertebra_shapes() -> Mapping[Vertebra, VertebraShape]:
    """Every row of the table by vertebra, from C1 down."""
    with _TABLE.open(newline="") as file:
        rows = {row["level"]: row for row in csv.DictReader(file)}
    names = [field.name for field in fields(VertebraShape)]
    return MappingProxyType(
        {
            Vertebra.parse(level): VertebraShape(**{name: float(row[name]) for name in names})
            for level, row in rows.items()
        }
    )


def spinous_tip_mm(name: Vertebra, scale: float) -> float:
    """How far behind the posterior wall a spinous process ends, from the bones' size; the canal keeps its own."""
    canal = morphometry()[name].canal.canal_ap_mm
    return canal + scale * (vertebra_shapes()[name].spinous_tip_mm - canal)


def tabled_or_assumed(row: VertebraMorphometry, name: str) -> float:
    """Number of the morphometric table, or the assumption where the table is empty (nan where there is none)."""
    number = row.in_column(name)
    if math.isnan(number) and name == "root_diameter_mm":
        return _ROOT_DIAMETER_MM[row.vertebra.region]
    return _FILLED.get(row.vertebra, {}).get(name, number) if math.isnan(number) else number
