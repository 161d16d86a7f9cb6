"""Records: what is written can be read, replayed and trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.engine.advance import plain
from simulator.engine.session import Session, frame_digest
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.codec import command_from, event_from, read_script
from simulator.records.folder import SessionFolder
from simulator.records.header import describe_case
from simulator.records.rebuild import rebuild_case
from simulator.records.replay import Verification, rerun, verify
from simulator.records.runs import RecordedSession, score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.scenario.build import Case
from tests.procedures import placed, run, step_until_epidural
from tests.threads import MOST, threads

MakeCase = Callable[..., Case]


@pytest.fixture(scope="module")
def recorded(make_case: MakeCase, tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Path]:
    """A short session with two images, recorded and closed."""
    case = make_case(seed=4, hands="default")
    path = tmp_path_factory.mktemp("record") / "session.jsonl"
    header = describe_case(case, operator="test", hands="default", scenario_path="patient-2.toml")
    with SessionLog(path, header) as log:
        session = RecordedSession(case, log)
        run(session, [*placed(), c.Advance(distance_mm=30.0), c.PressPedal(), c.ReleasePedal()])
        session.show(1)
        run(
            session,
            [c.Redirect(angle_change_deg=math.pi), c.Advance(distance_mm=10.0 * math.sqrt(2.0)), c.PressPedal()],
        )
        session.show(2)
        session.do(c.Finish())
        log.close(digest=session.state.digest, scorecard=scorecard_to_json(score_session(case, session, "test")))
    return case, path


def replayed(recorded: tuple[Case, Path]) -> Verification:
    case, path = recorded
    record = read_session(path)
    return verify(record, case, rerun(record, case))


def test_record_replays_exactly(recorded: tuple[Case, Path]) -> None:
    found = replayed(recorded)
    assert (found.grade, found.events, found.score) == ("exact", True, True), found.difference
    assert (found.images, found.images_exact) == (2, 2)


@pytest.mark.parametrize("count", [1, MOST])
def test_record_replays_exactly_on_any_number_of_threads(recorded: tuple[Case, Path], count: int) -> None:
    with threads(count):
        assert replayed(recorded).grade == "exact"


def test_header_alone_rebuilds_the_case(recorded: tuple[Case, Path]) -> None:
    case, path = recorded
    rebuilt = rebuild_case(read_session(path))
    assert rebuilt.world.settings == case.world.settings
    assert rebuilt.world.root_seed == 4
    assert rebuilt.rubric.digest() == case.rubric.digest()


def with_first_image(record: SessionRecord, **changes: Any) -> SessionRecord:
    return replace(record, images=(replace(record.images[0], **changes), *record.images[1:]))


def test_other_noise_is_told_apart_and_named(recorded: tuple[Case, Path]) -> None:
    case, path = recorded
    record = read_session(path)
    session = rerun(record, case)
    record = with_first_image(record, digest="0" * 64)
    edited = verify(record, case, session)
    assert (edited.grade, edited.same_versions) == ("refused", True)  # the same versions give the same bits
    record = replace(record, header=replace(record.header, versions={**record.header.versions, "numpy": "1.0"}))
    near = verify(record, case, session)
    assert near.grade == "equivalent"
    assert near.images_exact == 1
    by_a_little = tuple(tuple(v + 0.48 for v in row) for row in record.images[0].probe)
    record = with_first_image(record, probe=by_a_little)
    assert verify(record, case, session).grade == "equivalent"
    shifted = tuple(tuple(v + 5.0 for v in row) for row in record.images[0].probe)
    record = with_first_image(record, probe=shifted)
    far = verify(record, case, session)
    assert far.grade == "refused"
    assert "image 1 differs by up to 5.48" in str(far.difference)


def test_other_events_and_score_are_found(recorded: tuple[Case, Path]) -> None:
    case, path = recorded
    record = read_session(path)
    steps = list(record.steps)
    steps[2] = replace(steps[2], command=c.Advance(distance_mm=31.0))
    record = replace(record, steps=tuple(steps))
    found = verify(record, case, rerun(record, case))
    assert found.grade == "refused"
    assert "command 3 (Advance)" in str(found.difference)
    assert not found.events
    record = read_session(path)
    assert record.closing is not None
    better = {**(record.closing.scorecard or {}), "score": 99.0}
    record = replace(record, closing=replace(record.closing, scorecard=better))
    assert verify(record, case, rerun(record, case)).score is False


def damaged(path: Path, tmp_path: Path, change: Callable[[list[str]], list[str]]) -> Path:
    lines = change(path.read_text().splitlines())
    other = tmp_path / "session.jsonl"
    other.write_text("\n".join(lines) + "\n")
    return other


def edited(line: str) -> str:
    data = json.loads(line)
    data["body"]["at_ms"] = 7
    return json.dumps(data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: [*lines[:5], lines[5].replace("0", "1", 1), *lines[6:]], "checksum"),
        (lambda lines: [*lines[:3], *lines[4:]], "stands where"),
        (lambda lines: [*lines[:4], lines[4], lines[4], *lines[5:]], "stands where"),
        (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "stands where"),
        (lambda lines: [*lines[:2], edited(lines[2]), *lines[3:]], "checksum"),
        (lambda lines: [*lines[:2], "{not json", *lines[3:]], "not JSON"),
        (lambda lines: [*lines[:2], "[" * 50_000, *lines[3:]], "not JSON"),
        (lambda lines: lines[1:], "no header"),
        (lambda lines: [], "not JSON"),
    ],
)
def test_damage_is_told_with_its_line(
    recorded: tuple[Case, Path], tmp_path: Path, change: Callable[[list[str]], list[str]], words: str
) -> None:
    with pytest.raises(UserInputError) as fault:
        read_session(damaged(recorded[1], tmp_path, change))
    message = str(fault.value)
    assert words in message
    assert "session.jsonl" in message


def test_record_without_its_end_is_read_as_far_as_it_goes(recorded: tuple[Case, Path], tmp_path: Path) -> None:
    record = read_session(damaged(recorded[1], tmp_path, lambda lines: lines[:-3]))
    assert record.closing is None
    assert record.commands


def test_every_command_and_event_survives_the_codec(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session)
    run(session, [c.PressPedal(), c.RemoveStylet(), c.InjectContrast(volume_ml=0.3), c.Finish()])
    for step in session.steps:
        wire = json.loads(json.dumps(plain(step.command)))
        assert command_from(wire, "here") == step.command
        for event in step.events:
            back = event_from(json.loads(json.dumps(plain(event))), "here")
            assert plain(back) == plain(event)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"command": "Advanc", "distance_mm": 3}, "did you mean Advance?"),
        ({"command": "Advance", "distanc_mm": 3}, "did you mean 'distance_mm'?"),
        ({"command": "Advance", "distance_mm": "3"}, "Advance.distance_mm"),
        ({"command": "Advance"}, "Advance.distance_mm"),
        ({"command": "HoldNeedle", "held_by": "teeth"}, "HoldNeedle.held_by"),
        (["Advance"], "not a JSON object"),
        ({"distance_mm": 3}, "not a JSON object"),
    ],
)
def test_wrong_commands_are_named_with_the_mend(data: Any, words: str) -> None:
    with pytest.raises(UserInputError, match=r"script.jsonl:3") as fault:
        command_from(data, "script.jsonl:3")
    assert words in str(fault.value)


def test_script_reads_the_documented_example() -> None:
    text = """
# a comment
{"command": "AcquirePlanningScan", "levels": ["L2", "L5"], "tube_voltage_kv": 120, "mas": 50}
{"command": "PlaceNeedle", "entry_from_midline_mm": 22, "side": "right", "level": "L3/4", "angle_deg": 14}
{"command": "Advance", "distance_mm": 30}
{"command": "PressPedal"}
"""
    commands = read_script(Path("script.jsonl"), text)
    assert [type(x).__name__ for x in commands] == ["AcquirePlanningScan", "PlaceNeedle", "Advance", "PressPedal"]
    assert commands[2] == c.Advance(distance_mm=30)


def test_earlier_session_is_kept(tmp_path: Path) -> None:
    first = SessionFolder.prepare(tmp_path / "out", "x", 1)
    first.record.write_text("old")
    second = SessionFolder.prepare(tmp_path / "out", "x", 1)
    assert not second.record.exists()
    assert (tmp_path / "out" / "earlier-1" / "session.jsonl").read_text() == "old"


def test_same_session_twice_gives_the_same_pixels(make_case: MakeCase) -> None:
    digests = []
    for _ in range(2):
        session = Session(make_case(seed=9, hands="default").world)
        run(session, [*placed(), c.Advance(distance_mm=40.0), c.PressPedal()])
        digests.append((session.state.digest, frame_digest(session.image(1))))
    assert digests[0] == digests[1]
    other = Session(make_case(seed=10, hands="exact").world)
    run(other, [*placed(), c.PressPedal()])
    assert frame_digest(other.image(1)) != digests[0][1]


def test_commands_keep_every_digit() -> None:
    command = c.Advance(distance_mm=math.pi)
    assert command_from(json.loads(json.dumps(plain(command))), "here") == command
