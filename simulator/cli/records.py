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


def add_to(commands: Commands) -> None:
    """The commands `replay` and `salvage`."""
    replay = commands.add_parser("replay", help="run a recorded session again")
    replay.add_argument("session", type=Path, help="session folder or record")
    replay.add_argument("--verify", action="store_true", help="compare events, images and score")
    replay.add_argument("--json", action="store_true", help="print the result as JSON")
    replay.set_defaults(action=_replay)

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

    record = read_record(arguments.session)
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
            must_agree(record, session)
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


def must_agree(record: SessionRecord, session: Session) -> None:
    """UserInputError where a record's events are not those of its replay: nothing is to be concluded from it."""
    from simulator.records.replay import event_difference

    difference = event_difference(record, session)
    if difference is not None:
        raise UserInputError(
            str(record.path), f"its commands do not give its events: {difference}", "`replay --verify` says more"
        )


def read_record(path: Path) -> SessionRecord:
    """A record; a torn end and a missing one are said."""
    from simulator.records.session_reader import read_session

    record = read_session(path)
    if record.torn:
        print(record.torn, file=sys.stderr)
    if record.closing is None:
        print(f"{record.path} was never closed: the session was left or killed.", file=sys.stderr)
    return record


def _salvage(arguments: argparse.Namespace) -> None:
    """Save the beginning of a damaged record that is whole, as a session that can be reported or gone on with."""
    from simulator.records.salvage import salvage

    saved = salvage(arguments.session, arguments.out)
    print(
        f"Saved {len(saved.commands)} commands with {len(saved.events)} events and {len(saved.images)} images in "
        f"{saved.path}; what stood after line {saved.lines} is left out.",
        file=sys.stderr,
    )
