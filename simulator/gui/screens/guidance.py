"""Guidance: the needle goes in, between presses of the pedal."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.window_level import WindowLevel
from simulator.gui.input.carry_out import carry_out
from simulator.gui.input.console_actions import ExposureRow
from simulator.gui.input.controls import Controls
from simulator.gui.input.direction import Direction
from simulator.gui.input.needle_actions import STEPS_MM
from simulator.gui.input.plan_beside import PlanBeside
from simulator.gui.input.tile_tools import GESTURES, window_keys
from simulator.gui.input.user_action import StepMark, UserAction, WhileBusy
from simulator.gui.panels import (
    beam,
    dose,
    exposure_settings,
    feel,
    fluoroscopy_tiles,
    needle_pictures,
    patient,
    plan_pictures,
    table_strip,
    top_bar,
)
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen
from simulator.interface import commands as c
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import NeedleHold

STRIP = 320


class GuidanceScreen(Screen):
    """Three slices, the console in a strip at the right, the hands below."""

    title = "Guidance"
    gestures = (
        *GESTURES,
        ("Click on the table strip", "brings that slice under the laser"),
        ("Click or hold the lamp", "the pedal"),
    )

    def __init__(self, context: AppContext, controls: Controls) -> None:
        super().__init__(context)
        self._controls = controls
        self._plan = PlanBeside(context, controls.tiles)

    def lay_out(self) -> None:
        """Place panels, then buttons in them."""
        display = self.context.display
        scale = display.scale
        px = scale.px
        width = display.size[0]
        edge, gap, top, bottom = self.margins()
        strip = px(STRIP)
        right = pygame.Rect(width - edge - strip, top, strip, bottom - top)
        left = pygame.Rect(edge, top, right.left - gap - edge, bottom - top)
        deck_height = max(px(352), 256)
        table_height = px(48) if not scale.compact else 40
        tile_height = left.height - deck_height - table_height - 2 * gap
        tile_width = (left.width - 2 * gap) // 3
        self._tiles = [
            pygame.Rect(left.left + k * (tile_width + gap), left.top, tile_width, tile_height) for k in range(3)
        ]
        self._table = pygame.Rect(left.left, self._tiles[0].bottom + gap, left.width, table_height)
        deck = pygame.Rect(left.left, self._table.bottom + gap, left.width, deck_height)
        fractions = (0.29, 0.305, 0.2, 0.205) if not scale.compact else (0.28, 0.315, 0.2, 0.205)
        self._deck: list[pygame.Rect] = []
        x = deck.left
        for index, fraction in enumerate(fractions):
            end = deck.right if index == 3 else x + round((deck.width - 3 * gap) * fraction)
            self._deck.append(pygame.Rect(x, deck.top, end - x, deck.height))
            x = end + gap
        self._strip(right, gap)
        self._needle_buttons(self.inner(self._deck[1]))
        self._patient_buttons(self.inner(self._deck[3]))
        side = px(104) if not scale.compact else 74
        high = self._table.height - px(12)
        for name, x in (
            (Direction.HEAD, self._table.left + (136 if scale.compact else px(120))),
            (Direction.FEET, self._table.right - side - px(12)),
        ):
            self.button(self._controls.room.move_table(name), pygame.Rect(x, self._table.top + px(6), side, high))
        self.key_only(self._controls.needle.next_holder())
        for towards in (Side.LEFT, Side.RIGHT):
            self.key_only(self._controls.needle.skin_point(towards))
        for action in self._controls.console.exposure_keys():
            self.key_only(action)
        tiles = self._controls.tiles
        plan = (tiles.plan_switch(), self._plan.switch(), self._plan.mark_tip())
        for action in (*tiles.turning(), tiles.length_tool(), *plan, tiles.fit()):
            self.key_only(action)
        for action in window_keys(lambda: display.press_window, self._put_window):
            self.key_only(action)
        self.key_only(self.goes_to(ScreenName.READING, "Scans", pygame.K_F2, "F2"))
        self.key_only(self.goes_to(ScreenName.BRIEFING, "Briefing", pygame.K_F9, "F9"))
        self._controls.tiles.forget_tiles()

    def _strip(self, area: pygame.Rect, gap: int) -> None:
        px = self.context.display.scale.px
        heights = [px(142), px(250), 0, px(196)]
        heights[2] = area.height - sum(heights) - 3 * gap
        self._right: list[pygame.Rect] = []
        y = area.top
        for value in heights:
            self._right.append(pygame.Rect(area.left, y, area.width, value))
            y += value + gap
        lamp = self._right[0]
        cap = pygame.Rect(lamp.left + px(12), lamp.bottom - px(40), px(86), px(30))
        self._footswitch_area = cap
        self.key_only(self._controls.footswitch.action())
        technique = self.inner(self._right[1])
        step = px(34)
        for row in ExposureRow:
            y = technique.top + step * row
            size = px(28)
            self.button(
                self._controls.console.step_exposure(row, -1), pygame.Rect(technique.left + px(120), y, size, size)
            )
            self.button(
                self._controls.console.step_exposure(row, 1), pygame.Rect(technique.right - size, y, size, size)
            )
        self._window_buttons(self.inner(self._right[3]))

    def _window_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        width, high = (area.width - px(8)) // 2, max(px(30), 24)
        for index in range(4):
            place = pygame.Rect(
                area.left + (index % 2) * (width + px(8)), area.top + (index // 2) * (high + px(6)), width, high
            )
            self.button(
                self._controls.console.choose_window(
                    index, lambda: self.context.display.press_window, self._put_window
                ),
                place,
            )
        y = area.top + 2 * (high + px(6))
        self._stand_y = y + high / 2
        self.button(self._controls.room.stand(), pygame.Rect(area.right - width, y, width, high))

    def _put_window(self, window: WindowLevel) -> None:
        self.context.display.press_window = window

    def _needle_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        compact = self.context.display.scale.compact
        caption = px(88) if not compact else 48
        gap = px(6)
        rows = 7
        high = (area.height - (rows - 1) * gap) // rows
        across = area.width - caption
        third = (across - 2 * gap) // 3

        def place(row: float, column: int, tall: float = 1.0) -> pygame.Rect:
            return pygame.Rect(
                area.left + caption + column * (third + gap),
                area.top + round(row * (high + gap)),
                third,
                round(tall * high + (tall - 1) * gap),
            )

        self._hand_rows = [(area.left, area.top + (r + 0.5) * high + r * gap) for r in range(rows)]
        for index in range(len(STEPS_MM)):
            self.button(self._controls.needle.advance(index), place(0, index))
            self.button(self._controls.needle.withdraw(index), place(1, index))
        self.button(self._controls.needle.redirect(Direction.LEFT), place(2.5, 0))
        self.button(self._controls.needle.redirect(Direction.HEAD), place(2, 1))
        self.button(self._controls.needle.redirect(Direction.FEET), place(3, 1))
        self.button(self._controls.needle.redirect(Direction.RIGHT), place(2.5, 2))
        for index, degrees in enumerate((-45.0, 45.0, 180.0)):
            self.button(self._controls.needle.bevel(degrees), place(4, index))
        whole = (area.width - 2 * gap) // 3
        y5 = area.top + 5 * (high + gap)
        for index, action in enumerate(
            (self._controls.needle.stylet(), self._controls.needle.aspirate(), self._controls.needle.resistance())
        ):
            self.button(action, pygame.Rect(area.left + index * (whole + gap), y5, whole, high))
        for index, (held, words) in enumerate(
            ((NeedleHold.HAND, "Hand"), (NeedleHold.HOLDER, "Holder"), (NeedleHold.RELEASED, "Let go"))
        ):
            self.button(self._controls.needle.held_by(held, words), place(6, index))

    def _patient_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        gap, high = px(6), max(px(32), 26)
        rows = [
            self._controls.room.ask(),
            self._controls.room.wait(),
            self.goes_to(ScreenName.INJECTION, "Injection", pygame.K_F4, "F4", self._controls.needle.not_in_skin),
        ]
        self._words = pygame.Rect(area.left, area.top, area.width, area.height - len(rows) * (high + gap))
        y = self._words.bottom + gap
        for action in rows:
            self.button(action, pygame.Rect(area.left, y, area.width, high))
            y += high + gap

    def draw(self, target: pygame.Surface) -> None:
        """Draw everything but the buttons."""
        display = self.context.display
        context, view = self.context, self.context.perceived.view
        top_bar.draw(context, target)
        self._draw_tiles(target)
        table_strip.draw(context, target, self._table)
        needle = view.needle
        name = f"Needle {needle.name}" if needle else "Needle"
        state = "" if needle is None else ("stylet in" if needle.stylet_in else "stylet out")
        if needle is not None and not needle.in_skin:
            name, state = "Needle", "← → move the skin point"
        needle_pictures.draw(context, target, draw_panel(display, target, self._deck[0], name, state))
        draw_panel(display, target, self._deck[1], "Hands", "mm")
        self._hand_captions(target)
        feel.draw(context, target, draw_panel(display, target, self._deck[2], "Feel", "force, N"))
        draw_panel(display, target, self._deck[3], "Patient")
        patient.draw(context, target, self._words)
        beam.draw(
            context,
            target,
            self._right[0],
            on=self._controls.footswitch.lit,
            since_ms=self._controls.footswitch.since_ms,
        )
        self.key_cap(target, "Space", self._footswitch_area)
        draw_panel(
            display,
            target,
            self._right[1],
            "Technique",
            "locked" if view.console.pedal_down else str(view.console.scanner),
        )
        settings = self.inner(self._right[1])
        exposure_settings.draw(context, target, settings, chosen_row=self._controls.console.row)
        dose.draw(context, target, draw_panel(display, target, self._right[2], "Dose so far", "DLP, mGy·cm"))
        draw_panel(display, target, self._right[3], "Window", display.press_window.words)
        inner = self.inner(self._right[3])
        display.type.draw(target, f"Stand: {view.stands_at}", (inner.left, self._stand_y), size=13, colour=theme.MID)
        usv = f"Operator {view.console.dose.operator_usv:.1f} µSv   hand {view.console.dose.hand_usv:.0f} µSv"
        display.type.draw(
            target, usv, (inner.left, inner.bottom - display.scale.px(10)), size=12, colour=theme.LOW, figures=True
        )

    def _draw_tiles(self, target: pygame.Surface) -> None:
        context, tools = self.context, self._controls.tiles
        press, lit, older = tools.press, self._controls.footswitch.lit, tools.looks_back
        names = fluoroscopy_tiles.SHORT if context.display.scale.compact else fluoroscopy_tiles.NAMES
        history = context.perceived.history
        many = len(history.presses)
        planned = self._plan.shown and history.plan is not None
        if planned:
            tools.hides(0)
            plan_pictures.draw(context, target, self._tiles[0], self._plan.viewports)
        for index, area in enumerate(self._tiles):
            if planned and index == 0:
                continue
            tile = fluoroscopy_tiles.Tile(
                area=area,
                index=index,
                name=names[index],
                note=history.since_press.changed if index == 1 and press is not None and not older else "",
                beam_on=lit,
                technique=index == (2 if planned else 0),  # the middle one says what has moved
                bar=index == 1,
                title_note=f"press {tools.ordinal} of {many}" if older else "",
                older=older,
            )
            picture = fluoroscopy_tiles.draw_tile(context, target, press, tile)
            if picture is not None:
                tools.shows(index, picture, index)
                fluoroscopy_tiles.draw_length(context.display, target, picture, tools, index)
                if press is not None:
                    plan_pictures.draw_mark(context, target, picture, press, index)
                if press is not None and tools.plan_shown:
                    fluoroscopy_tiles.draw_plan(context, target, picture, press, index)

    def _hand_captions(self, target: pygame.Surface) -> None:
        words = ["Advance", "Withdraw", "Redirect", "hub 2°", "Bevel", "", "Held by"]
        if self.context.display.scale.compact:
            words = ["In", "Out", "Lean", "hub 2°", "Bevel", "", "Held"]
        for index, (text, at) in enumerate(zip(words, self._hand_rows, strict=True)):
            minor = index == 3
            self.context.display.type.draw(
                target, text, at, size=12 if minor else 14, colour=theme.LOW if minor else theme.MID
            )

    def drawn_marks(self, mark: StepMark) -> list[pygame.Rect]:
        """The pedal is the lamp."""
        return [self._right[0]] if mark is StepMark.PRESS else []

    def take(self, event: pygame.event.Event) -> None:
        """Wheel and drags on the tiles, clicks on the table strip and the lamp."""
        if self._plan.take(event) or self._controls.tiles.take(event):
            return
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._clicked(event.pos)
        elif event.type == pygame.MOUSEBUTTONUP:
            self._controls.footswitch.release()

    def _clicked(self, at: tuple[int, int]) -> None:
        ruler = table_strip.ruler_area(self.context.display, self._table)
        if self._right[0].collidepoint(at):
            self._controls.footswitch.press()
        elif ruler.collidepoint(at) and not self.context.perceived.view.console.pedal_down:
            to_mm = table_strip.table_position_mm(self.context.perceived, ruler, at[0])
            move = UserAction(
                words="Move the table",
                do=lambda: self.context.send(c.MoveTable(to_mm=to_mm)),
                while_busy=WhileBusy.KEPT,
            )
            carry_out(self.context, move)

    def tick(self) -> bool:
        """Keep the pedal going."""
        return self._controls.footswitch.tick()
