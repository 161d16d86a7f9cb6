"""Scout screen: scouts are taken, levels counted and labelled, and the range of the planning scan drawn."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.images.level_count import CURSOR_STEPS_MM, ScoutTool
from simulator.gui.input.controls import Controls
from simulator.gui.input.tile_tools import drag_window
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction, WhileBusy
from simulator.gui.panels import scout_planes, top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen
from simulator.interface import commands as c
from simulator.interface.radiograph import ScoutTechnique
from simulator.vocabulary.procedure import DosePhase
from simulator.vocabulary.scout import ScoutOrientation

TUBE_VOLTAGE_KV, TUBE_CURRENT_MA = 120, 30.0
SHORTEST_RANGE_MM = 6.0
SIDES = {
    ScoutOrientation.POSTEROANTERIOR: "PA",
    ScoutOrientation.ANTEROPOSTERIOR: "AP",
    ScoutOrientation.LATERAL: "Side",
}
ORIENTATION_KEYS = (
    (ScoutOrientation.POSTEROANTERIOR, pygame.K_5, "5"),
    (ScoutOrientation.ANTEROPOSTERIOR, pygame.K_6, "6"),
    (ScoutOrientation.LATERAL, pygame.K_7, "7"),
)


class ScoutScreen(Screen):
    """A scout and the sagittal picture at the same heights, what is taken and counted at the right."""

    title = "Scout"
    gestures = (
        ("Wheel", "moves both pictures along the patient"),
        ("Ctrl wheel", "zoom"),
        ("Left button", "labels a vertebra, or drags a range"),
        ("Right drag", "window width and level"),
    )

    def __init__(self, context: AppContext, controls: Controls) -> None:
        super().__init__(context)
        self._controls = controls
        nowhere = pygame.Rect(0, 0, 0, 0)
        self._areas = (nowhere, nowhere)
        self._panels = [nowhere] * 3
        self._pressed: tuple[int, float] | None = None
        self._last = (0, 0)

    # Where it is shown.

    def lay_out(self) -> None:
        """Place pictures, panels and buttons."""
        px = self.context.display.scale.px
        edge, gap, top, bottom = self.margins()
        strip = px(320)
        right = pygame.Rect(self.context.display.size[0] - edge - strip, top, strip, bottom - top)
        wide = (right.left - edge - 2 * gap) // 2
        self._areas = (
            pygame.Rect(edge, top, wide, bottom - top),
            pygame.Rect(edge + wide + gap, top, wide, bottom - top),
        )
        heights = [px(250), px(250), 0]
        heights[2] = right.height - sum(heights) - 2 * gap
        y, self._panels = right.top, []
        for height in heights:
            self._panels.append(pygame.Rect(right.left, y, strip, height))
            y += height + gap
        self._scout_buttons(self.inner(self._panels[0]))
        self._range_buttons(self.inner(self._panels[1]))
        self._label_buttons(self.inner(self._panels[2]))
        for action in self._silent_actions():
            self.key_only(action)

    def _rows(self, area: pygame.Rect, first: int, rows: list[list[UserAction]]) -> None:
        """Rows of buttons of one height, from a y downwards."""
        high, gap = max(self.context.display.scale.px(36), 26), self.context.display.scale.px(6)
        y = first
        for row in rows:
            wide = (area.width - (len(row) - 1) * gap) // len(row)
            for index, action in enumerate(row):
                self.button(action, pygame.Rect(area.left + index * (wide + gap), y, wide, high))
            y += high + gap

    def _scout_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        self._rows(area, area.top, [[self._orientation(*one) for one in ORIENTATION_KEYS]])
        take = UserAction(
            words="Take the scout",
            key=KeyBinding(code=pygame.K_SPACE, cap="Space"),
            do=lambda: self.context.send(self._command()),
            why_not=self._locked,
            kind=ButtonKind.BEAM,
            hint="The table moves the whole patient through the beam once; no level is named in the picture",
            while_busy=WhileBusy.DROPPED,
            asks=self._asks,
        )
        self.button(take, pygame.Rect(area.left, area.bottom - px(56), area.width, px(50)))

    def _orientation(self, orientation: ScoutOrientation, code: int, cap: str) -> UserAction:
        def do() -> None:
            counting, scouts = self.context.perceived.counting, self.context.perceived.scouts
            counting.orientation = orientation
            same = [number for number, one in scouts.items() if one.entry.orientation is orientation]
            counting.shown = same[-1] if same else counting.shown

        return UserAction(
            words=SIDES[orientation],
            key=KeyBinding(code=code, cap=cap),
            do=do,
            chosen=lambda: self.context.perceived.counting.orientation is orientation,
            hint="From which side the next scout is taken; shows the last one of this side",
        )

    def _range_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        rows = [
            [self._tool(ScoutTool.RANGE, "Drag a range", pygame.K_r, "R", "Drag over the heights of the next scan")],
            [
                self._edge(True, "Upper edge", pygame.K_t, "T"),
                self._edge(False, "Lower edge", pygame.K_b, "B"),
            ],
            [self._clear(), self._use()],
        ]
        self._rows(area, area.top + px(26), rows)

    def _tool(self, tool: ScoutTool, words: str, code: int, cap: str, hint: str) -> UserAction:
        def do() -> None:
            self.context.perceived.counting.tool = tool

        return UserAction(
            words=words,
            key=KeyBinding(code=code, cap=cap),
            do=do,
            chosen=lambda: self.context.perceived.counting.tool is tool,
            hint=hint,
        )

    def _edge(self, upper: bool, words: str, code: int, cap: str) -> UserAction:
        def do() -> None:
            counting = self.context.perceived.counting
            if counting.cursor_mm is not None:
                counting.set_edge(upper, counting.cursor_mm, self.context.perceived.view.console.scan_reach_mm)

        hint = "The range ends at the dashed line, which the arrows move"
        return UserAction(words=words, key=KeyBinding(code=code, cap=cap), do=do, why_not=self._no_picture, hint=hint)

    def _clear(self) -> UserAction:
        return UserAction(
            words="Clear",
            key=KeyBinding(code=pygame.K_DELETE, cap="Del"),
            do=self.context.perceived.counting.clear_range,
            why_not=lambda: None if any(self.context.perceived.counting.edges_mm) else "No range has been drawn",
            hint="The next planning scan goes by levels again",
        )

    def _use(self) -> UserAction:
        return UserAction(
            words="Scans",
            key=KeyBinding(code=pygame.K_F2, cap="F2"),
            do=lambda: self.context.doors.show(ScreenName.READING),
            kind=ButtonKind.PRIMARY,
            hint="The planning scan there is taken over the range that was drawn here",
        )

    def _label_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        rows = [
            [
                self._tool(ScoutTool.LABEL, "Label levels", pygame.K_l, "L", "A click names the vertebra under it"),
            ],
            [
                self._name(-1, "−", pygame.K_COMMA, ","),
                self._name(1, "+", pygame.K_PERIOD, "."),
            ],
            [self._set_label(), self._unlabel()],
        ]
        self._rows(area, area.top + px(26), rows)

    def _name(self, by: int, words: str, code: int, cap: str) -> UserAction:
        return UserAction(
            words=words,
            key=KeyBinding(code=code, cap=cap),
            do=lambda: self.context.perceived.counting.step_name(by),
            kind=ButtonKind.CENTRED,
            hint="The next label a level further to the head"
            if by < 0
            else "The next label a level further to the feet",
        )

    def _set_label(self) -> UserAction:
        def do() -> None:
            counting = self.context.perceived.counting
            if counting.cursor_mm is not None:
                self._label(counting.cursor_mm)

        return UserAction(
            words="Label",
            key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
            do=do,
            why_not=self._no_picture,
            hint="Names the vertebra at the dashed line, which the arrows move",
        )

    def _unlabel(self) -> UserAction:
        return UserAction(
            words="Undo",
            key=KeyBinding(code=pygame.K_BACKSPACE, cap="⌫"),
            do=self.context.perceived.counting.unlabel,
            why_not=lambda: None if self.context.perceived.counting.order else "No level has been labelled",
            hint="Takes the last label away",
        )

    def _silent_actions(self) -> list[UserAction]:
        moves = []
        for code, cap, towards in ((pygame.K_UP, "↑", 1), (pygame.K_DOWN, "↓", -1)):
            for shift, step in ((False, CURSOR_STEPS_MM[0]), (True, CURSOR_STEPS_MM[1])):
                key = KeyBinding(code=code, cap=f"Shift {cap}" if shift else cap, shift=shift)
                words = f"Move the line {step:g} mm"
                moves.append(UserAction(words=words, key=key, do=self._moves(towards * step), why_not=self._no_picture))
        return [
            *moves,
            self.goes_to(ScreenName.GUIDANCE, "Guidance", pygame.K_F3, "F3"),
            self.goes_to(ScreenName.INJECTION, "Injection", pygame.K_F4, "F4"),
            self.goes_to(ScreenName.BRIEFING, "Briefing", pygame.K_F9, "F9"),
        ]

    # What is done.

    def _command(self) -> c.AcquireScout:
        orientation = self.context.perceived.counting.orientation
        return c.AcquireScout(orientation=orientation, tube_voltage_kv=TUBE_VOLTAGE_KV, tube_current_ma=TUBE_CURRENT_MA)

    def _dlp_mgy_cm(self) -> float:
        console = self.context.perceived.view.console
        protocol = console.dose_per_load.scout
        if protocol is None:
            return 0.0
        mas = ScoutTechnique(tube_voltage_kv=TUBE_VOLTAGE_KV, tube_current_ma=TUBE_CURRENT_MA).mas
        low, high = console.scan_reach_mm
        return protocol.estimate(TUBE_VOLTAGE_KV, mas, high - low).dlp_mgy_cm

    def _locked(self) -> str | None:
        if self.context.perceived.view.needle is not None:
            return "A needle stands on the patient: withdraw it first"
        return self._controls.console.locked()

    def _asks(self) -> str | None:
        taken = [
            one
            for one in self.context.perceived.view.console.scouts
            if one.orientation is self.context.perceived.counting.orientation
        ]
        if not taken:
            return None
        at, more = self.context.perceived.clock(taken[-1].at_ms), self._dlp_mgy_cm()
        return f"A scout from this side was taken at {at}. Another one costs {more:.1f} mGy·cm more. Take it?"

    def _no_picture(self) -> str | None:
        return (
            None
            if self.context.perceived.scouts or self.context.perceived.volumes
            else "Take a scout, or open a scan first"
        )

    def _moves(self, by_mm: float) -> Callable[[], None]:
        def do() -> None:
            counting = self.context.perceived.counting
            if counting.cursor_mm is not None:
                counting.cursor_mm += by_mm

        return do

    def _label(self, table_mm: float) -> None:
        counting = self.context.perceived.counting
        counting.label(table_mm)
        wrong = counting.disorder()
        if wrong is not None:
            self.context.notices.say(f"Two labels cannot both be right: {wrong}")

    # Drawing and mouse.

    def draw(self, target: pygame.Surface) -> None:
        """Draw everything but the buttons."""
        display = self.context.display
        context, px, counting = self.context, display.scale.px, self.context.perceived.counting
        top_bar.draw(context, target)
        scout_planes.draw(context, target, self._areas)
        account = context.perceived.view.console.dose_phase
        booked = account if account is DosePhase.PLANNING else DosePhase.GUIDANCE
        draw_panel(display, target, self._panels[0], "Scout", f"booked as {booked}")
        inner = self.inner(self._panels[0])
        y = inner.top + px(62)
        for name, value in (
            ("Tube", f"{TUBE_VOLTAGE_KV} kV · {TUBE_CURRENT_MA:g} mA"),
            ("It will cost", f"{self._dlp_mgy_cm():.2f} mGy·cm"),
        ):
            display.type.draw(target, name, (inner.left, y), size=14, colour=theme.MID)
            display.type.draw(target, value, (inner.right, y), size=14, align="right", figures=True)
            y += px(26)
        draw_panel(display, target, self._panels[1], "Planning scan", "as you draw it")
        drawn = counting.range_mm
        self._value(target, 1, "Range", "none" if drawn is None else f"{drawn[0]:.0f} – {drawn[1]:.0f} mm")
        draw_panel(display, target, self._panels[2], "Levels", "your count")
        self._value(target, 2, "Next label", counting.name)
        self._labels(target)

    def _value(self, target: pygame.Surface, panel: int, name: str, value: str) -> None:
        inner, write = self.inner(self._panels[panel]), self.context.display.type.draw
        y = inner.top + self.context.display.scale.px(8)
        write(target, name, (inner.left, y), size=14, colour=theme.MID)
        write(target, value, (inner.right, y), size=15, weight="SemiBold", align="right", figures=True)

    def _labels(self, target: pygame.Surface) -> None:
        """What was counted, in columns from the head down."""
        context, px = self.context, self.context.display.scale.px
        inner = self.inner(self._panels[2])
        top = inner.top + px(26) + 3 * (max(px(36), 26) + px(6)) + px(10)
        step = max(px(22), 17)
        fit = max((inner.bottom - top) // step, 1)
        for index, name in enumerate(sorted(context.perceived.counting.labels)[: 3 * fit]):
            column, row = divmod(index, fit)
            at = (inner.left + column * inner.width // 3, top + row * step)
            words = f"{name} {context.perceived.counting.labels[name]:.0f}"
            context.display.type.draw(target, words, at, size=13, figures=True)

    def _at(self, at: tuple[int, int]) -> float | None:
        """Table position under a point of one of the pictures."""
        for picture, middle in scout_planes.pictures(self.context, self._areas):
            if picture is not None and picture.area.collidepoint(at):
                return scout_planes.table_mm_at(picture, middle, at[1])
        return None

    def take(self, event: pygame.event.Event) -> None:
        """Mouse on the pictures."""
        if event.type == pygame.MOUSEWHEEL:
            self._wheel(event)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button in (1, 3):
            at = self._at(event.pos)
            if at is not None:
                self._pressed, self._last = (event.button, at), event.pos
        elif event.type == pygame.MOUSEMOTION and self._pressed is not None:
            self._drag(self._pressed, event.pos)
        elif event.type == pygame.MOUSEBUTTONUP and self._pressed is not None:
            self._lift(self._pressed, event.pos)
            self._pressed = None

    def _wheel(self, event: pygame.event.Event) -> None:
        counting = self.context.perceived.counting
        if self._at(pygame.mouse.get_pos()) is None or counting.middle_mm is None:
            return
        if pygame.key.get_mods() & (pygame.KMOD_CTRL | pygame.KMOD_META):
            for viewport in counting.viewports:
                viewport.zoom(0.9**event.y)
        else:
            counting.middle_mm += 10.0 * event.y

    def _drag(self, pressed: tuple[int, float], to: tuple[int, int]) -> None:
        button, start = pressed
        across, down = to[0] - self._last[0], to[1] - self._last[1]
        self._last = to
        if button == 3:
            shown = scout_planes.shown_scout(self.context.perceived)
            if shown is not None:
                counting = self.context.perceived.counting
                counting.window = drag_window(counting.window or shown.window, across, down)
        elif self.context.perceived.counting.tool is ScoutTool.RANGE:
            at = self._at(to)
            if at is not None:
                self.context.perceived.counting.draw_range(start, at, self.context.perceived.view.console.scan_reach_mm)

    def _lift(self, pressed: tuple[int, float], at: tuple[int, int]) -> None:
        button, start = pressed
        counting = self.context.perceived.counting
        if button != 1:
            return
        if counting.tool is ScoutTool.LABEL:
            counting.cursor_mm = start
            self._label(start)
            return
        drawn = counting.range_mm
        if drawn is None or drawn[1] - drawn[0] < SHORTEST_RANGE_MM:
            counting.clear_range()
            self.context.notices.say(
                f"Drag over the heights of the scan: that was shorter than {SHORTEST_RANGE_MM:g} mm"
            )
