"""Operator process: a user's operator in a process of its own, as this side sees it.

It is called with Views like every operator. What the other process does beside answering with commands - nothing, too
late, too much, its own end - becomes one `OperatorFailureError` that says how it failed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.apart.image_memory import ImageMemory
from simulator.operators.apart.interface_copy import child_file, copy_interface
from simulator.operators.apart.limits import STARTING_S, OperatorLimits
from simulator.operators.apart.messages import command_from_plain, view_to_plain
from simulator.operators.apart.pipes import EndedError, Pipes
from simulator.operators.apart.typed_json import MistypedError
from simulator.operators.command_check import mistyped_field
from simulator.operators.operator_failure import OperatorFailureError, RunStatus
from simulator.operators.user_operator import find_source

ENDS_S = 5.0  # that a process which closed its pipe may take to end
GREATEST_LINE = 300  # characters of what a process says of itself
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class OperatorProcess:
    """An operator of the user's, fresh for one procedure, in a process that ends with it.

    Args:
        name: FILE.py:Class
        folder: where a relative FILE starts
        limits: what it may take; the usual ones if None

    Raises:
        UserInputError: there is no such file or class, or it cannot be imported or made.
        OperatorFailureError: when it is called, it gave no command.
    """

    def __init__(self, name: str, *, folder: Path, limits: OperatorLimits | None = None) -> None:
        self.name = name
        self._path, self._class = find_source(name, folder)
        self._limits = limits or OperatorLimits()
        self._calls, self._used_s = 0, 0.0
        self._own = Path(tempfile.mkdtemp(prefix="operator-"))
        self._images = ImageMemory(self._own)
        try:
            self._process = _start(self._own, self._greeting())
        except BaseException:
            _clean(None, self._own, self._images)
            raise
        self._end = weakref.finalize(self, _clean, self._process, self._own, self._images)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipes = Pipes(os.dup(self._process.stdin.fileno()), os.dup(self._process.stdout.fileno()))
        self._process.stdin.close()
        self._process.stdout.close()
        self.confined = bool(self._answer("its start", STARTING_S).get("confined"))
        self._images.hide()

    def __call__(self, view: View) -> Command:
        """The next command."""
        self._calls += 1
        what = f"{self._class}, asked for command {self._calls},"
        self._pipes.send({"view": view_to_plain(view)})
        left_s = self._limits.decision_s
        for _ in range(self._limits.images + 1):
            began = time.monotonic()
            answer = self._answer(what, min(left_s, self._limits.run_s - self._used_s))
            spent_s = time.monotonic() - began
            self._used_s += spent_s
            left_s -= spent_s
            if "image" not in answer:
                return self._command(answer, what)
            self._pipes.send(self._images.form(view.images, answer))
        self.close()
        told = f"{what} asked for more than {self._limits.images} images and gave none"
        raise OperatorFailureError(RunStatus.TIME_LIMIT, str(self._path), told, "keep what was looked at")

    def close(self) -> None:
        """End the process and remove what it had; it is not asked any more."""
        self._end()
        self._pipes.close()

    def _greeting(self) -> dict[str, Any]:
        libraries = [path for path in (*site.getsitepackages(), *_packages_on_the_path()) if os.path.isdir(path)]
        return {
            "file": str(self._path.resolve()),
            "class": self._class,
            "own": str(self._own),
            "images": self._images.file,
            "libraries": list(dict.fromkeys(libraries)),
            "memory_mb": self._limits.memory_mb,
            "run_s": self._limits.run_s,
        }

    def _answer(self, what: str, seconds: float) -> dict[str, Any]:
        """The next answer that is no fault; the process ends with a fault."""
        place = str(self._path)
        try:
            answer = self._pipes.receive(seconds)
        except TimeoutError as error:
            self.close()
            limits = f"{self._limits.decision_s:g} s a command, {self._limits.run_s:g} s a run"
            told = f"{what} gave none in time ({limits})"
            raise OperatorFailureError(RunStatus.TIME_LIMIT, place, told, "decide sooner") from error
        except EndedError as error:
            how = self._how_it_ended()
            self.close()
            raise OperatorFailureError(RunStatus.DIED, place, f"{what} ended its process ({how})") from error
        except MistypedError as error:
            self.close()
            raise OperatorFailureError(RunStatus.NONSENSE, place, f"{what}: {error}") from error
        if "fault" in answer:
            self.close()
            raise self._fault(answer["fault"])
        return answer

    def _fault(self, told: Any) -> UserInputError:
        """A fault as the process tells it, which may say anything."""
        told = told if isinstance(told, dict) else {}
        location, what, fix = (str(told.get(key))[:GREATEST_LINE] for key in ("location", "what", "fix"))
        known = {str(one): one for one in (RunStatus.RAISED, RunStatus.NONSENSE, RunStatus.MEMORY_LIMIT)}
        status = known.get(str(told.get("status")))
        if status is None and self._calls == 0:
            return UserInputError(location, what, fix)
        return OperatorFailureError(status or RunStatus.RAISED, location, what, fix)

    def _command(self, answer: dict[str, Any], what: str) -> Command:
        try:
            command = command_from_plain(answer)
            wrong = mistyped_field(command)
        except MistypedError as error:
            wrong = str(error)
        if wrong:
            self.close()
            raise OperatorFailureError(RunStatus.NONSENSE, str(self._path), f"{what} gave {wrong}"[:GREATEST_LINE])
        return command

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            return "it closed its pipe"
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _start(own: Path, greeting: dict[str, Any]) -> subprocess.Popen[bytes]:
    """The process, with nothing of ours but a copy of the interface, and with none of our variables."""
    site_folder, home = own / "site", own / "home"
    home.mkdir()
    copy_interface(site_folder)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    variables = {"HOME": str(home), "TMPDIR": str(home), "PYTHONHASHSEED": "0", **dict.fromkeys(THREADS, "1")}
    return subprocess.Popen(
        [sys.executable, "-s", "-S", "-P", str(child_file(site_folder)), str(site_folder), json.dumps(greeting)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=home,
        env={**kept, **variables},
        start_new_session=True,
    )


def _clean(process: subprocess.Popen[bytes] | None, own: Path, images: ImageMemory) -> None:
    if process is not None:
        _kill(process)
    images.remove()
    shutil.rmtree(own, ignore_errors=True)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The process and all that it started in its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):  # gone already, or a system without groups
        process.kill()
    process.wait()


def _packages_on_the_path() -> list[str]:
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
