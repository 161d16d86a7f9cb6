"""Older events: what of a record's events can still be held against what this version does.

Since format 4 a beam is booked with its over-ranging and the collimation's own CTDI, the outcome follows the cover, a
time-out and an arm line have events of their own, and only who looks at an image recognises what it shows. None of that
changes where a needle went or what an image showed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMPARABLE_SINCE = 4
_NEW_KINDS = ("ArmLineLaid", "TimeOutHeld", "ComplicationRecognised")
_BOOKED_ANEW: Mapping[str, tuple[str, ...]] = {
    "AcquisitionMade": ("dose", "beam"),
    "BeamCutShort": ("dose", "beam"),
}


def comparable(found: int, event: dict[str, Any]) -> dict[str, Any] | None:
    """What of an event in plain JSON types must agree with a record of a format; None where it had no such event."""
    if found >= COMPARABLE_SINCE:
        return event
    if event["event"] in _NEW_KINDS:
        return None
    if event["event"] == "Finished":
        return {"event": "Finished", "at_ms": event["at_ms"], "treated": event["treated"]}
    left_out = _BOOKED_ANEW.get(event["event"], ())
    return {key: value for key, value in event.items() if key not in left_out}
