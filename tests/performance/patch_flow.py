"""Patch flow: how long a millilitre takes on its way into the epidural space, and a press with 20 mL in the canal.

Run alone with `python -m tests.performance.patch_flow [PRESSES]`. Asked: 150 ms a millilitre at most on two cores, and
presses as quick as without a patch.
"""

from __future__ import annotations

import json
import sys
import time

from simulator.patch.injectate import Injectate
from simulator.patch.patch import Patch, PortionSource, inject_portion
from simulator.vocabulary.anatomy import InjectionDestination
from tests.performance.gauges import say, summary
from tests.performance.lumbar_case import LEVEL, WORST_POSE, Presses, lumbar_world

VOLUME_ML = 20
PRESSES = 30


def main(count: int) -> dict[str, object]:
    """Inject 20 mL a millilitre at a time, then press with and without them."""
    world = lumbar_world()
    start = time.perf_counter()
    medium = world.medium
    gather_cells_ms = 1e3 * (time.perf_counter() - start)
    patch = Patch()
    by_ml = []
    for ml in range(VOLUME_ML):
        source = PortionSource(
            opening_mm=world.phantom.landmarks.interlaminar_windows[LEVEL],
            destination=InjectionDestination.EPIDURAL,
            drawn_ms=0,
            from_ms=60_000 + 3_333 * ml,
            until_ms=60_000 + 3_333 * (ml + 1),
        )
        portion = Injectate(blood_ml=0.95, contrast_ml=0.05)
        begun = time.perf_counter()
        patch, _ = inject_portion(medium, world.phantom.canal, patch, source, portion, None)
        by_ml.append(1e3 * (time.perf_counter() - begun))
    say(f"20 mL: {summary(by_ml)}")
    presses: dict[str, object] = {}
    for name, lies in (("none", Patch()), ("20 mL", patch)):
        session = Presses(world, lies, moving=False)
        walls = []
        for index in range(count + 3):
            session.lay(WORST_POSE, index)
            walls.append(session.press_ms()[0])
        presses[name] = summary(walls[3:])
    return {"gathering_ms": round(gather_cells_ms), "ml_ms": summary(by_ml[1:]), "press_ms": presses}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else PRESSES)))
