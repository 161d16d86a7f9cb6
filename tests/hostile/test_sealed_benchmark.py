"""The sealed benchmark: secret people, entries run twice, and doctored records of which none passes."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.operators.apart.limits import OperatorLimits
from simulator.records.framing import framed
from simulator.records.session_reader import read_session
from simulator.records.versions import versions
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.strategies.entry_check import Checked, check_record
from simulator.strategies.leaderboard import Entry, _trial, judge, read_entry, write_leaderboard
from simulator.strategies.patients import Patients
from simulator.strategies.splits import (
    TRAIN,
    VALIDATION,
    Commitment,
    commit,
    commitment_to_json,
    new_secret,
    read_commitment,
    read_secret,
    seeds_of_test,
)
from simulator.strategies.sweep import unwrap_row
from simulator.strategies.trial import run_trial
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
WANDERS = """
import random
from simulator.interface.commands import Finish, Wait

class Wanders:
    def __call__(self, view):
        return Finish() if view.elapsed_ms else Wait(duration_s=1.0 + 9.0 * random.random())
"""


@pytest.fixture(scope="module")
def file() -> ScenarioFile:
    """One patient for all, so that nobody is built for these tests."""
    return load_scenario(PATIENT_2)


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Entry:
    folder = tmp_path_factory.mktemp("entry")
    (folder / "steady.py").write_text(STEADY)
    (folder / "entry.toml").write_text('name = "steady"\noperator = "steady.py:Steady"\n')
    return read_entry(folder)


@pytest.fixture(scope="module")
def honest(entry: Entry, file: ScenarioFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record that the operator made."""
    records = tmp_path_factory.mktemp("records")
    unwrap_row(run_trial(_trial(entry, file, 7, 0, OperatorLimits(), records)))
    return records / "person-1"


@pytest.fixture(scope="module")
def patients() -> Patients:
    return Patients()


def checked(folder: Path, entry: Entry, file: ScenarioFile, patients: Patients) -> Checked:
    made: dict[str, Any] = {"operator": entry.operator, "operator_folder": entry.folder}
    return check_record(folder, **made, file=file, patients=patients)


def test_an_honest_record_is_given_again(entry: Entry, honest: Path, file: ScenarioFile, patients: Patients) -> None:
    found = checked(honest, entry, file, patients)
    assert (found.fault, found.seed) == ("", 7)
    assert found.row is not None
    assert found.row["score"] == json.loads((honest / "scorecard.json").read_text())["score"]


def rewritten(lines: list[tuple[str, Any]], folder: Path) -> None:
    """A record whose frames, digests and closing line are all as they must be: only its content is forged."""
    import hashlib

    folder.mkdir(parents=True, exist_ok=True)
    body = b"".join(framed(index, kind, content) for index, (kind, content) in enumerate(lines[:-1]))
    kind, closing = lines[-1]
    sealed = {**closing, "lines": len(lines) - 1, "sha256": hashlib.sha256(body).hexdigest()}
    (folder / "session.jsonl").write_bytes(body + framed(len(lines) - 1, kind, sealed))


def lines_of(folder: Path) -> list[tuple[str, Any]]:
    from simulator.records.framing import unframed

    path = folder / "session.jsonl"
    return [unframed(line, number, str(path)) for number, line in enumerate(path.read_bytes().splitlines())]


def carried_out(commands: list[Any], header: Any, file: ScenarioFile, patients: Patients, folder: Path) -> None:
    """A flawless record: these commands carried out by the engine itself, whoever chose them."""
    from simulator.engine.session import Session
    from simulator.records.runs import RecordedSession, score_session
    from simulator.records.scorecard_codec import scorecard_to_json
    from simulator.records.session_log import SessionLog

    folder.mkdir(parents=True)
    log = SessionLog(folder / "session.jsonl", header)

    def begin(case: Any, scanner: Any) -> Session:
        return RecordedSession(case, log, scanner=scanner)

    case, session = patients.admit(
        file.scenario_for(header.seed),
        name=file.name,
        seed=header.seed,
        location="x",
        folder=file.path.parent,
        begin=begin,
    )
    for command in commands:
        session.do(command)
    card = scorecard_to_json(score_session(case, session, header.operator))
    log.close(digest=session.state.digest, scorecard=card)


def doctored(count: int, honest: Path, file: ScenarioFile, patients: Patients, out: Path) -> Iterator[Path]:
    """Doctored records: a fifth of them flawless ones whose commands were chosen by what came of them."""
    record, rng = read_session(honest), random.Random(5)
    for number in range(count):
        folder = out / str(number)
        lines = [(kind, json.loads(json.dumps(body))) for kind, body in lines_of(honest)]
        commands = list(record.commands)
        if number % 5 == 0:  # by foresight: another length of a push, and all that follows from it is true
            chosen = rng.randrange(1, len(commands) - 1)
            commands[chosen] = c.Advance(distance_mm=round(rng.uniform(1.0, 6.0), 3))
            carried_out(commands, record.header, file, patients, folder)
        elif number % 5 == 1:  # a better score
            lines[-1][1]["scorecard"]["score"] = rng.uniform(50, 100)
            rewritten(lines, folder)
        elif number % 5 == 2:  # steadier hands
            lines[0][1]["hands"] = rng.choice(["exact", "laser"])
            rewritten(lines, folder)
        elif number % 5 == 3:  # an easier case
            lines[0][1]["resolved"]["limits"]["blood_ml"] = rng.uniform(2, 15)
            rewritten(lines, folder)
        else:  # an event left out, or told otherwise
            events = [place for place, (kind, body) in enumerate(lines) if kind == "event"]
            del lines[rng.choice(events)]
            rewritten(lines, folder)
        yield folder


@pytest.mark.parametrize("count", [10, pytest.param(1000, marks=pytest.mark.slow)])
def test_no_doctored_record_passes(
    count: int, entry: Entry, honest: Path, file: ScenarioFile, patients: Patients, tmp_path: Path
) -> None:
    passed = []
    for folder in doctored(count, honest, file, patients, tmp_path):
        found = checked(folder, entry, file, patients)
        if not found.fault or found.row is not None:
            passed.append(folder.name)
        shutil.rmtree(folder)
    assert passed == []


def test_the_test_people_follow_from_the_secret_alone(file: ScenarioFile, tmp_path: Path) -> None:
    secret = new_secret(tmp_path / "secret")
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    made = commit(secret, file, 50, "abc")
    (tmp_path / "published.json").write_text(commitment_to_json(made))
    again = read_commitment(tmp_path / "published.json")
    seeds = seeds_of_test(read_secret(tmp_path / "secret"), again)
    assert len(set(seeds)) == 50
    assert not {*seeds} & {*TRAIN, *VALIDATION}
    assert not set(TRAIN) & set(VALIDATION)
    assert secret not in commitment_to_json(made)
    assert seeds_of_test(secret, Commitment(**{**vars_of(made), "people": 60}))[:50] == seeds
    with pytest.raises(UserInputError, match="not the published one"):
        seeds_of_test("0" * 64, made)
    with pytest.raises(UserInputError, match="already"):
        new_secret(tmp_path / "secret")


def vars_of(made: Commitment) -> dict[str, Any]:
    return json.loads(commitment_to_json(made).replace('"format": 1,', ""))  # type: ignore[no-any-return]


def test_entries_are_run_twice_and_known_records_stand_apart(
    entry: Entry, honest: Path, file: ScenarioFile, tmp_path: Path
) -> None:
    secret = "5" * 64
    made = commit(secret, file, 2, versions()["source"])
    folder = tmp_path / "wanders"
    folder.mkdir()
    (folder / "wanders.py").write_text(WANDERS)
    (folder / "entry.toml").write_text('name = "wanders"\noperator = "wanders.py:Wanders"\n')
    shutil.copytree(honest, folder / "records" / "flawless")
    standings = [
        judge(one, secret=secret, commitment=made, out=tmp_path / "out", told=lambda *_: None)
        for one in (entry, read_entry(folder))
    ]
    (tmp_path / "out").mkdir(exist_ok=True)
    page, known = write_leaderboard(standings, tmp_path / "out")
    assert [len(one.rows) for one in standings] == [2, 0]
    assert "run again: command 1 is" in standings[1].fault
    text = page.read_text()
    assert "| steady | 2 | 0 % (0-66) |" in text
    assert "- wanders: person 1 of 2, run again" in text
    assert "| wanders |" not in text
    assert "wanders,flawless,7,False," in known.read_text()


def test_commands_seal_and_verify_at_the_door(entry: Entry, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret, published = tmp_path / "secret", tmp_path / "published.json"
    named = ["--secret", str(secret), "--commitment", str(published)]
    assert main(["bench", "seal", *named, "--people", "3"]) == 0
    assert main(["bench", "seal", *named]) == 2
    assert "already" in capsys.readouterr().err
    line = ["bench", "verify", str(tmp_path), *named, "--out", str(tmp_path / "out")]
    assert main(line) == 2
    assert "entry.toml" in capsys.readouterr().err
    assert main(["bench", "verify", str(entry.folder), str(entry.folder), *named]) == 2
    assert "two entries are called 'steady'" in capsys.readouterr().err
    body = json.loads(published.read_text())
    published.write_text(json.dumps({**body, "code": "another"}))
    assert main(["bench", "verify", str(entry.folder), *named]) == 2
    assert "another state of the code" in capsys.readouterr().err
    secret.write_text("no secret\n")
    assert main(["bench", "verify", str(entry.folder), *named]) == 2
    assert "this is no secret" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main(["bench", "verify", str(entry.folder)]) == 2
    assert "--secret FILE --commitment FILE" in capsys.readouterr().err
    assert main(["bench", "verify", *named]) == 2
    assert "no entry" in capsys.readouterr().err
