"""Reading steps: what is done beside the scans, as rows of actions: before the needle, the needle, after the blood."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.needle_actions import NeedleActions
from simulator.gui.reading_state import ReadingState
from simulator.gui.reading_tools import ReadingTools
from simulator.gui.screen import Action, Key
from simulator.gui.steps import Step, closing_steps, needle_steps
from simulator.interface import commands as c
from simulator.vocabulary.anatomy import Side


def step_rows(
    room: AppContext, hands: NeedleActions, state: ReadingState, tools: ReadingTools, level: Callable[[], str]
) -> list[list[Action]]:
    """Three rows of actions; `level` names the interspace that the trainee counts."""
    return [
        [_step(room, hands, step) for step in needle_steps(room, level)],
        [_confirm(state, tools), _place(room, state, tools, level)],
        [_step(room, hands, step) for step in closing_steps()],
    ]


def _step(room: AppContext, hands: NeedleActions, step: Step) -> Action:
    return Action(
        words=lambda: step.label(room.view), do=hands.sends(step.command), why_not=lambda: step.why_not(room.view)
    )


def _confirm(state: ReadingState, tools: ReadingTools) -> Action:
    return Action(
        words=lambda: "✓  Path confirmed" if state.confirmed else "Confirm the path",
        key=Key(code=pygame.K_RETURN, cap="Enter"),
        do=tools.confirm,
        why_not=tools.no_draft,
        kind="primary",
        hint="Entry and target are written into the record",
    )


def _place(room: AppContext, state: ReadingState, tools: ReadingTools, level: Callable[[], str]) -> Action:
    """Where the confirmed path begins; without a path by feel, on the midline of the level that was counted."""

    def why_not() -> str | None:
        needle = room.view.needle
        if needle is not None and needle.in_skin:
            return "A needle is in the patient"
        if state.draft is not None and not state.confirmed:
            return "Confirm the path first"
        if not state.confirmed and room.view.grid_midline_x_mm is None:
            return "Draw a path and confirm it, or stick the skin grid on to place it by feel"
        return None

    def do() -> None:
        if state.confirmed:
            tools.place()
        else:
            room.send(c.PlaceNeedle(entry_from_midline_mm=0.0, side=Side.MIDLINE, level=level()))

    return Action(
        words=lambda: "Place the needle" if state.confirmed else "Place it by feel",
        key=Key(code=pygame.K_n, cap="N"),
        do=do,
        why_not=why_not,
        kind="primary",
        hint="The tip stands on the skin under the laser: where the path begins, or at the level by feel",
    )
