"""Patient file: `patient.toml` of an imported patient, checked by the fields of a case before anything is built of it.

Whoever imported a CT may edit the file. Each fault is told with file, line and key.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError, create_model

from phantoms.from_ct.real_patients import patient_in
from simulator.errors import UserInputError, combine_errors
from simulator.scenario.error_words import describe_error
from simulator.scenario.field_error import FieldError, dotted
from simulator.scenario.schema import Leak, Myelogram
from simulator.scenario.sections import Section
from simulator.scenario.toml_source import TomlSource, read_dateless_source
from simulator.scenario.words import InterspaceName

PATIENT_FILE = "patient.toml"
_OF_LEAK = ("level", "side", "pattern", "thickness_mm", "extent_levels", "reach_mm", "iodine_ratio")
_LEAK_NEEDS = ("level", "side", "pattern", "thickness_mm", "iodine_ratio")
_OF_MYELOGRAM = (
    "volume_ml",
    "concentration_mg_per_ml",
    "injection_level",
    "turns",
    "hours_to_patch",
    "remaining_at_3_h",
    "settling",
    "puncture_site",
)


def _fields(model: type[BaseModel], names: tuple[str, ...]) -> Any:
    """Fields of a case's table, as they stand there."""
    return {name: (model.model_fields[name].rebuild_annotation(), model.model_fields[name]) for name in names}


_Leak: Any = create_model("Leak", __base__=Section, **_fields(Leak, _OF_LEAK))
_Myelogram: Any = create_model("Myelogram", __base__=Section, **_fields(Myelogram, _OF_MYELOGRAM))
_PatientFile: type[BaseModel] = create_model(
    "PatientFile",
    __base__=Section,
    about=(InterspaceName | None, Field(default=None, description="interspace about which the patient is built")),
    sac_scale=(float, Field(ge=0.7, le=1.15, description="size of the dural sac")),
    seed=(int, Field(ge=0, le=2**31 - 1, description="of textures and of the roots' wavering")),
    leak=(_Leak | None, Field(default=None, description="where the hole is")),
    myelogram=(_Myelogram, Field(description="contrast in the sac")),
)


def check_patient_file(folder: Path) -> None:
    """Read and check the patient file in a folder that `import-ct` wrote.

    Raises:
        UserInputError: it cannot be read, or holds no patient; every fault with its line.
    """
    source = read_dateless_source(folder / PATIENT_FILE)
    errors = _errors(source)
    if errors:
        raise combine_errors(
            [UserInputError(f"{_place(source, one)}: {dotted(one.keys)}", one.what, one.fix) for one in errors]
        )
    try:
        patient_in(folder)
    except ValueError as error:  # what no single key can be blamed for
        raise UserInputError(str(source.path), str(error).partition("holds no patient: ")[2], "mend that") from error


def _errors(source: TomlSource) -> list[FieldError]:
    try:
        _PatientFile.model_validate(source.data)
    except ValidationError as error:
        return [describe_error(item, _PatientFile, ()) for item in error.errors()]
    leak = source.data.get("leak")
    missing = [name for name in _LEAK_NEEDS if isinstance(leak, dict) and name not in leak]
    return [FieldError(("leak", name), "this key is missing", "add it") for name in missing]


def _place(source: TomlSource, one: FieldError) -> str:
    for length in range(len(one.keys), 0, -1):
        if one.keys[:length] in source.lines:
            return f"{source.path}:{source.lines[one.keys[:length]]}"
    return f"{source.path}:1"
