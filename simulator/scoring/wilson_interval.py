"""Share interval: how sure a share of successes is."""

from __future__ import annotations

import math

Z_95 = 1.959963984540054


def wilson_interval(successes: int, runs: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927), 95 % by default; (0, 1) without a run.

    Source: J Am Stat Assoc 1927;22:209.
    """
    if runs == 0:
        return 0.0, 1.0
    share = successes / runs
    middle = share + z * z / (2 * runs)
    half = z * math.sqrt(share * (1 - share) / runs + z * z / (4 * runs * runs))
    scale = 1 + z * z / runs
    return max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0)
