"""Events of the needle, and of what it meets; `simulator.engine.events` offers them with all others."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.event import Event
from simulator.spatial.frames import PatientDirection, PatientPoint
from simulator.vocabulary.anatomy import Compartment, Zone
from simulator.vocabulary.procedure import HubSign


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
class NeedleHeld(Event):
    """What holds the needle now."""

    held_by: str
