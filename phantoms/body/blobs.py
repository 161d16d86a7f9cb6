"""Blobs: the table of ellipsoids that make the heart, read and placed along one patient's curve."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from phantoms import paint_kernels
from phantoms.body import tables_kernels as columns
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.levels import Vertebra

_TABLE = Path(__file__).parents[1] / "data" / "assumed_blobs.csv"
_TISSUES = {"muscle": paint_kernels.P_MUSCLE, "blood": paint_kernels.P_BLOOD}


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    with _TABLE.open(newline="") as file:
        return tuple(csv.DictReader(file))


def blob_arrays(at: Mapping[Vertebra, float], scale: float) -> FloatArray:
    """Blobs of one patient [shape=(blob, BLOBS)], their tissue as a row of the material table.

    Args:
        at: arc length of each vertebra's middle
        scale: of the patient's chest against the one of the table
    """
    blobs = np.zeros((len(_rows()), columns.BLOBS))
    for blob, row in zip(blobs, _rows(), strict=True):
        turn = math.radians(float(row["turn_deg"]))
        blob[columns.BLOB_U] = scale * float(row["u_mm"])
        blob[columns.BLOB_V] = scale * float(row["behind_front_mm"])
        blob[columns.BLOB_S] = at[Vertebra.parse(row["level"])] + scale * float(row["above_mm"])
        for half in ("u", "v", "s"):
            blob[getattr(columns, f"BLOB_HALF_{half.upper()}")] = scale * float(row[f"half_{half}_mm"])
        blob[columns.BLOB_COS], blob[columns.BLOB_SIN] = math.cos(turn), math.sin(turn)
        blob[columns.BLOB_MATERIAL] = _TISSUES[row["tissue"]]
    return blobs
