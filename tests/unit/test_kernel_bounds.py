"""No kernel reads or writes outside its arrays: whole patients and presses with numba's bounds check on.

A write past the end of a grid once went unseen: the patient with a sixth lumbar vertebra came out otherwise in each
run, and a later kernel waited for ever on a heap that had been overwritten.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_PROCEDURE = """
import sys
import simulator
from simulator import commands as c

session = simulator.Session(simulator.load_case(sys.argv[1], seed=1).world)
session.do(c.AcquireMyelogram())
for orientation in ("PA", "lateral"):
    session.do(c.AcquireScout(orientation=orientation))
session.do(c.PlaceNeedle(entry_from_midline_mm=12.0, angle_deg=10.0, level=session.view().case.requested_level))
session.do(c.Advance(distance_mm=30.0))
session.do(c.PressPedal())
for number in range(len(session.view().console.acquired)):
    print(float(session.image(number).hu.mean()))
for number in session.scouts():
    print(float(session.scout(number).water_mm.mean()))
"""


@pytest.mark.slow
@pytest.mark.parametrize("case", ["sixth-lumbar", "patient-2", "patient-4", "obese"])
def test_a_patient_and_a_press_stay_within_their_arrays(case: str, tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", _PROCEDURE, case], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(done.stdout.split()) >= 4
