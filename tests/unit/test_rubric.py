"""A rubric in groups is the same numbers under the same flat names, for case files, records and the digest."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from simulator.errors import UserInputError
from simulator.records.header import read_rubric
from simulator.scenario.rubric_schema import RubricChanges, apply_rubric_changes
from simulator.scoring.rubric import PLACES, CapLimits, Rubric, flat_numbers, number_named, with_numbers

# As scorecards and records of rubric 2 hold them since before the numbers stood in groups
COMMON = "81c6b7a7c12666962bc349a75717640cc1aa8e8fac9b63860d39dc648b3a88ea"
CHANGED = "9625dc06c6fb81459a1fd19077a3669c0063d66fd129ed887c62f64bb88bc497"
OF_EVERY_GROUP: dict[str, Any] = {
    "weight_safety": 0.26, "weight_economy": 0.04, "treating_ml": 5, "needs_images": False, "free_blind_neck_mm": 1.5,
    "near_dura_mm": 12.0, "guidance_dlp_mgy_cm": {"expert": 2.26, "poor": 100}, "cap_vein": 50, "harm_managed": 5,
    "time_min": {"expert": 15, "poor": 30}, "epidural_ml": {"expert": 12, "poor": 4},
}  # fmt: skip
IN_ORDER = (
    "version weight_help weight_placement weight_safety weight_steps weight_dose weight_economy treating_ml "
    "covered_fraction needs_images free_blind_mm free_blind_neck_mm blind_mm tenting_mm dura_contacts critical_s "
    "guidance_dlp_mgy_cm planning_dlp_mgy_cm confirmation_dlp_mgy_cm redirections skin_punctures path_ratio time_min "
    "room_min ml_after_cue epidural_ml near_dura_mm cap_token_volume cap_unseen_needle cap_dural_puncture harm_managed "
    "cap_not_covered cap_fact_ignored cap_steps_skipped cap_severe_reaction_ignored cap_reaction_ignored cap_vein "
    "cap_blood_at_tented_dura cap_tented_dura cap_blind_far cap_blind_near cap_plunger_alone"
)


def changed() -> Rubric:
    return apply_rubric_changes(RubricChanges.model_validate(OF_EVERY_GROUP))


def test_digests_are_those_of_the_flat_rubric() -> None:
    assert Rubric().digest() == COMMON
    assert changed().digest() == CHANGED


def test_a_header_holds_flat_names_in_their_order() -> None:
    assert " ".join(flat_numbers(Rubric())) == IN_ORDER
    assert flat_numbers(changed())["time_min"] == {"expert": 15.0, "poor": 30.0}


def test_every_number_has_one_flat_name_and_every_name_one_number() -> None:
    rubric = Rubric()
    groups = [item.name for item in fields(Rubric) if item.name != "version"]
    assert sorted(PLACES.values()) == sorted(
        (group, item.name) for group in groups for item in fields(getattr(rubric, group))
    )
    for name, (group, number) in PLACES.items():
        assert name in (number, {"weights": "weight_", "caps": "cap_"}.get(group, "") + number)


@pytest.mark.parametrize("name", PLACES)
def test_a_number_that_a_case_sets_changes_that_number_alone(name: str) -> None:
    value = number_named(Rubric(), name)
    other = replace(value, poor=value.poor + 1.0) if not isinstance(value, float | int) else value + 1.0
    made = with_numbers(Rubric(), {name: other})
    assert [one for one in PLACES if number_named(made, one) != number_named(Rubric(), one)] == [name]


def test_a_rubric_is_read_back_from_its_header() -> None:
    for rubric in (Rubric(), changed()):
        assert read_rubric(flat_numbers(rubric), "session.jsonl:1") == rubric
    without = {name: value for name, value in flat_numbers(changed()).items() if name != "cap_vein"}
    assert read_rubric(without, "session.jsonl:1") == replace(changed(), caps=CapLimits(harm_managed=5.0))


def test_a_header_names_no_group() -> None:
    for name in ("weights", "caps", "vein", "cap_veins"):
        with pytest.raises(UserInputError, match="a rubric that this version has not"):
            read_rubric({**flat_numbers(Rubric()), name: {}}, "session.jsonl:1")
