"""Salvage: the beginning of a damaged record that is whole, as a record of its own."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from simulator.errors import UserInputError
from simulator.files.whole_file import replace_whole
from simulator.records.session_reader import DamagedRecordError, read_session, session_path
from simulator.records.session_record import SessionRecord


def salvage(path: Path, out: Path) -> SessionRecord:
    """Save what can be saved of a record; the record itself stays as it is.

    Args:
        path: of the record or its folder
        out: folder for the new record, in which there is none yet

    Raises:
        UserInputError: nothing can be saved, or the folder cannot be written.
    """
    path = session_path(path)
    target = out / "session.jsonl"
    if os.path.lexists(target):
        raise UserInputError(str(target), "there is a record already", "name another --out")
    try:
        whole_bytes = read_session(path).whole_bytes
    except DamagedRecordError as damage:
        if damage.lines == 0:
            raise UserInputError(damage.location, damage.what, "nothing in it can be saved") from damage
        whole_bytes = damage.whole_bytes
    was_there = out.is_dir()
    try:
        with path.open("rb") as file:
            content = file.read(whole_bytes)
        out.mkdir(parents=True, exist_ok=True)
        replace_whole(target, lambda beside: beside.write_bytes(content))
    except OSError as error:
        if not was_there:
            with contextlib.suppress(OSError):
                out.rmdir()
        raise UserInputError(
            str(out), f"this folder cannot be written ({error.strerror})", "name another --out"
        ) from error
    return read_session(target)
