"""Injection: blood with contrast, slowly, until the patient speaks; a picture before and one now."""

from __future__ import annotations

import pygame

from simulator.gui.app_context import AppContext, ScreenName
from simulator.gui.drawing import theme
from simulator.gui.drawing.symbols import trefoil
from simulator.gui.drawing.window_level import WindowLevel
from simulator.gui.input.controls import Controls
from simulator.gui.input.direction import Direction
from simulator.gui.input.syringe_plunger import RATES_ML_PER_S, SyringePlunger
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import dose, fluoroscopy_tiles, patient, plunger, syringes, top_bar
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen
from simulator.interface import commands as c

BLOOD_ML, CONTRAST_ML, TEST_ML = 20.0, 1.0, 0.5
SLICES = ("superior", "middle", "inferior")


class InjectionScreen(Screen):
    """A pair of pictures and the plunger's trace at the left, syringes and patient at the right."""

    title = "Injection"

    def __init__(self, context: AppContext, controls: Controls) -> None:
        super().__init__(context)
        self._controls = controls
        self._plunger = SyringePlunger(context)
        self._slice = 1

    def lay_out(self) -> None:
        """Place panels, then buttons in them."""
        px = self.context.scale.px
        width = self.context.size[0]
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
        heights = [max(px(120), 96), px(236), px(262), 0]
        heights[3] = right.height - sum(heights) - 3 * gap
        self._right = []
        y = right.top
        for value in heights:
            self._right.append(pygame.Rect(right.left, y, right.width, value))
            y += value + gap
        self._inject_buttons(self.inner(self._right[2]))
        self._picture_buttons()
        self._patient_buttons(self.inner(self._right[3]))
        self.key_only(self.goes_to(ScreenName.GUIDANCE, "Guidance", pygame.K_F3, "F3"))
        self.key_only(self.goes_to(ScreenName.READING, "Scans", pygame.K_F2, "F2"))
        for towards in (Direction.HEAD, Direction.FEET):
            self.key_only(self._controls.room.move_table(towards))
        self.key_only(self._controls.needle.stylet())

    def _picture_buttons(self) -> None:
        px = self.context.scale.px
        high = px(28)
        x = self._plot.right - px(16)
        for index in (2, 1, 0):
            wide = px(96)
            x -= wide
            self.button(self._slice_action(index), pygame.Rect(x, self._plot.top + px(8), wide, high))
            x -= px(6)

        def put(window: WindowLevel) -> None:
            self.context.press_window = window

        for index in range(4):
            self.key_only(self._controls.console.choose_window(index, lambda: self.context.press_window, put))

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
        px = self.context.scale.px
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
                hint="Releasing the key or the button stops too",
            ),
            pygame.Rect(area.left, y, hold, big),
        )
        self.button(
            UserAction(
                words="STOP", key=KeyBinding(code=pygame.K_RETURN, cap="Enter"), do=self._stop, kind=ButtonKind.STOP
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
        footswitch = self._controls.footswitch.action("Press the pedal")
        self.button(footswitch, pygame.Rect(area.left + half + gap, y, half, prepare))

    def _draw_blood(self) -> UserAction:
        return UserAction(
            words=f"Draw {BLOOD_ML:g} mL",
            key=KeyBinding(code=pygame.K_b, cap="B"),
            do=lambda: self.context.send(c.DrawBlood(volume_ml=BLOOD_ML)),
            hint="From the arm cannula; from now on it clots",
        )

    def _mix(self) -> UserAction:
        return UserAction(
            words=f"Mix {CONTRAST_ML:g} mL",
            key=KeyBinding(code=pygame.K_m, cap="M"),
            do=lambda: self.context.send(c.MixContrast(volume_ml=CONTRAST_ML)),
            why_not=lambda: None if self.context.view.injection.syringe_ml > 0 else "There is no blood in the syringe",
            hint="Contrast into the blood, 250 mg iodine per mL",
        )

    def _test(self) -> UserAction:
        return UserAction(
            words=f"Test {TEST_ML:g} mL",
            key=KeyBinding(code=pygame.K_c, cap="C"),
            do=lambda: self.context.send(c.InjectContrast(volume_ml=TEST_ML)),
            why_not=self._controls.needle.hub_closed,
            hint="Contrast alone, then press and look where it went",
        )

    def _no_blood(self) -> str | None:
        if self.context.view.injection.syringe_ml <= 0:
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
            key=KeyBinding(code=pygame.K_1 + index, cap=str(index + 1)),
            do=do,
            chosen=lambda: self._plunger.rate_ml_per_s == rate,
            hint=f"{rate:g} mL/s",
        )

    def _patient_buttons(self, area: pygame.Rect) -> None:
        px = self.context.scale.px
        high, gap = max(px(34), 26), px(6)
        third = (area.width - 2 * gap) // 3
        y = area.bottom - high
        self._words = pygame.Rect(area.left, area.top, area.width, area.height - high - gap)
        for index, action in enumerate((self._controls.room.ask(), self._controls.room.wait(), self._to_control())):
            self.button(action, pygame.Rect(area.left + index * (third + gap), y, third, high))

    def _to_control(self) -> UserAction:
        return UserAction(
            words="Control scan",
            do=lambda: self.context.show(ScreenName.READING),
            why_not=lambda: None if self.context.view.injection.injected_blood_ml > 0 else "No blood has been injected",
            hint="Goes to the scans: needle out, control scan, aftercare",
        )

    def draw(self, target: pygame.Surface) -> None:
        """Draw everything but the buttons."""
        context = self.context
        top_bar.draw(context, target)
        before = context.presses.get(context.history.before_blood) if context.history.before_blood is not None else None
        latest = context.latest_press()
        now = latest if latest is not None and latest is not before else None
        lit = self._controls.footswitch.lit
        fluoroscopy_tiles.draw_tile(
            context,
            target,
            self._tiles[0],
            before,
            self._slice,
            name="BEFORE",
            title_note="last press before blood" if before is not None else "",
            technique=True,
        )
        note = context.history.changed if now is not None else ""
        fluoroscopy_tiles.draw_tile(
            context, target, self._tiles[1], now, self._slice, name="NOW", note=note, beam_on=lit, bar=True
        )
        plunger.draw(context, target, draw_panel(context, target, self._plot, "Plunger and patient, by volume"))
        self._given(target)
        feel = context.history.plunger[-1][1] if context.history.plunger and self._plunger.down else "at rest"
        syringes.draw(
            context, target, draw_panel(context, target, self._right[1], "Syringes", f"thumb on the plunger: {feel}")
        )
        cost = f"next press {dose.press_dlp(context):.2f} mGy·cm"
        draw_panel(context, target, self._right[2], "Inject", "BEAM ON" if lit else cost)
        context.type.draw(target, "Rate mL/s", self._rate_at, size=13, colour=theme.MID)
        draw_panel(context, target, self._right[3], "Patient")
        patient.draw(context, target, self._words)
        if lit:
            x, y = self._right[2].right - context.scale.px(110), self._right[2].top + context.scale.px(20)
            trefoil(target, (x, y), context.scale.px(10), theme.BEAM)

    def _given(self, target: pygame.Surface) -> None:
        context = self.context
        view, injection = context.view, context.view.injection
        px, write = context.scale.px, context.type.draw
        drawn = injection.syringe_ml + injection.injected_blood_ml
        fraction = injection.syringe_contrast_ml / injection.syringe_ml if injection.syringe_ml > 0 else 0.0
        note = f"contrast {100 * fraction:.0f} % of the mixture" if injection.syringe_ml > 0 else "no blood drawn"
        area = self._right[0]
        inside = draw_panel(context, target, area, "Given so far", note)
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
        first = context.history.first_blood_ms
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
        """Wheel: zoom of both pictures."""
        if event.type == pygame.MOUSEWHEEL and any(t.collidepoint(pygame.mouse.get_pos()) for t in self._tiles):
            self.context.press_viewport.zoom(0.9**event.y)

    def tick(self) -> bool:
        """Keep pedal and plunger going."""
        moving = self._plunger.tick()
        return self._controls.footswitch.tick() or moving
