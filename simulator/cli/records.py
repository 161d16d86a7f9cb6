"""Records: what can be done with a session that was recorded."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from simulator.cli.arguments import Commands
from simulator.faults import UserFaultError


def add_to(commands: Commands) -> None:
    """The commands `replay` and `report`."""
    replay = commands.add_parser("replay", help="run a recorded session again")
    replay.add_argument("session", type=Path, help="session folder or record")
    replay.add_argument("--verify", action="store_true", help="compare events, images and score")
    replay.add_argument("--json", action="store_true", help="print the result as JSON")
    replay.set_defaults(action=_replay)

    report = commands.add_parser("report", help="write the debrief of a recorded session")
    report.add_argument("session", type=Path, help="session folder or record")
    report.add_argument("--out", type=Path, metavar="FILE", help="HTML file (default: beside the record)")
    report.set_defaults(action=_report)


def _replay(arguments: argparse.Namespace) -> None:
    """Run a record again; with --verify say whether it agrees."""
    from dataclasses import asdict

    from simulator.progress import Bars
    from simulator.records.replay import case_of, rerun, verify
    from simulator.records.runs import card_of
    from simulator.records.session_log import read_session

    record = read_session(arguments.session)
    with Bars() as bars:
        case = case_of(record, progress=bars.report)
        session = rerun(record, case, progress=bars.report)
        card = card_of(case, session, str(record.header.get("operator", "")))
        result: dict[str, Any] = {"commands": len(record.commands), "score": card["score"]}
        if arguments.verify:
            found = verify(record, case, session, progress=bars.report)
            result = {**result, "verification": asdict(found)}
    if arguments.json:
        print(json.dumps(result))
    print(f"Replayed {len(record.commands)} commands: score {card['score']:.1f}.", file=sys.stderr)
    if not arguments.verify:
        return
    print(_verdict(result["verification"]), file=sys.stderr)
    if result["verification"]["grade"] == "different":
        raise UserFaultError(
            str(record.path), "the replay differs from the record", "use the version and machine that made it"
        )


def _verdict(found: dict[str, Any]) -> str:
    words = {
        "exact": "Exact: events and score agree, and every image to the bit",
        "equivalent": "Equivalent: events and score agree, images within 1 HU",
        "different": f"Different: {found['difference']}",
    }
    return f"{words[found['grade']]} ({found['images_exact']} of {found['images']} images bit-identical)."


def _report(arguments: argparse.Namespace) -> None:
    """Write the debrief of a recorded session."""
    from simulator.progress import Bars
    from simulator.records.replay import case_of, rerun
    from simulator.records.runs import card_of
    from simulator.records.session_log import read_session
    from simulator.report.debrief import write_debrief

    record = read_session(arguments.session)
    out: Path = arguments.out or record.path.parent / "report.html"
    if out.is_dir() or not out.parent.is_dir():
        raise UserFaultError(str(out), "a report cannot be written there", "name a file in a folder that exists")
    with Bars() as bars:
        case = case_of(record, progress=bars.report)
        session = rerun(record, case, progress=bars.report)
        operator = str(record.header.get("operator", ""))
        card = card_of(case, session, operator)
        shown = {**card, "versions": record.header.get("versions", {})}
        write_debrief(session, shown, out, title=case.scenario.title, operator=operator, progress=bars.report)
    print(f"Wrote {out}.", file=sys.stderr)
