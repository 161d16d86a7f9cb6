"""Engine worker: the one place where the window meets the engine.

A thread of its own carries out commands in the order in which they were sent and makes pictures when it has nothing
else to do. The window sends commands and reads messages; it holds no session and no state of the procedure.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from simulator.errors import UserInputError
from simulator.gui.engine_worker.messages import (
    CommandDone,
    DebriefReady,
    NoticeGiven,
    ProcedureOpened,
    ReportWritten,
    SlicesReady,
    WorkerMessage,
    WorkFailed,
    WorkProgressed,
)
from simulator.gui.engine_worker.procedure import Procedure
from simulator.interface.commands import Command
from simulator.vocabulary.progress import Progress

_COMMAND, _PICTURE, _SCROLL, _CLOSING = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class _Answered:
    """All messages of one command have been put before this."""


@dataclass(order=True, slots=True)
class _Job:
    urgency: int
    order: int
    work: Callable[[Procedure], None] = field(compare=False)


class EngineWorker:
    """The engine behind the window.

    Args:
        open_procedure: builds the patient; runs in the worker's thread and may take long
    """

    def __init__(self, open_procedure: Callable[[Progress], tuple[Procedure, int]]) -> None:
        self._open = open_procedure
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._messages: queue.SimpleQueue[WorkerMessage | _Answered] = queue.SimpleQueue()
        self._order = itertools.count()
        self._asked: set[tuple[int, tuple[int, ...]]] = set()
        self._waiting = 0
        self._busy_since: float | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="engine worker", daemon=True)

    def start(self) -> None:
        """Open the procedure in the worker's thread."""
        self._thread.start()

    def send(self, command: Command) -> None:
        """Have a command carried out after those that were sent before."""
        self._waiting += 1
        self._put(
            _COMMAND,
            lambda procedure: self._messages.put(CommandDone(command=command, view=procedure.do(command))),
        )

    def ask(self, number: int, indices: Sequence[int], *, urgent: bool = True) -> None:
        """Have slices of an acquisition made, once; commands go first."""
        key = (number, tuple(indices))
        if key in self._asked:
            return
        self._asked.add(key)
        self._put(_PICTURE if urgent else _SCROLL, lambda procedure: self._show(procedure, *key))

    def finish(self) -> None:
        """Close the record and have the debrief made, then the report."""
        self._put(_CLOSING, self._debrief)

    def poll(self) -> list[WorkerMessage]:
        """What has happened since the last call."""
        found: list[WorkerMessage] = []
        while True:
            try:
                message = self._messages.get_nowait()
            except queue.Empty:
                return found
            if isinstance(message, _Answered):
                self._waiting -= 1
            else:
                found.append(message)

    @property
    def pending(self) -> int:
        """Commands whose outcome has not been read with `poll`.

        Counted by the window's thread alone: a command that is carried out but not told yet would else seem
        done while the window still shows the view before it.
        """
        return self._waiting

    @property
    def busy_s(self) -> float:
        """For how long the present job has been worked on; 0 where there is none."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def stop(self) -> None:
        """End the thread after the present job, and leave the record closed to further lines."""
        self._stopping = True
        self._put(-1, lambda procedure: None)
        if self._thread.is_alive():
            self._thread.join(timeout=30.0)

    def _put(self, urgency: int, work: Callable[[Procedure], None]) -> None:
        self._jobs.put(_Job(urgency, next(self._order), work))

    def _work(self) -> None:
        procedure = self._guarded(self._begin, fatal=True)
        if procedure is None:
            return
        while not self._stopping:
            job = self._jobs.get()
            if self._stopping:
                break
            self._busy_since = time.monotonic()
            self._guarded(partial(self._carry_out, job, procedure), fatal=False)
            self._busy_since = None
            if job.urgency == _COMMAND:
                self._messages.put(_Answered())
        procedure.close()

    def _guarded(self, work: Callable[[], Procedure | None], *, fatal: bool) -> Procedure | None:
        """What the work gives; None where it failed, which the window is told."""
        try:
            return work()
        except UserInputError as fault:
            self._messages.put(WorkFailed(error=fault, fatal=fatal))
        except Exception as error:
            # The window must stay alive to say it: a thread that dies silently would leave a frozen screen.
            self._messages.put(WorkFailed(error=error, fatal=True))
        return None

    def _begin(self) -> Procedure:
        procedure, resumed = self._open(self._progress)
        self._messages.put(ProcedureOpened(view=procedure.view(), resumed=resumed))
        self._tell_notices(procedure)
        return procedure

    def _carry_out(self, job: _Job, procedure: Procedure) -> None:
        job.work(procedure)
        self._tell_notices(procedure)

    def _tell_notices(self, procedure: Procedure) -> None:
        for text in procedure.notices():
            self._messages.put(NoticeGiven(text=text))

    def _show(self, procedure: Procedure, number: int, indices: tuple[int, ...]) -> None:
        self._messages.put(SlicesReady(number=number, indices=indices, frame=procedure.picture(number, indices)))

    def _debrief(self, procedure: Procedure) -> None:
        self._messages.put(DebriefReady(debrief=procedure.debrief(self._progress)))
        self._messages.put(ReportWritten(path=procedure.report(self._progress)))

    def _progress(self, what: str, fraction: float) -> None:
        self._messages.put(WorkProgressed(what=what, fraction=fraction))
