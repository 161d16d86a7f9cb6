"""Program name: the command as the user typed it, for messages that name another command."""

from __future__ import annotations

import sys
from pathlib import Path

INSTALLED, FROM_SOURCES = "ctfsim", "run_sim.py"
_SOURCES = Path(__file__).resolve().parents[1]


def program_name() -> str:
    """`ctfsim` or `run_sim.py`, whichever started this process.

    Another program that uses the simulator is told of the one that it has: `run_sim.py` in a checkout, else `ctfsim`.
    """
    typed = Path(sys.argv[0]).name if sys.argv else ""
    if typed == FROM_SOURCES:
        return FROM_SOURCES
    if Path(typed).stem == INSTALLED:  # ctfsim.exe on Windows
        return INSTALLED
    return FROM_SOURCES if (_SOURCES / FROM_SOURCES).is_file() else INSTALLED
