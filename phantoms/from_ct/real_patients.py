"""Real patients: the folders of a CT that ship with the project or that `import-ct` wrote."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from phantoms.from_ct.derived_errors import DerivedDraw
from simulator.errors import UserInputError
from simulator.files.small_file import read_small_text
from simulator.vocabulary.levels import Interspace

_REAL = Path(__file__).parents[1] / "catalogue" / "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPatientParameters:
    """What a CT does not show, of one real patient.

    Attributes:
        name: of the patient
        about: interspace about which the patient is built, near the frame's origin
        sac_scale: size of the dural sac against the morphometric table, where the canal has the room
        seed: of textures and of the roots' wavering
        leak, myelogram: the hole and the contrast; leak None for none
        draw: how far the patient lies from what was derived; None: as derived
    """

    name: str
    about: Interspace = Interspace.L3_4
    sac_scale: float
    seed: int
    leak: LeakParameters | None
    myelogram: MyelogramParameters
    draw: DerivedDraw | None = None


def real_patient(name: str) -> tuple[Path, Path, RealPatientParameters]:
    """CT, labels and parameters of a real patient that ships with the project.

    Raises:
        ValueError: there is no such patient; the message lists those that there are.
    """
    known = sorted(path.parent.name for path in _REAL.glob("*/patient.toml"))
    if name not in known:
        raise ValueError(f"no real patient named {name!r}; the catalogue holds: {', '.join(known)}")
    return patient_in(_REAL / name)


def patient_in(folder: Path) -> tuple[Path, Path, RealPatientParameters]:
    """CT, labels and parameters of a real patient in a folder of its own: ct.nii.gz, labels.nii.gz, patient.toml.

    Raises:
        ValueError: a file is missing, or patient.toml does not hold the parameters.
    """
    try:
        table: dict[str, Any] = tomllib.loads(read_small_text(folder / "patient.toml"))
        leak = table.pop("leak", None)
        parameters = RealPatientParameters(
            name=folder.name,
            about=Interspace.parse(str(table.pop("about", Interspace.L3_4))),
            leak=None if leak is None else LeakParameters.parse(leak),
            myelogram=MyelogramParameters.parse(table.pop("myelogram")),
            **table,
        )
    except (UserInputError, RecursionError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / 'patient.toml'} holds no patient: {error}") from error
    return folder / "ct.nii.gz", folder / "labels.nii.gz", parameters
