"""Rubric: weights, anchors, caps. The weights are ours and unvalidated; a published anchor has its source beside it.

A case file and a record name every number flat (`weight_help`, `cap_vein`); `PLACES` says where each stands here.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """Values of an expert and of a poor performance, lower being better."""

    expert: float
    poor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each component of the score is worth; the six come to 1."""

    help: float = 0.34
    placement: float = 0.12
    safety: float = 0.22
    steps: float = 0.12
    dose: float = 0.12
    economy: float = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentNumbers:
    """What blood is a treatment, and what volume is an expert's.

    Attributes:
        treating_ml: blood that must stay in the epidural space, the least of the published first volumes; where the
            patient felt pressure half of it will do
        covered_fraction: of the leak zone, from which on the level of the needle is right by what it did
        ml_after_cue: blood injected after the patient spoke
        epidural_ml: blood that stayed in the epidural space; more is better
    """

    treating_ml: float = 6.0
    covered_fraction: float = 0.5
    ml_after_cue: Anchors = field(default=Anchors(expert=0.0, poor=5.0))
    epidural_ml: Anchors = field(default=Anchors(expert=15.0, poor=3.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class LookNumbers:
    """What has to be looked at.

    Attributes:
        needs_images: whether the case asks for image guidance
        free_blind_mm, free_blind_neck_mm: what may be pushed towards the dura, near it, without a look; the second in
            the neck and in a foramen
        blind_mm: pushed there beyond what is free
    """

    needs_images: bool = True
    free_blind_mm: float = 3.0
    free_blind_neck_mm: float = 2.0
    blind_mm: Anchors = field(default=Anchors(expert=0.0, poor=6.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyNumbers:
    """How near the tip may come to what it must not touch.

    Attributes:
        near_dura_mm: where the dural margin begins to count
        tenting_mm: how far the dura was pressed in
        critical_s: time in critical structures
    """

    near_dura_mm: float = 15.0
    tenting_mm: Anchors = field(default=Anchors(expert=0.2, poor=1.5))
    dura_contacts: Anchors = field(default=Anchors(expert=0.0, poor=2.0))
    critical_s: Anchors = field(default=Anchors(expert=0.0, poor=5.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseAnchors:
    """Dose-length products of each phase, on a logarithmic scale."""

    guidance_dlp_mgy_cm: Anchors = field(default=Anchors(expert=5.0, poor=200.0))
    planning_dlp_mgy_cm: Anchors = field(default=Anchors(expert=5.0, poor=90.0))
    confirmation_dlp_mgy_cm: Anchors = field(default=Anchors(expert=26.0, poor=200.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class EconomyAnchors:
    """What the way of the needle cost.

    Attributes:
        path_ratio: way in tissue against the straight way
        time_min: from the first puncture to the finish
        room_min: from the first command to the last
    """

    redirections: Anchors = field(default=Anchors(expert=1.0, poor=5.0))
    skin_punctures: Anchors = field(default=Anchors(expert=1.0, poor=3.0))
    path_ratio: Anchors = field(default=Anchors(expert=1.2, poor=2.0))
    time_min: Anchors = field(default=Anchors(expert=20.0, poor=40.0))
    room_min: Anchors = field(default=Anchors(expert=45.0, poor=75.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class CapLimits:
    """The greatest score that is left after each of these; `scoring/caps.py` says when a cap acts.

    Attributes:
        dural_puncture: one that nobody noticed; blood under the dura as well
        harm_managed: added to that for each step of a puncture's management
        vein: blood into a vein; roots that blood compressed as well, a harm as grave
    """

    token_volume: float = 15.0
    unseen_needle: float = 30.0
    dural_puncture: float = 40.0
    harm_managed: float = 8.0
    not_covered: float = 40.0
    fact_ignored: float = 40.0
    steps_skipped: float = 40.0
    severe_reaction_ignored: float = 40.0
    reaction_ignored: float = 70.0
    vein: float = 60.0
    blood_at_tented_dura: float = 50.0
    tented_dura: float = 70.0
    blind_far: float = 50.0
    blind_near: float = 70.0
    plunger_alone: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """Version 2 of the rubric; `docs/score.md` says what is published of it and what is ours."""

    version: int = 2
    weights: Weights = field(default=Weights())
    treatment: TreatmentNumbers = field(default=TreatmentNumbers())
    looks: LookNumbers = field(default=LookNumbers())
    safety: SafetyNumbers = field(default=SafetyNumbers())
    dose: DoseAnchors = field(default=DoseAnchors())
    economy: EconomyAnchors = field(default=EconomyAnchors())
    caps: CapLimits = field(default=CapLimits())

    def digest(self) -> str:
        """SHA-256 of all numbers, hexadecimal."""
        return digest_numbers(flat_numbers(self))


PLACES: Mapping[str, tuple[str, str]] = {
    "weight_help": ("weights", "help"),
    "weight_placement": ("weights", "placement"),
    "weight_safety": ("weights", "safety"),
    "weight_steps": ("weights", "steps"),
    "weight_dose": ("weights", "dose"),
    "weight_economy": ("weights", "economy"),
    "treating_ml": ("treatment", "treating_ml"),
    "covered_fraction": ("treatment", "covered_fraction"),
    "needs_images": ("looks", "needs_images"),
    "free_blind_mm": ("looks", "free_blind_mm"),
    "free_blind_neck_mm": ("looks", "free_blind_neck_mm"),
    "blind_mm": ("looks", "blind_mm"),
    "tenting_mm": ("safety", "tenting_mm"),
    "dura_contacts": ("safety", "dura_contacts"),
    "critical_s": ("safety", "critical_s"),
    "guidance_dlp_mgy_cm": ("dose", "guidance_dlp_mgy_cm"),
    "planning_dlp_mgy_cm": ("dose", "planning_dlp_mgy_cm"),
    "confirmation_dlp_mgy_cm": ("dose", "confirmation_dlp_mgy_cm"),
    "redirections": ("economy", "redirections"),
    "skin_punctures": ("economy", "skin_punctures"),
    "path_ratio": ("economy", "path_ratio"),
    "time_min": ("economy", "time_min"),
    "room_min": ("economy", "room_min"),
    "ml_after_cue": ("treatment", "ml_after_cue"),
    "epidural_ml": ("treatment", "epidural_ml"),
    "near_dura_mm": ("safety", "near_dura_mm"),
    "cap_token_volume": ("caps", "token_volume"),
    "cap_unseen_needle": ("caps", "unseen_needle"),
    "cap_dural_puncture": ("caps", "dural_puncture"),
    "harm_managed": ("caps", "harm_managed"),
    "cap_not_covered": ("caps", "not_covered"),
    "cap_fact_ignored": ("caps", "fact_ignored"),
    "cap_steps_skipped": ("caps", "steps_skipped"),
    "cap_severe_reaction_ignored": ("caps", "severe_reaction_ignored"),
    "cap_reaction_ignored": ("caps", "reaction_ignored"),
    "cap_vein": ("caps", "vein"),
    "cap_blood_at_tented_dura": ("caps", "blood_at_tented_dura"),
    "cap_tented_dura": ("caps", "tented_dura"),
    "cap_blind_far": ("caps", "blind_far"),
    "cap_blind_near": ("caps", "blind_near"),
    "cap_plunger_alone": ("caps", "plunger_alone"),
}
"""Group and name of every number but the version, by its flat name, in the order in which records hold them."""


def number_named(rubric: Rubric, name: str) -> float | Anchors:
    """A number of a rubric by its flat name."""
    group, number = PLACES[name]
    found: float | Anchors = getattr(getattr(rubric, group), number)
    return found


def flat_numbers(rubric: Rubric) -> dict[str, Any]:
    """All numbers of a rubric by their flat names, as a record's header holds them and the digest counts them."""
    found = {name: number_named(rubric, name) for name in PLACES}
    plain = {name: asdict(value) if isinstance(value, Anchors) else value for name, value in found.items()}
    return {"version": rubric.version, **plain}


def numbers_by_group(numbers: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Numbers under flat names, but no version, as they stand in the groups of a rubric; values stay as they are."""
    groups: dict[str, dict[str, Any]] = {}
    for name, value in numbers.items():
        group, number = PLACES[name]
        groups.setdefault(group, {})[number] = value
    return groups


def with_numbers(rubric: Rubric, numbers: Mapping[str, float | Anchors]) -> Rubric:
    """The rubric with some numbers, by their flat names, in place of its own."""
    groups = numbers_by_group(numbers).items()
    return replace(rubric, **{group: replace(getattr(rubric, group), **own) for group, own in groups})


def digest_numbers(numbers: object) -> str:
    """SHA-256 of a rubric's numbers by name, hexadecimal."""
    return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()


# Where the scenario prescribes a planning scan as the paper's, that scan is the expert's: our estimate for 8 cm at its
# 50 mAs and 120 kV, over-ranging included.
PRESCRIBED_PLANNING = Anchors(expert=45.0, poor=200.0)


def utility(value: float, anchors: Anchors) -> float:
    """u(x; e, p) = clip((p - x) / (p - e), 0, 1); where more is better the expert's value is the greater one."""
    return min(max((anchors.poor - value) / (anchors.poor - anchors.expert), 0.0), 1.0)


def log_utility(value: float, anchors: Anchors) -> float:
    """ulog(x; e, p) = clip(1 - ln(x / e) / ln(p / e), 0, 1); nothing at all counts as the expert's."""
    if value <= 0.0:
        return 1.0
    share = 1.0 - math.log(value / anchors.expert) / math.log(anchors.poor / anchors.expert)
    return min(max(share, 0.0), 1.0)
