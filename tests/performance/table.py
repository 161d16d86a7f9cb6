"""Table: how long an image takes where nothing has been computed: a new place, and one slice further at a time.

Run alone with `python -m tests.performance.table`.
"""

from __future__ import annotations

import json

from simulator.patch.patch import Patch
from tests.performance.gauges import say, summary
from tests.performance.lumbar_case import WORST_POSE, Presses, lumbar_world

SLICE_MM = 4.0
STEPS = 20
_START_MM = -60.0


def measure() -> dict[str, object]:
    """Times in ms; each press has a fresh needle and, but for the first, one slice of four planes to project."""
    say("table: the lumbar patient")
    world = lumbar_world()
    presses = Presses(world, Patch(), moving=False)
    presses.table_to(_START_MM - 10.0)
    presses.lay(WORST_POSE, 0)
    presses.press_ms()  # loads kernels
    presses.table_to(world.phantom.landmarks.interspaces["L1/2"][2])
    presses.lay(WORST_POSE, 1)
    new_place, _ = presses.press_ms()
    presses.table_to(_START_MM)
    presses.lay(WORST_POSE, 2)
    presses.press_ms()
    walls, busies = [], []
    for step in range(1, STEPS + 1):
        presses.table_to(_START_MM + SLICE_MM * step)
        presses.lay(WORST_POSE, step)
        wall, busy = presses.press_ms()
        walls.append(wall)
        busies.append(busy)
    return {
        "one_slice_ms": summary(walls),
        "one_slice_processor_ms": summary(busies),
        "new_place_ms": round(new_place, 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
