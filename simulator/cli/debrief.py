"""Debrief: the report of one recorded session, of its forks, or of a cohort."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.arguments import Commands, named_path
from simulator.cli.output import give_json, say
from simulator.cli.records import read_record
from simulator.errors import UserInputError
from simulator.files.whole_file import must_be_own

if TYPE_CHECKING:  # imported where they are used, so that a wrong option is answered at once
    from simulator.engine.session import Session
    from simulator.records.session_record import SessionRecord
    from simulator.report.comparison import PastAttempt, PathComparison
    from simulator.report.what_if import WhatIf
    from simulator.report.worth import PressWorth
    from simulator.scenario.build import Case
    from simulator.scoring.scorecard import Scorecard
    from simulator.vocabulary.progress import Progress

_ALONE = ("assessment", "expert", "past", "what_if", "worth", "brief", "json", "translation")


def add_to(commands: Commands) -> None:
    """The command `report`."""
    report = commands.add_parser("report", help="write the debrief of a session, or the report of a cohort")
    report.add_argument("session", type=named_path, help="session folder or record; with --cohort a folder of sessions")
    report.add_argument("--release", action="store_true", help="of an examination: the teacher shows score and truth")
    report.add_argument("--cohort", action="store_true", help="learners of a folder: progress, CUSUM, what is next")
    report.add_argument("--verify", action="store_true", help="with --cohort: carry every session out again first")
    report.add_argument(
        "--assessment", type=named_path, metavar="FILE", help="an assessor's form, to stand in the debrief"
    )
    report.add_argument(
        "--expert", metavar="SESSION|autopilot", help="a procedure on the same patient to compare the debrief with"
    )
    report.add_argument(
        "--past", type=named_path, metavar="FOLDER", help="sessions among which the learner's earlier ones are"
    )
    report.add_argument(
        "--rescore", action="store_true", help="of a record of an earlier rubric: put this version's score beside it"
    )
    report.add_argument(
        "--what-if", type=int, metavar="N", help="the autopilot goes on before command N of the timeline: both ends"
    )
    report.add_argument(
        "--worth", action="store_true", help="what each press bought, by forks with and without it (seconds a press)"
    )
    report.add_argument(
        "--translation", type=named_path, metavar="CASE.de.toml", help="print title and lesson in its words"
    )
    report.add_argument("--brief", action="store_true", help="one page for an instructor: the costliest decisions")
    report.add_argument("--json", action="store_true", help="print the debrief's findings as JSON, too")
    report.add_argument("--out", type=named_path, metavar="FILE", help="HTML file (default: beside the record)")
    report.set_defaults(action=_report)


def _report(arguments: argparse.Namespace) -> None:
    """Write the debrief of a recorded session, or the report of a cohort."""
    session: Path = arguments.session
    name = "cohort.html" if arguments.cohort else ("brief.html" if arguments.brief else "report.html")
    out: Path = arguments.out or (session if session.is_dir() else session.parent) / name
    if out.is_dir() or not out.parent.is_dir():
        raise UserInputError(str(out), "a report cannot be written there", "name a file in a folder that exists")
    must_be_own(out)
    try:
        (_cohort if arguments.cohort else _debrief)(arguments, out)
    except OSError as error:
        raise UserInputError(str(out), f"this cannot be written ({error.strerror})", "name another --out") from error
    say(f"Wrote {out}.")


def _cohort(arguments: argparse.Namespace, out: Path) -> None:
    from simulator.progress import Bars
    from simulator.report.cohort import write_cohort
    from simulator.report.learners import attempts_in

    given = {name: getattr(arguments, name) for name in _ALONE}
    alone = [name for name, value in given.items() if value is not None and value is not False]
    if alone:
        option = alone[0].replace("_", "-")
        raise UserInputError(f"--{option}", "this belongs to one session", "leave it out, or leave --cohort out")
    with Bars() as bars:
        found = attempts_in(arguments.session, verify=arguments.verify, progress=bars.report)
    write_cohort(found, out, title=arguments.session.resolve().name)


def _debrief(arguments: argparse.Namespace, out: Path) -> None:
    if arguments.verify:
        raise UserInputError("--verify", "a debrief always carries its session out again", "leave it out")
    from simulator.progress import Bars
    from simulator.records.assessment import read_assessment
    from simulator.records.recheck import replayed
    from simulator.records.runs import score_session
    from simulator.report.brief import write_brief
    from simulator.report.debrief import write_debrief
    from simulator.report.findings import findings_to_json
    from simulator.report.lesson import review_lesson
    from simulator.scenario.translation import read_translation
    from simulator.scoring.procedure_summary import summarise
    from simulator.scoring.user_metrics import user_metrics

    record = read_record(arguments.session)
    _must_fork(arguments, record)
    assessment = None if arguments.assessment is None else read_assessment(arguments.assessment)
    past = _past(arguments, record)
    _must_be_released(arguments, record)
    with Bars() as bars:
        case, session = replayed(record, progress=bars.report)
        wording = {} if arguments.translation is None else read_translation(arguments.translation, case.scenario)
        operator = record.header.operator
        card, rescored = score_session(case, session, operator), None
        ours = card
        if record.scorecard is not None and record.scorecard.rubric_version != card.rubric_version:
            card, rescored = record.scorecard, card if arguments.rescore else None
        elif arguments.rescore:
            raise UserInputError("--rescore", "this record has this version's rubric already", "leave it out")
        if arguments.brief:
            write_brief(session, ours, out, progress=bars.report)
        other = _what_if(arguments, case, session, ours)
        worth = _worth(arguments, case, session, bars.report)
        if not arguments.brief:
            write_debrief(
                session,
                card,
                out,
                rubric=case.rubric,
                rescored=rescored,
                title=wording.get(case.world.settings.title, case.world.settings.title),
                operator=operator,
                learner=record.header.learner,
                expert=_expert(arguments.expert, case, session, card, bars.report),
                past=past,
                assessment=assessment,
                other_end=other,
                worth=worth,
                user_metrics=user_metrics(summarise(session.world, session.events)),
                lesson=review_lesson(case, card, session.events).in_words(wording),
                versions=record.header.versions,
                progress=bars.report,
            )
    if arguments.json:
        give_json(findings_to_json(session, ours, other_end=other, worth=worth))


def _must_be_released(arguments: argparse.Namespace, record: SessionRecord) -> None:
    """UserInputError where an examination's score and truth are asked for and the teacher has not released them."""
    if record.header.resolved.get("exam") is not None and record.header.learner and not arguments.release:
        raise UserInputError(str(record.path), "this is an examination", "the teacher gives --release")


def _must_fork(arguments: argparse.Namespace, record: SessionRecord) -> None:
    """UserInputError where an option asks for a fork that this record does not allow, or options do not go together."""
    from simulator.report.fork import must_fork

    if arguments.brief and arguments.translation is not None:
        raise UserInputError("--brief --translation", "the instructor's brief is English", "leave one of them out")
    if arguments.brief and (arguments.what_if is not None or arguments.worth):
        option = "--worth" if arguments.worth else "--what-if"
        raise UserInputError(f"--brief {option}", "these are two pages", "ask for one of them")
    if arguments.what_if is not None:
        must_fork(record, arguments.what_if, "--what-if")
    if arguments.worth:
        must_fork(record, 1, "--worth")


def _past(arguments: argparse.Namespace, record: SessionRecord) -> list[PastAttempt]:
    """The learner's earlier attempts, oldest first, where they are asked for."""
    from simulator.report.comparison import PastAttempt
    from simulator.report.learners import attempts_in, earlier_attempts

    if arguments.past is None:
        return []
    learner = record.header.learner or ""
    if not learner:
        raise UserInputError("--past", "this session has no learner", "record it with --learner ID")
    earlier = earlier_attempts(record.path, learner, attempts_in(arguments.past))
    return [PastAttempt(when=item.when, scenario=item.scenario, card=item.card) for item in earlier]


def _what_if(arguments: argparse.Namespace, case: Case, session: Session, card: Scorecard) -> WhatIf | None:
    if arguments.what_if is None:
        return None
    from simulator.report.fork import fork_to_expert
    from simulator.report.what_if import what_if

    return what_if(case, session, card, fork_to_expert(session, arguments.what_if))


def _worth(
    arguments: argparse.Namespace, case: Case, session: Session, report: Progress
) -> tuple[PressWorth, ...] | None:
    if not arguments.worth:
        return None
    from simulator.report.worth import worth_of_presses

    return worth_of_presses(session, progress=report)


def _expert(
    named: str | None, case: Case, session: Session, card: Scorecard, report: Progress
) -> PathComparison | None:
    """The same patient as somebody else treated it: a record, or the autopilot now."""
    if named is None:
        return None
    from dataclasses import replace

    from simulator.engine.session import Session, drive
    from simulator.operators import operator_named
    from simulator.records.rebuild import same_patient
    from simulator.records.recheck import must_agree
    from simulator.records.runs import score_session
    from simulator.report.comparison import compare
    from simulator.scoring.procedure_summary import summarise

    if named == "autopilot":
        other = Session(case.world, progress=report)
        drive(other, operator_named(named))
        events, theirs = other.events, score_session(case, other, named)
    else:
        record = read_record(Path(named))
        if not same_patient(record, case):
            raise UserInputError(
                f"--expert {named}", "this is another patient", "compare sessions of one scenario and seed"
            )
        if record.scorecard is None:
            raise UserInputError(f"--expert {named}", "that session was not finished", "name a finished one")
        events = record.events
        theirs = replace(must_agree(record, progress=report) or record.scorecard, operator=record.header.who)
    return compare(summarise(session.world, session.events), card, summarise(case.world, events), theirs)
