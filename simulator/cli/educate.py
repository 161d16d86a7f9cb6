"""Educate: what somebody who writes cases needs."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.arguments import Commands, seed
from simulator.faults import UserFaultError, together

if TYPE_CHECKING:
    from simulator.scenario.load import ScenarioFile


def add_to(commands: Commands) -> None:
    """The commands `new`, `check`, `preview`, `schema` and `import-ct`."""
    new = commands.add_parser("new", help="write a scenario to start from")
    new.add_argument("name", help="name of the file, without .toml")
    new.set_defaults(action=_new)

    check = commands.add_parser("check", help="say everything that is wrong with scenario files")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="scenario file, or name of one that ships")
    check.add_argument("--run", action="store_true", help="also build the patient and let the autopilot treat it")
    check.add_argument("--seed", type=seed, default=1, help="root of all chance (default: 1)")
    check.set_defaults(action=_check)

    preview = commands.add_parser("preview", help="draw myelogram, planned view and first press of a scenario")
    preview.add_argument("scenario", type=Path, help="scenario file, or name of one that ships")
    preview.add_argument("--watch", action="store_true", help="draw again whenever the file is saved")
    preview.add_argument("--seed", type=seed, default=1, help="root of all chance (default: 1)")
    preview.add_argument("--out", type=Path, metavar="DIR", help="folder (default: previews)", default=Path("previews"))
    preview.set_defaults(action=_preview)

    schema = commands.add_parser("schema", help="print the JSON Schema of scenario files")
    schema.set_defaults(action=_schema)

    imported = commands.add_parser("import-ct", help="turn a labelled CT into a patient")
    imported.add_argument("ct", type=Path, help="CT as NIfTI")
    imported.add_argument("--labels", type=Path, help="vertebra labels as NIfTI, on the same grid")
    imported.add_argument("--name", required=True, help="name of the new patient")
    imported.add_argument("--out", type=Path, default=Path("patients"), help="folder for it (default: patients)")
    imported.set_defaults(action=_import_ct)


def _new(arguments: argparse.Namespace) -> None:
    """Write a scenario to start from into the current folder."""
    from simulator.scenario.template import write_template

    path = write_template(arguments.name, Path())
    print(f"Wrote {path}. Change it, then: run_sim.py check {path}", file=sys.stderr)


def _check(arguments: argparse.Namespace) -> None:
    """Say everything that is wrong with all files; with --run, also what comes of treating the patient."""
    from simulator.scenario.load import load_scenario

    faults = []
    for path in arguments.files:
        try:
            file = load_scenario(path)
            file.scenario_for(arguments.seed)
            print(f"{path}: sound: {file.title}", file=sys.stderr)
            if arguments.run:
                print(_outcome(file, arguments.seed), file=sys.stderr)
        except UserFaultError as fault:
            faults.append(fault)
    if faults:
        raise together(faults)


def _outcome(file: ScenarioFile, root_seed: int) -> str:
    """What the autopilot makes of a case, in a line."""
    from simulator.cli.treat import built
    from simulator.operators import operator_named
    from simulator.procedure.session import Session, drive
    from simulator.progress import Bars
    from simulator.records.runs import card_of

    with Bars() as bars:
        case = built(file, root_seed, bars.report)
        session = Session(case.world, progress=bars.report)
        drive(session, operator_named("autopilot"))
        card = card_of(case, session, "autopilot")
    place = card["placement"]
    where = place["compartment"] or "nowhere: no blood was injected"
    level = f" at {place['level']}" if place["level"] else ""
    capped = f" ({card['cap_reason']})" if card["cap_reason"] else ""
    return f"  the autopilot, seed {root_seed}: score {card['score']:.1f}{capped}, needle {where}{level}"


def _preview(arguments: argparse.Namespace) -> None:
    """Draw a scenario; with --watch, again whenever one of its files is saved."""
    from simulator.scenario.watch import saved

    if not arguments.watch:
        _draw(arguments)
        return
    watched = [arguments.scenario]
    with contextlib.suppress(KeyboardInterrupt):  # which is how this ends
        while True:
            try:
                watched = _draw(arguments)
            except UserFaultError as fault:
                print(str(fault), file=sys.stderr)
            print("Waiting for the file to be saved; Ctrl-C ends this.", file=sys.stderr)
            saved(watched)


def _draw(arguments: argparse.Namespace) -> list[Path]:
    """Draw once; returns the files that the picture depends on."""
    from simulator.cli.treat import built
    from simulator.progress import Bars
    from simulator.scenario.case_preview import make_folder, write_case_preview
    from simulator.scenario.load import load_scenario

    file = load_scenario(arguments.scenario)
    make_folder(arguments.out)
    with Bars() as bars:
        case = built(file, arguments.seed, bars.report)
        path = write_case_preview(case, arguments.out, progress=bars.report)
    print(f"Wrote {path}.", file=sys.stderr)
    return list(file.files)


def _schema(arguments: argparse.Namespace) -> None:
    """Print the JSON Schema of scenario files."""
    from simulator.scenario.json_schema import schema_text

    print(schema_text(), end="")


def _import_ct(arguments: argparse.Namespace) -> None:
    """Turn a labelled CT into a patient folder."""
    from simulator.progress import Bars
    from simulator.scenario.real_patient import import_ct

    with Bars() as bars:
        folder = import_ct(arguments.ct, arguments.labels, name=arguments.name, out=arguments.out, progress=bars.report)
    print(f'Wrote {folder}. Name it as ct = "{folder}" under [patient] in a scenario.', file=sys.stderr)
