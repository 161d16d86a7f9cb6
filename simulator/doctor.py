"""Doctor: what this machine lacks for the simulator, and the mend."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

LEAST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1_000_000_000
LEAST_MEMORY_BYTES = 2_000_000_000
_PACKAGES = (
    "numpy",
    "numba",
    "scipy",
    "pydantic",
    "rich",
    "jinja2",
    "matplotlib",
    "PIL",
    "nibabel",
    "pydicom",
    "platformdirs",
    "pygame",
    "pygame_gui",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineCheck:
    """One thing that was looked at."""

    well: bool
    what: str
    fix: str = ""


def examine() -> list[MachineCheck]:
    """Look at Python, packages, processors, memory, disk, the cache folder and the display."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    return [_python(), *(_package(name) for name in _PACKAGES), _processors(), _memory(), *_disk(), _display()]


def _python() -> MachineCheck:
    version = ".".join(str(part) for part in sys.version_info[:3])
    well = sys.version_info >= LEAST_PYTHON
    return MachineCheck(well=well, what=f"Python {version}", fix="" if well else "install Python 3.11 or newer")


def _package(name: str) -> MachineCheck:
    from importlib.metadata import version  # reads e-mail headers, which the window's start does without

    try:
        importlib.import_module(name)
        distribution = {"PIL": "pillow", "pygame": "pygame-ce"}.get(name, name)
        return MachineCheck(well=True, what=f"{distribution} {version(distribution)}")
    except ImportError as error:
        return MachineCheck(well=False, what=f"{name} cannot be imported ({error})", fix="pip install -e .")


def _processors() -> MachineCheck:
    count = os.cpu_count() or 1
    fix = "" if count >= 2 else "it runs, at half the speed: images are computed on two cores"
    return MachineCheck(well=count >= 2, what=f"{count} processors", fix=fix)


def _memory() -> MachineCheck:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return MachineCheck(well=True, what="memory: this system does not tell")
    well = size >= LEAST_MEMORY_BYTES
    return MachineCheck(well=well, what=f"{size / 1e9:.1f} GB of memory", fix="" if well else "2 GB are needed")


def _disk() -> list[MachineCheck]:
    folder = Path(platformdirs.user_cache_dir("ct-fluoro-sim", appauthor=False))
    found = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        free = shutil.disk_usage(folder).free
        well = free >= LEAST_FREE_BYTES
        found.append(
            MachineCheck(
                well=well,
                what=f"{free / 1e9:.1f} GB free for the cache",
                fix="" if well else "free a gigabyte; without a cache every start takes a minute",
            )
        )
    except OSError as error:
        found.append(
            MachineCheck(
                well=False,
                what=f"the cache folder cannot be written ({error.strerror})",
                fix="it runs, but every start compiles and builds anew; make the user's cache folder writable",
            )
        )
    return found


def display_lacks() -> str | None:
    """Why no window can be opened, in words; None where nothing speaks against one."""
    if os.environ.get("SDL_VIDEODRIVER"):
        return None
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "there is no display to open a window on"
    return None


def _display() -> MachineCheck:
    lacks = display_lacks()
    if lacks is None:
        return MachineCheck(well=True, what="a display for the window")
    return MachineCheck(well=False, what=lacks, fix="only `play` needs one; `demo`, `run` and `bench` do not")
