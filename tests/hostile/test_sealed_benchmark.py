"""The sealed benchmark: secret people, entries run twice, and doctored records of which none passes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.apart.limits import OperatorLimits
from simulator.records.session_reader import read_session
from simulator.records.versions import versions
from simulator.scenario.load import ScenarioFile
from simulator.strategies import entry_check
from simulator.strategies.journal import Journal
from simulator.strategies.leaderboard import Entry, Standing, judge, read_entry, write_leaderboard
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
from simulator.strategies.study import Trial
from simulator.strategies.sweep import unwrap_row
from simulator.strategies.trial import Row
from simulator.strategies.verified_runs import Carry, carry_verified, read_verified, run_twice, trials_of
from tests.hostile.doctored_entries import AHEAD, Bench, count_passed, doctored, make_bench
from tests.unit.test_strategies_study import ROW

WANDERS = """
import random
from simulator.interface.commands import Finish, Wait

class Wanders:
    def __call__(self, view):
        return Finish() if view.elapsed_ms else Wait(duration_s=1.0 + 9.0 * random.random())
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """One patient for all, so that nobody is built for these tests."""
    return make_bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def file(bench: Bench) -> ScenarioFile:
    return bench.file


@pytest.fixture(scope="module")
def entry(bench: Bench) -> Entry:
    return bench.entry


@pytest.fixture(scope="module")
def honest(bench: Bench) -> Path:
    """A record that the operator made."""
    return bench.honest


def test_an_honest_record_is_given_again(bench: Bench) -> None:
    found = bench.check(bench.honest)
    assert (found.fault, found.seed) == ("", 7)
    assert found.row is not None
    assert found.row["score"] == json.loads((bench.honest / "scorecard.json").read_text())["score"]


@pytest.mark.parametrize("count", [16, pytest.param(1000, marks=pytest.mark.slow)])
def test_no_doctored_record_passes(count: int, bench: Bench, tmp_path: Path) -> None:
    made, passed, said = count_passed(count, bench, tmp_path)
    assert passed.total() == 0, [one for one in said if "it passes" in one]
    assert made[AHEAD] >= count // 5


def test_a_record_found_by_looking_ahead_is_true_in_all_but_its_operator(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Carried out again it comes out to the last digest, so that only the operator itself can tell."""
    (kind, folder), *_ = doctored(1, bench, tmp_path)
    assert kind == AHEAD
    assert "and the operator gives" in bench.check(folder).fault
    recorded = iter(read_session(folder).commands)
    monkeypatch.setattr(entry_check, "OperatorProcess", lambda *_, **__: FromMemory(recorded))
    assert bench.check(folder).fault == ""


class FromMemory:
    """Gives commands that it was told, whatever it sees."""

    name = "from memory"

    def __init__(self, commands: Iterator[Command]) -> None:
        self._commands = commands

    def __call__(self, view: View) -> Command:
        return next(self._commands)

    def close(self) -> None:
        pass


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


def here(trials: Sequence[Trial]) -> Generator[Row]:
    """Runs done in this process."""
    for trial in trials:
        yield unwrap_row(run_twice(trial))


def none_is_left(trials: Sequence[Trial]) -> Generator[Row]:
    yield from (pytest.fail(f"{trial.key} is done anew") for trial in trials)


def standings(
    out: Path, *entries: Entry, known: Mapping[str, Row] | None = None, carry: Carry = here, **case: Any
) -> tuple[list[Standing], dict[str, Row]]:
    """What came of entries, and what a later call finds."""
    out.mkdir(exist_ok=True)
    with Journal(out / "journal.jsonl") as journal:
        found = [
            judge(one, out=out, known=known or {}, journal=journal, carry=carry, told=lambda *_: None, **case)
            for one in entries
        ]
    return found, read_verified(out / "journal.jsonl")


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
    first, known = standings(tmp_path / "out", entry, read_entry(folder), commitment=made, secret=secret)
    page, table = write_leaderboard(first, tmp_path / "out")
    assert [len(one.rows) for one in first] == [2, 0]
    assert "run again: command 1 is" in first[1].fault
    text = page.read_text()
    assert "| steady | 2 | 0 % (0-66) |" in text
    assert "- wanders: person 1 of 2, run again" in text
    assert "| wanders |" not in text
    assert "wanders,flawless,7,False," in table.read_text()
    again, _ = standings(
        tmp_path / "out", entry, read_entry(folder), commitment=made, secret=secret, known=known, carry=none_is_left
    )
    assert (again[0].rows, again[1].fault) == (first[0].rows, first[1].fault)


def row_of(number: int, fault: str = "") -> Row:
    return {**ROW, "key": f"{number:x}", "seed": number, "run_again": fault}


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 1, 4, 0, 2]])
def test_the_first_person_who_differs_is_the_same_for_any_order(order: list[int], tmp_path: Path) -> None:
    trials = [one_trial(number) for number in range(5)]
    given: list[int] = []

    def carry(left: Sequence[Trial]) -> Generator[Row]:
        for number in order:
            given.append(number)
            yield row_of(number, {1: "command 3 is another", 3: "command 9 is another"}.get(number, ""))

    with Journal(tmp_path / "journal.jsonl") as journal:
        rows, place = carry_verified(trials, {}, carry=carry, journal=journal, told=lambda done: None)
    assert place == 1
    assert [row["key"] for row in rows] == ["0", "1"]
    known = read_verified(tmp_path / "journal.jsonl")
    assert sorted(known) == sorted(f"{number:x}" for number in given)
    with Journal(tmp_path / "journal.jsonl") as journal:
        again = carry_verified(trials, known, carry=none_is_left, journal=journal, told=lambda done: None)
    assert again == (rows, place)


def test_a_row_that_was_not_run_again_is_no_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.append({key: value for key, value in row_of(1).items() if key != "run_again"})
        journal.append(row_of(2))
    assert list(read_verified(tmp_path / "journal.jsonl")) == ["2"]
    assert "it was not run again" in capsys.readouterr().err


def test_other_operators_and_seeds_are_other_runs(entry: Entry, file: ScenarioFile, tmp_path: Path) -> None:
    def keys(name: str = "steady", records: Path = tmp_path) -> list[str]:
        limits = OperatorLimits()
        made = trials_of(
            file, (1, 2), entry=name, operator=entry.operator, folder=folder, limits=limits, records=records
        )
        return [trial.key for trial in made]

    folder = tmp_path / "entry"
    shutil.copytree(entry.folder, folder)
    first = keys()
    assert first == keys(records=tmp_path / "elsewhere")
    assert not {*first} & {*keys("another name")}
    (folder / "weights.bin").write_bytes(b"more")
    assert not {*first} & {*keys()}


def one_trial(number: int) -> Trial:
    return Trial(
        key=f"{number:x}", scenario="varied", resolved={}, location="", folder="", operator="a.py:A",
        operator_folder="", point=(), seed=number,
    )  # fmt: skip


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
    assert main(["bench", "verify", str(entry.folder), *named, "--dask", "tcp://host:8786"]) == 2
    assert "this is for studies" in capsys.readouterr().err
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
