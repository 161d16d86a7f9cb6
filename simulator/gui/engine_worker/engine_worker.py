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
    OtherEndReady,
    ProcedureOpened,
    ReportWritten,
    ScoutReady,
    SlicesReady,
    WorkerMessage,
    WorkFailed,
    WorkProgressed,
)
from simulator.gui.engine_worker.procedure import Procedure
from simulator.interface.command_words import command_name
from simulator.interface.commands import Command, LookAt
from simulator.vocabulary.progress import Progress

_COMMAND, _PRESS, _LOOKED_AT, _SCAN, _CLOSING = range(5)
_APART = 1_000_000  # no session asks for so many pictures: orders of two scans never mix
_PictureKey = tuple[int, tuple[int, ...]]


class _StoppedError(Exception):
    """The window is closing: what is being computed is given up."""


class _GivenUpError(Exception):
    """Nobody waits any longer for the other end."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """All messages of one command have been put before this."""


@dataclass(order=True, slots=True)
class _Job:
    urgency: int
    order: int
    work: Callable[[Procedure], None] = field(compare=False)
    what: str = field(compare=False, default="")
    counts: bool = field(compare=False, default=False)


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
        self._asked: dict[_PictureKey, int] = {}
        self._unread: set[_PictureKey] = set()
        self._waiting = 0
        self._present: tuple[str, float] | None = None
        self._interruptible = True
        self._wanted_end: int | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="engine worker", daemon=True)

    def start(self) -> None:
        """Open the procedure in the worker's thread."""
        self._thread.start()

    def send(self, command: Command) -> None:
        """Have a command carried out after those that were sent before."""
        self._waiting += 1
        self._put(_Job(_COMMAND, next(self._order), self._doing(command), command_name(command), counts=True))

    def note_look(self, look: LookAt) -> None:
        """Have it written down that slices were looked at; nobody waits for that."""
        self._put(_Job(_COMMAND, next(self._order), self._doing(look)))

    def _doing(self, command: Command) -> Callable[[Procedure], None]:
        return lambda procedure: self._messages.put(CommandDone(command=command, view=procedure.do(command)))

    def ask(self, number: int, indices: Sequence[int], *, urgent: bool = True) -> None:
        """Have slices of an acquisition made; commands go first, what is urgent before what is not, later scans first.

        Slices that wait already are not asked for twice; they become urgent where they were not.
        """
        order = next(self._order)
        self._ask((number, tuple(indices)), _PRESS if urgent else _SCAN, order if urgent else order - number * _APART)

    def ask_scout(self, number: int) -> None:
        """Have the picture of a scout made, before the slices of scans."""

        def show(procedure: Procedure) -> None:
            self._messages.put(ScoutReady(number=number, radiograph=procedure.scout(number)))

        self._put(_Job(_PRESS, next(self._order), show, "scout"))

    def look_at(self, number: int, indices: Sequence[int]) -> None:
        """Have slices of a scan made before its others, since somebody looks there; the latest look goes first."""
        self._ask((number, tuple(indices)), _LOOKED_AT, -next(self._order))

    def _ask(self, key: _PictureKey, urgency: int, order: int) -> None:
        if self._asked.get(key, _CLOSING) <= urgency or key in self._unread:
            return
        self._asked[key] = urgency
        self._put(_Job(urgency, order, lambda procedure: self._show(procedure, key), "picture"))

    def forget_slices(self, number: int) -> int:
        """Do not make the slices of a scan that nobody has asked for by looking; how many groups were given up."""
        given_up = [key for key, urgency in list(self._asked.items()) if key[0] == number and urgency == _SCAN]
        for key in given_up:
            self._asked.pop(key, None)
        return len(given_up)

    def finish(self) -> None:
        """Close the record and have the debrief made, then the report."""
        self._put(_Job(_CLOSING, next(self._order), self._debrief, "debrief"))

    def bring_other_end(self, number: int) -> None:
        """Let the expert go on from a command (from 1) of the finished procedure; the latest wish replaces others."""
        self._wanted_end = number
        self._put(_Job(_CLOSING, next(self._order), lambda procedure: self._other_end(procedure, number), "other end"))

    def give_up_other_end(self) -> None:
        """Do not go on with it."""
        self._wanted_end = None

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
                if isinstance(message, SlicesReady):
                    self._unread.discard((message.number, message.indices))

    @property
    def pending(self) -> int:
        """Commands whose outcome has not been read with `poll`.

        Counted by the window's thread alone: a command that is carried out but not told yet would else seem
        done while the window still shows the view before it.
        """
        return self._waiting

    @property
    def working_on(self) -> str:
        """What the present job is, in words; "" where there is none."""
        present = self._present
        return "" if present is None else present[0]

    @property
    def busy_s(self) -> float:
        """For how long the present job has been worked on; 0 where there is none."""
        present = self._present
        return 0.0 if present is None else time.monotonic() - present[1]

    def ask_to_stop(self) -> None:
        """Have the thread end: a command that has begun is carried out, anything else is given up."""
        self._stopping = True
        self._put(_Job(-1, next(self._order), lambda procedure: None))

    @property
    def stopped(self) -> bool:
        """Whether the thread has ended, and with it all writing to the record."""
        return not self._thread.is_alive()

    def stop(self) -> None:
        """End the thread and leave the record closed to further lines."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(timeout=30.0)

    def _put(self, job: _Job) -> None:
        self._jobs.put(job)

    def _work(self) -> None:
        procedure = self._guarded(self._begin, fatal=True)
        if procedure is None:
            return
        while not self._stopping:
            job = self._jobs.get()
            if self._stopping:
                break
            self._present = (job.what, time.monotonic())
            self._interruptible = job.urgency != _COMMAND
            self._guarded(partial(self._carry_out, job, procedure), fatal=False)
            self._present = None
            if job.counts:
                self._messages.put(_Answered())
        procedure.close()

    def _guarded(self, work: Callable[[], Procedure | None], *, fatal: bool) -> Procedure | None:
        """What the work gives; None where it failed, which the window is told, or was given up."""
        try:
            return work()
        except _StoppedError:
            return None
        except UserInputError as fault:
            self._messages.put(WorkFailed(error=fault, fatal=fatal))
        except Exception as error:
            # The window must stay alive to say it: a thread that dies silently would leave a frozen screen.
            self._messages.put(WorkFailed(error=error, fatal=True))
        return None

    def _begin(self) -> Procedure:
        procedure, resumed = self._open(self._progress)
        self._messages.put(
            ProcedureOpened(
                view=procedure.view(),
                resumed=resumed,
                used_s=procedure.used_s(),
                past=procedure.past(),
                branch=procedure.branch,
            )
        )
        self._tell_notices(procedure)
        return procedure

    def _carry_out(self, job: _Job, procedure: Procedure) -> None:
        job.work(procedure)
        self._tell_notices(procedure)

    def _tell_notices(self, procedure: Procedure) -> None:
        for text in procedure.notices():
            self._messages.put(NoticeGiven(text=text))

    def _show(self, procedure: Procedure, key: _PictureKey) -> None:
        if key not in self._asked:
            return  # made already, when it was urgent, or given up
        self._unread.add(key)
        self._asked.pop(key, None)
        try:
            frame = procedure.picture(*key)
        except BaseException:
            self._unread.discard(key)
            raise
        self._messages.put(SlicesReady(number=key[0], indices=key[1], frame=frame))

    def _debrief(self, procedure: Procedure) -> None:
        self._messages.put(DebriefReady(debrief=procedure.debrief(self._progress)))
        self._messages.put(ReportWritten(path=procedure.report(self._progress)))

    def _other_end(self, procedure: Procedure, number: int) -> None:
        def progress(what: str, fraction: float) -> None:
            self._progress(what, fraction)
            if self._wanted_end != number:
                raise _GivenUpError

        try:
            progress("", 1.0)
            self._messages.put(OtherEndReady(number=number, other_end=procedure.other_end(number, progress)))
        except _GivenUpError:
            self._messages.put(OtherEndReady(number=number, other_end=None))
        self._messages.put(WorkProgressed(what="", fraction=1.0))

    def _progress(self, what: str, fraction: float) -> None:
        if self._stopping and self._interruptible:
            raise _StoppedError
        self._messages.put(WorkProgressed(what=what, fraction=fraction))
