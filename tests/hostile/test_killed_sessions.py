"""A session that is killed at any instant goes on, and ends as if nothing had been."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.session_reader import NothingRecordedError, read_session
from simulator.scenario.build import Case
from tests.conftest import PROJECT
from tests.procedures import placed
from tests.recorded import begun, finished, gone_on

SHORT = (
    *placed(),
    c.Advance(distance_mm=100.0 / 3.0),
    c.PressPedal(),
    c.ReleasePedal(),
    c.Wait(duration_s=1.5),
    c.Finish(),
)


@pytest.fixture(scope="module")
def case(make_case: Callable[..., Case]) -> Case:
    return make_case(seed=3, hands="default")


@pytest.fixture(scope="module")
def whole(case: Case, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The record of a session that nobody disturbed."""
    path = tmp_path_factory.mktemp("whole") / "session.jsonl"
    finished(case, begun(case, path), SHORT)
    return path.read_bytes()


def killed(count: int) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.killed_sessions", str(count)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed processes are forked")
@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_killed_processes_go_on_to_the_same_record(count: int) -> None:
    found = killed(count)
    assert found["kills"] >= count
    assert found["sessions"] >= count // 10  # so that sessions were killed once, twice, and many times


def cut(whole: bytes, length: int, tmp_path: Path) -> Path:
    path = tmp_path / "session.jsonl"
    path.write_bytes(whole[:length])
    return path


def test_a_record_torn_at_any_byte_goes_on_and_says_so(case: Case, whole: bytes, tmp_path: Path) -> None:
    header = whole.index(b"\n") + 1
    before_close = whole[:-1].rfind(b"\n") + 1
    rng = np.random.default_rng(7)
    lengths = [
        *rng.integers(header, len(whole), 300),
        header,
        before_close,
        before_close + 1,
        len(whole) - 1,
        len(whole),
    ]
    for length in (*map(int, lengths), len(whole) - 1, len(whole)):
        path, said = cut(whole, length, tmp_path), []
        record = read_session(path)
        assert record.whole_bytes + record.torn_bytes == length
        finished(case, gone_on(case, record, said.append), SHORT)
        assert path.read_bytes() == whole, length
        assert [str(record.torn_bytes) in sentence for sentence in said] == [True] * bool(record.torn_bytes)
    assert read_session(path).closing is not None


def test_nothing_of_a_torn_line_stays_behind_a_shorter_one(case: Case, whole: bytes, tmp_path: Path) -> None:
    before_close = whole[:-1].rfind(b"\n") + 1
    path = cut(whole, before_close, tmp_path)
    path.write_bytes(whole[:before_close] + b"x" * 50_000)
    session = gone_on(case, read_session(path))
    assert path.read_bytes() == whole[:before_close]
    finished(case, session, SHORT)
    assert path.read_bytes() == whole


def test_a_record_torn_in_its_header_holds_nothing(whole: bytes, tmp_path: Path) -> None:
    for length in range(0, whole.index(b"\n") + 1, 97):
        with pytest.raises(NothingRecordedError, match="no whole line"):
            read_session(cut(whole, length, tmp_path))


def test_what_comes_of_a_command_is_finished_when_its_lines_were_cut(case: Case, whole: bytes, tmp_path: Path) -> None:
    lines = whole.splitlines(keepends=True)
    last_event = max(index for index, line in enumerate(lines) if b'"kind":"event"' in line)
    path = cut(whole, len(b"".join(lines[:last_event])), tmp_path)
    record = read_session(path)
    assert record.steps[-1].events == ()
    session = gone_on(case, record)
    session.do(record.commands[0])
    assert path.read_bytes() == b"".join(lines[:last_event])
    finished(case, session, SHORT[1:])
    assert path.read_bytes() == whole


def test_another_way_on_is_refused_and_changes_nothing(case: Case, whole: bytes, tmp_path: Path) -> None:
    half = len(whole) - 900
    for index, other in ((2, c.Advance(distance_mm=20.0)), (1, c.Wait(duration_s=1.0))):
        path = cut(whole, half, tmp_path)
        record = read_session(path)
        session = gone_on(case, record)
        with pytest.raises(UserInputError, match=f"command {index + 1} was .*is now") as fault:
            finished(case, session, (*SHORT[:index], other, *SHORT[index + 1 :]))
        assert type(other).__name__ in str(fault.value)
        session.log.leave()
        assert path.read_bytes() == whole[: record.whole_bytes]


def test_a_finished_session_takes_no_more(case: Case, whole: bytes, tmp_path: Path) -> None:
    path = cut(whole, len(whole), tmp_path)
    session = gone_on(case, read_session(path))
    finished(case, session, SHORT)
    assert path.read_bytes() == whole
    with pytest.raises(UserInputError, match="finished"):
        session.do(c.Wait(duration_s=1.0))
    assert path.read_bytes() == whole


def test_two_programs_do_not_record_into_one_file(case: Case, whole: bytes, tmp_path: Path) -> None:
    path = cut(whole, len(whole) - 900, tmp_path)
    record = read_session(path)
    first = gone_on(case, record)
    with pytest.raises(UserInputError, match="another program"):
        gone_on(case, record)
    first.log.leave()
    gone_on(case, record).log.leave()


def test_a_command_that_holds_no_number_is_not_recorded(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    session = begun(case, path)
    before = path.read_bytes()
    with pytest.raises(UserInputError, match="command Advance"):
        session.do(c.Advance(distance_mm=float("nan")))
    assert path.read_bytes() == before
    session.log.leave()
