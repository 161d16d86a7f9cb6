"""Formats of records: one of each is kept, migrates to the present one, and replays."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import zlib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from simulator.errors import UserInputError
from simulator.records.framing import unframed
from simulator.records.header import ImportedPatient
from simulator.records.migrations import FORMAT
from simulator.records.rebuild import find_imported_patient, rebuild_case
from simulator.records.replay import event_difference, rerun, verify
from simulator.records.session_log import SessionLog
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.records.versions import digest_patient_files
from simulator.scenario.load import parse_scenario
from simulator.scoring.rubric import Rubric
from tests.conftest import PROJECT
from tests.golden.sessions import golden_path, read_golden

KEPT = PROJECT / "tests" / "golden" / "records"
OLDER_FORMATS = range(1, FORMAT)


def kept(number: int) -> SessionRecord:
    return read_session(KEPT / f"format-{number}.jsonl")


@pytest.mark.parametrize("number", OLDER_FORMATS)
def test_a_record_of_each_older_format_is_read_as_the_present_one(number: int) -> None:
    record = kept(number)
    assert record.format == number
    assert record.header.rubric is not None
    assert record.header.rubric["near_dura_mm"] == 15.0
    assert (len(record.commands), len(record.images)) == (21, 2)
    assert record.scorecard is not None
    assert record.scorecard.seed == record.header.seed == 4


def test_one_session_says_the_same_in_each_format() -> None:
    old, new = kept(1), kept(2)
    assert old.steps == new.steps
    assert [image.digest for image in old.images] == [image.digest for image in new.images]
    assert old.closing is not None
    assert new.closing is not None
    assert old.scorecard == new.scorecard
    assert old.closing.digest is None  # the first format did not hold it
    assert new.closing.digest is None  # it began with a digest of sources


@pytest.mark.parametrize("number", OLDER_FORMATS)
def test_a_record_of_each_older_format_replays_or_says_why_not(number: int) -> None:
    record = kept(number)
    assert (record.header.patient_digest is None) == (number < 3)
    # without the patient's digest events, images and score alone are judged
    record = replace(record, header=replace(record.header, patient_digest=None))
    case = rebuild_case(record)
    session = rerun(record, case)
    difference = event_difference(record, session)
    if difference is None:
        assert verify(record, case, session).grade in ("exact", "equivalent")
    else:  # patient or engine have been improved since: the reason names the command
        assert verify(record, case, session).grade == "refused"
        assert "command " in difference
    assert session.state.finished


def in_format_1(lines: list[bytes]) -> bytes:
    """A record of format 2 as the first release would have written it."""
    written = b""
    for number, line in enumerate(lines):
        kind, body = unframed(line, number, "here")
        if kind == "header":
            myelogram = {**body["resolved"]["myelogram"], "lumbar_iodine_mg_per_ml": None}
            myelogram["remaining"] = myelogram.pop("remaining_at_3_h")
            kept = {
                key: value for key, value in body.items() if key not in ("imported", "learner", "started", "rubric")
            }
            resolved = {**body["resolved"], "myelogram": myelogram}
            body = {**kept, "format": 1, "scenario_place": "scenarios/patient-2.toml", "resolved": resolved}
        elif kind == "close":
            body = {"lines": number, "sha256": hashlib.sha256(written).hexdigest(), "scorecard": body["scorecard"]}
        text = json.dumps([number, kind, body], sort_keys=True, separators=(",", ":"))
        framed = {"seq": number, "kind": kind, "body": body, "crc": f"{zlib.crc32(text.encode()):08x}"}
        written += json.dumps(framed, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    return written


def test_a_golden_session_says_the_same_in_the_first_format(tmp_path: Path) -> None:
    """So that it replays as exact as the golden session does."""
    path = tmp_path / "session.jsonl"
    lines = gzip.decompress(golden_path("patient-2-autopilot-1").read_bytes()).splitlines()
    path.write_bytes(in_format_1(lines))
    old, new = read_session(path), read_golden("patient-2-autopilot-1")
    assert (old.format, new.format) == (1, 2)
    assert (old.steps, old.images, old.scorecard) == (new.steps, new.images, new.scorecard)
    assert parse_scenario(old.header.resolved, "here") == parse_scenario(new.header.resolved, "here")
    assert old.header.patient_digest is new.header.patient_digest is None


def test_damage_of_the_first_format_is_noticed_too(tmp_path: Path) -> None:
    content = (KEPT / "format-1.jsonl").read_bytes()
    path, rng = tmp_path / "session.jsonl", np.random.default_rng(1)
    for _ in range(300):
        bit = int(rng.integers(8 * content[:-1].rfind(b"\n")))  # of all lines but the closing one, which seals them
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with pytest.raises(UserInputError):
            read_session(path)


def test_an_open_record_of_an_older_format_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(b"".join((KEPT / "format-1.jsonl").read_bytes().splitlines(keepends=True)[:9]))
    record = read_session(path)
    assert record.commands
    with pytest.raises(UserInputError, match="format 1, which this version reads but does not write"):
        SessionLog.going_on(record)


def test_a_record_is_scored_with_its_own_rubric() -> None:
    record = kept(2)
    assert (record.header.rubric or {})["version"] == 1
    assert rebuild_case(record).rubric == Rubric(), "rubric 1 is no more, so that only a new score can be made"
    rubric = {**asdict(Rubric()), "near_dura_mm": 20.0}
    record = replace(record, header=replace(record.header, rubric=rubric))
    assert rebuild_case(record).rubric == Rubric(near_dura_mm=20.0)


def imported(record: SessionRecord, folder: Path, at: Path) -> SessionRecord:
    path = at / "session" / "session.jsonl"
    return replace(
        record,
        path=path,
        header=replace(record.header, imported=ImportedPatient(path="../mine", sha256=digest_patient_files(folder))),
    )


def test_an_imported_patient_is_found_beside_its_record_and_known_by_its_digest(tmp_path: Path) -> None:
    folder = tmp_path / "here" / "mine"
    folder.mkdir(parents=True)
    for name in ("ct.nii.gz", "labels.nii.gz", "patient.toml"):
        (folder / name).write_text(name)
    record = imported(kept(2), folder, tmp_path / "here")
    given = record.header.imported
    assert given is not None
    (tmp_path / "here" / "session").mkdir()
    assert find_imported_patient(record, given, "here").resolve() == folder
    shutil.move(tmp_path / "here", tmp_path / "there")
    moved = replace(record, path=tmp_path / "there" / "session" / "session.jsonl")
    assert find_imported_patient(moved, given, "here").resolve() == tmp_path / "there" / "mine"
    with pytest.raises(UserInputError, match="is not there"):
        find_imported_patient(record, given, "here")
    (tmp_path / "there" / "mine" / "labels.nii.gz").write_text("other")
    with pytest.raises(UserInputError, match=r"labels\.nii\.gz changed"):
        find_imported_patient(moved, given, "here")
