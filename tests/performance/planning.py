"""Planning: a scan of 80 mm in slices of 3 mm, first, at another tube voltage, and at another tube load.

Run alone with `python -m tests.performance.planning`.
"""

from __future__ import annotations

import json

import numpy as np

from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.performance.gauges import peak_mb, say, timed_ms
from tests.performance.lumbar_case import LEVEL, lumbar_world

LENGTH_MM, SLICE_MM = 80.0, 3.0


def measure() -> dict[str, object]:
    """Times in s of one scanner; the scan that comes first finds nothing computed, but its kernels are loaded."""
    say("planning: the lumbar patient")
    world = lumbar_world()
    middle = world.phantom.landmarks.interlaminar_windows[LEVEL][2]
    count = int(LENGTH_MM / SLICE_MM)
    centres = middle + SLICE_MM * (np.arange(count) - 0.5 * (count - 1))
    scanner = Scanner(world.phantom)

    def scan(kv: int, mas: float) -> float:
        technique = Technique(tube_voltage_kv=kv, tube_current_ma=mas, rotation_s=1.0, slice_thickness_mm=SLICE_MM)
        wall, _ = timed_ms(
            lambda: scanner.image(
                technique=technique,
                slice_centres_mm=centres.tolist(),
                noise_key=1,
                centre_mm=world.image_centre_mm,
            )
        )
        return round(wall / 1e3, 2)

    technique = Technique(tube_voltage_kv=120, tube_current_ma=50.0, rotation_s=1.0, slice_thickness_mm=SLICE_MM)
    Scanner(world.phantom).image(
        technique=technique, slice_centres_mm=[middle], noise_key=1, centre_mm=world.image_centre_mm
    )  # loads kernels
    say("planning: three scans")
    return {
        "slices": count,
        "first_s": scan(120, 50.0),
        "other_mas_s": scan(120, 100.0),
        "other_kv_s": scan(100, 50.0),
        "peak_rss_mb": peak_mb(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
