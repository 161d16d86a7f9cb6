"""Play: a resident treats a patient in the window."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.admission import admitted_seed, ask_about, choose_case
from simulator.cli.arguments import Commands, seed
from simulator.cli.treat import demo, rebuilt
from simulator.doctor import display_lacks
from simulator.errors import UserInputError
from simulator.program_name import program_name

if TYPE_CHECKING:
    from simulator.gui.engine_worker.procedure import Procedure
    from simulator.vocabulary.progress import Progress

TRAINEE = "trainee"


def add_to(commands: Commands) -> None:
    """The command `play`."""
    play = commands.add_parser("play", help="treat a patient in the window")
    play.add_argument("scenario", type=Path, nargs="?", help="case or course: a file, or the name of one that ships")
    play.add_argument("--learner", metavar="ID", help="pseudonym that the record keeps")
    play.add_argument("--resume", type=Path, metavar="SESSION", help="go on with a session that was left")
    play.add_argument("--seed", type=seed, help="root of all chance (default: 1, or the course's)")
    play.add_argument("--stage", type=int, default=1, metavar="N", help="session of the case's patient (default: 1)")
    play.add_argument("--out", type=Path, help="folder (default: sessions/<scenario>-<seed>)")
    play.add_argument("--size", type=_size, metavar="WxH", help="of the window, at least 1280x720")
    play.set_defaults(action=_play)


def bare(arguments: argparse.Namespace) -> None:
    """What the program does without a command: the window, or without a display the demo."""
    lacks = display_lacks()
    if lacks:
        print(f"Since {lacks}, here is the demo instead; `--help` lists the commands.", file=sys.stderr)
        demo(out=None)
        return
    _play(argparse.Namespace(scenario=None, learner=None, resume=None, seed=1, stage=1, out=None, size=None))


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if found is None or int(found[1]) < 1280 or int(found[2]) < 720:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: give for example 1920x1080, at least 1280x720")
    return int(found[1]), int(found[2])


def _play(arguments: argparse.Namespace) -> None:
    """Open the window and stay in it."""
    from simulator.records.learners import is_pseudonym

    if arguments.learner is not None and not is_pseudonym(arguments.learner):
        raise UserInputError(
            f"--learner {arguments.learner}", "this is no pseudonym", "use up to 41 letters, digits, dots, - and _"
        )
    ask_about(arguments.learner)
    choose_case(arguments)
    lacks = display_lacks()
    if lacks:
        raise UserInputError("play", lacks, "start it on a desktop, or use `run` or `demo`, which need no window")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    from simulator.gui.app import App
    from simulator.gui.engine_worker.engine_worker import EngineWorker

    try:
        app = App(EngineWorker(_opening(arguments)), size=arguments.size)
    except pygame.error as error:
        raise UserInputError(
            "play", f"no window can be opened ({error})", f"`{program_name()} doctor` says more"
        ) from error
    app.run()
    where = app.context.report_path
    print(f"The report is {where}." if where else "The record is kept; go on with --resume.", file=sys.stderr)


def _opening(arguments: argparse.Namespace) -> Callable[[Progress], tuple[Procedure, int]]:
    """What builds the procedure in the desk's thread; files are checked before the window opens."""
    from simulator.scenario.load import load_scenario
    from simulator.scenario.shipped import default_scenario_path

    if arguments.resume is not None:
        return _resuming(arguments)
    file = load_scenario(arguments.scenario or default_scenario_path(), stage=arguments.stage)
    root_seed = admitted_seed(file, arguments.learner, arguments.seed)

    def opening(progress: Progress) -> tuple[Procedure, int]:
        from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
        from simulator.report.recording import Recording
        from simulator.scenario.build import build_from_file

        case = build_from_file(file, seed=root_seed, progress=progress)
        notices: list[str] = []
        recording = Recording(
            case,
            operator=TRAINEE,
            scenario_path=str(file.path),
            out=arguments.out,
            learner=arguments.learner,
            progress=progress,
            say=_saying(notices),
        )
        return RecordedProcedure(recording, notices=notices), 0

    return opening


def _resuming(arguments: argparse.Namespace) -> Callable[[Progress], tuple[Procedure, int]]:
    """A session that was left is carried out again, command by command, and goes on in its own record."""
    from simulator.records.session_reader import read_session

    record = read_session(arguments.resume)
    if record.closing is not None:
        raise UserInputError(str(record.path), "this session was finished", "`report` shows it; `play` begins another")
    learner = record.header.learner
    if arguments.learner not in (None, learner):
        raise UserInputError(
            str(record.path), f"this session is of {learner or 'nobody by name'}", "leave --learner out"
        )

    def opening(progress: Progress) -> tuple[Procedure, int]:
        from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
        from simulator.report.recording import Recording

        case = rebuilt(record, progress)
        notices: list[str] = []
        recording = Recording(
            case,
            operator=record.header.operator,
            scenario_path=str(record.path),
            out=record.path.parent,
            earlier=record,
            progress=progress,
            say=_saying(notices),
        )
        return RecordedProcedure(recording, record.commands, notices), len(record.commands)

    return opening


def _saying(notices: list[str]) -> Callable[[str], None]:
    """Sentences go to the window, and to standard error for when it is closed."""

    def say(sentence: str) -> None:
        notices.append(sentence)
        print(sentence, file=sys.stderr)

    return say
