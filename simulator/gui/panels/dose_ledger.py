"""Dose ledger: every exposure with its dose, the sum, and the phases beside published values."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.context.perceived import Perceived
from simulator.gui.debrief_facts import DebriefFacts, DoseRow
from simulator.gui.drawing import theme
from simulator.gui.drawing.typeface import Weight
from simulator.gui.panels.dose import along
from simulator.gui.panels.panel_frame import draw_panel
from simulator.interface.published_doses import (
    GUIDANCE_MEDIAN_DLP_MGY_CM,
    PLANNING_ESTIMATE_DLP_MGY_CM,
    PLANNING_ESTIMATE_WORDS,
    has_published_marks,
)
from simulator.vocabulary.procedure import DosePhase

COLUMNS = (0.0, 0.13, 0.57, 0.72, 0.86, 1.0)
"""Left ends of time and scan, right ends of the figures, as fractions of the width."""

HEADS = ("Time", "Scan", "mAs", "CTDIvol", "DLP", "mSv")
PHASE_WORDS = {
    DosePhase.MYELOGRAPHY: "myelogram",
    DosePhase.PLANNING: "planning",
    DosePhase.GUIDANCE: "guidance",
    DosePhase.CONFIRMATION: "confirmation",
}
"""The account of an exposure, beside its name."""

PUBLISHED = (
    (DosePhase.PLANNING, PLANNING_ESTIMATE_DLP_MGY_CM, f"45: {PLANNING_ESTIMATE_WORDS}"),
    (DosePhase.GUIDANCE, GUIDANCE_MEDIAN_DLP_MGY_CM, "median 4.9 (Paik 2014)"),
)


def draw(
    context: AppContext, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts, *, first: int = 0
) -> None:
    """Draw the exposures from one on, their sum, and every phase that has a dose or a published value."""
    display = context.display
    px = display.scale.px
    note = f"{facts.ctdi_phantom_cm} cm phantom, k {facts.k_msv_per_mgy_cm:g}"
    inside = draw_panel(display, target, area, "Dose ledger", note)
    line = _line(display)
    y = inside.top + line // 3
    _row(display, target, inside, y, HEADS, theme.LOW)
    room = room_for_rows(display, area, facts)
    shown = facts.dose_rows[first : first + room]
    for entry in shown:
        y += line
        colour = theme.INK if entry.counts_toward_dose else theme.LOW
        _row(display, target, inside, y, _cells(context.perceived, entry), colour)
    hidden = len(facts.dose_rows) - len(shown)
    if hidden:
        y += line
        _row(
            display,
            target,
            inside,
            y,
            ("", f"{first + 1} to {first + len(shown)} of {len(facts.dose_rows)}, wheel: more"),
            theme.LOW,
        )
    y += line + px(4)
    pygame.draw.line(target, theme.LINE, (inside.left, y - line // 2), (inside.right, y - line // 2))
    total = sum(facts.dlp_by_phase.values())
    cells = ("", "All that counts", "", "", f"{total:.1f}", f"{facts.effective_dose_msv:.2f}")
    _row(display, target, inside, y, cells, theme.INK, "SemiBold")
    _beside_published(display, target, inside, y + line, facts)


def room_for_rows(display: Display, area: pygame.Rect, facts: DebriefFacts) -> int:
    """Exposures that are shown at once, beside head, sum, the line that tells of more, and the bars."""
    line = _line(display)
    bars = len(bar_phases(facts)) * _bar_step(display)
    rest = area.height - display.scale.px(48) - 3 * line - bars - display.scale.px(12)
    return max(rest // line, 1)


def bar_phases(facts: DebriefFacts) -> list[DosePhase]:
    """Phases with a bar: all that count a dose, and those with a published value beside them."""
    published = {phase for phase, _, _ in PUBLISHED}
    return [phase for phase in DosePhase if phase in published or facts.dlp_by_phase.get(phase, 0.0) > 0.0]


def _line(display: Display) -> int:
    return max(display.scale.px(24), display.scale.type_px(13) + 5)


def _bar_step(display: Display) -> int:
    return max(display.scale.px(42), 2 * display.scale.type_px(12) + 10)


def _cells(perceived: Perceived, entry: DoseRow) -> tuple[str, ...]:
    return (
        perceived.clock(entry.at_ms)[:5],
        _scan_words(entry),
        f"{entry.mas:g}",
        f"{entry.ctdi_vol_mgy:.2f}",
        f"{entry.dlp_mgy_cm:.2f}",
        f"{entry.effective_dose_msv:.3f}",
    )


def _scan_words(entry: DoseRow) -> str:
    """The exposure with its account, unless both have one name."""
    name = entry.words.partition(",")[0]
    account = PHASE_WORDS[entry.phase] if entry.counts_toward_dose else "given"
    return name if name.lower() == account else f"{name}, {account}"


def _row(
    display: Display,
    target: pygame.Surface,
    inside: pygame.Rect,
    y: int,
    cells: tuple[str, ...],
    colour: theme.Colour,
    weight: Weight = "Regular",
) -> None:
    for index, cell in enumerate(cells):
        display.type.draw(
            target,
            cell,
            (inside.left + COLUMNS[index] * inside.width, y),
            size=13,
            align="left" if index < 2 else "right",
            colour=colour,
            weight=weight,
            figures=index != 1,
        )


def _beside_published(
    display: Display, target: pygame.Surface, inside: pygame.Rect, y: int, facts: DebriefFacts
) -> None:
    """A log bar for each phase, with a mark at the published value where there is one."""
    px, write = display.scale.px, display.type.draw
    marked = has_published_marks(facts.ctdi_phantom_cm)
    published = {phase: (dlp, words) for phase, dlp, words in PUBLISHED}
    caption = display.type.width("Confirmation", 13) + px(12)
    for phase in bar_phases(facts):
        value = facts.dlp_by_phase.get(phase, 0.0)
        write(target, phase.capitalize(), (inside.left, y), size=13, colour=theme.MID)
        write(target, f"{value:.1f}", (inside.right, y), size=15, weight="SemiBold", align="right", figures=True)
        bar = pygame.Rect(inside.left + caption, y - px(5), inside.width - caption - px(64), px(10))
        pygame.draw.rect(target, theme.RAISED, bar)
        pygame.draw.rect(target, theme.ACT, (bar.left, bar.top, along(value, bar.width), bar.height))
        below = y + px(5) + display.scale.type_px(12) // 2 + 3
        if not marked:
            words = f"no published dose for the {facts.ctdi_phantom_cm} cm phantom"
            write(target, words, (bar.left, below), size=12, colour=theme.LOW)
        elif phase in published:
            dlp, words = published[phase]
            x = bar.left + along(dlp, bar.width)
            pygame.draw.line(target, theme.INK, (x, bar.top - 3), (x, bar.bottom + 3), display.scale.stroke(2))
            write(target, words, (bar.right, below), size=12, align="right", colour=theme.LOW)
        y += _bar_step(display)
