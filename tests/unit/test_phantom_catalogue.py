"""Every patient that a shipped case puts on the table is one: layers do not overlap, and depths are those published."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from phantoms.build import anatomical_landmarks
from phantoms.catalogue import patient_names, patient_parameters
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.interlaminar_windows import find_interlaminar_window
from phantoms.morphometry import morphometry
from phantoms.parameters import PatientParameters
from phantoms.phantom import Label, ZoneLabel
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.scenario.load import load_scenario
from simulator.scenario.synthetic_patient import resolve_parameters

SERIES = {
    "patient-1": (34, "F", "L2/3"),
    "patient-3": (39, "F", "L5/S1"),
    "patient-4": (31, "F", "C6/7"),
    "patient-5": (50, "F", "C5/6"),
    "patient-6": (47, "M", "C1/2"),
    "patient-7": (37, "M", "L4/5"),
}
NECKS = ("patient-4", "patient-5", "patient-6")
THORACES = ("lower-thorax", "middle-thorax", "upper-thorax")
NAMES = [*(name for name in patient_names() if name != "patient-2"), "slim", "obese", "varied"]
SED97 = {"F": (0.41, 31.6), "M": (0.89, 23.1)}  # L3/4: mm per kg/m2 and mm at 0, reference section 3
KJAE04 = {"L3": ((22.0, 40.5), (27.0, 46.0), (33.0, 55.5)), "L4": ((22.0, 45.5), (27.0, 49.5), (33.0, 60.0))}
"""Middles of the ranges for normal, overweight and obese people, reference section 3."""


@cache
def parameters(name: str) -> PatientParameters:
    if name in patient_names():
        return patient_parameters(name)
    return resolve_parameters(load_scenario(Path(name)).scenario_for(1).patient)


@cache
def spine(name: str) -> Spine:
    return build_spine(parameters(name))


def heights(name: str, count: int, rng: np.random.Generator) -> np.ndarray:
    """Arc lengths within the part of the column that is shown whole."""
    rows = spine(name).row.vertebrae
    return rng.uniform(rows["s"][-2] - 5.0, rows["s"][1], count)


@pytest.mark.parametrize("name", NECKS)
def test_a_neck_is_covered_by_skin_and_has_an_open_way_at_the_leak(name: str) -> None:
    solid = spine(name)
    line, body = solid.canal.centreline, SyntheticAnatomy.from_spine(solid)
    rows = solid.row.vertebrae["s"]
    v, s = (q.ravel() for q in np.meshgrid(np.arange(15.0, 60.0, 1.0), np.linspace(rows[-1], rows[0], 60)))
    points = line.from_canal_coordinates(0.0, v, s)
    bone = body.bone_mm(points) < 0.0
    assert np.count_nonzero(bone) > 100
    assert np.all(body.skin_mm(points)[bone] < -5.0)
    marks = anatomical_landmarks(solid)
    window = find_interlaminar_window(
        body, marks.interspaces, parameters(name).leak.level, (0.0, 600.0), angle_step_deg=8.0
    )
    assert len(window.planes) >= 2


@pytest.mark.parametrize("name", sorted(SERIES))
def test_age_sex_and_level_are_those_of_the_series(name: str) -> None:
    patient = patient_parameters(name)
    assert (patient.age_years, patient.sex, patient.leak.level) == SERIES[name]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_overlaps_that_may_not(name: str) -> None:
    rng = np.random.default_rng(3)
    line, body = spine(name).canal.centreline, SyntheticAnatomy.from_spine(spine(name))
    points = line.from_canal_coordinates(
        rng.uniform(-24, 24, 4000), rng.uniform(-8, 26, 4000), heights(name, 4000, rng)
    )
    label, dura, bone, neural = body.label(points), body.dura_mm(points), body.bone_mm(points), body.neural_mm(points)
    zone = body.zone(points)
    assert not np.any((dura < -0.05) & (bone < 0.0))
    assert not np.any((neural < 0.0) & (bone < 0.0))
    assert np.all(dura[label == Label.EPIDURAL_COLLECTION] >= 0.0)
    assert np.all(dura[label == Label.CEREBROSPINAL_FLUID] < 0.0)
    assert np.all(zone[(dura < 0.0) | (bone < 0.0)] == ZoneLabel.OUTSIDE)
    hole = np.array(
        locate_hole(
            spine(name).canal, parameters(name).leak, spine(name).interspace_s_mm[parameters(name).leak.level]
        ).hole_mm
    )
    about = body.label(hole + rng.uniform(-10.0, 10.0, (1000, 3)))  # fluid along a root fills less than a ring does
    assert np.count_nonzero(about == Label.EPIDURAL_COLLECTION) > 20


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (*NECKS, *THORACES)])
def test_the_skin_is_as_deep_as_the_mass_makes_it_and_covers_the_spine(name: str) -> None:
    patient, solid = parameters(name), spine(name)
    line, body = solid.canal.centreline, SyntheticAnatomy.from_spine(solid)
    for vertebra, disc in (("L3", "L3/4"), ("L4", "L4/5")):
        heights = solid.interspace_s_mm[disc] + np.arange(-10.0, 8.0, 0.5)
        deepest = heights[np.argmax([solid.canal.epidural_depth_mm(h) for h in heights])]
        v = np.arange(0.0, 160.0, 0.1)
        outside = body.skin_mm(line.from_canal_coordinates(0.0, v, deepest)) > 0.0
        to_epidural = v[np.argmax(outside)] - solid.canal.at(solid.canal.walls.dorsal_apex_mm, deepest)
        bmi = patient.bmi_kg_per_m2
        both = np.polyval(np.polyfit(*np.array(KJAE04[vertebra]).T, 1), bmi)
        apart = np.subtract(SED97["M"], SED97["F"]) @ [bmi, 1.0]
        published = both + (0.5 if patient.sex == "M" else -0.5) * apart
        sd = morphometry()[vertebra].approach.skin_to_epidural_sd_mm
        assert abs(to_epidural - published - patient.variation.skin * sd) < 0.5 * sd
    v, s = (q.ravel() for q in np.meshgrid(np.arange(35.0, 85.0, 1.0), np.arange(-70.0, 90.0, 2.0)))
    points = line.from_canal_coordinates(0.0, v, s)
    bone = body.bone_mm(points) < 0.0
    assert np.count_nonzero(bone) > 100
    assert np.all(body.skin_mm(points)[bone] < -2.0)
