"""Packs: what one lab packs another unpacks as it was, and what no pack may hold is refused with nothing written."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from phantoms.from_ct.files import read_patient_ct
from phantoms.from_ct.real_patients import real_patient
from simulator.cli import main
from simulator.errors import UserInputError
from simulator.scenario.load import load_scenario
from simulator.scenario.pack import files_of, write_pack
from simulator.scenario.pack_form import MANIFEST, MOST_FILES
from simulator.scenario.real_patient import PATIENT_FILES
from simulator.scenario.unpack import unpack, words_in_header

BASE = 'format = 1\nextends = "patient-2"\n'
CASE = (
    'format = 1\nextends = "base.toml"\n[briefing]\nwords = "x"\n[[briefing.picture]]\nfile = "a.png"\ncaption = "c"\n'
)
COURSE = 'format = 1\ntitle = "x"\n[[case]]\nscenario = "mine.toml"\n[[case]]\nscenario = "slim"\n'
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    folder.mkdir()
    (folder / "base.toml").write_text(BASE)
    (folder / "mine.toml").write_text(CASE)
    (folder / "course.toml").write_text(COURSE)
    (folder / "other.txt").write_text("nobody's business")
    Image.new("L", (4, 4)).save(folder / "a.png")
    return folder


@pytest.fixture
def with_ct(lab: Path) -> Path:
    ct, labels, _ = real_patient("lumbopelvic-3mm")
    (lab / "ct-1").mkdir()
    for path in (ct, labels, ct.with_name("patient.toml")):
        (lab / "ct-1" / path.name).write_bytes(path.read_bytes())
    (lab / "real.toml").write_text('format = 1\nextends = "real-ct"\n[patient]\nct = "ct-1"\n')
    return lab


def repacked(pack: Path, change: Change, out: Path) -> Path:
    """A pack with other files, whose list says what it holds."""
    with zipfile.ZipFile(pack) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(files.pop(MANIFEST))
    change(files)
    told["files"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(told))
        for name, content in files.items():
            archive.writestr(name, content)
    return out


def refused(pack: Path, folder: Path, match: str) -> None:
    with pytest.raises(UserInputError, match=match):
        unpack(pack, folder / "there")
    left = list((folder / "there").rglob("*")) if (folder / "there").exists() else []
    assert left == []


def test_a_course_comes_back_with_all_that_it_needs_and_no_more(lab: Path, tmp_path: Path) -> None:
    write_pack(lab / "course.toml", tmp_path / "out.zip")
    start, names = unpack(tmp_path / "out.zip", tmp_path / "there")
    assert sorted(names) == ["a.png", "base.toml", "course.toml", "mine.toml"]
    assert start == tmp_path / "there" / "course.toml"
    for name in names:
        assert (tmp_path / "there" / name).read_bytes() == (lab / name).read_bytes()
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == sorted(names)


def test_the_commands_say_what_goes_along_and_what_is_next(
    lab: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", str(lab / "mine.toml"), str(tmp_path / "out.zip")]) == 0
    said = capsys.readouterr().err
    assert "base.toml" in said
    assert "see that none of them names a person" in said
    assert main(["unpack", str(tmp_path / "out.zip"), str(tmp_path / "there")]) == 0
    assert "Unpacked 3 files" in capsys.readouterr().err
    assert main(["unpack", str(tmp_path / "out.zip"), str(tmp_path / "there")]) == 2
    assert "there is something already, and it stays" in capsys.readouterr().err
    assert main(["pack", "patient-2", str(tmp_path / "other.zip")]) == 2
    assert "ships with every copy" in capsys.readouterr().err


def test_a_ct_goes_along_without_a_word_of_its_header(with_ct: Path, tmp_path: Path) -> None:
    import nibabel as nib

    path = with_ct / "ct-1" / "ct.nii.gz"
    image = nib.load(path)
    image.header["descrip"] = b"Doe^John 1970"
    nib.save(image, path)
    assert words_in_header(path)
    packed = write_pack(with_ct / "real.toml", tmp_path / "out.zip")
    assert [name for name in packed.names if name.startswith("ct-1/")] == [f"ct-1/{name}" for name in PATIENT_FILES]
    start, _ = unpack(tmp_path / "out.zip", tmp_path / "there")
    there = tmp_path / "there" / "ct-1" / "ct.nii.gz"
    assert not words_in_header(there)
    assert b"Doe^John" not in gzip.decompress(there.read_bytes())
    sent, came = (read_patient_ct(one, one.with_name("labels.nii.gz")) for one in (path, there))
    assert (sent.hu == came.hu).all()
    assert (sent.labels == came.labels).all()
    assert sent.grid == came.grid
    assert load_scenario(start).scenario_for(1).patient.ct == "ct-1"

    def named(files: dict[str, bytes]) -> None:
        files["ct-1/ct.nii.gz"] = path.read_bytes()

    refused(repacked(tmp_path / "out.zip", named, tmp_path / "named.zip"), tmp_path / "x", "could name a person")


def test_a_ct_that_is_reached_from_elsewhere_alone_is_not_packed(with_ct: Path, tmp_path: Path) -> None:
    (with_ct / "far.toml").write_text(f'format = 1\nextends = "real-ct"\n[patient]\nct = "{with_ct / "ct-1"}"\n')
    with pytest.raises(UserInputError, match=r"far\.toml: '/.*ct-1' is not reached from where this file lies"):
        files_of(with_ct / "far.toml")


@pytest.mark.parametrize(
    "name",
    [
        "../a.toml",
        "/a.toml",
        "a/../../b.toml",
        "a\\b.toml",
        "C:a.toml",
        ".hidden.toml",
        "con.toml",
        "a//b.toml",
        "x./a.toml",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, lab: Path, tmp_path: Path) -> None:
    write_pack(lab / "mine.toml", tmp_path / "out.zip")

    def add(files: dict[str, bytes]) -> None:
        files[name] = BASE.encode()

    refused(repacked(tmp_path / "out.zip", add, tmp_path / "bad.zip"), tmp_path, "name|called so")


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("run.py", b"print()", "no file of this kind"),
        ("b.nii.gz", b"x", "no file of this kind"),
        ("ct-1/", b"", "leads out"),
        ("extra.toml", BASE.encode(), "no case of this pack needs this file"),
        ("BASE.toml", BASE.encode(), "stands twice"),
        ("zeros.toml", b"\0" * 900_000, "unpack to more than"),
        ("large.toml", b"#" + bytes(range(48, 58)) * 110_000, "unpack to more than"),
    ],
)
def test_what_no_pack_holds_is_refused(name: str, content: bytes, match: str, lab: Path, tmp_path: Path) -> None:
    write_pack(lab / "mine.toml", tmp_path / "out.zip")

    def add(files: dict[str, bytes]) -> None:
        files[name] = content

    refused(repacked(tmp_path / "out.zip", add, tmp_path / "bad.zip"), tmp_path, match)


@pytest.mark.parametrize(
    "text",
    [
        'format = 1\nextends = "../../base.toml"\n',
        'format = 1\nextends = "real-ct"\n[patient]\nct = "/tmp"\n',
        CASE.replace("a.png", "../a.png"),
        "format = 1\nextends =",
        'format = 1\nextends = "patient-2"\n[limits]\nblood_ml = 99\n',
    ],
)
def test_a_case_that_is_faulty_or_names_files_elsewhere_is_refused(text: str, lab: Path, tmp_path: Path) -> None:
    write_pack(lab / "mine.toml", tmp_path / "out.zip")

    def change(files: dict[str, bytes]) -> None:
        files["mine.toml"] = text.encode()

    bad = repacked(tmp_path / "out.zip", change, tmp_path / "bad.zip")
    refused(bad, tmp_path, "not in this pack|not TOML|not sound")


def test_links_doubles_and_other_archives_are_refused(lab: Path, tmp_path: Path) -> None:
    write_pack(lab / "mine.toml", tmp_path / "out.zip")
    link = zipfile.ZipInfo("link.toml")
    link.external_attr = 0o120777 << 16

    def archive_of(entries: list[tuple[zipfile.ZipInfo | str, str]], name: str) -> Path:
        told = {"format": 1, "start": "mine.toml", "files": {"mine.toml": {"bytes": len(BASE), "sha256": "0"}}}
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(MANIFEST, json.dumps(told))
            for entry, content in entries:
                archive.writestr(entry, content)
        return tmp_path / name

    refused(archive_of([("mine.toml", BASE), (link, "mine.toml")], "link.zip"), tmp_path, "a link or no ordinary file")
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = archive_of([("mine.toml", BASE), ("mine.toml", BASE)], "twice.zip")
    refused(twice, tmp_path, "stands twice")
    refused(archive_of([("mine.toml", BASE)], "digest.zip"), tmp_path, "not as its list says")
    refused(archive_of([], "empty.zip"), tmp_path, "names files that are not there")
    many = archive_of([(f"{number}.toml", "") for number in range(MOST_FILES + 2)], "many.zip")
    refused(many, tmp_path, f"more than {MOST_FILES} files")
    (tmp_path / "text.zip").write_text("no archive")
    refused(tmp_path / "text.zip", tmp_path, "this is no pack")
    refused(tmp_path, tmp_path, "this is a folder")


def test_a_file_that_holds_more_than_its_header_says_is_cut_off(lab: Path, tmp_path: Path) -> None:
    write_pack(lab / "mine.toml", tmp_path / "out.zip")
    content = bytearray((tmp_path / "out.zip").read_bytes())
    for number in range(3, len(content), 97):
        damaged = bytearray(content)
        damaged[number] ^= 0x41
        (tmp_path / "bad.zip").write_bytes(damaged)
        try:
            unpack(tmp_path / "bad.zip", tmp_path / f"there-{number}")
        except UserInputError:
            assert not any((tmp_path / f"there-{number}").rglob("*.*"))


def test_what_another_program_wrote_is_not_replaced_by_a_pack(lab: Path, tmp_path: Path) -> None:
    (tmp_path / "out.zip").write_text("mine")
    with pytest.raises(UserInputError, match="something already"):
        write_pack(lab / "mine.toml", tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_text() == "mine"
    write_pack(lab / "mine.toml", tmp_path / "new.zip")
    write_pack(lab / "base.toml", tmp_path / "new.zip")
    assert unpack(tmp_path / "new.zip", tmp_path / "there")[1] == ["base.toml"]


def changed(pack: Path, at: int, byte: int, out: Path) -> Path:
    content = bytearray(pack.read_bytes())
    content[at % len(content)] ^= byte
    out.write_bytes(content)
    return out


def test_a_number_that_is_none_is_no_list(lab: Path, tmp_path: Path) -> None:
    write_pack(lab / "base.toml", tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    endless = re.sub(rb'"bytes": \d+', b'"bytes": 1e400', files[MANIFEST])
    with zipfile.ZipFile(tmp_path / "endless.zip", "w") as archive:
        for name, content in {**files, MANIFEST: endless}.items():
            archive.writestr(name, content)
    refused(tmp_path / "endless.zip", tmp_path, "cannot be read")


def test_a_locked_list_and_names_that_are_no_text_are_refused(lab: Path, tmp_path: Path) -> None:
    write_pack(lab / "base.toml", tmp_path / "out.zip")
    content = (tmp_path / "out.zip").read_bytes()
    central = content.index(b"PK\x01\x02")
    locked = bytearray(content)
    locked[central + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    refused(tmp_path / "locked.zip", tmp_path, "packed in another way")
    for start, flags, name in ((central, 8, 46), (content.index(b"PK\x03\x04"), 6, 30)):
        unnamed = bytearray(content)
        unnamed[start + flags + 1] |= 0x08  # the name is said to be UTF-8
        unnamed[start + name] = 0xFF
        (tmp_path / "unnamed.zip").write_bytes(unnamed)
        refused(tmp_path / "unnamed.zip", tmp_path, "unnamed.zip")


def test_a_folder_that_was_made_for_nothing_goes_again(lab: Path, tmp_path: Path) -> None:
    write_pack(lab / "mine.toml", tmp_path / "out.zip")
    unsound = repacked(
        tmp_path / "out.zip", lambda files: files.update({"mine.toml": b"format = 1\n"}), tmp_path / "u.zip"
    )
    refused(unsound, tmp_path, "not sound")
    assert not (tmp_path / "there").exists()
    (tmp_path / "there").mkdir()
    refused(unsound, tmp_path, "not sound")
    assert (tmp_path / "there").is_dir(), "whose it was before, it stays"


def test_no_byte_of_a_pack_that_is_changed_ends_in_a_defect(lab: Path, tmp_path: Path) -> None:
    """Each of some hundred packs differs in one byte: it is refused, or is what it was."""
    write_pack(lab / "mine.toml", tmp_path / "out.zip")
    rng = random.Random(7)
    for number in range(300):
        pack = changed(tmp_path / "out.zip", rng.randrange(10**6), rng.randrange(1, 256), tmp_path / "changed.zip")
        try:
            unpack(pack, tmp_path / f"there-{number}")
        except UserInputError:
            assert not (tmp_path / f"there-{number}").exists()
