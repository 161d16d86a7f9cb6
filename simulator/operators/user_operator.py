"""User operator: a user's class as an operator, from FILE.py:Class. What goes wrong in it is told as the user's fault.

The file is the user's own code, named on the command line or in a study, and is imported as any module is. That is done
in a process of its own (`apart/`), in which this file is the one that runs it.
"""

from __future__ import annotations

import difflib
import importlib.util
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulator.errors import UserInputError
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.operators.command_check import is_command, mistyped_field
from simulator.operators.operator_failure import OperatorFailureError, RunStatus


def source_file(name: str, folder: Path) -> Path:
    """The file that FILE.py:Class names; a relative one starts at the folder."""
    return folder / name.rpartition(":")[0]


def find_source(name: str, folder: Path) -> tuple[Path, str]:
    """File and class that FILE.py:Class names; UserInputError where it has another form or there is no such file."""
    file, _, wanted = name.rpartition(":")
    if not file.endswith(".py") or not wanted.isidentifier():
        raise UserInputError(f"--operator {name}", "this names no class in a file", "write FILE.py:Class")
    path = source_file(name, folder)
    if not path.is_file():
        here = sorted(p.name for p in path.parent.glob("*.py")) if path.parent.is_dir() else []
        raise UserInputError(
            str(path), "there is no such file", f"files here: {', '.join(here)}" if here else "check the path"
        )
    return path, wanted


class UserOperator:
    """An operator of the user's, fresh for each procedure.

    Args:
        name: FILE.py:Class
        folder: where a relative FILE starts

    Raises:
        UserInputError: there is no such file or class, it cannot be imported or made, or, when it operates, it
            raises an exception or gives something that is no command; the message names file and line.
    """

    def __init__(self, name: str, *, folder: Path) -> None:
        self.name = name
        self._path, self._class = find_source(name, folder)
        self._calls = 0
        made = self._within(lambda: self._load_class()(), f"{self._class}()")
        if not callable(made):
            fix = "def __call__(self, view): return Finish()"
            raise UserInputError(f"{self._path}: {self._class}", "its objects cannot be called with a view", fix)
        self._decide: Callable[[View], object] = made

    def __call__(self, view: View) -> Command:
        """The next command."""
        self._calls += 1
        what = f"{self._class}, asked for command {self._calls},"
        command = self._within(lambda: self._decide(view), what)
        if not is_command(command):
            given = f"the class {command.__name__}" if isinstance(command, type) else f"{command!r}"[:80]
            fix = "return one command of simulator.interface.commands, such as Finish()"
            raise OperatorFailureError(RunStatus.NONSENSE, str(self._path), f"{what} gave {given}", fix)
        wrong = mistyped_field(command)
        if wrong:
            told = f"{what} gave {type(command).__name__} with {wrong}"
            raise OperatorFailureError(RunStatus.NONSENSE, str(self._path), told, "mend the value")
        return command

    def _load_class(self) -> type:
        module = _import_file(self._path)
        found = getattr(module, self._class, None)
        if not isinstance(found, type):
            here = [key for key, value in vars(module).items() if isinstance(value, type) and not key.startswith("_")]
            near = difflib.get_close_matches(self._class, here, n=1)
            known = f"classes here: {', '.join(here) or 'none'}"
            raise UserInputError(
                str(self._path), f"there is no class {self._class!r}", f"did you mean {near[0]!r}?" if near else known
            )
        return found

    def _within(self, act: Callable[[], Any], what: str) -> Any:
        """Run the user's code; what it raises becomes one message with its line."""
        try:
            return act()
        except UserInputError:
            raise
        except BaseException as error:  # whatever it raises is its own: no Ctrl-C reaches this process
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if _lies_in(frame, self._path)]
            if isinstance(error, SyntaxError) and error.filename == str(self._path):
                lines.append(error.lineno)
            location = f"{self._path}:{lines[-1]}" if lines else str(self._path)
            said = str(error.msg if isinstance(error, SyntaxError) else error)
            status = RunStatus.MEMORY_LIMIT if isinstance(error, MemoryError) else RunStatus.RAISED
            told = f"{what} raised {type(error).__name__}" + (f": {said[:300]}" if said else "")
            raise OperatorFailureError(status, location, told) from error


def _import_file(path: Path) -> types.ModuleType:
    """The file as a module, imported once in a process."""
    name = f"operator_of_the_user_{path.resolve()}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserInputError(str(path), "this cannot be imported", "is it a Python file?")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses of the user look their module up
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _lies_in(frame: traceback.FrameSummary, path: Path) -> bool:
    return frame.filename == str(path)
