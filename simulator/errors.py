"""What a user is told when their input is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.shown_text import shortened, shown_text

LONGEST_PART = 1200  # characters of each part: a value that somebody wrote may be as long as its file


class UserInputError(Exception):
    """The user's input is wrong: one message with the location, what is wrong and the fix, on one line.

    Paths, names and values of the user stand in it as they can be shown: control characters are escaped.

    Args:
        location: file, and line or key where there is one
        what: what is wrong
        fix: what would be right
    """

    def __init__(self, location: str, what: str, fix: str = "") -> None:
        location, what, fix = (shortened(shown_text(part), LONGEST_PART) for part in (location, what, fix))
        super().__init__(f"{location}: {what}" + (f": {fix}" if fix else ""))
        self.location = location
        self.what = what
        self.fix = fix

    @property
    def faults(self) -> tuple[UserInputError, ...]:
        """Every fault that this tells, each alone."""
        return (self,)


class CombinedInputError(UserInputError):
    """Several faults of one file, told together: a line each.

    Args:
        faults: at least two, in the order in which they are told
    """

    def __init__(self, faults: Sequence[UserInputError]) -> None:
        first = faults[0]
        super().__init__(first.location, first.what, first.fix)
        self.args = ("\n".join(str(fault) for fault in faults),)
        self._faults = tuple(faults)

    @property
    def faults(self) -> tuple[UserInputError, ...]:
        """Every fault that this tells, each alone."""
        return self._faults


def combine_errors(faults: Sequence[UserInputError]) -> UserInputError:
    """Several faults as one, a line each; one alone stays what it is. There must be at least one."""
    single = [one for fault in faults for one in fault.faults]
    return single[0] if len(single) == 1 else CombinedInputError(single)
