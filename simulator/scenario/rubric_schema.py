"""Rubric schema: which numbers of the rubric a scenario may replace, and the rubric with them in place."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from simulator.scenario.sections import Section, optional_number
from simulator.scoring.rubric import PLACES, Anchors, Rubric, with_numbers

OF_RUBRIC_1 = {
    "weight_patch": "weight_help",
    "localisation_share": "nothing in its place: finding the leak is a fifth of placement",
    "level_offset_mm": "nothing in its place: a level is judged by the cover of the leak",
    "presses": "nothing in its place: images count by their dose",
    "beam_s": "nothing in its place: the beam counts by its dose",
    "cap_wrong_level": "cap_not_covered",
    "cap_unconfirmed": "cap_unseen_needle",
}
"""Keys of the first rubric that this one does not have, and what takes their place."""


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


class VolumeAnchorPair(Section):
    """Volumes of an expert and of a poor performance, more being better."""

    expert: float = Field(gt=0, le=40, description="from here on the full utility")
    poor: float = Field(ge=0, le=40, description="up to here none")

    @model_validator(mode="after")
    def _in_order(self) -> VolumeAnchorPair:
        if not self.expert > self.poor:
            raise ValueError("the expert's volume must be the greater: exchange the two")
        return self


def _weight(of: str) -> Any:
    return optional_number(0, 1, "", f"part of the score for {of}; the six come to 1")


def _anchors(what: str) -> Any:
    return Field(default=None, description=what)


def _cap(when: str) -> Any:
    return optional_number(0, 100, "", f"greatest score after {when}")


class RubricChanges(Section):
    """Numbers of the rubric that this case replaces; what is left out stays as docs/score.md has it."""

    weight_help: float | None = _weight("what the patch does")
    weight_placement: float | None = _weight("placement")
    weight_safety: float | None = _weight("safety")
    weight_steps: float | None = _weight("the steps before and after")
    weight_dose: float | None = _weight("dose")
    weight_economy: float | None = _weight("economy")
    needs_images: bool | None = Field(default=None, description="whether the case asks for image guidance")
    treating_ml: float | None = optional_number(0.5, 20, "mL", "epidural blood from which on it is a treatment")
    covered_fraction: float | None = optional_number(0, 1, "", "of the leak zone, from which on any level is right")
    free_blind_mm: float | None = optional_number(0, 20, "mm", "pushed near the dura without a look")
    free_blind_neck_mm: float | None = optional_number(0, 20, "mm", "the same in the neck and at a foramen")
    blind_mm: AnchorPair | None = _anchors("pushed near the dura beyond what is free, mm")
    tenting_mm: AnchorPair | None = _anchors("how far the dura was pressed in, mm")
    dura_contacts: AnchorPair | None = _anchors("touches of the dura")
    critical_s: AnchorPair | None = _anchors("time in critical structures, s")
    guidance_dlp_mgy_cm: DoseAnchorPair | None = _anchors("dose-length product after the first puncture, mGy cm")
    planning_dlp_mgy_cm: DoseAnchorPair | None = _anchors("dose-length product before it, mGy cm")
    confirmation_dlp_mgy_cm: DoseAnchorPair | None = _anchors("dose-length product after the blood, mGy cm")
    redirections: AnchorPair | None = _anchors("turns of the needle on its way")
    skin_punctures: AnchorPair | None = _anchors("punctures of the skin")
    path_ratio: AnchorPair | None = _anchors("way in tissue against the straight way")
    time_min: AnchorPair | None = _anchors("time from first puncture to finish, min")
    room_min: AnchorPair | None = _anchors("time from the first command to the last, min")
    ml_after_cue: AnchorPair | None = _anchors("blood injected after the patient spoke, mL")
    epidural_ml: VolumeAnchorPair | None = _anchors("blood that stayed in the epidural space, mL; more is better")
    near_dura_mm: float | None = optional_number(1, 100, "mm", "where the dural margin begins to count")
    cap_token_volume: float | None = _cap("less blood than a treatment")
    cap_unseen_needle: float | None = _cap("blood through a needle that nobody looked at")
    cap_dural_puncture: float | None = _cap("a dural puncture that nobody noticed")
    harm_managed: float | None = optional_number(0, 15, "", "added to that for each step of its management")
    cap_not_covered: float | None = _cap("blood at another level that does not cover the leak")
    cap_fact_ignored: float | None = _cap("a fact that forbade the procedure")
    cap_steps_skipped: float | None = _cap("a puncture without time-out or skin preparation")
    cap_severe_reaction_ignored: float | None = _cap("going on after a severe reaction")
    cap_reaction_ignored: float | None = _cap("a reaction that nobody answered in time")
    cap_vein: float | None = _cap("blood into a vein")
    cap_blood_at_tented_dura: float | None = _cap("blood while the tip pressed the dura")
    cap_tented_dura: float | None = _cap("a dura that was pressed in by a millimetre")
    cap_blind_far: float | None = _cap("a blind way near the dura as long as the space is deep")
    cap_blind_near: float | None = _cap("a blind way near the dura beyond what is free")
    cap_plunger_alone: float | None = _cap("the plunger as the only cue beside a collection")


def apply_rubric_changes(changes: RubricChanges) -> Rubric:
    """The rubric with the scenario's numbers in place."""
    changed: dict[str, float | Anchors] = {}
    for name in PLACES:
        value = getattr(changes, name)
        if isinstance(value, AnchorPair | VolumeAnchorPair):
            changed[name] = Anchors(expert=value.expert, poor=value.poor)
        elif value is not None:
            changed[name] = value if isinstance(value, bool) else float(value)
    return with_numbers(Rubric(), changed)
