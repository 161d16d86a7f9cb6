"""Named synthetic patients, one TOML file each, and in `real/` the CTs that ship.

May import `phantoms.parameters` and what it holds. Open a patient's TOML file first.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from phantoms.parameters import PatientParameters, parse_levels

_FOLDER = Path(__file__).parent


@cache
def patient_names() -> tuple[str, ...]:
    """Names of all synthetic patients of the catalogue."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def patient_parameters(name: str) -> PatientParameters:
    """Parameters of one patient of the catalogue.

    Raises:
        ValueError: there is no such patient; the message lists those that there are.
    """
    if name not in patient_names():
        raise ValueError(f"no patient named {name!r}; the catalogue holds: {', '.join(patient_names())}")
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)
    leak = LeakParameters.parse(table.pop("leak"))
    myelogram = MyelogramParameters.parse(table.pop("myelogram"))
    table = parse_levels(table)
    return PatientParameters(name=name, leak=leak, myelogram=myelogram, **table)
