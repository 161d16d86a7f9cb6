"""Rubric 1: its numbers, kept to read what was scored with it; its rules are gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NUMBERS: Mapping[str, Any] = {
    "version": 1,
    "weight_placement": 0.20,
    "weight_safety": 0.25,
    "weight_dose": 0.25,
    "weight_economy": 0.15,
    "weight_patch": 0.15,
    "level_offset_mm": {"expert": 0.0, "poor": 12.0},
    "dura_contacts": {"expert": 0.0, "poor": 2.0},
    "critical_s": {"expert": 0.0, "poor": 5.0},
    "guidance_dlp_mgy_cm": {"expert": 5.0, "poor": 200.0},
    "planning_dlp_mgy_cm": {"expert": 5.0, "poor": 90.0},
    "presses": {"expert": 3.0, "poor": 13.0},
    "beam_s": {"expert": 2.0, "poor": 24.0},
    "redirections": {"expert": 1.0, "poor": 5.0},
    "skin_punctures": {"expert": 1.0, "poor": 3.0},
    "path_ratio": {"expert": 1.0, "poor": 2.0},
    "time_min": {"expert": 5.0, "poor": 20.0},
    "ml_after_cue": {"expert": 0.0, "poor": 5.0},
    "near_dura_mm": 15.0,
    "cap_dural_puncture": 40.0,
    "cap_wrong_level": 40.0,
    "cap_vein": 60.0,
    "cap_unconfirmed": 60.0,
}
"""As the first release had them."""


def numbers_of_rubric_1(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Every number with which a case of the first release was scored; `changes` are those of its file."""
    changed = {key: value for key, value in changes.items() if value is not None and key in NUMBERS}
    return {**NUMBERS, **changed}
