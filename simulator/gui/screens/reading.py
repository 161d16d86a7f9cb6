"""Reading: myelogram, planning scan and control scan; the leak is marked, the path drawn, the needle placed."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.app_context import AppContext, ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture
from simulator.gui.drawing.typeface import Align
from simulator.gui.drawing.window_level import WINDOW_PRESETS, WindowLevel
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.images.volume import Volume
from simulator.gui.input.controls import Controls
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import dose, drawn_path, next_exposure_dose, planes, top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.scan_reading.next_exposure import ROWS, NextExposure
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.gui.scan_reading.reading_steps import step_rows
from simulator.gui.scan_reading.reading_tools import ReadingTools
from simulator.gui.scan_reading.tool_actions import tool_actions
from simulator.gui.screens.screen import Screen
from simulator.interface import commands as c
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace, Vertebra, interspaces_of

SCANS = (("myelogram", "Myelogram"), ("planning", "Planning"), ("control", "Control"))


class ReadingScreen(Screen):
    """Three planes at the left, the next exposure at the right, path and steps below."""

    title = "Scans"

    def __init__(self, context: AppContext, controls: Controls) -> None:
        super().__init__(context)
        self._controls = controls
        self.state = ReadingState()
        self._tools = ReadingTools(context, self.state, self.volume, self.pictures)
        self._exposure = NextExposure(context, self.state)
        self._areas: dict[ImagePlane, pygame.Rect] = {}

    # What is shown.

    def volume(self) -> Volume | None:
        """The scan that is read: the newest unless another was chosen."""
        volumes = self.context.volumes
        if not volumes:
            return None
        newest = max(volumes)
        state = self.state
        if state.scan is None or state.scan not in volumes or getattr(self, "_newest", None) != newest:
            self._newest = newest
            self._turn_to(newest)
        return volumes[state.scan] if state.scan is not None else None

    def pictures(self) -> dict[ImagePlane, Picture]:
        """The planes as they are shown; empty without a scan."""
        volume = self.volume()
        return {} if volume is None else planes.pictures(self.context, self.state, volume, self._areas)

    def _turn_to(self, number: int) -> None:
        state, volume = self.state, self.context.volumes[number]
        before = self.context.volumes.get(state.scan) if state.scan is not None else None
        state.scan = number
        if before is not None:
            state.index = volume.nearest(before.z_mm(min(state.index, before.count - 1)))
        else:
            state.index = volume.count // 2
            self._settle()

    def _settle(self) -> None:
        """Once: level and range as the request names them, the tube load as the scenario presets it."""
        state, view = self.state, self.context.view
        if state.settled:
            return
        state.settled = True
        names = self._interspaces()
        named = next((i for i, name in enumerate(names) if name in view.case.request), len(names) // 2)
        state.level, state.levels = named, (named, named + 1)
        state.planning_mas = view.console.planning_mas

    # Where it is shown.

    def lay_out(self) -> None:
        """Place panels, then buttons in them."""
        px = self.context.scale.px
        self._settle()
        width = self.context.size[0]
        edge, gap, top, bottom = self.margins()
        strip = px(320)
        right = pygame.Rect(width - edge - strip, top, strip, bottom - top)
        left = pygame.Rect(edge, top, right.left - gap - edge, bottom - top)
        self._bar = pygame.Rect(left.left, left.top, left.width, max(px(44), 34))
        deck_height = max(px(176), 150)
        deck = pygame.Rect(left.left, left.bottom - deck_height, left.width, deck_height)
        middle = pygame.Rect(left.left, self._bar.bottom + gap, left.width, deck.top - self._bar.bottom - 2 * gap)
        axial = round(middle.width * 0.49)
        side = (middle.width - axial - 2 * gap) // 2
        self._areas = {
            ImagePlane.AXIAL: pygame.Rect(middle.left, middle.top, axial, middle.height),
            ImagePlane.SAGITTAL: pygame.Rect(middle.left + axial + gap, middle.top, side, middle.height),
            ImagePlane.CORONAL: pygame.Rect(middle.left + axial + 2 * gap + side, middle.top, side, middle.height),
        }
        self._toolbar(self._bar)
        leak, way = round(deck.width * 0.2), round(deck.width * 0.25)
        self._leak = pygame.Rect(deck.left, deck.top, leak, deck.height)
        self._path = pygame.Rect(self._leak.right + gap, deck.top, way, deck.height)
        self._step_area = pygame.Rect(
            self._path.right + gap, deck.top, deck.right - self._path.right - gap, deck.height
        )
        self._leak_buttons(self.inner(self._leak))
        self._step_buttons(self.inner(self._step_area))
        self._exposure_buttons(right, gap)
        for action in self._silent_actions():
            self.key_only(action)

    def _toolbar(self, area: pygame.Rect) -> None:
        px = self.context.scale.px
        actions: list[UserAction | None] = [self._scan_action(purpose, words) for purpose, words in SCANS]
        actions.append(None)
        actions += [
            self._controls.console.choose_window(index, lambda: self.context.scan_window, self._put_window)
            for index in range(len(WINDOW_PRESETS))
        ]
        actions.append(None)
        actions += tool_actions(self.context, self.state)
        gap, break_px = 3, px(10)
        labels = [0 if a is None else self._natural(a) for a in actions]
        spare = area.width - sum(labels) - gap * len(actions) - break_px * 2 - px(8)
        extra = spare // max(sum(a is not None for a in actions), 1)
        x = area.left + px(4)
        for action, natural in zip(actions, labels, strict=True):
            if action is None:
                x += break_px
                continue
            wide = natural + min(extra, px(30))
            self.button(action, pygame.Rect(x, area.top + 3, wide, area.height - 6))
            x += wide + gap

    def _natural(self, action: UserAction) -> int:
        cap = self.context.type.width(action.key.cap, 12) + 18 if action.key else 0
        return self.context.type.width(action.label, 14) + cap + 18

    def _put_window(self, window: WindowLevel) -> None:
        self.context.scan_window = window

    def _scan_action(self, purpose: str, words: str) -> UserAction:
        def why_not() -> str | None:
            return None if self.context.scan(purpose) else "This scan has not been taken"

        def do() -> None:
            volume = self.context.scan(purpose)
            if volume is not None:
                self._turn_to(volume.entry.number)

        def chosen() -> bool:
            volume = self.volume()
            return volume is not None and volume.entry.purpose == purpose

        return UserAction(words=words, do=do, why_not=why_not, chosen=chosen)

    # Leak, path and steps.

    def _interspaces(self) -> tuple[Interspace, ...]:
        return interspaces_of(tuple(map(Vertebra.parse, self.context.view.case.levels)))

    def _level_name(self) -> Interspace:
        names = self._interspaces()
        return names[min(self.state.level, len(names) - 1)]

    def _leak_buttons(self, area: pygame.Rect) -> None:
        px = self.context.scale.px
        high, gap = max(px(30), 24), px(6)
        size = high
        self._level_y = area.top + high / 2
        names = self._interspaces()

        def shift(by: int) -> Callable[[], None]:
            def do() -> None:
                self.state.level = min(max(self.state.level + by, 0), len(names) - 1)

            return do

        self.button(
            UserAction(words="−", do=shift(-1), kind=ButtonKind.CENTRED, hint="A level towards the head"),
            pygame.Rect(area.right - 2 * size - px(76), area.top, size, size),
        )
        self.button(
            UserAction(words="+", do=shift(1), kind=ButtonKind.CENTRED, hint="A level towards the feet"),
            pygame.Rect(area.right - size, area.top, size, size),
        )
        third = (area.width - 2 * gap) // 3
        for index, side in enumerate((Laterality.LEFT, Laterality.BOTH, Laterality.RIGHT)):
            place = pygame.Rect(area.left + index * (third + gap), area.top + high + gap, third, high)
            self.button(self._side_action(side), place)
        done = UserAction(
            words=lambda: (
                "✓  Leak written down" if "leak marked" in self.context.view.prepared else "Write the leak down"
            ),
            do=lambda: self.context.send(c.MarkLeak(level=self._level_name(), side=self.state.leak_side)),
            hint="Level and side as you read them; part of the record",
        )
        self.button(done, pygame.Rect(area.left, area.top + 2 * (high + gap), area.width, high))

    def _side_action(self, side: Laterality) -> UserAction:
        def do() -> None:
            self.state.leak_side = side

        return UserAction(
            words=side.capitalize(), do=do, chosen=lambda: self.state.leak_side == side, kind=ButtonKind.CENTRED
        )

    def _step_buttons(self, area: pygame.Rect) -> None:
        px = self.context.scale.px
        rows = step_rows(self.context, self.state, self._tools, self._level_name)
        gap = px(6)
        high = min((area.height - 2 * gap) // 3, px(40))
        y = area.top
        for row in rows:
            wide = (area.width - (len(row) - 1) * gap) // len(row)
            for index, action in enumerate(row):
                self.button(action, pygame.Rect(area.left + index * (wide + gap), y, wide, high))
            y += high + gap

    # The next exposure.

    def _exposure_buttons(self, area: pygame.Rect, gap: int) -> None:
        px = self.context.scale.px
        heights = [px(246), px(306), 0]
        heights[2] = area.height - sum(heights) - 2 * gap
        self._right = []
        y = area.top
        for value in heights:
            self._right.append(pygame.Rect(area.left, y, area.width, value))
            y += value + gap
        inner = self.inner(self._right[0])
        size, step = max(px(28), 24), px(34)
        for row in range(ROWS):
            for up in (False, True):
                x = inner.right - size if up else inner.right - size - px(126)
                self.button(self._exposure_step(row, up), pygame.Rect(x, inner.top + step * row, size, size))
        button = pygame.Rect(inner.left, self._right[1].bottom - px(72), inner.width, px(60))
        scan = UserAction(
            words=lambda: self._exposure.name,
            key=KeyBinding(code=pygame.K_SPACE, cap="Space"),
            do=lambda: self.context.send(self._exposure.command()),
            why_not=self._controls.console.locked,
            kind=ButtonKind.BEAM,
            hint="The beam is on for the whole range",
        )
        self.button(scan, button)

    def _exposure_step(self, row: int, up: bool) -> UserAction:
        def do() -> None:
            self._exposure.step(row, 1 if up else -1)

        return UserAction(words="+" if up else "−", do=do, kind=ButtonKind.CENTRED)

    def _silent_actions(self) -> list[UserAction]:
        tools = self._tools
        return [
            UserAction(
                words="Slice to the head", key=KeyBinding(code=pygame.K_PAGEUP, cap="PgUp"), do=lambda: tools.scroll(-1)
            ),
            UserAction(
                words="Slice to the feet",
                key=KeyBinding(code=pygame.K_PAGEDOWN, cap="PgDn"),
                do=lambda: tools.scroll(1),
            ),
            UserAction(
                words="Closer",
                key=KeyBinding(code=pygame.K_EQUALS, cap="Ctrl +", control=True),
                do=lambda: self.state.viewports[ImagePlane.AXIAL].zoom(0.85),
            ),
            UserAction(
                words="Further away",
                key=KeyBinding(code=pygame.K_MINUS, cap="Ctrl −", control=True),
                do=lambda: self.state.viewports[ImagePlane.AXIAL].zoom(1.18),
            ),
            UserAction(
                words="Remove the last measurement",
                key=KeyBinding(code=pygame.K_BACKSPACE, cap="⌫"),
                do=tools.remove_last,
            ),
            UserAction(
                words="Transforaminal or interlaminar",
                key=KeyBinding(code=pygame.K_o, cap="O"),
                do=tools.toggle_foraminal,
                why_not=tools.no_draft,
            ),
            *tools.nudges(),
            self.goes_to(ScreenName.GUIDANCE, "Guidance", pygame.K_F3, "F3"),
            self.goes_to(ScreenName.INJECTION, "Injection", pygame.K_F4, "F4"),
            self.goes_to(ScreenName.BRIEFING, "Briefing", pygame.K_F9, "F9"),
        ]

    # Drawing and input.

    def draw(self, target: pygame.Surface) -> None:
        """Draw everything but the buttons."""
        context, state = self.context, self.state
        top_bar.draw(context, target)
        pygame.draw.rect(target, theme.PANEL, self._bar, border_radius=context.scale.px(6))
        volume = self.volume()
        if volume is None:
            for area in self._areas.values():
                pygame.draw.rect(target, (0, 0, 0), area)
            context.type.draw(
                target,
                "No scan has been opened",
                self._areas[ImagePlane.AXIAL].center,
                size=15,
                align="centre",
                colour=theme.LOW,
            )
        else:
            planes.draw(context, target, state, volume, self.pictures())
        draw_panel(context, target, self._leak, "Leak", "your count")
        inner = self.inner(self._leak)
        context.type.draw(target, "Level", (inner.left, self._level_y), size=14, colour=theme.MID)
        context.type.draw(
            target,
            self._level_name(),
            (inner.right - context.scale.px(30) - context.scale.px(38), self._level_y),
            size=15,
            weight="SemiBold",
            align="centre",
        )
        drawn_path.draw(context, target, self._path, state)
        draw_panel(context, target, self._step_area, "Steps", "in their usual order")
        self._exposure_panel(target)

    def _exposure_panel(self, target: pygame.Surface) -> None:
        context, next_one = self.context, self._exposure
        px, write = context.scale.px, context.type.draw
        draw_panel(context, target, self._right[0], "Next exposure", f"booked as {next_one.account}")
        inner = self.inner(self._right[0])
        for index, (name, value, unit) in enumerate(next_one.rows()):
            y = inner.top + px(34) * index + px(14)
            write(target, name, (inner.left, y), size=14, colour=theme.MID)
            x = inner.right - px(28) - (38 if unit else 36)
            align: Align = "right" if unit else "centre"
            write(target, value, (x, y), size=16, weight="SemiBold", align=align, figures=True)
            write(target, unit, (inner.right - px(28) - 34, y), size=12, colour=theme.LOW)
        draw_panel(context, target, self._right[1], "It will cost", "before you press")
        cost = self.inner(self._right[1])
        cost.height -= px(76)
        next_exposure_dose.draw(
            context,
            target,
            cost,
            tube_voltage_kv=self.state.planning_kv,
            mas=next_one.mas,
            length_mm=next_one.length_mm,
            mode=next_one.mode,
        )
        dose.draw(
            context, target, draw_panel(context, target, self._right[2], "Dose so far", "DLP, mGy·cm"), next_press=False
        )

    def take(self, event: pygame.event.Event) -> None:
        """Mouse on the planes."""
        self._tools.take(event)
