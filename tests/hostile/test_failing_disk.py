"""A disk that is full, read-only or gone at any write: the session goes on, says so, and is saved when it can be."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from simulator.interface import commands as c
from simulator.records import record_file
from simulator.records.session_reader import read_session
from simulator.report.recording import Recording
from simulator.scenario.build import Case
from tests.procedures import placed
from tests.recorded import begun, finished

SHORT = (
    *placed(),
    c.Advance(distance_mm=30.0),
    c.PressPedal(),
    c.Redirect(angle_change_deg=1.0),
    c.Wait(duration_s=1.5),
    c.Finish(),
)
FAULTS = {"full": errno.ENOSPC, "read-only": errno.EROFS, "unplugged": errno.EIO}


class Disk:
    """A file layer that fails from one write on, for a number of writes; half of a write may come through first."""

    def __init__(self) -> None:
        self.writes = 0
        self.failing: range = range(0)
        self.error = 0
        self.half = False

    def write(self, write: Callable[[memoryview], int], data: memoryview) -> int:
        self.writes += 1
        if self.writes - 1 in self.failing:
            if self.half and len(data) > 1:
                self.half = False  # the rest of it fails
                self.writes -= 1
                return write(data[: len(data) // 2])
            raise OSError(self.error, os.strerror(self.error))
        return write(data)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()

    class File(FileIO):
        def write(self, data: Any) -> int:
            return made.write(super().write, data)

    monkeypatch.setattr(record_file, "FileIO", File)
    return made


@pytest.fixture(scope="module")
def case(make_case: Callable[..., Case]) -> Case:
    return make_case(seed=3, hands="default")


@pytest.fixture(scope="module")
def whole(case: Case, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "session.jsonl"
    finished(case, begun(case, path), SHORT)
    return path.read_bytes()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


WRITES = len(SHORT) + 2  # a header, one for each command, the closing line


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", range(WRITES - 1))
def test_a_disk_that_fails_for_a_while(
    disk: Disk, case: Case, whole: bytes, tmp_path: Path, fault: str, at: int, half: bool
) -> None:
    disk.failing, disk.error, disk.half = range(at, at + 2), FAULTS[fault], half
    path, said = tmp_path / "session.jsonl", []
    finished(case, begun(case, path, said.append), SHORT)
    assert path.read_bytes() == whole
    assert ["cannot be written" in said[0], "saved again" in said[1], len(said)] == [True, True, 2]
    assert os.strerror(FAULTS[fault]) in said[0]


@pytest.mark.parametrize("at", range(WRITES))
def test_a_disk_that_stays_full_leaves_the_record_elsewhere(
    disk: Disk, case: Case, whole: bytes, tmp_path: Path, elsewhere: Path, at: int
) -> None:
    path, said = tmp_path / "session.jsonl", []
    session = begun(case, path, said.append) if at else None
    # the last try at the usual place is the close's; what comes after is the other place
    disk.failing, disk.error = range(at, WRITES + 1), errno.ENOSPC
    finished(case, session or begun(case, path, said.append), SHORT)
    (rescued,) = elsewhere.glob("*/session.jsonl")
    assert rescued.read_bytes() == whole
    assert len(said) == 2
    assert "in memory" in said[0]
    assert str(rescued) in said[1]
    assert whole.startswith(path.read_bytes() if path.exists() else b"")


def test_a_disk_that_takes_nothing_anywhere_says_what_is_lost(
    disk: Disk, case: Case, tmp_path: Path, elsewhere: Path
) -> None:
    disk.failing, disk.error = range(3, 1000), errno.ENOSPC
    path, said = tmp_path / "session.jsonl", []
    session = begun(case, path, said.append)
    finished(case, session, SHORT)
    assert session.state.finished
    assert f"its first {path.stat().st_size} bytes" in said[-1]
    record = read_session(path)
    assert len(record.commands) == 2  # header and two commands came through


@pytest.mark.parametrize("at", range(len(SHORT)))
def test_a_folder_that_goes_comes_back_with_the_whole_record(case: Case, whole: bytes, tmp_path: Path, at: int) -> None:
    path, said = tmp_path / "stick" / "session.jsonl", []
    path.parent.mkdir()
    session = begun(case, path, said.append)
    script = list(SHORT)
    for command in script[:at]:
        session.do(command)
    shutil.rmtree(path.parent)
    (tmp_path / "stick").write_text("in the way")
    session.do(script[at])
    assert "in memory" in said[0]
    (tmp_path / "stick").unlink()
    finished(case, session, script[at + 1 :])
    assert path.read_bytes() == whole
    assert ["saved again" in said[1], len(said)] == [True, 2]


def test_a_disk_that_works_is_not_spoken_of(case: Case, tmp_path: Path) -> None:
    said: list[str] = []
    session = begun(case, tmp_path / "session.jsonl", said.append)
    finished(case, session, SHORT)
    session.log.leave()
    assert said == []
    assert session.log.closed


def test_another_file_in_its_place_is_not_written_over(
    case: Case, whole: bytes, tmp_path: Path, elsewhere: Path
) -> None:
    path, said = tmp_path / "session.jsonl", []
    session = begun(case, path, said.append)
    session.do(SHORT[0])
    path.rename(tmp_path / "moved.jsonl")
    path.write_text("somebody else's")
    finished(case, session, SHORT[1:])
    assert path.read_text() == "somebody else's"
    (rescued,) = elsewhere.glob("*/session.jsonl")
    assert rescued.read_bytes() == whole
    assert "another file" in said[0]


def test_what_matters_reaches_the_platter_before_it_is_shown(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(descriptor), real(descriptor))[1])
    session = begun(case, tmp_path / "session.jsonl")
    counts = {}
    for command in (*SHORT[:-1], c.RemoveStylet(), c.InjectContrast(volume_ml=0.2), SHORT[-1]):
        before = len(synced)
        session.do(command)
        counts[type(command).__name__] = len(synced) - before
    session.log.leave()
    once = {"AcquirePlanningScan", "Advance", "PressPedal", "InjectContrast", "Finish"}  # scan, puncture, press, ...
    assert {name for name, count in counts.items() if count} == once


def test_every_file_of_a_session_is_made_in_the_end(case: Case, tmp_path: Path) -> None:
    out, said = tmp_path / "out", []
    recording = Recording(case, operator="test", scenario_path="", out=out, say=said.append)
    session = recording.session
    for command in (*placed(), c.PressPedal()):
        session.do(command)
    shutil.rmtree(out)
    out.write_text("in the way")
    session.show(1)  # neither the record's line nor the picture can be written
    session.do(c.Finish())
    assert ["in memory" in said[0], len(said)] == [True, 1]
    out.unlink()
    recording.close()
    recording.report()
    assert "saved again" in said[1]
    assert len(said) == 2
    names = {path.relative_to(out).as_posix() for path in out.rglob("*")}
    assert names >= {"session.jsonl", "scorecard.json", "report.html", "presses.gif", "frames/001-fluoroscopy.png"}
    assert not [name for name in names if "unfinished" in name]
    assert [image.number for image in read_session(out).images] == [1]


def test_files_go_where_the_record_went(case: Case, tmp_path: Path, elsewhere: Path) -> None:
    out, said = tmp_path / "out", []
    recording = Recording(case, operator="test", scenario_path="", out=out, say=said.append)
    for command in (*placed(), c.PressPedal()):
        recording.session.do(command)
    recording.session.show(1)
    shutil.rmtree(out)
    out.write_text("in the way")
    recording.session.do(c.Finish())
    recording.close()
    folder = recording.report().parent
    assert folder.parent == elsewhere
    assert {path.name for path in folder.iterdir()} == {
        "session.jsonl", "scorecard.json", "report.html", "presses.gif", "frames"
    }  # fmt: skip
    assert [path.name for path in (folder / "frames").iterdir()] == ["001-fluoroscopy.png"]
    assert str(folder) in said[-1]
