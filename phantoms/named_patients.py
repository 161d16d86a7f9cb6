"""Named patients: a patient of the catalogue, changed or not, built in one call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from phantoms.build import build_phantom
from phantoms.catalogue import patient_parameters
from phantoms.phantom import Phantom
from simulator.vocabulary.progress import Progress


def build_patient(name: str, *, progress: Progress | None = None, **changes: Any) -> Phantom:
    """Build a synthetic patient of the catalogue.

    Args:
        name: one of `patient_names()`, such as "patient-2"
        progress: called with what is being done and the part of it that is done, 0 to 1
        changes: fields of `PatientParameters` that replace the patient's own, such as `bmi_kg_per_m2=30.0`

    Raises:
        ValueError: there is no such patient, or the changes name a level that the patient does not have.
        TypeError: there is no such field.
    """
    return build_phantom(replace(patient_parameters(name), **changes), progress=progress)
