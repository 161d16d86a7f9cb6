"""Growth: how the time of a press-like image grows with slices, views, columns and matrix; exponents by stage.

One size varies, the others stay at the scanner's: 3 slices, 1160 views, 672 columns, 512 x 512. Planes are kept, the
needle is new each time. The exponent is the slope of log time over log size through all sizes.
Run alone with `python -m tests.performance.growth`.
"""

from __future__ import annotations

import json
from statistics import median
from typing import Any

import numpy as np

from phantoms.phantom import Phantom
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from simulator.engine.case_context import CaseContext
from simulator.engine.image_rendering import steel
from simulator.needle.needle_catalogue import QUINCKE_20G
from simulator.needle.needle_shape import needle_shape
from tests.performance.gauges import say, timed_ms
from tests.performance.lumbar_case import LEVEL, bent_needle, lumbar_world
from tests.performance.stages import OTHER, clocked

SIZES = {
    "slices": (3, 6, 12, 24),
    "views": (290, 580, 1160, 2320),
    "columns": (168, 336, 672, 1344),
    "matrix": (128, 256, 512, 1024),
}
USUAL = {"slices": 3, "views": 1160, "columns": 672, "matrix": 512}
REPEATS = 5
_LEAST_MS = 0.2  # of a stage at its largest size; what is faster than that tells nothing
_TECHNIQUE = Technique(tube_voltage_kv=120, tube_current_ma=30.0, rotation_s=0.5)


def _images(world: CaseContext, sizes: dict[str, int], repeats: int) -> tuple[float, dict[str, float]]:
    """Median ms of an image and of its stages."""
    arc_mm = ScannerGeometry().columns * ScannerGeometry().column_pitch_mm
    geometry = ScannerGeometry(
        views=sizes["views"], columns=sizes["columns"], column_pitch_mm=arc_mm / sizes["columns"]
    )
    phantom: Phantom = world.phantom
    scanner = Scanner(phantom, geometry=geometry)
    middle = phantom.landmarks.interlaminar_windows[LEVEL][2]
    centres = middle + 4.0 * (np.arange(sizes["slices"]) - (sizes["slices"] - 1) // 2)

    def image(index: int) -> None:
        needle = steel(needle_shape(QUINCKE_20G, bent_needle(world, index, middle + 2.0)))
        scanner.image(
            technique=_TECHNIQUE,
            slice_centres_mm=centres.tolist(),
            needles=[needle],
            noise_key=index,
            centre_mm=world.image_centre_mm,
            matrix=sizes["matrix"],
        )

    image(0)
    wholes: list[float] = []
    stages: dict[str, list[float]] = {}
    with clocked() as clock:
        for index in range(1, repeats + 1):
            clock.take()
            whole = timed_ms(lambda index=index: image(index))[0]
            spent = clock.take()
            wholes.append(whole)
            for stage, value in {**spent, OTHER: whole - sum(spent.values())}.items():
                stages.setdefault(stage, []).append(value)
    return median(wholes), {stage: median(values) for stage, values in stages.items()}


def exponent(sizes: tuple[int, ...], times: list[float]) -> float:
    """Slope of log time over log size."""
    return round(float(np.polyfit(np.log(sizes), np.log(times), 1)[0]), 2)


def measure(repeats: int = REPEATS) -> dict[str, Any]:
    """By what varies: sizes, ms, the exponent of the whole, its last doubling, and the exponents of the stages."""
    say("growth: the lumbar patient")
    world = lumbar_world()
    result: dict[str, Any] = {}
    for what, sizes in SIZES.items():
        wholes: list[float] = []
        stages: list[dict[str, float]] = []
        for size in sizes:
            say(f"growth: {size} {what}")
            whole, spent = _images(world, {**USUAL, what: size}, repeats)
            wholes.append(whole)
            stages.append(spent)
        by_stage = {
            name: exponent(sizes, [max(each[name], 1e-3) for each in stages])
            for name in stages[-1]
            if stages[-1][name] >= _LEAST_MS and all(name in each for each in stages)
        }
        result[what] = {
            "sizes": list(sizes),
            "ms": [round(value, 1) for value in wholes],
            "exponent": exponent(sizes, wholes),
            "last_doubling": exponent(sizes[-2:], wholes[-2:]),
            "stage_exponents": by_stage,
        }
    return result


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
