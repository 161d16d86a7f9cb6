"""Peer: the same work by ASTRA's CPU path and by ours, alternating in one process.

ASTRA projects three slices in a fan (`line_fanflat`), they are rebinned, and its parallel FBP (`linear`; there is no
FBP of a fan on the CPU) reconstructs them, on two threads, since one of its runs uses one. Its `run` lets other threads
go on, so one process serves both fairly, and either rests while the other works. It has no spectrum, noise or needle.
Run alone with `python -m tests.performance.peer [REPEATS]`.
"""

from __future__ import annotations

import importlib
import json
import sys
from statistics import median
from typing import Any

import numba
import numpy as np

from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.projector import Projector
from simulator.ct.reconstruction import Reconstruction
from simulator.ct.scanner import Scanner
from simulator.patch.patch import Patch
from tests.performance.gauges import say, summary, timed_ms
from tests.performance.lumbar_case import LEVEL, WORST_POSE, Presses, lumbar_world, patch

REPEATS = 5
FIELD_MM = 500.0
WATER_PER_MM = 0.02


def measure(repeats: int = REPEATS) -> dict[str, Any]:
    """Times in ms and ratios, theirs over ours; `ratio` None, with a reason, where ASTRA cannot be imported."""
    try:
        version = importlib.import_module("astra").__version__
    except Exception as error:  # a missing package, or a library of it
        return {"ratio": None, "reason": f"astra cannot be imported ({error}): pip install astra-toolbox"}
    from tests.performance.astra_frame import THREADS, AstraFrame

    say("peer: the lumbar patient")
    world = lumbar_world()
    phantom = world.phantom
    middle = phantom.landmarks.interlaminar_windows[LEVEL][2]
    at = int(np.abs(phantom.body.grid.z_mm - middle).argmin())
    planes = (at - 4, at, at + 4)
    presses = Presses(world, patch(world), moving=False)
    projector = Projector(phantom, BRILLIANCE_64_CLASS)
    plan = Reconstruction(
        BRILLIANCE_64_CLASS,
        field_of_view_mm=FIELD_MM,
        matrix=512,
        reconstruction_kernel="standard",
        reach_mm=projector.radius_mm,
    )
    theirs = AstraFrame([_plane(world, plane) for plane in planes], FIELD_MM)

    def ours_same_work() -> np.ndarray:
        # The projector always takes water, bone and iodine together: three projections where ASTRA makes one
        lines = np.stack([projector.line_integrals(plane)[0] for plane in planes])
        return plan.image(lines, (0.0, 0.0))

    def first_press() -> tuple[float, float]:
        fresh = Presses(world, Patch(), moving=False)
        fresh.session._scanner = kept  # its detector and plan are ready, its planes lie elsewhere
        kept._expected.forget()
        fresh.lay(WORST_POSE, 1)
        return fresh.press_ms()

    presses.lay(WORST_POSE, 0)
    presses.press_ms()
    kept = Scanner(phantom)
    first_press()
    ours_same_work()
    theirs.run()
    times: dict[str, list[float]] = {name: [] for name in ("astra", "press", "first_press", "same_work")}
    for index in range(repeats):
        say(f"peer: round {index + 1} of {repeats}")
        times["astra"].append(timed_ms(theirs.run)[0])
        presses.lay(WORST_POSE, index)
        times["press"].append(presses.press_ms()[0])
        times["first_press"].append(first_press()[0])
        times["same_work"].append(timed_ms(ours_same_work)[0])
    medians = {name: median(values) for name, values in times.items()}
    return {
        "version": version,
        "process": "one process, alternating",
        "threads": {"astra": THREADS, "ours": numba.get_num_threads()},
        "ratio": round(medians["astra"] / medians["press"], 1),
        "ratio_first_press": round(medians["astra"] / medians["first_press"], 1),
        "ratio_same_work": round(medians["astra"] / medians["same_work"], 1),
        "ratio_least": round(min(times["astra"]) / max(times["press"]), 1),
        "ratio_greatest": round(max(times["astra"]) / min(times["press"]), 1),
        "astra_ms": summary(times["astra"]),
        "press_ms": summary(times["press"]),
        "first_press_ms": summary(times["first_press"]),
        "same_work_ms": summary(times["same_work"]),
        "astra_steps_ms": theirs.steps_ms(),
        "centre_of_both_images": _agreement(theirs.images(), ours_same_work()),
    }


def _plane(world: Any, plane: int) -> np.ndarray:
    """A plane's water density times the attenuation of water, sampled on 512 x 512 over the field, row 0 at +y."""
    body = world.phantom.body
    grid, density = body.grid, body.plane(plane)[0]
    from_centre = (np.arange(512) + 0.5) * FIELD_MM / 512 - FIELD_MM / 2
    middle = [0.5 * (n - 1) for n in grid.shape[1:]]
    row = np.rint(middle[0] - from_centre / grid.spacing_mm[1]).astype(int)
    column = np.rint(middle[1] + from_centre / grid.spacing_mm[0]).astype(int)
    inside = ((row >= 0) & (row < grid.shape[1]))[:, None] & ((column >= 0) & (column < grid.shape[2]))[None, :]
    image = density[np.clip(row, 0, grid.shape[1] - 1)][:, np.clip(column, 0, grid.shape[2] - 1)]
    return np.where(inside, WATER_PER_MM * image, 0.0).astype(np.float32)


def _agreement(theirs: np.ndarray, ours: np.ndarray) -> dict[str, float]:
    """Mean water density in the middle of the middle slice: either side has reconstructed the same thing."""
    middle = slice(236, 276)
    return {
        "astra": round(float(theirs[1, middle, middle].mean()) / WATER_PER_MM, 3),
        "ours": round(float(ours[1, middle, middle].mean()) / 1000 + 1, 3),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS), indent=2))
