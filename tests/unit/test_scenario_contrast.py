"""Leak kinds, injection and myelogram of a scenario reach the patient and the scanner."""

from __future__ import annotations

from pathlib import Path

from phantoms.fluid.leak import USUAL_AMOUNTS
from phantoms.parameters import PatientParameters
from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.scenario.build import Case, build_case
from simulator.scenario.load import load_scenario
from simulator.scenario.patient_build import change_contrast, change_leak
from simulator.scenario.schema import Scenario
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN


def scenario(tmp_path: Path, text: str) -> Scenario:
    file = tmp_path / "mine.toml"
    file.write_text(f'format = 1\ntitle = "mine"\nextends = "patient-2"\n{text}\n', encoding="utf-8")
    return load_scenario(file).scenario_for(1)


def patient(of: Scenario) -> PatientParameters:
    return resolve_parameters(of.patient)


def test_another_pattern_brings_its_own_amounts(tmp_path: Path) -> None:
    own = patient(scenario(tmp_path, ""))
    for pattern, extra in (("root-sleeve", ""), ("slow", "thickness_mm = 2.5")):
        mine = scenario(tmp_path, f'[leak]\npattern = "{pattern}"\nside = "left"\n{extra}')
        leak = change_leak(own.leak, mine.leak)
        assert (leak.pattern, leak.side, leak.level) == (pattern, "left", "L3/4")
        assert leak.iodine_ratio == USUAL_AMOUNTS[pattern]["iodine_ratio"]
        assert leak.thickness_mm == (2.5 if extra else USUAL_AMOUNTS[pattern]["thickness_mm"])
    same = scenario(tmp_path, '[leak]\npattern = "circumferential"')
    assert change_leak(own.leak, same.leak).thickness_mm == own.leak.thickness_mm


def test_the_injection_is_the_scenarios_where_it_says_so(tmp_path: Path) -> None:
    mine = scenario(
        tmp_path, '[myelogram]\ninjection_level = "L4/5"\nvolume_ml = 10.0\nhours_to_patch = 5.0\nturns = 2'
    )
    own = patient(mine).myelogram
    given = change_contrast(own, mine.myelogram)
    assert (given.injection_level, given.volume_ml, given.hours_to_patch, given.turns) == ("L4/5", 10.0, 5.0, 2.0)
    assert (given.concentration_mg_per_ml, given.settling) == (own.concentration_mg_per_ml, own.settling)
    assert given.remaining < own.remaining
    false_friend = scenario(tmp_path, '[myelogram]\npuncture_site = { level = "L4/5" }')
    assert change_contrast(own, false_friend.myelogram).injection_level == "L4/5"


def test_a_whole_spine_is_the_same_person(tmp_path: Path) -> None:
    region = patient(scenario(tmp_path, ""))
    whole = patient(scenario(tmp_path, '[patient]\nwhole_spine = true\n[myelogram]\nlevels = ["C1", "S1"]'))
    assert whole.vertebrae == FIVE_LUMBAR_COLUMN
    assert (whole.seed, whole.interspaces, whole.leak) == (region.seed, region.interspaces, region.leak)


def test_the_myelogram_has_thin_slices(patient_2: Case) -> None:
    (made,) = Session(patient_2.world).do(c.AcquireMyelogram())
    assert isinstance(made, e.AcquisitionMade)
    assert made.slices.thickness_mm == 1.5
    assert (made.settings.tube_voltage_kv, made.beam.mas) == (120, 223.0)
    assert len(made.slices.centres_table_mm) > 80


def test_its_slices_are_as_thick_as_the_scenario_says(tmp_path: Path, patient_2: Case) -> None:
    phantom = patient_2.world.phantom
    mine = scenario(tmp_path, "[myelogram]\nslice_thickness_mm = 3.0")
    case = build_case(mine, name="mine", seed=1, location="mine", folder=tmp_path, phantom=phantom)
    assert case.world.settings.imaging.myelogram.slice_thickness_mm == 3.0
