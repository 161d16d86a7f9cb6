"""Procedure: what the window asks of whatever carries out its commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from simulator.gui.debrief_facts import DebriefFacts, OtherEnd
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph
from simulator.interface.view import View
from simulator.vocabulary.progress import Progress


class Procedure(Protocol):
    """A procedure as the engine worker uses it: Views out, Commands in, and a debrief when it is over."""

    def do(self, command: Command) -> View:
        """Carry out a command; what is perceived afterwards."""
        ...

    def view(self) -> View:
        """What is perceived now."""
        ...

    def past(self) -> tuple[tuple[Command | None, View], ...]:
        """What was perceived so far: the first View, then each command that was carried out again with its View."""
        ...

    def branch(self, commands: Sequence[Command]) -> Opening:
        """What opens the same patient after the first commands, in a record of its own."""
        ...

    def picture(self, number: int, indices: Sequence[int]) -> Frame:
        """Slices of an acquisition, made before anybody looks at them."""
        ...

    def scout(self, number: int) -> Radiograph:
        """Picture of a scout."""
        ...

    def debrief(self, progress: Progress) -> DebriefFacts | None:
        """Close the record; what the debrief shows, None where the teacher releases it. Only when it is finished."""
        ...

    def other_end(self, number: int, progress: Progress) -> OtherEnd:
        """How the expert would have gone on from a command (from 1) of the finished procedure, and how that ends."""
        ...

    def report(self, progress: Progress) -> str:
        """Write the report; where it is."""
        ...

    def used_s(self) -> float:
        """Time on the wall since the record was begun, s; 0 where nobody's time is kept."""
        ...

    def notices(self) -> list[str]:
        """Sentences for the trainee that have come since the last call."""
        ...

    def close(self) -> None:
        """Leave the record as it is."""
        ...


Opening = Callable[[Progress], tuple[Procedure, int]]
"""Builds a patient in the worker's thread; gives the procedure, and how many commands were carried out again."""
