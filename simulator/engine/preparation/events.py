"""Events of what comes before the needle and after the patch; `simulator.engine.events` offers them with all others."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.event import Event
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.needles import NeedleKind
from simulator.vocabulary.outcome import NextDayReport
from simulator.vocabulary.patient_facts import StopReason, TimeOutItem
from simulator.vocabulary.procedure import ComplicationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationDone(Event):
    """A step of preparation was taken."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOutHeld(Event):
    """The team stopped and checked; which facts of the chart came to light."""

    checked: tuple[TimeOutItem, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientTold(Event):
    """The patient was told of a complication."""

    of: ComplicationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(Event):
    """A question of the case was answered; the last answer counts. Whether it is right is not told here."""

    question: int
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistTicked(Event):
    """A line of the case's checklist was ticked, or its tick taken back."""

    item: int
    done: bool


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

    needle: NeedleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareOrdered(Event):
    """The patient will lie flat, or head down at first."""

    flat_hours: float
    head_down: bool = False
    advice: bool = False
    next_day_call: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """The procedure is over; how the patient fares.

    Attributes:
        treated: whether any blood was injected, wherever it went
        seal_probability: that the headache is gone for good, from the leak and from any hole that a needle left
        relief: whether it is gone within a day
        relapse_day: day on which it comes back; None where it stays away, or never went
        stopped_for: why it was stopped early, in the operator's word
        relief_probability: that it is gone within a day, for good or not
        second_holes: that needles left in the dura
        second_holes_covered: of these, how many the blood covers by half or more
        rebound_hypertension: whether the pressure within the skull is now too high
        next_day: what the patient would report to somebody who calls
    """

    treated: bool
    seal_probability: float
    relief: bool
    relapse_day: int | None = None
    stopped_for: StopReason | None = None
    relief_probability: float = 0.0
    second_holes: int = 0
    second_holes_covered: int = 0
    rebound_hypertension: bool = False
    next_day: tuple[NextDayReport, ...] = ()
