"""What a procedure is measured and judged by: components of the score, metrics, caps, units."""

from __future__ import annotations

from enum import StrEnum


class Component(StrEnum):
    """Part of the score."""

    PLACEMENT = "placement"
    SAFETY = "safety"
    DOSE = "dose"
    ECONOMY = "economy"
    PATCH = "patch"


class CapId(StrEnum):
    """What limits the score, however good the components are; the gravest first."""

    NOT_TREATED = "not_treated"
    INTRATHECAL_BLOOD = "intrathecal_blood"
    CORD_CONTACT = "cord_contact"
    DURAL_PUNCTURE = "dural_puncture"
    SUBDURAL_BLOOD = "subdural_blood"
    WRONG_LEVEL = "wrong_level"
    BLOOD_IN_VEIN = "blood_in_vein"
    NERVE_COMPRESSION = "nerve_compression"
    UNCONFIRMED_POSITION = "unconfirmed_position"


class MetricId(StrEnum):
    """What is measured of every procedure."""

    LEAK_LOCALISED = "leak_localised"
    BEVEL_IN_TARGET_ZONE = "bevel_in_target_zone"
    LEVEL_OFFSET = "level_offset"
    APPROACH_SUITS_LEAK = "approach_suits_leak"
    TIP_TO_TARGET = "tip_to_target"
    ANGLE_TO_PLAN = "angle_to_plan"
    DURAL_MARGIN = "dural_margin"
    DURA_CONTACTS = "dura_contacts"
    CRITICAL_DWELL = "critical_dwell"
    BONE_CONTACTS = "bone_contacts"
    DURAL_PUNCTURES = "dural_punctures"
    INFECTION_RISK = "infection_risk"
    DLP_GUIDANCE = "dlp_guidance"
    DLP_PLANNING = "dlp_planning"
    CTF_IMAGES = "ctf_images"
    DLP_CONFIRMATION = "dlp_confirmation"
    EFFECTIVE_DOSE = "effective_dose"
    OPERATOR_DOSE = "operator_dose"
    BEAM_TIME = "beam_time"
    REDIRECTIONS = "redirections"
    SKIN_PUNCTURES = "skin_punctures"
    PATH_RATIO = "path_ratio"
    TIME_WITH_NEEDLE = "time_with_needle"
    LEAK_COVERAGE = "leak_coverage"
    BLOOD_VOLUME = "blood_volume"
    BLOOD_AFTER_CUE = "blood_after_cue"
    CONFIRMATION_IMAGE = "confirmation_image"
    ELAPSED_TIME = "elapsed_time"
    TIME_IN_TISSUE = "time_in_tissue"
    PATH_LENGTH = "path_length"
    PATH_IN_TISSUE = "path_in_tissue"
    TISSUE_DAMAGE = "tissue_damage"
    TISSUE_PUNCTURES = "tissue_punctures"
    ROTATION_TOTAL = "rotation_total"
    TRANSLATIONAL_ACTIONS = "translational_actions"
    PATH_INEFFICIENCY = "path_inefficiency"


class Unit(StrEnum):
    """Unit of a metric, spelled as UCUM or plain text has it; counts and fractions may have none."""

    NONE = ""
    COUNT = "count"
    PERCENT = "%"
    MILLIMETRE = "mm"
    SQUARE_MILLIMETRE = "mm^2"
    DEGREE = "deg"
    SECOND = "s"
    MINUTE = "min"
    MILLILITRE = "mL"
    DOSE_LENGTH_PRODUCT = "mGy cm"
    MILLISIEVERT = "mSv"
    MICROSIEVERT = "uSv"
