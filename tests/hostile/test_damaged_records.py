"""Damaged, edited and hostile records: each is noticed, in one message; what is whole of them can be saved."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phantoms.phantom import Phantom
from simulator.cli import main
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.session_reader import LARGEST_BYTES, DamagedRecordError, read_session
from simulator.scenario import patient_build
from simulator.scenario.build import Case
from tests.hostile.record_mutants import NASTY, Judge, Mutate, accidents, forgeries, sealed
from tests.recorded import ONE_PRESS, finished, gone_on, one_press


@pytest.fixture(scope="module")
def case(make_case: Callable[..., Case]) -> Case:
    return make_case(seed=3, hands="default")


@pytest.fixture(scope="module")
def whole(case: Case, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A closed record with one image."""
    return one_press(case, tmp_path_factory.mktemp("whole") / "session.jsonl")


@pytest.fixture(scope="module")
def judge(case: Case, whole: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """With patients that are built once, since a judge rebuilds the same one again and again."""
    real = patient_build.build_phantom
    kept: list[tuple[object, Phantom]] = []

    def build_once(parameters: Any, **rest: Any) -> Phantom:
        for known, phantom in kept:
            if known == parameters:
                return phantom
        kept.append((parameters, real(parameters, **rest)))
        return kept[-1][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patient_build, "build_phantom", build_once)
        yield Judge(tmp_path_factory.mktemp("judge") / "session.jsonl", whole, case)


def verdicts(judge: Judge, mutate: Mutate, count: int, seed: int) -> Counter[str]:
    rng = np.random.default_rng(seed)
    found: Counter[str] = Counter()
    for _ in range(count):
        mutant = mutate(judge.content, rng)
        if mutant == judge.content:
            continue
        verdict = judge.of(mutant)
        found[verdict] += 1
        if verdict == "accepted" or (verdict == "the same" and mutate is accidents):
            pytest.fail(f"{verdict}: {_apart(judge.content, mutant)}")
    return found


def _apart(content: bytes, mutant: bytes) -> str:
    """Values in the first line of which the meaning differs."""
    for old, new in zip(content.splitlines(), mutant.splitlines(), strict=False):
        one, two = (json.dumps(json.loads(line)["body"]) for line in (old, new))
        if one != two:
            at = next(index for index, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1])
            return f"...{one[max(at - 60, 0) : at + 60]}... is ...{two[max(at - 60, 0) : at + 60]}..."
    return "nothing"


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_damages_of_a_closed_record_are_noticed(count: int, whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    lines = whole.splitlines(keepends=True)
    rng = np.random.default_rng(5)
    for number in range(count):
        one, two = (int(index) for index in rng.choice(len(lines), 2, replace=False))
        if number % 4 == 0:
            bit = int(rng.integers(8 * len(whole)))
            damaged = bytearray(whole)
            damaged[bit // 8] ^= 1 << bit % 8
        else:
            changed = list(lines)
            if number % 4 == 1:
                del changed[one]
            elif number % 4 == 2:
                changed.insert(two, lines[one])
            else:
                changed[one], changed[two] = lines[two], lines[one]
            damaged = bytearray(b"".join(changed))
        path.write_bytes(damaged)
        try:
            noticed = read_session(path).closing is None  # its end is missing, and every command says so
        except DamagedRecordError:
            noticed = True
        assert noticed, (number, one, two)


def test_some_mutants_of_either_kind_are_noticed(judge: Judge) -> None:
    assert verdicts(judge, accidents, 300, seed=1)["refused"] > 200
    found = verdicts(judge, forgeries, 250, seed=2)
    assert min(found["refused"], found["differs"]) > 10


@pytest.mark.slow
def test_twenty_thousand_mutants_are_noticed(judge: Judge) -> None:
    found = verdicts(judge, accidents, 10_500, seed=3) + verdicts(judge, forgeries, 10_500, seed=4)
    print(dict(found))
    assert found.total() >= 20_000


def test_a_line_that_is_hostile_is_one_message(judge: Judge, whole: bytes) -> None:
    for text in NASTY:
        for line in (0, 1, 2, 7):
            lines = whole.splitlines(keepends=True)
            lines[line] = text.encode() + b"\n"
            assert judge.of(b"".join(lines)) == "refused", (text[:40], line)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no whole line"),
        (b"\n", ":1: this is not JSON"),
        (b"\xff\xfe\x00" * 50 + b"\n", ":1: this is not JSON"),
        (b"\x00" * 5000, "no whole line"),
        (b'{"format": 1}\n', "no header"),
        (b'{"seq":0,"kind":"header","body":{"format":5},"crc":"00000000"}\n', "format is 5, this version reads 1 to 4"),
        (b'{"seq":0,"kind":"header","body":{"format":0},"crc":"00000000"}\n', "never was a format 0"),
        (b'{"seq":0,"kind":"header","body":{"format":true},"crc":"00000000"}\n', "no header"),
        (b'{"seq":0,"kind":"header","body":{"format":2},"crc":"00000000"}\n', "checksum"),
        (b"[" * 3_000_000 + b"\n", "nested"),
        (b"x" * 5_000_000, "longer than any"),
    ],
)
def test_what_is_no_record_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, words: str
) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(content)
    for command in (["replay", str(path), "--verify"], ["report", str(path)], ["replay", str(tmp_path)]):
        assert main(command) == 2
        out, err = capsys.readouterr()
        assert words in err
        assert out == ""
        assert "Traceback" not in err
        assert err.count("\n") == 1


def test_a_gigabyte_is_refused_unread_and_an_endless_line_unkept(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    tracemalloc.start()
    with pytest.raises(UserInputError, match="larger than 64 MB"):
        read_session(path)
    path.write_bytes(b"\x00" * (LARGEST_BYTES - 1))
    tracemalloc.reset_peak()
    with pytest.raises(UserInputError, match="longer than any"):
        read_session(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "session.jsonl")
    with pytest.raises(UserInputError, match="no file"):
        read_session(tmp_path)


def test_what_is_whole_of_a_damaged_record_is_saved_and_goes_on(
    case: Case, whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "damaged" / "session.jsonl"
    path.parent.mkdir()
    lines = whole.splitlines(keepends=True)
    lines[6] = lines[6].replace(b"e", b"f", 1)
    path.write_bytes(b"".join(lines))
    assert main(["replay", str(path)]) == 2
    told = capsys.readouterr().err
    assert ":7: " in told
    assert "the first 6 lines are whole: `run_sim.py salvage` saves them" in told
    saved = tmp_path / "saved"
    assert main(["salvage", str(path), "--out", str(saved)]) == 0
    assert "Saved 2 commands" in capsys.readouterr().err
    record = read_session(saved)
    session = gone_on(case, record)
    for command in ONE_PRESS:
        session.do(command)
    session.show(1, (1,))
    finished(case, session, [c.Wait(duration_s=2.0), c.Finish()])
    assert (saved / "session.jsonl").read_bytes() == whole
    assert path.read_bytes() == b"".join(lines)
    assert main(["salvage", str(path), "--out", str(saved)]) == 2
    assert "there is a record already" in capsys.readouterr().err


def test_nothing_is_saved_of_a_record_without_a_header(
    whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(whole[5:])
    assert main(["salvage", str(path), "--out", str(tmp_path / "saved")]) == 2
    assert "nothing in it can be saved" in capsys.readouterr().err
    assert not (tmp_path / "saved").exists()


def test_a_record_that_was_edited_with_care_is_reported_by_nobody(
    judge: Judge, whole: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.loads(line) for line in whole.splitlines()]
    for line in lines:
        if line["kind"] == "event" and line["body"]["event"] == "NeedleMoved":
            line["body"]["dura_mm"] += 5.0
    farther = sealed([(line["kind"], json.dumps(line["body"])) for line in lines], keep_closing=False)
    judge.path.write_bytes(farther)
    for command in (["replay", str(judge.path)], ["report", str(judge.path)]):
        assert main(command) == 2
        assert "commands do not give its events" in capsys.readouterr().err
    assert main(["replay", str(judge.path), "--verify", "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["verification"]["grade"] == "refused"
    assert "the record was edited" in err
    assert not (judge.path.parent / "report.html").exists()


def test_a_forged_score_is_left_out_of_a_cohort_that_is_carried_out_again(
    judge: Judge, whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge.content == whole  # with its patients built once
    lines = [json.loads(line) for line in whole.splitlines()]
    lines[-1]["body"]["scorecard"]["score"] = 99.0
    forged = sealed([(line["kind"], json.dumps(line["body"])) for line in lines], keep_closing=False)
    for name, content in (("honest", whole), ("forged", forged)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "session.jsonl").write_bytes(content)
    page = tmp_path / "cohort.html"
    assert main(["report", str(tmp_path), "--cohort"]) == 0
    assert "2 finished attempts" in page.read_text(encoding="utf-8")  # the closing line's word is taken
    assert main(["report", str(tmp_path), "--cohort", "--verify"]) == 0
    text = page.read_text(encoding="utf-8")
    assert "1 finished attempt" in text
    assert "commands do not give its score" in text
    assert main(["report", str(tmp_path / "honest"), "--verify"]) == 2
    assert "always carries its session out again" in capsys.readouterr().err
