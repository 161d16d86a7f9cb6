"""Command line: one place where faults become messages and exit codes."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import NoReturn

from simulator.cli import (
    course,
    dataset,
    debrief,
    educate,
    export,
    learners,
    machine,
    observe,
    play,
    records,
    research,
    share,
    treat,
)
from simulator.cli.output import guarded_streams, say
from simulator.cli.stopping import ending_in_order, exit_code, what_is_kept
from simulator.errors import UserInputError
from simulator.program_name import program_name
from simulator.shown_text import shown_text

EXIT_DONE, EXIT_FAULT, EXIT_DEFECT = 0, 2, 70


def run(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    with guarded_streams(), ending_in_order():
        try:
            code = _run(argv)
            sys.stdout.flush()
        except UserInputError as fault:  # standard output takes nothing more
            say(str(fault))
            return EXIT_FAULT
        except BrokenPipeError:
            return EXIT_DONE
        return code


def _run(argv: Sequence[str]) -> int:
    """Run one command and say what became of it."""
    try:
        arguments = _parser().parse_args(list(argv))
        _must_be_text(arguments)
        action: Callable[[argparse.Namespace], None] = getattr(arguments, "action", play.bare)
        action(arguments)
    except UserInputError as fault:
        for one in fault.faults:
            say(str(one))
        return EXIT_FAULT
    except KeyboardInterrupt as stop:
        say(f"Stopped. {what_is_kept(stop)}".rstrip())
        return exit_code(stop)
    except BrokenPipeError:
        raise
    except Exception:
        traceback.print_exc()
        say("This is a defect of the simulator, not of your input. Please report the lines above.")
        return EXIT_DEFECT
    return EXIT_DONE


def _must_be_text(arguments: argparse.Namespace) -> None:
    """UserInputError where words of the command line cannot be written in UTF-8; names of files may be any bytes."""
    for name, value in vars(arguments).items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and any("\ud800" <= sign <= "\udfff" for sign in text):
                raise UserInputError(f"--{name.replace('_', '-')} {text}", "this is no text in UTF-8", "write it anew")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in words that do nothing to a terminal."""

    def error(self, message: str) -> NoReturn:
        super().error(shown_text(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=program_name(),
        description="CT-fluoroscopy simulator for targeted epidural blood patches.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    parts = (
        play,
        treat,
        records,
        debrief,
        export,
        learners,
        course,
        educate,
        share,
        research,
        dataset,
        observe,
        machine,
    )
    for part in parts:
        part.add_to(commands)
    return parser
