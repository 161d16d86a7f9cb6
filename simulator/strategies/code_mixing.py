"""Code mixing: rows that another state of the code made are not taken for rows of this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from simulator.errors import UserInputError
from simulator.records.versions import versions
from simulator.strategies.study import Trial, cell_of

Row = dict[str, Any]


def accept_rows(trials: Sequence[Trial], known: Mapping[str, Row], *, mix: bool, location: str) -> dict[str, Row]:
    """Rows of a journal that answer runs of a study, by the runs' keys.

    Args:
        known: rows of the journal by key
        mix: whether a row of another state of the code answers a run, too; it is marked
        location: of the journal, for the message

    Raises:
        UserInputError: rows are of another state of the code, and that was not asked for; or none is of this study.
    """
    found = {trial.key: known[trial.key] for trial in trials if trial.key in known}
    if len(found) == len(known):
        return found
    _must_be_of_this_study(trials, known, location)
    keys = {trial.key for trial in trials}
    settings = {name for trial in trials for name, _ in trial.point}
    others = {_cell(row, settings): row for key, row in known.items() if key not in keys}
    foreign = {trial.key: others[trial.cell] for trial in trials if trial.key not in found and trial.cell in others}
    here = versions()["source"]
    foreign = {key: row for key, row in foreign.items() if code_of(row) not in ("", here)}
    if foreign and not mix:
        codes = sorted({code_of(row) for row in foreign.values()})
        what = f"{len(foreign)} rows are of another state of the code ({', '.join(codes)}, and this is {here})"
        raise UserInputError(location, what, "name another --out, or take them with --mix, which marks them")
    return found | {key: {**row, "key": key, "mixed_code": True} for key, row in foreign.items()}


def _must_be_of_this_study(trials: Sequence[Trial], known: Mapping[str, Row], location: str) -> None:
    """UserInputError where no row is about a scenario and an operator of the study: its table would be lost."""
    ours = {(trial.scenario, trial.operator) for trial in trials}
    theirs = {(str(row.get("scenario")), str(row.get("operator"))) for row in known.values()}
    if ours.isdisjoint(theirs):
        scenario, operator = min(theirs)
        what = f"{len(known)} rows are of another study ({operator} on {scenario})"
        raise UserInputError(location, what, "name another --out")


def code_of(row: Row) -> str:
    """Digest of the source that made a row; "" where the row does not say."""
    if isinstance(row.get("code"), str):
        return str(row["code"])
    parts = (part.partition("=") for part in str(row.get("versions", "")).split(" "))
    return next((value for name, _, value in parts if name == "source"), "")


def _cell(row: Row, settings: Set[str]) -> str:
    """What a row answers; its settings are those keys of it that the study's grid has."""
    point = tuple((name, row[name]) for name in sorted(settings) if name in row)
    seed = row.get("seed")
    return cell_of(str(row.get("scenario")), str(row.get("operator")), point, seed if isinstance(seed, int) else -1)
