"""Patient: how long synthetic patients take to build and to load, and how time and memory grow with their length.

One person is shown from the sacrum up to ever higher vertebrae, each length in a process and with a cache folder of its
own. The exponent is the slope of log figure over log length through all lengths.
Run alone with `python -m tests.performance.patient`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from phantoms import array_cache
from phantoms.build import anatomy_of, build_phantom, planes_of_volumes
from phantoms.catalogue import patient_parameters
from phantoms.parameters import PatientParameters
from phantoms.people import random_person
from phantoms.phantom import BasisVolume, Phantom
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN
from tests.performance.gauges import forget_peak, peak_mb, say, timed_ms
from tests.performance.growth import exponent

TOPS = ("L1", "T9", "T1", "C1")
PERSON = 1
LUMBAR = "patient-2"
LOADS = 5


def _held_mb(volume: BasisVolume) -> float:
    planes, height, width = volume.grid.shape
    rows = planes * height if volume.rows is None else int((volume.rows[:, 1] - volume.rows[:, 0]).sum())
    return 7e-6 * rows * width  # three counts of two bytes and a label


def one(parameters: PatientParameters) -> dict[str, float]:
    """Figures of one patient: built into an empty cache, then loaded several times, of which the fastest counts."""
    planes_of_volumes(parameters, planes=2)
    anatomy_of(parameters).bone_mm(np.zeros((1, 3)))
    forget_peak()
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(array_cache, "_folder", return_value=Path(folder)):
        made: list[Phantom] = []
        wall, busy = timed_ms(lambda: made.append(build_phantom(parameters)))
        peak = peak_mb()
        phantom = made.pop()
        low, high = phantom.z_range_mm
        voxels = _held_mb(phantom.body) + _held_mb(phantom.canal)
        del phantom
        loads = [timed_ms(lambda: build_phantom(parameters))[0] for _ in range(LOADS)]
    return {
        "mm": high - low + 1.0,
        "build_s": round(1e-3 * wall, 2),
        "processor_s": round(1e-3 * busy, 2),
        "load_s": round(1e-3 * min(loads), 3),
        "voxels_mb": round(voxels, 1),
        "peak_mb": peak,
    }


def _apart(what: str) -> dict[str, float]:
    """The same in a process of its own."""
    say(f"patient: {what}")
    line = [sys.executable, "-m", "tests.performance.patient", what]
    done = subprocess.run(line, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _parameters(what: str) -> PatientParameters:
    return (
        random_person(PERSON, vertebrae=FIVE_LUMBAR_COLUMN[FIVE_LUMBAR_COLUMN.index(what) :])
        if what in FIVE_LUMBAR_COLUMN
        else patient_parameters(what)
    )


def measure() -> dict[str, Any]:
    """Lumbar patient, whole column, and the person's lengths with exponents."""
    by_top = {top: _apart(top) for top in TOPS}
    lengths = tuple(round(each["mm"]) for each in by_top.values())
    return {
        "lumbar": _apart(LUMBAR),
        "whole": by_top[TOPS[-1]],
        "by_top": by_top,
        "exponents": {
            key: exponent(lengths, [each[key] for each in by_top.values()])
            for key in ("build_s", "processor_s", "voxels_mb")
        },
    }


if __name__ == "__main__":
    print(json.dumps(one(_parameters(sys.argv[1])) if len(sys.argv) > 1 else measure(), indent=2))
