"""Next step: what comes next in the usual order, and one line why; from what was perceived alone."""

from __future__ import annotations

from dataclasses import replace

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.input import step_words as step
from simulator.gui.input.step_words import NextStep
from simulator.gui.input.user_action import StepMark
from simulator.gui.perceived_history import FeltNeedle, PerceivedHistory
from simulator.interface.view import View
from simulator.vocabulary.patient_words import tells_of_pain, tells_of_pressure
from simulator.vocabulary.procedure import BORE_BLOCKED, AcquisitionPurpose, HubSign, Phase, PlungerFeel

# Assumptions of what is usual, as the expert has them
NEAR_MM = 12.0  # of the plan's end: from here on each millimetre or two is looked at
FAR_STEP_MM, NEAR_STEP_MM, LAST_STEP_MM = 10.0, 2.0, 0.5  # pushed without a look: far away, near the end, at it
PUSH_MM = 5.0  # far away; a push of this length ends before the near part begins
TURN_AFTER_MM = 5.0  # pushed, the bevel is turned half round
ASK_FROM_MM = 2.0  # of the plan's end: the plunger is asked after each step; and wherever the force gave
PASSED_MM = 2.0  # beyond the plan's end
THERE_MM = 0.5  # of the plan's end: contrast decides whatever the plunger does
LITTLE_ML = 3.0  # of blood: helps nobody, so a word before that is waited out
KEYS = {
    ScreenName.BRIEFING: "F9",
    ScreenName.READING: "F2",
    ScreenName.GUIDANCE: "F3",
    ScreenName.INJECTION: "F4",
}
ALSO_ON = {
    ScreenName.GUIDANCE: {StepMark.PRESS},
    ScreenName.INJECTION: {StepMark.PRESS, StepMark.STYLET, StepMark.ASPIRATE},
}
"""Buttons that stand on a second screen."""


def next_step(context: AppContext) -> NextStep | None:
    """The step that usually comes next, with the way to its screen; None once the procedure is closed."""
    found, showing = _step(context.perceived.history, context.perceived.view), context.display.showing
    if found is None or found.screen == showing or showing not in KEYS:
        return found
    if found.mark in ALSO_ON.get(ScreenName(showing), set()):
        return replace(found, screen=ScreenName(showing))
    return replace(found, words=f"{KEYS[found.screen]}, then {_lower(found.words)}")


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _step(history: PerceivedHistory, view: View) -> NextStep | None:
    if view.phase == Phase.CLOSED:
        return None
    given_ml = view.injection.injected_blood_ml
    if given_ml > 0 and (view.needle is None or view.injection.syringe_ml <= 0.05 or _word_that_ends(history)):
        return _closing(history, view)
    if view.needle is None:
        return _before_the_needle(history, view)
    if given_ml > 0:
        return _giving_blood(history, view)
    return _testing(history, view) if history.given.contrast_here_ml > 0 else _with_the_needle(history, view)


def _word_that_ends(history: PerceivedHistory) -> bool:
    """Whether the patient told of pressure unasked with enough in, or of pain when asked.

    Who is asked feels some pressure long before a word of their own.
    """
    said = [one for one in history.said if one.at_ml > 0]
    unasked = any(one.at_ml >= LITTLE_ML and not one.asked and tells_of_pressure(one.words) for one in said)
    return unasked or any(one.asked and tells_of_pain(one.words) for one in said)


def _before_the_needle(history: PerceivedHistory, view: View) -> NextStep:
    done, taken = view.prepared, {entry.purpose for entry in view.console.acquired}
    myelogram = AcquisitionPurpose.MYELOGRAM in taken or history.no_myelogram
    order = (
        ("patient positioned" in done, step.POSITION),
        ("time-out" in done, step.TIME_OUT),
        (myelogram, step.MYELOGRAM),
        ("leak marked" in done, step.LEAK),
        ("skin grid" in done, step.GRID),
        (AcquisitionPurpose.PLANNING in taken, step.PLANNING),
        ("path planned" in done, step.PATH),
        ("arm line" in done, step.ARM_LINE),
        ("skin prepared" in done, step.SKIN),
        ("local anaesthetic" in done, step.ANAESTHETIC),
    )
    return next((each for there, each in order if not there), step.PLACE)


def _with_the_needle(history: PerceivedHistory, view: View) -> NextStep:
    """On in steps, each looked at, to where the plunger gives."""
    assert view.needle is not None
    left_mm = None if history.planned_mm is None else history.planned_mm - history.needle.depth_mm
    near = left_mm is not None and left_mm <= NEAR_MM
    at_end = left_mm is not None and (left_mm <= ASK_FROM_MM or (near and history.needle.give is not None))
    coming = left_mm is not None and left_mm <= NEAR_MM + PUSH_MM
    allowed_mm = LAST_STEP_MM if at_end else NEAR_STEP_MM if near else PUSH_MM if coming else FAR_STEP_MM
    if abs(history.since_press.moved_mm) >= allowed_mm:
        return step.LOOK_NEAR if near else step.LOOK
    if at_end and left_mm is not None:
        return _at_the_hub(history.needle, view, left_mm)
    if not view.needle.stylet_in:
        return step.STYLET_IN
    if history.needle.since_turn_mm >= TURN_AFTER_MM:
        return step.BEVEL
    return step.ADVANCE_LITTLE if coming else step.ADVANCE


def _at_the_hub(felt: FeltNeedle, view: View, left_mm: float) -> NextStep:
    """What plunger and aspiration say of where the bevel stands; beside a collection the plunger says little."""
    closed = view.needle is not None and view.needle.stylet_in
    if view.refused == BORE_BLOCKED:
        return step.STYLET_IN
    firm = felt.resistance == HubSign.RESISTANCE_FIRM
    if firm and left_mm < -PASSED_MM:
        return step.COMPARE
    if firm and not felt.gave_lately and left_mm > THERE_MM:
        return step.ADVANCE_LITTLE if closed else step.FIRM
    if closed:
        return step.STYLET
    if felt.resistance is None:
        return step.RESISTANCE
    if felt.aspirated is None:
        return step.ASPIRATE_FIRM if firm else step.ASPIRATE
    if felt.aspirated == HubSign.BLOOD:
        return step.OUT_OF_VEIN
    return step.TEST_CLEAR if felt.aspirated == HubSign.CLEAR else step.TEST


def _testing(history: PerceivedHistory, view: View) -> NextStep:
    """Contrast lies at the bevel: it is looked at, and decides."""
    assert view.needle is not None
    if history.since_press.injected_ml >= 0.05:
        return step.LOOK_AT_IT
    if history.given.contrast_hurt:
        if history.planned_mm is not None and history.needle.depth_mm > history.planned_mm + PASSED_MM:
            return step.COMPARE
        return step.ADVANCE_LITTLE if view.needle.stylet_in else step.HURTS
    if view.needle.stylet_in:  # somebody decided against this place
        return step.ADVANCE_LITTLE
    if view.injection.syringe_ml <= 0.05:
        return step.DRAW
    return step.INJECT if view.injection.syringe_contrast_ml > 0 else step.MIX


def _giving_blood(history: PerceivedHistory, view: View) -> NextStep:
    given_ml, unseen_ml = view.injection.injected_blood_ml, history.since_press.injected_ml
    last = history.said[-1] if history.said else None
    if last is not None and last.at_ml > 0 and not last.asked and tells_of_pressure(last.words):
        return step.ASK_EARLY
    hard = bool(history.given.plunger) and history.given.plunger[-1][1] == PlungerFeel.HARD
    if hard and given_ml < LITTLE_ML and unseen_ml >= 0.05:
        return step.LOOK_FIRST
    return step.LOOK_AT_IT if unseen_ml >= 4.0 else step.INJECT


def _closing(history: PerceivedHistory, view: View) -> NextStep:
    if view.needle is not None:
        return step.NEEDLE_OUT
    if not any(entry.purpose == AcquisitionPurpose.CONTROL for entry in view.console.acquired):
        return step.CONTROL
    if not history.asked_legs:
        return step.LEGS
    return step.AFTERCARE if view.phase != Phase.AFTERCARE else step.FINISH
