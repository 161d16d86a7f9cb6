"""Treat: a patient is treated by a program or by a script of commands, without a window."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.cli.arguments import Commands, seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.scenario.build import Case
    from simulator.scenario.load import ScenarioFile

DEFAULT_SCENARIO = "patient-2"
SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


def add_to(commands: Commands) -> None:
    """The commands `demo` and `run`."""
    parser = commands.add_parser("demo", help="the autopilot treats the default patient")
    parser.add_argument("--out", type=Path, help="folder for record, frames and report")
    parser.set_defaults(action=lambda arguments: demo(out=arguments.out))

    run = commands.add_parser("run", help="run a scenario with an operator or a command script")
    run.add_argument("scenario", type=Path, help="scenario file, or the name of one that ships")
    who = run.add_mutually_exclusive_group()
    who.add_argument(
        "--operator",
        default="autopilot",
        metavar="NAME|FILE.py:Class",
        help="name, or FILE.py:Class (default: autopilot)",
    )
    who.add_argument("--commands", type=Path, metavar="FILE", help="command script, JSON lines")
    run.add_argument("--seed", type=seed, default=1, help="root of all chance (default: 1)")
    run.add_argument("--out", type=Path, help="folder (default: sessions/<scenario>-<seed>)")
    run.add_argument("--json", action="store_true", help="print the scorecard as JSON")
    run.set_defaults(action=_run)


def demo(*, out: Path | None) -> None:
    """The autopilot treats the default patient."""
    return _treat(
        scenario_path=SCENARIOS / f"{DEFAULT_SCENARIO}.toml",
        operator="autopilot",
        script=None,
        seed=1,
        out=out,
        as_json=False,
    )


def _run(arguments: argparse.Namespace) -> None:
    return _treat(
        scenario_path=arguments.scenario,
        operator=arguments.operator,
        script=arguments.commands,
        seed=arguments.seed,
        out=arguments.out,
        as_json=arguments.json,
    )


def _treat(
    *, scenario_path: Path, operator: str, script: Path | None, seed: int, out: Path | None, as_json: bool
) -> None:
    """Treat one patient and leave record, scorecard, frames and report."""
    from simulator.operators import operator_named
    from simulator.procedure.commands import Finish
    from simulator.procedure.session import drive
    from simulator.progress import Bars
    from simulator.records.codec import read_script
    from simulator.report.recording import Recording
    from simulator.scenario.load import load_scenario, read_text

    started = time.monotonic()
    file = load_scenario(scenario_path)
    script_commands = None if script is None else read_script(script, read_text(script))
    decide = None if script_commands is not None else operator_named(operator)
    name = operator if script is None else "script"
    with Bars() as bars:
        case = built(file, seed, bars.report)
        recording = Recording(case, operator=name, scenario_place=str(file.path), out=out, progress=bars.report)
        try:
            session = recording.session
            if script_commands is not None:
                for command in script_commands:
                    session.do(command)
                if not session.state.finished:
                    session.do(Finish())
            else:
                assert decide is not None
                drive(session, decide)
            card = recording.close()
        finally:
            recording.leave()
        recording.report()
    if as_json:
        print(json.dumps(card))
    print(_summary(card, recording.folder.path, time.monotonic() - started), file=sys.stderr)


def built(file: ScenarioFile, root_seed: int, report: Callable[[str, float], None]) -> Case:
    """The scenario's case, kernels compiled first where this is the first start."""
    from simulator.scenario.build import build_case
    from simulator.warm_up import WarmUp

    warm_up = WarmUp()
    try:
        warm_up.wait("patient", report)
        case = build_case(
            file.scenario_for(root_seed),
            name=file.name,
            seed=root_seed,
            place=str(file.path),
            folder=file.path.parent,
            progress=report,
        )
        warm_up.wait("scanner", report)
    finally:
        warm_up.stop()
    return case


def _summary(card: dict[str, Any], folder: Path, seconds: float) -> str:
    place = card["placement"]
    where = place["compartment"] or "no blood injected"
    level = f" at {place['level']}" if place["level"] else ""
    lines = [
        f"Score {card['score']:.1f} of 100; needle {where}{level}; "
        f"{card['dose']['total']['effective_dose_msv']:.2f} mSv.",
        *([f"Capped: {card['cap_reason']}."] if card["cap_reason"] else []),
        f"Record, frames and report.html are in {folder} ({seconds:.0f} s).",
    ]
    return "\n".join(lines)
