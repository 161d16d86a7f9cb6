"""Records: what can be done with a session that was recorded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.cli.arguments import Commands, named_path
from simulator.cli.output import give_json, say
from simulator.errors import UserInputError

if TYPE_CHECKING:  # imported where they are used, so that a wrong option is answered at once
    from simulator.records.session_record import SessionRecord


def add_to(commands: Commands) -> None:
    """The commands `replay` and `salvage`."""
    replay = commands.add_parser("replay", help="run a recorded session again")
    replay.add_argument("session", type=named_path, help="session folder or record")
    replay.add_argument("--verify", action="store_true", help="compare events, images and score")
    replay.add_argument(
        "--case", type=named_path, metavar="FILE", help="with --verify: the file of its case (default: by its name)"
    )
    replay.add_argument("--json", action="store_true", help="print the result as JSON")
    replay.set_defaults(action=_replay)

    salvage = commands.add_parser("salvage", help="save the beginning of a damaged record that is whole")
    salvage.add_argument("session", type=named_path, help="session folder or record")
    salvage.add_argument("--out", type=named_path, required=True, metavar="DIR", help="folder for what is saved")
    salvage.set_defaults(action=_salvage)


def _replay(arguments: argparse.Namespace) -> None:
    """Run a record again; with --verify say whether it agrees, and why not."""
    from dataclasses import asdict

    from simulator.progress import Bars
    from simulator.records.recheck import recheck, replayed
    from simulator.records.runs import score_session
    from simulator.records.scorecard_codec import metric_to_json
    from simulator.scenario.load import load_scenario
    from simulator.scoring.procedure_summary import summarise
    from simulator.scoring.user_metrics import user_metrics

    if arguments.case is not None and not arguments.verify:
        raise UserInputError("--case", "without --verify nothing is compared with it", "say --verify, too")
    file = None if arguments.case is None else load_scenario(arguments.case)
    record = read_record(arguments.session)
    found: dict[str, Any] | None = None
    with Bars() as bars:
        try:
            if arguments.verify:
                case, session, verification = recheck(record, file=file, progress=bars.report)
                found = asdict(verification)
            else:
                case, session = replayed(record, progress=bars.report)
        except UserInputError as fault:
            if arguments.verify and arguments.json:
                give_json({"verification": {"grade": "refused", "difference": str(fault)}})
            raise
        card = score_session(case, session, record.header.operator)
        own = user_metrics(summarise(session.world, session.events))
    if arguments.json:
        result: dict[str, Any] = {
            "commands": len(record.commands),
            "closed": record.closing is not None,
            "digest": session.state.digest,
            "score": card.score,
            **({"own_metrics": [metric_to_json(metric) for metric in own]} if own else {}),
            **({} if found is None else {"verification": found}),
        }
        give_json(result)
    say(f"Replayed {len(record.commands)} commands: score {card.score:.1f}.")
    if found is not None:
        say(_verdict(found))
        if found["claims"]:
            say(f"What the record alone says, and nothing here bears out: {'; '.join(found['claims'])}.")
        if found["grade"] == "refused":
            raise UserInputError(str(record.path), "the replay differs from the record", _fix(found))


def _verdict(found: dict[str, Any]) -> str:
    scored = "events and score agree" if found["score"] is not None else "events agree, there is no score to compare"
    words = {
        "exact": f"Exact: {scored}, and every image to the bit",
        "equivalent": "Equivalent: made by another version, events agree, images within 0.5 HU",
        "refused": f"Refused: {found['difference']}",
    }
    images = f"({found['images_exact']} of {found['images']} images bit-identical)"
    otherwise = " This version scores it otherwise." if found["grade"] == "equivalent" and not found["score"] else ""
    return f"{words[found['grade']]} {images}.{otherwise}"


def _fix(found: dict[str, Any]) -> str:
    if found["same_versions"]:
        return "versions and kind of processor are the same, so the record was edited, or is of a case of another name"
    return "use the versions and the kind of processor that made it; its header names them"


def read_record(path: Path) -> SessionRecord:
    """A record; a torn end and a missing one are said."""
    from simulator.records.session_reader import read_session

    record = read_session(path)
    if record.torn:
        say(record.torn)
    if record.closing is None:
        say(f"{record.path} was never closed: the session was left or killed.")
    return record


def _salvage(arguments: argparse.Namespace) -> None:
    """Save the beginning of a damaged record that is whole, as a session that can be reported or gone on with."""
    from simulator.records.salvage import salvage

    saved = salvage(arguments.session, arguments.out)
    say(
        f"Saved {len(saved.commands)} commands with {len(saved.events)} events and {len(saved.images)} images in "
        f"{saved.path}; what stood after line {saved.lines} is left out."
    )
