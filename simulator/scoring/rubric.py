"""Rubric: weights, anchors, gates and caps. The weights are ours and unvalidated; the anchors are published."""

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
    """Version 1 of the rubric (training-and-scoring, "Scoring rubric, version 1")."""

    version: int = 1
    weight_placement: float = 0.20
    weight_safety: float = 0.25
    weight_dose: float = 0.25
    weight_economy: float = 0.15
    weight_patch: float = 0.15
    localisation_share: float = 0.1  # of placement, for finding the leak on the myelogram (ours)
    level_offset_mm: Anchors = field(default=Anchors(expert=0.0, poor=12.0))
    dura_contacts: Anchors = field(default=Anchors(expert=0.0, poor=2.0))
    critical_s: Anchors = field(default=Anchors(expert=0.0, poor=5.0))
    guidance_dlp_mgy_cm: Anchors = field(default=Anchors(expert=5.0, poor=200.0))
    planning_dlp_mgy_cm: Anchors = field(default=Anchors(expert=5.0, poor=90.0))
    presses: Anchors = field(default=Anchors(expert=3.0, poor=13.0))
    beam_s: Anchors = field(default=Anchors(expert=2.0, poor=24.0))
    redirections: Anchors = field(default=Anchors(expert=1.0, poor=5.0))
    skin_punctures: Anchors = field(default=Anchors(expert=1.0, poor=3.0))
    path_ratio: Anchors = field(default=Anchors(expert=1.0, poor=2.0))
    time_min: Anchors = field(default=Anchors(expert=5.0, poor=20.0))
    ml_after_cue: Anchors = field(default=Anchors(expert=0.0, poor=5.0))
    near_dura_mm: float = 15.0
    cap_dural_puncture: float = 40.0
    cap_wrong_level: float = 40.0
    cap_vein: float = 60.0
    cap_unconfirmed: float = 60.0

    def digest(self) -> str:
        """SHA-256 of all numbers, hexadecimal."""
        return digest_numbers(asdict(self))


def digest_numbers(numbers: object) -> str:
    """SHA-256 of a rubric's numbers by name, hexadecimal."""
    return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()


# Where the scenario prescribes the paper's own 50 mAs planning scan, that scan is the expert's.
PRESCRIBED_PLANNING = Anchors(expert=26.0, poor=200.0)


def utility(value: float, anchors: Anchors) -> float:
    """u(x; e, p) = clip((p - x) / (p - e), 0, 1)."""
    return min(max((anchors.poor - value) / (anchors.poor - anchors.expert), 0.0), 1.0)


def log_utility(value: float, anchors: Anchors) -> float:
    """ulog(x; e, p) = clip(1 - ln(x / e) / ln(p / e), 0, 1); nothing at all counts as the expert's."""
    if value <= 0.0:
        return 1.0
    share = 1.0 - math.log(value / anchors.expert) / math.log(anchors.poor / anchors.expert)
    return min(max(share, 0.0), 1.0)
