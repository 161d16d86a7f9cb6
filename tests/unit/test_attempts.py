"""The index of attempts follows the records, and the names of learners stay where they are."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.attempts import INDEX, Attempt, attempts, rebuild
from simulator.records.header import describe_case
from simulator.records.learners import add_name, forget_name, is_pseudonym, read_names
from simulator.records.runs import RecordedSession, score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.scenario.build import Case
from tests.procedures import placed


@pytest.fixture
def sessions(make_case: Callable[..., Case], tmp_path: Path) -> Path:
    """One learner's closed and open session, a program's, and a record that is none."""
    folder = tmp_path / "sessions"
    for name, seed, learner, closed in (("a", 1, "r-1", True), ("b", 2, "r-1", False), ("deep/c", 3, None, True)):
        case = make_case(seed=seed)
        (folder / name).mkdir(parents=True)
        path = folder / name / "session.jsonl"
        started = None if learner is None else f"2026-01-0{seed}T10:00:00+00:00"
        header = describe_case(
            case, operator="trainee", hands="exact", scenario_path="", learner=learner, started=started, record=path
        )
        with SessionLog(path, header) as log:
            session = RecordedSession(case, log)
            for command in (*placed(), c.Advance(distance_mm=10.0), c.PressPedal(), c.Wait(duration_s=2.0)):
                session.do(command)
            if closed:
                session.do(c.Finish())
                log.close(
                    digest=session.state.digest, scorecard=scorecard_to_json(score_session(case, session, "trainee"))
                )
    (folder / "d").mkdir()
    (folder / "d" / "session.jsonl").write_text("no record\n")
    return folder


def by_record(found: list[Attempt]) -> dict[str, Attempt]:
    return {one.record.split("/")[-2]: one for one in found}


def test_the_index_says_what_the_records_say(sessions: Path) -> None:
    found = by_record(attempts(sessions))
    assert [(one.state, one.learner, one.seed) for one in map(found.__getitem__, "abc")] == [
        ("closed", "r-1", 1),
        ("open", "r-1", 2),
        ("closed", "", 3),
    ]
    skipped = "skin punctured without a time-out or without disinfection"
    assert (found["a"].score, found["a"].cap_reason) == (0.0, f"not treated: no blood was injected; {skipped}")
    assert (found["a"].presses, found["a"].commands, found["b"].score) == (1, 6, None)
    assert found["a"].effective_dose_msv > 0.3
    assert found["d"].state == "unreadable"
    assert "not JSON" in found["d"].problem
    learned = [one.started for one in attempts(sessions) if one.learner]
    assert learned == sorted(learned)


def test_the_index_follows_what_changes_and_is_rebuilt_the_same(sessions: Path) -> None:
    first = attempts(sessions)
    (sessions / "a" / "session.jsonl").rename(sessions / "moved.jsonl")
    content = (sessions / "b" / "session.jsonl").read_bytes()
    (sessions / "b" / "session.jsonl").write_bytes(content[: content.rindex(b'{"seq"')])
    later = by_record(attempts(sessions))
    assert set(later) == {"b", "c", "d"}
    assert later["b"].sha256 != by_record(first)["b"].sha256
    assert rebuild(sessions) == attempts(sessions) == list(later.values())


@pytest.mark.parametrize("damage", ["rubbish", "another version", "other columns", "a folder"])
def test_an_index_that_is_no_index_is_made_anew(sessions: Path, damage: str) -> None:
    expected = attempts(sessions)
    path = sessions / INDEX
    if damage == "rubbish":
        path.write_bytes(b"SQLite format 3\x00" + os.urandom(5000))
    elif damage == "a folder":
        path.unlink()
        path.mkdir()
    else:
        with sqlite3.connect(path) as index:
            index.execute("PRAGMA user_version = 77" if damage == "another version" else "DROP TABLE attempts")
            if damage == "other columns":
                index.execute("CREATE TABLE attempts (record, x)")
    assert attempts(sessions) == expected


def test_an_index_that_another_program_holds_is_done_without(sessions: Path) -> None:
    expected = attempts(sessions)
    (sessions / "a" / "session.jsonl").rename(sessions / "moved.jsonl")
    with sqlite3.connect(sessions / INDEX, isolation_level=None) as index:
        index.execute("BEGIN EXCLUSIVE")
        found = attempts(sessions)
        index.execute("ROLLBACK")
    assert found == [one for one in expected if one.record != "a/session.jsonl"]


def test_attempts_are_listed(sessions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attempts", str(sessions)]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 4
    assert "not treated" in out
    assert "4 sessions" in err
    assert main(["attempts", str(sessions), "--learner", "r-1", "--rebuild", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["attempts"]
    assert [one["record"] for one in listed] == ["a/session.jsonl", "b/session.jsonl"]
    assert main(["attempts", str(sessions / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_names_are_in_one_file_and_pseudonyms_are_random(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "private" / "names.json"
    monkeypatch.setenv("CTFSIM_LEARNERS", str(path))
    assert main(["learners", "--add", "Ada Lovelace"]) == 0
    pseudonym = capsys.readouterr().out.strip()
    assert is_pseudonym(pseudonym)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert add_name(path, "Ada Lovelace") != pseudonym  # nothing of the name is in it
    assert main(["learners"]) == 0
    assert f"{pseudonym}  Ada Lovelace" in capsys.readouterr().out
    assert main(["learners", "--forget", pseudonym]) == 0
    assert pseudonym not in read_names(path)
    assert main(["learners", "--forget", pseudonym]) == 2
    assert "no such learner" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 300, "\x1b[31m"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserInputError, match="is no name"):
        add_name(tmp_path / "names.json", name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": 2, "names": {}}', '{"format": 1, "names": {"a b": "x"}}', "\xff"]
)
def test_a_file_of_names_that_is_none_is_one_message_and_is_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "names.json"
    path.write_bytes(text.encode("latin-1"))
    for act in (lambda: add_name(path, "Ada"), lambda: forget_name(path, "a"), lambda: read_names(path)):
        with pytest.raises(UserInputError, match=r"names\.json"):
            act()
    assert path.read_bytes() == text.encode("latin-1")
