"""Versions: what bit-identical replay depends on, and files that are known by their digest."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib import metadata
from pathlib import Path

from llvmlite import binding

from simulator.errors import UserInputError
from simulator.files.small_file import must_be_ordinary
from simulator.scenario.real_patient import PATIENT_FILES

_PROJECT = Path(__file__).resolve().parents[2]


def versions() -> dict[str, str]:
    """Versions and kind of processor, on which bit-identical replay depends; they stay as they are in one process."""
    return dict(_versions())


@cache
def _versions() -> dict[str, str]:
    packages = {name: metadata.version(name) for name in ("numpy", "numba", "scipy")}
    try:
        own = metadata.version("ct-fluoro-sim")
    except metadata.PackageNotFoundError:
        own = "not installed"
    return {
        "ct-fluoro-sim": own,
        "source": _source_digest(),
        **packages,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": binding.get_host_cpu_name(),
    }


@cache
def _source_digest() -> str:
    """Of all modules and tables, so that two states of a checkout under one version are told apart."""
    digest = hashlib.sha256()
    for package in ("phantoms", "simulator"):
        for source in sorted(path for kind in ("*.py", "*.csv") for path in (_PROJECT / package).rglob(kind)):
            digest.update(source.relative_to(_PROJECT).as_posix().encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def digest_patient_files(folder: Path) -> dict[str, str]:
    """SHA-256 of the files of an imported patient by name; those that cannot be read are left out."""
    found = {}
    for name in PATIENT_FILES:
        try:
            must_be_ordinary(folder / name)  # a pipe would keep us waiting
            with (folder / name).open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
        except (OSError, UserInputError):
            continue
    return found
