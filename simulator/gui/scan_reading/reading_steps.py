"""Reading steps: what is done beside the scans, as rows of actions: before the needle, the needle, after the blood."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.input.procedure_steps import ProcedureStep, closing_steps, needle_steps
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.gui.scan_reading.reading_tools import ReadingTools
from simulator.interface import commands as c
from simulator.vocabulary.anatomy import Side


def step_rows(
    context: AppContext,
    state: ReadingState,
    tools: ReadingTools,
    level: Callable[[], str],
) -> list[list[UserAction]]:
    """Three rows of actions; `level` names the interspace that the trainee counts."""
    return [
        [_step(context, step) for step in needle_steps(context, level)],
        [_confirm(state, tools), _place(context, state, tools, level)],
        [_step(context, step) for step in closing_steps()],
    ]


def _step(context: AppContext, step: ProcedureStep) -> UserAction:
    return UserAction(
        words=lambda: step.label(context.view),
        do=context.sends(step.command),
        why_not=lambda: step.why_not(context.view),
    )


def _confirm(state: ReadingState, tools: ReadingTools) -> UserAction:
    return UserAction(
        words=lambda: "✓  Path confirmed" if state.confirmed else "Confirm the path",
        key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
        do=tools.confirm,
        why_not=tools.no_draft,
        kind=ButtonKind.PRIMARY,
        hint="Entry and target are written into the record",
    )


def _place(context: AppContext, state: ReadingState, tools: ReadingTools, level: Callable[[], str]) -> UserAction:
    """Where the confirmed path begins; without a path by feel, on the midline of the level that was counted."""

    def why_not() -> str | None:
        needle = context.view.needle
        if needle is not None and needle.in_skin:
            return "A needle is in the patient"
        if state.draft is not None and not state.confirmed:
            return "Confirm the path first"
        if not state.confirmed and context.view.console.grid_midline_x_mm is None:
            return "Draw a path and confirm it, or stick the skin grid on to place it by feel"
        return None

    def do() -> None:
        if state.confirmed:
            tools.place()
        else:
            context.send(c.PlaceNeedle(entry_from_midline_mm=0.0, side=Side.MIDLINE, level=level()))

    return UserAction(
        words=lambda: "Place the needle" if state.confirmed else "Place it by feel",
        key=KeyBinding(code=pygame.K_n, cap="N"),
        do=do,
        why_not=why_not,
        kind=ButtonKind.PRIMARY,
        hint="The tip stands on the skin under the laser: where the path begins, or at the level by feel",
    )
