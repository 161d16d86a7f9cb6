"""Looks: which images somebody looked at, and which of these looks showed the needle's tip."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.engine.imaging.looking import find_tip_slice
from simulator.scoring.procedure_summary import ProcedureSummary
from simulator.spatial.frames import PatientPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class TipLook:
    """A look at the needle's tip.

    Attributes:
        at_ms: when somebody looked
        made_ms: when the image was taken
        number: of the acquisition
        tip_mm: where the tip was when the image was taken
    """

    at_ms: int
    made_ms: int
    number: int
    tip_mm: PatientPoint


def looked_at(summary: ProcedureSummary) -> dict[int, int]:
    """Acquisitions of which anything was looked at, with the time of the first look, ms."""
    found: dict[int, int] = {}
    for event in summary.events:
        if isinstance(event, e.ImageLookedAt):
            found.setdefault(event.number, event.at_ms)
    return found


def tip_looks(summary: ProcedureSummary) -> Iterator[tuple[int, TipLook]]:
    """Looks at slices in which the tip lies, each with its place among the events."""
    made = {event.number: event for event in summary.acquisitions}
    for place, event in enumerate(summary.events):
        if not isinstance(event, e.ImageLookedAt) or event.number not in made:
            continue
        shown = made[event.number]
        needle = shown.scene.needle
        if needle is not None and find_tip_slice(summary.world, shown) in event.slices:
            look = TipLook(at_ms=event.at_ms, made_ms=shown.at_ms, number=shown.number, tip_mm=needle.points_mm[0])
            yield place, look


def seen_within_mm(summary: ProcedureSummary, portion: e.MaterialInjected) -> float | None:
    """How far the tip had gone before an injection since the latest image that was looked at; None without one, mm."""
    looks = [look for _, look in tip_looks(summary) if look.at_ms <= portion.at_ms]
    if not looks:
        return None
    latest = max(looks, key=lambda look: look.number)  # who goes back to an older image has not forgotten it
    return math.dist(latest.tip_mm, portion.tip_mm)


def looked_after(summary: ProcedureSummary, at_ms: int) -> bool:
    """Whether an image that was taken after a moment was looked at."""
    looked = looked_at(summary)
    return any(event.at_ms > at_ms and event.number in looked for event in summary.acquisitions)


def looked_before_puncture(summary: ProcedureSummary) -> bool:
    """Whether an image to plan on, a scan or a press, was looked at before the skin was gone through."""
    looked, puncture = looked_at(summary), summary.punctured_ms
    return any(
        event.number in looked
        and event.purpose in ("planning", "fluoroscopy")
        and (puncture is None or (event.at_ms <= puncture and looked[event.number] <= puncture))
        for event in summary.acquisitions
    )
