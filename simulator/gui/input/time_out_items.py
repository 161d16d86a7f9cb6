"""Time-out items: what is checked together, each ticked or left out; what is left out brings nothing to light."""

from __future__ import annotations

from simulator.interface import commands as c
from simulator.vocabulary.patient_facts import TimeOutItem


class TimeOutItems:
    """The list that is held at the next time-out; all of it is ticked at first."""

    def __init__(self) -> None:
        self.ticked = set(TimeOutItem)

    def toggle(self, item: TimeOutItem) -> None:
        """Tick an item or leave it out."""
        self.ticked ^= {item}

    def why_not(self) -> str | None:
        """A time-out that checks nothing is none."""
        return None if self.ticked else "Tick at least one item of the time-out"

    def command(self) -> c.TimeOut:
        """The time-out as it is ticked."""
        return c.TimeOut(**{item.replace(" ", "_"): item in self.ticked for item in TimeOutItem})
