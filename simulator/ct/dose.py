"""Dose: what an acquisition costs the patient and the people in the room, from committed tables.

CTDIvol is linear in mAs and taken from `data/ctdi.csv`; the dose-length product of a stationary table uses the
collimation as its length, which overstates the peak dose; effective dose is k times the dose-length product.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal

Place = Literal["table", "shield", "control room"]

# Physics-and-anatomy, section 2.5: 0.04 uGy above the apron at 1 m for each mGy cm [PRAV18], inverse square.
STAFF_USV_PER_MGY_CM_AT_1_M = 0.04
TABLE_SIDE_M = 0.5
SHIELD_TRANSMISSION = 0.05  # assumption: a mobile shield of 0.5 mm lead
ENTRANCE_PER_CTDI_HEAD = 1.1  # surface of the 16 cm phantom against its CTDIvol


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseConversion:
    """Dose-length product to effective dose for one region.

    Attributes:
        k_msv_per_mgy_cm: factor
        ctdi_phantom_cm: diameter of the phantom to which the CTDIvol belongs
        source: where the factor comes from
    """

    region: str
    k_msv_per_mgy_cm: float
    ctdi_phantom_cm: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDose:
    """Dose to the operator's body above the apron, and to the hand, uSv."""

    operator_usv: float
    hand_usv: float


@lru_cache(maxsize=1)
def _ctdi_per_mas() -> Mapping[tuple[int, int], float]:
    """CTDIvol in mGy for each mAs, by tube voltage and phantom diameter."""
    phantoms = {"body32": 32, "head16": 16}
    return {
        (int(row["kV"]), phantoms[row["phantom"]]): float(row["ctdi_vol_mGy_per_100mAs_eff"]) / 100.0
        for row in _table("ctdi.csv")
        if row["phantom"] in phantoms
    }


@lru_cache(maxsize=1)
def _conversions() -> Mapping[str, DoseConversion]:
    """Recommended factors by region."""
    rows = {row["region"]: row for row in _table("k_factors.csv")}
    found = {}
    for region in ("cervical", "thoracic", "lumbar"):
        row = rows[f"model_{region}"]
        found[region] = DoseConversion(
            region=region,
            k_msv_per_mgy_cm=float(row["k_mSv_per_mGy_cm"]),
            ctdi_phantom_cm=int(row["ctdi_phantom"].removesuffix("cm")),
            source=f"k_factors.csv, model_{region}: {row['source']}",
        )
    return found


def _table(name: str) -> list[dict[str, str]]:
    text = resources.files("simulator.ct").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def ctdi_vol_mgy(tube_voltage_kv: int, mas: float, ctdi_phantom_cm: int) -> float:
    """CTDIvol, mGy; ValueError outside the table."""
    key = (tube_voltage_kv, ctdi_phantom_cm)
    if key not in _ctdi_per_mas():
        known = sorted({kv for kv, _ in _ctdi_per_mas()})
        raise ValueError(f"no CTDI for {tube_voltage_kv} kV in the {ctdi_phantom_cm} cm phantom; kV: {known}")
    return _ctdi_per_mas()[key] * mas


def dlp_mgy_cm(ctdi_vol: float, length_mm: float) -> float:
    """Dose-length product, mGy cm."""
    return ctdi_vol * length_mm / 10.0


def conversion(region: str) -> DoseConversion:
    """Factor of a region; ValueError where there is none."""
    if region not in _conversions():
        raise ValueError(f"no dose conversion for {region!r}; regions: {', '.join(_conversions())}")
    return _conversions()[region]


def effective_dose_msv(dlp: float, region: str) -> float:
    """Effective dose, mSv."""
    return conversion(region).k_msv_per_mgy_cm * dlp


def skin_entrance_mgy(ctdi_vol_head_mgy: float) -> float:
    """Entrance dose of one stationary acquisition, mGy, from the CTDIvol of the 16 cm phantom."""
    return ENTRANCE_PER_CTDI_HEAD * ctdi_vol_head_mgy


def operator_dose(
    *, dlp_mgy_cm: float, ctdi_vol_head_mgy: float, place: str, hand_in_beam: bool
) -> StaffDose:
    """Dose of the operator at a place, with or without a hand in the primary beam."""
    at_table = STAFF_USV_PER_MGY_CM_AT_1_M * dlp_mgy_cm / TABLE_SIDE_M**2
    share = {"table": 1.0, "shield": SHIELD_TRANSMISSION, "control room": 0.0}[place]
    body = at_table * share
    hand = 1000.0 * skin_entrance_mgy(ctdi_vol_head_mgy) if hand_in_beam and place == "table" else body
    return StaffDose(operator_usv=body, hand_usv=hand)
