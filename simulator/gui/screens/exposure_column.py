"""Exposure column: the next scan at the right of the planes: what it is set to, what it will cost, what was spent."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.drawing.typeface import Align
from simulator.gui.input.controls import Controls
from simulator.gui.input.order_questions import before_scan
from simulator.gui.input.scan_run import begin_scan
from simulator.gui.input.user_action import ButtonKind, KeyBinding, StepMark, UserAction, WhileBusy
from simulator.gui.panels import dose, next_exposure_dose
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.scan_reading.next_exposure import NextExposure
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.vocabulary.procedure import AcquisitionPurpose

Place = Callable[[UserAction, pygame.Rect], None]
"""Places a button on the screen that the column belongs to."""


class ExposureColumn:
    """Three panels, with steppers for what can be set now and the button that takes the scan."""

    def __init__(
        self,
        context: AppContext,
        controls: Controls,
        state: ReadingState,
        inner: Callable[[pygame.Rect], pygame.Rect],
    ) -> None:
        self._context, self._controls, self._state = context, controls, state
        self._inner = inner
        self._next = NextExposure(context.perceived, state)
        self._areas: list[pygame.Rect] = []
        self._laid_out_for = 0

    @property
    def stale(self) -> bool:
        """Whether another scan comes next than the one that the steppers were placed for."""
        return len(self._next.rows()) != self._laid_out_for

    def lay_out(self, area: pygame.Rect, gap: int, place: Place) -> None:
        """Place panels and buttons."""
        px = self._context.display.scale.px
        heights = [px(246), px(306), 0]
        heights[2] = area.height - sum(heights) - 2 * gap
        self._areas = []
        y = area.top
        for value in heights:
            self._areas.append(pygame.Rect(area.left, y, area.width, value))
            y += value + gap
        inner = self._inner(self._areas[0])
        size, step = max(px(28), 24), px(34)
        self._laid_out_for = len(self._next.rows())
        for row in range(self._laid_out_for):
            for up in (False, True):
                x = inner.right - size if up else inner.right - size - px(126)
                place(self._stepper(row, up), pygame.Rect(x, inner.top + step * row, size, size))
        place(self._scan(), pygame.Rect(inner.left, self._areas[1].bottom - px(72), inner.width, px(60)))

    def _stepper(self, row: int, up: bool) -> UserAction:
        name = self._next.rows()[row][0]
        return UserAction(
            words="+" if up else "−",
            do=lambda: self._next.step(row, 1 if up else -1),
            kind=ButtonKind.CENTRED,
            hint=f"{name} of the next scan",
        )

    def _scan(self) -> UserAction:
        return UserAction(
            words=lambda: self._next.name,
            key=KeyBinding(code=pygame.K_SPACE, cap="Space"),
            do=lambda: begin_scan(self._context, self._next.command(), self._next.length_mm),
            why_not=self._controls.console.locked,
            kind=ButtonKind.BEAM,
            hint="The beam is on for the whole range; Del stops it",
            while_busy=WhileBusy.DROPPED,
            asks=self._asks,
            mark=StepMark.CONTROL_SCAN if self._next.is_control else StepMark.PLANNING_SCAN,
        )

    def _asks(self) -> str | None:
        purpose = AcquisitionPurpose.CONTROL if self._next.is_control else AcquisitionPurpose.PLANNING
        price = next_exposure_dose.scan_estimate(
            self._context.perceived, self._state.planning_kv, self._next.mas, self._next.length_mm, self._next.mode
        )
        return before_scan(self._context.perceived, purpose, price.dlp_mgy_cm)

    def draw(self, target: pygame.Surface) -> None:
        """Draw the panels."""
        display = self._context.display
        context, next_one = self._context, self._next
        px, write = display.scale.px, display.type.draw
        draw_panel(display, target, self._areas[0], "Next exposure")
        inner, unit_wide = self._inner(self._areas[0]), max(px(38), 34)
        for index, (name, value, unit) in enumerate(next_one.rows()):
            y = inner.top + px(34) * index + px(14)
            write(target, name, (inner.left, y), size=14, colour=theme.MID)
            x = inner.right - px(28) - unit_wide - (4 if unit else 2)
            align: Align = "right" if unit else "centre"
            write(target, value, (x, y), size=16, weight="SemiBold", align=align, figures=True)
            write(target, unit, (inner.right - px(28) - unit_wide, y), size=12, colour=theme.LOW)
        draw_panel(display, target, self._areas[1], "It will cost", f"booked as {next_one.account}")
        cost = self._inner(self._areas[1])
        cost.height -= px(76)
        next_exposure_dose.draw(
            context,
            target,
            cost,
            tube_voltage_kv=self._state.planning_kv,
            mas=next_one.mas,
            length_mm=next_one.length_mm,
            mode=next_one.mode,
        )
        inside = draw_panel(display, target, self._areas[2], "Dose so far", "DLP, mGy·cm")
        dose.draw(context, target, inside, next_press=False)
