"""Dataset: procedures as seeds, commands and digests, a few kilobytes each, from which everything else is made again.

Expert, consultant and novice treat the same people of the training split by turns. A dataset of pixels would be a
thousand times larger and could not be checked; this one is carried out again wherever it is expanded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from simulator.engine.advance import plain
from simulator.errors import UserInputError
from simulator.operators import operator_named
from simulator.records.runs import score_session
from simulator.records.versions import versions
from simulator.scenario.load import ScenarioFile
from simulator.strategies.journal import Journal, read_journal
from simulator.strategies.outcome_row import Row, outcome_row
from simulator.strategies.patients import Patients
from simulator.strategies.run_end import treat_to_the_end
from simulator.strategies.splits import TRAIN, case_digest
from simulator.strategies.table import write_text

OPERATORS = ("quick-check", "consultant", "novice")
EPISODES, CARD = "episodes.jsonl", "README.md"
KEPT = ("success", "safe_success", "harm", "score", "dlp_total_mgy_cm", "state_digest")
MOST_EPISODES = len(OPERATORS) * len(TRAIN)

Told = Callable[[int, int], None]
"""Told how many episodes are done, and of how many."""


def episode_key(number: int, file: ScenarioFile, code: str) -> str:
    """Name of an episode: its number, the case and the program's source."""
    return f"{number}-{case_digest(file)[:12]}-{code}"


def build_episode(number: int, file: ScenarioFile, patients: Patients) -> Row:
    """One procedure, in plain JSON types; `processor_s` is what it took here, with a patient that had to be built."""
    busy_s = time.process_time()
    operator, seed = OPERATORS[number % len(OPERATORS)], TRAIN[number // len(OPERATORS)]
    case, session = patients.admit(
        file.scenario_for(seed), name=file.name, seed=seed, location=str(file.path), folder=file.path.parent
    )
    end = treat_to_the_end(session, operator_named(operator))
    row = outcome_row(case, session, score_session(case, session, operator), end)
    return {
        "key": episode_key(number, file, versions()["source"]),
        "number": number,
        "case": file.name,
        "operator": operator,
        "seed": seed,
        "commands": [plain(step.command) for step in session.steps],
        **{name: row[name] for name in KEPT},
        "processor_s": round(time.process_time() - busy_s, 1),
    }


def build_dataset(count: int, file: ScenarioFile, out: Path, told: Told) -> Mapping[str, Row]:
    """Do what is left of the first episodes; all of them by key.

    Raises:
        UserInputError: the folder cannot be written, or holds episodes of another case or state of the code.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserInputError(
            str(out), f"this folder cannot be made ({error.strerror})", "name another --out"
        ) from error
    path = out / EPISODES
    if os.path.lexists(out / CARD) and not path.exists():
        raise UserInputError(str(out / CARD), "there is such a file, and no dataset", "name another --out")
    known = read_journal(path, fault=_episode_fault) if path.exists() else {}
    code = versions()["source"]
    tail = episode_key(0, file, code).partition("-")[2]
    strangers = [key for key in known if key.partition("-")[2] != tail]
    if strangers:
        what = f"{len(strangers)} episodes here are of another case or state of the code"
        raise UserInputError(str(path), what, "name another --out")
    patients, found = Patients(), dict(known)
    with Journal(path) as journal:
        for number in range(count):
            told(number, count)
            key = episode_key(number, file, code)
            if key not in found:
                found[key] = build_episode(number, file, patients)
                journal.append(found[key])
    write_text(data_card(list(found.values()), path.stat().st_size), out / CARD)
    return found


def read_dataset(folder: Path) -> Iterator[Row]:
    """The episodes of a folder in order; UserInputError where there are none, or a row is none."""
    path = folder / EPISODES
    if not path.is_file():
        raise UserInputError(str(path), "there is no dataset here", "`dataset build N` makes one")
    rows = read_journal(path, fault=_episode_fault)
    if not rows:
        raise UserInputError(str(path), "there is no episode in this dataset", "`dataset build N` makes some")
    yield from sorted(rows.values(), key=lambda row: int(row["number"]))


def _episode_fault(row: Row) -> str | None:
    """What of a row is no episode; None where it is one."""
    wanted = {
        "number": int,
        "case": str,
        "operator": str,
        "seed": int,
        "commands": list,
        "state_digest": str,
        "processor_s": float,
    }
    wrong = [name for name, kind in wanted.items() if not isinstance(row.get(name), kind)]
    return f"this is no episode: {', '.join(wrong)}" if wrong or not isinstance(row.get("key"), str) else None


def data_card(rows: list[Row], size_bytes: int) -> str:
    """What the dataset holds, how it was made, and what it is not, as Markdown."""
    per_episode = size_bytes / max(len(rows), 1)
    busy_s = sum(row["processor_s"] for row in rows)
    each_s = busy_s / max(len(rows), 1)
    lines = ["# Data card", "", "Procedures of a CT-fluoroscopy simulator as seeds, commands and digests.", ""]
    lines += [
        "| operator | episodes | success | without harm or luck | mean score | commands |",
        "|---|---|---|---|---|---|",
    ]
    for operator in OPERATORS:
        mine = [row for row in rows if row["operator"] == operator]
        if mine:
            shares = (sum(bool(row[name]) for row in mine) / len(mine) for name in ("success", "safe_success"))
            score = sum(row["score"] for row in mine) / len(mine)
            commands = sum(len(row["commands"]) for row in mine) / len(mine)
            told = [f"{100 * share:.0f} %" for share in shares]
            lines.append(f"| {operator} | {len(mine)} | {' | '.join(told)} | {score:.0f} | {commands:.0f} |")
    lines += [
        "",
        f"{len(rows)} episodes take {size_bytes / 1e6:.2f} MB, {per_episode / 1e3:.1f} kB each. 10,000 would take "
        f"{per_episode * 10_000 / 1e6:.0f} MB: that is extrapolated, not measured.",
        "",
        f"Building them took {busy_s / 60.0:.1f} minutes of processor time, {each_s:.1f} s each, with their patients. "
        f"10,000 would take {each_s * 10_000 / 3600.0:.0f} hours of one core: that is extrapolated, not measured.",
        "",
        "People: the training split of the benchmark, drawn with published and assumed spreads; nobody real. "
        "Operators: programs; novice and consultant differ from the expert by modelled errors of hands and judgement. "
        "Not for: claims about people or patients. Each episode is carried out again when it is expanded, and its "
        "digest of all commands and events must come out the same.",
    ]
    return "\n".join(lines) + "\n"
