"""Bench: a study in its folder: what is done already, what is left, and the files that come of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.files.whole_file import replace_whole
from simulator.records.record_file import say_on_stderr
from simulator.strategies.front_figure import draw_front
from simulator.strategies.journal import Journal, read_journal
from simulator.strategies.row_shape import fitting_rows
from simulator.strategies.study import Study, Trial
from simulator.strategies.summary import group_rows, hypervolumes, markdown
from simulator.strategies.sweep import take_shard, unwrap_row
from simulator.strategies.table import in_order, write_csv, write_parquet
from simulator.strategies.trial import Row, run_trial

Carry = Callable[[Sequence[Trial]], Iterator[Row]]
"""Carries runs out and gives their rows as they end."""

Told = Callable[[int, int], None]
"""Told how many runs are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFolder:
    """Where the results of a study, or of one shard of it, are kept.

    Attributes:
        shard: its number (from 1) and how many there are; None for the whole study
    """

    path: Path
    shard: tuple[int, int] | None = None

    @property
    def _suffix(self) -> str:
        return "" if self.shard is None else "-{}-of-{}".format(*self.shard)

    @property
    def journal(self) -> Path:
        """Rows as they came."""
        return self.path / f"journal{self._suffix}.jsonl"

    @property
    def table(self) -> Path:
        """Rows in the study's order."""
        return self.path / f"table{self._suffix}.csv"

    def must_cover_nothing(self) -> None:
        """UserInputError where a study that begins would write over files that it did not make."""
        names = [self.table.name, self.table.with_suffix(".parquet").name, "summary.md", "front.png"]
        there = [name for name in names if os.path.lexists(self.path / name)]
        if there and not self.journal.exists():
            what = f"there is {there[0]} already, and no journal of a study"
            raise UserInputError(str(self.path), what, "name another folder with --out")

    def open(self, *, resume: bool) -> dict[str, Row]:
        """Make the folder and read what is in it, the journals of shards included.

        Raises:
            UserInputError: there are results already and they are not to be gone on with, or it cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if self.journal.exists() and not resume:
                raise UserInputError(
                    str(self.path), "there are results of a study here", "--resume goes on; or another --out"
                )
            found: dict[str, Row] = {}
            for journal in sorted(self.path.glob("journal*.jsonl")) if resume else []:
                found |= read_journal(journal)
        except OSError as error:
            raise UserInputError(
                str(self.path), f"this folder cannot be written ({error.strerror})", "name another with --out"
            ) from error
        return found


def run_study(study: Study, folder: StudyFolder, *, resume: bool, carry: Carry, told: Told) -> dict[str, Any]:
    """Do what is left of a study and write its files.

    Returns:
        what was done, and where, in plain JSON types
    """
    trials = study.trials()
    if folder.shard is not None:
        trials = take_shard(trials, *folder.shard)
    known = fitting_rows(trials, folder.open(resume=resume), say_on_stderr)
    folder.must_cover_nothing()
    found = {trial.key: known[trial.key] for trial in trials if trial.key in known}
    left = [trial for trial in trials if trial.key not in found]
    before = len(found)
    told(before, len(trials))
    with Journal(folder.journal) as journal, closing(carry(left)) as rows:  # type: ignore[type-var]
        for row in rows:
            journal.append(row)
            found[row["key"]] = row
            told(len(found), len(trials))
    try:
        written = _write(study, folder, trials, found)
    except OSError as error:
        what = f"table and summary cannot be written ({error.strerror or error}); the journal holds every run"
        raise UserInputError(str(folder.path), what, "free some space, then --resume") from error
    return {
        "study": study.name,
        "out": str(folder.path),
        "runs": len(trials),
        "found_done": before,
        "run_now": len(left),
        "left_out": len(known) - before if folder.shard is None else 0,
        **written,
    }


def _write(study: Study, folder: StudyFolder, trials: Sequence[Trial], found: dict[str, Row]) -> dict[str, Any]:
    rows = in_order(study, trials, found)
    write_csv(rows, folder.table)
    files = [folder.table]
    if write_parquet(rows, folder.table.with_suffix(".parquet")):
        files.append(folder.table.with_suffix(".parquet"))
    groups = group_rows(study, rows)
    if folder.shard is None:
        summary, figure = folder.path / "summary.md", folder.path / "front.png"
        replace_whole(summary, lambda beside: beside.write_text(markdown(study, groups), encoding="utf-8"))
        replace_whole(figure, lambda beside: draw_front(groups, beside, study.title))
        files += [summary, figure]
    return {
        "files": [str(file) for file in files],
        "groups": [
            {
                "scenario": group.scenario,
                "operator": group.operator,
                "point": dict(group.point),
                "runs": group.runs,
                "success": group.successes / group.runs,
                "success_95": list(group.success),
                "dural_puncture": group.punctures / group.runs,
                "dural_puncture_95": list(group.puncture),
                "median_dlp_mgy_cm": group.median_dlp_mgy_cm,
                "on_front": group.on_front,
            }
            for group in groups
        ],
        "hypervolume_mgy_cm": hypervolumes(groups),
    }


def run_again(study: Study, key: str, known: dict[str, Row]) -> dict[str, Any]:
    """One run of a study alone.

    Args:
        key: of the run, or the beginning of it
        known: rows of an earlier run of the study, to compare with

    Returns:
        the row, and whether it agrees with the known one: None where there is none

    Raises:
        UserInputError: no run, or more than one, has this key.
    """
    chosen = [trial for trial in study.trials() if trial.key.startswith(key)]
    if len(chosen) != 1:
        found = "no run" if not chosen else f"{len(chosen)} runs"
        raise UserInputError(f"--only {key}", f"{found} of this study has such a key", "see the table's first column")
    row = unwrap_row(run_trial(chosen[0]))
    before = known.get(row["key"])
    return {"row": row, "agrees": None if before is None else before == row}
