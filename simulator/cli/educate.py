"""Educate: what somebody who writes cases needs."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.arguments import Commands, named_path, seed
from simulator.cli.output import ask, give_text, say
from simulator.cli.stopping import Terminated, told_when_stopped
from simulator.errors import UserInputError, combine_errors
from simulator.program_name import program_name

if TYPE_CHECKING:
    from simulator.progress import Bars
    from simulator.scenario.load import ScenarioFile
    from simulator.spatial.frames import PatientPoint
    from simulator.vocabulary.progress import Progress

NUMBERINGS = ("totalsegmentator", "totalsegmentator-v1", "totalsegmentator-v3", "verse", "vertebrae-mr")
# as in phantoms.from_ct.numberings, which takes long to load


def add_to(commands: Commands) -> None:
    """The commands `new`, `check`, `preview`, `schema` and `import-ct`."""
    new = commands.add_parser("new", help="write a scenario to start from")
    new.add_argument("name", help="name of the file, without .toml")
    new.add_argument("--patient", metavar="NAME", help="who is on the table (default: patient-2)")
    new.add_argument("--level", metavar="LEVEL", help="of the leak (default: the patient's own)")
    new.add_argument("--side", metavar="SIDE", help="of the leak: left, right or both")
    new.add_argument(
        "--pattern",
        metavar="PATTERN",
        help="of the leak: circumferential, root-sleeve, slow, ventral-tear or csf-venous-fistula",
    )
    new.add_argument("--goal", metavar="WORDS", help="what the learner can do afterwards, in a sentence")
    new.add_argument("--path", type=named_path, metavar="FILE.mrk.json", help="a line of 3D Slicer from skin to target")
    new.set_defaults(action=_new)

    check = commands.add_parser("check", help="say everything that is wrong with scenario files")
    check.add_argument(
        "files", nargs="+", type=named_path, metavar="FILE", help="case, course, study or translation, or name of one"
    )
    check.add_argument("--run", action="store_true", help="also build the patient and let the autopilot treat it")
    check.add_argument("--seed", type=seed, default=1, help="root of all chance (default: 1)")
    check.set_defaults(action=_check)

    preview = commands.add_parser("preview", help="draw myelogram, planned view and first press of a scenario")
    preview.add_argument("scenario", type=named_path, help="scenario file, or name of one that ships")
    preview.add_argument("--watch", action="store_true", help="draw again whenever the file is saved")
    preview.add_argument("--seed", type=seed, default=1, help="root of all chance (default: 1)")
    preview.add_argument("--sheet", choices=("learner", "instructor"), help="also a page to hand out, as HTML")
    preview.add_argument(
        "--out", type=named_path, metavar="DIR", help="folder (default: previews)", default=Path("previews")
    )
    preview.set_defaults(action=_preview)

    schema = commands.add_parser("schema", help="print the JSON Schema of scenario files")
    schema.add_argument("--course", action="store_true", help="of course files instead")
    schema.set_defaults(action=_schema)

    imported = commands.add_parser("import-ct", help="turn a CT into a patient")
    imported.add_argument(
        "ct", type=named_path, help="CT: .nii, .nii.gz, .nrrd, .mha, or a folder with one DICOM series"
    )
    which = "which vertebra is which: labels, or points in the vertebral bodies"
    given = imported.add_argument_group("levels", which)
    given.add_argument(
        "--labels", type=named_path, metavar="FILE", help="labels on the same grid, or a folder of masks"
    )
    given.add_argument("--numbering", choices=NUMBERINGS, help="of the labels (default: found out)")
    given.add_argument(
        "--levels", type=named_path, metavar="FILE", help="points: .mrk.json, .fcsv, .toml, VerSe's .json"
    )
    given.add_argument("--level", type=_point, action="append", default=[], metavar="L4=X,Y,Z",
                       help="a point, LPS mm; may be repeated")  # fmt: skip
    imported.add_argument("--leak", metavar="LEVEL", help="where contrast and a leak are put (default: L3/4 if shown)")
    imported.add_argument("--side", choices=("left", "right", "both"), default="right", help="of the leak")
    imported.add_argument("--name", required=True, help="name of the new patient")
    imported.add_argument("--out", type=named_path, default=Path("patients"), help="folder for it (default: patients)")
    imported.set_defaults(action=_import_ct)


def _point(text: str) -> tuple[str, PatientPoint]:
    """A vertebra's point of the command line."""
    from phantoms.from_ct.markups import parse_point

    try:
        return parse_point(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not written like L4=-12,40,1253 (LPS, mm)") from None


def _new(arguments: argparse.Namespace) -> None:
    """Write a scenario to start from into the current folder; who gives no flag at a terminal is asked."""
    from simulator.scenario.slicer_path import read_path
    from simulator.scenario.template import NewCase, write_template

    flags = {key: getattr(arguments, key) for key in ("patient", "level", "side", "pattern", "goal")}
    given = {key: value for key, value in flags.items() if value is not None}
    drawn = None if arguments.path is None else read_path(arguments.path)
    if not given and drawn is None and sys.stdin.isatty():
        given = _asked()
    path = write_template(NewCase(name=arguments.name, path=drawn, **given), Path())
    say(f"Wrote {path}. Change it, then: {program_name()} check {path}")


def _asked() -> dict[str, str]:
    """Answers to five questions; Enter alone takes what stands in brackets."""
    questions = {
        "patient": "Who is on the table? [patient-2]",
        "level": "At which interspace is the leak? [the patient's own]",
        "side": "On which side: left, right or both? [the patient's own]",
        "pattern": "How does the fluid lie: circumferential, root-sleeve, slow, ventral-tear or csf-venous-fistula? "
        "[the patient's own]",
        "goal": "What can the learner do afterwards? [reach the epidural space without touching the dura]",
    }
    answers: dict[str, str] = {}
    for key, question in questions.items():
        answer = ask(question)
        if answer:
            answers[key] = answer
    return answers


def _check(arguments: argparse.Namespace) -> None:
    """Say everything that is wrong with all files; with --run, also what comes of treating the patient."""
    from simulator.scenario.file_kind import FileKind, kind_of_file

    faults = []
    with contextlib.ExitStack() as stack:
        progress = _told_once_it_starts(stack)
        for path in arguments.files:
            try:
                kind = kind_of_file(path)
                if kind is FileKind.CASE:
                    _check_case(path, arguments, progress)
                    continue
                told = {
                    FileKind.COURSE: _check_course,
                    FileKind.STUDY: _check_study,
                    FileKind.TRANSLATION: _check_translation,
                }[kind](path)
                say(f"{path}: sound: {told}")
            except UserInputError as fault:
                faults.append(fault)
    if faults:
        raise combine_errors(faults)


def _told_once_it_starts(stack: contextlib.ExitStack) -> Progress:
    """Progress that says in words and with a bar that something takes long; most checks have nothing to tell."""
    shown: list[Bars] = []

    def report(what: str, share: float) -> None:
        if not shown:
            from simulator.progress import Bars

            shown.append(stack.enter_context(Bars()))
            shown[0].say(f"One moment: {what}, which takes up to a few minutes; later starts go without.")
        shown[0].report(what, share)
        if share >= 1.0:
            stack.close()
            shown.clear()

    return report


def _check_case(path: Path, arguments: argparse.Namespace, progress: Progress) -> None:
    """Say that a case is sound, and what its author should look at again."""
    from simulator.scenario.author_check import notes_on
    from simulator.scenario.load import load_scenario
    from simulator.scenario.rubric_schema import apply_rubric_changes
    from simulator.scenario.translation import read_translations
    from simulator.scoring.rubric_words import own_rubric_words

    file = load_scenario(path)
    scenario = file.scenario_for(arguments.seed, progress)
    say(f"{path}: sound: {file.title}")
    for language, wording in read_translations(file, scenario).items():
        say(f"  translated ({language}): {len(wording)} texts")
    for words in own_rubric_words(apply_rubric_changes(scenario.rubric)):
        say(f"  its own rubric: {words}")
    for note in notes_on(file, arguments.seed, progress):
        say(str(note))
    if arguments.run:
        _outcome(file, arguments.seed)


def _check_course(path: Path) -> str:
    """A sound course in words."""
    from simulator.scenario.course_file import load_course

    course = load_course(path)
    return f"{course.course.title}, {len(course.cases)} cases"


def _check_translation(path: Path) -> str:
    """A sound translation in words."""
    from simulator.scenario.load import load_scenario
    from simulator.scenario.translation import read_translation, translated_case

    file = load_scenario(translated_case(path) or path)
    return f"{len(read_translation(path, file.scenario_for(1)))} texts of {file.title}"


def _check_study(path: Path) -> str:
    """A sound study in words."""
    from simulator.strategies.study_file import load_study

    study = load_study(path)
    return f"a study of {len(study.trials())} runs: {study.title}"


def _outcome(file: ScenarioFile, root_seed: int) -> None:
    """What the autopilot makes of a case, in a line, and what it cannot meet."""
    from simulator.progress import Bars
    from simulator.scenario.author_check import notes_on_run
    from simulator.scenario.build import build_from_file
    from simulator.wording.chosen import WORDS

    with Bars() as bars:
        case = build_from_file(file, seed=root_seed, progress=bars.report)
        card = case.run("autopilot", progress=bars.report).scorecard
    where = card.placement.compartment or "nowhere: no blood was injected"
    level = f" at {card.placement.level}" if card.placement.level else ""
    capped = f" ({WORDS.cap_reasons(card.caps)})" if card.caps else ""
    say(f"  the autopilot, seed {root_seed}: score {card.score:.1f}{capped}, needle {where}{level}")
    for note in notes_on_run(file, card, case.rubric, file.path):
        say(str(note))


def _preview(arguments: argparse.Namespace) -> None:
    """Draw a scenario; with --watch, again whenever one of its files is saved."""
    from simulator.scenario.watch import saved

    if not arguments.watch:
        _draw(arguments)
        return
    watched = [arguments.scenario]
    while True:
        try:
            watched = _draw(arguments)
        except UserInputError as fault:
            for one in fault.faults:
                say(str(one))
        say("Waiting for the file to be saved; Ctrl-C ends this.")
        try:
            saved(watched)
        except Terminated:
            raise
        except KeyboardInterrupt:  # which is how this ends
            return


def _draw(arguments: argparse.Namespace) -> list[Path]:
    """Draw once; returns the files that the picture depends on."""
    from simulator.progress import Bars
    from simulator.scenario.build import build_from_file
    from simulator.scenario.case_preview import make_folder, write_case_preview
    from simulator.scenario.load import load_scenario

    file = load_scenario(arguments.scenario)
    make_folder(arguments.out)
    picture = arguments.out / f"{file.name}.png"
    before = _written_at(picture)

    def kept() -> str:
        return "No picture was written." if _written_at(picture) == before else f"{picture} is drawn."

    with Bars() as bars, told_when_stopped(kept):
        case = build_from_file(file, seed=arguments.seed, progress=bars.report)
        path = write_case_preview(case, arguments.out, progress=bars.report)
    say(f"Wrote {path}.")
    if arguments.sheet is not None:
        from simulator.report.case_sheet import write_case_sheet

        shown = path if arguments.sheet == "instructor" else None
        page = write_case_sheet(case, file.path.parent, arguments.out, picture=shown)
        say(f"Wrote {page}.")
    return list(file.files)


def _written_at(path: Path) -> int | None:
    """When a file was written, ns; None where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _schema(arguments: argparse.Namespace) -> None:
    """Print the JSON Schema of scenario or course files."""
    from simulator.scenario.json_schema import course_schema_text, schema_text

    give_text(course_schema_text() if arguments.course else schema_text())


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
    target = arguments.out / arguments.name
    before = _written_at(target)

    def kept() -> str:
        return "No patient was written." if _written_at(target) == before else f"The patient is in {target}."

    try:
        with Bars() as bars, told_when_stopped(kept):
            folder, quality = import_ct(
                source, name=arguments.name, out=arguments.out, progress=bars.report, remark=remarks.append
            )
    finally:  # what was decided about the files also helps where the import fails
        for remark in remarks:
            say(f"Note: {remark}.")
    say(f"Wrote {folder}: {quality} (preview.png, quality.txt).")
    say(f"Next: {program_name()} preview {folder / folder.name}.toml")
