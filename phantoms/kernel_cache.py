"""Where compiled kernels are kept, so that a changed kernel never runs stale.

Numba's own cache looks only at the file that holds a function; a kernel that inlines a helper of another file
would survive an edit of the helper. The cache folder is therefore named after a digest of every kernel source,
the numba version and the kind of processor (numba's own index tells processors of one kind apart). A folder that
cannot be written costs only time: a temporary one serves, and goes with the process.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import platform
import shutil
import sys
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path

import platformdirs

CACHE_VARIABLE = "NUMBA_CACHE_DIR"
_PROJECT = Path(__file__).resolve().parents[1]


def _digest() -> str:
    digest = hashlib.sha256()
    for package in ("phantoms", "simulator"):
        for source in sorted((_PROJECT / package).rglob("*_kernels.py")):
            digest.update(source.relative_to(_PROJECT).as_posix().encode())
            digest.update(source.read_bytes())
    digest.update(metadata.version("numba").encode())
    digest.update(f"{platform.machine()} {platform.processor()} {sys.version_info[:3]}".encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """A folder for compiled kernels that belongs to exactly these sources; the one that the user chose, if any."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    folder = Path(platformdirs.user_cache_dir("ct-fluoro-sim", appauthor=False)) / "kernels" / _digest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="ct-fluoro-sim-kernels-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def process_cache_folder() -> Path:
    """The folder that this process keeps to, and hands to processes that it starts; chosen once."""
    return cache_folder()
