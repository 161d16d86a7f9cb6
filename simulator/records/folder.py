"""Folder: where the files of one session go."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import UserInputError
from simulator.records.record_file import in_use

_ARTEFACTS = ("session.jsonl", "scorecard.json", "report.html", "presses.gif", "frames")


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFolder:
    """Paths of a session's files."""

    path: Path

    @property
    def record(self) -> Path:
        """The record."""
        return self.path / "session.jsonl"

    @property
    def card(self) -> Path:
        """The scorecard."""
        return self.path / "scorecard.json"

    @property
    def report(self) -> Path:
        """The debrief."""
        return self.path / "report.html"

    @property
    def animation(self) -> Path:
        """The presses as a moving picture."""
        return self.path / "presses.gif"

    @property
    def frames(self) -> Path:
        """One picture for each press."""
        return self.path / "frames"

    @classmethod
    def prepare(cls, out: Path | None, scenario: str, seed: int, learner: str | None = None) -> SessionFolder:
        """Make the folder; what is there under the names of a session is moved to `earlier-N`, never overwritten.

        Raises:
            UserInputError: the folder cannot be made or written, or a session is being recorded there.
        """
        path = folder_for(out, scenario, seed, learner)
        if in_use(path / "session.jsonl"):
            raise UserInputError(str(path), "a session is being recorded there", "name another folder with --out")
        try:
            path.mkdir(parents=True, exist_ok=True)
            if any(_is_there(path / name) for name in _ARTEFACTS):
                _move_aside(path)
            (path / "frames").mkdir(exist_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from error
        return cls(path=path)


def must_take_files(path: Path) -> None:
    """Try whether a folder can hold a session, before anything long begins; nothing of the trial stays.

    Raises:
        UserInputError: it cannot be made, or takes no file.
    """
    made: list[Path] = []
    try:
        for folder in reversed((path, *path.parents)):
            if not folder.is_dir():
                folder.mkdir()
                made.append(folder)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        for folder in reversed(made):
            folder.rmdir()


def folder_for(out: Path | None, scenario: str, seed: int, learner: str | None = None) -> Path:
    """The folder that a user named, or the usual one: each learner has their own."""
    if out is not None:
        return out
    return Path("sessions") / (learner or "") / f"{scenario}-{seed}"


def _unwritable(path: Path, error: OSError) -> UserInputError:
    return UserInputError(str(path), f"this folder cannot be written ({error.strerror})", "name another with --out")


def _move_aside(path: Path) -> None:
    number = 1
    while (path / f"earlier-{number}").exists():
        number += 1
    aside = path / f"earlier-{number}"
    aside.mkdir()
    for name in _ARTEFACTS:
        if _is_there(path / name):
            (path / name).rename(aside / name)


def _is_there(path: Path) -> bool:
    """Whether there is a file, a link, or a folder with something in it."""
    return any(path.iterdir()) if path.is_dir() and not path.is_symlink() else os.path.lexists(path)
