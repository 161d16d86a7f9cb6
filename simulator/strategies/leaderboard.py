"""Leaderboard: entries run on the organiser's secret people, each run twice over the same views, and their table.

An entry is a folder with `entry.toml`, the operator that it names, and what that needs beside it. Records that come
with it are on seeds that their author knew; they are checked too, and listed apart.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from simulator.errors import UserInputError
from simulator.files.whole_file import known_by_first_line, must_be_own
from simulator.operators.apart.limits import OperatorLimits
from simulator.operators.operator_failure import RunStatus
from simulator.records.versions import versions
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scenario.toml_source import read_source
from simulator.scoring.wilson_interval import wilson_interval
from simulator.strategies.entry_check import Checked, check_record
from simulator.strategies.intervals import median_interval
from simulator.strategies.journal import Journal
from simulator.strategies.outcome_row import Row
from simulator.strategies.patients import Patients
from simulator.strategies.splits import Commitment, case_digest, seeds_of_test
from simulator.strategies.table import write_text
from simulator.strategies.verified_runs import AGAIN, Carry, carry_verified, trials_of

ENTRY = "entry.toml"
RECORDS = "records"
PAGE, KNOWN = "leaderboard.md", "known.csv"
HEADING = (
    "# Leaderboard: people that no author knew",
    "",
    "Every run was carried out twice over the same views.",
)
KNOWN_COLUMNS = ("entry", "record", "seed", "reproduced", "fault", "score")

Told = Callable[[str, int, int], None]
"""Told an entry, how many of its people are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody hands in.

    Attributes:
        name: on the table
        operator: FILE.py:Class, from `folder`
    """

    name: str
    operator: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What came of one entry.

    Attributes:
        rows: of its runs on the secret people; none where it does not count
        fault: why it does not count; "" where it does
        known: its own records
    """

    entry: Entry
    rows: tuple[Row, ...]
    fault: str
    known: tuple[Checked, ...]


def read_entry(folder: Path) -> Entry:
    """An entry from its folder; UserInputError where it is none."""
    source = read_source(folder / ENTRY)
    name, operator = source.data.get("name"), source.data.get("operator")
    if (
        not isinstance(name, str)
        or not isinstance(operator, str)
        or not name
        or set(source.data) != {"name", "operator"}
    ):
        fix = 'name = "my operator" and operator = "mine.py:Mine"'
        raise UserInputError(str(source.path), "an entry has a name and an operator", fix)
    file = operator.rpartition(":")[0]
    if not file.endswith(".py") or Path(file).name != file:
        raise UserInputError(f"{source.path}: operator", "it names no class in a file beside it", "write FILE.py:Class")
    return Entry(name=name, operator=operator, folder=folder.resolve())


def benchmark_case(commitment: Commitment) -> ScenarioFile:
    """The published case; UserInputError where this version has another one, or is itself another one."""
    file = load_scenario(Path(commitment.case))
    if case_digest(file) != commitment.case_digest:
        raise UserInputError(str(file.path), "this is not the case that was published", "restore it")
    here = versions()["source"]
    if here != commitment.code:
        what = f"this is another state of the code ({here}) than was published ({commitment.code})"
        raise UserInputError("bench verify", what, "check out the published one")
    return file


def judge(
    entry: Entry, *, secret: str, commitment: Commitment, out: Path, known: Mapping[str, Row], journal: Journal,
    carry: Carry, told: Told, limits: OperatorLimits | None = None,
) -> Standing:  # fmt: skip
    """Run an entry on the secret people, run it again over the same views, and check the records that it brought.

    Args:
        known: rows that an earlier call kept
        journal: where each row is kept
        carry: carries runs out, each twice
    """
    file = benchmark_case(commitment)
    limits = limits or OperatorLimits()
    seeds = seeds_of_test(secret, commitment)
    trials = trials_of(
        file, seeds, entry=entry.name, operator=entry.operator, folder=entry.folder, limits=limits,
        records=out / RECORDS,
    )  # fmt: skip
    rows, place = carry_verified(
        trials, known, carry=carry, journal=journal, told=lambda done: told(entry.name, done, len(seeds))
    )
    fault = "" if place is None else f"person {place + 1} of {len(seeds)}, run again: {rows[place][AGAIN]}"
    patients = Patients()
    brought = tuple(
        _known(
            check_record(
                path.parent, operator=entry.operator, operator_folder=entry.folder, file=file, patients=patients,
                limits=limits,
            ),
            seeds,
        )
        for path in sorted((entry.folder / RECORDS).glob("*/session.jsonl"))
    )  # fmt: skip
    return Standing(entry=entry, rows=() if fault else tuple(rows), fault=fault, known=brought)


def _known(checked: Checked, seeds: Sequence[int]) -> Checked:
    """A record that somebody brought: one on a secret seed was made by somebody who had the secret."""
    if checked.seed in seeds:
        return replace(checked, fault="its seed is one of the test's, which nobody knows", row=None)
    return checked


def write_leaderboard(standings: Sequence[Standing], out: Path) -> list[Path]:
    """The table of those that count, best first, and beside it the records on known seeds; where they are."""
    counted = sorted((one for one in standings if one.rows), key=_rank)
    lines = [*HEADING, ""]
    head = ["entry", "people", "without harm or luck (95 % CI)", "success", "harm", "median DLP (95 % CI), mGy cm",
            "median score", "ended badly"]  # fmt: skip
    lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cells(one)) + " |" for one in counted]
    lines += ["", "## Not counted", ""]
    lines += [f"- {one.entry.name}: {one.fault}" for one in standings if not one.rows] or ["None."]
    lines += ["", "## Records on seeds known to their author", "", "They prove nothing, and stand in `known.csv`."]
    page, known = out / PAGE, out / KNOWN
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(KNOWN_COLUMNS)
    for one in standings:
        for record in one.known:
            score = None if record.row is None else record.row["score"]
            writer.writerow((one.entry.name, record.record, record.seed, not record.fault, record.fault, score))
    must_cover_nothing(out)
    write_text("\n".join(lines) + "\n", page)
    write_text(table.getvalue(), known)
    return [page, known]


def must_cover_nothing(out: Path) -> None:
    """UserInputError where a page or table in a folder is not one that this program made."""
    must_be_own(out / PAGE, known_by_first_line(lambda line: line == HEADING[0]))
    must_be_own(out / KNOWN, known_by_first_line(lambda line: line == ",".join(KNOWN_COLUMNS)))


def _rank(one: Standing) -> tuple[float, float]:
    return -sum(bool(row["safe_success"]) for row in one.rows), median(row["dlp_total_mgy_cm"] for row in one.rows)


def _cells(one: Standing) -> list[str]:
    rows = one.rows
    safe = sum(bool(row["safe_success"]) for row in rows)
    low, high = wilson_interval(safe, len(rows))
    dlp = [row["dlp_total_mgy_cm"] for row in rows]
    between = median_interval(dlp)
    return [
        one.entry.name.replace("|", "\\|"),
        str(len(rows)),
        f"{100 * safe / len(rows):.0f} % ({100 * low:.0f}-{100 * high:.0f})",
        f"{100 * sum(bool(row['success']) for row in rows) / len(rows):.0f} %",
        f"{100 * sum(bool(row['harm']) for row in rows) / len(rows):.0f} %",
        f"{median(dlp):.1f}" + ("" if between is None else f" ({between[0]:.1f}-{between[1]:.1f})"),
        f"{median(row['score'] for row in rows):.0f}",
        str(sum(row["status"] != RunStatus.FINISHED for row in rows) or ""),
    ]
