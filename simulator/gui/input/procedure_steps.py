"""Procedure steps: what comes before the needle and after the blood, in their usual order; none is forced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.perceived import Perceived
from simulator.gui.input import order_questions as order
from simulator.gui.input.lesson_pages import finish
from simulator.gui.input.user_action import ButtonKind, KeyBinding, StepMark, UserAction, WhileBusy
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import View
from simulator.vocabulary.patient_facts import LEGS_AS_BEFORE, LEGS_NUMB, Question
from simulator.vocabulary.procedure import MyelogramPosition

ANAESTHETIC_ML = 5.0
FLAT_HOURS = 6.0
OUT_MM = 130.0
POSITION_WORDS = {
    MyelogramPosition.SUPINE: "Supine",
    MyelogramPosition.RIGHT_DECUBITUS: "Right side down",
    MyelogramPosition.LEFT_DECUBITUS: "Left side down",
}
"""Positions of a myelogram other than prone."""

COUNT_FIRST = "Count the level on the pictures, and set it with − and + beside the scans"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureStep:
    """One step.

    Attributes:
        words: on its button; a function where they change
        done: whether it was taken
        why_not: the reason why it cannot be taken now
        asks: a question where it comes out of its order
        mark: its place in the usual order
        do: what is done in place of sending the command; None where it is sent
    """

    words: str | Callable[[], str]
    command: Callable[[], Command]
    done: Callable[[View], bool]
    why_not: Callable[[View], str | None] = lambda view: None
    asks: Callable[[View], str | None] = lambda view: None
    mark: StepMark | None = None
    hint: str = ""
    do: Callable[[], None] | None = None

    def action(
        self, context: AppContext, *, key: KeyBinding | None = None, kind: ButtonKind = ButtonKind.PLAIN
    ) -> UserAction:
        """What a button of this step does; typed while something is computed, it waits."""
        return UserAction(
            words=lambda: self.label(context.perceived.view),
            key=key,
            do=self.do or context.sends(self.command),
            why_not=lambda: self.why_not(context.perceived.view),
            kind=kind,
            hint=self.hint,
            while_busy=WhileBusy.KEPT,
            asks=lambda: self.asks(context.perceived.view),
            mark=self.mark,
        )

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


def opening_steps(time_out: Callable[[], c.TimeOut]) -> list[ProcedureStep]:
    """Before any image; `time_out` says what is checked."""
    return [
        ProcedureStep(
            words="Prone, over a pillow",
            command=lambda: c.PositionPatient(prone=True, pillow=True, breath_hold=True),
            done=prepared("patient positioned"),
            mark=StepMark.POSITION,
            hint="Prone, a pillow under the belly, the breath held in each picture",
        ),
        ProcedureStep(
            words="Time-out",
            command=time_out,
            done=prepared("time-out"),
            mark=StepMark.TIME_OUT,
            hint="Checks together what is ticked below; what it finds stands in the chart",
        ),
        ProcedureStep(
            words="Open the myelogram",
            command=c.AcquireMyelogram,
            done=has("myelogram"),
            mark=StepMark.MYELOGRAM,
            hint="The CT myelogram that came with the request; it costs no dose here",
        ),
    ]


def myelogram_steps() -> list[ProcedureStep]:
    """The myelogram in other positions than prone."""
    return [
        ProcedureStep(
            words=POSITION_WORDS[position],
            command=partial(c.AcquireMyelogram, position=position),
            done=partial(_has_myelogram, position),
            hint="A myelogram in this position: contrast lies on the side that is down; it costs no dose here",
        )
        for position in POSITION_WORDS
    ]


def _has_myelogram(position: MyelogramPosition, view: View) -> bool:
    return any(entry.position is position for entry in view.console.acquired)


def needle_steps(perceived: Perceived, level: Callable[[], str | None]) -> list[ProcedureStep]:
    """Between the images and the needle; a tray with more than one needle asks for a choice."""
    tray = perceived.view.case.needles

    def in_hand() -> str:
        """The needle on the skin; before that the one that was taken, or the first of the tray."""
        needle = perceived.view.needle
        return needle.name if needle is not None else perceived.history.needle.name or tray[0]

    def another() -> Command:
        return c.ChooseNeedle(needle=tray[(tray.index(in_hand()) + 1) % len(tray)])

    choice = ProcedureStep(
        words=lambda: short_needle(in_hand()),
        command=another,
        done=lambda view: False,
        why_not=lambda view: "A needle is in place: withdraw it first" if view.needle is not None else None,
        hint="The needle in hand; a press takes the next one of the tray",
    )
    return [
        *([choice] if len(tray) > 1 else []),
        ProcedureStep(
            words="Skin grid",
            command=lambda: c.PlaceSkinGrid(level=level() or ""),
            done=prepared("skin grid"),
            why_not=lambda view: None if level() is not None else COUNT_FIRST,
            asks=order.before_grid,
            mark=StepMark.GRID,
            hint="Wires that show in the scan, about the level that is set at the left",
        ),
        ProcedureStep(
            words="Arm line",
            command=c.LayArmLine,
            done=prepared("arm line"),
            mark=StepMark.ARM_LINE,
            hint="A cannula in an arm vein, for the blood",
        ),
        ProcedureStep(
            words="Disinfect, drape",
            command=c.PrepareSkin,
            done=prepared("skin prepared"),
            mark=StepMark.SKIN,
            hint="Before anything goes through the skin",
        ),
        ProcedureStep(
            words="Local anaesthetic",
            command=lambda: c.InjectLocalAnaesthetic(volume_ml=ANAESTHETIC_ML),
            done=prepared("local anaesthetic"),
            asks=order.before_anaesthetic,
            mark=StepMark.ANAESTHETIC,
            hint=f"{ANAESTHETIC_ML:g} mL in the skin and the way in",
        ),
    ]


def short_needle(name: str) -> str:
    """A needle by what tells it from others on a tray."""
    return name.removeprefix("20G Quincke ")


def closing_steps(context: AppContext) -> list[ProcedureStep]:
    """After the blood."""
    return [
        ProcedureStep(
            words="Needle out",
            command=lambda: c.Withdraw(distance_mm=OUT_MM),
            done=lambda view: view.needle is None and view.injection.injected_blood_ml > 0,
            why_not=lambda view: None if view.needle is not None else "No needle is in the patient",
            mark=StepMark.NEEDLE_OUT,
            hint="All the way out of the skin",
        ),
        ProcedureStep(
            words="Legs, bladder?",
            command=lambda: c.AskPatient(about=Question.LEGS_AND_BLADDER),
            done=lambda view: view.patient.words in (LEGS_AS_BEFORE, LEGS_NUMB),
            mark=StepMark.LEGS,
            hint="Whether they are as before",
        ),
        ProcedureStep(
            words=f"Flat {FLAT_HOURS:g} h, advice, call",
            command=lambda: c.OrderAftercare(flat_hours=FLAT_HOURS, advice=True, next_day_call=True),
            done=lambda view: view.phase in ("aftercare", "closed"),
            why_not=lambda view: "Take the needle out first" if view.needle is not None else None,
            mark=StepMark.AFTERCARE,
            hint="Lying flat, no lifting or straining, when to come back, and a call on the next day",
        ),
        ProcedureStep(
            words="Finish",
            command=c.Finish,
            do=lambda: finish(context),
            done=lambda view: view.phase == "closed",
            why_not=lambda view: (
                None if view.injection.injected_blood_ml > 0 else "No blood was given; to abandon, use the menu"
            ),
            asks=lambda view: order.before_finishing(view, legs_asked=context.perceived.history.asked_legs),
            mark=StepMark.FINISH,
            hint="Ends the procedure; the debrief follows",
        ),
    ]
