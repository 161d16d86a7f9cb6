"""Sensation: what the patient feels of needle and patch, and says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.patient.reactions import REACTION_PROFILES
from simulator.vocabulary.patient import PatientReaction, Sensation
from simulator.vocabulary.patient_facts import LEGS_AS_BEFORE, LEGS_NUMB

# Reference, section 5 (assumption): the pressure at which a patch hurts is log-normal, median 11 mmHg above
# baseline, geometric SD 2.
PAIN_MEDIAN_KPA = 11.0 * 0.133322
PAIN_GEOMETRIC_SD = 2.0
# Local pressure is reported at this fraction of the pain threshold: set so that stopping at the first word gives the
# published volume at stop, 18.9 +- 7.8 mL lumbar (Pratt 2014).
PRESSURE_FRACTION = 0.75
SEVERE_FACTOR = 1.8  # assumption: of the pain threshold
NERVES_SUFFER_KPA = 40.0 * 0.133322  # assumption: above this the roots' blood flow stops
PAIN_RANGE_KPA = (0.4, 6.0)  # assumption: 3 to 45 mmHg, so that no drawn patient is absurd

WORDS: dict[Sensation, str] = {
    Sensation.NOTHING: "I am all right.",
    Sensation.PRESSURE: "I feel a pressure in my back, just there.",
    Sensation.PAIN: "That is beginning to hurt.",
    Sensation.SEVERE_PAIN: "Stop! It shoots into both legs.",
    Sensation.RADICULAR_PAIN: "Ow! That shot away from my back.",
    Sensation.BONE_PAIN: "Ow. That is a dull ache, deep down.",
    Sensation.SKIN_PRICK: "I felt the prick.",
    Sensation.FAINT: REACTION_PROFILES[PatientReaction.VASOVAGAL].words,
    Sensation.ITCHING: REACTION_PROFILES[PatientReaction.CONTRAST].words,
    Sensation.BREATHLESS: REACTION_PROFILES[PatientReaction.SEVERE_CONTRAST].words,
    Sensation.COUGH: "I have to cough, and it stabs when I breathe.",
}
# Where a patch is felt in other regions than the lumbar one: over its own segments (textbook; the sentences are ours)
_WORDS_OF_REGION: Mapping[str, Mapping[Sensation, str]] = {
    "cervical": {
        Sensation.PRESSURE: "I feel a pressure in my neck, just there.",
        Sensation.SEVERE_PAIN: "Stop! It shoots into both arms.",
        Sensation.RADICULAR_PAIN: "Ow! That shot away from my neck.",
    },
    "thoracic": {Sensation.SEVERE_PAIN: "Stop! It shoots round my chest on both sides."},
}
REACTION_SENSATIONS: Mapping[PatientReaction, Sensation] = {
    PatientReaction.VASOVAGAL: Sensation.FAINT,
    PatientReaction.CONTRAST: Sensation.ITCHING,
    PatientReaction.SEVERE_CONTRAST: Sensation.BREATHLESS,
}

# Where a root's pain is felt (textbook dermatomes), by the root that leaves below the vertebra named. A sixth lumbar
# root does what the first sacral one does in others (Hinterdorfer 2010, JNNP 81:734).
_WHERE = {
    "C": ("down my {side} arm", {"C2": "behind my {side} ear", "C3": "in the {side} of my neck",
          "C4": "over my {side} shoulder", "C5": "down my {side} upper arm", "C6": "into my {side} thumb",
          "C7": "into my {side} middle finger", "C8": "into my {side} little finger"}),
    "T": ("round my {side} chest", {"T10": "round to my navel on the {side}", "T11": "round my {side} flank",
          "T12": "into my {side} groin"}),
    "L": ("down my {side} leg", {"L1": "into my {side} groin", "L2": "into my {side} thigh",
          "L3": "to my {side} knee", "L4": "down my {side} shin", "L5": "to my {side} big toe",
          "L6": "to my {side} heel"}),
    "S": ("down the back of my {side} leg", {"S1": "to my {side} heel"}),
}  # fmt: skip
SIDES = ("left", "right")

# Pain of a needle at its worst, 0-10, without anaesthetic (assumptions); a person speaks unasked above a threshold
# drawn between these, and tells of lesser pain when asked.
PAIN_OF_TOUCH: Mapping[str, float] = {"skin": 4.5, "tissue": 2.0, "dura": 2.5, "bone": 6.0, "root": 8.0, "cord": 9.0}
SPEAKS_UNASKED = (2.5, 4.0)
TELLS_WHEN_ASKED = 1.0


def words_in(region: str, feeling: Sensation) -> str:
    """What a patient says of a feeling, where the needle is in this region."""
    return _WORDS_OF_REGION.get(region, WORDS).get(feeling, WORDS[feeling])


def root_between(level: str) -> str:
    """The root that leaves at an interspace: L3 at "L3/4", C7 at "C6/7", C8 at "C7/T1"."""
    above, below = level.split("/") if "/" in level else (level, level)
    if above == "C7":
        return "C8"
    if above.startswith("C"):
        return below if below.startswith(("C", "T")) else "C" + below
    return above


def radicular_words(level: str, side: str) -> str:
    """What a root's pain is told as, with its side and where it goes."""
    root = root_between(level)
    general, places = _WHERE.get(root[:1], _WHERE["L"])
    return f"Ow! That shot {places.get(root, general).format(side=side)}."


def every_word() -> tuple[str, ...]:
    """All that a patient can say, each once, in a fixed order."""
    pains = [
        f"Ow! That shot {place.format(side=side)}."
        for general, places in _WHERE.values()
        for place in (general, *places.values())
        for side in SIDES
    ]
    regional = [words for own in _WORDS_OF_REGION.values() for words in own.values()]
    return tuple(dict.fromkeys([*WORDS.values(), *pains, LEGS_AS_BEFORE, LEGS_NUMB, *regional]))


def draw_spoken_pain(rng: np.random.Generator) -> float:
    """Draw above which pain a person speaks unasked, 0-10."""
    return round(float(rng.uniform(*SPEAKS_UNASKED)), 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Epidural pressures above baseline at which this patient speaks, kPa."""

    pressure_kpa: float
    pain_kpa: float


def draw_thresholds(rng: np.random.Generator) -> Thresholds:
    """Draw one patient's thresholds."""
    pain = PAIN_MEDIAN_KPA * math.exp(math.log(PAIN_GEOMETRIC_SD) * rng.standard_normal())
    pain = min(max(pain, PAIN_RANGE_KPA[0]), PAIN_RANGE_KPA[1])
    return Thresholds(pressure_kpa=PRESSURE_FRACTION * pain, pain_kpa=pain)


def feel_pressure(thresholds: Thresholds, pressure_kpa: float) -> Sensation:
    """What the patient feels at this epidural pressure."""
    if pressure_kpa >= SEVERE_FACTOR * thresholds.pain_kpa:
        return Sensation.SEVERE_PAIN
    if pressure_kpa >= thresholds.pain_kpa:
        return Sensation.PAIN
    if pressure_kpa >= thresholds.pressure_kpa:
        return Sensation.PRESSURE
    return Sensation.NOTHING
