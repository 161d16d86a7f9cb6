"""Machine: what this computer has and lacks."""

from __future__ import annotations

import argparse

from simulator.cli.arguments import Commands
from simulator.cli.output import give


def add_to(commands: Commands) -> None:
    """The command `doctor`."""
    doctor = commands.add_parser("doctor", help="what this machine lacks, and the mend")
    doctor.set_defaults(action=_doctor)


def _doctor(arguments: argparse.Namespace) -> None:
    """Say what this machine has and lacks."""
    from simulator.doctor import examine

    for check in examine():
        mark = "ok  " if check.well else "LACK"
        give(f"{mark} {check.what}")
        if check.fix:
            give(f"     mend: {check.fix}")
