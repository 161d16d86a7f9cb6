"""What a user is told: one line for each fault, well formed, however faults were gathered."""

from __future__ import annotations

import pytest

from simulator.errors import CombinedInputError, UserInputError, combine_errors


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (UserInputError("a.toml:3: leak", "x is wrong", "choose y"), "a.toml:3: leak: x is wrong: choose y"),
        (UserInputError("a", "x is wrong"), "a: x is wrong"),
    ],
)
def test_one_fault_is_one_line(fault: UserInputError, line: str) -> None:
    assert str(fault) == line
    assert combine_errors([fault]) is fault
    assert fault.faults == (fault,)


def test_two_faults_are_a_line_each() -> None:
    both = combine_errors([UserInputError("a", "x is wrong"), UserInputError("b", "y")])
    assert str(both) == "a: x is wrong\nb: y"
    assert isinstance(both, CombinedInputError)


def test_faults_that_were_combined_before_stay_a_line_each() -> None:
    faults = [UserInputError(place, "is wrong", "mend it") for place in "abc"]
    everything = combine_errors([combine_errors(faults[:2]), faults[2]])
    assert everything.faults == tuple(faults)
    assert str(everything).splitlines() == [f"{place}: is wrong: mend it" for place in "abc"]
