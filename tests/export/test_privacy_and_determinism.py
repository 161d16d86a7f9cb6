"""Nothing of learner, machine or truth in any byte, and the same bytes each time."""

from __future__ import annotations

import base64
import getpass
import gzip
import platform
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import parquet

from simulator.export.export_session import staged, write_exports
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.export.session_identity import account_of
from simulator.export.slicer.near_miss_words import session_near_misses
from simulator.export.targets import Targets, targets_within
from tests.export.procedure import CANARY_FOLDER, CANARY_LEARNER, CANARY_OPERATOR


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, and what is packed in it, by its name."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        yield name, data
        if path.suffix == ".gz":
            yield f"{name} unpacked", gzip.decompress(data)
        elif path.suffix == ".nrrd":
            yield f"{name} unpacked", gzip.decompress(data.partition(b"\n\n")[2])
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                for inner in packed.namelist():
                    yield f"{name}/{inner}", packed.read(inner)
        elif path.suffix == ".parquet":
            table = parquet.read_table(path)
            yield f"{name} unpacked", f"{table.to_pylist()} {table.schema.metadata}".encode()
        elif path.suffix == ".html":
            for number, picture in enumerate(re.findall(rb"data:[^,]+;base64,([A-Za-z0-9+/=]+)", data)):
                yield f"{name}, picture {number}", base64.b64decode(picture)


def test_no_byte_tells_of_learner_or_machine(exported: Path) -> None:
    hidden = [CANARY_LEARNER, CANARY_OPERATOR, "canary", CANARY_FOLDER, str(exported.parent), str(Path.cwd())]
    # Shorter words stand in noise by chance
    hidden += [word for word in (platform.node(), str(Path.home()), getpass.getuser()) if len(word) > 5]
    found = 0
    for name, data in contents(exported):
        found += 1
        for word in hidden:
            assert word.encode() not in data, (name, word)
            assert word.encode("utf-16-le") not in data, (name, word)
    assert found > 60


def test_no_byte_tells_the_level_of_the_leak(finished: FinishedSession, exported: Path) -> None:
    """Nor the level at which anything else happened; the package offers levels, and makes their names as it runs."""
    leak = finished.session.world.phantom.leak
    assert leak.level is not None
    for name, data in contents(exported):
        for word in (leak.level, str(leak.level).replace("/", "-"), "truth", "collection"):
            if word == "collection" and (name.endswith(".html") or "dicom" in name):
                continue  # DataCollectionDiameter is an element of every CT image
            assert str(word).encode() not in data, (name, word)


def test_markups_tell_what_happened_in_words_with_the_truth_alone(
    finished: FinishedSession, exported: Path, tmp_path: Path
) -> None:
    with staged(Targets(markups=tmp_path / "m.mrk.json")) as places:
        write_exports(finished, places, with_truth=True)
    told, plain = (tmp_path / "m.mrk.json").read_text(), (exported / "markups.mrk.json").read_text()
    words = [miss.words for miss in session_near_misses(finished)]
    assert words
    assert all(one in told and one not in plain for one in words)


@pytest.mark.slow
def test_the_debrief_lies_in_the_package_with_the_truth_alone(
    finished: FinishedSession, exported: Path, tmp_path: Path
) -> None:
    with staged(Targets(scorm=tmp_path / "s.zip")) as places:
        write_exports(finished, places, with_truth=True)
    with zipfile.ZipFile(tmp_path / "s.zip") as told, zipfile.ZipFile(exported / "scorm.zip") as plain:
        assert "debrief.html" in told.namelist()
        assert "debrief.html" not in plain.namelist()
        page = told.read("debrief.html").decode()
    assert str(finished.session.world.phantom.leak.level) in page
    assert "canary" not in page


def test_an_account_is_the_same_for_all_sessions_of_one_learner_and_another_for_others() -> None:
    assert account_of("amber") == account_of("amber") != account_of("birch")
    assert "amber" not in account_of("amber")


def test_a_second_export_is_the_same_to_the_byte(record: Path, exported: Path, tmp_path: Path) -> None:
    """From the record again, into another folder, in one go; images of presses among them."""
    again = tmp_path / "again"
    every = targets_within(again)
    short = Targets(
        **{name: place for name, place in every.given() if name not in ("dicom", "nrrd", "nifti", "parquet")}
    )
    again.mkdir()
    with staged(short) as places:
        write_exports(open_finished_session(record), places, with_truth=False)
    for path in again.iterdir():
        assert path.read_bytes() == (exported / path.name).read_bytes(), path.name


@pytest.mark.slow
def test_images_are_the_same_to_the_byte_too(finished: FinishedSession, exported: Path, tmp_path: Path) -> None:
    with staged(Targets(dicom=tmp_path / "dicom", nifti=tmp_path / "nifti", nrrd=tmp_path / "slicer")) as places:
        write_exports(finished, places, with_truth=False)
    ours, theirs = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path, exported)
    )
    assert {name: data for name, data in theirs.items() if name.parts[0] in ("dicom", "nifti", "slicer")} == ours
