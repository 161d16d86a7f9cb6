"""Progress: bars on standard error for anything that takes over a second."""

from __future__ import annotations

import contextlib
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from simulator.shown_text import shown_text


class Bars:
    """One bar for each kind of work that has been reported; silent where standard error is no terminal.

    Use as a context manager and hand `report` to whatever takes `progress`.
    """

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description:<32}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def report(self, what: str, share: float) -> None:
        """Say that this share (0..1) of a piece of work is done; at 1 its bar goes."""
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(shown_text(what), total=1.0)
        self._progress.update(self._tasks[what], completed=share)
        if share >= 1.0:
            self._progress.remove_task(self._tasks.pop(what))

    def say(self, text: str) -> None:
        """One line of plain words."""
        with contextlib.suppress(OSError):  # standard error takes nothing more, and nobody can be told
            self.console.print(shown_text(text), highlight=False, markup=False, soft_wrap=True)

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
