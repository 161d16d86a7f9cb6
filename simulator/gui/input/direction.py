"""Direction: the four ways in which hub and table are moved, as seen from above."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """A way on the patient's back, as its button says it."""

    LEFT = "Left"
    RIGHT = "Right"
    HEAD = "Head"
    FEET = "Feet"
