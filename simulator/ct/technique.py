"""Technique: the exposure that is set on the console, and how it is reconstructed, within what the scanner offers."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from simulator.ct.reconstruction import KERNELS_LP_CM
from simulator.ct.spectrum import check_tube_voltage
from simulator.interface.exposure import SCAN_ARCS_DEG, ExposureSettings

TUBE_CURRENT_MA = (1.0, 600.0)
"""What the generator gives; assumption for the class, wide enough for every protocol of the reference."""

ROTATION_S = (0.4, 1.5)
"""Shortest and longest rotation of the class (from memory)."""

SLICE_THICKNESS_MM = (0.5, 40.0)
COLLIMATION_MM = (0.5, 160.0)
"""From one row of the detector to all 320 of the widest that is offered (from memory)."""

GANTRY_TILT_DEG = (-30.0, 30.0)

_LIMITS = {
    "tube_current_ma": (*TUBE_CURRENT_MA, "mA"),
    "rotation_s": (*ROTATION_S, "s"),
    "slice_thickness_mm": (*SLICE_THICKNESS_MM, "mm"),
    "collimation_mm": (*COLLIMATION_MM, "mm"),
    "gantry_tilt_deg": (*GANTRY_TILT_DEG, "degrees"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique(ExposureSettings):
    """How an image is acquired and reconstructed; ValueError for what the scanner does not offer.

    Attributes:
        slice_thickness_mm: as reconstructed
        reconstruction_kernel: one of `KERNELS_LP_CM`
        collimation_mm: length of the beam at the isocentre; more of it scatters more
    """

    slice_thickness_mm: float = 4.0
    reconstruction_kernel: str = "standard"
    collimation_mm: float = 12.0

    def __post_init__(self) -> None:
        check_tube_voltage(self.tube_voltage_kv)
        for name, (low, high, unit) in _LIMITS.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise ValueError(f"{name} must lie between {low:g} and {high:g} {unit}, not {value}")
        if self.scan_arc_deg not in SCAN_ARCS_DEG:
            offered = " or ".join(str(arc) for arc in SCAN_ARCS_DEG)
            raise ValueError(f"scan_arc_deg must be {offered}, not {self.scan_arc_deg}")
        if self.reconstruction_kernel not in KERNELS_LP_CM:
            offered = ", ".join(KERNELS_LP_CM)
            raise ValueError(f"kernel {self.reconstruction_kernel!r} is not available; choose one of {offered}")

    @property
    def exposure(self) -> ExposureSettings:
        """What the console is set to, without what the reconstruction adds."""
        return ExposureSettings(**{item.name: getattr(self, item.name) for item in fields(ExposureSettings)})
