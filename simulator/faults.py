"""Faults: what a user is told when their input is wrong."""

from __future__ import annotations

from collections.abc import Sequence


class UserFaultError(Exception):
    """The user's input is at fault: one message with the place, what is wrong and the mend.

    Args:
        place: file, and line or key where there is one
        what: what is wrong
        mend: what would be right
    """

    def __init__(self, place: str, what: str, mend: str = "") -> None:
        super().__init__(f"{place}: {what}" + (f": {mend}" if mend else ""))
        self.place = place
        self.what = what
        self.mend = mend


def together(faults: Sequence[UserFaultError]) -> UserFaultError:
    """Several faults as one message, a line each; there must be at least one."""
    first = faults[0]
    rest = "".join(f"\n{fault}" for fault in faults[1:])
    return UserFaultError(first.place, first.what, first.mend + rest)
