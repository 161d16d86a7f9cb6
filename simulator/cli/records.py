"""Records: what can be done with a session that was recorded."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.cli.arguments import Commands
from simulator.faults import UserFaultError

if TYPE_CHECKING:
    from simulator.procedure.session import Session
    from simulator.progress import Bars
    from simulator.records.session_record import SessionRecord
    from simulator.scenario.build import Case


def add_to(commands: Commands) -> None:
    """The commands `replay`, `report` and `salvage`."""
    replay = commands.add_parser("replay", help="run a recorded session again")
    replay.add_argument("session", type=Path, help="session folder or record")
    replay.add_argument("--verify", action="store_true", help="compare events, images and score")
    replay.add_argument("--json", action="store_true", help="print the result as JSON")
    replay.set_defaults(action=_replay)

    report = commands.add_parser("report", help="write the debrief of a recorded session")
    report.add_argument("session", type=Path, help="session folder or record")
    report.add_argument("--out", type=Path, metavar="FILE", help="HTML file (default: beside the record)")
    report.set_defaults(action=_report)

    salvage = commands.add_parser("salvage", help="save the beginning of a damaged record that is whole")
    salvage.add_argument("session", type=Path, help="session folder or record")
    salvage.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for what is saved")
    salvage.set_defaults(action=_salvage)


def _replay(arguments: argparse.Namespace) -> None:
    """Run a record again; with --verify say whether it agrees, and why not."""
    from simulator.progress import Bars
    from simulator.records.replay import case_of, rerun
    from simulator.records.runs import card_of

    record = _read(arguments.session)
    with Bars() as bars:
        try:
            case = case_of(record, progress=bars.report)
        except UserFaultError as fault:
            if arguments.verify and arguments.json:
                print(json.dumps({"verification": {"grade": "refused", "difference": str(fault)}}))
            raise
        session = rerun(record, case, progress=bars.report)
        card = card_of(case, session, record.header["operator"])
        result: dict[str, Any] = {
            "commands": len(record.commands),
            "closed": record.closing is not None,
            "digest": session.state.digest,
            "score": card["score"],
        }
        if arguments.verify:
            result["verification"] = _verified(record, case, session, bars)
    if not arguments.verify:
        _must_agree(record, session)
    if arguments.json:
        print(json.dumps(result))
    print(f"Replayed {len(record.commands)} commands: score {card['score']:.1f}.", file=sys.stderr)
    if arguments.verify:
        print(_verdict(result["verification"]), file=sys.stderr)
        if result["verification"]["grade"] == "refused":
            raise UserFaultError(str(record.path), "the replay differs from the record", _mend(result["verification"]))


def _verified(record: SessionRecord, case: Case, session: Session, bars: Bars) -> dict[str, Any]:
    from dataclasses import asdict

    from simulator.records.replay import verify

    return asdict(verify(record, case, session, progress=bars.report))


def _verdict(found: dict[str, Any]) -> str:
    words = {
        "exact": "Exact: events and score agree, and every image to the bit",
        "equivalent": "Equivalent: made by other versions, events agree, images within 0.5 HU",
        "refused": f"Refused: {found['difference']}",
    }
    rest = (
        " The score differs: it is computed otherwise now."
        if found["grade"] == "equivalent" and not found["score"]
        else ""
    )
    return f"{words[found['grade']]} ({found['images_exact']} of {found['images']} images bit-identical).{rest}"


def _mend(found: dict[str, Any]) -> str:
    if found["same_versions"]:
        return "versions and kind of processor are the same, so the record was edited"
    return "use the versions and the kind of processor that made it; its header names them"


def _must_agree(record: SessionRecord, session: Session) -> None:
    """UserFaultError where a record's events are not those of its replay: nothing is to be concluded from it."""
    from simulator.records.replay import event_difference

    difference = event_difference(record, session)
    if difference is not None:
        raise UserFaultError(
            str(record.path), f"its commands do not give its events: {difference}", "`replay --verify` says more"
        )


def _read(path: Path) -> SessionRecord:
    """A record; a torn end and a missing one are said."""
    from simulator.records.session_record import read_session

    record = read_session(path)
    if record.torn:
        print(record.torn, file=sys.stderr)
    if record.closing is None:
        print(f"{record.path} was never closed: the session was left or killed.", file=sys.stderr)
    return record


def _report(arguments: argparse.Namespace) -> None:
    """Write the debrief of a recorded session."""
    from simulator.progress import Bars
    from simulator.records.replay import case_of, rerun
    from simulator.records.runs import card_of
    from simulator.report.debrief import write_debrief

    record = _read(arguments.session)
    out: Path = arguments.out or record.path.parent / "report.html"
    if out.is_dir() or not out.parent.is_dir():
        raise UserFaultError(str(out), "a report cannot be written there", "name a file in a folder that exists")
    with Bars() as bars:
        case = case_of(record, progress=bars.report)
        session = rerun(record, case, progress=bars.report)
        _must_agree(record, session)
        operator = record.header["operator"]
        card = card_of(case, session, operator)
        shown = {**card, "versions": record.header["versions"]}
        try:
            write_debrief(session, shown, out, title=case.scenario.title, operator=operator, progress=bars.report)
        except OSError as error:
            raise UserFaultError(
                str(out), f"this cannot be written ({error.strerror})", "name another --out"
            ) from error
    print(f"Wrote {out}.", file=sys.stderr)


def _salvage(arguments: argparse.Namespace) -> None:
    """Save the beginning of a damaged record that is whole, as a session that can be reported or gone on with."""
    from simulator.records.salvage import salvage

    saved = salvage(arguments.session, arguments.out)
    print(
        f"Saved {len(saved.commands)} commands with {len(saved.events)} events and {len(saved.images)} images in "
        f"{saved.path}; what stood after line {saved.lines} is left out.",
        file=sys.stderr,
    )
