"""Protocol: what a program must offer to operate. It sees Views and gives Commands, and reaches nothing else."""

from __future__ import annotations

from typing import Protocol

from simulator.interface.commands import Command
from simulator.interface.view import View


class Operator(Protocol):
    """A program that treats a patient.

    A fresh operator is made for each procedure; it may remember what it saw.
    """

    name: str

    def __call__(self, view: View) -> Command:
        """The next command, for what is perceived now."""
        ...
