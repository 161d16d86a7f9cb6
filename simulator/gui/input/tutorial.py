"""Tutorial: ten minutes, step by step; each step notices by itself that it was done, from what was perceived alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.teaching_state import TeachingState, TutorialState
from simulator.gui.input.next_step import ASK_FROM_MM, next_step
from simulator.gui.input.step_words import NextStep
from simulator.gui.input.user_action import StepMark
from simulator.vocabulary.procedure import AcquisitionPurpose, Phase

SAME_PLACE_MM = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One step of the tutorial.

    Attributes:
        words: what to do, and what it teaches
        done: whether it was done; of a question, never: its right answer ends it
        answers, right, after: of a question: what can be answered, which one is right, and what is said of it
        own_way: whether it asks for something else than what usually comes next, which is not marked meanwhile
    """

    title: str
    words: str
    done: Callable[[AppContext, TutorialState], bool]
    answers: tuple[str, ...] = ()
    right: int = 0
    after: str = ""
    own_way: bool = False


def marked_step(context: AppContext) -> NextStep | None:
    """The step that is marked: what usually comes next, unless the tutorial asks for something else just now."""
    present = lesson(context.teaching)
    if present is not None and (present.own_way or present.answers):
        return None
    return next_step(context)


def lesson(teaching: TeachingState) -> Lesson | None:
    """The present step; None without a tutorial, or after its last step."""
    state = teaching.tutorial
    return LESSONS[state.step] if state is not None and state.step < len(LESSONS) else None


def follow(context: AppContext) -> bool:
    """Go on to the next step where the present one was done; whether it was."""
    state, present = context.teaching.tutorial, lesson(context.teaching)
    if state is None or present is None or context.perceived.history.view is None:
        return False
    if not state.seen:
        state.seen = _measured(context)
    if present.answers or not present.done(context, state):
        return False
    go_on(context)
    return True


def go_on(context: AppContext) -> None:
    """To the next step, whatever was done of this one."""
    state = context.teaching.tutorial
    if state is not None and state.step < len(LESSONS):
        state.step += 1
        state.answer, state.seen = None, _measured(context)


def answer(context: AppContext, index: int) -> None:
    """Answer the question of the present step; a second press on the right answer goes on."""
    state, present = context.teaching.tutorial, lesson(context.teaching)
    if state is None or present is None or index >= len(present.answers):
        return
    if state.answer == present.right == index:
        go_on(context)
    else:
        state.answer = index


def _measured(context: AppContext) -> dict[str, float]:
    """What can be counted at the beginning of a step."""
    history = context.perceived.history
    return {
        "presses": float(len(history.presses)),
        "beam ms": float(context.perceived.view.console.dose.beam_on_ms),
        "depth": history.needle.depth_mm,
        "table": context.perceived.view.console.table_mm,
        "window": context.display.press_window.width_hu + 10_000.0 * context.display.press_window.level_hu,
        "said": float(len(history.said)),
        "given": history.given.test_contrast_ml + context.perceived.view.injection.injected_blood_ml,
    }


def _gained(name: str, least: float) -> Callable[[AppContext, TutorialState], bool]:
    return lambda context, state: _measured(context)[name] - state.seen[name] >= least


def _changed(name: str) -> Callable[[AppContext, TutorialState], bool]:
    return lambda context, state: _measured(context)[name] != state.seen[name]


def _prepared(*steps: str) -> Callable[[AppContext, TutorialState], bool]:
    return lambda context, state: all(step in context.perceived.view.prepared for step in steps)


def _taken(purpose: AcquisitionPurpose) -> Callable[[AppContext, TutorialState], bool]:
    return lambda context, state: any(entry.purpose == purpose for entry in context.perceived.view.console.acquired)


def _never(context: AppContext, state: TutorialState) -> bool:
    return False


def _myelogram_or_none(context: AppContext, state: TutorialState) -> bool:
    return context.perceived.history.no_myelogram or _taken(AcquisitionPurpose.MYELOGRAM)(context, state)


def _near_the_plan(context: AppContext, state: TutorialState) -> bool:
    """As deep as drawn, or deep enough without a drawing, or where the plunger is to be asked; looked at."""
    planned, step = context.perceived.history.planned_mm, next_step(context)
    deep = context.perceived.history.needle.depth_mm >= (40.0 if planned is None else planned - ASK_FROM_MM)
    deep |= step is not None and step.mark in (StepMark.STYLET, StepMark.RESISTANCE)
    return deep and not context.perceived.history.since_press.changed and not context.perceived.awaiting_press()


def _asked_the_plunger(context: AppContext, state: TutorialState) -> bool:
    """It was asked where the needle goes no further; or contrast was given all the same, or blood."""
    history, coming = context.perceived.history, next_step(context)
    there = coming is not None and coming.mark in (StepMark.ASPIRATE, StepMark.TEST)
    asked = history.needle.resistance is not None and there
    return asked or history.given.test_contrast_ml > 0.0 or context.perceived.view.injection.injected_blood_ml > 0.0


def _table_moved_and_back(context: AppContext, state: TutorialState) -> bool:
    """A press was taken beside the slice in which the table stands now, and stood."""
    history, here = context.perceived.history, context.perceived.view.console.table_mm
    if not _gained("presses", 1.0)(context, state) or abs(here - state.seen["table"]) > SAME_PLACE_MM:
        return False
    taken = history.presses[int(state.seen["presses"]) :]
    return any(abs(float(np.mean(one.slice_centres_table_mm)) - here) > SAME_PLACE_MM for one in taken)


def _decided_about_the_contrast(context: AppContext, state: TutorialState) -> bool:
    """It was looked at, and blood was drawn then; a needle that was moved away begins anew."""
    history = context.perceived.history
    latest = history.presses[-1].number if history.presses else -1
    seen = history.given.at_press_ml.get(latest, 0.0) > 0.0 and not context.perceived.awaiting_press()
    return seen and context.perceived.view.injection.syringe_ml > 0.0


def _stopped_at_a_word(context: AppContext, state: TutorialState) -> bool:
    """Blood went in, the patient spoke, and nothing has gone in since; or the syringe ran out without a word."""
    injection = context.perceived.view.injection
    if injection.injected_blood_ml <= 0 or context.worker.pending:
        return False
    step = next_step(context)
    return injection.syringe_ml <= 0.05 or (step is not None and step.mark is StepMark.NEEDLE_OUT)


def _out_and_scanned(context: AppContext, state: TutorialState) -> bool:
    view = context.perceived.view
    out = view.needle is None and view.injection.injected_blood_ml > 0
    return out and _taken(AcquisitionPurpose.CONTROL)(context, state)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        title="Before the first image",
        words="Lay the patient prone (1), and hold the time-out (2): it checks the five points that are lit. If "
        "something speaks against the needle, the chart says so then; the menu's Stop would end it.",
        done=_prepared("patient positioned", "time-out"),
    ),
    Lesson(
        title="The myelogram",
        words="Open the myelogram (3). Contrast in the fluid is white: inside the sac, and where it has leaked.",
        done=_myelogram_or_none,
    ),
    Lesson(
        title="The leak, the grid, the scan",
        words="Wheel: find white outside the round sac. The request names its level: count from the last rib or "
        "the sacrum, whichever a picture or a scout shows. Set level (− and +) and side, write it down; then grid "
        "and scan.",
        done=lambda context, state: (
            _prepared("leak marked", "skin grid")(context, state)
            and _taken(AcquisitionPurpose.PLANNING)(context, state)
        ),
    ),
    Lesson(
        title="The path",
        words="Wheel to a slice where the laminae leave a gap and the space behind the sac is deep. Tool P: "
        "drag from the skin to the white rim. From 600 HU on it is bone. Arrows move the end, Enter "
        "confirms.",
        done=_prepared("path planned"),
    ),
    Lesson(
        title="Skin and needle",
        words="Arm line, disinfect, local anaesthetic, then N: the needle stands on the skin under the laser.",
        done=lambda context, state: context.perceived.view.needle is not None,
    ),
    Lesson(
        title="Console and pedal",
        words="Tap Space: one rotation, three slices, amber while the beam is on. Every press is dose, and "
        "“Dose so far” counts it.",
        done=_gained("presses", 1.0),
        own_way=True,
    ),
    Lesson(
        title="Look closer without dose",
        words="The picture stays. Drag with the right button on a tile, or press 1 to 4: the grey window "
        "changes, and costs nothing.",
        done=_changed("window"),
        own_way=True,
    ),
    Lesson(
        title="Step and shoot",
        words="Advance twice by 5 mm (Ctrl ↓), turn the bevel (X) after each, then tap: the picture shows only "
        "what was when the beam was on, and says in amber what has moved since. Go on like this to 20 mm.",
        done=lambda context, state: (
            context.perceived.history.needle.depth_mm >= 20.0 and not context.perceived.history.since_press.changed
        ),
    ),
    Lesson(
        title="Where is the tip?",
        words="A needle that leans to head or feet leaves the slice: in a picture of that its shaft ends "
        "tapered and faint. Where would the tip be?",
        done=_never,
        answers=("At the faint, tapered end", "In a neighbouring slice"),
        right=1,
        after="Right: a true tip ends bluntly, with a dark streak straight on. A tapered end is only the shaft "
        "leaving the slice: look at the tiles beside it, and move the table with [ and ]. Press the "
        "answer again to go on.",
    ),
    Lesson(
        title="Find the slice of the tip",
        words="For practice: move the table by a slice ([ or ]) and tap. Watch which tile shows the blunt end "
        "now; then move the table back.",
        done=_table_moved_and_back,
        own_way=True,
    ),
    Lesson(
        title="The needle's artefact",
        words="Dark and white streaks run from steel along the way of most steel. What do the black pixels just "
        "beyond the tip mean?",
        done=_never,
        answers=("Air or an empty space", "An artefact of the metal"),
        right=1,
        after="Right: metal takes so much of the beam that what lies behind it is computed too dark. It marks "
        "the tip, and hides what lies there. Press the answer again to go on.",
    ),
    Lesson(
        title="To the end of the plan",
        words="Go on, from 12 mm before the plan's end (green in the force trace) by 1 mm, looked at every 2. "
        "Where the blunt end leaves the middle tile, move the table after it, and lean the hub (W, S) to "
        "lead it back.",
        done=_near_the_plan,
    ),
    Lesson(
        title="Loss of resistance",
        words="Stylet out (V), test the resistance (R). Firm, and nothing gave: ligament; stylet in, on by 1 "
        "mm, tap, again. After a give, or at the plan's end, go no further, firm or not: beside a "
        "collection it may stay firm.",
        done=_asked_the_plunger,
    ),
    Lesson(
        title="False loss of resistance",
        words="The plunger gives way before a collection, in a cleft or a vein as well as in the epidural "
        "space, and beside a collection it may stay firm in the space itself. What proves the place?",
        done=_never,
        answers=("The loss of resistance", "Contrast that is seen to spread"),
        right=1,
        after="Right: force and plunger only suggest. Aspirate (F), then give a little contrast and look. Press "
        "the answer again to go on.",
    ),
    Lesson(
        title="Test contrast",
        words="Aspirate (F); Injection (F4): test contrast (C), tap. Along the sac's outside it is epidural: "
        "draw the blood (B). In the sac, where it layers, or gone in a vein: draw back. A lump behind: on "
        "by 1 mm. Pain: no blood.",
        done=_decided_about_the_contrast,
    ),
    Lesson(
        title="Stop at the first word",
        words="Mix contrast into the blood (M), hold I. Let go at the first word of pressure or pain: that is "
        "the end, not a volume. A word before 3 mL are in: wait a minute, ask, and go on slowly.",
        done=_stopped_at_a_word,
    ),
    Lesson(
        title="Needle out",
        words="Scans (F2): take the needle out, then a control scan. It shows what the blood covers, and costs "
        "dose too.",
        done=_out_and_scanned,
    ),
    Lesson(
        title="What the patient leaves with",
        words="Ask for legs and bladder, order the aftercare, finish. The debrief shows what was hidden, and "
        "why the score is what it is.",
        done=lambda context, state: context.perceived.view.phase == Phase.CLOSED,
    ),
)
