"""Session record: a record as it is read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from simulator.engine.events import Event
from simulator.interface.commands import Command
from simulator.records.header import Header
from simulator.scoring.scorecard import Scorecard

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRecord:
    """What is kept of an image that was shown: which slices (None: all), its digest, and samples of its HU."""

    number: Annotated[int, Field(ge=0)]
    slices: tuple[int, ...] | None
    digest: Digest
    probe: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The closing line.

    Attributes:
        lines, sha256: how many lines stand above it, and their digest
        digest: of the session, chained over all commands and events; None where the record does not hold it
        scorecard: in plain JSON types; None where the session was not scored
    """

    lines: int
    sha256: Digest
    digest: Digest | None
    scorecard: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedStep:
    """A command and what the record says came of it; of the last one a part may be missing."""

    command: Command
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """A record as read back.

    Attributes:
        path: of the record
        format: in which it was written; all else is as the present format has it
        scouts: their images, as those of other acquisitions but without slices
        closing: None where the session was left or killed before its end
        scorecard: of the closing line; None where there is none
        lines, whole_bytes, sha256: of the whole lines
        torn_bytes: of a last line that was never finished
    """

    path: Path
    format: int
    header: Header
    steps: tuple[RecordedStep, ...] = ()
    images: tuple[ImageRecord, ...] = ()
    scouts: tuple[ImageRecord, ...] = ()
    closing: Closing | None = None
    scorecard: Scorecard | None = None
    lines: int = 0
    whole_bytes: int = 0
    sha256: str = ""
    torn_bytes: int = 0

    @property
    def commands(self) -> list[Command]:
        """All commands, in order."""
        return [step.command for step in self.steps]

    @property
    def events(self) -> list[Event]:
        """All events, in order."""
        return [event for step in self.steps for event in step.events]

    @property
    def torn(self) -> str:
        """One sentence on a torn end; empty where there is none."""
        if self.torn_bytes == 0:
            return ""
        return f"{self.path} ends in a torn line of {self.torn_bytes} bytes, which is left out."
