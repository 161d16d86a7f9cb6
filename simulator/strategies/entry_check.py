"""Entry check: an operator is run again over the views of a record, and must give the record's commands.

Nothing of a record is believed. Its case is drawn anew from its seed, its commands must be those of the operator that
was handed in, one by one, and events, images' looks and score are what carrying them out gives here. A record found by
looking ahead falls at the first command that its operator would not have given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.engine.advance import canonical
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.interface.commands import Command
from simulator.interface.level_names import with_typed_names
from simulator.interface.view import View
from simulator.operators.apart.limits import OperatorLimits
from simulator.operators.apart.operator_process import OperatorProcess
from simulator.operators.protocol import Operator
from simulator.records.replay import event_difference
from simulator.records.runs import score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_reader import read_session
from simulator.records.session_record import SessionRecord
from simulator.scenario.load import ScenarioFile
from simulator.strategies.outcome_row import Row, outcome_row
from simulator.strategies.patients import Patients
from simulator.strategies.run_end import treat_to_the_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of checking one record.

    Attributes:
        seed: that the record names; None where it cannot be read
        fault: why it does not count; "" where it does
        row: of the procedure as it was carried out here; None where it does not count
    """

    record: str
    seed: int | None
    fault: str
    row: Row | None


class _MismatchError(Exception):
    """The operator gives another command than the record has."""


class _Compared:
    """An operator whose commands, looks included, are held against a record's as they come."""

    def __init__(self, inner: Operator, session: Session, recorded: Sequence[Command]) -> None:
        self.name = inner.name
        self._inner, self._session = inner, session
        self._recorded = [canonical(with_typed_names(command)) for command in recorded]

    def __call__(self, view: View) -> Command:
        command = self._inner(view)
        done = [step.command for step in self._session.steps]
        for number, one in enumerate([*done, command]):
            self._hold(number, one)
        return command

    def _hold(self, number: int, command: Command) -> None:
        given = canonical(with_typed_names(command))
        if number >= len(self._recorded):
            raise _MismatchError(f"the record ends before command {number + 1}, and the operator gives {given}"[:300])
        if given != self._recorded[number]:
            told = f"command {number + 1} is {self._recorded[number]}"[:150]
            raise _MismatchError(f"{told}, and the operator gives {given}"[:300])


def check_record(
    folder: Path, *, operator: str, operator_folder: Path, file: ScenarioFile, patients: Patients,
    limits: OperatorLimits | None = None,
) -> Checked:  # fmt: skip
    """Whether an operator, run again over the views of a record, gives it.

    Args:
        folder: of the record
        operator: FILE.py:Class, from `operator_folder`
        file: the case on which it must have been made
        patients: kept from one record to the next
        limits: of the operator's process
    """
    try:
        record = read_session(folder)
    except UserInputError as unreadable:
        return Checked(record=folder.name, seed=None, fault=str(unreadable)[:300], row=None)
    seed = record.header.seed
    try:
        fault, row = _carried_out(record, operator, operator_folder, file, patients, limits)
    except UserInputError as error:
        fault, row = str(error)[:300], None
    return Checked(record=folder.name, seed=seed, fault=fault, row=None if fault else row)


def _carried_out(
    record: SessionRecord, operator: str, operator_folder: Path, file: ScenarioFile, patients: Patients,
    limits: OperatorLimits | None,
) -> tuple[str, Row | None]:  # fmt: skip
    header = record.header
    scenario = file.scenario_for(header.seed)
    if header.resolved != scenario.model_dump(mode="json"):
        return "its case is not the one that this seed draws", None
    case, session = patients.admit(
        scenario, name=file.name, seed=header.seed, location=str(file.path), folder=file.path.parent
    )
    if header.hands != case.world.settings.hands.name:
        return f"its hands are {header.hands!r}, the case's {case.world.settings.hands.name!r}", None
    if record.closing is None:
        return "it was never closed", None
    made = OperatorProcess(operator, folder=operator_folder, limits=limits)
    try:
        end = treat_to_the_end(session, _Compared(made, session, record.commands), raised=(_MismatchError,))
    except _MismatchError as mismatch:
        return str(mismatch), None
    finally:
        made.close()
    if len(session.steps) != len(record.commands):
        return f"it has {len(record.commands)} commands, the operator gives {len(session.steps)}", None
    difference = event_difference(record, session)
    card = score_session(case, session, header.operator)
    if difference is None and record.closing.digest != session.state.digest:
        difference = "its digest is not that of its commands"
    if difference is None and record.closing.scorecard != scorecard_to_json(card):
        difference = "its scorecard is not that of its commands"
    return difference or "", outcome_row(case, session, card, end)
