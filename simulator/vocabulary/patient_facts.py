"""What is known of a patient before anybody touches them, what a time-out checks, and why a procedure is stopped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What a fact is about."""

    HISTORY = "history"
    ALLERGY = "allergy"
    DRUG = "drug"
    COAGULATION = "coagulation"
    CONSENT = "consent"
    LEVEL_AND_SIDE = "level and side"


class TimeOutItem(StrEnum):
    """What a time-out checks."""

    IDENTITY = "identity"
    CONSENT = "consent"
    COAGULATION = "coagulation"
    ALLERGY = "allergy"
    LEVEL_AND_SIDE = "level and side"


CHECKED_BY: dict[FactKind, TimeOutItem] = {
    FactKind.HISTORY: TimeOutItem.IDENTITY,
    FactKind.ALLERGY: TimeOutItem.ALLERGY,
    FactKind.DRUG: TimeOutItem.COAGULATION,
    FactKind.COAGULATION: TimeOutItem.COAGULATION,
    FactKind.CONSENT: TimeOutItem.CONSENT,
    FactKind.LEVEL_AND_SIDE: TimeOutItem.LEVEL_AND_SIDE,
}
"""Which item of the time-out brings a fact to light."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFact:
    """One fact of the chart.

    Attributes:
        words: as the chart has them, such as "apixaban, last dose this morning"
    """

    kind: FactKind
    words: str


class StopReason(StrEnum):
    """Why a procedure is stopped before it has done what it was meant to do."""

    FACT = "fact in the time-out"
    REACTION = "reaction of the patient"
    DURAL_PUNCTURE = "dural puncture"
    NO_SAFE_WAY = "no safe way"
    FISTULA = "fistula into a vein"


class Question(StrEnum):
    """What the patient is asked about."""

    FEELING = "feeling"
    LEGS_AND_BLADDER = "legs and bladder"


LEGS_AS_BEFORE = "My legs and my bladder are as before."
LEGS_NUMB = "My legs feel numb and heavy."
"""What a patient answers who is asked about legs and bladder."""
