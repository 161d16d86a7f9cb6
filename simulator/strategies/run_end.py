"""Run end: an operator treats somebody until it ends, or cannot go on; either way there is an end with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from traceback import extract_tb

from simulator.engine.events import CommandRefused
from simulator.engine.session import Session
from simulator.interface.commands import Finish
from simulator.operators.operator_failure import OperatorFailureError, RunStatus
from simulator.operators.protocol import Operator

MOST_COMMANDS = 500
LONGEST_REASON = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """How a run ended.

    Attributes:
        reason: why it did not end well, "" where it did
        commands, refused: how many the operator gave, and how many of them the engine refused
    """

    status: RunStatus
    reason: str
    commands: int
    refused: int


def treat_to_the_end(
    session: Session,
    operator: Operator,
    *,
    most_commands: int = MOST_COMMANDS,
    raised: tuple[type[Exception], ...] = (),
) -> RunEnd:
    """Let an operator work until it finishes; one who fails or never finishes has the procedure finished for it.

    What the operator raises is its own: the run gets a status. What the engine raises is a defect and is raised.

    Args:
        most_commands: after which the procedure is finished
        raised: exceptions that are passed on, since whoever wraps the operator raises them
    """
    given = refused = 0
    last = ""
    failure: tuple[RunStatus, str] | None = None
    while not session.state.finished and given < most_commands and failure is None:
        view = session.view()
        try:
            command = operator(view)
        except OperatorFailureError as error:
            failure = error.status, str(error)
            break
        except raised:
            raise
        except Exception as error:
            failure = RunStatus.RAISED, _told(error)
            break
        given += 1
        for event in session.do(command):
            if isinstance(event, CommandRefused):
                refused, last = refused + 1, f"{event.command}: {event.reason}"
    if failure is None and not session.state.finished:
        told = f"{given} commands and no Finish, {refused} of them refused" + (f"; the last, {last}" if last else "")
        failure = RunStatus.COMMAND_LIMIT, told
    if not session.state.finished:
        session.do(Finish())
    status, reason = failure or (RunStatus.FINISHED, "")
    return RunEnd(status=status, reason=reason[:LONGEST_REASON], commands=given, refused=refused)


def _told(error: Exception) -> str:
    frames = extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "an operator that ships"
    return f"{place}: {type(error).__name__}: {error}"
