"""Console choices: from one of the values that a console offers to the next."""

from __future__ import annotations

from collections.abc import Sequence


def neighbouring_choice(choices: Sequence[float], now: float, by: int) -> float:
    """The next choice up or down; the same at the end."""
    beyond = [v for v in choices if (v > now + 1e-9 if by > 0 else v < now - 1e-9)]
    if not beyond:
        return now
    return min(beyond) if by > 0 else max(beyond)
