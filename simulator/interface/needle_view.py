"""Needle: how it looks from outside the patient, and what the hand on it feels."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.vocabulary.needles import NeedleKind
from simulator.vocabulary.procedure import HubSign, NeedleHold


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleLook:
    """The needle as it looks from outside the patient.

    Attributes:
        inserted_marks_mm: length in the patient, read from 5 mm marks
        lean_deg, craniocaudal_lean_deg: angles by eye, to about 3 degrees, or by an angle meter where the scenario
            gives one; signs as in PlaceNeedle
        bevel_notch_deg: where the hub's notch points, from the head, in steps of 45 degrees
        entry_from_midline_mm: skin point on the skin grid, positive to the patient's left, to 2 mm
        entry_from_laser_mm: skin point against the laser line, positive to the head, to 2 mm
    """

    name: NeedleKind
    length_mm: float
    inserted_marks_mm: float
    in_skin: bool
    lean_deg: float
    craniocaudal_lean_deg: float
    bevel_notch_deg: float
    entry_from_midline_mm: float
    entry_from_laser_mm: float
    stylet_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleHandling:
    """What the hand on the needle feels, and what shows at its hub.

    Attributes:
        force_n: along the last push, at each half millimetre that the hand commanded
        stopped: the last push met something that does not give
        hub: what last showed at the hub, came on aspiration, or how the plunger answered
        lean_sign: +1 where a positive lean leads the tip to the patient's left in the images
        held_by: what holds the needle while the beam is on
    """

    force_n: tuple[float, ...]
    stopped: bool
    hub: HubSign
    lean_sign: int
    held_by: NeedleHold
