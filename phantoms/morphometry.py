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
class AnteriorColumn:
    """The vertebral body, its upper and its lower end, and the disc below it."""

    body_width_upper_mm: float
    body_width_lower_mm: float
    body_depth_upper_mm: float
    body_depth_lower_mm: float
    body_height_post_mm: float
    disc_below_height_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PosteriorElements:
    """Pedicles, laminae and the spinous process."""

    pedicle_width_mm: float
    pedicle_height_mm: float
    pedicle_transverse_angle_deg: float
    lamina_height_mm: float
    lamina_thickness_mm: float
    spinous_length_mm: float
    spinous_angle_deg_caudal: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BonyCanal:
    """The vertebral canal between the bones; sd: standard deviation between people."""

    canal_ap_mm: float
    canal_ap_sd_mm: float
    canal_transverse_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DorsalApproach:
    """What lies behind the dura at the interspace below: from the skin to the epidural space, the flavum, the space."""

    skin_to_epidural_mm: float
    skin_to_epidural_sd_mm: float
    flavum_thickness_mm: float
    epidural_post_depth_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DuraAndNerves:
    """The dural sac with the cord in it, and the roots that leave it; sd: standard deviation between people."""

    sac_ap_mm: float
    sac_ap_sd_mm: float
    sac_transverse_mm: float
    cord_ap_mm: float
    cord_ap_sd_mm: float
    cord_transverse_mm: float
    cord_transverse_sd_mm: float
    dura_to_cord_post_mm: float
    root_takeoff_coronal_deg: float
    root_diameter_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VertebraMorphometry:
    """Sizes of one vertebra and of the interspace below it; a quantity that the table leaves empty is nan.

    Every number is named like the table's column that it comes from. `found_columns` names the cells that come straight
    from a published source; the others are recalled or interpolated (see data/PROVENANCE.md).
    """

    vertebra: Vertebra
    anterior: AnteriorColumn
    posterior: PosteriorElements
    canal: BonyCanal
    approach: DorsalApproach
    dura: DuraAndNerves
    found_columns: frozenset[str]

    def in_column(self, column: str) -> float:
        """The number in one of the table's columns.

        Raises:
            KeyError: the table has no such column of numbers.
        """
        return float(getattr(getattr(self, _PART_WITH[column]), column))


_PARTS = {
    "anterior": AnteriorColumn,
    "posterior": PosteriorElements,
    "canal": BonyCanal,
    "approach": DorsalApproach,
    "dura": DuraAndNerves,
}
_PART_WITH = {column.name: part for part, columns in _PARTS.items() for column in fields(columns)}


@cache
def morphometry() -> Mapping[Vertebra, VertebraMorphometry]:
    """Every row of the tables by vertebra, from C1 down to S1, and then L6, which few people have."""
    rows: list[VertebraMorphometry] = []
    for path in _TABLES:
        with path.open(newline="") as file:
            rows += [_parsed(row) for row in csv.DictReader(file)]
    return MappingProxyType({row.vertebra: row for row in rows})


def _parsed(row: Mapping[str, str]) -> VertebraMorphometry:
    def numbers(part: str) -> dict[str, float]:
        return {of.name: float(row[of.name]) if row[of.name] else math.nan for of in fields(_PARTS[part])}

    return VertebraMorphometry(
        vertebra=Vertebra.parse(row["level"]),
        anterior=AnteriorColumn(**numbers("anterior")),
        posterior=PosteriorElements(**numbers("posterior")),
        canal=BonyCanal(**numbers("canal")),
        approach=DorsalApproach(**numbers("approach")),
        dura=DuraAndNerves(**numbers("dura")),
        found_columns=frozenset(name for name in row["found_columns"].split("|") if name),
    )


def draw_number(vertebra: Vertebra) -> int:
    """Number of a vertebra's stream of random draws: its row in the tables, the same whether or not there is an L6."""
    return list(morphometry()).index(vertebra)
