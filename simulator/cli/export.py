"""Export: a finished session as files that other programs read, and the gradebook of a folder of sessions."""

from __future__ import annotations

import argparse

from simulator.cli.arguments import Commands, named_path
from simulator.cli.output import say
from simulator.errors import UserInputError

_FILES = (
    ("dicom", "DIR", "CT images, a series for each acquisition"),
    ("dose-report", "FILE.dcm", "radiation dose report (DICOM SR, TID 10011)"),
    ("nrrd", "DIR", "volumes as NRRD with markups and a scene for 3D Slicer"),
    ("nifti", "DIR", "volumes as NIfTI"),
    ("markups", "FILE.mrk.json", "plan, course of the tip and near misses for 3D Slicer"),
    ("xapi", "FILE.json", "xAPI statements for a learning record store"),
    ("scorm", "FILE.zip", "SCORM 1.2 package for a learning platform"),
    ("table", "FILE.csv|FILE.parquet", "every value in long form, with its dictionary beside it"),
    ("replay", "FILE.html", "the images one after another, with the course of the tip"),
)


def add_to(commands: Commands) -> None:
    """The command `export`."""
    export = commands.add_parser("export", help="hand a finished session on: DICOM, dose report, Slicer, SCORM, tables")
    export.add_argument("session", type=named_path, help="session folder or record; of --gradebook a folder of them")
    export.add_argument("--all", type=named_path, metavar="FOLDER", help="every export, in a new folder")
    for name, what, words in _FILES:
        export.add_argument(f"--{name}", type=named_path, metavar=what, help=words)
    export.add_argument(
        "--with-truth",
        action="store_true",
        help="what the patient really is may stand in the files: label maps, debrief",
    )
    export.add_argument("--gradebook", type=named_path, metavar="FILE.csv", help="scores of all sessions of a folder")
    export.set_defaults(action=_export)


def _export(arguments: argparse.Namespace) -> None:
    """Write what is asked for, all of it or nothing."""
    if arguments.gradebook is not None:
        _gradebook(arguments)
        return
    from simulator.export.export_session import staged, write_exports
    from simulator.export.finished_session import open_finished_session
    from simulator.export.targets import Targets
    from simulator.progress import Bars

    names = [name.replace("-", "_") for name, _, _ in _FILES]
    targets = Targets(**{name: getattr(arguments, name) for name in names})
    with staged(targets, arguments.all) as places, Bars() as bars:
        finished = open_finished_session(arguments.session, progress=bars.report)
        write_exports(finished, places, with_truth=arguments.with_truth, progress=bars.report)
    made = [arguments.all] if arguments.all is not None else [place for _, place in targets.given()]
    say(f"Wrote {', '.join(map(str, made))}.")


def _gradebook(arguments: argparse.Namespace) -> None:
    """Write the scores of a folder of sessions."""
    from simulator.export.learning.gradebook import write_gradebook
    from simulator.export.staging import Staging
    from simulator.progress import Bars

    given = [name for name, _, _ in _FILES if getattr(arguments, name.replace("-", "_")) is not None]
    if given or arguments.all is not None or arguments.with_truth:
        other = "--all" if arguments.all is not None else f"--{given[0]}" if given else "--with-truth"
        raise UserInputError(other, "this belongs to one session", "leave it out, or leave --gradebook out")
    with Staging() as staging, Bars() as bars:
        place = staging.file("--gradebook", arguments.gradebook)
        left_out = write_gradebook(arguments.session, place, progress=bars.report)
        staging.finish()
    for reason in left_out:
        say(f"Left out: {reason}")
    say(f"Wrote {arguments.gradebook}.")
