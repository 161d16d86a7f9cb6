"""Staff dose: what an acquisition costs the operator's body above the apron, and the hand. All functions are pure."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.vocabulary.procedure import HandPosition, OperatorPosition

STAFF_USV_PER_MGY_CM_AT_1_M = 0.04
"""Above the apron, for each mGy cm of the patient, by step-and-shoot CT fluoroscopy of the spine. Source: doi
10.1016/j.clineuro.2018.08.015. It was measured at no stated distance. That it holds at 1 m, and the inverse square of
the distance that makes it four times as much at the table, are assumptions."""

STAFF_USV_PER_MGY_CM_RANGE = (0.006, 0.083)
"""Smallest and largest of the same series."""

TABLE_SIDE_M = 0.5
"""Distance of the operator at the table; assumption."""

_FRACTION_AT = {OperatorPosition.TABLE: 1.0, OperatorPosition.SHIELD: 0.0, OperatorPosition.CONTROL_ROOM: 0.0}
"""Assumption: lead between operator and patient stops the scattered radiation."""

HAND_BESIDE_BEAM = 30.0
"""Scattered radiation on a hand in the beam's plane, which a needle holder keeps out of the beam itself, over that on
the operator's body at the table; assumption of the reference's score rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDose:
    """Dose to the operator's body above the apron, and to the hand, uSv."""

    operator_usv: float
    hand_usv: float


def operator_dose_usv(dlp: float, place: OperatorPosition) -> float:
    """Dose above the operator's apron in uSv for a dose-length product in mGy cm.

    Raises:
        ValueError: place is no `OperatorPosition`.
    """
    if place not in _FRACTION_AT:
        raise ValueError(f"nobody stands at {place!r}; choose one of {', '.join(OperatorPosition)}")
    return STAFF_USV_PER_MGY_CM_AT_1_M * dlp / TABLE_SIDE_M**2 * _FRACTION_AT[place]


def operator_dose_range_usv(operator_usv: float) -> tuple[float, float]:
    """Lowest and highest dose above the apron, uSv, that the published figures allow for the same exposures.

    Low: the smallest figure as it was measured, without the inverse square. High: the largest, with it. What moves it
    within the range: the distance, a drape or shield, the patient's size, the tube voltage, and whether the operator
    steps back for a press.
    """
    low, high = STAFF_USV_PER_MGY_CM_RANGE
    at_table = STAFF_USV_PER_MGY_CM_AT_1_M / TABLE_SIDE_M**2
    return operator_usv * low / at_table, operator_usv * high / STAFF_USV_PER_MGY_CM_AT_1_M


def operator_dose(
    *, dlp_mgy_cm: float, hand_entrance_mgy: float, place: OperatorPosition, hand: HandPosition
) -> StaffDose:
    """Dose of the operator at a place.

    Args:
        dlp_mgy_cm: of the patient
        hand_entrance_mgy: what a hand in the beam receives
        hand: where it is while the beam is on; of no consequence away from the table
    """
    body = operator_dose_usv(dlp_mgy_cm, place)
    if place != OperatorPosition.TABLE or hand == HandPosition.AWAY:
        return StaffDose(operator_usv=body, hand_usv=body)
    if hand == HandPosition.IN_THE_BEAM:
        return StaffDose(operator_usv=body, hand_usv=1000.0 * hand_entrance_mgy)
    return StaffDose(operator_usv=body, hand_usv=HAND_BESIDE_BEAM * body)
