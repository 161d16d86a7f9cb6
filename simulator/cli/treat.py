"""Treat: a patient is treated by a program or by a script of commands, without a window."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.arguments import Commands, named_path, seed
from simulator.cli.output import give_json, say
from simulator.cli.stopping import told_when_stopped
from simulator.errors import UserInputError
from simulator.operators.registry import list_operators
from simulator.program_name import program_name
from simulator.shown_text import shown_text

if TYPE_CHECKING:
    from simulator.engine.session import Session
    from simulator.interface.commands import Command
    from simulator.interface.view import View
    from simulator.operators.protocol import Operator
    from simulator.records.session_record import SessionRecord
    from simulator.report.recording import Recording
    from simulator.scenario.build import Case
    from simulator.scenario.load import ScenarioFile
    from simulator.scoring.scorecard import Scorecard
    from simulator.vocabulary.progress import Progress

NOTHING_NEW = "Nothing new was recorded."
AUTOPILOT, SCRIPT = "autopilot", "script"  # who treats, as records name them


def add_to(commands: Commands) -> None:
    """The commands `demo` and `run`."""
    parser = commands.add_parser("demo", help="the autopilot treats the default patient")
    parser.add_argument("--out", type=named_path, help="folder for record, frames and report")
    parser.set_defaults(action=lambda arguments: demo(out=arguments.out))

    run = commands.add_parser(
        "run",
        help="run a scenario with an operator or a command script",
        epilog=f"operators that ship:\n{list_operators()}\nYour own: docs/operators.md.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument("scenario", type=named_path, help="scenario file, or the name of one that ships")
    who = run.add_mutually_exclusive_group()
    who.add_argument("--operator", metavar="NAME|FILE.py:Class", help="name, or FILE.py:Class (default: autopilot)")
    who.add_argument("--commands", type=named_path, metavar="FILE", help="command script, JSON lines")
    run.add_argument("--seed", type=seed, help="root of all chance (default: 1)")
    run.add_argument("--stage", type=int, default=1, metavar="N", help="session of the case's patient (default: 1)")
    run.add_argument("--out", type=named_path, help="folder (default: sessions/<scenario>-<seed>)")
    run.add_argument("--resume", action="store_true", help="go on with the session in that folder, if there is one")
    run.add_argument("--json", action="store_true", help="print the scorecard as JSON")
    run.set_defaults(action=_run)


def demo(*, out: Path | None) -> None:
    """The autopilot treats the default patient."""
    from simulator.scenario.load import load_scenario
    from simulator.scenario.shipped import default_scenario_path

    file = load_scenario(default_scenario_path())
    _treat(file, operator=AUTOPILOT, script=None, root_seed=1, out=out, earlier=None, as_json=False)


def _run(arguments: argparse.Namespace) -> None:
    """Treat one patient, or go on with a treatment that was left or killed."""
    from simulator.records.folder import folder_for
    from simulator.scenario.load import load_scenario

    file = load_scenario(arguments.scenario, stage=arguments.stage)
    root_seed = 1 if arguments.seed is None else arguments.seed
    earlier = None
    if arguments.resume:
        earlier = _left_in(folder_for(arguments.out, file.name, root_seed), file, arguments)
    operator = arguments.operator
    if earlier is not None:
        root_seed = earlier.header.seed
        operator = operator or earlier.header.operator
    _treat(
        file,
        operator=operator or AUTOPILOT,
        script=arguments.commands,
        root_seed=root_seed,
        out=arguments.out,
        earlier=earlier,
        as_json=arguments.json,
    )


def _left_in(folder: Path, file: ScenarioFile, arguments: argparse.Namespace) -> SessionRecord | None:
    """The session to go on with; None where there is none, and UserInputError where it is another."""
    from simulator.records.session_reader import NothingRecordedError, read_session

    if not (folder / "session.jsonl").exists():
        say(f"There is no session in {folder} yet; it begins now.")
        return None
    try:
        record = read_session(folder)
    except NothingRecordedError:
        say(f"The session in {folder} ended before its first line was whole; it begins anew.")
        return None
    header, location = record.header, str(record.path)
    if arguments.seed is not None and arguments.seed != header.seed:
        raise UserInputError(location, f"this session has the seed {header.seed}", "name that --seed, or another --out")
    if header.resolved != file.scenario_for(header.seed).model_dump(mode="json"):
        what = f"this session was begun on {header.scenario!r} as it was then, not on what {file.path} says now"
        raise UserInputError(location, what, "name another --out, or restore the scenario")
    named = SCRIPT if arguments.commands is not None else arguments.operator
    if named is not None and shown_text(named) != header.operator:
        raise UserInputError(location, f"this session was begun by {header.operator!r}", "go on with that one")
    if header.operator == SCRIPT and named is None:
        raise UserInputError(location, "this session was begun by a script", "name it with --commands")
    return record


def _treat(
    file: ScenarioFile,
    *,
    operator: str,
    script: Path | None,
    root_seed: int,
    out: Path | None,
    earlier: SessionRecord | None,
    as_json: bool,
) -> None:
    """Treat one patient and leave record, scorecard, frames and report.

    A session that goes on is carried out again from its beginning, by the script or by a fresh operator that sees the
    same views, and so comes into the state in which it was; each command must be the recorded one.
    """
    from simulator.operators import operator_named
    from simulator.progress import Bars
    from simulator.records.codec import read_script
    from simulator.records.scorecard_codec import scorecard_to_json
    from simulator.report.recording import Recording
    from simulator.scenario.build import build_from_file
    from simulator.scenario.load import read_text
    from simulator.warm_up import first_start

    started = time.monotonic()
    script_commands = None if script is None else read_script(script, read_text(script))
    decide = None if script_commands is not None else operator_named(operator)
    with Bars() as bars, told_when_stopped(lambda: NOTHING_NEW), first_start() as warm_up:
        case = (
            build_from_file(file, seed=root_seed, progress=bars.report, warm_up=warm_up)
            if earlier is None
            else rebuilt(earlier, bars.report)
        )
        recording = Recording(
            case,
            operator=operator if script is None else SCRIPT,
            scenario_path=str(file.path),
            out=out,
            earlier=earlier,
            progress=bars.report,
            say=bars.say,
        )
        if script is None:
            # the operator's first picture is on the disk before the rest is compiled: nothing compiles after it
            recording.session.watch(lambda event, indices, frame: warm_up.wait(bars.report))
        else:
            warm_up.wait(bars.report)
        with told_when_stopped(lambda: _kept(recording, str(file.path), script)):
            try:
                card = _to_the_end(recording, script_commands, decide)
            finally:
                recording.leave()
            recording.report()
    if as_json:
        give_json(scorecard_to_json(card))
    for line in _summary(card, recording.what_is_there(), time.monotonic() - started):
        say(line)


def _to_the_end(recording: Recording, script: Sequence[Command] | None, decide: Operator | None) -> Scorecard:
    """Carry out a script, or let an operator treat, and close the record."""
    from simulator.engine.session import drive
    from simulator.interface.commands import Finish

    session = recording.session
    if script is None:
        assert decide is not None
        drive(session, shows_first_slice(session, decide))
    else:
        for command in script:
            session.do(command)
        if not session.state.finished:
            session.do(Finish())
    return recording.close()


def shows_first_slice(session: Session, decide: Operator) -> Callable[[View], Command]:
    """The same operator; the middle slice of the first scan is made before they see it, so that nobody waits for all.

    A scan's picture otherwise comes when its last slice has been made.
    """
    waits = True

    def decided(view: View) -> Command:
        nonlocal waits
        if waits and view.console.acquired:
            waits = False
            first = view.console.acquired[0]
            session.prepare_image(first.number, [len(first.slice_centres_table_mm) // 2])
        return decide(view)

    return decided


def _kept(recording: Recording, scenario: str, script: Path | None) -> str:
    """What is kept of a treatment that a signal ended, and how to go on."""
    folder, count = recording.folder.path, len(recording.session.steps)
    if recording.card is not None:
        return f"The record is finished and in {folder}; `{program_name()} report {folder}` writes what is missing."
    if not recording.saved:
        return f"The disk did not take all that was recorded; what it took is in {folder}."
    if count == 0:
        return NOTHING_NEW
    with_script = "" if script is None else f" --commands {script}"
    again = f"{program_name()} run {scenario}{with_script} --out {folder} --resume"
    return f"{count} commands are recorded in {folder}; `{again}` goes on with them."


def rebuilt(record: SessionRecord, report: Progress) -> Case:
    """The case of a record, kernels compiled first where this is the first start."""
    from simulator.records.rebuild import rebuild_case
    from simulator.warm_up import compile_imported_anatomy, compile_kernels

    compile_kernels(report)
    case = rebuild_case(record, progress=report)
    compile_imported_anatomy(case.world.phantom.anatomy)
    return case


def _summary(card: Scorecard, files: str, seconds: float) -> list[str]:
    from simulator.wording.chosen import WORDS

    where = card.placement.compartment or "no blood injected"
    level = f" at {card.placement.level}" if card.placement.level else ""
    return [
        f"Score {card.score:.1f} of 100; needle {where}{level}; {card.dose.total.effective_dose_msv:.2f} mSv.",
        *([f"Capped: {WORDS.cap_reasons(card.caps)}."] if card.caps else []),
        f"{files.removesuffix('.')} ({seconds:.0f} s).",
    ]
