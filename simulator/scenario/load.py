"""Load: a scenario file as one checked case for each seed, or every fault of it with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.errors import UserInputError, combine_errors
from simulator.scenario.distributions import Distribution, drawn, replaced
from simulator.scenario.field_error import FieldError, Keys
from simulator.scenario.inheritance import Lineage, read_lineage
from simulator.scenario.patient_file import check_patient_file
from simulator.scenario.real_patient import patient_folder
from simulator.scenario.schema import Scenario
from simulator.scenario.shipped import find_scenario
from simulator.scenario.toml_source import read_text
from simulator.scenario.validation_errors import find_distributions, find_validation_errors
from simulator.shown_text import shown_text

__all__ = ["ScenarioFile", "load_scenario", "parse_scenario", "read_text"]

MOST_TOLD = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFile:
    """A scenario that was checked, and where it came from.

    Attributes:
        name: of the file, without its ending
        path: of the file
        files: it and those that it extends
        title: of the case
        data: its tables, merged
        distributions: what each seed draws anew, by dotted key
    """

    name: str
    path: Path
    files: tuple[Path, ...]
    title: str
    data: Mapping[str, Any]
    distributions: Mapping[Keys, Distribution]

    def scenario_for(self, seed: int) -> Scenario:
        """The case of one seed: all numbers plain.

        Raises:
            UserInputError: what this seed draws does not fit together.
        """
        data = drawn(self.data, self.distributions, Scenario, seed)
        found = find_validation_errors(data, self.path.parent)
        if found:
            location = f"{self.path} (seed {seed})"
            raise _faults([(f"{location}: {_dotted(one.keys)}", one) for one in found])
        return Scenario.model_validate(data)


def load_scenario(path: Path, *, overrides: Mapping[str, Any] | None = None) -> ScenarioFile:
    """Read a scenario file and check all of it.

    Args:
        path: of the file, or the name of a scenario that ships
        overrides: values by dotted key, such as "scanner.preset_tube_current_ma", that replace those of the file

    Raises:
        UserInputError: the file cannot be read or is no scenario; the message names every fault with its line.
    """
    path = find_scenario(Path(path))
    lineage = read_lineage(path)
    above = {tuple(dotted.split(".")): value for dotted, value in (overrides or {}).items()}
    data = replaced(lineage.data, above)
    found = find_validation_errors(data, path.parent)
    if found:
        raise _faults([(_locate(one, lineage, above), one) for one in found])
    patient = data["patient"].get("ct")
    own = patient_folder(patient, path.parent) if isinstance(patient, str) else None
    if own is not None:
        check_patient_file(own)
    return ScenarioFile(
        name=shown_text(path.stem),  # which records hold, and a name that is no UTF-8 could not be read back
        path=path,
        files=tuple(source.path for source in lineage.sources),
        title=str(data["title"]),
        data=data,
        distributions=find_distributions(data)[0],
    )


def parse_scenario(data: Mapping[str, Any], location: str) -> Scenario:
    """A scenario in which nothing is drawn, from a record; UserInputError where it is none."""
    try:
        return Scenario.model_validate(dict(data))
    except (ValidationError, TypeError) as error:
        raise UserInputError(location, f"the header holds no scenario of this version ({error})"[:400]) from error


def _locate(one: FieldError, lineage: Lineage, overrides: Mapping[Keys, Any]) -> str:
    dotted = _dotted(one.keys)
    if any(one.keys[: len(keys)] == keys for keys in overrides):
        return f"{lineage.sources[0].path} with another {dotted}"
    return f"{lineage.location(one.keys)}: {dotted}" if dotted else lineage.location(one.keys)


def _dotted(keys: Keys) -> str:
    """A key as a terminal can show it."""
    parts = (part if part.isprintable() else repr(part) for part in keys)
    return ".".join(part if len(part) <= 60 else f"{part[:57]}..." for part in parts)


def _faults(found: Sequence[tuple[str, FieldError]]) -> UserInputError:
    told = [UserInputError(location, one.what, one.fix) for location, one in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        told.append(UserInputError(f"and {len(found) - MOST_TOLD} more", "is this the right file?"))
    return combine_errors(told)
