"""Verified runs: an entry on the organiser's people, each run done twice over the same views and kept as it ends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from simulator.operators.apart.limits import OperatorLimits
from simulator.operators.operator_failure import RunStatus
from simulator.records.versions import versions
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.strategies.entry_check import check_record
from simulator.strategies.journal import Journal, read_journal
from simulator.strategies.outcome_row import Row
from simulator.strategies.patients import Patients
from simulator.strategies.row_shape import row_fault
from simulator.strategies.study import Trial, source_digest
from simulator.strategies.trial import run_trial

AGAIN = "run_again"  # the column that says why the second run is another one, "" where it is the same
_ENDED_BY_MACHINE = (RunStatus.TIME_LIMIT, RunStatus.DIED, RunStatus.MEMORY_LIMIT)

Carry = Callable[[Sequence[Trial]], Generator[Row]]
"""Carries out `run_twice` for runs, and gives their rows as they end."""


def run_twice(trial: Trial) -> Row:
    """Carry out a run that leaves its record, and have its operator give that record again.

    Returns:
        as `run_trial`, the row with `run_again` in it; a run that the machine ended counts as it ended, once
    """
    result = run_trial(trial)
    if "faults" in result:
        return result
    row = result["row"]
    return {"key": trial.key, "row": {**row, AGAIN: "" if row["status"] in _ENDED_BY_MACHINE else _again(trial)}}


def trials_of(
    file: ScenarioFile, seeds: Sequence[int], *, entry: str, operator: str, folder: Path, limits: OperatorLimits,
    records: Path,
) -> list[Trial]:  # fmt: skip
    """The runs of an entry, in the order of the people.

    Args:
        entry: its name
        operator: FILE.py:Class, from `folder`
        records: folder in which each run leaves its record
    """
    state = [entry, operator, source_digest(operator, folder), versions()["source"], asdict(limits)]
    return [
        Trial(
            key=hashlib.sha256(json.dumps([*state, seed], sort_keys=True).encode()).hexdigest()[:16],
            scenario=file.name,
            resolved=file.scenario_for(seed).model_dump(mode="json"),
            location=str(file.path),
            folder=str(file.path.parent.resolve()),
            operator=operator,
            operator_folder=str(folder),
            point=(),
            seed=seed,
            limits=limits,
            records=str(records),
        )
        for seed in seeds
    ]


def read_verified(path: Path) -> dict[str, Row]:
    """Rows that are kept already, by key."""
    return read_journal(path, fault=_fault) if path.exists() else {}


def carry_verified(
    trials: Sequence[Trial], known: Mapping[str, Row], *, carry: Carry, journal: Journal, told: Callable[[int], None]
) -> tuple[list[Row], int | None]:
    """Do the runs that are left, keep each, and stop at the first person of whom the second run is another one.

    Args:
        known: rows that are kept already
        told: how many people are done

    Returns:
        rows in the order of the people, up to that person; the place of that person, None where there is none. For any
        number of processes these are the same.
    """
    rows = {trial.key: known[trial.key] for trial in trials if trial.key in known}
    left = [trial for trial in trials if trial.key not in rows]
    place, fault = _go_on(trials, rows, 0)
    told(len(rows))
    if fault or not left:
        return _in_order(trials, rows, place, fault)
    with closing(carry(left)) as results:  # at the first fault nobody wants what is still under way
        for row in results:
            journal.append(row)
            rows[row["key"]] = row
            told(len(rows))
            place, fault = _go_on(trials, rows, place)
            if fault:
                break
    return _in_order(trials, rows, place, fault)


def _go_on(trials: Sequence[Trial], rows: Mapping[str, Row], place: int) -> tuple[int, bool]:
    """The first person from a place on who is not done, or whose second run is another one, and whether it is that."""
    while place < len(trials) and trials[place].key in rows:
        if rows[trials[place].key][AGAIN]:
            return place, True
        place += 1
    return place, False


def _in_order(
    trials: Sequence[Trial], rows: Mapping[str, Row], place: int, fault: bool
) -> tuple[list[Row], int | None]:
    known = [rows[trial.key] for trial in trials[: place + 1] if trial.key in rows]
    return known, place if fault else None


def _again(trial: Trial) -> str:
    checked = check_record(
        Path(str(trial.records)) / trial.key,
        operator=trial.operator,
        operator_folder=Path(trial.operator_folder),
        file=_case(trial.location),
        patients=_patients(),
        limits=trial.limits,
    )
    return checked.fault


@cache
def _patients() -> Patients:
    return Patients()


@cache
def _case(location: str) -> ScenarioFile:
    return load_scenario(Path(location))


def _fault(row: dict[str, Any]) -> str | None:
    return row_fault(row) or (None if isinstance(row.get(AGAIN), str) else "it was not run again")
