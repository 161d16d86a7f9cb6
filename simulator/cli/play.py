"""Play: a resident treats a patient in the window."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.admission import admitted_seed, ask_about, choose_case
from simulator.cli.arguments import Commands, named_path, seed
from simulator.cli.output import say
from simulator.cli.stopping import told_when_stopped
from simulator.cli.treat import demo, rebuilt
from simulator.doctor import display_lacks
from simulator.errors import UserInputError
from simulator.program_name import program_name

if TYPE_CHECKING:
    from simulator.gui.engine_worker.procedure import Opening, Procedure
    from simulator.gui.engine_worker.start_desk import StartDesk
    from simulator.report.recording import Recording
    from simulator.scenario.load import ScenarioFile
    from simulator.vocabulary.progress import Progress

TRAINEE = "trainee"
BAUDS = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)


def add_to(commands: Commands) -> None:
    """The command `play`."""
    play = commands.add_parser("play", help="treat a patient in the window")
    play.add_argument(
        "scenario",
        type=named_path,
        nargs="?",
        help="case or course: a file, or the name of one that ships (default: choose)",
    )
    play.add_argument("--learner", metavar="ID", help="pseudonym that the record keeps")
    play.add_argument("--resume", type=named_path, metavar="SESSION", help="go on with a session that was left")
    play.add_argument("--seed", type=seed, help="root of all chance (default: 1, or the course's)")
    play.add_argument("--stage", type=int, default=1, metavar="N", help="session of the case's patient (default: 1)")
    play.add_argument("--out", type=named_path, help="folder; of all sessions where none is named (default: sessions)")
    play.add_argument("--language", choices=("en", "de"), default="en", help="of the window (default: en)")
    play.add_argument("--keys", type=named_path, metavar="FILE", help="other keys than those on the buttons, as TOML")
    play.add_argument("--size", type=_size, metavar="WxH", help="of the window, at least 1280x720")
    play.add_argument("--sound", action="store_true", help="the beam's tone and the patient's words (default: silent)")
    play.add_argument("--rig", metavar="PORT", help="needle and pedal of a rig: a serial port, or - for standard input")
    play.add_argument("--rig-baud", type=int, choices=BAUDS, default=115200, help="of that port (default: 115200)")
    play.add_argument("--drill", action="store_true", help="two minutes of reading the tip in generated pictures")
    play.set_defaults(action=_play)


def bare(arguments: argparse.Namespace) -> None:
    """What the program does without a command: the window, or without a display the demo."""
    lacks = display_lacks()
    if lacks:
        say(f"Since {lacks}, here is the demo instead; `--help` lists the commands.")
        demo(out=None)
        return
    _play(
        argparse.Namespace(
            scenario=None,
            learner=None,
            resume=None,
            seed=None,
            stage=1,
            out=None,
            size=None,
            keys=None,
            language="en",
            drill=False,
            rig=None,
            sound=False,
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

    if arguments.learner is not None and not is_pseudonym(arguments.learner):
        raise UserInputError(
            f"--learner {arguments.learner}", "this is no pseudonym", "use up to 41 letters, digits, dots, - and _"
        )
    if arguments.drill and (arguments.scenario is not None or arguments.resume is not None):
        raise UserInputError("--drill", "the drill has pictures of its own", "leave the case and --resume out")
    ask_about(arguments.learner)
    choose_case(arguments)
    lacks = display_lacks()
    if lacks:
        raise UserInputError("play", lacks, "start it on a desktop, or use `run` or `demo`, which need no window")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    from simulator.gui.app import App
    from simulator.gui.engine_worker.engine_worker import EngineWorker
    from simulator.gui.input.key_remapping import read_key_bindings
    from simulator.gui.input.rig_port import open_rig
    from simulator.records.folder import must_take_files

    begun: list[Recording] = []
    bindings = None if arguments.keys is None else read_key_bindings(arguments.keys)
    direct = arguments.scenario is not None or arguments.resume is not None
    rig = None if arguments.rig is None else open_rig(arguments.rig, arguments.rig_baud)
    if arguments.out is not None:
        must_take_files(arguments.out)
    worker = EngineWorker(_opening(arguments, begun)) if direct else None
    desk = None if direct else _desk(arguments, begun)
    try:
        app = App(worker, size=arguments.size, desk=desk, bindings=bindings, language=arguments.language)
        if app.at_first:
            say(app.at_first)
        if rig is not None:
            app.rig = rig
            rig.start()
        if arguments.sound:
            app.turn_sound()
        if arguments.drill:
            app.drill(arguments.learner)
    except pygame.error as error:
        raise UserInputError(
            "play", f"no window can be opened ({error})", f"`{program_name()} doctor` says more"
        ) from error
    with told_when_stopped(lambda: _kept(begun)):
        app.run()
    if not app.opened:
        return
    where = app.context.session.report_path
    say(f"The report is {where}." if where else _kept(begun))


def _kept(begun: list[Recording]) -> str:
    """What there is of a procedure whose window was closed."""
    if not begun or not begun[-1].session.steps:
        return "Nothing was recorded."
    folder = begun[-1].folder.path
    if begun[-1].card is not None:
        return f"The record is finished and in {folder}; `{program_name()} report {folder}` writes its report."
    if not begun[-1].saved:
        return f"The disk did not take all that was recorded; what it took is in {folder}."
    return f"The record is kept in {folder}; `{program_name()} play --resume {folder}` goes on with it."


def _desk(arguments: argparse.Namespace, begun: list[Recording]) -> StartDesk:
    """Cases, learners and sessions for the first screen."""
    from simulator.cli.start_library import StartLibrary
    from simulator.scenario.shipped import scenario_folder

    return StartLibrary(
        scenario_folder(),
        arguments.out or Path("sessions"),
        seed=1 if arguments.seed is None else arguments.seed,
        open_case=lambda path, learner, out: _chosen(path, learner, out, arguments.seed, begun),
        resume=lambda record: _resuming(record, None, begun),
        learner=arguments.learner,
    )


def _opening(arguments: argparse.Namespace, begun: list[Recording]) -> Opening:
    """What builds the procedure in the worker's thread and tells of it; files are checked before that."""
    from simulator.scenario.load import load_scenario

    if arguments.resume is not None:
        return _resuming(arguments.resume, arguments.learner, begun)
    file = load_scenario(arguments.scenario, stage=arguments.stage)
    root_seed = admitted_seed(file, arguments.learner, arguments.seed)
    out = arguments.out
    if out is None and arguments.learner is not None:
        out = Path("sessions") / arguments.learner / f"{file.name}-{root_seed}"
    return _opening_case(file, arguments.learner, out, root_seed, begun)


def _chosen(path: Path, learner: str | None, out: Path | None, seed: int | None, begun: list[Recording]) -> Opening:
    """A case that was chosen on the first screen; an examination lets a learner in or does not."""
    from simulator.scenario.load import load_scenario

    file = load_scenario(path)
    return _opening_case(file, learner, out, admitted_seed(file, learner, seed), begun)


def _opening_case(
    file: ScenarioFile, learner: str | None, out: Path | None, root_seed: int, begun: list[Recording]
) -> Opening:
    """What builds one case and begins its record; one learner's sessions do not push another's aside."""

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
            out=out,
            learner=learner,
            progress=progress,
            say=_saying(notices),
        )
        begun.append(recording)
        return RecordedProcedure(recording, notices=notices), 0

    return opening


def _resuming(session: Path, learner_said: str | None, begun: list[Recording]) -> Opening:
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
        begun.append(recording)
        return RecordedProcedure(recording, record.commands, notices), len(record.commands)

    return opening


def _saying(notices: list[str]) -> Callable[[str], None]:
    """Sentences go to the window, and to standard error for when it is closed."""

    def tell(sentence: str) -> None:
        notices.append(sentence)
        say(sentence)

    return tell
