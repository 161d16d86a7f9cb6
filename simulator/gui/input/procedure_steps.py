"""Procedure steps: what comes before the needle and after the blood, in their usual order; none is forced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.gui.app_context import AppContext
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.vocabulary.patient_facts import LEGS_AS_BEFORE, LEGS_NUMB, Question

ANAESTHETIC_ML = 5.0
FLAT_HOURS = 6.0
OUT_MM = 130.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureStep:
    """One step.

    Attributes:
        words: on its button; a function where they change
        done: whether it was taken
        why_not: the reason why it cannot be taken now
    """

    words: str | Callable[[], str]
    command: Callable[[], Command]
    done: Callable[[View], bool]
    why_not: Callable[[View], str | None] = lambda view: None

    def label(self, view: View) -> str:
        """Its words, with a tick once it was taken."""
        words = self.words if isinstance(self.words, str) else self.words()
        return f"✓  {words}" if self.done(view) else words


def has(purpose: str) -> Callable[[View], bool]:
    """Whether there is an acquisition of a kind."""
    return lambda view: any(a.purpose == purpose for a in view.console.acquired)


def prepared(step: str) -> Callable[[View], bool]:
    """Whether a step of preparation was taken."""
    return lambda view: step in view.prepared


def opening_steps() -> list[ProcedureStep]:
    """Before any image."""
    return [
        ProcedureStep(
            words="Prone, over a pillow",
            command=lambda: c.PositionPatient(prone=True, pillow=True, breath_hold=True),
            done=prepared("patient positioned"),
        ),
        ProcedureStep(words="Time-out", command=c.TimeOut, done=prepared("time-out")),
        ProcedureStep(words="Open the myelogram", command=c.AcquireMyelogram, done=has("myelogram")),
    ]


def needle_steps(context: AppContext, level: Callable[[], str]) -> list[ProcedureStep]:
    """Between the images and the needle; a tray with more than one needle asks for a choice."""
    tray = context.view.case.needles

    def chosen() -> str:
        return context.history.needle_name or tray[0]

    def another() -> Command:
        return c.ChooseNeedle(needle=tray[(tray.index(chosen()) + 1) % len(tray)])

    choice = ProcedureStep(
        words=lambda: chosen().removeprefix("20G Quincke "),
        command=another,
        done=lambda view: False,
        why_not=lambda view: "A needle is in place: withdraw it first" if view.needle is not None else None,
    )
    return [
        *([choice] if len(tray) > 1 else []),
        ProcedureStep(words="Skin grid", command=lambda: c.PlaceSkinGrid(level=level()), done=prepared("skin grid")),
        ProcedureStep(words="Arm line", command=c.LayArmLine, done=prepared("arm line")),
        ProcedureStep(words="Disinfect, drape", command=c.PrepareSkin, done=prepared("skin prepared")),
        ProcedureStep(
            words="Local anaesthetic",
            command=lambda: c.InjectLocalAnaesthetic(volume_ml=ANAESTHETIC_ML),
            done=prepared("local anaesthetic"),
        ),
    ]


def closing_steps() -> list[ProcedureStep]:
    """After the blood."""
    return [
        ProcedureStep(
            words="Needle out",
            command=lambda: c.Withdraw(distance_mm=OUT_MM),
            done=lambda view: view.needle is None and view.injection.injected_blood_ml > 0,
            why_not=lambda view: None if view.needle is not None else "No needle is in the patient",
        ),
        ProcedureStep(
            words="Legs, bladder?",
            command=lambda: c.AskPatient(about=Question.LEGS_AND_BLADDER),
            done=lambda view: view.patient.words in (LEGS_AS_BEFORE, LEGS_NUMB),
        ),
        ProcedureStep(
            words=f"Flat {FLAT_HOURS:g} h, advice, call",
            command=lambda: c.OrderAftercare(flat_hours=FLAT_HOURS, advice=True, next_day_call=True),
            done=lambda view: view.phase in ("aftercare", "closed"),
            why_not=lambda view: "Take the needle out first" if view.needle is not None else None,
        ),
        ProcedureStep(
            words="Finish",
            command=c.Finish,
            done=lambda view: view.phase == "closed",
            why_not=lambda view: (
                None if view.injection.injected_blood_ml > 0 else "No blood was given; to abandon, use the menu"
            ),
        ),
    ]
