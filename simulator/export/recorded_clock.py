"""RecordedClock: from the simulated clock to dates and times of day, without any clock of the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=1))
"""All times are written in this zone, and every file that can name a zone names it."""

ZONE_TEXT = "+0100"
WITHOUT_DATE = datetime(2000, 1, 1, 9, 0, tzinfo=ZONE)
"""When a session began whose record holds no date, as that of a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedClock:
    """When a session began, and with that when everything in it happened."""

    start: datetime

    @classmethod
    def starting(cls, started: str | None) -> RecordedClock:
        """From the time that a record's header names, ISO 8601 with its zone; None where it names none."""
        return cls(start=WITHOUT_DATE if started is None else datetime.fromisoformat(started).astimezone(ZONE))

    def at(self, elapsed_ms: int) -> datetime:
        """The date and time of a moment of the simulated clock."""
        return self.start + timedelta(milliseconds=elapsed_ms)
