"""Formats of records: one of each is kept, migrates to the present one, and replays."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.errors import UserInputError
from simulator.records.header import ImportedPatient
from simulator.records.migrations import FORMAT
from simulator.records.rebuild import find_imported_patient, rebuild_case
from simulator.records.replay import event_difference, rerun, verify
from simulator.records.session_log import SessionLog
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.records.versions import digest_patient_files
from simulator.scenario.build import Case
from simulator.scoring.rubric import Rubric, flat_numbers
from tests.conftest import PROJECT
from tests.golden.present_patient import of_present_patient

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


def present(number: int, patient: Case, folder: Path) -> SessionRecord:
    """The kept record, from format 3 on as one of the patient that is built now."""
    if number < 3:
        return kept(number)
    path = folder / "session.jsonl"
    path.write_bytes(of_present_patient(number, patient.world.phantom.identity))
    return read_session(path)


@pytest.mark.parametrize("number", OLDER_FORMATS)
def test_a_record_of_each_older_format_replays_or_says_why_not(number: int, patient_2: Case, tmp_path: Path) -> None:
    record = present(number, patient_2, tmp_path)
    assert number > 2 or record.header.patient_digest is None  # so that events, images and score alone are judged
    case = rebuild_case(record)
    session = rerun(record, case)
    difference = event_difference(record, session)
    found = verify(record, case, session)
    if difference is not None:  # patient or engine have been improved since: the reason names the command
        assert found.grade == "refused"
        assert "command " in difference
    elif (
        found.images_exact < found.images and found.grade == "refused"
    ):  # or what stands about the canal looks otherwise
        assert "image" in str(found.difference)
    else:
        assert found.grade in ("exact", "equivalent")
    assert session.state.finished


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


def test_a_record_is_scored_with_the_rubric_that_its_case_gives(patient_2: Case, tmp_path: Path) -> None:
    record = present(3, patient_2, tmp_path)
    rubric = {**flat_numbers(Rubric()), "near_dura_mm": 20.0}
    record = replace(record, header=replace(record.header, rubric=rubric))
    assert rebuild_case(record).rubric == Rubric()


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
