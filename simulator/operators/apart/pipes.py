"""Pipes: both ways to a process that may never read and never answer, with a time after which it is not waited for."""

from __future__ import annotations

import os
import queue
import threading
from typing import Any

from simulator.operators.apart.messages import LONGEST_ANSWER, pack, read_body, unpack
from simulator.operators.apart.typed_json import MistypedError

KEPT_ANSWERS = 4  # that a process may give unasked before its pipe is full


class EndedError(Exception):
    """The process has closed its end."""


class Pipes:
    """The ends of two pipes, each served by a thread, so that no wait lasts longer than asked.

    Args:
        to_process, from_process: descriptors; closed when the process has closed its ends
    """

    def __init__(self, to_process: int, from_process: int) -> None:
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._answers: queue.Queue[bytes | MistypedError | None] = queue.Queue(KEPT_ANSWERS)
        for serve, descriptor in ((self._write, to_process), (self._read, from_process)):
            threading.Thread(target=serve, args=(descriptor,), daemon=True).start()

    def send(self, message: dict[str, Any]) -> None:
        """Hand a message over; a process that is gone takes none, which the next wait tells."""
        self._outgoing.put(pack(message))

    def receive(self, seconds: float) -> dict[str, Any]:
        """The next answer.

        Raises:
            TimeoutError: there was none in time.
            EndedError: there will be none.
            MistypedError: it is none.
        """
        try:
            answer = self._answers.get(timeout=max(seconds, 0.0))
        except queue.Empty as error:
            raise TimeoutError from error
        if answer is None:
            raise EndedError
        if isinstance(answer, MistypedError):
            raise answer
        return unpack(answer)

    def close(self) -> None:
        """Close the way to the process; call it when the process has ended or is to end."""
        self._outgoing.put(None)
        while not self._answers.empty():  # the thread that reads may wait for room
            self._answers.get_nowait()

    def _write(self, descriptor: int) -> None:
        try:
            while (data := self._outgoing.get()) is not None:
                view = memoryview(data)
                while view:
                    view = view[os.write(descriptor, view) :]
        except OSError:
            pass  # the process is gone
        finally:
            os.close(descriptor)

    def _read(self, descriptor: int) -> None:
        body: bytes | MistypedError | None = b""
        try:
            while isinstance(body, bytes):
                try:
                    body = read_body(descriptor, LONGEST_ANSWER)
                except MistypedError as error:
                    body = error
                self._answers.put(body)
        finally:
            os.close(descriptor)
