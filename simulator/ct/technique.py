"""Technique: what the operator sets on the console."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.ct.reconstruction import KERNELS_LP_CM
from simulator.ct.spectrum import check_tube_voltage


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """What the operator sets on the console; ValueError for what the scanner does not offer."""

    tube_voltage_kv: int
    tube_current_ma: float
    rotation_s: float
    slice_thickness_mm: float = 4.0
    reconstruction_kernel: str = "standard"

    def __post_init__(self) -> None:
        check_tube_voltage(self.tube_voltage_kv)
        for name in ("tube_current_ma", "rotation_s", "slice_thickness_mm"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be a positive number, not {value}")
        if self.reconstruction_kernel not in KERNELS_LP_CM:
            offered = ", ".join(KERNELS_LP_CM)
            raise ValueError(f"kernel {self.reconstruction_kernel!r} is not available; choose one of {offered}")

    @property
    def mas(self) -> float:
        """Tube current times rotation time."""
        return self.tube_current_ma * self.rotation_s
