"""Events of the living patient; `events` offers them with all others."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.event import Event
from simulator.spatial.frames import PatientDisplacement, PatientPoint
from simulator.vocabulary.patient import ArmLine, PatientReaction
from simulator.vocabulary.patient_facts import Question
from simulator.vocabulary.procedure import Aid, ComplicationKind, HubSign


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientMoved(Event):
    """The patient jerked by so much for a second, and lies so far from before; needle and images go along."""

    jerk_mm: PatientDisplacement
    stays_mm: PatientDisplacement
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnaestheticGiven(Event):
    """Local anaesthetic was infiltrated about a point, down to a depth; it takes time to act."""

    volume_ml: float
    x_mm: float
    z_mm: float
    depth_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HubDripped(Event):
    """A first drop showed at the open hub."""

    fluid: HubSign
    flow_ml_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptCame(Event):
    """What the scenario's script makes happen came about; `ordinal` is its place in the script, from 0."""

    ordinal: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionBegan(Event):
    """The patient reacts; `helps` is what should be done."""

    reaction: PatientReaction
    cause: str
    helps: Aid


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionEnded(Event):
    """A reaction is over."""

    reaction: PatientReaction
    helped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmLineLaid(Event):
    """A cannula lies in an arm vein; whether it gives blood shows when somebody draws from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmLineFailed(Event):
    """No blood came from the arm's cannula."""

    line: ArmLine
    helps: Aid


@dataclass(frozen=True, slots=True, kw_only=True)
class AidGiven(Event):
    """Something was done for the patient, and whether it was what they needed."""

    measure: Aid
    helped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientSpoke(Event):
    """The patient said something, asked or unasked; a root's pain with its side and level."""

    feeling: str
    words: str
    asked: bool = False
    about: Question = Question.FEELING
    side: str | None = None
    level: str | None = None


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
