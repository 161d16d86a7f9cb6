"""Play: a resident treats a patient in the window."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.cli.arguments import Commands, named_path, seed
from simulator.cli.output import say
from simulator.cli.stopping import told_when_stopped
from simulator.cli.treat import demo, rebuilt
from simulator.doctor import display_lacks
from simulator.errors import UserInputError
from simulator.program_name import program_name

if TYPE_CHECKING:
    from simulator.gui.engine_worker.procedure import Procedure
    from simulator.report.recording import Recording
    from simulator.vocabulary.progress import Progress

TRAINEE = "trainee"


def add_to(commands: Commands) -> None:
    """The command `play`."""
    play = commands.add_parser("play", help="treat a patient in the window")
    play.add_argument("scenario", type=named_path, nargs="?", help="scenario file, or the name of one that ships")
    play.add_argument("--learner", metavar="ID", help="pseudonym that the record keeps")
    play.add_argument("--resume", type=named_path, metavar="SESSION", help="go on with a session that was left")
    play.add_argument("--seed", type=seed, default=1, help="root of all chance (default: 1)")
    play.add_argument("--out", type=named_path, help="folder (default: sessions/<scenario>-<seed>)")
    play.add_argument("--size", type=_size, metavar="WxH", help="of the window, at least 1280x720")
    play.set_defaults(action=_play)


def bare(arguments: argparse.Namespace) -> None:
    """What the program does without a command: the window, or without a display the demo."""
    lacks = display_lacks()
    if lacks:
        say(f"Since {lacks}, here is the demo instead; `--help` lists the commands.")
        demo(out=None)
        return
    _play(argparse.Namespace(scenario=None, learner=None, resume=None, seed=1, out=None, size=None))


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if found is None or int(found[1]) < 1280 or int(found[2]) < 720:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: give for example 1920x1080, at least 1280x720")
    return int(found[1]), int(found[2])


def _play(arguments: argparse.Namespace) -> None:
    """Open the window and stay in it."""
    from simulator.records.learners import is_pseudonym

    lacks = display_lacks()
    if lacks:
        raise UserInputError("play", lacks, "start it on a desktop, or use `run` or `demo`, which need no window")
    if arguments.learner is not None and not is_pseudonym(arguments.learner):
        raise UserInputError(
            f"--learner {arguments.learner}", "this is no pseudonym", "use up to 41 letters, digits, dots, - and _"
        )
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    from simulator.gui.app import App
    from simulator.gui.engine_worker.engine_worker import EngineWorker

    begun: list[Recording] = []
    try:
        app = App(EngineWorker(_opening(arguments, begun)), size=arguments.size)
    except pygame.error as error:
        raise UserInputError(
            "play", f"no window can be opened ({error})", f"`{program_name()} doctor` says more"
        ) from error
    with told_when_stopped(lambda: _kept(begun)):
        app.run()
    where = app.context.report_path
    say(f"The report is {where}." if where else _kept(begun))


def _kept(begun: list[Recording]) -> str:
    """What there is of a procedure whose window was closed."""
    if not begun or not begun[0].session.steps:
        return "Nothing was recorded."
    folder = begun[0].folder.path
    if begun[0].card is not None:
        return f"The record is finished and in {folder}; `{program_name()} report {folder}` writes its report."
    return f"The record is kept in {folder}; `{program_name()} play --resume {folder}` goes on with it."


def _opening(arguments: argparse.Namespace, begun: list[Recording]) -> Callable[[Progress], tuple[Procedure, int]]:
    """What builds the procedure in the desk's thread and tells its recording; files are checked before that."""
    from simulator.scenario.load import load_scenario
    from simulator.scenario.shipped import default_scenario_path

    if arguments.resume is not None:
        return _resuming(arguments, begun)
    file = load_scenario(arguments.scenario or default_scenario_path())

    def opening(progress: Progress) -> tuple[Procedure, int]:
        from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
        from simulator.report.recording import Recording
        from simulator.scenario.build import build_from_file

        case = build_from_file(file, seed=arguments.seed, progress=progress)
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
        begun.append(recording)
        return RecordedProcedure(recording, notices=notices), 0

    return opening


def _resuming(arguments: argparse.Namespace, begun: list[Recording]) -> Callable[[Progress], tuple[Procedure, int]]:
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
        begun.append(recording)
        return RecordedProcedure(recording, record.commands, notices), len(record.commands)

    return opening


def _saying(notices: list[str]) -> Callable[[str], None]:
    """Sentences go to the window, and to standard error for when it is closed."""

    def tell(sentence: str) -> None:
        notices.append(sentence)
        say(sentence)

    return tell
