"""Earlier: what a record holds already, when its session is carried out again in order to go on."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from simulator.engine.advance import plain
from simulator.engine.events import Event
from simulator.errors import UserInputError
from simulator.interface.commands import Command
from simulator.records.session_record import SessionRecord
from simulator.records.strict_json import json_line

Line = tuple[str, Any]


class Earlier:
    """Holds what is done again against the record, and tells what is new.

    Commands and their events must come in the recorded order; the last command's events may have been cut short.
    Images are known by their number and slices, since a person looks at them in any order.

    Args:
        record: of the session that goes on
    """

    def __init__(self, record: SessionRecord) -> None:
        self._path = record.path
        self._steps = deque(record.steps)
        self._done = 0
        self._images = {(image.number, image.slices) for image in record.images}
        self._scouts = {image.number for image in record.scouts}
        self.closed = record.closing is not None

    def unrecorded(self, command: Command, events: Sequence[Event]) -> list[Line]:
        """The lines of a command that the record lacks: none for one that was recorded whole.

        Raises:
            UserInputError: the record says otherwise.
        """
        new: list[Line] = [("command", plain(command)), *(("event", plain(event)) for event in events)]
        if not self._steps:
            if self.closed:
                raise UserInputError(
                    str(self._path),
                    f"this session was finished after {self._done} commands",
                    "a finished session takes no more",
                )
            return new
        step = self._steps.popleft()
        self._done += 1
        old: list[Line] = [("command", plain(step.command)), *(("event", plain(event)) for event in step.events)]
        cut_short = not self._steps and not self.closed
        for index, line in enumerate(new):
            if index == len(old) and cut_short:
                return new[index:]
            if index >= len(old) or json_line(line) != json_line(old[index]):
                raise self._otherwise(line, old[index] if index < len(old) else None)
        if len(old) > len(new):
            raise self._otherwise(None, old[len(new)])
        return []

    def holds_image(self, number: int, slices: tuple[int, ...] | None) -> bool:
        """Whether an image is recorded already."""
        return (number, slices) in self._images

    def holds_scout(self, number: int) -> bool:
        """Whether the picture of a scout is recorded already."""
        return number in self._scouts

    def _otherwise(self, new: Line | None, old: Line | None) -> UserInputError:
        what = "command" if old is None or old[0] == "command" else "what came of command"
        return UserInputError(
            str(self._path),
            f"{what} {self._done} was {_words(old)}, and is now {_words(new)}",
            "go on with the operator, script and version that began it",
        )


def _words(line: Line | None) -> str:
    return "nothing" if line is None else json_line(line[1])[:160]
