"""A press where the patient ends, by one who has moved: a picture of the last slices, and no fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from simulator.engine.imaging.table import table_range_mm
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.scenario.build import Case
from simulator.spatial.frames import PatientDisplacement


@pytest.mark.parametrize("end", [0, 1])
def test_a_patient_who_moved_past_the_end_shows_the_last_slice(make_case: Callable[..., Case], end: int) -> None:
    world = make_case(seed=2).world
    session = Session(world)
    session.do(c.MoveTable(to_mm=table_range_mm(world)[end]))
    session.do(c.PressPedal())  # the shift since planning is drawn here
    moved = replace(session.state.patient, displacement_mm=PatientDisplacement(0.0, 0.0, -9.0 if end else 9.0))
    session.state = replace(session.state, patient=moved)
    session.do(c.PressPedal())
    hu = session.image(1).hu if end else session.image(1).hu[::-1]
    # From the end inwards: two slices would lie beyond the last whole one, so they show it twice
    assert np.isfinite(hu).all()
    assert abs(float(hu[0].mean() - hu[1].mean())) < 1.0
