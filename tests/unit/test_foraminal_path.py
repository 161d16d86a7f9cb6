"""The way through a foramen that the preview draws, of real patients of the catalogue by the form of their spines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phantoms.build import anatomical_landmarks
from phantoms.phantom import ZoneLabel
from phantoms.spine import build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.scenario.foraminal_path import find_foraminal_way
from simulator.scenario.load import load_scenario
from simulator.scenario.synthetic_patient import resolve_parameters


@pytest.mark.parametrize(("name", "sign"), [("patient-7", -1), ("patient-3", 1)])
def test_a_way_to_the_leaks_foramen_is_open_and_clear_of_nerve_and_dura(name: str, sign: int) -> None:
    scenario = load_scenario(Path(name)).scenario_for(1)
    spine = build_spine(resolve_parameters(scenario.patient))
    anatomy, marks = SyntheticAnatomy.from_spine(spine), anatomical_landmarks(spine).interspaces
    wall = marks[scenario.leak.level]
    way = find_foraminal_way(anatomy, wall, wall.x_mm, sign)
    assert way is not None
    assert np.sign(way.angle_deg) == sign
    assert np.sign(way.target_mm.x_mm - wall.x_mm) == sign
    assert anatomy.zone(np.array([way.target_mm]))[0] == ZoneLabel.FORAMINAL
    angle = np.radians(way.angle_deg)
    points = np.asarray(way.target_mm) + np.arange(0.0, 120.0, 0.5)[:, None] * [np.sin(angle), np.cos(angle), 0.0]
    inside = points[anatomy.skin_mm(points) < 0.0]
    assert len(inside) < len(points)
    assert anatomy.bone_mm(inside).min() > 0.45
    assert anatomy.neural_mm(inside).min() > 0.45
    assert anatomy.dura_mm(inside).min() > 0.45
