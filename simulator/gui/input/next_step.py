"""Next step: what comes next in the usual order, and one line why; from what was perceived alone."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.input.user_action import StepMark
from simulator.gui.perceived_history import PerceivedHistory
from simulator.interface.view import View
from simulator.vocabulary.procedure import AcquisitionPurpose, Phase

NEAR_MM = 12.0  # from here on each millimetre or two is looked at; assumption
FAR_STEP_MM = 12.0  # how far a needle goes between two pictures while it is far from the canal; assumption
KEYS = {
    ScreenName.BRIEFING: "F9",
    ScreenName.READING: "F2",
    ScreenName.GUIDANCE: "F3",
    ScreenName.INJECTION: "F4",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One step.

    Attributes:
        screen: where its button is
        words: what to do
        why: one sentence
    """

    mark: StepMark
    screen: ScreenName
    words: str
    why: str


def next_step(context: AppContext) -> NextStep | None:
    """The step that usually comes next, with the way to its screen; None once the procedure is closed."""
    history = context.perceived.history
    step = _step(history, context.perceived.view)
    if step is None or step.screen == context.display.showing or context.display.showing not in KEYS:
        return step
    return NextStep(
        mark=step.mark, screen=step.screen, words=f"{KEYS[step.screen]}, then {_lower(step.words)}", why=step.why
    )


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _step(history: PerceivedHistory, view: View) -> NextStep | None:
    if view.phase == Phase.CLOSED:
        return None
    if view.injection.injected_blood_ml > 0 and (_spoke_of_blood(history) or view.injection.syringe_ml <= 0.05):
        return _closing(history, view)
    if view.needle is None:
        return _before_the_needle(history, view)
    return _with_the_needle(history, view)


def _spoke_of_blood(history: PerceivedHistory) -> bool:
    return any(said.at_ml > 0 for said in history.said)


def _before_the_needle(history: PerceivedHistory, view: View) -> NextStep:
    done, taken = view.prepared, {entry.purpose for entry in view.console.acquired}
    myelogram = AcquisitionPurpose.MYELOGRAM in taken or history.no_myelogram
    order = (
        ("patient positioned" in done, _POSITION),
        ("time-out" in done, _TIME_OUT),
        (myelogram, _MYELOGRAM),
        ("leak marked" in done, _LEAK),
        ("skin grid" in done, _GRID),
        (AcquisitionPurpose.PLANNING in taken, _PLANNING),
        ("path planned" in done, _PATH),
        ("arm line" in done, _ARM_LINE),
        ("skin prepared" in done, _SKIN),
        ("local anaesthetic" in done, _ANAESTHETIC),
    )
    return next((step for there, step in order if not there), _PLACE)


def _with_the_needle(history: PerceivedHistory, view: View) -> NextStep:
    needle = view.needle
    assert needle is not None
    if history.given.test_contrast_ml > 0 or view.injection.injected_blood_ml > 0:
        return _giving(history, view)
    left_mm = None if history.planned_mm is None else history.planned_mm - history.needle.depth_mm
    if abs(history.since_press.moved_mm) >= (FAR_STEP_MM if left_mm is None or left_mm > NEAR_MM else 1.5):
        return _LOOK
    if left_mm is None or left_mm > NEAR_MM:
        return _ADVANCE
    if left_mm > 1.0:
        return _ADVANCE_LITTLE
    if needle.stylet_in:
        return _STYLET
    return _TEST if history.needle.aspirated else _ASPIRATE


def _giving(history: PerceivedHistory, view: View) -> NextStep:
    injection = view.injection
    if history.since_press.injected_ml >= (0.05 if injection.injected_blood_ml <= 0 else 4.0):
        return _LOOK_AT_IT
    if injection.syringe_ml <= 0.05:
        return _DRAW
    if injection.syringe_contrast_ml <= 0 and injection.injected_blood_ml <= 0:
        return _MIX
    return _INJECT


def _closing(history: PerceivedHistory, view: View) -> NextStep:
    if view.needle is not None:
        return _NEEDLE_OUT
    if not any(entry.purpose == AcquisitionPurpose.CONTROL for entry in view.console.acquired):
        return _CONTROL
    if not history.asked_legs:
        return _LEGS
    return _AFTERCARE if view.phase != Phase.AFTERCARE else _FINISH


def _new(mark: StepMark, screen: ScreenName, words: str, why: str) -> NextStep:
    return NextStep(mark=mark, screen=screen, words=words, why=why)


_POSITION = _new(
    StepMark.POSITION,
    ScreenName.BRIEFING,
    "Lay the patient prone over a pillow",
    "The pillow opens the spaces between the laminae.",
)
_TIME_OUT = _new(
    StepMark.TIME_OUT,
    ScreenName.BRIEFING,
    "Hold the time-out",
    "It may bring to light what speaks against the needle today.",
)
_MYELOGRAM = _new(StepMark.MYELOGRAM, ScreenName.BRIEFING, "Open the myelogram", "It shows where fluid leaves the sac.")
_LEAK = _new(
    StepMark.LEAK, ScreenName.READING, "Count the level, and write the leak down", "All that follows aims at it."
)
_GRID = _new(
    StepMark.GRID, ScreenName.READING, "Stick the skin grid on", "Its wires show in the scan and on the skin alike."
)
_PLANNING = _new(
    StepMark.PLANNING_SCAN, ScreenName.READING, "Take the planning scan", "A path is drawn on it; keep its range short."
)
_PATH = _new(
    StepMark.PATH, ScreenName.READING, "Draw the path with P and confirm it", "Skin to target, between the laminae."
)
_ARM_LINE = _new(
    StepMark.ARM_LINE, ScreenName.READING, "Lay the arm line", "The blood comes from it, and clots within minutes."
)
_SKIN = _new(StepMark.SKIN, ScreenName.READING, "Disinfect and drape", "Blood is a good broth for germs.")
_ANAESTHETIC = _new(
    StepMark.ANAESTHETIC,
    ScreenName.READING,
    "Give local anaesthetic",
    "A patient in pain moves, and the plan with them.",
)
_PLACE = _new(
    StepMark.PLACE, ScreenName.READING, "Place the needle on the skin", "The laser stands on the slice of the path."
)
_ADVANCE = _new(
    StepMark.ADVANCE, ScreenName.GUIDANCE, "Advance by some millimetres", "There is room until the canal is near."
)
_ADVANCE_LITTLE = _new(
    StepMark.ADVANCE, ScreenName.GUIDANCE, "Advance by 1 mm", "The last millimetres are taken singly, each looked at."
)
_LOOK = _new(
    StepMark.PRESS, ScreenName.GUIDANCE, "Tap the pedal", "What has moved since the last picture is not in it."
)
_STYLET = _new(StepMark.STYLET, ScreenName.GUIDANCE, "Take the stylet out", "The hub tells of fluid and of blood.")
_ASPIRATE = _new(
    StepMark.ASPIRATE,
    ScreenName.GUIDANCE,
    "Aspirate",
    "Clear fluid or blood would mean the wrong place, or a collection.",
)
_TEST = _new(
    StepMark.TEST,
    ScreenName.INJECTION,
    "Give test contrast",
    "Where it goes shows where the bevel lies; force does not.",
)
_LOOK_AT_IT = _new(StepMark.PRESS, ScreenName.INJECTION, "Tap the pedal", "See where it went before more goes in.")
_DRAW = _new(StepMark.DRAW, ScreenName.INJECTION, "Draw the blood", "From now on it clots.")
_MIX = _new(StepMark.MIX, ScreenName.INJECTION, "Mix contrast into it", "Blood alone is not seen to spread.")
_INJECT = _new(
    StepMark.INJECT, ScreenName.INJECTION, "Hold to inject, slowly", "Let go at the first word of pressure or pain."
)
_NEEDLE_OUT = _new(
    StepMark.NEEDLE_OUT, ScreenName.READING, "Take the needle out", "Enough is in when the patient feels pressure."
)
_CONTROL = _new(StepMark.CONTROL_SCAN, ScreenName.READING, "Take the control scan", "It shows what the blood covers.")
_LEGS = _new(StepMark.LEGS, ScreenName.READING, "Ask for legs and bladder", "Blood can press on nerves.")
_AFTERCARE = _new(
    StepMark.AFTERCARE, ScreenName.READING, "Order the aftercare", "Lying flat, what to avoid, when to come back."
)
_FINISH = _new(StepMark.FINISH, ScreenName.READING, "Finish", "The debrief shows what was hidden until now.")
