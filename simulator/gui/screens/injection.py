"""Injection: blood with contrast, slowly, until the patient speaks; a picture before and one now."""

from __future__ import annotations

from dataclasses import replace

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.symbols import trefoil
from simulator.gui.drawing.window_level import DIFFERENCE_WINDOW, WindowLevel
from simulator.gui.images.fluoroscopy_image import FluoroscopyImage, difference
from simulator.gui.input.controls import Controls
from simulator.gui.input.direction import Direction
from simulator.gui.input.order_questions import before_drawing
from simulator.gui.input.syringe_plunger import RATES_ML_PER_S, SyringePlunger
from simulator.gui.input.tile_tools import GESTURES, window_keys
from simulator.gui.input.user_action import ButtonKind, KeyBinding, StepMark, UserAction, WhileBusy
from simulator.gui.panels import dose, fluoroscopy_tiles, patient, plunger, syringes, top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen
from simulator.interface import commands as c
from simulator.interface.console import Acquired

BLOOD_ML, CONTRAST_ML, TEST_ML = 20.0, 1.0, 0.5
SLICES = ("superior", "middle", "inferior")
SAME_PLACE_MM = 0.5  # table positions that agree so well are subtracted without a word


class InjectionScreen(Screen):
    """A pair of pictures and the plunger's trace at the left, syringes and patient at the right."""

    title = "Injection"
    gestures = GESTURES

    def __init__(self, context: AppContext, controls: Controls) -> None:
        super().__init__(context)
        self._controls = controls
        self._plunger = SyringePlunger(context)
        self._slice = 1
        self._difference = False

    def lay_out(self) -> None:
        """Place panels, then buttons in them."""
        px = self.context.display.scale.px
        width = self.context.display.size[0]
        edge, gap, top, bottom = self.margins()
        right_width = round(width * 0.33)
        right = pygame.Rect(width - edge - right_width, top, right_width, bottom - top)
        left = pygame.Rect(edge, top, right.left - gap - edge, bottom - top)
        plot_height = max(px(300), 210)
        tile_width = (left.width - gap) // 2
        self._tiles = [
            pygame.Rect(left.left + k * (tile_width + gap), left.top, tile_width, left.height - plot_height - gap)
            for k in range(2)
        ]
        self._plot = pygame.Rect(left.left, self._tiles[0].bottom + gap, left.width, plot_height)
        heights = [max(px(120), 96), px(206), px(308), 0]
        heights[3] = right.height - sum(heights) - 3 * gap
        self._right = []
        y = right.top
        for value in heights:
            self._right.append(pygame.Rect(right.left, y, right.width, value))
            y += value + gap
        self._inject_buttons(self.inner(self._right[2]))
        self._picture_buttons()
        self._patient_buttons(self.inner(self._right[3]))
        self.key_only(self.goes_to(ScreenName.READING, "Scans", pygame.K_F2, "F2"))
        self.key_only(self.goes_to(ScreenName.BRIEFING, "Briefing", pygame.K_F9, "F9"))
        for towards in (Direction.HEAD, Direction.FEET):
            self.key_only(self._controls.room.move_table(towards))
        for action in (
            self._controls.tiles.length_tool(),
            self._controls.tiles.fit(),
            *window_keys(self._window, self._put_window),
        ):
            self.key_only(action)
        self._controls.tiles.forget_tiles()

    def _picture_buttons(self) -> None:
        """Along the upper edge of the plot: which slice, which press, and the difference."""
        px = self.context.display.scale.px
        high, gap = max(px(28), 24), px(6)
        older, newer = self._controls.tiles.turning()
        actions = [self._slice_action(index) for index in range(3)] + [older, newer, self._difference_action()]
        widths = [max(px(88), 74)] * 3 + [max(px(144), 116)] * 3
        x = self._plot.left + px(12)
        for action, wide in zip(actions, widths, strict=True):
            self.button(action, pygame.Rect(x, self._plot.top + px(8), wide, high))
            x += wide + gap
        for index in range(4):
            self.key_only(self._controls.console.choose_window(index, self._window, self._put_window))

    def _window(self) -> WindowLevel:
        return self.context.display.press_window

    def _put_window(self, window: WindowLevel) -> None:
        self.context.display.press_window = window

    def _difference_action(self) -> UserAction:
        def do() -> None:
            self._difference = not self._difference

        return UserAction(
            words="Difference",
            key=KeyBinding(code=pygame.K_d, cap="D"),
            do=do,
            chosen=lambda: self._difference,
            why_not=lambda: None if self._pair()[0] is not None else "There is no press before this one",
            hint="At the right what the later press has gained; mid-grey is nothing",
        )

    def _slice_action(self, index: int) -> UserAction:
        def do() -> None:
            self._slice = index

        return UserAction(
            words=SLICES[index].capitalize(),
            do=do,
            chosen=lambda: self._slice == index,
            kind=ButtonKind.CENTRED,
            hint="Which of the three slices both pictures show",
        )

    def _inject_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        gap = px(8)
        prepare, big = max(px(34), 26), max(px(64), 44)
        third = (area.width - 2 * gap) // 3
        for index, action in enumerate((self._draw_blood(), self._mix(), self._test())):
            self.button(action, pygame.Rect(area.left + index * (third + gap), area.top, third, prepare))
        y = area.top + prepare + gap
        hold = round((area.width - gap) * 0.4)
        self.button(
            UserAction(
                words="Hold to inject",
                key=KeyBinding(code=pygame.K_i, cap="I"),
                do=self._plunger.press,
                release=self._plunger.release,
                why_not=self._no_blood,
                kind=ButtonKind.HOLD,
                mark=StepMark.INJECT,
                hint="Releasing the key or the button stops too",
            ),
            pygame.Rect(area.left, y, hold, big),
        )
        self.button(
            UserAction(
                words="STOP",
                key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
                do=self._stop,
                kind=ButtonKind.STOP,
                mark=StepMark.STOP,
                hint="Ends the injection and takes the syringe off",
            ),
            pygame.Rect(area.left + hold + gap, y, area.width - hold - gap, big),
        )
        y += big + gap
        caption = px(78)
        self._rate_at = (area.left, y + prepare / 2)
        wide = (area.width - caption - 2 * gap) // 3
        actions = [self._rate(index) for index in range(len(RATES_ML_PER_S))]
        for index, action in enumerate(actions):
            self.button(action, pygame.Rect(area.left + caption + index * (wide + gap), y, wide, prepare))
        y += prepare + gap
        half = (area.width - gap) // 2
        self.button(self._controls.needle.aspirate(), pygame.Rect(area.left, y, half, prepare))
        footswitch = self._controls.footswitch.action("Pedal")
        self.button(footswitch, pygame.Rect(area.left + half + gap, y, half, prepare))
        y += prepare + gap
        self.button(self._controls.needle.stylet(), pygame.Rect(area.left, y, half, prepare))
        back = self.goes_to(ScreenName.GUIDANCE, "Back to the needle", pygame.K_F3, "F3")
        self.button(back, pygame.Rect(area.left + half + gap, y, half, prepare))

    def _draw_blood(self) -> UserAction:
        return UserAction(
            words=f"Draw {BLOOD_ML:g} mL",
            key=KeyBinding(code=pygame.K_b, cap="B"),
            do=lambda: self.context.send(c.DrawBlood(volume_ml=BLOOD_ML)),
            hint="From the arm cannula; from now on it clots",
            while_busy=WhileBusy.KEPT,
            asks=lambda: before_drawing(self.context.perceived.view),
            mark=StepMark.DRAW,
        )

    def _mix(self) -> UserAction:
        return UserAction(
            words=f"Mix {CONTRAST_ML:g} mL",
            key=KeyBinding(code=pygame.K_m, cap="M"),
            do=lambda: self.context.send(c.MixContrast(volume_ml=CONTRAST_ML)),
            why_not=lambda: (
                None if self.context.perceived.view.injection.syringe_ml > 0 else "There is no blood in the syringe"
            ),
            hint="Contrast into the blood, 250 mg iodine per mL",
            while_busy=WhileBusy.KEPT,
            mark=StepMark.MIX,
        )

    def _test(self) -> UserAction:
        return UserAction(
            words=f"Test {TEST_ML:g} mL",
            key=KeyBinding(code=pygame.K_c, cap="C"),
            do=lambda: self.context.send(c.InjectContrast(volume_ml=TEST_ML)),
            why_not=self._controls.needle.hub_closed,
            hint="Contrast alone, then press and look where it went",
            while_busy=WhileBusy.DROPPED,
            mark=StepMark.TEST,
        )

    def _no_blood(self) -> str | None:
        if self.context.perceived.view.injection.syringe_ml <= 0:
            return "Draw blood first"
        return self._controls.needle.hub_closed()

    def _stop(self) -> None:
        self._plunger.down = False
        self.context.send(c.StopInjection())

    def _rate(self, index: int) -> UserAction:
        rate = RATES_ML_PER_S[index]

        def do() -> None:
            self._plunger.rate_ml_per_s = rate

        return UserAction(
            words=f"{rate:g}",
            key=KeyBinding(code=pygame.K_F5 + index, cap=f"F{5 + index}"),
            do=do,
            chosen=lambda: self._plunger.rate_ml_per_s == rate,
            hint=f"{rate:g} mL/s",
        )

    def _patient_buttons(self, area: pygame.Rect) -> None:
        px = self.context.display.scale.px
        high, gap = max(px(34), 26), px(6)
        third = (area.width - 2 * gap) // 3
        y = area.bottom - high
        self._said = pygame.Rect(area.left, area.top, area.width, area.height - high - gap)
        for index, action in enumerate((self._controls.room.ask(), self._controls.room.wait(), self._to_control())):
            self.button(action, pygame.Rect(area.left + index * (third + gap), y, third, high))

    def _to_control(self) -> UserAction:
        return UserAction(
            words="Control scan",
            do=lambda: self.context.doors.show(ScreenName.READING),
            why_not=lambda: (
                None if self.context.perceived.view.injection.injected_blood_ml > 0 else "No blood has been injected"
            ),
            hint="Goes to the scans: needle out, control scan, aftercare",
        )

    def draw(self, target: pygame.Surface) -> None:
        """Draw everything but the buttons."""
        context, display = self.context, self.context.display
        top_bar.draw(context, target)
        self._draw_pair(target)
        lit = self._controls.footswitch.lit
        plunger.draw(context, target, draw_panel(display, target, self._plot, " "))
        self._given(target)
        syringes.draw(context, target, draw_panel(display, target, self._right[1], "Syringes", self._felt()))
        cost = f"next press {dose.press_dlp(context.perceived):.2f} mGy·cm"
        needle = context.perceived.view.needle
        stylet = "" if needle is None else ("stylet in" if needle.stylet_in else "stylet out")
        draw_panel(display, target, self._right[2], f"Inject   {stylet}", "BEAM ON" if lit else cost)
        display.type.draw(target, "Rate mL/s", self._rate_at, size=13, colour=theme.MID)
        draw_panel(display, target, self._right[3], "Patient")
        if patient.just_spoke(context.perceived):
            for area in (self._right[2], self._right[3]):
                pygame.draw.rect(target, theme.WARN, area, 4, border_radius=display.scale.px(6))
        patient.draw(context, target, self._said)
        if lit:
            x, y = self._right[2].right - display.scale.px(110), self._right[2].top + display.scale.px(20)
            trefoil(target, (x, y), display.scale.px(10), theme.BEAM)

    def _felt(self) -> str:
        """What the thumb feels while it presses; else what last showed at the hub."""
        history = self.context.perceived.history
        if self._plunger.down and history.given.plunger:
            return f"thumb on the plunger: {history.given.plunger[-1][1]}"
        return history.needle.hub or "thumb on the plunger: at rest"

    def _pair(self) -> tuple[Acquired | None, FluoroscopyImage | None]:
        """The press that is shown, and before it the last one with less in the patient; failing that the one before."""
        history, now = self.context.perceived.history, self._controls.tiles.press
        if now is None:
            return None, None
        earlier = [one for one in history.presses if one.number < now.entry.number]
        before = history.press_before(now.entry.number) or (earlier[-1] if earlier else None)
        return before, now

    def _draw_pair(self, target: pygame.Surface) -> None:
        context, tools = self.context, self._controls.tiles
        entry, now = self._pair()
        before = None if entry is None else context.perceived.press(entry.number)
        left = fluoroscopy_tiles.Tile(
            area=self._tiles[0],
            index=self._slice,
            name="BEFORE",
            title_note=self._words(entry),
            technique=True,
            waits=entry is not None,
        )
        picture = fluoroscopy_tiles.draw_tile(context, target, before, left)
        if picture is not None:
            tools.shows(0, picture, self._slice)
        older = tools.looks_back
        gained = self._difference and before is not None and now is not None
        shown = self._gained(now, before) if gained and now is not None and before is not None else now
        right = fluoroscopy_tiles.Tile(
            area=self._tiles[1],
            index=self._slice,
            name="GAIN" if gained else "NOW",
            note=self._note(now, before, gained=gained, older=older),
            beam_on=self._controls.footswitch.lit,
            bar=True,
            title_note=self._words(None if now is None else now.entry) if older or gained else "",
            older=older,
            window=DIFFERENCE_WINDOW if gained else None,
        )
        picture = fluoroscopy_tiles.draw_tile(context, target, shown, right)
        if picture is not None:
            tools.shows(1, picture, self._slice)
            fluoroscopy_tiles.draw_length(context.display, target, picture, tools, self._slice)

    def _gained(self, now: FluoroscopyImage, before: FluoroscopyImage) -> FluoroscopyImage:
        """The difference as a picture; drawn anew only where the pair changes."""
        key = (now.entry.number, before.entry.number)
        if self._subtracted is None or self._subtracted[0] != key:
            slices = [difference(now, before, index) for index in range(len(now.slices))]
            self._subtracted = (key, replace(now, slices=slices))
        return self._subtracted[1]

    _subtracted: tuple[tuple[int, int], FluoroscopyImage] | None = None

    def _words(self, entry: Acquired | None) -> str:
        """Which press it is, and what was in the patient by then."""
        if entry is None:
            return ""
        history = self.context.perceived.history
        ordinal = [one.number for one in history.presses].index(entry.number) + 1
        given = history.given.at_press_ml.get(entry.number, 0.0)
        return f"press {ordinal} of {len(history.presses)}, {f'after {given:.1f} mL' if given else 'nothing given'}"

    def _note(self, now: FluoroscopyImage | None, before: FluoroscopyImage | None, *, gained: bool, older: bool) -> str:
        if gained and now is not None and before is not None:
            tables = [one.entry.slice_centres_table_mm[self._slice] for one in (now, before)]
            return "other table positions" if abs(tables[0] - tables[1]) > SAME_PLACE_MM else ""
        return "" if older or now is None else self.context.perceived.history.since_press.changed

    def _given(self, target: pygame.Surface) -> None:
        context, display = self.context, self.context.display
        view, injection = context.perceived.view, context.perceived.view.injection
        px, write = display.scale.px, display.type.draw
        drawn = injection.syringe_ml + injection.injected_blood_ml
        fraction = injection.syringe_contrast_ml / injection.syringe_ml if injection.syringe_ml > 0 else 0.0
        note = f"contrast {100 * fraction:.0f} % of the mixture" if injection.syringe_ml > 0 else "no blood drawn"
        area = self._right[0]
        inside = draw_panel(display, target, area, "Given so far", note)
        y = inside.top + (inside.height - px(10)) / 2
        end = write(
            target,
            f"{injection.injected_blood_ml:.1f}",
            (inside.left, y),
            size=46,
            weight="SemiBold",
            figures=True,
        ).right
        write(target, "mL", (end + px(8), y + px(10)), size=18, colour=theme.MID)
        first = context.perceived.history.given.first_blood_ms
        since = "–" if first is None else f"{(view.elapsed_ms - first) // 1000} s"
        for index, (name, value) in enumerate(
            (
                ("Rate, set", f"{self._plunger.rate_ml_per_s:g} mL/s"),
                ("Since first mL", since),
                ("Left in syringe", f"{injection.syringe_ml:.1f} mL"),
            )
        ):
            line = inside.top + px(6) + px(22) * index
            write(target, name, (inside.centerx + px(10), line), size=13, colour=theme.MID)
            write(target, value, (inside.right, line), size=14, align="right", weight="Medium", figures=True)
        bar = pygame.Rect(inside.left, area.bottom - px(14), inside.width, px(6))
        pygame.draw.rect(target, theme.RAISED, bar)
        if drawn > 0:
            pygame.draw.rect(
                target,
                theme.ACT,
                (bar.left, bar.top, round(bar.width * injection.injected_blood_ml / drawn), bar.height),
            )

    def take(self, event: pygame.event.Event) -> None:
        """Wheel and drags on both pictures."""
        self._controls.tiles.take(event)

    def tick(self) -> bool:
        """Keep pedal and plunger going."""
        moving = self._plunger.tick()
        return self._controls.footswitch.tick() or moving
