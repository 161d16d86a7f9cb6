"""Morphometric table: sizes of the vertebrae, of the canal, the sac and the cord at every level, C1 to S1 and L6."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType

from simulator.vocabulary.levels import Vertebra

_TABLES = tuple(Path(__file__).parent / "data" / name for name in ("levels.csv", "assumed_levels.csv"))


@dataclass(frozen=True, slots=True, kw_only=True)
class VertebraMorphometry:
    """Sizes of one vertebra and of the interspace below it; a quantity that the table leaves empty is nan.

    `found_columns` names the cells that come straight from a published source; the others are recalled or interpolated
    (see data/PROVENANCE.md).
    """

    vertebra: Vertebra
    body_width_upper_mm: float
    body_width_lower_mm: float
    body_depth_upper_mm: float
    body_depth_lower_mm: float
    body_height_post_mm: float
    disc_below_height_mm: float
    canal_ap_mm: float
    canal_ap_sd_mm: float
    canal_transverse_mm: float
    pedicle_width_mm: float
    pedicle_height_mm: float
    pedicle_transverse_angle_deg: float
    lamina_height_mm: float
    lamina_thickness_mm: float
    spinous_length_mm: float
    spinous_angle_deg_caudal: float
    sac_ap_mm: float
    sac_ap_sd_mm: float
    sac_transverse_mm: float
    cord_ap_mm: float
    cord_ap_sd_mm: float
    cord_transverse_mm: float
    cord_transverse_sd_mm: float
    epidural_post_depth_mm: float
    flavum_thickness_mm: float
    skin_to_epidural_mm: float
    skin_to_epidural_sd_mm: float
    dura_to_cord_post_mm: float
    root_takeoff_coronal_deg: float
    root_diameter_mm: float
    found_columns: frozenset[str]


@cache
def morphometry() -> Mapping[Vertebra, VertebraMorphometry]:
    """Every row of the tables by vertebra, from C1 down to S1, and then L6, which few people have."""
    table: dict[Vertebra, VertebraMorphometry] = {}
    numbers = [field.name for field in fields(VertebraMorphometry) if field.name not in ("vertebra", "found_columns")]
    for path in _TABLES:
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                vertebra = Vertebra.parse(row["level"])
                values = {name: float(row[name]) if row[name] else math.nan for name in numbers}
                found = frozenset(name for name in row["found_columns"].split("|") if name)
                table[vertebra] = VertebraMorphometry(vertebra=vertebra, found_columns=found, **values)
    return MappingProxyType(table)


def draw_number(vertebra: Vertebra) -> int:
    """Number of a vertebra's stream of random draws: its row in the tables, the same whether or not there is an L6."""
    return list(morphometry()).index(vertebra)
