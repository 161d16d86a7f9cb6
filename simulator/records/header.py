"""Header: what makes a record self-contained, written first and checked when it is read back."""

from __future__ import annotations

import hashlib
import os
import platform
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

from llvmlite import binding
from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from simulator.errors import UserInputError
from simulator.scenario.build import Case
from simulator.scenario.real_patient import PATIENT_FILES, patient_folder
from simulator.scoring.rubric import Rubric, digest_numbers

_PROJECT = Path(__file__).resolve().parents[2]
_Text = Annotated[str, Field(max_length=1000)]
_Time = Annotated[str, Field(pattern=r"^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\+00:00$")]


class Imported(TypedDict):
    """A patient that `import-ct` made: where the folder lies, seen from the record, and SHA-256 of its files."""

    path: _Text
    sha256: dict[str, _Text]


class Header(TypedDict):
    """A header of the present format.

    Attributes:
        scenario, resolved: name of the case, and all of it with every draw made
        patient_digest: identity of the patient that was built; None in a record of formats 1 and 2, whose digest was
            one of the sources
        imported: a patient of the user's own; None for one that ships
        operator, hands, seed, learner: who treated, with which hands and chance; learner None for a program
        started: when a learner began, UTC
        rubric, rubric_digest: all numbers of the rubric; rubric None where an old record keeps the digest alone
        versions: on which bit-identical replay depends
    """

    format: int
    scenario: _Text
    resolved: dict[str, Any]
    patient_digest: _Text | None
    imported: Imported | None
    operator: _Text
    hands: _Text
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    learner: _Text | None
    started: _Time | None
    rubric: dict[str, Any] | None
    rubric_digest: _Text
    versions: dict[str, _Text]


_HEADER = TypeAdapter(Header)
_RUBRIC = TypeAdapter(Rubric)


def header_of(
    case: Case,
    *,
    operator: str,
    hands: str,
    scenario_place: str,
    learner: str | None = None,
    started: str | None = None,
    record: Path | None = None,
) -> dict[str, Any]:
    """What makes a record self-contained, but its format.

    Args:
        scenario_place: where the scenario was read from
        record: where the record will lie; an imported patient is named from there
    """
    return {
        "scenario": case.name,
        "resolved": case.scenario.model_dump(mode="json"),
        "patient_digest": case.world.phantom.identity,
        "imported": _imported(case.scenario.patient.ct, Path(scenario_place).parent, record or Path("session.jsonl")),
        "operator": operator,
        "hands": hands,
        "seed": case.world.root_seed,
        "learner": learner,
        "started": started,
        "rubric": asdict(case.rubric),
        "rubric_digest": case.rubric.digest(),
        "versions": versions(),
    }


_NOT_COUNTED = {"localisation_share": 0.0}
"""What a rubric that does not name it did not count."""


def checked_header(body: Any, location: str) -> dict[str, Any]:
    """A header of the present format; UserInputError names what is wrong with it."""
    extra = set(body) - set(Header.__annotations__) if isinstance(body, dict) else set()
    if extra:
        raise UserInputError(location, f"the header has an unknown {min(extra)[:60]!r}", "the record was edited")
    try:
        header = dict(_HEADER.validate_python(body, strict=True))
    except ValidationError as error:
        item = error.errors()[0]
        dotted = ".".join(str(part) for part in item["loc"])[:80]
        raise UserInputError(location, f"the header's {dotted}: {item['msg']}", "the record was edited") from error
    numbers = header["rubric"]
    if numbers is not None and digest_numbers(numbers) != header["rubric_digest"]:
        raise UserInputError(location, "the header's rubric does not fit its digest", "the record was edited")
    return header


def rubric_in(header: dict[str, Any], location: str) -> Rubric | None:
    """The rubric with which a record was scored; None where it does not say."""
    if header["rubric"] is None:
        return None
    known = set(asdict(Rubric()))
    if set(header["rubric"]) - known:
        raise UserInputError(location, "the record was scored with a rubric that this version has not", "update it")
    try:
        return _RUBRIC.validate_python({**_NOT_COUNTED, **header["rubric"]}, strict=False)
    except ValidationError as error:
        raise UserInputError(location, "the header holds no rubric", "the record was edited") from error


def versions() -> dict[str, str]:
    """Versions and kind of processor, on which bit-identical replay depends."""
    packages = {name: metadata.version(name) for name in ("numpy", "numba", "scipy")}
    try:
        own = metadata.version("ct-fluoro-sim")
    except metadata.PackageNotFoundError:
        own = "not installed"
    return {
        "ct-fluoro-sim": own,
        "source": _source_digest(),
        **packages,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": binding.get_host_cpu_name(),
    }


@cache
def _source_digest() -> str:
    """Of all modules and tables, so that two states of a checkout under one version are told apart."""
    digest = hashlib.sha256()
    for package in ("phantoms", "simulator"):
        for source in sorted(path for kind in ("*.py", "*.csv") for path in (_PROJECT / package).rglob(kind)):
            digest.update(source.relative_to(_PROJECT).as_posix().encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def digests_of(folder: Path) -> dict[str, str]:
    """SHA-256 of the files of an imported patient; those that cannot be read are left out."""
    found = {}
    for name in PATIENT_FILES:
        try:
            with (folder / name).open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            continue
    return found


def _imported(ct: str | None, scenario_folder: Path, record: Path) -> Imported | None:
    folder = None if ct is None else patient_folder(ct, scenario_folder)
    if folder is None:
        return None
    try:
        path = Path(os.path.relpath(folder, record.parent)).as_posix()
    except ValueError:  # another drive
        path = folder.absolute().as_posix()
    return Imported(path=path, sha256=digests_of(folder))
