"""Force traces of two replays: where tissues meet, a sample may fall on either side of the border.

A needle that a membrane holds is let go exactly at it: the next sample lies on the border but for the last bit, and on
another processor on its other side. That sample then has the force of the other tissue; its neighbours tell of both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

TRACE = "force_n"
"""Key of a force trace in an event."""


def alike_but_for_a_border(
    recorded: Sequence[float], replayed: Sequence[float], close: Callable[[float, float], bool]
) -> bool:
    """Whether two traces agree but for one sample at a step between two tissues.

    Args:
        close: whether two forces are the same but for their last digits
    """
    if len(recorded) != len(replayed):
        return False
    apart = [k for k, (one, other) in enumerate(zip(recorded, replayed, strict=True)) if not close(one, other)]
    if not apart:
        return True
    at = apart[0]
    if len(apart) > 1 or not 2 <= at <= len(recorded) - 3:
        return False
    before, after = recorded[at - 1], recorded[at + 1]
    rise = max(abs(before - recorded[at - 2]), abs(recorded[at + 2] - after))  # within a tissue, from sample to sample
    sides = (before, after) if abs(recorded[at] - before) < abs(recorded[at] - after) else (after, before)
    return abs(recorded[at] - sides[0]) <= 2.0 * rise and abs(replayed[at] - sides[1]) <= 2.0 * rise
