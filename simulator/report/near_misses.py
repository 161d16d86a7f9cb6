"""Near misses: the moments at which it came close, and what led to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.needle.insertion import ROOT_PAIN_DISTANCE_MM
from simulator.report.procedure_marks import Marks, clock
from simulator.report.vessels import ClosestVessel, closest_vessel
from simulator.report.words import number
from simulator.scoring.patch_quality import ml_after_cue
from simulator.vocabulary.procedure import ComplicationKind
from simulator.wording.chosen import WORDS

NEAR_MM = 15.0
NEURAL_MM = 5.0  # assumption: nearer than this is worth a line
VESSEL_NEAR_MM = 1.5  # assumption: within a vein's width of its middle
FAR_MM = 100.0  # a cord beyond this is not at the needle's level
VESSEL_FAR_MM = 15.0


class MissKind(StrEnum):
    """How near it came; the values are printed."""

    COMPLICATION = "complication"
    NEAR_MISS = "near miss"
    CLOSEST_APPROACH = "closest approach"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """One moment.

    Attributes:
        words: what happened
        because: what led to it, from the commands before
    """

    kind: MissKind
    at: str
    at_ms: int
    words: str
    because: str


def near_misses(
    marks: Marks, recognised: Mapping[tuple[ComplicationKind, int], bool], vessel: ClosestVessel | None = None
) -> list[NearMiss]:
    """Complications and near misses in the order of time.

    Args:
        recognised: whether a complication of a kind at a time was recognised, from the scorecard
        vessel: the move that came nearest to one
    """
    found = [*_met(marks, recognised), *_closest_dura(marks), *_closest_neural(marks)]
    if vessel is not None:
        found.append(
            _miss(
                MissKind.NEAR_MISS if vessel.distance_mm < VESSEL_NEAR_MM else MissKind.CLOSEST_APPROACH,
                vessel.move,
                f"Closest to a vessel ({vessel.kind}): {vessel.distance_mm:.1f} mm to its middle",
                _led_to(marks, vessel.move.at_ms),
            )
        )
    after = ml_after_cue(marks.summary)
    if after is not None and after > 0:
        words = f"{after:.1f} mL of blood went in after the patient's word"
        found.append(_miss(MissKind.NEAR_MISS, marks.blood[-1], words))
    return sorted(found, key=lambda miss: miss.at_ms)


def _miss(kind: MissKind, event: e.Event, words: str, *because: str) -> NearMiss:
    return NearMiss(
        kind=kind,
        at=clock(event.at_ms),
        at_ms=event.at_ms,
        words=words,
        because="; ".join(reason for reason in because if reason),
    )


def _met(marks: Marks, recognised: Mapping[tuple[ComplicationKind, int], bool]) -> list[NearMiss]:
    """Complications, touches of the dura, and contacts with bone."""
    found: list[NearMiss] = []
    for event in marks.events:
        if isinstance(event, e.Complication):
            known = recognised.get((event.kind, event.at_ms))
            because = "" if known is None else ("recognised" if known else "not recognised")
            words = f"{WORDS.complications[event.kind].capitalize()} at {event.level}"
            found.append(_miss(MissKind.COMPLICATION, event, words, because, _led_to(marks, event.at_ms)))
        elif isinstance(event, e.DuraTouched):
            found.append(_miss(MissKind.NEAR_MISS, event, "The tip touched the dura", _led_to(marks, event.at_ms)))
        elif isinstance(event, e.BoneContacted):
            found.append(_miss(MissKind.NEAR_MISS, event, "Bone stopped the needle", _led_to(marks, event.at_ms)))
    return found


def _closest_dura(marks: Marks) -> list[NearMiss]:
    dura = marks.closest_dura
    if dura is None or dura.least_dura_mm > NEAR_MM:
        return []
    if dura.least_dura_mm < 0:
        deep = "Deepest inside the dura" if marks.dura_punctured else "Pressed into the dura, which tents"
        words = f"{deep}: {-dura.least_dura_mm:.1f} mm"
    else:
        words = f"Closest to the dura: {dura.least_dura_mm:.1f} mm outside"
    half = 0.5 * dura.local_depth_mm
    because = f"half the epidural depth here is {half:.1f} mm" if half > 0 else ""
    kind = MissKind.NEAR_MISS if dura.least_dura_mm < half else MissKind.CLOSEST_APPROACH
    return [_miss(kind, dura, words, because, _led_to(marks, dura.at_ms))]


def _closest_neural(marks: Marks) -> list[NearMiss]:
    neural = marks.closest_neural
    if neural is None or neural.neural_mm > NEURAL_MM:
        return []
    near = neural.neural_mm < ROOT_PAIN_DISTANCE_MM + 1.0
    return [
        _miss(
            MissKind.NEAR_MISS if near else MissKind.CLOSEST_APPROACH,
            neural,
            f"Closest to a nerve root or the cord: {max(neural.neural_mm, 0.0):.1f} mm",
            _led_to(marks, neural.at_ms),
        )
    ]


def closest_rows(world: CaseContext, marks: Marks) -> list[list[str]]:
    """Structure, least distance of the tip, moment, and what led to it; no rows where nothing was pushed."""
    moves = marks.moves
    if not moves or marks.closest_dura is None or marks.closest_neural is None:
        return []

    def row(name: str, move: e.NeedleMoved, distance: str) -> list[str]:
        return [name, distance, clock(move.at_ms), _led_to(marks, move.at_ms) or "–"]

    dura, neural = marks.closest_dura, marks.closest_neural
    cord_mm = world.phantom.anatomy.cord_mm(np.array([move.tip_mm for move in moves]))
    at = int(cord_mm.argmin())
    vessel = closest_vessel(world.phantom, moves, VESSEL_FAR_MM)
    rows = [
        row("dura", dura, _apart(dura.least_dura_mm, "inside" if marks.dura_punctured else "pressed in")),
        row("nerve root or cord", neural, _apart(neural.neural_mm)),
        row("spinal cord", moves[at], _apart(float(cord_mm[at])))
        if cord_mm[at] <= FAR_MM
        else ["spinal cord", f"more than {FAR_MM:.0f} mm", "–", "–"],
    ]
    if vessel is None:
        return [*rows, ["vessel", f"more than {VESSEL_FAR_MM:.0f} mm", "–", "–"]]
    return [*rows, row(vessel.kind, vessel.move, f"{number(vessel.distance_mm, 2)} mm to its middle")]


def _apart(distance_mm: float, within: str = "inside") -> str:
    return f"{abs(distance_mm):.1f} mm{' ' + within if distance_mm < 0 else ''}"


def _led_to(marks: Marks, at_ms: int) -> str:
    """How far the needle had been pushed since the last image."""
    seen = [a.at_ms for a in marks.summary.acquisitions if a.scene.needle is not None and a.at_ms < at_ms]
    since = seen[-1] if seen else 0
    pushed = sum(move.moved_mm for move in marks.moves if since < move.at_ms <= at_ms and move.moved_mm > 0)
    if pushed <= 0:
        return ""
    if not seen:
        return f"{pushed:.0f} mm of push before any image of the needle"
    return f"{pushed:.0f} mm of push since the last image, {(at_ms - since) / 1000:.0f} s before"
