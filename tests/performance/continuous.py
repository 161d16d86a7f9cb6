"""Continuous: ten images a second for a minute while the needle goes in, and whether looking changes what happens.

The console's shortest rotation is 0.4 s and the pedal's own mode makes one image a rotation, so ten a second are beyond
what the product shows: this measures the scanner at that pace, each image with a needle that has gone further.
Run alone with `python -m tests.performance.continuous [SECONDS]`.
"""

from __future__ import annotations

import json
import sys
import time

from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.interface import commands as c
from tests.performance.gauges import say, summary
from tests.performance.lumbar_case import WORST_POSE, Presses, lumbar_world, patch
from tests.procedures import placed

IMAGES_PER_S = 10
SECONDS = 60
_FROM_MM, _TO_MM = 20.0, 89.0


def _pedal_held(world: CaseContext, look: bool) -> tuple[list[object], str, int]:
    """Events, digest and images of a procedure in which the pedal is held while the needle goes in."""
    session = Session(world)
    script = [*placed(), c.PressPedal(hold=True), *[c.Advance(distance_mm=4.0) for _ in range(8)], c.ReleasePedal()]
    shown = 0
    for command in script:
        session.do(command)
        for number in session.presses()[shown:] if look else []:
            session.image(number)
            shown += 1
    return list(session.events), session.state.digest, shown


def measure(seconds: int = SECONDS) -> dict[str, object]:
    """Images late and the longest wait, ms; whether events are the same with and without looking."""
    say("continuous: the lumbar patient")
    world = lumbar_world()
    injected = patch(world)
    count = seconds * IMAGES_PER_S
    depth_mm = [_FROM_MM + (_TO_MM - _FROM_MM) * k / max(count - 1, 1) for k in range(count)]
    seen = Presses(world, injected, moving=False)
    seen.lay(WORST_POSE, 0)
    seen.press_ms()
    slot_s = 1.0 / IMAGES_PER_S
    waits: list[float] = []
    work: list[float] = []
    say(f"continuous: {count} images in {seconds} s")
    start = time.perf_counter()
    for k, depth in enumerate(depth_mm):
        opens = start + k * slot_s
        time.sleep(max(0.0, opens - time.perf_counter()))
        seen.lay(WORST_POSE, 0, in_tissue_mm=depth)
        work.append(seen.press_ms()[0])
        waits.append(1e3 * (time.perf_counter() - opens))
    took_s = time.perf_counter() - start
    say("continuous: the same without looking")
    blind = Presses(world, injected, moving=False)
    blind.lay(WORST_POSE, 0)
    blind.expose()
    for depth in depth_mm:
        blind.lay(WORST_POSE, 0, in_tissue_mm=depth)
        blind.expose()
    looked, looked_digest, images = _pedal_held(world, look=True)
    blindly, blind_digest, _ = _pedal_held(world, look=False)
    return {
        "images": count,
        "images_per_s": round(count / took_s, 2),
        "late": sum(wait > 1e3 * slot_s for wait in waits),
        "wait_from_slot_ms": summary(waits),
        "image_ms": summary(work),
        "same_events_without_looking": seen.session.events == blind.session.events
        and seen.session.state.digest == blind.session.state.digest,
        "pedal_held_images": images,
        "pedal_held_same_events": looked == blindly and looked_digest == blind_digest,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS), indent=2))
