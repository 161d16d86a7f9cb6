"""Debrief: the score with its reasons, the truth over the image on a key, the ledger, the near misses."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pygame

from simulator.gui.app_context import AppContext, ScreenName
from simulator.gui.debrief_facts import TruthOverlay
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture, Viewport, cached
from simulator.gui.input.user_action import KeyBinding, UserAction
from simulator.gui.panels import (
    component_scores,
    critical_moments,
    debrief_verdict,
    dose_ledger,
    published_comparison,
    top_bar,
)
from simulator.gui.panels.picture_annotations import draw_markers, draw_scale
from simulator.gui.panels.truth_overlay import draw_legend, draw_truth
from simulator.gui.screens.screen import Screen


class DebriefScreen(Screen):
    """The only screen that shows what the patient really is."""

    title = "Debrief"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.truth = True
        self._viewport = Viewport(shown_mm=60.0)
        self._centred_on_tip = False

    def lay_out(self) -> None:
        """Verdict above, then image, components, and ledger."""
        px = self.context.scale.px
        width = self.context.size[0]
        edge, gap, top, bottom = self.margins()
        head = max(px(132), 112)
        self._head = pygame.Rect(edge, top, width - 2 * edge, head)
        y = self._head.bottom + gap
        first = round(width * 0.34)
        third = round(width * 0.32)
        self._image = pygame.Rect(edge, y, first, bottom - y)
        middle = pygame.Rect(self._image.right + gap, y, width - 2 * edge - first - third - 2 * gap, bottom - y)
        split = round(middle.height * 0.56)
        self._components = pygame.Rect(middle.left, y, middle.width, split)
        self._moments = pygame.Rect(middle.left, y + split + px(8), middle.width, middle.height - split - px(8))
        self._ledger = pygame.Rect(middle.right + gap, y, third, bottom - y)
        wide, high = px(130), max(px(36), 28)
        x = self._head.right - px(16) - wide
        for action in (self._leave(), self._truth_action(), self._report()):
            self.button(action, pygame.Rect(x, self._head.centery - high // 2, wide, high))
            x -= wide + px(8)
        self._head_right = x
        self._others = pygame.Rect(self._ledger)
        self._ledger.height = round(self._ledger.height * 0.6)
        self._others.top = self._ledger.bottom + gap
        self._others.height = bottom - self._others.top

    def _report(self) -> UserAction:
        return UserAction(
            words="Report",
            key=KeyBinding(code=pygame.K_o, cap="O"),
            do=self._open_report,
            why_not=lambda: None if self.context.report_path else "The report is being written",
            hint="Opens the HTML report",
        )

    def _open_report(self) -> None:
        path = Path(self.context.report_path).resolve()
        if webbrowser.open(path.as_uri()):
            self.context.say(f"The report is {path}")
        else:
            self.context.say(f"No browser could be started; the report is {path}")

    def _truth_action(self) -> UserAction:
        def do() -> None:
            self.truth = not self.truth

        return UserAction(words="Truth", key=KeyBinding(code=pygame.K_y, cap="Y"), do=do, chosen=lambda: self.truth)

    def _leave(self) -> UserAction:
        return UserAction(
            words="Menu", key=KeyBinding(code=pygame.K_F12, cap="F12"), do=lambda: self.context.show(ScreenName.MENU)
        )

    def draw(self, target: pygame.Surface) -> None:
        """Draw what is known so far."""
        context, facts = self.context, self.context.debrief
        top_bar.draw(context, target)
        if facts is None:
            words = "Scoring, and making the images that nobody looked at"
            context.type.draw(target, words, target.get_rect().center, size=16, align="centre", colour=theme.MID)
            return
        debrief_verdict.draw(context, target, self._head, facts, text_right=self._head_right)
        self._overlay(target, facts.overlay)
        component_scores.draw(context, target, self._components, facts)
        critical_moments.draw(context, target, self._moments, facts)
        dose_ledger.draw(context, target, self._ledger, facts)
        published_comparison.draw(context, target, self._others, facts)

    def _overlay(self, target: pygame.Surface, overlay: TruthOverlay | None) -> None:
        context = self.context
        area = self._image
        head = pygame.Rect(area.left, area.top, area.width, context.scale.px(32))
        pygame.draw.rect(target, theme.PANEL, head)
        place = pygame.Rect(area.left, head.bottom, area.width, area.height - head.height)
        pygame.draw.rect(target, (0, 0, 0), place)
        if overlay is None:
            context.type.draw(target, "no press to show", place.center, size=15, align="centre", colour=theme.LOW)
            return
        title = "TRUTH ON" if self.truth else "AS SEEN"
        end = context.type.draw(
            target,
            title,
            (head.left + 10, head.centery),
            size=13,
            weight="SemiBold",
            colour=theme.TRUTH if self.truth else theme.MID,
        ).right
        context.type.draw(target, f"z {overlay.z_mm:.1f} mm, {overlay.words}", (end + 14, head.centery), size=13)
        self._settle(overlay)
        picture = cached(
            Picture(
                image=overlay.image,
                spacing_mm=(overlay.pixel_mm,) * 2,
                area=place,
                window=context.press_window,
                viewport=self._viewport,
            )
        )
        picture.draw(target)
        target.set_clip(place)
        if self.truth:
            draw_truth(context, target, overlay, picture)
        draw_markers(context, target, place)
        draw_scale(context, target, place, picture.px_per_mm)
        target.set_clip(None)
        if self.truth:
            draw_legend(context, target, place)

    def _settle(self, overlay: TruthOverlay) -> None:
        """Look at the tip, once."""
        if self._centred_on_tip or overlay.tip is None:
            return
        self._centred_on_tip = True
        middle = (overlay.image.shape[0] - 1) / 2
        self._viewport.down_mm = (overlay.tip[0] - middle) * overlay.pixel_mm - 4.0
        self._viewport.across_mm = (overlay.tip[1] - middle) * overlay.pixel_mm

    def take(self, event: pygame.event.Event) -> None:
        """Wheel: zoom of the image."""
        if event.type == pygame.MOUSEWHEEL and self._image.collidepoint(pygame.mouse.get_pos()):
            self._viewport.zoom(0.9**event.y)
