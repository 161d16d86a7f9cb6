"""Load: a scenario file as one checked case for each seed, or every fault of it with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.errors import UserInputError, combine_errors
from simulator.scenario.distributions import Distribution, drawn, replaced
from simulator.scenario.field_error import FieldError, Keys, dotted
from simulator.scenario.inheritance import Lineage, read_lineage
from simulator.scenario.patient_file import check_patient_file
from simulator.scenario.real_patient import patient_folder
from simulator.scenario.rejection import rejected
from simulator.scenario.schema import Scenario
from simulator.scenario.shipped import find_scenario
from simulator.scenario.stages import in_stage
from simulator.scenario.text_words import fill_in
from simulator.scenario.toml_source import read_text
from simulator.scenario.validation_errors import find_distributions, find_validation_errors
from simulator.shown_text import shown_text
from simulator.vocabulary.progress import Progress

__all__ = ["ScenarioFile", "load_scenario", "parse_scenario", "read_text"]

MOST_TOLD = 100
MOST_DRAWS = 60  # of a patient within the bounds of `reject_if`


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFile:
    """A scenario that was checked, and where it came from.

    Attributes:
        name: of the file, without its ending
        path: of the file
        files: it and those that it extends
        title: of the case; the leak's level stands in it, or the word "level" where each seed draws another
        data: its tables, merged
        distributions: what each seed draws anew, by dotted key
    """

    name: str
    path: Path
    files: tuple[Path, ...]
    title: str
    data: Mapping[str, Any]
    distributions: Mapping[Keys, Distribution]

    def scenario_for(self, seed: int, progress: Progress | None = None) -> Scenario:
        """The case of one seed: all numbers plain. A patient beyond the bounds of `reject_if` is drawn anew.

        Args:
            progress: told of compiling where this is the first start; None: whoever asks has seen to that

        Raises:
            UserInputError: what this seed draws does not fit together, or no draw lies within the bounds.
        """
        for attempt in range(MOST_DRAWS):
            scenario = self._drawn(seed, attempt)
            if not scenario.reject_if.asked or not rejected(scenario, progress):
                return scenario
            if not self.distributions:
                break
        told = rejected(scenario, progress)
        raise UserInputError(
            f"{self.path} (seed {seed}): reject_if",
            f"no patient of {attempt + 1} draws is within the bounds; the last: {told}",
            "widen the bounds, or the ranges that are drawn from",
        )

    def _drawn(self, seed: int, attempt: int) -> Scenario:
        data = drawn(self.data, self.distributions, Scenario, seed, attempt)
        found = find_validation_errors(data, self.path.parent)
        if found:
            location = f"{self.path} (seed {seed})"
            raise _faults([(f"{location}: {dotted(one.keys)}", one) for one in found])
        return Scenario.model_validate(data)


def load_scenario(path: Path, *, overrides: Mapping[str, Any] | None = None, stage: int = 1) -> ScenarioFile:
    """Read a scenario file and check all of it.

    Args:
        path: of the file, or the name of a scenario that ships
        overrides: values by dotted key, such as "scanner.preset_tube_current_ma", that replace those of the file
        stage: session of the patient, 1 being the first; later ones stand in `[[stage]]`

    Raises:
        UserInputError: the file cannot be read or is no scenario; the message names every fault with its line.
    """
    path = find_scenario(Path(path))
    lineage = read_lineage(path)
    above: dict[Keys, Any] = {tuple(dotted.split(".")): value for dotted, value in (overrides or {}).items()}
    data = replaced(lineage.data, above)
    found = find_validation_errors(data, path.parent)
    if found:
        raise _faults([(_locate(one, lineage, above), one) for one in found])
    patient = data["patient"].get("ct")
    own = patient_folder(patient, path.parent) if isinstance(patient, str) else None
    if own is not None:
        check_patient_file(own)
    if stage != 1:
        data = in_stage(data, stage, str(path))
    return ScenarioFile(
        # Records hold the name, and one that is no UTF-8 could not be read back
        name=shown_text(path.stem if stage == 1 else f"{path.stem}-session-{stage}"),
        path=path,
        files=tuple(source.path for source in lineage.sources),
        title=_title(data),
        data=data,
        distributions=find_distributions(data)[0],
    )


def parse_scenario(data: Mapping[str, Any], location: str) -> Scenario:
    """A scenario in which nothing is drawn, from a record; UserInputError where it is none."""
    try:
        return Scenario.model_validate(_of_then(data))
    except (ValidationError, TypeError) as error:
        raise UserInputError(location, f"the header holds no scenario of this version ({error})"[:400]) from error


def _of_then(data: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario of a record. Before there were lessons, an empty list of levels said no more than none."""
    leak = data.get("leak")
    if "lesson" in data or not isinstance(leak, Mapping) or leak.get("needle_levels") != []:
        return dict(data)
    return {**data, "leak": {**leak, "needle_levels": None}}


def _title(data: Mapping[str, Any]) -> str:
    """The title with the leak's level and side in their places; in words where each seed draws another."""
    given, leak = data["title"], data["leak"]
    title = str(given) if isinstance(given, str) else "a title that each seed draws"
    level, side = leak.get("level"), leak.get("side", "both")
    return fill_in(title, level if isinstance(level, str) else "a level that each seed draws",
                   side if isinstance(side, str) else "a side that each seed draws")  # fmt: skip


def _locate(one: FieldError, lineage: Lineage, overrides: Mapping[Keys, Any]) -> str:
    name = dotted(one.keys)
    if any(one.keys[: len(keys)] == keys for keys in overrides):
        return f"{lineage.sources[0].path} with another {name}"
    return f"{lineage.location(one.keys)}: {name}" if name else lineage.location(one.keys)


def _faults(found: Sequence[tuple[str, FieldError]]) -> UserInputError:
    told = [UserInputError(location, one.what, one.fix) for location, one in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        told.append(UserInputError(f"and {len(found) - MOST_TOLD} more", "is this the right file?"))
    return combine_errors(told)
