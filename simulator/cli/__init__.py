"""The command line: one file for each kind of user, and one place where faults become messages and exit codes.

Exit codes: 0 done (also when the patient fared badly), 2 the user's input is at fault, 70 a defect of ours, 130 after
Ctrl-C, 143 after SIGTERM.
May import every room, and does so only where a command needs it. Open `treat.py` first.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence

EXIT_INTERRUPTED = 130  # 128 and the signal's number, as shells have it
# Modules make some hundred thousand objects that stay: a twentieth of a `check` went into looking through them
COLLECT_AFTER_OBJECTS = 20_000


def main(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    try:
        from simulator.cli.command_line import run
    except KeyboardInterrupt:  # while the program is brought in: nothing is done yet
        sys.stderr.write("Stopped.\n")
        return EXIT_INTERRUPTED
    return run(argv)


def console() -> None:
    """Entry point of the `ctfsim` script; what is done stays done, whatever comes while the interpreter goes down."""
    gc.set_threshold(COLLECT_AFTER_OBJECTS, *gc.get_threshold()[1:])
    code = main(sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)
