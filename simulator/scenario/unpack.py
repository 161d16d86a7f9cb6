"""Unpack: a file that another lab packed, believed in nothing. What its list does not say, or says wrongly, is refused.

All of it is read into a folder aside and checked there as cases are; only then do its files get their names.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import secrets
import shutil
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from simulator.errors import UserInputError
from simulator.files.small_file import must_be_ordinary
from simulator.scenario.pack import files_of
from simulator.scenario.pack_form import (
    FORMAT,
    HIGHEST_RATIO,
    LARGEST_BYTES,
    LARGEST_MANIFEST_BYTES,
    LARGEST_TOTAL_BYTES,
    MANIFEST,
    MOST_FILES,
    kind_of,
    name_fault,
    named_files,
    same_name,
    starts_elsewhere,
)
from simulator.scenario.real_patient import PATIENT_FILES
from simulator.scenario.toml_source import read_source

_PIECE = 1 << 20
_END_BYTES = 22 + 65_535  # of an archive: the last record, with the longest remark
_LONGEST_LIST = (MOST_FILES + 1) * 600  # bytes
_HEADER_BYTES, _WORDS = 352, ((4, 32), (148, 252), (328, 344), (348, 352))
"""A NIfTI-1 header, and the parts of it that hold words, or say that more words follow."""
_FIX = "ask for the file again"
_NO_ARCHIVE = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, UnicodeError, struct.error, OverflowError)
"""What zipfile raises at an archive that is damaged, locked, or packed or named in a way that it does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What the list of a pack says of a file."""

    size: int
    sha256: str


def unpack(path: Path, folder: Path) -> tuple[Path, list[str]]:
    """Unpack a file into a folder; nothing is written where anything about it is wrong.

    Args:
        path: of the pack
        folder: for its files; made where there is none, and nothing that lies in it is replaced

    Returns:
        the case or course that was packed, and the names of all files

    Raises:
        UserInputError: this is no pack, or one that is damaged or holds what no pack may, or a file is there already.
    """
    aside = folder / f".unpacking-{secrets.token_hex(8)}"
    ours = not os.path.lexists(folder)
    try:
        must_be_ordinary(path)
        _must_have_a_short_list(path)
        start, listed = _unpacked(path, folder, aside)
        _check(path, start, listed, aside)
        for top in sorted({name.split("/")[0] for name in listed}):
            (aside / top).rename(folder / top)
    except OSError as error:
        raise UserInputError(str(path), f"it cannot be unpacked ({error.strerror or error})", "name another") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if ours:
            with contextlib.suppress(OSError):  # it holds what was unpacked, or was never made
                folder.rmdir()
    return folder / start, list(listed)


def _unpacked(path: Path, folder: Path, aside: Path) -> tuple[str, dict[str, _Listed]]:
    """Write all files of an archive aside; the file to start from, and what is said of each."""
    try:
        with zipfile.ZipFile(path) as archive:
            start, listed = _list(path, archive)
            _must_be_free(folder, listed)
            folder.mkdir(parents=True, exist_ok=True)
            aside.mkdir(mode=0o700)
            for name, what in listed.items():
                _extract(path, archive, name, what, aside / name)
    except _NO_ARCHIVE as error:
        _refuse(path, "", f"this is no pack that can be read ({error})")
    return start, listed


def _refuse(path: Path, name: str, what: str) -> NoReturn:
    raise UserInputError(f"{path}: {name}" if name else str(path), what, _FIX)


def _must_have_a_short_list(path: Path) -> None:
    """Refuse an archive whose own list of files would fill the memory before anybody could count them."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _END_BYTES, 0))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        _refuse(path, "", "this is no pack of this program")
    (size,) = struct.unpack_from("<I", tail, at + 12)
    if size > _LONGEST_LIST or tail[max(at - 20, 0) : at].startswith(b"PK\x06\x07"):
        _refuse(path, "", f"it holds more than {MOST_FILES} files")


def _list(path: Path, archive: zipfile.ZipFile) -> tuple[str, dict[str, _Listed]]:
    """The file to start from and what is said of all, held against what the archive says of itself."""
    entries = archive.infolist()
    if not entries or entries[0].filename != MANIFEST:
        _refuse(path, "", "this is no pack of this program")
    if len(entries) > MOST_FILES + 1:
        _refuse(path, "", f"it holds more than {MOST_FILES} files")
    _must_be_packed_plainly(path, entries[0])
    if entries[0].file_size > LARGEST_MANIFEST_BYTES:
        _refuse(path, MANIFEST, "its list is too long")
    start, listed = _parsed(path, _read(path, archive, entries[0], LARGEST_MANIFEST_BYTES))
    known: set[str] = set()
    for entry in entries[1:]:
        _must_be_plain(path, entry)
        if same_name(entry.filename) in known:
            _refuse(path, entry.filename, "this file stands twice")
        known.add(same_name(entry.filename))
        said = listed.get(entry.filename)
        if said is None or said.size != entry.file_size:
            _refuse(path, entry.filename, "this file is not as its list says")
    if {entry.filename for entry in entries[1:]} != listed.keys() or start not in listed:
        _refuse(path, MANIFEST, "its list names files that are not there")
    total, packed = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    if total > LARGEST_TOTAL_BYTES or packed > path.stat().st_size:
        _refuse(path, "", "it would unpack to more than a pack may hold")
    return start, listed


def _must_be_plain(path: Path, entry: zipfile.ZipInfo) -> None:
    """Refuse a name that leads elsewhere, a link, a folder, another kind of file, and what is too large."""
    name = entry.orig_filename if entry.orig_filename != entry.filename else entry.filename
    why = name_fault(name)
    kind = kind_of(name)
    mode = entry.external_attr >> 16
    if why:
        _refuse(path, name, why)
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        _refuse(path, name, "this is a link or no ordinary file")
    if entry.is_dir() or kind is None:
        _refuse(path, name, "a pack holds no file of this kind")
    _must_be_packed_plainly(path, entry)
    if entry.file_size > LARGEST_BYTES[kind] or entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1):
        _refuse(path, name, "this file would unpack to more than a file of its kind may hold")


def _must_be_packed_plainly(path: Path, entry: zipfile.ZipInfo) -> None:
    """Refuse what is encrypted, or compressed in a way that may not be read everywhere."""
    if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        _refuse(path, entry.filename, "this file is packed in another way than packs are")


def _parsed(path: Path, content: bytes) -> tuple[str, dict[str, _Listed]]:
    try:
        told: Any = json.loads(content)
        if told["format"] != FORMAT:
            _refuse(path, MANIFEST, f"it is of format {told['format']!r}, and this program reads {FORMAT}")
        files = {
            str(name): _Listed(size=int(one["bytes"]), sha256=str(one["sha256"])) for name, one in told["files"].items()
        }
        return str(told["start"]), files
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        _refuse(path, MANIFEST, "its list cannot be read")


def _read(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(entry) as source:
        content = source.read(most + 1)
    if len(content) > most:
        _refuse(path, entry.filename, "this file holds more than it says")
    return content


def _must_be_free(folder: Path, listed: dict[str, _Listed]) -> None:
    if os.path.lexists(folder) and not folder.is_dir():
        raise UserInputError(str(folder), "this is no folder", "name another")
    for top in sorted({name.split("/")[0] for name in listed}):
        if os.path.lexists(folder / top):
            raise UserInputError(str(folder / top), "there is something already, and it stays", "name another folder")


def _extract(path: Path, archive: zipfile.ZipFile, name: str, said: _Listed, target: Path) -> None:
    """Write one file, no more of it than its list says."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as source, target.open("xb") as file:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > said.size:
                _refuse(path, name, "this file holds more than it says")
            digest.update(piece)
            file.write(piece)
    if size != said.size or digest.hexdigest() != said.sha256:
        _refuse(path, name, "this file is not as its list says")


def _check(path: Path, start: str, listed: dict[str, _Listed], aside: Path) -> None:
    """Check what was unpacked as cases are, that nothing else came along, and that CTs tell of nobody."""
    for name in listed:
        if kind_of(name) == ".toml":
            _must_stay_within(path, name, aside)
    try:
        needed = files_of(aside / start)
    except UserInputError as fault:
        where = [one.location.replace(f"{aside}{os.sep}", "") for one in fault.faults]
        told = "; ".join(f"{at}: {one.what}" for at, one in zip(where, fault.faults, strict=True))
        _refuse(path, "", f"what it holds is not sound: {told}"[:2000])
    names = {os.path.relpath(needed.root / name, aside).replace(os.sep, "/") for name in needed.names}
    if names != listed.keys():
        odd = sorted(names ^ listed.keys())[0]
        _refuse(path, odd, "no case of this pack needs this file, or a case needs it and it is not there")
    for name in listed:
        if kind_of(name) == ".nii.gz" and words_in_header(aside / name):
            _refuse(path, name, "the header of this CT holds words, and could name a person")
    for folder in {(aside / name).parent for name in listed if Path(name).name == PATIENT_FILES[0]}:
        _must_be_a_ct(path, folder)


def _must_stay_within(path: Path, name: str, aside: Path) -> None:
    """Refuse a case or course that names a file outside the pack, before anybody looks there."""
    try:
        data = read_source(aside / name).data
    except UserInputError as fault:
        _refuse(path, name, fault.what)
    for text in named_files(data):
        reached = os.path.normpath(os.path.join(os.path.dirname(name), text))
        if starts_elsewhere(text) or reached.split(os.sep)[0] == "..":
            _refuse(path, name, f"it names {text[:80]!r}, which is not in this pack")


def _must_be_a_ct(path: Path, folder: Path) -> None:
    from phantoms.from_ct.files import CtFault, read_patient_ct

    try:
        read_patient_ct(folder / PATIENT_FILES[0], folder / PATIENT_FILES[1])
    except CtFault as fault:
        _refuse(path, folder.name, f"this is no CT that can be read: {str(fault).split(': ', 2)[-1]}")


def words_in_header(path: Path) -> bool:
    """Whether a packed NIfTI's header, or that of its compression, says more than the grid."""
    with path.open("rb") as file:
        head = file.read(10)
        named = file.read(len(path.name) + 1) if head[3:4] == b"\x08" else b""
    if head[:3] != b"\x1f\x8b\x08" or head[3] not in (0, 8):
        return True
    if named and named.split(b"\0")[0] not in {name.encode() for name in (path.name, path.name.removesuffix(".gz"))}:
        return True
    with gzip.open(path, "rb") as unpacked:
        header = unpacked.read(_HEADER_BYTES)
    return len(header) < _HEADER_BYTES or any(any(header[first:last]) for first, last in _WORDS)
