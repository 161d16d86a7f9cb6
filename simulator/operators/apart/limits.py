"""Limits: what an operator's process may take before its run ends."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLimits:
    """What an operator in a process of its own may take.

    Attributes:
        decision_s: for one command; making its images does not count, since that is not the operator's work
        run_s: for all commands of a run together, counted alike
        memory_mb: address space of its process, in 10^6 bytes (Linux and macOS)
        images: that it may ask for before it gives a command
    """

    decision_s: float = 60.0
    run_s: float = 3600.0
    memory_mb: int = 8000
    images: int = 500


STARTING_S = 60.0  # for the interpreter, the imports and the operator's own start
