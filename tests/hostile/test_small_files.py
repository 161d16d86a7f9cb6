"""Small files: pipes, devices and endless files are refused before a byte is asked of them, wherever one is named."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from phantoms.from_ct.files import CtFault, read_ct
from phantoms.from_ct.markups import read_points
from phantoms.from_ct.sources import open_labels
from simulator.cli import main
from simulator.errors import UserInputError
from simulator.files.small_file import read_small_bytes, read_small_text
from simulator.gui.input.key_remapping import read_key_bindings
from simulator.operators import operator_named
from simulator.records.assessment import read_assessment
from simulator.records.attempts import attempts
from simulator.records.drill_rounds import read_rounds
from simulator.records.learners import read_names
from simulator.records.session_reader import read_session
from simulator.records.versions import digest_patient_files
from simulator.scenario.course_file import load_course
from simulator.scenario.load import load_scenario
from simulator.scenario.patient_file import check_patient_file
from simulator.scenario.slicer_path import read_path
from simulator.strategies.journal import Journal, read_journal
from simulator.strategies.leaderboard import read_entry
from simulator.strategies.splits import read_commitment, read_secret
from simulator.strategies.study import source_digest
from simulator.strategies.study_file import load_study

READERS: dict[str, Callable[[Path], object]] = {
    "assessment.json": read_assessment,
    "names.json": read_names,
    "session.jsonl": read_session,
    "journal.jsonl": read_journal,
    "case.toml": load_scenario,
    "study.toml": load_study,
    "points.mrk.json": read_points,
    "points.fcsv": read_points,
    "ct.nii.gz": read_ct,
    "ct.nii": read_ct,
    "ct.nrrd": read_ct,
    "ct.mha": read_ct,
    "masks.nii.gz": open_labels,
    "segments.seg.nrrd": open_labels,
    "line.mrk.json": read_path,
    "keys.toml": read_key_bindings,
    "course.toml": load_course,
    "secret": read_secret,
    "commitment.json": read_commitment,
    "entry.toml": lambda path: read_entry(path.parent),
    "tip-drill.jsonl": lambda path: read_rounds(path.parent),
    "patient.toml": lambda path: check_patient_file(path.parent),
    "operator.py": lambda path: operator_named(f"{path}:Mine"),
    "own.journal": Journal,
}


@pytest.mark.parametrize("kind", ["pipe", "device", "endless device", "folder"])
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, name: str, kind: str) -> None:
    if kind == "folder" and name.startswith(("ct.", "masks.", "segments.")):
        pytest.skip("a folder may hold a series of DICOM files, or masks")
    path = tmp_path / name
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/null" if kind == "device" else "/dev/zero")
    with pytest.raises((UserInputError, CtFault)) as told:
        READERS[name](path)
    assert name in str(told.value)
    assert "\n" not in str(told.value)
    assert re.search("no ordinary file|this is a folder|this is no file|no such", str(told.value)), told.value


@pytest.mark.parametrize("kind", ["pipe", "endless device"])
def test_what_lies_beside_is_no_trap(tmp_path: Path, kind: str) -> None:
    for name in ("ct.nii.gz", "beside.py", "session.jsonl"):
        if kind == "pipe":
            os.mkfifo(tmp_path / name)
        else:
            (tmp_path / name).symlink_to("/dev/zero")
    (tmp_path / "mine.py").write_text("class Mine: ...")
    assert digest_patient_files(tmp_path) == {}
    assert attempts(tmp_path) == []
    with pytest.raises(UserInputError, match=r"beside\.py"):
        source_digest("mine.py:Mine", tmp_path)


def test_no_more_is_read_than_is_allowed_whatever_size_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"#" * 2001)
    with pytest.raises(UserInputError, match="larger than 2 kB"):
        read_small_bytes(path, largest_bytes=2000)
    assert len(read_small_bytes(path, largest_bytes=2001)) == 2001
    told_as_empty = Path("/proc/self/maps")  # of size 0, as the system tells it
    if told_as_empty.exists():
        assert told_as_empty.stat().st_size == 0
        assert read_small_text(told_as_empty)
        with pytest.raises(UserInputError, match="larger than"):
            read_small_bytes(told_as_empty, largest_bytes=100)


@pytest.mark.parametrize("option", ["--assessment", "--commands", "--levels"])
def test_a_pipe_at_the_command_line_is_one_message(
    tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.mrk.json")
    kept = Path(__file__).parents[1] / "golden" / "records" / "format-3.jsonl"
    ct = Path(__file__).parents[2] / "phantoms" / "catalogue" / "real" / "lumbopelvic-3mm" / "ct.nii.gz"
    commands = {
        "--assessment": ["report", str(kept), "--out", "r.html"],
        "--commands": ["run", "patient-2"],
        "--levels": ["import-ct", str(ct), "--name", "a"],
    }
    assert main([*commands[option], option, "pipe.mrk.json"]) == 2
    err = capsys.readouterr().err
    assert "pipe.mrk.json" in err
    assert "no ordinary file" in err
    assert sorted(os.listdir()) == ["pipe.mrk.json"]
