"""What a patient feels and suffers, and how the cannula in their arm is."""

from __future__ import annotations

from enum import StrEnum


class PatientReaction(StrEnum):
    """What rarely happens to a patient in a procedure."""

    VASOVAGAL = "vasovagal"
    CONTRAST = "contrast reaction"
    SEVERE_CONTRAST = "severe contrast reaction"


class ArmLine(StrEnum):
    """How the cannula is from which blood is drawn."""

    OPEN = "open"
    FAILED = "failed"
    CLOTTED = "clotted"


class Sensation(StrEnum):
    """What a patient feels."""

    NOTHING = "nothing"
    PRESSURE = "pressure"
    PAIN = "pain"
    SEVERE_PAIN = "severe pain"
    RADICULAR_PAIN = "radicular pain"
    BONE_PAIN = "bone pain"
    SKIN_PRICK = "skin prick"
    FAINT = "faint"
    ITCHING = "itching"
    BREATHLESS = "breathless"
    COUGH = "cough"
