"""Records: what can be done with a session that was recorded."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.cli.arguments import Commands
from simulator.errors import UserInputError

if TYPE_CHECKING:  # imported where they are used, so that a wrong option is answered at once
    from simulator.engine.session import Session
    from simulator.records.session_record import SessionRecord
    from simulator.report.comparison import PathComparison
    from simulator.scenario.build import Case
    from simulator.scoring.scorecard import Scorecard
    from simulator.vocabulary.progress import Progress


def add_to(commands: Commands) -> None:
    """The commands `replay`, `report` and `salvage`."""
    replay = commands.add_parser("replay", help="run a recorded session again")
    replay.add_argument("session", type=Path, help="session folder or record")
    replay.add_argument("--verify", action="store_true", help="compare events, images and score")
    replay.add_argument("--json", action="store_true", help="print the result as JSON")
    replay.set_defaults(action=_replay)

    report = commands.add_parser("report", help="write the debrief of a session, or the report of a cohort")
    report.add_argument("session", type=Path, help="session folder or record; with --cohort a folder of sessions")
    report.add_argument("--cohort", action="store_true", help="learners of a folder: progress, CUSUM, what is next")
    report.add_argument("--verify", action="store_true", help="with --cohort: carry every session out again first")
    report.add_argument("--assessment", type=Path, metavar="FILE", help="an assessor's form, to stand in the debrief")
    report.add_argument(
        "--expert", metavar="SESSION|autopilot", help="a procedure on the same patient to compare the debrief with"
    )
    report.add_argument(
        "--past", type=Path, metavar="FOLDER", help="sessions among which the learner's earlier ones are"
    )
    report.add_argument(
        "--rescore", action="store_true", help="of a record of an earlier rubric: put this version's score beside it"
    )
    report.add_argument("--out", type=Path, metavar="FILE", help="HTML file (default: beside the record)")
    report.set_defaults(action=_report)

    salvage = commands.add_parser("salvage", help="save the beginning of a damaged record that is whole")
    salvage.add_argument("session", type=Path, help="session folder or record")
    salvage.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for what is saved")
    salvage.set_defaults(action=_salvage)


def _replay(arguments: argparse.Namespace) -> None:
    """Run a record again; with --verify say whether it agrees, and why not."""
    from dataclasses import asdict

    from simulator.progress import Bars
    from simulator.records.rebuild import rebuild_case
    from simulator.records.replay import rerun, verify
    from simulator.records.runs import score_session
    from simulator.records.scorecard_codec import metric_to_json
    from simulator.scoring.procedure_summary import summarise
    from simulator.scoring.user_metrics import user_metrics

    record = _read(arguments.session)
    with Bars() as bars:
        try:
            case = rebuild_case(record, progress=bars.report)
        except UserInputError as fault:
            if arguments.verify and arguments.json:
                print(json.dumps({"verification": {"grade": "refused", "difference": str(fault)}}))
            raise
        session = rerun(record, case, progress=bars.report)
        card = score_session(case, session, record.header.operator)
        own = user_metrics(summarise(session.world, session.events))
        result: dict[str, Any] = {
            "commands": len(record.commands),
            "closed": record.closing is not None,
            "digest": session.state.digest,
            "score": card.score,
        }
        if own:
            result["own_metrics"] = [metric_to_json(metric) for metric in own]
        if arguments.verify:
            result["verification"] = asdict(verify(record, case, session, progress=bars.report))
        else:
            _must_agree(record, session)
    if arguments.json:
        print(json.dumps(result))
    print(f"Replayed {len(record.commands)} commands: score {card.score:.1f}.", file=sys.stderr)
    if arguments.verify:
        print(_verdict(result["verification"]), file=sys.stderr)
        if result["verification"]["grade"] == "refused":
            raise UserInputError(str(record.path), "the replay differs from the record", _fix(result["verification"]))


def _verdict(found: dict[str, Any]) -> str:
    words = {
        "exact": "Exact: events and score agree, and every image to the bit",
        "equivalent": "Equivalent: made by another version, events agree, images within 0.5 HU",
        "refused": f"Refused: {found['difference']}",
    }
    images = f"({found['images_exact']} of {found['images']} images bit-identical)"
    otherwise = " This version scores it otherwise." if found["grade"] == "equivalent" and not found["score"] else ""
    return f"{words[found['grade']]} {images}.{otherwise}"


def _fix(found: dict[str, Any]) -> str:
    if found["same_versions"]:
        return "versions and kind of processor are the same, so the record was edited"
    return "use the versions and the kind of processor that made it; its header names them"


def _must_agree(record: SessionRecord, session: Session) -> None:
    """UserInputError where a record's events are not those of its replay: nothing is to be concluded from it."""
    from simulator.records.replay import event_difference

    difference = event_difference(record, session)
    if difference is not None:
        raise UserInputError(
            str(record.path), f"its commands do not give its events: {difference}", "`replay --verify` says more"
        )


def _read(path: Path) -> SessionRecord:
    """A record; a torn end and a missing one are said."""
    from simulator.records.session_reader import read_session

    record = read_session(path)
    if record.torn:
        print(record.torn, file=sys.stderr)
    if record.closing is None:
        print(f"{record.path} was never closed: the session was left or killed.", file=sys.stderr)
    return record


def _report(arguments: argparse.Namespace) -> None:
    """Write the debrief of a recorded session, or the report of a cohort."""
    session: Path = arguments.session
    name = "cohort.html" if arguments.cohort else "report.html"
    out: Path = arguments.out or (session if session.is_dir() else session.parent) / name
    if out.is_dir() or not out.parent.is_dir():
        raise UserInputError(str(out), "a report cannot be written there", "name a file in a folder that exists")
    try:
        (_cohort if arguments.cohort else _debrief)(arguments, out)
    except OSError as error:
        raise UserInputError(str(out), f"this cannot be written ({error.strerror})", "name another --out") from error
    print(f"Wrote {out}.", file=sys.stderr)


def _cohort(arguments: argparse.Namespace, out: Path) -> None:
    from simulator.progress import Bars
    from simulator.report.cohort import write_cohort
    from simulator.report.learners import attempts_in

    alone = [name for name in ("assessment", "expert", "past") if getattr(arguments, name) is not None]
    if alone:
        raise UserInputError(f"--{alone[0]}", "this belongs to one session", "leave it out, or leave --cohort out")
    with Bars() as bars:
        found = attempts_in(arguments.session, verify=arguments.verify, progress=bars.report)
    write_cohort(found, out, title=arguments.session.resolve().name)


def _debrief(arguments: argparse.Namespace, out: Path) -> None:
    if arguments.verify:
        raise UserInputError("--verify", "a debrief always carries its session out again", "leave it out")
    from simulator.progress import Bars
    from simulator.records.assessment import read_assessment
    from simulator.records.rebuild import rebuild_case
    from simulator.records.replay import rerun
    from simulator.records.runs import score_session
    from simulator.report.comparison import PastAttempt
    from simulator.report.debrief import write_debrief
    from simulator.report.learners import attempts_in, earlier_attempts
    from simulator.scoring.procedure_summary import summarise
    from simulator.scoring.user_metrics import user_metrics

    record = _read(arguments.session)
    assessment = None if arguments.assessment is None else read_assessment(arguments.assessment)
    learner = record.header.learner or ""
    past: list[PastAttempt] = []
    if arguments.past is not None:
        if not learner:
            raise UserInputError("--past", "this session has no learner", "record it with --learner ID")
        earlier = earlier_attempts(record.path, learner, attempts_in(arguments.past))
        past = [PastAttempt(when=item.when, scenario=item.scenario, card=item.card) for item in earlier]
    with Bars() as bars:
        case = rebuild_case(record, progress=bars.report)
        session = rerun(record, case, progress=bars.report)
        _must_agree(record, session)
        operator = record.header.operator
        card, rescored = score_session(case, session, operator), None
        if record.scorecard is not None and record.scorecard.rubric_version != card.rubric_version:
            card, rescored = record.scorecard, card if arguments.rescore else None
        elif arguments.rescore:
            raise UserInputError("--rescore", "this record has this version's rubric already", "leave it out")
        write_debrief(
            session,
            card,
            out,
            rubric=case.rubric,
            rescored=rescored,
            title=case.scenario.title,
            operator=operator,
            learner=record.header.learner,
            expert=_expert(arguments.expert, case, session, card, bars.report),
            past=past,
            assessment=assessment,
            user_metrics=user_metrics(summarise(session.world, session.events)),
            versions=record.header.versions,
            progress=bars.report,
        )


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
    from simulator.records.runs import score_session
    from simulator.report.comparison import compare
    from simulator.scoring.procedure_summary import summarise

    if named == "autopilot":
        other = Session(case.world, progress=report)
        drive(other, operator_named(named))
        events, theirs = other.events, score_session(case, other, named)
    else:
        record = _read(Path(named))
        if not same_patient(record, case):
            raise UserInputError(
                f"--expert {named}", "this is another patient", "compare sessions of one scenario and seed"
            )
        if record.scorecard is None:
            raise UserInputError(f"--expert {named}", "that session was not finished", "name a finished one")
        events = record.events
        theirs = replace(record.scorecard, operator=record.header.who)
    return compare(summarise(session.world, session.events), card, summarise(case.world, events), theirs)


def _salvage(arguments: argparse.Namespace) -> None:
    """Save the beginning of a damaged record that is whole, as a session that can be reported or gone on with."""
    from simulator.records.salvage import salvage

    saved = salvage(arguments.session, arguments.out)
    print(
        f"Saved {len(saved.commands)} commands with {len(saved.events)} events and {len(saved.images)} images in "
        f"{saved.path}; what stood after line {saved.lines} is left out.",
        file=sys.stderr,
    )
