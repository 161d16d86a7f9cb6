"""Tip drill: presses of which the tip is read, made behind the window; where it lies is told once it was answered."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from simulator.gui.drawing.window_level import Hounsfield
from simulator.vocabulary.progress import Progress

READY_MOST = 2  # presses that are made ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPress:
    """Three slices as acquired, from the head down.

    Attributes:
        number: from 0
    """

    number: int
    slices: tuple[Hounsfield, ...]
    pixel_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillAnswer:
    """Where the tip was read.

    Attributes:
        slice_index: None where it was read to lie in none of the slices
    """

    slice_index: int | None
    row: float = 0.0
    column: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillVerdict:
    """Where the tip lies.

    Attributes:
        slice_index: None where it lies in none of the slices
        beyond_mm: how far it lies beyond them, towards the head above 0
        error_mm: from what was answered to the tip; None where either said that it lies in none of the slices
        right: whether the answer was of the right kind: a slice, or none
    """

    slice_index: int | None
    row: float
    column: float
    beyond_mm: float
    error_mm: float | None
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRound:
    """Two minutes of a learner.

    Attributes:
        started: UTC time
        seed: of its presses
        errors_mm: of every answer that has one
        wrong: answers of the wrong kind: a slice where the tip was in none, or the other way round
    """

    started: str
    seed: int
    errors_mm: tuple[float, ...]
    answers: int
    wrong: int

    @property
    def median_error_mm(self) -> float | None:
        """Median of the errors; None without any."""
        found = sorted(self.errors_mm)
        if not found:
            return None
        middle = len(found) // 2
        return found[middle] if len(found) % 2 else 0.5 * (found[middle - 1] + found[middle])


class DrillSource(Protocol):
    """Makes presses and judges answers."""

    def press(self, number: int) -> DrillPress:
        """One press, the same for the same number."""
        ...

    def judge(self, number: int, answer: DrillAnswer) -> DrillVerdict:
        """Where the tip of a press lies, against what was answered."""
        ...


OpenDrill = Callable[[Progress], DrillSource]


class DrillWorker:
    """A thread that makes presses ahead of the learner.

    Attributes:
        progress: what is being done, and the part of it that is done; None once presses come
        failure: why no press comes any more
    """

    def __init__(self, open_source: OpenDrill) -> None:
        self._open = open_source
        self._ready: queue.Queue[DrillPress] = queue.Queue(READY_MOST)
        self._stopping = threading.Event()
        self.source: DrillSource | None = None
        self.progress: tuple[str, float] | None = ("getting ready", 0.0)
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="tip drill", daemon=True)
        self._thread.start()

    def take(self) -> DrillPress | None:
        """The next press; None while it is being made."""
        try:
            return self._ready.get_nowait()
        except queue.Empty:
            return None

    def stop(self) -> None:
        """Make no more presses."""
        self._stopping.set()

    def _work(self) -> None:
        try:
            self.source = self._open(self._note)
            self.progress = None
            number = 0
            while not self._stopping.is_set():
                self._put(self.source.press(number))
                number += 1
        except _StoppedError:
            return
        except Exception as error:  # the window says it: a thread that dies silently would leave it waiting
            self.failure = error

    def _put(self, press: DrillPress) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(queue.Full):
                self._ready.put(press, timeout=0.1)
                return

    def _note(self, what: str, fraction: float) -> None:
        if self._stopping.is_set():
            raise _StoppedError
        self.progress = (what, fraction)


class _StoppedError(Exception):
    """The drill was left while its patient was being built."""
