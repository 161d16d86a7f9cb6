"""Script: what a scenario makes happen, what sets it off, and what answering it well means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simulator.vocabulary.event_answers import EventAnswer
from simulator.vocabulary.procedure import InjectedMaterial, Phase, Touch

Moment = Literal["skin puncture", "bone contact", "dura contact", "blood drawn", "contrast injected", "blood injected"]
Happening = Literal["vasovagal", "contrast reaction", "jerk", "arm line fails", "arm line clots"]
NEAR_MM = 2.0  # how near a tip must come where the script does not say (assumption)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """One happening, set off by one of what follows; an arm line fails when it is first used.

    Attributes:
        when: the first of a kind of moment
        at_ms: a time since the start
        at_depth_mm: so much needle in the patient
        near, within_mm: a structure, and how near the tip comes to it
        at_press: ordinal of a fluoroscopy image, from 1
        at_volume_ml, material: injected so far, and of what
        in_phase: a phase of the procedure
        answer: what answers it well; None: what helps in fact
        answer_within_ms: how soon; None: as the score has it
    """

    kind: Happening
    when: Moment | None = None
    at_ms: int | None = None
    at_depth_mm: float | None = None
    near: Touch | None = None
    within_mm: float = NEAR_MM
    at_press: int | None = None
    at_volume_ml: float | None = None
    material: InjectedMaterial = InjectedMaterial.BLOOD
    in_phase: Phase | None = None
    answer: EventAnswer | None = None
    answer_within_ms: int | None = None
