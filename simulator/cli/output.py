"""Output: what the program says and gives, in a form that every terminal, pipe and file takes.

Words go to standard error, results to standard output. Names and paths are shown with everything escaped that a
terminal would obey. Where standard output takes nothing more that is the user's fault in one sentence; what standard
error does not take is left unsaid.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

from simulator.errors import UserInputError
from simulator.shown_text import shown_text


def say(sentence: str) -> None:
    """One line of words, on standard error."""
    print(shown_text(sentence), file=sys.stderr)


def ask(question: str) -> str:
    """The answer of whoever sits at the terminal to one question; empty where there is none."""
    print(shown_text(question), end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def give(line: str) -> None:
    """One line of a result, on standard output."""
    print(shown_text(line))


def give_json(value: Any) -> None:
    """A result as one line of JSON, on standard output."""
    print(json.dumps(value).replace("\x7f", "\\u007f"))


def give_text(text: str) -> None:
    """Several lines of a result, on standard output."""
    print("\n".join(shown_text(line) for line in text.split("\n")), end="")


class _Given:
    """A standard stream whose errors are told in one sentence."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write; UserInputError where the stream takes nothing more."""
        with self._told():
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        """Flush; UserInputError where the stream takes nothing more."""
        with self._told():
            self._stream.flush()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            _close_quietly(self._stream)
            raise
        except (OSError, ValueError) as error:  # ValueError: it was closed
            _close_quietly(self._stream)
            why = getattr(error, "strerror", None) or str(error)
            raise UserInputError("standard output", f"it takes nothing more ({why})", "send it elsewhere") from error


class _Said(_Given):
    """A standard stream whose errors nobody can be told."""

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError):
            _close_quietly(self._stream)


@contextlib.contextmanager
def guarded_streams() -> Iterator[None]:
    """Both standard streams write what they can, and say in one sentence, or not at all, what they cannot."""
    before = sys.stdout, sys.stderr
    for stream in before:
        with contextlib.suppress(AttributeError, ValueError):  # a stream that a caller put there
            cast("Any", stream).reconfigure(errors="backslashreplace")
    given, said = (cast("TextIO", kind(stream)) for kind, stream in zip((_Given, _Said), before, strict=True))
    sys.stdout, sys.stderr = (given if before[0] else before[0]), (said if before[1] else before[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _close_quietly(stream: TextIO) -> None:
    """Let what still waits go nowhere, so that the end of the process does not stumble over it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
