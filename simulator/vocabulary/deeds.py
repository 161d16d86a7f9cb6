"""Deeds: what somebody did, of which advice speaks."""

from __future__ import annotations

from enum import StrEnum


class Deed(StrEnum):
    """What was done, so that advice can name it; the values are keys of the wording."""

    WROTE_LEVEL = "wrote another level"
    WROTE_NOT_ALL = "wrote not every leak"
    WROTE_SIDE = "wrote another side"
    WROTE_LATE = "wrote after the puncture"
    REFUSED_BLOOD = "blood was refused"
    BLOOD_IN_TISSUE = "blood went into soft tissue"
    COVERED_LITTLE = "covered little"
    COVER_STOPPED_EARLY = "stopped early"
    STOPPED_EARLY = "stopped early at a volume"
    OTHER_LEVEL = "gave blood at another level"
    PUSHED_BLIND = "pushed since the last look"
    PUSHED_UNSEEN = "pushed before any look"
    STEPS_SKIPPED = "steps were skipped"
    PRESSED_IDLE = "pressed without a move"
    TIME_OUT_LACKS = "time-out lacked items"
    AFTERCARE_LACKS = "aftercare lacked items"
    BEVEL_ELSEWHERE = "bevel opened elsewhere"


class Hindrance(StrEnum):
    """Why blood did not cover the leak: where it went instead."""

    COMPARTMENT = "another compartment"
    ALONG_ROOTS = "along the roots"
    LEVEL = "another level"
    SIDE = "the other side"
    FRONT = "behind the sac"
    BACK = "in front of the sac"
    VOLUME = "little volume"
    CUE = "the patient's word"
