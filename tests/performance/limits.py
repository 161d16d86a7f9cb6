"""Limits: what each stage of a press must compute and move at least, and how far its time is from that.

Operations and bytes are counted by formula from the sizes: each input read once, each output written once, an
addition, a multiplication or a bit operation as one. The bound is the larger of operations over the measured
single-precision rate and bytes over the measured bandwidth. Arrays that stay in a cache may beat the bytes' share.
Run alone with `python -m tests.performance.limits`.
"""

from __future__ import annotations

import json
import math
from typing import Any

from simulator.ct.geometry import BRILLIANCE_64_CLASS as GEOMETRY
from simulator.ct.reconstruction import SLICES_PER_PASS as SLICES
from tests.performance import machine
from tests.performance.gauges import say
from tests.performance.lumbar_case import WORST_POSE, Presses, lumbar_world, patch
from tests.performance.press import stage_medians_ms

PRESSES = 20
_SHADOW_OPERATIONS = 120  # of a ray that crosses a shaft: its geometry, and two looks into a table of three axes
_NOISE_OPERATIONS = 150  # per ray: half a Philox call of 80, half a pair of normals, two logs of 25, a polynomial
_TILE_MARGIN = 8


def counted(*, samples: int, frequencies: int, matrix: int, shadowed: int) -> dict[str, tuple[float, float]]:
    """Operations and bytes by stage.

    Args:
        samples: of a parallel projection
        frequencies: of a projection that pass the kernel
        matrix: pixels of the image along one side
        shadowed: rays that the needle crosses, all slices
    """
    views, columns = GEOMETRY.views, GEOMETRY.columns
    angles, m, half = views // 2, 2 * matrix, matrix + 1
    rays, parallel = SLICES * views * columns, SLICES * angles * samples
    cells = m * (half + _TILE_MARGIN)
    spectrum = SLICES * angles * (samples // 2 + 1)
    polar = angles * frequencies
    log_m = math.log2(m)
    return {
        # a slice's signal is copied before the steel goes in
        "needle shadow": (shadowed * _SHADOW_OPERATIONS, 8 * rays + 8 * shadowed),
        "noise, log, water": (_NOISE_OPERATIONS * rays, 8 * rays),
        "rebinning": (3 * rays + 4 * parallel, 4 * rays + 4 * parallel),
        "radial FFT": (2.5 * parallel * math.log2(samples), 4 * parallel + 8 * spectrum),
        # the filter's turn; then sixteen cells of three complex values, multiplied and added
        "filter and gridding": (
            polar * (14 * SLICES + 8 + 16 * 2 * SLICES * 2 + 24),
            8 * SLICES * polar + 8 * SLICES * cells,
        ),
        "HU": (2 * SLICES * matrix * matrix, 8 * SLICES * matrix * matrix),
        "inverse FFT": (
            5 * SLICES * half * m * log_m + 2.5 * SLICES * matrix * m * log_m,
            8 * SLICES * half * (2 * m + matrix) + 4 * SLICES * matrix * m,
        ),
    }


def measure(presses: int = PRESSES) -> dict[str, Any]:
    """Machine's rates, and by stage: operations, bytes, the bound and the measured time in ms, and their ratio."""
    say("limits: memory and arithmetic of this machine")
    speed = machine.speed()
    say("limits: stages on the lumbar patient")
    world = lumbar_world()
    case = Presses(world, patch(world), moving=False)
    case.lay(WORST_POSE, 0)
    case.press_ms()
    shadowed = _rays_in_shadow(case)
    spent = stage_medians_ms(case, WORST_POSE, presses)["stages_ms"]
    assert isinstance(spent, dict)
    (plan,) = case.session._scanner._plans.values()  # type: ignore[union-attr]
    sizes = {"samples": plan._parallel.shape[2], "frequencies": plan._response.size, "matrix": 512}
    stages = {}
    for stage, (operations, moved) in counted(**sizes, shadowed=shadowed).items():
        by_arithmetic = operations / speed["single_precision_gflops"] / 1e6
        by_memory = moved / speed["memory_gb_per_s"] / 1e6
        bound, took = max(by_arithmetic, by_memory), spent.get(stage)
        stages[stage] = {
            "mega_operations": round(operations / 1e6, 1),
            "megabytes": round(moved / 1e6, 1),
            "bound_by": "arithmetic" if by_arithmetic > by_memory else "memory",
            "bound_ms": round(bound, 2),
            "measured_ms": took,
            "times_the_bound": None if took is None else round(took / bound, 1),
        }
    return {"machine": speed, "sizes": {**sizes, "shadowed_rays": shadowed}, "stages": stages}


def _rays_in_shadow(case: Presses) -> int:
    """Rays that the needle crosses in one press."""
    from simulator.ct import scanner

    cast, crossed = scanner.project_needle, []

    def counting(*args: Any, **kwargs: Any) -> int:
        crossed.append(cast(*args, **kwargs))
        return crossed[-1]

    scanner.project_needle = counting
    try:
        case.lay(WORST_POSE, 1)
        case.press_ms()
    finally:
        scanner.project_needle = cast
    return sum(crossed)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
