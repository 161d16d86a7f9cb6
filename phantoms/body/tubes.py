"""Tubes: the table of muscles and vessels along the spine, read and laid along one patient's curve."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phantoms import paint_kernels
from phantoms.body import tables_kernels as columns
from phantoms.parameters import PatientParameters
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Vertebra

_TABLE = Path(__file__).parents[1] / "data" / "assumed_tubes.csv"
_SIDES = {"both": 0.0, "left": 1.0, "right": -1.0}
_TISSUES = {
    "muscle": (paint_kernels.P_MUSCLE, paint_kernels.MUSCLE),
    "blood": (paint_kernels.P_BLOOD, paint_kernels.VESSEL),
}
_PSOAS_SD = 0.12  # of its half widths between people of one sex (assumption)
_PSOAS_OF_SEX = {"F": 0.92, "M": 1.08}  # of its half widths (assumption)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where a tube runs at one level, and how wide it is there; lengths in mm.

    Attributes:
        level, above_mm: vertebra, and height above its middle
        from_u, u_mm: middle of the tube outside "midline" or "body_side", on its own side
        from_v, v_mm: middle of the tube behind the posterior "wall" or "loose_front" (the fronts of the bodies)
        half_u_mm, half_v_mm: half widths; none where the first is 0
        turn_deg: by which its axes are turned, the first towards the back
        power: of its super-ellipse
        source: of these numbers
    """

    level: Vertebra
    above_mm: float
    from_u: str
    u_mm: float
    from_v: str
    v_mm: float
    half_u_mm: float
    half_v_mm: float
    turn_deg: float
    power: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """A muscle or vessel: on "both" sides, "left" or "right", and its stations from the head down."""

    structure: str
    tissue: str
    marbling: float
    side: str
    stations: tuple[Station, ...]


@cache
def tube_table() -> tuple[Tube, ...]:
    """All tubes in the order in which they are painted.

    Raises:
        ValueError: a row names a side or a tissue that there is not; says which.
    """
    found: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    with _TABLE.open(newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["structure"], row["side"]), []).append(row)
    tubes = []
    for (structure, side), rows in found.items():
        tissue = rows[0]["tissue"]
        if side not in _SIDES or tissue not in _TISSUES:
            raise ValueError(f"{_TABLE.name}: {structure}: side {side!r} or tissue {tissue!r} is none of ours")
        stations = tuple(_station(row) for row in rows)
        marbling = float(rows[0]["marbling"])
        tubes.append(Tube(structure=structure, tissue=tissue, marbling=marbling, side=side, stations=stations))
    return tuple(tubes)


def _station(row: Mapping[str, str]) -> Station:
    return Station(
        level=Vertebra.parse(row["level"]),
        above_mm=float(row["above_mm"]),
        from_u=row["from_u"],
        u_mm=float(row["u_mm"]),
        from_v=row["from_v"],
        v_mm=float(row["v_mm"]),
        half_u_mm=float(row["half_u_mm"]),
        half_v_mm=float(row["half_v_mm"]),
        turn_deg=float(row["turn_deg"]),
        power=float(row["power"]),
        source=row["source"],
    )


def psoas_size(parameters: PatientParameters) -> float:
    """Half widths of this person's psoas against the table."""
    rng = np.random.default_rng((parameters.seed, 10))
    return _PSOAS_OF_SEX[parameters.sex] * float(np.clip(rng.normal(1.0, _PSOAS_SD), 0.7, 1.3))


def tube_arrays(
    parameters: PatientParameters,
    at: Mapping[Vertebra, float],
    s: FloatArray,
    body_half_mm: FloatArray,
    loose_front: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Tubes along one patient [shape=(s, tube, TUBES)] and what each is made of [shape=(tube, TUBE_KINDS)].

    Args:
        parameters: of the patient
        at: arc length of each vertebra's middle
        s: arc length of the samples
        body_half_mm: half width of the bodies there; loose_front: v of their fronts
    """
    tubes = np.zeros((len(s), len(tube_table()), columns.TUBES))
    kinds = np.zeros((len(tube_table()), columns.TUBE_KINDS))
    for n, tube in enumerate(tube_table()):
        size = psoas_size(parameters) if tube.structure == "psoas" else 1.0
        tubes[:, n] = _laid(tube, size, at, s, body_half_mm, loose_front)
        row, label = _TISSUES[tube.tissue]
        kinds[n, columns.TUBE_SIDE] = _SIDES[tube.side]
        kinds[n, columns.TUBE_MATERIAL], kinds[n, columns.TUBE_LABEL] = row, label
        kinds[n, columns.TUBE_MARBLING] = tube.marbling
    return tubes, kinds


def _laid(
    tube: Tube, size: float, at: Mapping[Vertebra, float], s: FloatArray, half: FloatArray, front: FloatArray
) -> NDArray[np.float64]:
    """One tube's columns along s; nothing above its first and below its last station."""
    heights = np.array([at[station.level] + station.above_mm for station in tube.stations])
    order = np.argsort(heights)

    def run(values: list[float]) -> FloatArray:
        return np.asarray(np.interp(s, heights[order], np.asarray(values)[order]))

    stations = tube.stations
    half_u = size * run([station.half_u_mm for station in stations])
    u = run([station.u_mm for station in stations])
    if stations[0].from_u == "body_side":
        # a larger muscle grows outwards: its inner edge stays where the table has it, on the bone
        u = half + u + (1.0 - 1.0 / size) * half_u
    v = run([station.v_mm for station in stations])
    laid = np.zeros((len(s), columns.TUBES))
    turn = np.radians(run([station.turn_deg for station in stations]))
    laid[:, columns.TUBE_U] = u
    laid[:, columns.TUBE_V] = v + (front if stations[0].from_v == "loose_front" else 0.0)
    laid[:, columns.TUBE_HALF_U] = np.where((s < heights.min()) | (s > heights.max()), 0.0, half_u)
    laid[:, columns.TUBE_HALF_V] = np.maximum(size * run([station.half_v_mm for station in stations]), 2.0)
    laid[:, columns.TUBE_COS], laid[:, columns.TUBE_SIN] = np.cos(turn), np.sin(turn)
    laid[:, columns.TUBE_POWER] = run([station.power for station in stations])
    widest = np.maximum(half_u, laid[:, columns.TUBE_HALF_V])
    laid[:, columns.TUBE_REACH] = math.sqrt(2.0) * widest + 5.0
    return laid
