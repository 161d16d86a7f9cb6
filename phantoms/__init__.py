"""The patient at rest: anatomy as implicit solids, contrast, and voxel phantoms for the scanner.

The names below are the public interface; each is imported when it is first used. May import words and frames of the
simulator and nothing else of it; open `build.py` first. Which tissues exist is told by `data/mu_linear_per_cm.csv`;
`docs/contributing/tissue.md` adds one.
"""

from typing import TYPE_CHECKING

from simulator.first_use import imported_on_first_use

if TYPE_CHECKING:
    from phantoms.build import build_phantom
    from phantoms.catalogue import patient_names, patient_parameters
    from phantoms.fluid.contrast import MyelogramParameters
    from phantoms.fluid.leak import LeakParameters
    from phantoms.from_ct.files import phantom_from_ct, read_ct
    from phantoms.named_patients import build_patient
    from phantoms.parameters import PatientParameters
    from phantoms.phantom import Anatomy, BasisVolume, Label, Phantom, VoxelGrid

__all__ = [
    "Anatomy",
    "BasisVolume",
    "Label",
    "LeakParameters",
    "MyelogramParameters",
    "PatientParameters",
    "Phantom",
    "VoxelGrid",
    "build_patient",
    "build_phantom",
    "patient_names",
    "patient_parameters",
    "phantom_from_ct",
    "read_ct",
]

if not TYPE_CHECKING:  # a type checker takes the imports above
    _MODULES = {
        "Anatomy": "phantoms.phantom",
        "BasisVolume": "phantoms.phantom",
        "Label": "phantoms.phantom",
        "LeakParameters": "phantoms.fluid.leak",
        "MyelogramParameters": "phantoms.fluid.contrast",
        "PatientParameters": "phantoms.parameters",
        "Phantom": "phantoms.phantom",
        "VoxelGrid": "phantoms.phantom",
        "build_patient": "phantoms.named_patients",
        "build_phantom": "phantoms.build",
        "patient_names": "phantoms.catalogue",
        "patient_parameters": "phantoms.catalogue",
        "phantom_from_ct": "phantoms.from_ct.files",
        "read_ct": "phantoms.from_ct.files",
    }

    __getattr__, __dir__ = imported_on_first_use(__name__, _MODULES)
