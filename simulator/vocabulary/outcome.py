"""What a patient reports after the procedure."""

from __future__ import annotations

from enum import StrEnum


class NextDayReport(StrEnum):
    """What a patient says on the telephone the next day."""

    BETTER = "better"
    NO_BETTER = "no better"
    OTHER_HEADACHE = "another headache: worse lying, better upright"
    BACK_PAIN = "back pain"
