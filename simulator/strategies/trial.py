"""Trial: one run of a study, from its description to its row of the table."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from simulator.ct.scanner import Scanner
from simulator.engine.events import CommandRefused
from simulator.engine.session import Session
from simulator.errors import UserInputError
from simulator.files.whole_file import replace_whole
from simulator.operators import operator_named
from simulator.operators.operator_failure import OperatorFailureError, RunStatus
from simulator.operators.protocol import Operator
from simulator.operators.registry import names_a_file
from simulator.records.header import describe_case
from simulator.records.runs import RecordedSession, score_session
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.scenario.build import Case
from simulator.scenario.load import parse_scenario
from simulator.scoring.scorecard import Scorecard
from simulator.strategies.oracle import ORACLE, Oracle
from simulator.strategies.outcome_row import Row, outcome_row
from simulator.strategies.patients import Patients
from simulator.strategies.repeated_operator import RepeatedOperator
from simulator.strategies.run_end import RunEnd, treat_to_the_end
from simulator.strategies.study import Trial

__all__ = ["Row", "outcome", "run_trial"]


@cache
def _patients() -> Patients:
    return Patients()


def run_trial(trial: Trial) -> Row:
    """Carry out one run.

    Returns:
        {"key", "row"}, or {"key", "faults"} with location, what and fix of each where the user's input is at fault: an
        exception of ours does not travel between processes
    """
    try:
        return {"key": trial.key, "row": _row(trial)}
    except UserInputError as fault:
        return {"key": trial.key, "faults": [[one.location, one.what, one.fix] for one in fault.faults]}


def _row(trial: Trial) -> Row:
    logs: list[SessionLog] = []

    def begin(case: Case, scanner: Scanner) -> Session:
        if trial.records is None:
            return Session(case.world, scanner=scanner)
        logs.append(_open_log(trial, case))
        return RecordedSession(case, logs[-1], scanner=scanner)

    case, session = _patients().admit(
        parse_scenario(trial.resolved, trial.location),
        name=trial.scenario,
        seed=trial.seed,
        location=trial.location,
        folder=Path(trial.folder),
        begin=begin,
    )
    end, repeated = _treat(trial, session)
    card = score_session(case, session, trial.operator)
    for log in logs:
        _close_log(log, session, card)
    return {
        "key": trial.key,
        "scenario": trial.scenario,
        "operator": trial.operator,
        **dict(trial.point),
        "seed": trial.seed,
        **outcome_row(case, session, card, end),
        "commands_repeated": repeated,
    }


def outcome(case: Case, session: Session, operator: str) -> Row:
    """The row of a procedure that an operator led to its own end."""
    refused = [step for step in session.steps if any(isinstance(event, CommandRefused) for event in step.events)]
    end = RunEnd(status=RunStatus.FINISHED, reason="", commands=len(session.steps), refused=len(refused))
    return outcome_row(case, session, score_session(case, session, operator), end)


def _treat(trial: Trial, session: Session) -> tuple[RunEnd, bool | None]:
    """The run, and whether a second process agreed; None where there was none."""
    try:
        operator = _operator(trial, session)
    except OperatorFailureError as fault:  # it fails before it sees anything
        return treat_to_the_end(session, _failing(fault)), None
    except UserInputError as fault:  # it cannot be made, though it could when the study began
        failure = OperatorFailureError(RunStatus.RAISED, fault.location, fault.what, fault.fix)
        return treat_to_the_end(session, _failing(failure)), None
    try:
        end = treat_to_the_end(session, operator)
    finally:
        if hasattr(operator, "close"):
            operator.close()
    return end, _repeated(end.status) if trial.repeat else None


def _repeated(status: RunStatus) -> bool | None:
    """Whether two processes gave the same; None where what ended the run says nothing of it."""
    if status in (RunStatus.TIME_LIMIT, RunStatus.MEMORY_LIMIT, RunStatus.DIED):
        return None
    return status is not RunStatus.NOT_REPEATABLE


def _operator(trial: Trial, session: Session) -> Operator:
    if trial.operator == ORACLE:
        return Oracle(session)
    folder = Path(trial.operator_folder)
    if trial.repeat and names_a_file(trial.operator):
        return RepeatedOperator(trial.operator, folder=folder, limits=trial.limits)
    return operator_named(trial.operator, folder=folder, limits=trial.limits)


def _failing(fault: OperatorFailureError) -> Operator:
    class Failing:
        name = "failing"

        def __call__(self, view: object) -> Any:
            raise fault

    return Failing()


def _open_log(trial: Trial, case: Case) -> SessionLog:
    """The record of a run in a folder of its own, named by the run's key."""
    folder = Path(str(trial.records)) / trial.key
    record = folder / "session.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        record.unlink(missing_ok=True)  # of a run that was killed
    except OSError as error:
        raise UserInputError(str(folder), f"this cannot be written ({error.strerror})", "name another --out") from error
    header = describe_case(
        case,
        operator=trial.operator,
        hands=case.world.settings.hands.name,
        scenario_path=trial.location,
        learner=None,
        started=None,
        record=record,
    )
    return SessionLog(record, header)


def _close_log(log: SessionLog, session: Session, card: Scorecard) -> None:
    for number in session.presses():
        session.prepare_image(number)
    body = scorecard_to_json(card)
    log.close(digest=session.state.digest, scorecard=body)
    text = json.dumps(body, indent=1) + "\n"
    replace_whole(log.path.with_name("scorecard.json"), lambda beside: beside.write_text(text, encoding="utf-8"))
