"""Interface copy: what of this project an operator's process can import, copied to where nothing else of it lies."""

from __future__ import annotations

import shutil
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
FILES = ("__init__.py", "errors.py", "first_use.py", "shown_text.py", "version.py")
ROOMS = ("interface", "spatial", "vocabulary", "operators")
"""By contract none of them reaches engine, patient, scores or records, not even by way of others."""


def copy_interface(site: Path) -> None:
    """Copy the rooms that an operator may know into a folder, as package `simulator`; compiled files come along."""
    target = site / PACKAGE.name
    target.mkdir(parents=True)
    for name in FILES:
        shutil.copy2(PACKAGE / name, target / name)
    for room in ROOMS:
        shutil.copytree(PACKAGE / room, target / room)


def child_file(site: Path) -> Path:
    """The program of the operator's process in such a folder."""
    return site / PACKAGE.name / "operators" / "apart" / "child.py"
