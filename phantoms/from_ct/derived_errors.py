"""How sure what is derived from a CT is: where dura and flavum end at the back, and how deep the space between is.

`data/import_errors.csv` holds errors that were measured in CTs of synthetic people, whose canal is known
(`data/PROVENANCE.md`). They are given as root mean squares: what derives too deep in these people may derive too
shallow in others, for they are made of the very table that the derivation uses.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Interspace

_TABLE = Path(__file__).parent / "data" / "import_errors.csv"
_MEASURED_PIXEL_MM = 0.7  # of the CTs in which the errors were measured
MOST_DEVIATES = 2.0
"""Of a draw, in root mean squares: seven of eight errors of people who were left out lie within."""

_LIKE = {Interspace.L5_6: Interspace.L5_S1, Interspace.L6_S1: Interspace.L5_S1}


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedError:
    """Root mean square errors at one interspace, mm: of the dura's back, the flavum's back, and the depth between dura
    and flavum."""

    dura_mm: float
    flavum_mm: float
    depth_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedDraw:
    """How far one patient lies from what was derived, in root mean squares: the dura's back, and the space's depth."""

    dura: float
    depth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sureness:
    """Errors along the canal of one imported patient, and what was drawn of them.

    Attributes:
        levels: errors by interspace, from the head down
        s_mm: arc length of the tables' samples, ascending [shape=(n,)]
        dura_mm, flavum_mm, depth_mm: errors there [shape=(n,)]
        dura_shift_mm, depth_shift_mm: how far this patient was moved from what was derived; 0 without a draw
    """

    levels: Mapping[Interspace, DerivedError]
    s_mm: FloatArray
    dura_mm: FloatArray
    flavum_mm: FloatArray
    depth_mm: FloatArray
    dura_shift_mm: FloatArray
    depth_shift_mm: FloatArray


@cache
def _table() -> dict[tuple[str, float], DerivedError]:
    """Errors by interspace, or by region, and by the thickness of slices."""
    with _TABLE.open(newline="", encoding="utf-8") as file:
        return {
            (row["place"], float(row["slice_mm"])): DerivedError(
                dura_mm=float(row["dura_rms_mm"]),
                flavum_mm=float(row["flavum_rms_mm"]),
                depth_mm=float(row["depth_rms_mm"]),
            )
            for row in csv.DictReader(file)
        }


def derived_error(level: Interspace, pixel_mm: float, slice_mm: float) -> DerivedError:
    """Error at an interspace in a CT of such voxels.

    The level's own and its region's mean square count alike, for few people were measured. Slices between the measured
    thicknesses are read linearly; what voxels are coarser than the measured ones is added as the spread of an edge that
    may lie anywhere in a voxel.

    Args:
        level: of the patient
        pixel_mm: in the plane
        slice_mm: from one slice to the next
    """
    table = _table()
    thick = np.array(sorted({each for _, each in table}))
    known = _LIKE.get(level, level)
    places = [name for name in (str(known), str(known.region)) if (name, float(thick[0])) in table]
    coarser = (max(slice_mm**2 - thick[-1] ** 2, 0.0) + max(pixel_mm**2 - _MEASURED_PIXEL_MM**2, 0.0)) / 12.0

    def of(field: str) -> float:
        squares = [
            np.mean([getattr(table[name, float(each)], field) ** 2 for name in places]) + coarser for each in thick
        ]
        return float(np.interp(slice_mm, thick, np.sqrt(squares)))

    return DerivedError(dura_mm=of("dura_mm"), flavum_mm=of("flavum_mm"), depth_mm=of("depth_mm"))


def sureness(
    disc_s_mm: Mapping[Interspace, float], s_mm: FloatArray, spacing_mm: tuple[float, float, float],
    draw: DerivedDraw | None = None,
) -> Sureness:  # fmt: skip
    """Errors along the canal of a patient, and how far the patient is drawn from what was derived.

    Args:
        disc_s_mm: arc length of each disc's middle
        s_mm: of the tables' samples, ascending
        spacing_mm: of the CT's voxels, x, y, z
        draw: None for none
    """
    levels = {level: derived_error(level, max(spacing_mm[:2]), spacing_mm[2]) for level in disc_s_mm}
    order = sorted(levels, key=lambda level: disc_s_mm[level])
    nodes = [disc_s_mm[level] for level in order]
    dura, flavum, depth = (
        np.asarray(np.interp(s_mm, nodes, [getattr(levels[level], field) for level in order]))
        for field in ("dura_mm", "flavum_mm", "depth_mm")
    )
    drawn = draw or DerivedDraw(dura=0.0, depth=0.0)
    return Sureness(
        levels=levels,
        s_mm=s_mm,
        dura_mm=dura,
        flavum_mm=flavum,
        depth_mm=depth,
        dura_shift_mm=drawn.dura * dura,
        depth_shift_mm=drawn.depth * depth,
    )


def draw_derived(rng: np.random.Generator) -> DerivedDraw:
    """One patient's deviates, normal and no greater than `MOST_DEVIATES`."""
    dura, depth = (float(np.clip(q, -MOST_DEVIATES, MOST_DEVIATES)) for q in rng.standard_normal(2))
    return DerivedDraw(dura=dura, depth=depth)
