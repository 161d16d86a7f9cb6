"""Debrief: the score with its reasons, the truth over the image on a key, the ledger, the near misses."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pygame

from simulator.gui.app_context import AppContext, ScreenName
from simulator.gui.debrief_facts import DebriefFacts, TruthOverlay, VerdictTone
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture, Viewport
from simulator.gui.drawing.symbols import warning_sign
from simulator.gui.drawing.typeface import Weight
from simulator.gui.input.user_action import KeyBinding, UserAction
from simulator.gui.panels import top_bar
from simulator.gui.panels.dose import along
from simulator.gui.panels.fluoroscopy_tiles import cached, draw_scale, markers
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.panels.truth_overlay import draw_legend, draw_truth
from simulator.gui.screens.screen import Screen
from simulator.interface.published_doses import GUIDANCE_MEDIAN_DLP_MGY_CM, PAPER_PLANNING_DLP_MGY_CM
from simulator.vocabulary.procedure import DosePhase
from simulator.vocabulary.scoring import MetricId

PUBLISHED = (
    MetricId.CTF_IMAGES,
    MetricId.BEAM_TIME,
    MetricId.REDIRECTIONS,
    MetricId.TIME_WITH_NEEDLE,
    MetricId.TIP_TO_TARGET,
    MetricId.ANGLE_TO_PLAN,
)
TONES = {VerdictTone.OK: theme.OK, VerdictTone.WARN: theme.WARN, VerdictTone.STOP: theme.STOP}


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
        self._middle = pygame.Rect(self._image.right + gap, y, width - 2 * edge - first - third - 2 * gap, bottom - y)
        self._ledger = pygame.Rect(self._middle.right + gap, y, third, bottom - y)
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
        self._verdict(target, facts)
        self._overlay(target, facts.overlay)
        self._components(target, facts)
        self._doses(target, facts)
        self._beside(target, facts)

    def _verdict(self, target: pygame.Surface, facts: DebriefFacts) -> None:
        context = self.context
        px, write = context.scale.px, context.type.draw
        area = self._head
        pygame.draw.rect(target, theme.PANEL, area, border_radius=px(6))
        end = write(target, f"{facts.score:.0f}", (area.left + px(22), area.centery), size=58, weight="SemiBold").right
        write(target, "of 100", (end + px(8), area.centery - px(8)), size=14, weight="Medium")
        x = end + px(84)
        pygame.draw.line(target, theme.LINE, (x - px(14), area.top + 12), (x - px(14), area.bottom - 12))
        colour = TONES[facts.verdict.tone]
        y = area.top + px(26)
        _sign(target, facts.verdict.tone, (x + px(8), y), px(18), colour)
        width = self._head_right - x - px(20)
        for line in context.type.wrapped(facts.verdict.headline, 18, width - px(24), "SemiBold")[:1]:
            write(target, line, (x + px(26), y), size=18, weight="SemiBold")
        text = " ".join(([facts.verdict.cap] if facts.verdict.cap else []) + list(facts.verdict.sentences))
        box = pygame.Rect(x + px(26), area.top + px(42), width - px(24), area.height)
        context.type.paragraph(target, text, box, size=13, colour=theme.MID, most=4)

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
        markers(context, target, place)
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

    def _components(self, target: pygame.Surface, facts: DebriefFacts) -> None:
        context = self.context
        px, write = context.scale.px, context.type.draw
        area = self._middle
        split = round(area.height * 0.56)
        upper = pygame.Rect(area.left, area.top, area.width, split)
        lower = pygame.Rect(area.left, area.top + split + px(8), area.width, area.height - split - px(8))
        inside = draw_panel(context, target, upper, "Score by component", "points of weight")
        step = (inside.height - px(40)) / max(len(facts.components), 1)
        for index, part in enumerate(facts.components):
            y = inside.top + step * index + px(10)
            write(target, part.name, (inside.left, y), size=14, weight="SemiBold")
            write(target, f"of {part.most:.0f}", (inside.right, y), size=12, align="right", colour=theme.LOW)
            write(
                target,
                f"{part.points:.1f}",
                (inside.right - px(46), y),
                size=16,
                weight="SemiBold",
                align="right",
                figures=True,
            )
            whole = round((inside.width - px(210)) * part.bar_percent / 100.0)
            bar = pygame.Rect(inside.left + px(100), y - px(5), whole, px(10))
            pygame.draw.rect(target, theme.RAISED, bar)
            pygame.draw.rect(target, theme.ACT, (bar.left, bar.top, round(whole * part.fraction), bar.height))
            for line in context.type.wrapped(part.note, 12, inside.width)[: 1 if context.scale.compact else 2]:
                y += px(18)
                write(target, line, (inside.left, y), size=12, colour=theme.LOW)
        words = "Bar length is the weight. Weights are ours and unvalidated; anchors are published and in the report."
        context.type.paragraph(
            target,
            words,
            pygame.Rect(inside.left, inside.bottom - px(34), inside.width, px(40)),
            size=12,
            colour=theme.LOW,
        )
        self._misses(target, lower, facts)

    def _misses(self, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts) -> None:
        context = self.context
        px, write = context.scale.px, context.type.draw
        inside = draw_panel(context, target, area, "Near misses", f"{len(facts.moments)}" if facts.moments else "none")
        y = inside.top + px(8)
        for miss in facts.moments:
            if y > inside.bottom - px(24):
                break
            if miss.warns:
                warning_sign(target, (inside.left + 8, y), px(15))
            write(target, context.clock(miss.at_ms), (inside.left + px(26), y), size=13, colour=theme.MID, figures=True)
            context.type.draw(target, miss.words, (inside.left + max(px(100), 92), y), size=14, weight="Medium")
            for line in context.type.wrapped(miss.because, 12, inside.width - max(px(100), 92))[:2]:
                y += px(18)
                write(target, line, (inside.left + max(px(100), 92), y), size=12, colour=theme.LOW)
            y += px(28)

    def _beside(self, target: pygame.Surface, facts: DebriefFacts) -> None:
        """Metrics that have a published value, with it."""
        context = self.context
        px, write = context.scale.px, context.type.draw
        inside = draw_panel(context, target, self._others, "Beside published values", "sources in the report")
        step = max(px(38), 34)
        known = {row.metric: row for row in facts.metrics}
        y = inside.top + step / 4
        for metric_id in PUBLISHED:
            row = known.get(metric_id)
            if row is None or y > inside.bottom - step / 2:
                continue
            write(target, row.name[0].upper() + row.name[1:], (inside.left, y), size=13, colour=theme.MID)
            write(
                target, f"{row.value} {row.unit}".strip(), (inside.right, y), size=14, weight="SemiBold", align="right"
            )
            write(target, row.reference.partition(";")[0], (inside.left, y + step * 0.45), size=12, colour=theme.LOW)
            y += step

    def _doses(self, target: pygame.Surface, facts: DebriefFacts) -> None:
        context = self.context
        px, write = context.scale.px, context.type.draw
        note = f"{facts.ctdi_phantom_cm} cm phantom, k {facts.k_msv_per_mgy_cm:g}"
        inside = draw_panel(context, target, self._ledger, "Dose ledger", note)
        columns = (0.0, 0.15, 0.55, 0.71, 0.86, 1.0)
        heads = ("Time", "Scan", "mAs", "CTDIvol", "DLP", "mSv")

        def row(y: float, cells: tuple[str, ...], colour: theme.Colour, weight: Weight = "Regular") -> None:
            for index, cell in enumerate(cells):
                x = inside.left + columns[index] * inside.width
                write(
                    target,
                    cell,
                    (x, y),
                    size=13,
                    align="left" if index < 2 else "right",
                    colour=colour,
                    weight=weight,
                    figures=index != 1,
                )

        y = inside.top + px(8)
        row(y, heads, theme.LOW)
        room_for = max(int((inside.height - px(150)) / px(24)), 2)
        rows = facts.dose_rows if len(facts.dose_rows) <= room_for else facts.dose_rows[: room_for - 1]
        for entry in rows:
            y += px(24)
            words = entry.words if entry.counts_toward_dose else f"{entry.words.partition(',')[0]} (given)"
            cells = (
                context.clock(entry.at_ms)[:5],
                words,
                f"{entry.mas:g}",
                f"{entry.ctdi_vol_mgy:.2f}",
                f"{entry.dlp_mgy_cm:.2f}",
                f"{entry.effective_dose_msv:.3f}",
            )
            row(y, cells, theme.INK if entry.counts_toward_dose else theme.LOW)
        if len(rows) < len(facts.dose_rows):
            y += px(24)
            row(y, ("", f"and {len(facts.dose_rows) - len(rows)} more, in the report"), theme.LOW)
        y += px(28)
        pygame.draw.line(target, theme.LINE, (inside.left, y - px(14)), (inside.right, y - px(14)))
        total = sum(facts.dlp_by_phase.values())
        row(y, ("", "All phases", "", "", f"{total:.1f}", f"{facts.effective_dose_msv:.2f}"), theme.INK, "SemiBold")
        y += px(34)
        for name, mark in (
            (DosePhase.PLANNING, PAPER_PLANNING_DLP_MGY_CM),
            (DosePhase.GUIDANCE, GUIDANCE_MEDIAN_DLP_MGY_CM),
        ):
            if y > inside.bottom - px(20):
                break
            value = facts.dlp_by_phase.get(name, 0.0)
            write(target, name.capitalize(), (inside.left, y), size=13, colour=theme.MID)
            write(target, f"{value:.1f}", (inside.right, y), size=15, weight="SemiBold", align="right", figures=True)
            bar = pygame.Rect(inside.left + px(100), y - px(5), inside.width - px(170), px(10))
            pygame.draw.rect(target, theme.RAISED, bar)
            pygame.draw.rect(target, theme.ACT, (bar.left, bar.top, along(value, bar.width), bar.height))
            x = bar.left + along(mark, bar.width)
            pygame.draw.line(target, theme.INK, (x, bar.top - 3), (x, bar.bottom + 3), 2)
            words = "paper's scan 26" if name is DosePhase.PLANNING else "median 4.9 (Paik 2014)"
            write(target, words, (x, bar.bottom + px(12)), size=12, align="centre", colour=theme.LOW)
            y += px(44)

    def take(self, event: pygame.event.Event) -> None:
        """Wheel: zoom of the image."""
        if event.type == pygame.MOUSEWHEEL and self._image.collidepoint(pygame.mouse.get_pos()):
            self._viewport.zoom(0.9**event.y)


def _sign(target: pygame.Surface, tone: VerdictTone, at: tuple[float, float], size: int, colour: theme.Colour) -> None:
    """A tick, a triangle or a square: the second cue of the verdict."""
    x, y = at
    half = size / 2
    if tone is VerdictTone.OK:
        pygame.draw.circle(target, colour, at, half)
        pygame.draw.lines(
            target,
            theme.PANEL,
            False,
            [(x - half * 0.5, y), (x - 1, y + half * 0.45), (x + half * 0.55, y - half * 0.4)],
            2,
        )
    elif tone is VerdictTone.WARN:
        warning_sign(target, at, size)
    else:
        pygame.draw.rect(target, colour, pygame.Rect(round(x - half), round(y - half), size, size))
        pygame.draw.line(target, theme.PANEL, (x - half * 0.5, y), (x + half * 0.5, y), 3)
