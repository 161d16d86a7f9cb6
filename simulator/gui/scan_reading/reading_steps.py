"""Reading steps: what is done beside the scans, as rows of actions: before the needle, the needle, after the blood."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.input.order_questions import before_confirming, before_placing
from simulator.gui.input.procedure_steps import COUNT_FIRST, closing_steps, needle_steps
from simulator.gui.input.user_action import ButtonKind, KeyBinding, StepMark, UserAction, WhileBusy
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.gui.scan_reading.reading_tools import ReadingTools
from simulator.interface import commands as c
from simulator.vocabulary.anatomy import Side


def step_rows(
    context: AppContext,
    state: ReadingState,
    tools: ReadingTools,
    level: Callable[[], str | None],
) -> list[list[UserAction]]:
    """Three rows of actions; `level` names the interspace that the trainee counts."""
    return [
        [step.action(context) for step in needle_steps(context.perceived, level)],
        [_confirm(state, tools), _place(context, state, tools, level)],
        [step.action(context) for step in closing_steps(context)],
    ]


def _confirm(state: ReadingState, tools: ReadingTools) -> UserAction:
    return UserAction(
        words=lambda: "✓  Path confirmed" if state.confirmed else "Confirm the path",
        key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
        do=tools.confirm,
        why_not=tools.no_draft,
        kind=ButtonKind.PRIMARY,
        hint="Entry and target are written into the record",
        asks=lambda: before_confirming(tools.highest_hu()),
        while_busy=WhileBusy.KEPT,
        mark=StepMark.PATH,
    )


def _place(
    context: AppContext, state: ReadingState, tools: ReadingTools, level: Callable[[], str | None]
) -> UserAction:
    """Where the confirmed path begins; without a path by feel, on the midline of the level that was counted."""

    def why_not() -> str | None:
        needle = context.perceived.view.needle
        if needle is not None and needle.in_skin:
            return "A needle is in the patient"
        if state.draft is not None and not state.confirmed:
            return "Confirm the path first"
        if not state.confirmed and context.perceived.view.console.grid_midline_x_mm is None:
            return "Draw a path and confirm it, or stick the skin grid on to place it by feel"
        if not state.confirmed and level() is None:
            return COUNT_FIRST
        return None

    def do() -> None:
        if state.confirmed:
            tools.place()
        else:
            context.send(c.PlaceNeedle(entry_from_midline_mm=0.0, side=Side.MIDLINE, level=level() or None))

    return UserAction(
        words=lambda: "Place the needle" if state.confirmed else "Place it by feel",
        key=KeyBinding(code=pygame.K_n, cap="N"),
        do=do,
        why_not=why_not,
        kind=ButtonKind.PRIMARY,
        while_busy=WhileBusy.DROPPED,
        asks=lambda: before_placing(context.perceived.view),
        mark=StepMark.PLACE,
        hint="The tip stands on the skin under the laser: where the path begins, or at the level by feel",
    )
