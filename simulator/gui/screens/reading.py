"""Reading: myelogram, planning scan and control scan; the leak is marked, the path drawn, the needle placed."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture
from simulator.gui.drawing.window_level import WINDOW_PRESETS, WindowLevel
from simulator.gui.engine_worker.messages import Past
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.images.volume import Volume
from simulator.gui.input.controls import Controls
from simulator.gui.input.order_questions import before_confirming
from simulator.gui.input.scan_run import stop_scan
from simulator.gui.input.tile_tools import window_keys
from simulator.gui.input.user_action import KeyBinding, StepMark, UserAction
from simulator.gui.panels import drawn_path, planes, top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.scan_reading.reading_state import ReadingState
from simulator.gui.scan_reading.reading_steps import step_rows
from simulator.gui.scan_reading.reading_tools import ReadingTools
from simulator.gui.scan_reading.restore import WrittenPath, draw_written_path, restore
from simulator.gui.scan_reading.tool_actions import tool_actions
from simulator.gui.screens.exposure_column import ExposureColumn
from simulator.gui.screens.leak_panel import LeakPanel
from simulator.gui.screens.screen import Screen

SCANS = (("myelogram", "Myelogram"), ("planning", "Planning"), ("control", "Control"))


class ReadingScreen(Screen):
    """Three planes at the left, the next exposure at the right, path and steps below."""

    title = "Scans"
    gestures = (
        ("Wheel", "slice of the axial picture; over the others their plane"),
        ("Ctrl wheel", "zoom"),
        ("Left button", "what the chosen tool does"),
        ("Right drag", "window width and level"),
        ("Middle drag", "moves the picture"),
        ("Arrows", "move the cross-hair 1 mm, with Shift 10 mm; with P begin a path above it, then move its target"),
    )

    def __init__(self, context: AppContext, controls: Controls) -> None:
        super().__init__(context)
        self._controls = controls
        self.state = ReadingState()
        self._tools = ReadingTools(context, self.state, self.volume, self.pictures)
        self._exposure = ExposureColumn(context, controls, self.state, self.inner)
        self._leak = LeakPanel(context, self.state, self.inner)
        self._written: WrittenPath | None = None
        self._newest: int | None = None
        self._areas: dict[ImagePlane, pygame.Rect] = {}

    # What is shown.

    def volume(self) -> Volume | None:
        """The scan that is read: the newest unless another was chosen."""
        volumes = self.context.perceived.volumes
        if not volumes:
            return None
        newest = max(volumes)
        state = self.state
        if state.scan is None or state.scan not in volumes or self._newest != newest:
            self._newest = newest
            self._turn_to(newest)
        return volumes[state.scan] if state.scan is not None else None

    def pictures(self) -> dict[ImagePlane, Picture]:
        """The planes as they are shown; empty without a scan."""
        volume = self.volume()
        return {} if volume is None else planes.pictures(self.context, self.state, volume, self._areas)

    def _turn_to(self, number: int) -> None:
        state, volume = self.state, self.context.perceived.volumes[number]
        before = self.context.perceived.volumes.get(state.scan) if state.scan is not None else None
        state.scan = number
        if before is not None:
            state.index = volume.nearest(before.z_mm(min(state.index, before.count - 1)))
        else:
            state.index = volume.count // 2
            self._settle()

    def _settle(self) -> None:
        """Once: the range of the next scan as the request names it, its tube load as the scenario presets it."""
        state, view = self.state, self.context.perceived.view
        if state.settled:
            return
        state.settled = True
        names = self._leak.interspaces()
        named = next((i for i, name in enumerate(names) if name in view.case.request), len(names) // 2)
        state.levels = (named, named + 1)
        state.planning_mas = view.console.planning_mas

    # Where it is shown.

    def lay_out(self) -> None:
        """Place panels, then buttons in them."""
        px = self.context.display.scale.px
        self._settle()
        width = self.context.display.size[0]
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
        leak_area = pygame.Rect(deck.left, deck.top, leak, deck.height)
        self._path = pygame.Rect(leak_area.right + gap, deck.top, way, deck.height)
        self._step_area = pygame.Rect(
            self._path.right + gap, deck.top, deck.right - self._path.right - gap, deck.height
        )
        self._leak.lay_out(leak_area, self.button)
        self._step_buttons(self.inner(self._step_area))
        self._exposure.lay_out(right, gap, self.button)
        for action in self._silent_actions():
            self.key_only(action)

    def _toolbar(self, area: pygame.Rect) -> None:
        display = self.context.display
        px = display.scale.px
        actions: list[UserAction | None] = [self._scan_action(purpose, words) for purpose, words in SCANS]
        actions.append(None)
        actions += [
            self._controls.console.choose_window(index, lambda: display.scan_window, self._put_window)
            for index in range(len(WINDOW_PRESETS))
        ]
        actions.append(None)
        actions += tool_actions(display, self.state)
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
        cap = self.context.display.type.width(action.key.cap, 12) + 18 if action.key else 0
        return self.context.display.type.width(action.label, 14) + cap + 18

    def _put_window(self, window: WindowLevel) -> None:
        self.context.display.scan_window = window

    def _scan_action(self, purpose: str, words: str) -> UserAction:
        def why_not() -> str | None:
            return None if self.context.perceived.scan(purpose) else "This scan has not been taken"

        def do() -> None:
            scans, shown = self.context.perceived.scans(purpose), self.state.scan
            if scans:  # the newest first; who looks at one goes on to the one before it
                before = [number for number in scans if shown in scans and shown is not None and number < shown]
                self._turn_to(max(before or scans))

        def chosen() -> bool:
            volume = self.volume()
            return volume is not None and volume.entry.purpose == purpose

        return UserAction(words=words, do=do, why_not=why_not, chosen=chosen, hint=f"Shows the {words.lower()} scan")

    # Leak, path and steps.

    def _step_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        rows = step_rows(self.context, self.state, self._tools, self._leak.level)
        scout = self.goes_to(ScreenName.SCOUT, "Scout", pygame.K_s, "S")
        scout.hint = "Takes a scout; levels are counted and labelled there, and the range of the scan is drawn"
        rows[1].insert(0, scout)
        gap = px(6)
        high = min((area.height - 2 * gap) // 3, px(40))
        y = area.top
        for row in rows:
            natural = [self._natural(action) for action in row]
            spare = (area.width - (len(row) - 1) * gap - sum(natural)) // len(row)
            x = area.left
            for action, wide in zip(row, natural, strict=True):
                self.button(action, pygame.Rect(x, y, wide + spare, high))
                x += wide + spare + gap
            y += high + gap

    def _stop_computing(self) -> UserAction:
        """Stops a scan that runs; after it what has not been looked at need not be made."""

        def why_not() -> str | None:
            volume = self.volume()
            if self.context.held.scan_run is not None:
                return None
            return "All its slices are there" if volume is None or volume.complete else None

        def do() -> None:
            volume = self.volume()
            if self.context.held.scan_run is not None:
                stop_scan(self.context)
            elif volume is not None:
                self.context.worker.forget_slices(volume.entry.number)
                self.context.notices.progress = None
                self.context.notices.say(
                    "Stopped: the other slices are made when they are looked at; the dose was given."
                )

        key = KeyBinding(code=pygame.K_DELETE, cap="Del")
        return UserAction(
            words=lambda: "Stop the scan" if self.context.held.scan_run is not None else "Make no more slices",
            key=key,
            do=do,
            why_not=why_not,
        )

    def _fit(self) -> UserAction:
        def do() -> None:
            first = ReadingState().viewports
            for plane, viewport in self.state.viewports.items():
                viewport.across_mm, viewport.down_mm = first[plane].across_mm, first[plane].down_mm
                viewport.shown_mm = first[plane].shown_mm
            self.context.display.scan_window = WINDOW_PRESETS[3]

        key = KeyBinding(code=pygame.K_HOME, cap="Home")
        return UserAction(words="Fit", key=key, do=do, hint="Place, zoom and window of the planes as at first")

    def _silent_actions(self) -> list[UserAction]:
        tools = self._tools
        return [
            self._stop_computing(),
            self._fit(),
            *window_keys(lambda: self.context.display.scan_window, self._put_window),
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
                words="Remove the last measurement, or with P the path",
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

    def comes_later(self, mark: StepMark) -> bool:
        """A level other than the one asked for is not written down yet, nor a path through bone confirmed."""
        if mark is StepMark.LEAK:
            return self._leak.level() != self.context.perceived.view.case.requested_level
        return mark is StepMark.PATH and before_confirming(self._tools.highest_hu()) is not None

    def draw(self, target: pygame.Surface) -> None:
        """Draw everything but the buttons."""
        display = self.context.display
        context, state = self.context, self.state
        top_bar.draw(context, target)
        pygame.draw.rect(target, theme.PANEL, self._bar, border_radius=display.scale.px(6))
        volume = self.volume()
        if volume is None:
            for area in self._areas.values():
                pygame.draw.rect(target, (0, 0, 0), area)
            display.type.draw(
                target,
                "No scan has been opened",
                self._areas[ImagePlane.AXIAL].center,
                size=15,
                align="centre",
                colour=theme.LOW,
            )
        else:
            planes.draw(context, target, state, volume, self.pictures())
        self._leak.draw(target)
        drawn_path.draw(context, target, self._path, state)
        draw_panel(display, target, self._step_area, "Steps", "in their usual order")
        self._exposure.draw(target)

    def remember(self, past: Past) -> None:
        """Level, side, settings and the written path as they were left."""
        self._settle()
        self._written = restore(self.state, past, self._leak.interspaces())

    def tick(self) -> bool:
        """The slice that is looked at is made first; steppers follow what the next scan can be set to."""
        volume = self.volume()
        if self._written is not None and draw_written_path(self.state, self._written, self.context.perceived.volumes):
            self._written = None
        if volume is not None:
            self.context.perceived.look_at_slice(volume, self.state.index)
        self._tools.fix_midline()
        if self._exposure.stale:
            self.open()
            return True
        return False

    def take(self, event: pygame.event.Event) -> None:
        """Mouse on the planes."""
        self._tools.take(event)
