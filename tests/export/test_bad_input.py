"""Bad input: one message with where, what and the fix, exit code 2, and nothing half-written."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.cli import main
from simulator.export import export_session
from simulator.export.export_session import staged, write_exports
from simulator.export.finished_session import FinishedSession
from simulator.export.targets import Targets
from tests.export.procedure import CANARY_LEARNER
from tests.hostile.record_mutants import sealed


def refused(capsys: pytest.CaptureFixture[str], *line: str | Path) -> str:
    """The one message of a command that is refused."""
    capsys.readouterr()
    assert main(["export", *map(str, line)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    lines = [one for one in told.err.splitlines() if one.strip()]
    assert len(lines) == 1, told.err
    assert "Traceback" not in told.err
    return lines[0]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder that must stay as it is."""
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def test_a_session_that_was_left_open(record: Path, empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = record.read_bytes().splitlines(keepends=True)
    left = empty.parent / "session.jsonl"
    left.write_bytes(b"".join(lines[:-1]))
    assert "left open" in refused(capsys, left, "--all", empty / "all")
    left.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    assert "left open" in refused(capsys, left, "--all", empty / "all")
    assert list(empty.iterdir()) == []


def test_a_record_whose_events_its_commands_do_not_give(
    record: Path, empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All checksums are written anew, so that only carrying it out again tells."""
    forged = empty.parent / "session.jsonl"
    forged.write_bytes(_forged(record.read_bytes()))
    told = refused(capsys, forged, "--table", empty / "table.csv")
    assert "not borne out" in told
    assert "dlp_mgy_cm" in told
    assert list(empty.iterdir()) == []


def test_a_record_that_is_damaged_missing_or_of_another_version(
    record: Path, empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = empty.parent / "session.jsonl"
    data = bytearray(record.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(bytes(data))
    assert "salvage" in refused(capsys, damaged, "--xapi", empty / "x.json")
    assert "there is no such record" in refused(capsys, empty.parent / "nowhere", "--xapi", empty / "x.json")
    damaged.write_bytes(record.read_bytes().replace(b'"format":4', b'"format":9', 1))
    assert "format is 9" in refused(capsys, damaged, "--xapi", empty / "x.json")
    assert list(empty.iterdir()) == []


def test_a_patient_that_is_gone(record: Path, empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lost = empty.parent / "session.jsonl"
    lost.write_bytes(_with_header(record.read_bytes(), imported={"path": "nowhere", "sha256": {"ct.nii.gz": "0" * 64}}))
    assert "nowhere is not there" in refused(capsys, lost, "--dicom", empty / "dicom")
    assert list(empty.iterdir()) == []


def test_targets_that_cannot_be(record: Path, empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty / "kept.txt").write_text("kept")
    before = sorted(empty.iterdir())
    assert "something already" in refused(capsys, record, "--dicom", empty)
    assert "something already" in refused(capsys, record, "--all", empty)
    assert "something already" in refused(capsys, record, "--nifti", empty / "kept.txt")
    (empty / "taken.csv").write_text("kept")
    assert "something already" in refused(capsys, record, "--table", empty / "taken.csv")
    (empty / "taken.csv").unlink()
    assert "its folder does not exist" in refused(capsys, record, "--xapi", empty / "no" / "x.json")
    assert "one place" in refused(capsys, record, "--dicom", empty / "d", "--nifti", empty / "d")
    assert "holds every export" in refused(capsys, record, "--all", empty / "all", "--dicom", empty / "d")
    assert "nothing is asked for" in refused(capsys, record)
    assert sorted(empty.iterdir()) == before
    assert (empty / "kept.txt").read_text() == "kept"


@pytest.mark.parametrize(
    ("option", "name"),
    [("--table", "t.xlsx"), ("--markups", "m.fcsv"), ("--scorm", "s.tar"), ("--xapi", "x.xml"), ("--dose-report", "d"),
     ("--replay", "r.gif")],
)  # fmt: skip
def test_a_format_that_nobody_knows(
    record: Path, empty: Path, capsys: pytest.CaptureFixture[str], option: str, name: str
) -> None:
    assert "nothing is known of such a format" in refused(capsys, record, option, empty / name)
    assert list(empty.iterdir()) == []


def test_no_room_leaves_nothing_behind(
    finished: FinishedSession, record: Path, empty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    """The disk is full in the middle of the third export; those before it go, too."""
    monkeypatch.setattr("simulator.export.finished_session.open_finished_session", lambda *_, **__: finished)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(empty / ".unfinished-x.json"))

    monkeypatch.setattr(export_session, "write_xapi", full)
    told = refused(
        capsys, record, "--dose-report", empty / "d.dcm", "--table", empty / "t.csv", "--xapi", empty / "x.json"
    )
    assert told.startswith(f"{empty / 'x.json'}: this cannot be written (No space left on device)")
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("most_bytes", [2_000, 20_000, 200_000, 400_000])
def test_a_file_that_cannot_grow_is_told_in_one_line_whoever_writes_it(
    finished: FinishedSession, record: Path, empty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any,
    most_bytes: int,
) -> None:  # fmt: skip
    """The system refuses in the table, the dose report, the replay or a slice; libraries wrap what it says."""
    resource = pytest.importorskip("resource", reason="no limit on the size of files on this system")
    monkeypatch.setattr("simulator.export.finished_session.open_finished_session", lambda *_, **__: finished)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        told = refused(capsys, record, "--all", empty / "all")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "this cannot be written (File too large)" in told
    assert told.startswith(str(empty / "all"))
    assert len(told) < 400
    assert list(empty.iterdir()) == []


def test_a_kill_in_the_middle_leaves_a_folder_that_the_next_export_takes(
    finished: FinishedSession, empty: Path
) -> None:
    left = empty / ".unfinished-nifti"
    left.mkdir()
    (left / "part.nii.gz").write_bytes(b"part")
    with staged(Targets(nifti=empty / "nifti")) as places:
        assert places.nifti is not None
        assert list(places.nifti.iterdir()) == []
    assert [path.name for path in empty.iterdir()] == ["nifti"]


def test_a_gradebook_of_a_folder(record: Path, empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = empty / "grades.csv"
    assert "belongs to one session" in refused(capsys, record.parent, "--gradebook", book, "--all", empty / "all")
    assert "no session in this folder" in refused(capsys, empty, "--gradebook", book)
    assert "no folder" in refused(capsys, record, "--gradebook", book)
    assert list(empty.iterdir()) == []
    assert main(["export", str(record.parent), "--gradebook", str(book)]) == 0
    lines = book.read_text().splitlines()
    assert lines[0] == "learner,date,case,seed,score,passed"
    assert len(lines) == 2
    assert lines[1].startswith(f"{CANARY_LEARNER},,rehearsal,1,")


def test_a_library_that_is_not_installed(
    record: Path, finished: FinishedSession, empty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr("simulator.export.finished_session.open_finished_session", lambda *_, **__: finished)
    hidden = ("highdicom", "pyarrow", "pyarrow.parquet")
    for name in {*hidden, *(name for name in sys.modules if name.startswith(hidden))}:
        monkeypatch.setitem(sys.modules, name, None)
    for name in ("dose_report", "irradiation_items", "dose_check_items", "content_items"):
        monkeypatch.delitem(sys.modules, f"simulator.export.dicom.{name}", raising=False)
    told = refused(capsys, record, "--dose-report", empty / "d.dcm", "--table", empty / "t.csv")
    assert told == "--dose-report: this needs highdicom, which is not installed: pip install 'ct-fluoro-sim[export]'"
    assert "needs pyarrow" in refused(capsys, record, "--table", empty / "t.parquet")
    assert list(empty.iterdir()) == []


def test_single_exports_are_those_of_the_whole(finished: FinishedSession, exported: Path, empty: Path) -> None:
    targets = Targets(xapi=empty / "x.json", table=empty / "t.csv", dose_report=empty / "d.dcm", scorm=empty / "s.zip")
    with staged(targets) as places:
        write_exports(finished, places, with_truth=False)
    pairs = {"x.json": "xapi.json", "t.csv": "table.csv", "d.dcm": "dose-report.dcm", "s.zip": "scorm.zip"}
    for ours, whole in pairs.items():
        assert (empty / ours).read_bytes() == (exported / whole).read_bytes()
    assert (empty / "t-dictionary.csv").read_bytes() == (exported / "table-dictionary.csv").read_bytes()


def _with_header(data: bytes, **changes: Any) -> bytes:
    """The record with another header, all checksums written anew."""
    return sealed([(kind, _text(kind, body, changes)) for kind, body in _bodies(data)], keep_closing=False)


def _forged(data: bytes) -> bytes:
    """The record with half the dose in one event, all checksums written anew."""
    texts = []
    for kind, body in _bodies(data):
        if kind == "event" and body["event"] == "AcquisitionMade":
            body["dose"]["dlp_mgy_cm"] /= 2
        texts.append((kind, json.dumps(body)))
    return sealed(texts, keep_closing=False)


def _text(kind: str, body: Any, changes: dict[str, Any]) -> str:
    return json.dumps({**body, **changes} if kind == "header" else body)


def _bodies(data: bytes) -> list[tuple[str, Any]]:
    return [(one["kind"], one["body"]) for one in map(json.loads, data.splitlines())]
