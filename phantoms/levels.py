"""Morphometry of the spine, C1 to S1 and a sixth lumbar vertebra, as one typed row each with the interspace below."""

from __future__ import annotations

import csv
import math
from collections.abc import Container, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType

_TABLES = tuple(Path(__file__).parent / "data" / name for name in ("levels.csv", "assumed_levels.csv"))


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
    """Every level of the tables by name, from C1 down to S1, and L6, which few people have."""
    table: dict[str, Level] = {}
    numbers = [field.name for field in fields(Level) if field.name not in ("level", "found_columns")]
    for path in _TABLES:
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                values = {name: float(row[name]) if row[name] else math.nan for name in numbers}
                found = frozenset(name for name in row["found_columns"].split("|") if name)
                table[row["level"]] = Level(level=row["level"], found_columns=found, **values)
    return MappingProxyType(table)


SIXTH_LUMBAR = "L6"
"""The vertebra that few people have."""

COLUMN = tuple(name for name in levels() if name != SIXTH_LUMBAR)
"""Names of all vertebrae of most people, from the head down."""

LONG_COLUMN = (*COLUMN[:-1], SIXTH_LUMBAR, COLUMN[-1])
"""Names of all vertebrae of who has a sixth lumbar one, from the head down."""


def column_with(names: Container[str]) -> tuple[str, ...]:
    """The column that holds these vertebrae, from the head down: with an L6 where there is one."""
    return LONG_COLUMN if SIXTH_LUMBAR in names else COLUMN


def ordinal(vertebra: str) -> int:
    """Number of a vertebra's draws of chance: its place from the head down, the same whether or not there is an L6."""
    return list(levels()).index(vertebra)


def interspace(upper: str, lower: str) -> str:
    """Name of the interspace between two vertebrae: "L3", "L4" -> "L3/4"; "L5", "S1" -> "L5/S1"."""
    return f"{upper}/{lower[1:]}" if upper[0] == lower[0] else f"{upper}/{lower}"
