"""Confinement: what an operator's process can no longer do once it has begun, by the kernel's own means.

Landlock (Linux 5.13 and later, `man 7 landlock`) takes from a process, and from all that it starts, the files that are
not named, and with them the memory of other processes; newer kernels add TCP and signals. Elsewhere the process is
apart, but has the user's own rights (`docs/threat-model.md`). Numbers and structures: linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import sys
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # of every architecture
RULESET_VERSION, RULE_PATH_BENEATH = 1, 1
NO_NEW_PRIVILEGES = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, DEVICE_CONTROL = 1 << 14, 1 << 15
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
READ = EXECUTE | READ_FILE | READ_DIR
FILE_RIGHT_COUNTS = {1: 13, 2: 14, 3: 15, 4: 15}  # by version of the kernel's Landlock; later ones have 16
TCP_FROM, SCOPE_FROM = 4, 6
TCP, SCOPES = 0b11, 0b11  # bind and connect; abstract sockets and signals

LIBRARY_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
SYSTEM = (
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/urandom",
    "/dev/random",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self",
    "/sys/devices/system/cpu",
)
OURS = ("simulator", "phantoms", "scenarios", "tests", "run_sim.py")
MOST_FILES = 20_000  # of the operator's folder that are named one by one


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def limit_resources(memory_mb: int, processor_s: float) -> None:
    """Set the limits of memory, processor time and file sizes, where the system has such limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _lower(resource.RLIMIT_AS, memory_mb * 1_000_000)
    _lower(resource.RLIMIT_CPU, int(processor_s) + 60)  # whoever outlives the parent ends by itself
    _lower(resource.RLIMIT_FSIZE, 1_000_000_000)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, value: int) -> None:
    import resource

    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Paths that a process keeps.

    Attributes:
        read: files, and folders with all that is in them, that may be read
        listed: folders of which no more than names may be seen, which an import needs
        write: folders that are the process's own
    """

    read: tuple[str, ...]
    listed: tuple[str, ...]
    write: tuple[str, ...]


def confine(reach: Reach) -> bool:
    """Leave this process, and all that it starts, nothing but these paths; call it before any thread is started.

    Returns:
        whether the kernel does it
    """
    if not sys.platform.startswith("linux"):
        return False
    call = ctypes.CDLL(None, use_errno=True).syscall
    version = call(CREATE_RULESET, None, ctypes.c_size_t(0), RULESET_VERSION)
    if version < 1:
        return False
    rights = (1 << FILE_RIGHT_COUNTS.get(version, 16)) - 1
    ruleset = _Ruleset(rights, TCP if version >= TCP_FROM else 0, SCOPES if version >= SCOPE_FROM else 0)
    descriptor = call(CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(ctypes.sizeof(ruleset)), 0)
    if descriptor < 0:
        return False
    for path in reach.read:
        _allow(call, descriptor, path, READ & rights)
    for path in reach.listed:
        _allow(call, descriptor, path, READ_DIR)
    for path in reach.write:
        _allow(call, descriptor, path, rights & ~DEVICE_CONTROL)
    _allow(call, descriptor, os.devnull, READ_FILE | WRITE_FILE)
    library = ctypes.CDLL(None, use_errno=True)
    held: bool = library.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and call(RESTRICT_SELF, descriptor, 0) == 0
    os.close(descriptor)
    return held


def _allow(call: Callable[..., int], ruleset: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = rights if os.path.isdir(path) else rights & FILE_RIGHTS
    rule = _PathBeneath(rights, opened)
    call(ADD_RULE, ruleset, RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(opened)


def reach_of(operator_file: Path, libraries: Iterable[str], own: Path) -> Reach:
    """What an operator's process needs: the system's libraries, Python, other packages, the operator's own folder.

    Of the operator's folder the files themselves and packages count, not folders of data beside them: results of
    studies may lie there.

    Args:
        operator_file: the operator
        libraries: folders with packages of others, in which ours may be installed, too
        own: folder that the process has to itself
    """
    standard = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), os.path.dirname(os.__file__)}
    folders = sorted({*standard, *libraries})
    read = [*SYSTEM, sys.executable, os.path.realpath(sys.executable)]
    for folder in LIBRARY_FOLDERS:
        read += [entry.path for entry in _entries(folder) if not entry.name.startswith("python")]
    for folder in folders:
        read += [entry.path for entry in _entries(folder) if not _is_ours(entry.name)]
    beside = str(operator_file.parent)
    for entry in _entries(beside):
        package = entry.is_dir() and os.path.exists(os.path.join(entry.path, "__init__.py"))
        if (entry.is_file() or package) and not _is_ours(entry.name):
            read.append(entry.path)
    return Reach(read=tuple(read), listed=(*folders, beside), write=(str(own),))


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry, _ in zip(entries, range(MOST_FILES), strict=False)]
    except OSError:
        return []


def _is_ours(name: str) -> bool:
    return name in (*OURS, "site-packages", "dist-packages") or name.startswith(("ct_fluoro_sim", "__editable__"))
