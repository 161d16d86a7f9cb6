"""Rebuild: the case on which a record was made, from its header alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.engine.settings import HANDS
from simulator.errors import UserInputError
from simulator.records.header import ImportedPatient
from simulator.records.session_record import SessionRecord
from simulator.records.versions import digest_patient_files
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import parse_scenario
from simulator.vocabulary.progress import Progress

PATIENT_PARTS = ("patient", "leak", "further_leak", "myelogram")  # of a scenario: what a patient is built from


def rebuild_case(record: SessionRecord, *, progress: Progress | None = None) -> Case:
    """The case on which a record was made, from its header alone; its rubric is the one that the case gives now.

    Raises:
        UserInputError: this version builds another patient or another scenario from it, or an imported patient is
            not where the record says or not the one of then.
    """
    header = record.header
    location = f"{record.path}:1"
    scenario = parse_scenario(header.resolved, location)
    if header.imported is not None:
        folder = find_imported_patient(record, header.imported, location)
        scenario = scenario.model_copy(update={"patient": scenario.patient.model_copy(update={"ct": str(folder)})})
    case = build_case(
        scenario,
        name=header.scenario,
        seed=header.seed,
        location=location,
        folder=record.path.parent,
        hands=_hands(header.hands, location),
        progress=progress,
    )
    if header.patient_digest not in (None, case.world.phantom.identity):  # None: the record is older than identities
        raise UserInputError(
            location,
            "this version builds another patient than the one that was recorded",
            f"replay with the version that made the record ({header.version or 'unknown'})",
        )
    return case


def same_patient(record: SessionRecord, case: Case) -> bool:
    """Whether a record was made on the patient of a case; an older record is judged by what its scenario says."""
    told = record.header.patient_digest
    if told is not None:
        return told == case.world.phantom.identity
    ours = case.scenario.model_dump(mode="json")
    return all(_says_alike(record.header.resolved.get(part), ours[part]) for part in PATIENT_PARTS)


def _says_alike(older: Any, now: Any) -> bool:
    """Whether a part of a scenario says the same; a key that came later is not in an older one, and None now."""
    if not isinstance(older, dict) or not isinstance(now, dict):
        return bool(older == now)
    return all(older.get(key) == value for key, value in now.items()) and set(older) <= set(now)


def find_imported_patient(record: SessionRecord, imported: ImportedPatient, location: str) -> Path:
    """Where the imported patient of a record lies: seen from the record, or from the current folder."""
    named = Path(imported.path)
    for folder in (record.path.parent / named, named):
        if (folder / "patient.toml").is_file():
            break
    else:
        raise UserInputError(
            location, f"the imported patient {named} is not there", "keep its folder where it lay, seen from the record"
        )
    now = digest_patient_files(folder)
    other = [name for name, digest in imported.sha256.items() if now.get(name) != digest]
    if other:
        raise UserInputError(
            location, f"the patient in {folder} is not the one of the record: {', '.join(other)} changed", "restore it"
        )
    return folder.absolute()


def _hands(name: str, location: str) -> str:
    if name not in HANDS:
        raise UserInputError(location, f"there are no hands {name[:40]!r}", f"one of {', '.join(HANDS)}")
    return name
