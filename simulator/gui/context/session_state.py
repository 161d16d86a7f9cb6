"""Session state: how this session began, what was carried out in it, and what stands at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simulator.gui.debrief_facts import DebriefFacts, OtherEnd
from simulator.gui.engine_worker.procedure import Opening
from simulator.gui.engine_worker.start_desk import CaseCard
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.procedure import AcquisitionPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class StartChoice:
    """What was chosen on the first screen.

    Attributes:
        learner: pseudonym; None for nobody by name
        tutorial: whether the card of the tutorial leads through it
    """

    card: CaseCard
    learner: str | None
    guided: bool = True
    tutorial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneCommand:
    """A command that was carried out.

    Attributes:
        presses: fluoroscopy images after it
        pedal_down: whether the beam was on after it
        at_ms: on the simulated clock, after it
        refused: whether it changed nothing
    """

    command: Command
    presses: int
    pedal_down: bool
    at_ms: int = 0
    refused: bool = False

    @classmethod
    def seen(cls, command: Command, view: View) -> DoneCommand:
        """A command with what was perceived after it."""
        made = sum(entry.purpose == AcquisitionPurpose.FLUOROSCOPY for entry in view.console.acquired)
        return cls(
            command=command,
            presses=made,
            pedal_down=view.console.pedal_down,
            at_ms=view.elapsed_ms,
            refused=view.refused is not None,
        )


@dataclass(slots=True)
class SessionState:
    """From the choice on the first screen to the debrief.

    Attributes:
        chosen: what was chosen on the first screen, if anything
        assisted: whether this session is branched off another one, for practice
        resumed: commands that were carried out before the session was gone on with; 0 once something is done
        branch: opens this patient after the first of the commands that were carried out, `done`
        tip_marks: where the trainee saw the tip, in the scanner's frame, by the press's number
        debrief: facts of the debrief; None before the end
        other_end: what the expert does from a command on; None before it was asked for
        other_end_of: the command (from 1) that the expert is working from; None where nobody waits
        report_path: of the report that was written; empty before
    """

    chosen: StartChoice | None = None
    assisted: bool = False
    resumed: int = 0
    branch: Callable[[Sequence[Command]], Opening] | None = None
    done: list[DoneCommand] = field(default_factory=list)
    tip_marks: dict[int, TablePoint] = field(default_factory=dict)
    debrief: DebriefFacts | None = None
    other_end: OtherEnd | None = None
    other_end_of: int | None = None
    report_path: str = ""
