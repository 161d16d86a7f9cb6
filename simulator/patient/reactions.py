"""Reactions: what happens to a patient rarely, what they say, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.vocabulary.patient import ArmLine, PatientReaction
from simulator.vocabulary.procedure import Aid

# Probabilities a procedure, all assumptions: near-faints at spine injections, mild reactions to a non-ionic contrast,
# and cannulas that give no blood.
VASOVAGAL_RATE = 0.015
CONTRAST_RATE = 0.003
LINE_FAILS_RATE, LINE_CLOTS_RATE = 0.02, 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionProfile:
    """How a reaction goes.

    Attributes:
        words: what the patient says
        helps: what to do
        helped_ms, alone_ms: until it is over, with help and without
        becomes: what it grows into where nobody helps
    """

    words: str
    helps: Aid
    helped_ms: int
    alone_ms: int
    becomes: PatientReaction | None = None


REACTION_PROFILES: Mapping[PatientReaction, ReactionProfile] = {
    PatientReaction.VASOVAGAL: ReactionProfile(
        words="I feel faint.", helps=Aid.RAISE_THE_LEGS, helped_ms=45_000, alone_ms=240_000
    ),
    PatientReaction.CONTRAST: ReactionProfile(
        words="My skin itches all over.",
        helps=Aid.ANTIHISTAMINE,
        helped_ms=120_000,
        alone_ms=300_000,
        becomes=PatientReaction.SEVERE_CONTRAST,
    ),
    PatientReaction.SEVERE_CONTRAST: ReactionProfile(
        words="I cannot breathe well.", helps=Aid.ADRENALINE, helped_ms=180_000, alone_ms=600_000
    ),
}
LINE_HELPS: Mapping[ArmLine, Aid] = {ArmLine.FAILED: Aid.NEW_ARM_LINE, ArmLine.CLOTTED: Aid.FLUSH_THE_ARM_LINE}
MEASURE_MS: Mapping[Aid, int] = {
    Aid.RAISE_THE_LEGS: 10_000,
    Aid.ANTIHISTAMINE: 30_000,
    Aid.ADRENALINE: 15_000,
    Aid.FLUSH_THE_ARM_LINE: 20_000,
    Aid.NEW_ARM_LINE: 180_000,
}
