"""Tilt: how long a press of a tilted gantry takes beside an upright one, once its planes are there.

The lumbar patient with 5 mL of patch; presses alternate between two sessions, one upright and one at 20 degrees. In
both the needle lies along the slices and straddles two of them, so that as much of it is in the beam.
Run alone with `python -m tests.performance.tilt [PRESSES]`.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from statistics import median

from simulator.interface import commands as c
from tests.performance.gauges import say, summary
from tests.performance.lumbar_case import NEEDLE_MM, WORST_POSE, Presses, bent_needle, lumbar_world, patch

PRESSES = 40
TILT_DEG = 20.0


def _lay(presses: Presses, index: int) -> None:
    """Lay the needle as `WORST_POSE` has it, along the slices of a gantry that may lean."""
    presses.lay(WORST_POSE, index)
    session, world = presses.session, presses.world
    tilt_deg = session.state.imaging.settings.gantry_tilt_deg
    if not tilt_deg:
        return
    lean = math.radians(tilt_deg)
    # As `bent_needle` has it, the middle of the track lies so far before the skin
    middle_y = world.image_centre_mm[1] + 115.0 - 0.5 * NEEDLE_MM * math.cos(lean)
    z = session.state.imaging.table_mm - world.table_zero_mm
    z += math.tan(lean) * (middle_y - world.gantry_axis_mm[1]) + 2.0 / math.cos(lean)
    pose = bent_needle(world, index, z, tilt_deg=-tilt_deg)
    session.state = replace(session.state, needle=replace(session.state.needle, pose=pose))


def measure(count: int = PRESSES) -> dict[str, object]:
    """Times of presses in ms, and the median ratio of tilted over upright, press by press."""
    say("tilt: the lumbar patient and its patch")
    world = lumbar_world()
    injected = patch(world)
    both = {"upright": Presses(world, injected, moving=False), "tilted": Presses(world, injected, moving=False)}
    both["tilted"].session.do(c.TiltGantry(tilt_deg=TILT_DEG))
    first = {}
    for name, presses in both.items():
        _lay(presses, 0)
        first[name] = round(presses.press_ms()[0], 1)
        _lay(presses, 1)
        presses.press_ms()
    say(f"tilt: {count} presses of each")
    wall: dict[str, list[float]] = {name: [] for name in both}
    busy: dict[str, list[float]] = {name: [] for name in both}
    for index in range(count):
        for name, presses in both.items():
            _lay(presses, index)
            whole, processor = presses.press_ms()
            wall[name].append(whole)
            busy[name].append(processor)
    return {
        "presses": count,
        "tilt_deg": TILT_DEG,
        "first_ms": first,
        "wall_ms": {name: summary(times) for name, times in wall.items()},
        "processor_ms": {name: summary(times) for name, times in busy.items()},
        "ratio": round(median(wall["tilted"]) / median(wall["upright"]), 3),
        "processor_ratio": round(median(busy["tilted"]) / median(busy["upright"]), 3),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else PRESSES), indent=2))
