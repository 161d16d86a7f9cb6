"""Dose ledger: every exposure with its dose, the sum, and the phases beside published values."""

from __future__ import annotations

import pygame

from simulator.gui.app_context import AppContext
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

COLUMNS = (0.0, 0.15, 0.55, 0.71, 0.86, 1.0)
"""Left ends of time and scan, right ends of the figures, as fractions of the width."""

HEADS = ("Time", "Scan", "mAs", "CTDIvol", "DLP", "mSv")
PUBLISHED = (
    (DosePhase.PLANNING, PLANNING_ESTIMATE_DLP_MGY_CM, f"45: {PLANNING_ESTIMATE_WORDS}"),
    (DosePhase.GUIDANCE, GUIDANCE_MEDIAN_DLP_MGY_CM, "median 4.9 (Paik 2014)"),
)


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts) -> None:
    """Draw the exposures, their sum, and the two phases that have a published value."""
    px = context.scale.px
    note = f"{facts.ctdi_phantom_cm} cm phantom, k {facts.k_msv_per_mgy_cm:g}"
    inside = draw_panel(context, target, area, "Dose ledger", note)
    y = inside.top + px(8)
    _row(context, target, inside, y, HEADS, theme.LOW)
    room_for = max(int((inside.height - px(150)) / px(24)), 2)
    rows = facts.dose_rows if len(facts.dose_rows) <= room_for else facts.dose_rows[: room_for - 1]
    for entry in rows:
        y += px(24)
        colour = theme.INK if entry.counts_toward_dose else theme.LOW
        _row(context, target, inside, y, _cells(context, entry), colour)
    if len(rows) < len(facts.dose_rows):
        y += px(24)
        more = ("", f"and {len(facts.dose_rows) - len(rows)} more, in the report")
        _row(context, target, inside, y, more, theme.LOW)
    y += px(28)
    pygame.draw.line(target, theme.LINE, (inside.left, y - px(14)), (inside.right, y - px(14)))
    total = sum(facts.dlp_by_phase.values())
    cells = ("", "All phases", "", "", f"{total:.1f}", f"{facts.effective_dose_msv:.2f}")
    _row(context, target, inside, y, cells, theme.INK, "SemiBold")
    _beside_published(context, target, inside, y + px(34), facts)


def _cells(context: AppContext, entry: DoseRow) -> tuple[str, ...]:
    return (
        context.clock(entry.at_ms)[:5],
        entry.words if entry.counts_toward_dose else f"{entry.words.partition(',')[0]} (given)",
        f"{entry.mas:g}",
        f"{entry.ctdi_vol_mgy:.2f}",
        f"{entry.dlp_mgy_cm:.2f}",
        f"{entry.effective_dose_msv:.3f}",
    )


def _row(
    context: AppContext,
    target: pygame.Surface,
    inside: pygame.Rect,
    y: int,
    cells: tuple[str, ...],
    colour: theme.Colour,
    weight: Weight = "Regular",
) -> None:
    for index, cell in enumerate(cells):
        context.type.draw(
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
    context: AppContext, target: pygame.Surface, inside: pygame.Rect, y: int, facts: DebriefFacts
) -> None:
    """A log bar for each phase, with a mark at the published value."""
    px, write = context.scale.px, context.type.draw
    marked = has_published_marks(facts.ctdi_phantom_cm)
    for phase, published_dlp, words in PUBLISHED:
        if y > inside.bottom - px(20):
            break
        value = facts.dlp_by_phase.get(phase, 0.0)
        write(target, phase.capitalize(), (inside.left, y), size=13, colour=theme.MID)
        write(target, f"{value:.1f}", (inside.right, y), size=15, weight="SemiBold", align="right", figures=True)
        bar = pygame.Rect(inside.left + px(100), y - px(5), inside.width - px(170), px(10))
        pygame.draw.rect(target, theme.RAISED, bar)
        pygame.draw.rect(target, theme.ACT, (bar.left, bar.top, along(value, bar.width), bar.height))
        if not marked:
            words = f"no published dose for the {facts.ctdi_phantom_cm} cm phantom"
            write(target, words, (bar.left, bar.bottom + px(12)), size=12, colour=theme.LOW)
            y += px(44)
            continue
        x = bar.left + along(published_dlp, bar.width)
        pygame.draw.line(target, theme.INK, (x, bar.top - 3), (x, bar.bottom + 3), 2)
        write(target, words, (x, bar.bottom + px(12)), size=12, align="centre", colour=theme.LOW)
        y += px(44)
