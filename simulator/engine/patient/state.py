"""PatientNow: how the living patient is at one moment of a procedure."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.patient.anaesthesia import Depot
from simulator.patient.movement import Shift
from simulator.patient.reactions import ArmLine, Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientNow:
    """One moment of the patient.

    Attributes:
        breath_held: whether they were asked to hold their breath while the beam is on
        depots: local anaesthetic that was given
        pain: of the needle's last move, 0-10
        jerk_mm, jerk_until_ms: a jerk that has not come to rest
        reaction, reaction_ms, helped_ms: what they suffer, since when, and since when it is treated
        line: the arm's cannula; None before somebody drew from it
        happened: moments that have come, such as "skin puncture", for what is scripted or drawn at them
        unnoticed: complications of which nobody has seen a sign
        injuries: kinds of injection into the wrong place that were booked, with the material
        needle_rests_ms: since when the needle has not moved
        open_ms: since when the hub is open with the needle in this place; None where it is closed
        dripped: whether something has shown at the open hub
    """

    breath_held: bool = False
    depots: tuple[Depot, ...] = ()
    pain: float = 0.0
    jerk_mm: Shift = (0.0, 0.0, 0.0)
    jerk_until_ms: int = 0
    reaction: Reaction | None = None
    reaction_ms: int = 0
    helped_ms: int | None = None
    line: ArmLine | None = None
    happened: tuple[str, ...] = ()
    unnoticed: tuple[str, ...] = ()
    injuries: tuple[str, ...] = ()
    needle_rests_ms: int = 0
    open_ms: int | None = None
    dripped: bool = False
