"""Bore flow: what runs through an open needle, and how soon it shows at the hub (Poiseuille; reference, section 4)."""

from __future__ import annotations

import math

from simulator.needle.needle_catalogue import NeedleSpec

PA_PER_CMH2O = 98.0665
CSF_MPA_S, BLOOD_MPA_S = 0.75, 4.0
FIRST_DROP_ML = 0.02  # assumption: what must stand in the hub to be seen


def flow_ml_per_s(spec: NeedleSpec, pressure_cmh2o: float, viscosity_mpa_s: float) -> float:
    """Flow through the whole bore at a driving pressure; none where there is none."""
    radius_m = 0.5e-3 * spec.bore_diameter_mm
    pressure_pa = max(pressure_cmh2o, 0.0) * PA_PER_CMH2O
    return math.pi * radius_m**4 * pressure_pa / (8.0 * viscosity_mpa_s * 1e-3 * spec.length_mm * 1e-3) * 1e6


def bore_ml(spec: NeedleSpec) -> float:
    """Volume of the bore."""
    return 0.25 * math.pi * spec.bore_diameter_mm**2 * spec.length_mm / 1000.0


def first_drop_s(spec: NeedleSpec, pressure_cmh2o: float, viscosity_mpa_s: float) -> float:
    """Time from the stylet's removal to the first drop: fill the bore, then the drop; infinite without flow."""
    flow = flow_ml_per_s(spec, pressure_cmh2o, viscosity_mpa_s)
    return math.inf if flow <= 0.0 else (bore_ml(spec) + FIRST_DROP_ML) / flow
