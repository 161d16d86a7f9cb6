"""Held input: what hand and foot have begun and not ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class RunningScan(Protocol):
    """A scan whose beam is on."""

    @property
    def fraction(self) -> float:
        """What of it is done."""
        ...


@dataclass(slots=True)
class HeldInput:
    """Inputs that wait, and those that last.

    Attributes:
        kept: inputs that wait until nothing is computed any more
        foot_down: whether the foot stands on the pedal, whatever the engine knows of it yet
        scan_run: the scan whose beam is on, if one is
    """

    kept: deque[Callable[[], None]] = field(default_factory=deque)
    foot_down: bool = False
    scan_run: RunningScan | None = None
