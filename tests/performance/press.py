"""How long one press of the pedal takes: three slices, a new needle pose, planes kept or new."""

from __future__ import annotations

import math
import resource
import sys
import time
from statistics import median

import numpy as np

from simulator.ct.needle_shadow import SteelTube
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

PRESS = Technique(tube_voltage_kv=120, tube_current_ma=30, rotation_s=0.75)
PLANNING = Technique(tube_voltage_kv=120, tube_current_ma=50, rotation_s=1.0, slice_thickness_mm=3.0)


def _scanner() -> Scanner:
    """An abdomen's size with bone, a sac of contrast and 100 planes."""
    shapes = [
        Ellipse((0, 0), (160, 120), (1.0, 0, 0)),
        Ellipse((0, 10), (22, 17), (0.2, 0.2, 0)),
        Ellipse((0, 35), (9, 8), (0, 0, 30.0)),
        Ellipse((0, 65), (4, 18), (-0.2, 0.6, 0)),
        Ellipse((60, 13), (9, 6), (0, 0.5, 0)),
    ]
    return Scanner(ellipse_phantom(shapes, half_width_mm=(160, 120), planes=100, canal_half_mm=44))


def _press(scanner: Scanner, index: int, pose: str) -> tuple[float, float]:
    """One press; wall time and processor time of all threads, ms."""
    z = 50.0 if pose == "in plane" else 52.0
    tilt = 0.07 if pose == "tilted 4 degrees" else 0.0
    axis = np.array([0.3, 0.95, tilt])
    tip = np.array([0.0, 30.0 + 0.2 * index, z])
    tube = SteelTube(points_mm=tip + np.array([[0.0], [90.0]]) * axis / np.linalg.norm(axis), outer_diameter_mm=0.9)
    wall, busy = time.perf_counter(), time.process_time()
    scanner.image(
        technique=PRESS,
        slice_centres_mm=[46.0, 50.0, 54.0],
        needles=[tube],
        noise_key=index,
        centre_mm=(0.0, 20.0),
    )
    return 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - busy)


def measure(presses: int = 30) -> dict[str, object]:
    """Times in ms (median and 95th percentile), peak memory in MB."""
    scanner = _scanner()
    _press(scanner, 0, "in plane")  # compiles, or loads what was compiled
    result: dict[str, object] = {}
    for pose in ("in plane", "straddles two slices", "tilted 4 degrees"):
        times = [_press(scanner, i, pose) for i in range(presses)]
        wall = sorted(each[0] for each in times)
        result[pose] = {
            "median": round(median(wall), 1),
            "p95": round(wall[math.ceil(0.95 * presses) - 1], 1),
            "processor_median": round(median(each[1] for each in times), 1),
        }
    fresh = _scanner()
    first_wall, first_busy = _press(fresh, 0, "in plane")
    start = time.perf_counter()
    fresh.image(
        technique=PLANNING,
        slice_centres_mm=10.0 + 3.0 * np.arange(27),
        noise_key=1,
        centre_mm=(0.0, 20.0),
    )
    planning = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "ctf_press_ms": result,
        "first_press_at_new_planes_ms": round(first_wall, 1),
        "first_press_at_new_planes_processor_ms": round(first_busy, 1),
        "planning_scan_80_mm_at_3_mm_s": round(planning, 2),
        "peak_rss_mb": round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024)),
    }
