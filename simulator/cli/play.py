"""Play: a resident treats a patient in the window."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.arguments import Commands, seed
from simulator.cli.treat import demo, rebuilt
from simulator.doctor import display_lacks
from simulator.errors import UserInputError
from simulator.program_name import program_name

if TYPE_CHECKING:
    from simulator.gui.engine_worker.procedure import Opening, Procedure
    from simulator.gui.engine_worker.start_desk import StartDesk
    from simulator.vocabulary.progress import Progress

TRAINEE = "trainee"


def add_to(commands: Commands) -> None:
    """The command `play`."""
    play = commands.add_parser("play", help="treat a patient in the window")
    play.add_argument(
        "scenario", type=Path, nargs="?", help="scenario file, or the name of one that ships (default: choose)"
    )
    play.add_argument("--learner", metavar="ID", help="pseudonym that the record keeps")
    play.add_argument("--resume", type=Path, metavar="SESSION", help="go on with a session that was left")
    play.add_argument("--seed", type=seed, default=1, help="root of all chance (default: 1)")
    play.add_argument("--out", type=Path, help="folder; of all sessions where none is named (default: sessions)")
    play.add_argument("--language", choices=("en", "de"), default="en", help="of the window (default: en)")
    play.add_argument("--keys", type=Path, metavar="FILE", help="other keys than those on the buttons, as TOML")
    play.add_argument("--size", type=_size, metavar="WxH", help="of the window, at least 1280x720")
    play.set_defaults(action=_play)


def bare(arguments: argparse.Namespace) -> None:
    """What the program does without a command: the window, or without a display the demo."""
    lacks = display_lacks()
    if lacks:
        print(f"Since {lacks}, here is the demo instead; `--help` lists the commands.", file=sys.stderr)
        demo(out=None)
        return
    _play(
        argparse.Namespace(
            scenario=None, learner=None, resume=None, seed=1, out=None, size=None, keys=None, language="en"
        )
    )


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
    from simulator.gui.input.key_bindings import read_key_bindings

    bindings = None if arguments.keys is None else read_key_bindings(arguments.keys)
    direct = arguments.scenario is not None or arguments.resume is not None
    worker = EngineWorker(_opening(arguments)) if direct else None
    desk = None if direct else _desk(arguments)
    try:
        app = App(worker, size=arguments.size, desk=desk, bindings=bindings, language=arguments.language)
    except pygame.error as error:
        raise UserInputError(
            "play", f"no window can be opened ({error})", f"`{program_name()} doctor` says more"
        ) from error
    app.run()
    if not app.opened:
        return
    where = app.context.report_path
    print(f"The report is {where}." if where else "The record is kept; go on with --resume.", file=sys.stderr)


def _desk(arguments: argparse.Namespace) -> StartDesk:
    """Cases, learners and sessions for the first screen."""
    from simulator.cli.start_library import StartLibrary
    from simulator.scenario.shipped import scenario_folder

    return StartLibrary(
        scenario_folder(),
        arguments.out or Path("sessions"),
        seed=arguments.seed,
        open_case=lambda path, learner, out: _opening_case(path, learner, out, arguments.seed),
        resume=lambda record: _resuming(record, None),
        learner=arguments.learner,
    )


def _opening(arguments: argparse.Namespace) -> Opening:
    """What builds the procedure in the worker's thread; files are checked before the window opens."""
    from simulator.scenario.load import load_scenario

    if arguments.resume is not None:
        return _resuming(arguments.resume, arguments.learner)
    file = load_scenario(arguments.scenario)
    out = arguments.out
    if out is None and arguments.learner is not None:
        out = Path("sessions") / arguments.learner / f"{file.name}-{arguments.seed}"
    return _opening_case(file.path, arguments.learner, out, arguments.seed)


def _opening_case(path: Path, learner: str | None, out: Path | None, root_seed: int) -> Opening:
    """What builds one case and begins its record; one learner's sessions do not push another's aside."""

    def opening(progress: Progress) -> tuple[Procedure, int]:
        from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
        from simulator.report.recording import Recording
        from simulator.scenario.build import build_from_file
        from simulator.scenario.load import load_scenario

        file = load_scenario(path)
        case = build_from_file(file, seed=root_seed, progress=progress)
        notices: list[str] = []
        recording = Recording(
            case,
            operator=TRAINEE,
            scenario_path=str(file.path),
            out=out,
            learner=learner,
            progress=progress,
            say=_saying(notices),
        )
        return RecordedProcedure(recording, notices=notices), 0

    return opening


def _resuming(session: Path, learner_said: str | None) -> Opening:
    """A session that was left is carried out again, command by command, and goes on in its own record."""
    from simulator.records.session_reader import read_session

    record = read_session(session)
    if record.closing is not None:
        raise UserInputError(str(record.path), "this session was finished", "`report` shows it; `play` begins another")
    learner = record.header.learner
    if learner_said not in (None, learner):
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
