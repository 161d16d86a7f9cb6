"""Script: what a scenario makes happen, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Moment = Literal["skin puncture", "bone contact", "dura contact", "blood drawn", "contrast injected", "blood injected"]
Happening = Literal["vasovagal", "contrast reaction", "jerk", "arm line fails", "arm line clots"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """One happening: at the first of a kind of moment, or at a time. An arm line fails when it is first used."""

    kind: Happening
    when: Moment | None = None
    at_ms: int | None = None
