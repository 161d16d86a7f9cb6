"""PatientState: how the living patient is at one moment of a procedure."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.patient.anaesthesia import Depot
from simulator.spatial.frames import AT_REST, PatientDisplacement
from simulator.vocabulary.patient import ArmLine, PatientReaction, Sensation


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientState:
    """One moment of the patient.

    Attributes:
        displaced, displacement_mm: whether and how far they have moved since the planning scan
        breath_held: whether they were asked to hold their breath while the beam is on
        depots: local anaesthetic that was given
        feeling: what they felt last
        pain: of the needle's last move, 0-10
        jerk_mm, jerk_until_ms: a jerk that has not come to rest
        reaction, reaction_ms, helped_ms: what they suffer, since when, and since when it is treated
        line: the arm's cannula; None before somebody drew from it
        happened: moments that have come, such as "skin puncture", for what is scripted or drawn at them
        unnoticed: complications of which nobody has seen a sign
        injuries: kinds of injection into the wrong place that were booked, with the material
    """

    displaced: bool = False
    displacement_mm: PatientDisplacement = AT_REST
    breath_held: bool = False
    depots: tuple[Depot, ...] = ()
    feeling: Sensation = Sensation.NOTHING
    pain: float = 0.0
    jerk_mm: PatientDisplacement = AT_REST
    jerk_until_ms: int = 0
    reaction: PatientReaction | None = None
    reaction_ms: int = 0
    helped_ms: int | None = None
    line: ArmLine | None = None
    happened: tuple[str, ...] = ()
    unnoticed: tuple[str, ...] = ()
    injuries: tuple[str, ...] = ()
