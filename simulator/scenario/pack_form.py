"""Pack form: what one file for another lab may hold, and how much of it. Writer and reader keep to the same rules."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from simulator.scenario.real_patient import PATIENT_FILES

MANIFEST = "pack.json"
FORMAT = 1
MOST_FILES = 300
LARGEST_MANIFEST_BYTES = 200_000
LARGEST_CT_BYTES = 500_000_000
LARGEST_TOTAL_BYTES = 2_000_000_000
HIGHEST_RATIO = 200  # of what is unpacked to what is packed; a case in words comes to 3, CTs and pictures to 1
LARGEST_BYTES = {".toml": 1_000_000, ".png": 5_000_000, ".nii.gz": LARGEST_CT_BYTES}
"""Kinds of file that a case is made of, and their largest sizes."""
_DEEPEST, _LONGEST = 6, 120
_NEVER = set('<>:"|?*\\')
_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(1, 10))}


def kind_of(name: str) -> str | None:
    """Ending of a file that may be in a pack, such as ".toml"; None for one that may not."""
    if name.endswith(".nii.gz"):
        return ".nii.gz" if PurePosixPath(name).name in PATIENT_FILES else None
    ending = PurePosixPath(name).suffix
    return ending if ending in (".toml", ".png") else None


def name_fault(name: str) -> str:
    """Why a name leads out of its folder, or is none on every system; empty where it may be in a pack."""
    parts = name.split("/")
    if len(name) > _LONGEST or len(parts) > _DEEPEST:
        return f"this name is longer than {_LONGEST} signs, or more than {_DEEPEST} folders deep"
    if name.startswith("/") or not name.strip():
        return "this name does not start in the pack's own folder"
    for part in parts:
        if part in ("", ".", ".."):
            return "this name leads out of the pack's own folder"
        if part.startswith(".") or part[-1] in ". " or part.split(".")[0].lower() in _DEVICES:
            return "no file may be called so on every system"
        if any(sign in _NEVER or not sign.isprintable() for sign in part):
            return "this name holds a sign that not every system takes"
    return ""


def same_name(name: str) -> str:
    """What two names have in common that are one file on some systems."""
    return unicodedata.normalize("NFC", name).casefold()


def starts_elsewhere(text: str) -> bool:
    """Whether a path does not start where the file lies that names it, on any system."""
    return text.startswith("/") or bool(PureWindowsPath(text).drive) or "\\" in text or "\0" in text


def named_files(data: Any) -> Iterator[str]:
    """Texts of a case or course that lead to files."""
    if isinstance(data, dict):
        for key, item in data.items():
            if key in ("extends", "ct", "file", "scenario") and isinstance(item, str):
                yield item
            yield from named_files(item)
    elif isinstance(data, list):
        for item in data:
            yield from named_files(item)
