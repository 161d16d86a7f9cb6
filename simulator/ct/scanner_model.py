"""Scanner model: what a scanner of a class is and costs, from a row of `data/scanners.toml`.

Where a value comes from stands in the row's `basis`, and in `data/PROVENANCE.md`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from simulator.ct.geometry import ScannerGeometry
from simulator.vocabulary.scanners import STANDARD_SCANNER, ScannerPreset


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScannerModel:
    """One class of scanners. Compared by identity: there is one for each preset.

    Attributes:
        preset: its name
        rows, row_mm: rows of the detector that a scan uses, and the height of one at the isocentre
        geometry: focus, isocentre and columns
        fluoroscopy_collimation_mm, helical_collimation_mm, sequential_collimation_mm: length of the beam at the
            isocentre in a press and in the scans
        rotation_s: shortest and longest whole turn of a press
        scan_rotation_s: whole turn of a scan
        helical_pitch: table travel of one rotation over the collimation
        overranging_blocked_fraction: part of the over-ranging that blades keep from the patient
        added_aluminium_mm: filter besides that of `data/spectra.csv`
        ctdi_mgy_per_100mas: CTDIvol by tube voltage in kV and phantom diameter in cm, at `ctdi_collimation_mm`
        ctdi_collimation_mm: collimation that those belong to
        penumbra_mm: width that is added to every beam, at the isocentre, both sides together
        bore_mm, bore_depth_mm: diameter of the bore, and length of its narrow part along the axis
        tilt_deg: least and greatest tilt of the gantry
        basis: where the values come from, by group
    """

    preset: ScannerPreset
    rows: int
    row_mm: float
    geometry: ScannerGeometry
    fluoroscopy_collimation_mm: float
    helical_collimation_mm: float
    sequential_collimation_mm: float
    rotation_s: tuple[float, float]
    scan_rotation_s: float
    helical_pitch: float
    overranging_blocked_fraction: float
    added_aluminium_mm: float
    ctdi_mgy_per_100mas: Mapping[tuple[int, int], float]
    ctdi_collimation_mm: float
    penumbra_mm: float
    bore_mm: float
    bore_depth_mm: float
    tilt_deg: tuple[float, float]
    basis: Mapping[str, str]

    @property
    def tube_voltages_kv(self) -> tuple[int, ...]:
        """Tube voltages for which a CTDIvol is tabled."""
        return tuple(sorted({kv for kv, _ in self.ctdi_mgy_per_100mas}))

    @property
    def view_range_deg(self) -> float:
        """Views that one slice of a helical scan is made from: half a turn, and the fan."""
        return 180.0 + math.degrees(self.geometry.columns * self.geometry.column_angle_rad)

    @property
    def detector_mm(self) -> float:
        """Height of all rows at the isocentre."""
        return self.rows * self.row_mm


@cache
def scanner_model(preset: ScannerPreset = STANDARD_SCANNER) -> ScannerModel:
    """The model of a preset, the same object whenever it is asked for."""
    row = _rows()[preset]
    return ScannerModel(
        preset=preset,
        geometry=ScannerGeometry(
            source_to_isocenter_mm=row["source_to_isocenter_mm"],
            source_to_detector_mm=row["source_to_detector_mm"],
            columns=row["columns"],
            column_pitch_mm=row["column_pitch_mm"],
            views=row["views"],
        ),
        ctdi_mgy_per_100mas={
            (int(kv), diameter_cm): float(value)
            for key, diameter_cm in (("ctdi_body_mgy_per_100mas", 32), ("ctdi_head_mgy_per_100mas", 16))
            for kv, value in row[key].items()
        },
        rotation_s=tuple(row["rotation_s"]),
        tilt_deg=tuple(row["tilt_deg"]),
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN = (
    *("rows", "row_mm", "fluoroscopy_collimation_mm", "helical_collimation_mm", "sequential_collimation_mm"),
    *("scan_rotation_s", "helical_pitch", "overranging_blocked_fraction", "added_aluminium_mm"),
    *("ctdi_collimation_mm", "penumbra_mm", "bore_mm", "bore_depth_mm", "basis"),
)


@cache
def _rows() -> Mapping[str, Any]:
    text = resources.files("simulator.ct").joinpath("data", "scanners.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
