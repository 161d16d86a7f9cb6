"""Rubric schema: which numbers of the rubric a scenario may replace, and the rubric with them in place."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from pydantic import Field, model_validator

from simulator.scenario.sections import Section, optional_number
from simulator.scoring.rubric import Anchors, Rubric


class AnchorPair(Section):
    """Values of an expert and of a poor performance, lower being better."""

    expert: float = Field(ge=0, description="from here on the full utility")
    poor: float = Field(ge=0, description="from here on none")

    @model_validator(mode="after")
    def _in_order(self) -> AnchorPair:
        if not self.expert < self.poor:
            raise ValueError("the expert's anchor must be the smaller: exchange the two")
        return self


class DoseAnchorPair(AnchorPair):
    """Anchors on a logarithmic scale."""

    expert: float = Field(gt=0, description="from here on the full utility; above 0, for the scale is logarithmic")


def _weight(of: str) -> Any:
    return optional_number(0, 1, "", f"part of the score for {of}; the five come to 1")


def _anchors(what: str) -> Any:
    return Field(default=None, description=what)


def _cap(when: str) -> Any:
    return optional_number(0, 100, "", f"greatest score after {when}")


class RubricChanges(Section):
    """Numbers of the rubric that this case replaces; what is left out stays as published."""

    weight_placement: float | None = _weight("placement")
    weight_safety: float | None = _weight("safety")
    weight_dose: float | None = _weight("dose")
    weight_economy: float | None = _weight("economy")
    weight_patch: float | None = _weight("the patch")
    localisation_share: float | None = optional_number(0, 1, "", "part of placement for finding the leak")
    level_offset_mm: AnchorPair | None = _anchors("along the spine, from the interspace's window, mm")
    dura_contacts: AnchorPair | None = _anchors("touches of the dura")
    critical_s: AnchorPair | None = _anchors("time in critical structures, s")
    guidance_dlp_mgy_cm: DoseAnchorPair | None = _anchors("dose-length product after the first puncture, mGy cm")
    planning_dlp_mgy_cm: DoseAnchorPair | None = _anchors("dose-length product before it, mGy cm")
    presses: AnchorPair | None = _anchors("presses of the pedal")
    beam_s: AnchorPair | None = _anchors("beam time of fluoroscopy, s")
    redirections: AnchorPair | None = _anchors("turns of the needle on its way")
    skin_punctures: AnchorPair | None = _anchors("punctures of the skin")
    path_ratio: AnchorPair | None = _anchors("way in tissue against the straight way")
    time_min: AnchorPair | None = _anchors("time from first puncture to finish, min")
    ml_after_cue: AnchorPair | None = _anchors("blood injected after the patient spoke, mL")
    near_dura_mm: float | None = optional_number(1, 100, "mm", "where the dural margin begins to count")
    cap_dural_puncture: float | None = _cap("a dural puncture")
    cap_wrong_level: float | None = _cap("a needle at another level with the leak not covered")
    cap_vein: float | None = _cap("blood into a vein")
    cap_unconfirmed: float | None = _cap("blood without a confirming image or test contrast")


def apply_rubric_changes(changes: RubricChanges) -> Rubric:
    """The rubric with the scenario's numbers in place."""
    changed: dict[str, Any] = {}
    for item in fields(Rubric):
        value = getattr(changes, item.name, None)
        if isinstance(value, AnchorPair):
            changed[item.name] = Anchors(expert=value.expert, poor=value.poor)
        elif value is not None:
            changed[item.name] = float(value)
    return replace(Rubric(), **changed)
