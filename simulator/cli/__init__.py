"""The command line: one file for each kind of user, and one place where faults become messages and exit codes.

Exit codes: 0 done (also when the patient fared badly), 2 the user's input is at fault, 70 a defect of ours.
May import every room, and does so only where a command needs it. Open `treat.py` first.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence

from simulator.cli import course, debrief, educate, learners, machine, play, records, research, treat
from simulator.errors import UserInputError
from simulator.program_name import program_name

EXIT_DONE, EXIT_FAULT, EXIT_DEFECT = 0, 2, 70


def main(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(list(argv))
    action: Callable[[argparse.Namespace], None] = getattr(arguments, "action", play.bare)
    try:
        action(arguments)
    except UserInputError as fault:
        print(str(fault), file=sys.stderr)
        return EXIT_FAULT
    except KeyboardInterrupt:
        print("Stopped. What was recorded so far is kept; --resume goes on with it.", file=sys.stderr)
        return EXIT_FAULT
    except BrokenPipeError:
        return EXIT_DONE
    except Exception:
        traceback.print_exc()
        print(
            "This is a defect of the simulator, not of your input. Please report the lines above.",
            file=sys.stderr,
        )
        return EXIT_DEFECT
    return EXIT_DONE


def console() -> None:
    """Entry point of the `ctfsim` script."""
    sys.exit(main(sys.argv[1:]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program_name(),
        description="CT-fluoroscopy simulator for targeted epidural blood patches.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for part in (play, treat, records, debrief, learners, course, educate, research, machine):
        part.add_to(commands)
    return parser
