"""Morphometry of the spine, C1 to S1, as one typed row per vertebra and the interspace below it."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType

_TABLE = Path(__file__).parent / "data" / "levels.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One row of the table; a quantity that the table leaves empty is nan.

    Row X describes vertebra X and the interspace below it. `found_columns` names the cells that come straight
    from a published source; the others are recalled or interpolated (see data/PROVENANCE.md).
    """

    level: str
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
def levels() -> Mapping[str, Level]:
    """Every level of the table by name, from C1 down."""
    table: dict[str, Level] = {}
    numbers = [field.name for field in fields(Level) if field.name not in ("level", "found_columns")]
    with _TABLE.open(newline="") as file:
        for row in csv.DictReader(file):
            values = {name: float(row[name]) if row[name] else math.nan for name in numbers}
            found = frozenset(name for name in row["found_columns"].split("|") if name)
            table[row["level"]] = Level(level=row["level"], found_columns=found, **values)
    return MappingProxyType(table)


def interspace(upper: str, lower: str) -> str:
    """Name of the interspace between two vertebrae: "L3", "L4" -> "L3/4"; "L5", "S1" -> "L5/S1"."""
    return f"{upper}/{lower[1:]}" if upper[0] == lower[0] else f"{upper}/{lower}"
