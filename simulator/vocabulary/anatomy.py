"""Where something lies in a patient: sides, compartments, parts of the epidural space."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """A side of the patient, or neither."""

    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"


class Laterality(StrEnum):
    """Which side a leak is on, as DICOM's laterality has it."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Compartment(StrEnum):
    """What the bevel's opening lies in."""

    EPIDURAL = "epidural"
    INTRATHECAL = "intrathecal"
    SUBDURAL = "subdural"
    VESSEL = "vessel"
    BONE = "bone"
    FORAMEN = "foramen"
    SOFT_TISSUE = "soft tissue"


class InjectionDestination(StrEnum):
    """Where what leaves the needle goes."""

    EPIDURAL = "epidural"
    INTRATHECAL = "intrathecal"
    SUBDURAL = "subdural"
    SOFT_TISSUE = "soft tissue"
    VEIN = "vein"


class Zone(StrEnum):
    """Part of the epidural space."""

    DORSAL = "dorsal"
    LATERAL = "lateral"
    VENTRAL = "ventral"
    FORAMINAL = "foraminal"


class LeakPattern(StrEnum):
    """How the fluid of a leak lies."""

    CIRCUMFERENTIAL = "circumferential"
    ROOT_SLEEVE = "root-sleeve"
    SLOW = "slow"
    VENTRAL_TEAR = "ventral-tear"
    CSF_VENOUS_FISTULA = "csf-venous-fistula"
    NONE = "none"
