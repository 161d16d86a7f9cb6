"""Events: everything that happens, with its time. What an operator perceives of it is the View's business.

Positions are the patient's LPS millimetres at rest unless a name says table.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.event import Event as Event
from simulator.engine.imaging.events import AcquisitionMade as AcquisitionMade
from simulator.engine.imaging.events import BeamCutShort as BeamCutShort
from simulator.engine.imaging.events import BeamOff as BeamOff
from simulator.engine.imaging.events import TechniqueChosen as TechniqueChosen
from simulator.engine.patient.events import AidGiven as AidGiven
from simulator.engine.patient.events import AnaestheticGiven as AnaestheticGiven
from simulator.engine.patient.events import ArmLineFailed as ArmLineFailed
from simulator.engine.patient.events import HubDripped as HubDripped
from simulator.engine.patient.events import PatientMoved as PatientMoved
from simulator.engine.patient.events import ReactionBegan as ReactionBegan
from simulator.engine.patient.events import ReactionEnded as ReactionEnded
from simulator.spatial.frames import PatientDirection, PatientPoint, TablePoint
from simulator.vocabulary.anatomy import Compartment, Zone
from simulator.vocabulary.procedure import (
    ComplicationKind,
    HubSign,
    InjectedMaterial,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRefused(Event):
    """A command could not be carried out."""

    command: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationDone(Event):
    """A step of preparation was taken."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMoved(Event):
    """Another slice lies under the laser."""

    table_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakMarked(Event):
    """The operator said where the leak is."""

    level: str
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPlanned(Event):
    """Entry and target were drawn, in image coordinates."""

    approach: str
    side: str
    entry_mm: TablePoint
    target_mm: TablePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleChosen(Event):
    """A needle was taken from the tray."""

    needle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedlePlaced(Event):
    """The tip stands on the skin."""

    entry_mm: PatientPoint
    direction: PatientDirection


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinPunctured(Event):
    """The needle went through the skin."""

    entry_mm: PatientPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleMoved(Event):
    """The needle was pushed or pulled.

    Attributes:
        commanded_mm, moved_mm: signed, positive to the depth
        least_dura_mm: least signed distance of the tip to the dura on the way, negative inside
        local_depth_mm: greatest depth of the dorsal epidural space at that height
        force_n: felt at each half millimetre of the way
        layer: tissue at the tip, in words
        compartment, zone, level: where the bevel's opening is now
        critical: whether the tip touches cord, root or vessel, or stands inside the dura
    """

    commanded_mm: float
    moved_mm: float
    tip_mm: PatientPoint
    direction: PatientDirection
    inserted_mm: float
    dura_mm: float
    least_dura_mm: float
    local_depth_mm: float
    neural_mm: float
    layer: str
    compartment: Compartment
    zone: Zone | None
    level: str
    critical: bool
    force_n: tuple[float, ...]
    stopped_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleRedirected(Event):
    """The hub leans otherwise; `share` of the turn reached the tip."""

    direction: PatientDirection
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleRemoved(Event):
    """The needle is out of the skin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BevelRotated(Event):
    """The bevel faces elsewhere, radians about the shaft from the head."""

    bevel_rad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StyletMoved(Event):
    """The stylet went in or out; what shows at the hub."""

    stylet_in: bool
    drip: HubSign


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspirated(Event):
    """What came into the syringe."""

    came: HubSign


@dataclass(frozen=True, slots=True, kw_only=True)
class ResistanceTested(Event):
    """How the plunger answered."""

    medium: str
    lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DuraTouched(Event):
    """The tip met the dura, which tents."""

    tip_mm: PatientPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class BoneContacted(Event):
    """Bone stopped the needle."""

    tip_mm: PatientPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Complication(Event):
    """Harm, with its cause and place; whether somebody noticed is told by `ComplicationRecognised`."""

    kind: ComplicationKind
    tip_mm: PatientPoint
    level: str
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplicationRecognised(Event):
    """The operator met a sign of a complication."""

    kind: ComplicationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleHeld(Event):
    """What holds the needle now."""

    held_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorStood(Event):
    """Where the operator stands now."""

    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BloodDrawn(Event):
    """Blood is in the syringe."""

    volume_ml: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastMixed(Event):
    """Contrast is in the syringe."""

    volume_ml: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialInjected(Event):
    """A portion of at most one millilitre left the needle.

    Attributes:
        opening_mm: the bevel's opening
        tip_mm: the tip
        dura_mm: signed distance of the tip to the dura, positive outside
        zone: part of the epidural space, in words; None elsewhere
        level: interspace at the opening
        pressure_kpa: epidural rise above baseline
        total_blood_ml: blood mixture injected so far
        feeling: what the patient feels of it
        revision: of the injected material
        needle_drop_kpa: what the thumb presses beyond that, lost along the needle
        sac_dented_ml: CSF that the sac has given up to make room
        escaped_ml: what has left the canal through the foramina so far
    """

    material: InjectedMaterial
    volume_ml: float
    opening_mm: PatientPoint
    tip_mm: PatientPoint
    dura_mm: float
    compartment: Compartment
    zone: Zone | None
    level: str
    pressure_kpa: float
    total_blood_ml: float
    feeling: str
    covered_share: float
    revision: int
    needle_drop_kpa: float = 0.0
    sac_dented_ml: float = 0.0
    escaped_ml: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionStopped(Event):
    """The syringe is off."""

    total_blood_ml: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientSpoke(Event):
    """The patient said something, asked or unasked; a root's pain with its side and level."""

    feeling: str
    words: str
    asked: bool = False
    side: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareOrdered(Event):
    """The patient will lie flat, or head down at first."""

    flat_hours: float
    head_down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """The procedure is over; how the patient fares.

    Attributes:
        seal_probability: that the headache is gone for good
        relief: whether it is gone within a day
        relapse_day: day on which it comes back; None where it stays away, or never went
    """

    treated: bool
    seal_probability: float
    relief: bool
    relapse_day: int | None = None
