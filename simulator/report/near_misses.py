"""Near misses: the moments at which it came close, the gravest first, with what led to them and what shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

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
ROUNDS_TO_NOTHING_MM = 0.05  # a tenth of a millimetre is what is told
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
        reasons: what led to it, from the commands before
        gravity: of what came close, 0 the gravest
        press: ordinal of the image of CT fluoroscopy that shows it best; None where there is none
    """

    kind: MissKind
    at: str
    at_ms: int
    words: str
    reasons: tuple[str, ...]
    gravity: int = 0
    press: int | None = None

    @property
    def because(self) -> str:
        """What led to it, in one line."""
        return "; ".join(self.reasons)


class Gravity(IntEnum):
    """What came close, the gravest first; assumption: cord before dura before root, vessel and bone."""

    COMPLICATION = 0
    DURA = 1
    NEURAL = 2
    VESSEL = 3
    PATIENT = 4
    BONE = 5


def near_misses(
    marks: Marks, recognised: Mapping[tuple[ComplicationKind, int], bool], vessel: ClosestVessel | None = None
) -> list[NearMiss]:
    """Complications, near misses and closest approaches, each the gravest first and then in the order of time.

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
                gravity=Gravity.VESSEL,
            )
        )
    after = ml_after_cue(marks.summary)
    if after is not None and after > 0:
        words = f"{after:.1f} mL of blood went in after the patient's word"
        found.append(_miss(MissKind.NEAR_MISS, marks.blood[-1], words, gravity=Gravity.PATIENT))
    shown = [replace(miss, press=shows_best(marks, miss.at_ms)) for miss in found]
    return sorted(shown, key=lambda miss: (_ORDER[miss.kind], miss.gravity, miss.at_ms))


_ORDER = {kind: order for order, kind in enumerate(MissKind)}


def shows_best(marks: Marks, at_ms: int) -> int | None:
    """The image that shows a moment: the first after it before the needle moved on, else the last before it."""
    moved = next((move.at_ms for move in marks.moves if move.at_ms > at_ms), None)
    held = [(n, press) for n, press in enumerate(marks.presses, start=1) if press.scene.needle is not None]
    after = [n for n, press in held if press.at_ms >= at_ms and (moved is None or press.at_ms < moved)]
    before = [n for n, press in held if press.at_ms < at_ms]
    return after[0] if after else (before[-1] if before else None)


def _miss(kind: MissKind, event: e.Event, words: str, *because: str, gravity: Gravity) -> NearMiss:
    return NearMiss(
        kind=kind,
        at=clock(event.at_ms),
        at_ms=event.at_ms,
        words=words,
        reasons=tuple(reason for reason in because if reason),
        gravity=int(gravity),
    )


def _met(marks: Marks, recognised: Mapping[tuple[ComplicationKind, int], bool]) -> list[NearMiss]:
    """Complications, touches of the dura, and contacts with bone."""
    found: list[NearMiss] = []
    for event in marks.events:
        if isinstance(event, e.Complication):
            known = recognised.get((event.kind, event.at_ms))
            because = "" if known is None else ("recognised" if known else "not recognised")
            words = f"{WORDS.complications[event.kind].capitalize()} at {event.level}"
            led_to = _led_to(marks, event.at_ms)
            found.append(_miss(MissKind.COMPLICATION, event, words, because, led_to, gravity=Gravity.COMPLICATION))
        elif isinstance(event, e.DuraTouched):
            led_to = _led_to(marks, event.at_ms)
            found.append(_miss(MissKind.NEAR_MISS, event, "The tip touched the dura", led_to, gravity=Gravity.DURA))
    return [*found, *_bone(marks)]


def _bone(marks: Marks) -> list[NearMiss]:
    """All contacts with bone as one line, so that many of them hide nothing graver."""
    met = [event for event in marks.events if isinstance(event, e.BoneContacted)]
    if not met:
        return []
    often = "" if len(met) == 1 else f" {len(met)} times, the last at {clock(met[-1].at_ms)}"
    words = f"Bone stopped the needle{often}"
    return [_miss(MissKind.NEAR_MISS, met[0], words, _led_to(marks, met[0].at_ms), gravity=Gravity.BONE)]


def _closest_dura(marks: Marks) -> list[NearMiss]:
    dura = marks.closest_dura
    if dura is None or dura.least_dura_mm > NEAR_MM:
        return []
    if dura.least_dura_mm <= -ROUNDS_TO_NOTHING_MM:
        deep = "Deepest inside the dura" if marks.dura_punctured else "Pressed into the dura, which tents"
        words = f"{deep}: {-dura.least_dura_mm:.1f} mm"
    else:
        words = f"Closest to the dura: {max(dura.least_dura_mm, 0.0):.1f} mm outside"
    half = 0.5 * dura.local_depth_mm
    because = f"half the epidural depth here is {half:.1f} mm" if half > 0 else ""
    kind = MissKind.NEAR_MISS if dura.least_dura_mm < half else MissKind.CLOSEST_APPROACH
    return [_miss(kind, dura, words, because, _led_to(marks, dura.at_ms), gravity=Gravity.DURA)]


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
            gravity=Gravity.NEURAL,
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
    pushed, look = marks.pushed_since_look_mm(at_ms), marks.last_look(at_ms)
    if pushed <= 0:
        return ""
    if look is None:
        return f"{pushed:.0f} mm of push before any image of the needle"
    return f"{pushed:.0f} mm of push since the last image, {(at_ms - look.at_ms) / 1000:.0f} s before"
