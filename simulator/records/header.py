"""Header: what makes a record self-contained, written first and checked when it is read back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from simulator.errors import UserInputError
from simulator.records.framing import EDITED
from simulator.records.strict_json import json_line
from simulator.records.versions import digest_patient_files, versions
from simulator.scenario.build import Case
from simulator.scenario.real_patient import patient_folder
from simulator.scoring.rubric import Rubric, digest_numbers, flat_numbers, numbers_by_group
from simulator.shown_text import shown_text

_Text = Annotated[str, Field(max_length=1000)]
_Time = Annotated[str, Field(pattern=r"^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\+00:00$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPatient:
    """A patient that `import-ct` made.

    Attributes:
        path: of the folder, seen from the record
        sha256: of its files by name
    """

    path: _Text
    sha256: dict[str, _Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header of the present format.

    Attributes:
        scenario, resolved: name of the case, and all of it with every draw made
        patient_digest: identity of the patient that was built; None in a record of formats 1 and 2, which held a digest
            of sources
        imported: a patient of the user's own; None for one that ships
        operator, hands, seed, learner: who treated, with which hands and chance; learner None for a program
        started: when a learner began, UTC
        rubric, rubric_digest: all numbers of the rubric; rubric None where an old record keeps the digest alone
        versions: on which bit-identical replay depends
    """

    scenario: _Text
    resolved: dict[str, Any]
    patient_digest: _Text | None
    imported: ImportedPatient | None
    operator: _Text
    hands: _Text
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    learner: _Text | None
    started: _Time | None
    rubric: dict[str, Any] | None
    rubric_digest: _Text
    versions: dict[str, _Text]

    @property
    def who(self) -> str:
        """The learner's pseudonym, or the operator of a program."""
        return self.learner or self.operator

    @property
    def version(self) -> str:
        """Of the simulator that made the record; empty where it does not say."""
        return self.versions.get("ct-fluoro-sim", "")


_HEADER = TypeAdapter(Header)
_RUBRIC = TypeAdapter(Rubric)
_KEYS = frozenset(item.name for item in fields(Header)) | {"format"}


def describe_case(
    case: Case,
    *,
    operator: str,
    hands: str,
    scenario_path: str,
    learner: str | None = None,
    started: str | None = None,
    record: Path | None = None,
) -> Header:
    """The header of a session that begins.

    Args:
        case: patient, scenario and seed
        operator, hands, learner, started: as in `Header`
        scenario_path: where the scenario was read from
        record: where the record will lie; an imported patient is named from there

    Raises:
        UserInputError: the way to an imported patient cannot be written down.
    """
    return Header(
        scenario=case.name,
        resolved=case.scenario.model_dump(mode="json"),
        patient_digest=case.world.phantom.identity,
        imported=_imported(case.scenario.patient.ct, Path(scenario_path).parent, record or Path("session.jsonl")),
        operator=shown_text(operator),
        hands=hands,
        seed=case.world.root_seed,
        learner=learner,
        started=started,
        rubric=flat_numbers(case.rubric),
        rubric_digest=case.rubric.digest(),
        versions=versions(),
    )


def write_header(header: Header, record_format: int) -> dict[str, Any]:
    """The body of a header line."""
    return {**asdict(header), "format": record_format}


def read_header(body: Any, location: str) -> Header:
    """A header from the body of its line, migrated to the present format.

    Raises:
        UserInputError: names what is wrong with it.
    """
    extra = set(body) - _KEYS if isinstance(body, dict) else set()
    if extra:
        raise UserInputError(location, f"the header has an unknown {min(extra)[:60]!r}", EDITED)
    try:
        header = _HEADER.validate_json(json_line(body), strict=True)
    except ValidationError as error:
        item = error.errors()[0]
        dotted = ".".join(str(part) for part in item["loc"])[:80]
        raise UserInputError(location, f"the header's {dotted}: {item['msg']}", EDITED) from error
    if header.rubric is not None and digest_numbers(header.rubric) != header.rubric_digest:
        raise UserInputError(location, "the header's rubric does not fit its digest", EDITED)
    return header


def read_rubric(numbers: Mapping[str, Any] | None, location: str) -> Rubric | None:
    """The rubric with which a record was scored, from its header; None where it does not say, or was another version.

    Raises:
        UserInputError: this version does not have such a rubric.
    """
    if numbers is None or numbers.get("version", 1) != Rubric().version:
        return None
    if set(numbers) - set(flat_numbers(Rubric())):
        raise UserInputError(location, "the record was scored with a rubric that this version has not", "update it")
    groups = numbers_by_group({name: value for name, value in numbers.items() if name != "version"})
    try:
        return _RUBRIC.validate_python({"version": numbers["version"], **groups}, strict=False)
    except ValidationError as error:
        raise UserInputError(location, "the header holds no rubric", EDITED) from error


def _imported(ct: str | None, scenario_folder: Path, record: Path) -> ImportedPatient | None:
    folder = None if ct is None else patient_folder(ct, scenario_folder)
    if folder is None:
        return None
    try:
        path = Path(os.path.relpath(folder, record.parent)).as_posix()
    except ValueError:  # another drive
        path = folder.absolute().as_posix()
    if path != shown_text(path):
        what = "the name of the patient's folder is no text that a record can hold"
        raise UserInputError(str(folder), what, "give it a name of letters and digits")
    return ImportedPatient(path=path, sha256=digest_patient_files(folder))
