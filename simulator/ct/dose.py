"""Dose: what an acquisition costs the patient, from committed tables.

CTDIvol is linear in mAs and depends on the collimation. The dose-length product of a stationary table takes the
collimation as its length.
Effective dose is the dose-length product times a region's factor k. All functions are pure.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from simulator.ct.overbeaming import overbeaming_factor
from simulator.ct.scanner_model import ScannerModel, scanner_model
from simulator.vocabulary.levels import Region

ENTRANCE_PER_CTDI_HEAD = 1.1
"""Dose at the surface of the 16 cm phantom over its CTDIvol; assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseConversion:
    """Dose-length product to effective dose for one region.

    Attributes:
        k_msv_per_mgy_cm: factor
        ctdi_phantom_cm: diameter of the phantom to which the CTDIvol belongs
        source: where the factor comes from
    """

    region: Region
    k_msv_per_mgy_cm: float
    ctdi_phantom_cm: int
    source: str


@lru_cache(maxsize=1)
def _conversions() -> Mapping[Region, DoseConversion]:
    """Recommended factors by region."""
    rows = {row["region"]: row for row in _table("k_factors.csv")}
    found = {}
    for region in Region:
        row = rows[f"model_{region}"]
        found[region] = DoseConversion(
            region=region,
            k_msv_per_mgy_cm=float(row["k_mSv_per_mGy_cm"]),
            ctdi_phantom_cm=int(row["ctdi_phantom"].removesuffix("cm")),
            source=f"{row['source']} for the {region} spine, see simulator/ct/data/k_factors.csv",
        )
    return found


def _table(name: str) -> list[dict[str, str]]:
    text = resources.files("simulator.ct").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def tabled_voltages_kv() -> tuple[int, ...]:
    """Tube voltages for which a CTDIvol of the standard scanner is tabled."""
    return scanner_model().tube_voltages_kv


def ctdi_vol_mgy(
    tube_voltage_kv: int,
    mas: float,
    ctdi_phantom_cm: int,
    collimation_mm: float | None = None,
    scanner: ScannerModel | None = None,
) -> float:
    """CTDIvol in mGy in the 16 cm or the 32 cm phantom.

    Args:
        collimation_mm: None takes that of the scanner's tabled values
        scanner: None takes the standard one

    Raises:
        ValueError: no figure is tabled for this voltage or phantom, mas is negative or not a number, or the
            collimation is not above zero.
    """
    scanner = scanner or scanner_model()
    table = scanner.ctdi_mgy_per_100mas
    if tube_voltage_kv not in scanner.tube_voltages_kv:
        offered = ", ".join(str(kv) for kv in scanner.tube_voltages_kv)
        raise ValueError(f"no CTDIvol is tabled for {tube_voltage_kv} kV; choose one of {offered} kV")
    if (tube_voltage_kv, ctdi_phantom_cm) not in table:
        raise ValueError(f"no CTDIvol is tabled for a phantom of {ctdi_phantom_cm} cm; choose 16 or 32 cm")
    if not mas >= 0:
        raise ValueError(f"mas must be zero or more, not {mas}")
    wide_mm = scanner.ctdi_collimation_mm if collimation_mm is None else collimation_mm
    return table[tube_voltage_kv, ctdi_phantom_cm] / 100.0 * overbeaming_factor(wide_mm, scanner) * mas


def dlp_mgy_cm(ctdi_vol: float, length_mm: float) -> float:
    """Dose-length product in mGy cm of a CTDIvol in mGy over a length in mm."""
    return ctdi_vol * length_mm / 10.0


def conversion(region: Region) -> DoseConversion:
    """Factor of a region: cervical, thoracic or lumbar; ValueError where there is none."""
    if region not in _conversions():
        offered = ", ".join(_conversions())
        raise ValueError(f"no dose conversion for region {region!r}; choose one of {offered}")
    return _conversions()[region]


def effective_dose_msv(dlp: float, region: Region) -> float:
    """Effective dose in mSv of a dose-length product in mGy cm, measured in the region's CTDI phantom."""
    return conversion(region).k_msv_per_mgy_cm * dlp


def skin_entrance_mgy(ctdi_vol_head_mgy: float) -> float:
    """Entrance dose in mGy of one stationary acquisition, from the CTDIvol of the 16 cm phantom.

    It is the mean around the body: a beam that is off over the back spares the skin there more than this says. The
    CTDIvol is that of the wide beam: a penumbra makes a narrow beam wider and not stronger.
    """
    return ENTRANCE_PER_CTDI_HEAD * ctdi_vol_head_mgy
