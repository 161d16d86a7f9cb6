"""A rig that is none: lines at 50 Hz of a needle that is pushed, turned and leaned, with taps of the pedal.

python -m tests.gui.rig_lines [SECONDS] | python run_sim.py play CASE --rig -
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

RATE_HZ = 50


def lines(seconds: float) -> Iterator[str]:
    """Five millimetres in each two seconds, then a tap; the bevel half round once, the hub leaned by 4 degrees."""
    for tick in range(round(seconds * RATE_HZ)):
        at_s = tick / RATE_HZ
        cycle, within_s = divmod(at_s, 3.0)
        depth_mm = 5.0 * cycle + min(within_s, 2.0) * 2.5
        angle_deg = 180.0 if at_s > 4.0 else 0.0
        lean_deg = 4.0 if at_s > 7.0 else 0.0
        yield f"needle {depth_mm:.2f} {angle_deg:.1f} {lean_deg:.1f} 0.00 {int(2.2 < within_s < 2.4)}\n"


if __name__ == "__main__":
    for line in lines(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0):
        sys.stdout.write(line)
        sys.stdout.flush()
        time.sleep(1.0 / RATE_HZ)
