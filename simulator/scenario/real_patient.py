"""Real patient: the folder of a CT that ships or was imported, as a phantom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from phantoms.from_ct.derived_errors import DerivedDraw
from phantoms.from_ct.real_patients import patient_in, real_patient
from phantoms.phantom import Phantom
from simulator.scenario.patient_file import check_patient_file
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.progress import Progress

PATIENT_FILES = ("ct.nii.gz", "labels.nii.gz", "patient.toml")

# Assumptions within the ranges of the reference (sections 1.5 and 6): what a CT without contrast cannot show.
DEFAULT_LEAK = LeakParameters(
    pattern=LeakPattern.CIRCUMFERENTIAL,
    level=Interspace.L3_4,
    side=Laterality.RIGHT,
    thickness_mm=4.0,
    extent_levels=3.0,
    iodine_ratio=0.75,
)


def patient_folder(ct: str, folder: Path) -> Path | None:
    """The folder that `import-ct` wrote and a scenario names; None for a CT that ships with the project.

    Args:
        ct: name or folder; a relative folder starts at `folder`, then at the current one
    """
    places = [p for p in (folder / ct, Path(ct)) if (p / "patient.toml").is_file()]
    return places[0] if places else None


def real_phantom(
    ct: str,
    leak: Callable[[LeakParameters], LeakParameters],
    contrast: Callable[[MyelogramParameters], MyelogramParameters],
    folder: Path,
    progress: Progress | None,
    draw: DerivedDraw | None = None,
) -> Phantom:
    """Phantom of a CT that ships with the project, or of a folder that `import-ct` wrote.

    Args:
        ct: name or folder; a relative folder starts at `folder`, then at the current one
        leak, contrast: what the scenario makes of the patient's leak and myelogram
        draw: how far the patient lies from what is derived of the CT; None: as derived

    Raises:
        ValueError: there is no such patient, or its files cannot be used.
        UserInputError: its patient.toml holds no patient.
    """
    own = patient_folder(ct, folder)
    if own is not None:
        check_patient_file(own)
    from phantoms.from_ct.files import phantom_from_ct, read_patient_ct  # what reads a CT, no other case waits for

    ct_path, labels_path, parameters = real_patient(ct) if own is None else patient_in(own)
    return phantom_from_ct(
        read_patient_ct(ct_path, labels_path),
        name=parameters.name,
        about=parameters.about,
        leak=leak(parameters.leak or DEFAULT_LEAK),
        myelogram=contrast(parameters.myelogram),
        sac_scale=parameters.sac_scale,
        seed=parameters.seed,
        draw=draw,
        progress=progress,
    )
