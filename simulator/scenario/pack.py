"""Pack: one file with a case or a course and all that it needs beside this program: cases, pictures, imported CTs.

CTs are read and written anew, so that their headers hold the grid alone; names of files and folders go along as they
are, which whoever packs is told.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.files.small_file import read_small_bytes
from simulator.files.whole_file import MADE_BY, write_whole
from simulator.scenario.file_kind import FileKind, kind_of_file
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scenario.pack_form import (
    FORMAT,
    LARGEST_BYTES,
    MANIFEST,
    MOST_FILES,
    kind_of,
    name_fault,
    named_files,
    starts_elsewhere,
)
from simulator.scenario.real_patient import PATIENT_FILES, patient_folder
from simulator.scenario.shipped import scenario_folder, shipped_courses, shipped_scenarios
from simulator.scenario.toml_source import is_file, read_source
from simulator.scenario.translation import read_translations, translations_of

_SAME_TIME = (1980, 1, 1, 0, 0, 0)  # of every file: when somebody wrote it is nobody's business


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFiles:
    """What a case or course needs that does not ship.

    Attributes:
        root: folder in which all of it lies
        names: of the files, from there
        start: of the file that was named
    """

    root: Path
    names: tuple[str, ...]
    start: str


def files_of(path: Path) -> PackedFiles:
    """Every file that a case or course needs beside this program, checked.

    Raises:
        UserInputError: the file is faulty, ships with the program, or names a CT elsewhere.
    """
    start = Path(os.path.abspath(path))
    if not is_file(start) and str(path) not in (*shipped_scenarios(), *shipped_courses()):
        raise UserInputError(str(path), "there is no such file", "name a case or course of your own")
    if not is_file(start) or _ships(start):
        raise UserInputError(str(path), "this ships with every copy of the program", "name a file of your own")
    found: dict[Path, None] = {start: None}
    kind = kind_of_file(path)
    if kind is FileKind.STUDY:
        raise UserInputError(str(path), "this is a study", "name a case or a course")
    if kind is FileKind.COURSE:
        from simulator.scenario.course_file import load_course

        cases: tuple[ScenarioFile, ...] = load_course(path).cases
    else:
        cases = (load_scenario(path),)
    for case in cases:
        if any(translations_of(case.path)):
            read_translations(case, case.scenario_for(1))
        found |= dict.fromkeys(_files_of_case(case))
    files = [file for file in found if not _ships(file)]
    for file in files:
        _must_name_neighbours(file)
    root = Path(os.path.commonpath([file.parent for file in files]))
    names = tuple(file.relative_to(root).as_posix() for file in files)
    return PackedFiles(root=root, names=names, start=names[0])


def write_pack(path: Path, out: Path) -> PackedFiles:
    """Write a case or course and what it needs as one file.

    Args:
        path: of the case or course
        out: to write, .zip; only a pack of this program is replaced

    Raises:
        UserInputError: what is to be packed is faulty, or `out` is something else, or cannot be written.
    """
    packed = files_of(path)
    for name in packed.names:
        why = name_fault(name)
        if why or kind_of(name) is None:
            raise UserInputError(name, why or "a pack holds no file of this kind", "rename it")
    if len(packed.names) > MOST_FILES:
        raise UserInputError(str(path), f"this needs more than {MOST_FILES} files", "pack its cases by themselves")
    try:
        with tempfile.TemporaryDirectory() as folder:
            contents = {name: _source(packed.root / name, Path(folder)) for name in packed.names}
            write_whole(out, lambda beside: _write(beside, packed, contents), own=is_pack)
    except OSError as error:
        raise UserInputError(str(out), f"it cannot be written ({error.strerror})", "name another file") from error
    return packed


def is_pack(path: Path) -> bool:
    """Whether a file is a pack that this program wrote, which it may write again."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.comment == MADE_BY.encode() and archive.namelist()[:1] == [MANIFEST]
    except (OSError, zipfile.BadZipFile, ValueError):
        return path.is_file() and path.stat().st_size == 0


def manifest_text(start: str, marks: Mapping[str, tuple[int, str]]) -> str:
    """The list of a pack's files, with size and SHA-256 of each."""
    files = {name: {"bytes": size, "sha256": digest} for name, (size, digest) in marks.items()}
    return json.dumps({"format": FORMAT, "start": start, "files": files}, indent=1, ensure_ascii=False)


def _ships(path: Path) -> bool:
    return path.is_relative_to(scenario_folder()) or path.resolve().is_relative_to(scenario_folder().resolve())


def _files_of_case(case: ScenarioFile) -> Iterator[Path]:
    """A case's own files: those that it extends, its pictures and its CT."""
    yield from (Path(os.path.abspath(file)) for file in case.files)
    folder = case.path.parent
    yield from (Path(os.path.abspath(path)) for _, path in translations_of(case.path))
    briefing: Any = case.data.get("briefing", {})
    for picture in briefing.get("picture", []):
        yield Path(os.path.abspath(folder / picture["file"]))
    ct = case.data["patient"].get("ct")
    own = None if ct is None else patient_folder(ct, folder)
    if own is None:
        return
    if own != folder / ct:
        what = "this CT is not reached from where the case lies, and would not be in another lab"
        raise UserInputError(f"{case.path}: patient.ct", what, "name its folder from where the case lies")
    yield from (Path(os.path.abspath(own / name)) for name in PATIENT_FILES)


def _must_name_neighbours(file: Path) -> None:
    """UserInputError where a case or course names a file by a path that no other lab has."""
    if file.suffix == ".toml":
        for text in named_files(read_source(file).data):
            if starts_elsewhere(text):
                what = f"{text[:80]!r} is not reached from where this file lies, and would not be in another lab"
                raise UserInputError(str(file), what, "name it from where this file lies")


def _source(path: Path, folder: Path) -> Path:
    """A file as it goes into the pack; of a CT or its labels another one, whose header holds the grid alone."""
    if kind_of(path.name) != ".nii.gz":
        read_small_bytes(path, largest_bytes=LARGEST_BYTES[path.suffix])
        return path
    from phantoms.from_ct.files import CtFault, read_patient_ct, write_ct

    anew = folder / hashlib.sha256(str(path.parent).encode()).hexdigest()[:16]
    if not anew.is_dir():
        anew.mkdir()
        ct, labels = PATIENT_FILES[:2]
        try:
            write_ct(read_patient_ct(path.parent / ct, path.parent / labels), anew / ct, anew / labels)
        except CtFault as fault:
            raise UserInputError(str(path.parent), str(fault), "import the CT again") from fault
    return anew / path.name


def _write(out: Path, packed: PackedFiles, contents: Mapping[str, Path]) -> None:
    marks = {name: _mark(path) for name, path in contents.items()}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = MADE_BY.encode()
        archive.writestr(_entry(MANIFEST), manifest_text(packed.start, marks))
        for name, path in contents.items():
            with path.open("rb") as source, archive.open(_entry(name), "w") as target:
                while piece := source.read(1 << 20):
                    target.write(piece)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _SAME_TIME)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith((".png", ".gz")) else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100644 << 16
    return entry


def _mark(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
