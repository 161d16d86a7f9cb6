"""Worker messages: what the engine worker tells the window, one type for each thing that can happen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.gui.debrief_facts import DebriefFacts, OtherEnd
from simulator.gui.engine_worker.procedure import Opening
from simulator.interface.commands import Command
from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph
from simulator.interface.view import View

Past = tuple[tuple[Command | None, View], ...]
"""Commands with what was perceived after each; the first View stands without a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureOpened:
    """The patient is on the table.

    Attributes:
        resumed: commands that were carried out again
        used_s: since its record was begun, on the wall; 0 for a program's
        branch: opens the same patient after the first commands, for practice
        past: what was perceived so far: the first View, then each of those commands with the View after it
    """

    view: View
    resumed: int = 0
    used_s: float = 0.0
    past: Past
    branch: Callable[[Sequence[Command]], Opening] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDone:
    """A command was carried out."""

    command: Command
    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicesReady:
    """Some slices of an acquisition are ready."""

    number: int
    indices: tuple[int, ...]
    frame: Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoutReady:
    """The picture of a scout is ready."""

    number: int
    radiograph: Radiograph


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkProgressed:
    """A fraction of something long is done."""

    what: str
    fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefReady:
    """The procedure is over; what the debrief shows, None where the teacher releases it."""

    debrief: DebriefFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEndReady:
    """The expert has gone on from a command (from 1) to the end; None where that was given up."""

    number: int
    other_end: OtherEnd | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWritten:
    """The report lies here."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGiven:
    """Something that the trainee should read, and that ends nothing."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFailed:
    """Something went wrong that the trainee must know of; `fatal` where the procedure cannot go on."""

    error: Exception
    fatal: bool


WorkerMessage = (
    ProcedureOpened
    | CommandDone
    | SlicesReady
    | ScoutReady
    | WorkProgressed
    | DebriefReady
    | OtherEndReady
    | ReportWritten
    | NoticeGiven
    | WorkFailed
)
