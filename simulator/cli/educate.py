"""Educate: what somebody who writes cases needs."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.arguments import Commands, seed
from simulator.errors import UserInputError, combine_errors
from simulator.program_name import program_name

if TYPE_CHECKING:
    from simulator.scenario.load import ScenarioFile
    from simulator.spatial.frames import PatientPoint

NUMBERINGS = ("totalsegmentator", "totalsegmentator-v1", "totalsegmentator-v3", "verse", "vertebrae-mr")
# as in phantoms.from_ct.numberings, which takes long to load


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

    imported = commands.add_parser("import-ct", help="turn a CT into a patient")
    imported.add_argument("ct", type=Path, help="CT: .nii, .nii.gz, .nrrd, .mha, or a folder with one DICOM series")
    which = "which vertebra is which: labels, or points in the vertebral bodies"
    given = imported.add_argument_group("levels", which)
    given.add_argument("--labels", type=Path, metavar="FILE", help="labels on the same grid, or a folder of masks")
    given.add_argument("--numbering", choices=NUMBERINGS, help="of the labels (default: found out)")
    given.add_argument("--levels", type=Path, metavar="FILE", help="points: .mrk.json, .fcsv, .toml, VerSe's .json")
    given.add_argument("--level", type=_point, action="append", default=[], metavar="L4=X,Y,Z",
                       help="a point, LPS mm; may be repeated")  # fmt: skip
    imported.add_argument("--leak", metavar="LEVEL", help="where contrast and a leak are put (default: L3/4 if shown)")
    imported.add_argument("--side", choices=("left", "right", "both"), default="right", help="of the leak")
    imported.add_argument("--name", required=True, help="name of the new patient")
    imported.add_argument("--out", type=Path, default=Path("patients"), help="folder for it (default: patients)")
    imported.set_defaults(action=_import_ct)


def _point(text: str) -> tuple[str, PatientPoint]:
    """A vertebra's point of the command line."""
    from phantoms.from_ct.markups import parse_point

    try:
        return parse_point(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not written like L4=-12,40,1253 (LPS, mm)") from None


def _new(arguments: argparse.Namespace) -> None:
    """Write a scenario to start from into the current folder."""
    from simulator.scenario.template import write_template

    path = write_template(arguments.name, Path())
    print(f"Wrote {path}. Change it, then: {program_name()} check {path}", file=sys.stderr)


def _check(arguments: argparse.Namespace) -> None:
    """Say everything that is wrong with all files; with --run, also what comes of treating the patient."""
    from simulator.scenario.load import load_scenario
    from simulator.scenario.rubric_schema import apply_rubric_changes
    from simulator.scoring.rubric_words import own_rubric_words

    faults = []
    for path in arguments.files:
        try:
            file = load_scenario(path)
            scenario = file.scenario_for(arguments.seed)
            print(f"{path}: sound: {file.title}", file=sys.stderr)
            for words in own_rubric_words(apply_rubric_changes(scenario.rubric)):
                print(f"  its own rubric: {words}", file=sys.stderr)
            if arguments.run:
                print(_outcome(file, arguments.seed), file=sys.stderr)
        except UserInputError as fault:
            faults.append(fault)
    if faults:
        raise combine_errors(faults)


def _outcome(file: ScenarioFile, root_seed: int) -> str:
    """What the autopilot makes of a case, in a line."""
    from simulator.progress import Bars
    from simulator.scenario.build import build_from_file
    from simulator.wording.chosen import WORDS

    with Bars() as bars:
        case = build_from_file(file, seed=root_seed, progress=bars.report)
        card = case.run("autopilot", progress=bars.report).scorecard
    where = card.placement.compartment or "nowhere: no blood was injected"
    level = f" at {card.placement.level}" if card.placement.level else ""
    capped = f" ({WORDS.cap_reasons(card.caps)})" if card.caps else ""
    return f"  the autopilot, seed {root_seed}: score {card.score:.1f}{capped}, needle {where}{level}"


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
            except UserInputError as fault:
                print(str(fault), file=sys.stderr)
            print("Waiting for the file to be saved; Ctrl-C ends this.", file=sys.stderr)
            saved(watched)


def _draw(arguments: argparse.Namespace) -> list[Path]:
    """Draw once; returns the files that the picture depends on."""
    from simulator.progress import Bars
    from simulator.scenario.build import build_from_file
    from simulator.scenario.case_preview import make_folder, write_case_preview
    from simulator.scenario.load import load_scenario

    file = load_scenario(arguments.scenario)
    make_folder(arguments.out)
    with Bars() as bars:
        case = build_from_file(file, seed=arguments.seed, progress=bars.report)
        path = write_case_preview(case, arguments.out, progress=bars.report)
    print(f"Wrote {path}.", file=sys.stderr)
    return list(file.files)


def _schema(arguments: argparse.Namespace) -> None:
    """Print the JSON Schema of scenario files."""
    from simulator.scenario.json_schema import schema_text

    print(schema_text(), end="")


def _import_ct(arguments: argparse.Namespace) -> None:
    """Turn a CT into a patient folder."""
    from simulator.progress import Bars
    from simulator.scenario.import_ct import CtSource, import_ct

    given = arguments.levels is not None or arguments.level
    if arguments.labels is not None and given:
        raise UserInputError("--labels", "labels and points are given", "give one of them")
    source = CtSource(
        ct=arguments.ct,
        labels=arguments.labels,
        numbering=arguments.numbering,
        points_file=arguments.levels,
        points_mm=tuple(arguments.level),
        leak_level=arguments.leak,
        leak_side=arguments.side,
    )
    remarks: list[str] = []
    try:
        with Bars() as bars:
            folder, quality = import_ct(
                source, name=arguments.name, out=arguments.out, progress=bars.report, remark=remarks.append
            )
    finally:  # what was decided about the files also helps where the import fails
        for remark in remarks:
            print(f"Note: {remark}.", file=sys.stderr)
    print(f"Wrote {folder}: {quality} (preview.png, quality.txt).", file=sys.stderr)
    print(f"Next: {program_name()} preview {folder / folder.name}.toml", file=sys.stderr)
