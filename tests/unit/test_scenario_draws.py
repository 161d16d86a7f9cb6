"""Ranges and distributions: drawn from the seed, each key from a stream of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scenario.schema import Scenario

BASE = """
format = 1
extends = "patient-2"
title = "drawn"
[patient]
bmi_kg_per_m2 = { uniform = [20, 30] }
seed = { uniform = [1, 3] }
[leak]
side = { choice = ["left", "right"] }
level = { choice = ["L3/4", "L4/5"] }
needle_levels = []
[limits]
blood_ml = { normal = { mean = 15, sd = 6, min = 10, max = 20 } }
"""


def loaded(folder: Path, text: str = BASE) -> ScenarioFile:
    path = folder / "drawn.toml"
    path.write_text(text)
    return load_scenario(path)


def many(file: ScenarioFile, count: int = 200) -> list[Scenario]:
    return [file.scenario_for(seed) for seed in range(count)]


def test_draws_fill_their_ranges_and_stay_in_them(tmp_path: Path) -> None:
    drawn = many(loaded(tmp_path))
    bmi = np.array([s.patient.bmi_kg_per_m2 for s in drawn], float)
    assert 20.0 <= bmi.min() < 21.0
    assert 29.0 < bmi.max() <= 30.0
    assert {s.patient.seed for s in drawn} == {1, 2, 3}
    assert {s.leak.side for s in drawn} == {"left", "right"}
    assert {s.leak.level for s in drawn} == {"L3/4", "L4/5"}


def test_a_normal_is_truncated_and_does_not_pile_up_at_its_ends(tmp_path: Path) -> None:
    blood = np.array([s.limits.blood_ml for s in many(loaded(tmp_path))])
    assert blood.min() >= 10.0
    assert blood.max() <= 20.0
    assert blood.mean() == pytest.approx(15.0, abs=0.7)
    assert np.count_nonzero((blood == 10.0) | (blood == 20.0)) == 0


def test_one_seed_gives_one_case_and_another_key_changes_no_other_draw(tmp_path: Path) -> None:
    before = loaded(tmp_path).scenario_for(7)
    assert loaded(tmp_path).scenario_for(7) == before
    more = BASE.replace("[leak]", "sac_scale = { uniform = [0.9, 1.0] }\n[leak]")
    after = loaded(tmp_path, more).scenario_for(7)
    assert after.patient.sac_scale is not None
    assert after.patient.bmi_kg_per_m2 == before.patient.bmi_kg_per_m2
    assert after.leak == before.leak
    assert after.limits == before.limits


def test_draws_of_two_keys_with_one_range_differ(tmp_path: Path) -> None:
    text = BASE.replace("seed =", "age_years = { uniform = [20, 30] }\nseed =")
    drawn = many(loaded(tmp_path, text), 20)
    assert all(s.patient.age_years != s.patient.bmi_kg_per_m2 for s in drawn)


def test_a_file_without_ranges_is_the_same_for_every_seed() -> None:
    file = load_scenario(Path("patient-2"))
    assert not file.distributions
    assert file.scenario_for(1) == file.scenario_for(2)


def test_a_drawn_case_survives_its_record(tmp_path: Path) -> None:
    from simulator.scenario.load import parse_scenario

    scenario = loaded(tmp_path).scenario_for(3)
    assert parse_scenario(scenario.model_dump(mode="json"), "record") == scenario


def test_overrides_replace_what_the_file_says_and_may_be_ranges(tmp_path: Path) -> None:
    path = loaded(tmp_path).path
    file = load_scenario(path, overrides={"scanner.preset_tube_current_ma": 10, "limits.blood_ml": 12.5})
    scenario = file.scenario_for(1)
    assert scenario.scanner.preset_tube_current_ma == 10.0
    assert scenario.limits.blood_ml == 12.5
    ranged = load_scenario(path, overrides={"limits.minutes": {"uniform": [30, 40]}})
    minutes = {ranged.scenario_for(seed).limits.minutes for seed in range(5)}
    assert len(minutes) == 5
    assert all(30.0 <= m <= 40.0 for m in minutes)
