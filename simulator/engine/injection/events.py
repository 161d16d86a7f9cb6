"""Events of syringe and patch; `simulator.engine.events` offers them with all others."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.event import Event
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Compartment, Zone
from simulator.vocabulary.procedure import InjectedMaterial


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
        in_pocket: whether it runs into a space of soft tissue that fills easily
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
    in_pocket: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionStopped(Event):
    """The syringe is off."""

    total_blood_ml: float
