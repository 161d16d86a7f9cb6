"""Bench: a study in its folder: what is done already, what is left, and the files that come of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.files.whole_file import replace_whole
from simulator.operators.apart.limits import OperatorLimits
from simulator.operators.operator_failure import RunStatus
from simulator.records.record_file import say_on_stderr
from simulator.strategies.code_mixing import accept_rows
from simulator.strategies.columns import COMPARED, TOLD_APART, columns_of
from simulator.strategies.comparisons import compare_groups, comparison_row
from simulator.strategies.front_figure import draw_front
from simulator.strategies.journal import Journal, read_journal
from simulator.strategies.patients import by_person
from simulator.strategies.row_shape import fitting_rows
from simulator.strategies.skill_auc import auc_row, skill_aucs
from simulator.strategies.study import Study, Trial, point_name
from simulator.strategies.summary import group_rows, hypervolumes, rows_by_group
from simulator.strategies.summary_page import markdown
from simulator.strategies.sweep import take_shard, unwrap_row
from simulator.strategies.table import IDENTITY, LONG, long_rows, write_csv, write_dictionary, write_parquet, write_text
from simulator.strategies.trial import Row, run_trial

Carry = Callable[[Sequence[Trial]], Iterator[Row]]
"""Carries runs out and gives their rows as they end."""

Told = Callable[[int, int], None]
"""Told how many runs are done, and of how many."""


DICTIONARY, COMPARISONS, AUC = _OF_ALL_SHARDS = ("columns.csv", "comparisons.csv", "auc.csv")


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
        own = (self.table, self.table.with_suffix(".parquet"), self.metrics)
        names = [*(path.name for path in own), *_OF_ALL_SHARDS, "summary.md", "front.png"]
        there = [name for name in names if os.path.lexists(self.path / name)]
        if there and not any(self.path.glob("journal*.jsonl")):
            what = f"there is {there[0]} already, and no journal of a study"
            raise UserInputError(str(self.path), what, "name another folder with --out")

    @property
    def metrics(self) -> Path:
        """The same long: a row for each metric of each run."""
        return self.path / f"metrics{self._suffix}.parquet"

    @property
    def records(self) -> Path:
        """Records and scorecards, a folder for each run, where they were asked for."""
        return self.path / "records"

    def open(self, *, resume: bool) -> dict[str, Row]:
        """Make the folder and read what is in it, the journals of shards included.

        Raises:
            UserInputError: there are results already and they are not to be gone on with, or it cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if self.journal.exists() and self.journal.stat().st_size and not resume:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How the runs of a study are done.

    Attributes:
        resume: whether what is in the folder is gone on with
        mix: whether rows of another state of the code may stand beside those of this one, marked
        keep_records: whether each run leaves its record and scorecard
        limits: of operators from files
    """

    resume: bool = False
    mix: bool = False
    keep_records: bool = False
    limits: OperatorLimits = field(default=OperatorLimits())


def run_study(study: Study, folder: StudyFolder, *, options: RunOptions, carry: Carry, told: Told) -> dict[str, Any]:
    """Do what is left of a study and write its files.

    Returns:
        what was done, and where, in plain JSON types

    Raises:
        UserInputError: the folder holds results already, of another state of the code, or cannot be written.
    """
    trials = study.trials(limits=options.limits, records=folder.records if options.keep_records else None)
    if folder.shard is not None:
        trials = take_shard(trials, *folder.shard)
    known = folder.open(resume=options.resume)
    folder.must_cover_nothing()
    accepted = accept_rows(trials, known, mix=options.mix, location=str(folder.path))
    found = fitting_rows(trials, accepted, say_on_stderr)
    left = [trial for trial in trials if trial.key not in found]
    before = len(found)
    told(before, len(trials))
    with Journal(folder.journal) as journal, closing(carry(by_person(left))) as rows:  # type: ignore[type-var]
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
    rows = [found[trial.key] for trial in trials if trial.key in found]
    columns = columns_of(study)
    dictionary = folder.path / DICTIONARY
    write_csv(rows, columns, folder.table)
    write_dictionary([*columns, *LONG], dictionary)
    files = [folder.table, dictionary]
    if write_parquet(rows, columns, folder.table.with_suffix(".parquet")):
        write_parquet(long_rows(rows, columns), [*IDENTITY, *LONG], folder.metrics)
        files += [folder.table.with_suffix(".parquet"), folder.metrics]
    groups = group_rows(study, rows)
    if folder.shard is None:
        summary, figure = folder.path / "summary.md", folder.path / "front.png"
        grouped, labels = rows_by_group(study, rows), {point_name(one.point): one.label for one in groups}
        compared = compare_groups(study, grouped, labels)
        write_csv(map(comparison_row, compared), COMPARED, folder.path / COMPARISONS)
        write_csv(map(auc_row, skill_aucs(study, grouped, labels)), TOLD_APART, folder.path / AUC)
        write_text(markdown(study, groups, compared), summary)
        replace_whole(figure, lambda beside: draw_front(groups, beside, study.title))
        files += [folder.path / COMPARISONS, folder.path / AUC, summary, figure]
    return {
        "files": [str(file) for file in files],
        "ended_badly": ended_badly(rows),
        "groups": [
            {
                "scenario": group.scenario,
                "operator": group.operator,
                "point": dict(group.point),
                "runs": group.runs,
                "success": group.outcome.success.count / group.runs,
                "success_95": list(group.outcome.success.interval),
                "safe_success": group.outcome.safe.count / group.runs,
                "safe_success_95": list(group.outcome.safe.interval),
                "dural_puncture": group.outcome.puncture.count / group.runs,
                "dural_puncture_95": list(group.outcome.puncture.interval),
                "median_dlp_mgy_cm": group.cost.dlp_mgy_cm.value,
                "on_front": group.on_front,
            }
            for group in groups
        ],
        "hypervolume_mgy_cm": hypervolumes(groups),
    }


def ended_badly(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Runs by operator and status that did not end well, each with the reason of the first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if row["status"] != RunStatus.FINISHED:
            new = {"operator": row["operator"], "status": row["status"], "runs": 0, "first_reason": row["reason"]}
            found.setdefault((row["operator"], row["status"]), new)["runs"] += 1
    return list(found.values())


def run_again(study: Study, key: str, known: dict[str, Row], *, limits: OperatorLimits) -> dict[str, Any]:
    """One run of a study alone.

    Args:
        key: of the run, or the beginning of it
        known: rows of an earlier run of the study, to compare with
        limits: of operators from files

    Returns:
        the row, and whether it agrees with the known one: None where there is none

    Raises:
        UserInputError: no run, or more than one, has this key.
    """
    chosen = [trial for trial in study.trials(limits=limits) if trial.key.startswith(key)]
    if len(chosen) != 1:
        found = "no run" if not chosen else f"{len(chosen)} runs"
        raise UserInputError(f"--only {key}", f"{found} of this study has such a key", "see the table's first column")
    row = unwrap_row(run_trial(chosen[0]))
    before = known.get(row["key"])
    return {"row": row, "agrees": None if before is None else before == row}
