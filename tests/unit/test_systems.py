"""Systems: what only POSIX systems have is used where another way stands beside it, for labs on Windows and macOS.

A static test: it reads the sources and runs nothing of them. What `ctypes` loads and which paths exist it cannot see.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = [*sorted((PROJECT / "simulator").rglob("*.py")), *sorted((PROJECT / "phantoms").rglob("*.py"))]
SOURCES.append(PROJECT / "run_sim.py")

# Python's library reference, "Availability: Unix"
MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "spwd", "syslog", "termios", "tty"}
NAMES = {
    "os": {
        "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_PATH", "chown", "chroot", "fchmod", "fchown", "fork",
        "forkpty", "getegid", "geteuid", "getgid", "getgroups", "getloadavg", "getpgid", "getpgrp", "getpriority",
        "getresuid", "getsid", "getuid", "killpg", "lchown", "lockf", "mkfifo", "mknod", "nice", "posix_fadvise",
        "posix_fallocate", "posix_spawn", "pread", "pwrite", "register_at_fork", "sched_getaffinity",
        "sched_setaffinity", "sendfile", "setegid", "seteuid", "setgid", "setpgid", "setpriority", "setsid", "setuid",
        "statvfs", "sync", "sysconf", "tcgetpgrp", "ttyname", "uname", "wait", "wait3", "wait4", "waitid",
    },
    "select": {"epoll", "kqueue", "poll"},
    "signal": {
        "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGTSTP", "SIGUSR1",
        "SIGUSR2", "SIGWINCH", "alarm", "getitimer", "pause", "pthread_kill", "pthread_sigmask", "setitimer",
        "siginterrupt", "sigpending", "sigwait", "sigwaitinfo",
    },
    "socket": {"AF_UNIX", "socketpair"},
    "time": {"tzset"},
}  # fmt: skip
KEYWORDS = {"pass_fds", "preexec_fn"}  # of subprocess.Popen, refused on Windows
ASKS = ("sys.platform", "os.name", "platform.system", "hasattr(")
CAUGHT = {"AttributeError", "ImportError", "ModuleNotFoundError", "NotImplementedError"}


def posix_only(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every place that only POSIX systems have, by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if node.module in MODULES:
                yield node, str(node.module)
            known = NAMES.get(node.module or "", set())
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names if alias.name in known)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in NAMES.get(node.value.id, set()):
                yield node, f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.keyword) and node.arg in KEYWORDS:
            yield node, node.arg


class Source:
    """One file: whether another way stands beside a place of it."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        self._parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def unguarded(self) -> list[str]:
        """Places without another way."""
        return [f"{name} in line {node.lineno}" for node, name in posix_only(self.tree) if not self._guarded(node)]  # type: ignore[attr-defined]

    def _guarded(self, node: ast.AST, seen: frozenset[str] = frozenset()) -> bool:
        child, parent = node, self._parents.get(node)
        while parent is not None:
            if isinstance(parent, ast.If | ast.IfExp) and child is not parent.test and _asks(parent.test):
                return True
            if isinstance(parent, ast.Try) and child in parent.body and _catches(parent):
                return True
            body = getattr(parent, "body", [])
            if isinstance(body, list) and child in body and any(_leaves(one) for one in body[: body.index(child)]):
                return True
            if isinstance(parent, ast.FunctionDef) and self._called_guarded(parent.name, seen):
                return True
            child, parent = parent, self._parents.get(parent)
        return False

    def _called_guarded(self, name: str, seen: frozenset[str]) -> bool:
        """Whether a function of this file alone is called in guarded places alone."""
        if not name.startswith("_") or name in seen:
            return False
        calls = [
            one
            for one in ast.walk(self.tree)
            if isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load)
        ]
        return bool(calls) and all(self._guarded(one, seen | {name}) for one in calls)


def _asks(test: ast.expr) -> bool:
    return any(words in ast.unparse(test) for words in ASKS)


def _catches(tried: ast.Try) -> bool:
    """Whether what a system lacks is caught."""
    names = {ast.unparse(one) for handler in tried.handlers for one in _types(handler)}
    return bool(names & CAUGHT)


def _types(handler: ast.ExceptHandler) -> list[ast.expr]:
    if handler.type is None:
        return []
    return list(handler.type.elts) if isinstance(handler.type, ast.Tuple) else [handler.type]


def _leaves(statement: ast.stmt) -> bool:
    """Whether a statement leaves the function where the system lacks something."""
    if isinstance(statement, ast.If):
        return _asks(statement.test) and isinstance(statement.body[-1], ast.Return | ast.Raise)
    if isinstance(statement, ast.Try) and _catches(statement):
        return all(isinstance(handler.body[-1], ast.Return | ast.Raise) for handler in statement.handlers)
    return False


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_nothing_of_posix_alone_is_used_without_another_way(path: Path) -> None:
    assert Source(path.read_text(encoding="utf-8")).unguarded() == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import os\nos.fork()", ["os.fork in line 2"]),
        ("import fcntl", ["fcntl in line 1"]),
        ("try:\n    import fcntl\nexcept ImportError:\n    fcntl = None", []),
        ("try:\n    import fcntl\nexcept OSError:\n    fcntl = None", ["fcntl in line 2"]),
        ("from signal import setitimer", ["signal.setitimer in line 1"]),
        ("import sys, os\nif sys.platform != 'win32':\n    os.killpg(1, 9)", []),
        ("def _a():\n    os.nice(1)\ndef b():\n    _a()", ["os.nice in line 2"]),
        ("def _a():\n    os.nice(1)\ndef b():\n    if sys.platform == 'win32':\n        return\n    _a()", []),
        ("subprocess.Popen(x, preexec_fn=f)", ["preexec_fn in line 1"]),
        ("def f():\n    try:\n        import resource\n    except ImportError:\n        return\n    os.getuid()", []),
    ],
)
def test_the_search_itself_finds_and_forgives(text: str, found: list[str]) -> None:
    assert Source(text).unguarded() == found


def test_what_the_sources_use_is_found_at_all() -> None:
    """A search that found nothing would say nothing."""
    names = {name for path in SOURCES for _, name in posix_only(ast.parse(path.read_text(encoding="utf-8")))}
    assert {"fcntl", "resource", "os.killpg", "signal.pthread_kill"} <= names
