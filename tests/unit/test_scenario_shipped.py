"""The cases that ship, the schema, and the file that `new` writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phantoms.catalogue import patient_names
from phantoms.interlaminar_windows import find_interlaminar_window
from phantoms.phantom import Label
from phantoms.spine import build_spine
from simulator.needle.needle_catalogue import NEEDLES
from simulator.operators.request import requested_interspace
from simulator.scenario.foraminal_path import find_foraminal_way
from simulator.scenario.json_schema import SCHEMA_FILE, json_schema, schema_text
from simulator.scenario.load import load_scenario
from simulator.scenario.patient_build import change_contrast, change_leak
from simulator.scenario.rubric_schema import RubricChanges, apply_rubric_changes
from simulator.scenario.schema import NeedleSection
from simulator.scenario.shipped import scenario_folder, shipped_scenarios
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.scenario.template import write_template
from simulator.scoring.rubric import PLACES, Rubric

SEEDS = (1, 2, 3)


@pytest.mark.parametrize(
    "name", [name for name in shipped_scenarios() if name != "sixth-lumbar"]
)  # which errs on purpose
def test_a_case_is_sound_and_its_request_names_an_accepted_level(name: str) -> None:
    file = load_scenario(Path(name))
    assert file.path.read_text().startswith(f"#:schema {SCHEMA_FILE}\n")
    for seed in SEEDS:
        scenario = file.scenario_for(seed)
        words = scenario.text.request.replace("{level}", scenario.leak.level)
        assert requested_interspace(words) in (scenario.leak.needle_levels or [scenario.leak.level])


def test_there_are_cases_for_all_that_is_to_be_learnt() -> None:
    names = set(shipped_scenarios())
    assert len(names) >= 10
    assert {*(f"patient-{n}" for n in range(1, 8)), "patient-3-second", "slim", "obese", "low-dose"} <= names
    assert {"neck-without-target", "thoracic-oblique", "sixth-lumbar", "false-leak", "blind-patch"} <= names
    assert {"varied", *OF_REAL_CT} <= names


OF_REAL_CT = ("real-ct", "real-ct-thoracic")
THROUGH_A_FORAMEN = ("ventral-tear-lumbar", "ventral-tear-thoracic")


@pytest.mark.parametrize("name", THROUGH_A_FORAMEN)
def test_a_straight_way_through_either_foramen_is_open_and_a_needle_is_long_enough(name: str) -> None:
    from phantoms.build import anatomical_landmarks
    from phantoms.synthetic_anatomy import SyntheticAnatomy

    scenario = load_scenario(Path(name)).scenario_for(1)
    parameters = resolve_parameters(scenario.patient)
    spine = build_spine(replace(parameters, leak=change_leak(parameters.leak, scenario.leak)))
    anatomy, wall = SyntheticAnatomy.from_spine(spine), anatomical_landmarks(spine).interspaces[scenario.leak.level]
    longest_mm = max(NEEDLES[needle].length_mm for needle in scenario.needle.tray)
    for side in (1, -1):
        way = find_foraminal_way(anatomy, wall, wall.x_mm, side)
        assert way is not None
        angle = np.radians(way.angle_deg)
        along = np.array([np.sin(angle), np.cos(angle), 0.0])
        points = np.asarray(way.target_mm) + np.arange(0.0, longest_mm - 10.0)[:, None] * along
        assert anatomy.skin_mm(points)[-1] > 0.0
        inside = points[anatomy.skin_mm(points) < -3.0]
        assert Label.AIR not in anatomy.label(inside), "the lung is spared"


@pytest.mark.parametrize(
    "name",
    [name for name in shipped_scenarios() if name not in (*OF_REAL_CT, "slim", "low-dose", *THROUGH_A_FORAMEN)],
)
def test_a_straight_way_is_open_and_the_needle_is_long_enough(name: str) -> None:
    from phantoms.build import anatomical_landmarks
    from phantoms.synthetic_anatomy import SyntheticAnatomy

    scenario = load_scenario(Path(name)).scenario_for(1)
    spine = build_spine(resolve_parameters(scenario.patient))
    anatomy = SyntheticAnatomy.from_spine(spine)
    level = (scenario.leak.needle_levels or [scenario.leak.level])[0]
    window = find_interlaminar_window(
        anatomy, anatomical_landmarks(spine).interspaces, level, (-100.0, 600.0), angle_step_deg=8.0
    )
    assert len(window.planes) >= (2 if level.startswith("C") else 3)
    assert window.target_mm is not None
    skin_mm = -float(anatomy.skin_mm([[*window.target_mm]])[0])
    assert skin_mm / 0.87 < NEEDLES[scenario.needle.tray[0]].length_mm - 10.0  # 30 degrees, and room for the hub


def test_an_obese_trunk_is_larger_and_its_canal_is_not() -> None:
    slim, obese = (load_scenario(Path(name)).scenario_for(1).patient for name in ("patient-7", "obese"))
    before, after = resolve_parameters(slim), resolve_parameters(obese)
    assert after.body_half_width_mm == pytest.approx(before.body_half_width_mm * (38.0 / 25.5) ** 0.5, abs=0.1)
    assert (after.sac_scale, after.vertebrae) == (before.sac_scale, before.vertebrae)


def test_without_a_myelogram_there_is_no_contrast() -> None:
    scenario = load_scenario(Path("blind-patch")).scenario_for(1)
    assert scenario.myelogram is None
    contrast = change_contrast(resolve_parameters(scenario.patient).myelogram, scenario.myelogram)
    assert contrast.volume_ml == 0.0
    false_leak = load_scenario(Path("false-leak")).scenario_for(1)
    site = change_contrast(resolve_parameters(false_leak.patient).myelogram, false_leak.myelogram).puncture_site
    assert site is not None
    assert site.level == "L4/5" != false_leak.leak.level


def test_a_blind_patch_allows_the_published_volume() -> None:
    assert 20.0 <= load_scenario(Path("blind-patch")).scenario_for(1).limits.blood_ml <= 40.0


def test_the_form_offers_the_needles_and_the_numbers_of_the_rubric_that_there_are() -> None:
    tray = json_schema()["$defs"]["NeedleSection"]["properties"]["tray"]
    assert tuple(tray["items"]["enum"]) == tuple(NEEDLES)
    assert NeedleSection().tray[0] in NEEDLES
    assert set(RubricChanges.model_fields) == set(PLACES)
    assert apply_rubric_changes(RubricChanges()) == Rubric()


def test_a_changed_rubric_is_another_rubric() -> None:
    changed = apply_rubric_changes(load_scenario(Path("low-dose")).scenario_for(1).rubric)
    assert changed.dose.guidance_dlp_mgy_cm.expert == 2.26
    assert changed.weights.dose == 0.25
    assert changed.economy == Rubric().economy
    assert changed.digest() != Rubric().digest()


def test_the_committed_schema_is_that_of_the_form() -> None:
    assert (scenario_folder() / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()


def test_the_schema_lets_ranges_stand_for_numbers_and_knows_no_null() -> None:
    schema = json.loads(schema_text())
    assert '"null"' not in schema_text()
    limits = schema["$defs"]["Limits"]["properties"]["blood_ml"]
    assert (limits["minimum"], limits["maximum"], limits["type"]) == (1, 40, ["number", "object"])
    assert set(limits["properties"]) == {"uniform", "normal", "choice"}
    assert schema["properties"]["format"] == {"const": 1, "description": "version of this form", "type": "integer"}
    named = {ref.split('"')[0] for ref in schema_text().split('"#/$defs/')[1:]}
    assert named <= set(schema["$defs"])
    assert schema["additionalProperties"]["not"] == {}


def test_new_writes_a_file_that_is_sound_as_it_stands(tmp_path: Path) -> None:
    path = write_template("my-case", tmp_path)
    file = load_scenario(path)
    assert file.title == "my-case"
    assert file.files[1:] == (scenario_folder() / "patient-2.toml",)
    assert (tmp_path / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()
    for name in patient_names():
        assert name in path.read_text()
    uncommented = path.read_text().replace("# age_years", "age_years").replace("# [rubric]", "[rubric]")
    path.write_text(uncommented.replace("# time_min", "time_min").replace("# [scanner]", "[scanner]"))
    scenario = load_scenario(path).scenario_for(1)
    assert scenario.patient.age_years is not None
    assert scenario.rubric.time_min is not None
