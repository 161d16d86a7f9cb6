"""Rubric: weights, anchors, caps. The weights are ours and unvalidated; a published anchor has its source beside it."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """Values of an expert and of a poor performance, lower being better."""

    expert: float
    poor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """Version 2 of the rubric; `docs/score.md` says what is published of it and what is ours.

    Attributes:
        treating_ml: blood that must stay in the epidural space, the least of the published first volumes; where the
            patient felt pressure half of it will do
        covered_fraction: of the leak zone, from which on the level of the needle is right by what it did
        needs_images: whether the case asks for image guidance
        free_blind_mm, free_blind_neck_mm: what may be pushed towards the dura, near it, without a look; the second in
            the neck and in a foramen
    """

    version: int = 2
    weight_help: float = 0.34
    weight_placement: float = 0.12
    weight_safety: float = 0.22
    weight_steps: float = 0.12
    weight_dose: float = 0.12
    weight_economy: float = 0.08
    treating_ml: float = 6.0
    covered_fraction: float = 0.5
    needs_images: bool = True
    free_blind_mm: float = 3.0
    free_blind_neck_mm: float = 2.0
    blind_mm: Anchors = field(default=Anchors(expert=0.0, poor=6.0))
    tenting_mm: Anchors = field(default=Anchors(expert=0.2, poor=1.5))
    dura_contacts: Anchors = field(default=Anchors(expert=0.0, poor=2.0))
    critical_s: Anchors = field(default=Anchors(expert=0.0, poor=5.0))
    guidance_dlp_mgy_cm: Anchors = field(default=Anchors(expert=5.0, poor=200.0))
    planning_dlp_mgy_cm: Anchors = field(default=Anchors(expert=5.0, poor=90.0))
    confirmation_dlp_mgy_cm: Anchors = field(default=Anchors(expert=26.0, poor=200.0))
    redirections: Anchors = field(default=Anchors(expert=1.0, poor=5.0))
    skin_punctures: Anchors = field(default=Anchors(expert=1.0, poor=3.0))
    path_ratio: Anchors = field(default=Anchors(expert=1.2, poor=2.0))
    time_min: Anchors = field(default=Anchors(expert=20.0, poor=40.0))
    room_min: Anchors = field(default=Anchors(expert=45.0, poor=75.0))
    ml_after_cue: Anchors = field(default=Anchors(expert=0.0, poor=5.0))
    epidural_ml: Anchors = field(default=Anchors(expert=15.0, poor=3.0))
    near_dura_mm: float = 15.0
    cap_token_volume: float = 15.0
    cap_unseen_needle: float = 30.0
    cap_dural_puncture: float = 40.0
    harm_managed: float = 8.0
    cap_not_covered: float = 40.0
    cap_fact_ignored: float = 40.0
    cap_steps_skipped: float = 40.0
    cap_severe_reaction_ignored: float = 40.0
    cap_reaction_ignored: float = 70.0
    cap_vein: float = 60.0
    cap_blood_at_tented_dura: float = 50.0
    cap_tented_dura: float = 70.0
    cap_blind_far: float = 50.0
    cap_blind_near: float = 70.0
    cap_plunger_alone: float = 60.0

    def digest(self) -> str:
        """SHA-256 of all numbers, hexadecimal."""
        return digest_numbers(asdict(self))


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
