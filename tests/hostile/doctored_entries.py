"""Doctored entries for the leaderboard: an honest record with one lie in it, sealed as if it were none.

    python -m tests.hostile.doctored_entries [--count N] [--seed N] [--show N]

A fifth of them are flawless: every command was truly carried out, every event, digest and score is what came of it.
But one push was chosen by trying some on copies of the procedure and keeping the one that scored best, which no
operator can do. The other lies are about a score, hands, case, seed, event, command or digest, with all checksums made
to fit. A line for each kind says how many were made, and how many passed `bench verify`, which must be 0.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.ct.scanner import Scanner
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.operators.apart.limits import OperatorLimits
from simulator.records.framing import framed, unframed
from simulator.records.header import Header
from simulator.records.runs import RecordedSession, score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.records.session_reader import read_session
from simulator.scenario.build import Case
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.strategies.entry_check import Checked, check_record
from simulator.strategies.leaderboard import Entry, read_entry
from simulator.strategies.patients import Patients
from simulator.strategies.sweep import unwrap_row
from simulator.strategies.trial import run_trial
from simulator.strategies.verified_runs import trials_of
from tests.conftest import PATIENT_2

STEADY = """
from simulator.interface import commands as c

class Steady:
    def __init__(self):
        self.asked = 0

    def __call__(self, view):
        self.asked += 1
        if self.asked == 1:
            return c.PlaceNeedle(entry_from_midline_mm=20.0, side="right", level="L3/4", angle_deg=20.0)
        if self.asked < 6:
            felt = sum(view.handling.force_n)
            return c.Advance(distance_mm=2.0 + felt % 3.0)
        return c.Finish()
"""
SEED = 7
AHEAD = "by looking ahead"
TRIED = 4  # pushes of which the best is kept
ONE_IN = 5  # is flawless

Lines = list[tuple[str, Any]]
Lie = Callable[[Lines, random.Random], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What entries are judged with.

    Attributes:
        entry: an honest operator in its folder
        honest: folder of a record that it made
        file: the case
        patients: kept from one entry to the next
    """

    entry: Entry
    honest: Path
    file: ScenarioFile
    patients: Patients

    def check(self, folder: Path) -> Checked:
        """What `bench verify` finds of a record that comes with the entry."""
        return check_record(
            folder, operator=self.entry.operator, operator_folder=self.entry.folder, file=self.file,
            patients=self.patients,
        )  # fmt: skip


def make_bench(folder: Path) -> Bench:
    """An honest entry and its record on patient 2, so that nobody has to be built."""
    entry_folder, file = folder / "entry", load_scenario(PATIENT_2)
    entry_folder.mkdir(parents=True)
    (entry_folder / "steady.py").write_text(STEADY)
    (entry_folder / "entry.toml").write_text('name = "steady"\noperator = "steady.py:Steady"\n')
    entry = read_entry(entry_folder)
    (trial,) = trials_of(
        file, (SEED,), entry=entry.name, operator=entry.operator, folder=entry.folder, limits=OperatorLimits(),
        records=folder / "records",
    )  # fmt: skip
    unwrap_row(run_trial(trial))
    return Bench(entry=entry, honest=folder / "records" / trial.key, file=file, patients=Patients())


def lie_about_score(lines: Lines, rng: random.Random) -> None:
    """A better score."""
    lines[-1][1]["scorecard"]["score"] = rng.uniform(50, 100)


def lie_about_hands(lines: Lines, rng: random.Random) -> None:
    """Steadier hands."""
    lines[0][1]["hands"] = rng.choice(["exact", "laser"])


def lie_about_case(lines: Lines, rng: random.Random) -> None:
    """An easier case."""
    lines[0][1]["resolved"]["limits"]["blood_ml"] = rng.uniform(2, 15)


def lie_about_seed(lines: Lines, rng: random.Random) -> None:
    """Somebody else's chance."""
    lines[0][1]["seed"] = SEED + rng.randrange(1, 1_000_000)


def leave_event_out(lines: Lines, rng: random.Random) -> None:
    """An event that nobody is to hear of."""
    del lines[rng.choice([place for place, (kind, _) in enumerate(lines) if kind == "event"])]


def tell_move_otherwise(lines: Lines, rng: random.Random) -> None:
    """A needle that stood elsewhere."""
    moved = [body for kind, body in lines if kind == "event" and "dura_mm" in body]
    rng.choice(moved)["dura_mm"] += rng.uniform(0.5, 5.0)


def command_otherwise(lines: Lines, rng: random.Random) -> None:
    """Another push than that of which the events tell."""
    pushes = [body for kind, body in lines if kind == "command" and body["command"] == "Advance"]
    rng.choice(pushes)["distance_mm"] += rng.uniform(0.2, 3.0)


def digest_otherwise(lines: Lines, rng: random.Random) -> None:
    """Another procedure's digest."""
    lines[-1][1]["digest"] = hashlib.sha256(rng.randbytes(8)).hexdigest()


LIES: tuple[Lie, ...] = (
    lie_about_score,
    lie_about_hands,
    lie_about_case,
    lie_about_seed,
    leave_event_out,
    tell_move_otherwise,
    command_otherwise,
    digest_otherwise,
)


def lines_of(folder: Path) -> Lines:
    """Kind and content of every line of a record."""
    path = folder / "session.jsonl"
    return [unframed(line, number, str(path)) for number, line in enumerate(path.read_bytes().splitlines())]


def rewrite(lines: Lines, folder: Path) -> None:
    """A record whose frames, checksums and closing line are all as they must be: only its content is forged."""
    folder.mkdir(parents=True, exist_ok=True)
    body = b"".join(framed(index, kind, content) for index, (kind, content) in enumerate(lines[:-1]))
    kind, closing = lines[-1]
    sealed = {**closing, "lines": len(lines) - 1, "sha256": hashlib.sha256(body).hexdigest()}
    (folder / "session.jsonl").write_bytes(body + framed(len(lines) - 1, kind, sealed))


def carry_out(commands: Sequence[Command], header: Header, bench: Bench, folder: Path) -> None:
    """A flawless record: these commands carried out by the engine itself, whoever chose them."""
    folder.mkdir(parents=True)
    log = SessionLog(folder / "session.jsonl", header)

    def begin(case: Case, scanner: Scanner) -> Session:
        return RecordedSession(case, log, scanner=scanner)

    case, session = bench.patients.admit(
        bench.file.scenario_for(header.seed), name=bench.file.name, seed=header.seed, location="x",
        folder=bench.file.path.parent, begin=begin,
    )  # fmt: skip
    for command in commands:
        session.do(command)
    card = scorecard_to_json(score_session(case, session, header.operator))
    log.close(digest=session.state.digest, scorecard=card)


def look_ahead(commands: Sequence[Command], header: Header, bench: Bench, rng: random.Random) -> list[Command]:
    """The commands with one push replaced by the best of some, each tried to the end on a copy of the procedure."""
    case, session = bench.patients.admit(
        bench.file.scenario_for(header.seed), name=bench.file.name, seed=header.seed, location="x",
        folder=bench.file.path.parent,
    )  # fmt: skip
    chosen = rng.randrange(1, len(commands) - 1)
    for command in commands[:chosen]:
        session.do(command)
    best: tuple[float, list[Command]] | None = None
    for _ in range(TRIED):
        ways = [*commands[:chosen], c.Advance(distance_mm=round(rng.uniform(1.0, 6.0), 3)), *commands[chosen + 1 :]]
        tried = session.branch(case.world)
        for command in ways[chosen:]:
            tried.do(command)
        score = score_session(case, tried, header.operator).score
        if best is None or score > best[0]:
            best = score, ways
    assert best is not None
    return best[1]


def doctored(count: int, bench: Bench, out: Path, seed: int = 5) -> Iterator[tuple[str, Path]]:
    """Doctored records, each with the name of its kind."""
    record, rng = read_session(bench.honest), random.Random(seed)
    for number in range(count):
        folder = out / str(number)
        if number % ONE_IN == 0:
            carry_out(look_ahead(record.commands, record.header, bench, rng), record.header, bench, folder)
            yield AHEAD, folder
            continue
        lie, lines = rng.choice(LIES), [(kind, json.loads(json.dumps(body))) for kind, body in lines_of(bench.honest)]
        lie(lines, rng)
        rewrite(lines, folder)
        yield lie.__name__.replace("_", " "), folder


def count_passed(count: int, bench: Bench, out: Path, seed: int = 5) -> tuple[Counter[str], Counter[str], list[str]]:
    """How many were made and passed, by kind, and what was said of each that did not."""
    made, passed, said = Counter[str](), Counter[str](), []
    for kind, folder in doctored(count, bench, out, seed):
        found = bench.check(folder)
        made[kind] += 1
        passed[kind] += not found.fault or found.row is not None
        said.append(f"{kind}: {found.fault or 'it passes'}")
        shutil.rmtree(folder)
    return made, passed, said


def main(arguments: Sequence[str]) -> int:
    """Count; 1 where one passes, or where the honest record does not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--show", type=int, default=0, help="faults to print")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        bench = make_bench(Path(name))
        honest = bench.check(bench.honest)
        made, passed, said = count_passed(given.count, bench, Path(name) / "doctored", given.seed)
    print(f"the honest record {'passes' if not honest.fault else 'is refused: ' + honest.fault}")
    for kind, number in sorted(made.items()):
        print(f"{kind}: {number} made, {passed[kind]} passed")
    print("\n".join(said[: given.show]))
    return int(bool(passed.total() or honest.fault))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
