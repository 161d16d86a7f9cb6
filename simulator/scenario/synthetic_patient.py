"""Synthetic patient: one of the catalogue with what a scenario changes."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

from phantoms.catalogue import patient_parameters
from phantoms.parameters import PatientParameters
from simulator.scenario.schema import Patient
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN


def resolve_parameters(patient: Patient) -> PatientParameters:
    """The catalogue's patient with what the scenario changes.

    A trunk whose size is not given grows with the square root of the BMI: its section with the mass at one height
    (assumption).

    Raises:
        ValueError: there is no such patient.
    """
    parameters = patient_parameters(str(patient.phantom))
    changes = patient.changes()
    sixth = changes.pop("sixth_lumbar", False)
    if changes.pop("whole_spine", False):
        changes["vertebrae"] = FIVE_LUMBAR_COLUMN
    if "bmi_kg_per_m2" in changes:
        grown = sqrt(changes["bmi_kg_per_m2"] / parameters.bmi_kg_per_m2)
        for name in ("body_half_width_mm", "body_half_depth_mm"):
            changes.setdefault(name, round(grown * getattr(parameters, name), 1))
    changed = replace(parameters, **changes)
    if not sixth:
        return changed
    from phantoms.spinal_curve import with_sixth_lumbar  # which interpolates: all others are known without

    return with_sixth_lumbar(changed)
