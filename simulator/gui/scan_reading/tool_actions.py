"""Tool actions: what the left button of the mouse does on a plane, each with its key."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.display import Display
from simulator.gui.input.user_action import KeyBinding, StepMark, UserAction
from simulator.gui.scan_reading.reading_state import ReadingState, ReadingTool

TOOLS: tuple[tuple[ReadingTool, int, str], ...] = (
    (ReadingTool.CROSS_HAIR, pygame.K_c, "C"),
    (ReadingTool.DISTANCE, pygame.K_m, "M"),
    (ReadingTool.ANGLE, pygame.K_g, "G"),
    (ReadingTool.HOUNSFIELD, pygame.K_u, "U"),
    (ReadingTool.MARK_LEAK, pygame.K_l, "L"),
    (ReadingTool.DRAW_PATH, pygame.K_p, "P"),
)


SHORT_WORDS = {
    ReadingTool.CROSS_HAIR: "Cross",
    ReadingTool.DISTANCE: "Dist",
    ReadingTool.MARK_LEAK: "Leak",
    ReadingTool.DRAW_PATH: "Path",
}


HINTS = {
    ReadingTool.CROSS_HAIR: "The three planes cross where you press",
    ReadingTool.DISTANCE: "Two points, or a drag; the distance in mm",
    ReadingTool.ANGLE: "Three points, the second one is the corner",
    ReadingTool.HOUNSFIELD: "HU under the cross-hair",
    ReadingTool.MARK_LEAK: "A ring where you see the fluid leave",
    ReadingTool.DRAW_PATH: "Drag from the skin to the target",
}


def tool_actions(display: Display, state: ReadingState) -> list[UserAction]:
    """One action for each tool, in the order of the tool bar."""
    return [
        UserAction(
            words=_words(display, tool),
            key=KeyBinding(code=code, cap=cap),
            do=_takes_up(state, tool),
            chosen=_is_taken(state, tool),
            hint=HINTS[tool],
            mark=StepMark.PATH_TOOL if tool is ReadingTool.DRAW_PATH else None,
        )
        for tool, code, cap in TOOLS
    ]


def _words(display: Display, tool: ReadingTool) -> str:
    words = tool[0].upper() + tool[1:]
    return SHORT_WORDS.get(tool, words) if display.scale.compact else words


def _takes_up(state: ReadingState, tool: ReadingTool) -> Callable[[], None]:
    def do() -> None:
        state.tool = tool
        state.open = None

    return do


def _is_taken(state: ReadingState, tool: ReadingTool) -> Callable[[], bool]:
    return lambda: state.tool == tool
