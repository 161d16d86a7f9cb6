"""Dose: what each phase has cost so far, on a log scale beside published values, and what one more press adds."""

from __future__ import annotations

import math

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.perceived import Perceived
from simulator.gui.drawing import theme
from simulator.gui.drawing.symbols import warning_sign
from simulator.interface.published_doses import (
    GUIDANCE_MEDIAN_DLP_MGY_CM,
    GUIDANCE_SOURCE,
    PLANNING_ESTIMATE_DLP_MGY_CM,
    has_published_marks,
)
from simulator.vocabulary.procedure import DosePhase

LOW_DLP, HIGH_DLP = 0.5, 200.0  # ends of the bars, mGy cm
SPOT_SOURCE = f"{GUIDANCE_SOURCE}, n = 247, spot CTF"


def press_ctdi_mgy(perceived: Perceived) -> float:
    """CTDIvol of one press with the technique that is set."""
    console = perceived.view.console
    return console.dose_per_load.press_estimate(console.settings.tube_voltage_kv, console.settings.mas).ctdi_vol_mgy


def press_dlp(perceived: Perceived) -> float:
    """Dose-length product of one press, mGy cm."""
    console = perceived.view.console
    return console.dose_per_load.press_estimate(console.settings.tube_voltage_kv, console.settings.mas).dlp_mgy_cm


def along(value: float, length: int) -> int:
    """Pixels along a log bar."""
    if value <= LOW_DLP:
        return 0
    fraction = math.log(value / LOW_DLP) / math.log(HIGH_DLP / LOW_DLP)
    return round(min(fraction, 1.0) * length)


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect, *, next_press: bool = True) -> None:
    """Three bars: planning, guidance, confirmation."""
    display = context.display
    dose = context.perceived.view.console.dose
    rows = dose_rows(context.perceived.view.console.dose_per_load.ctdi_phantom_cm)
    step = min(area.height // (4 if next_press and not display.scale.compact else 3), display.scale.px(96))
    for index, (name, phase, mark, words) in enumerate(rows):
        top = area.top + step * index
        value = dose.dlp_mgy_cm.get(phase, 0.0)
        y = top + display.scale.px(10)
        display.type.draw(target, name, (area.left, y), size=14, colour=theme.MID)
        display.type.draw(
            target,
            f"{value:.1f}" if value else "–",
            (area.right, y),
            size=18,
            weight="SemiBold",
            align="right",
            figures=True,
        )
        bar = pygame.Rect(area.left, y + display.scale.px(16), area.width, display.scale.px(8))
        pygame.draw.rect(target, theme.RAISED, bar)
        filled = along(value, bar.width)
        pygame.draw.rect(
            target, theme.ACT if phase is DosePhase.GUIDANCE else theme.EDGE, (bar.left, bar.top, filled, bar.height)
        )
        if next_press and phase == context.perceived.view.console.dose_phase:
            more = along(value + press_dlp(context.perceived), bar.width)
            for x in range(bar.left + filled, bar.left + more, 3):
                pygame.draw.line(target, theme.ACT, (x, bar.top), (x, bar.bottom - 1))
        if mark is not None:
            x = bar.left + along(mark, bar.width)
            over = display.scale.stroke(4)
            pygame.draw.line(
                target, theme.INK, (x, bar.top - over), (x, bar.bottom + over - 1), display.scale.stroke(2)
            )
        ctdi = dose.ctdi_vol_mgy.get(phase)
        below = bar.bottom + display.scale.px(12)
        largest = f"CTDIvol max {ctdi or 0.0:.1f} mGy"
        beside = display.type.width(largest, 12) + display.type.width(words, 12)
        if ctdi and not display.scale.compact and beside + display.scale.px(8) < area.width:
            display.type.draw(target, largest, (area.left, below), size=12, colour=theme.LOW)
        if step > 2.6 * display.scale.type_px(12) + display.scale.px(24):
            display.type.draw(target, words, (area.right, below), size=12, align="right", colour=theme.LOW)
    if next_press:
        _warning(context, target, area, step)


def dose_rows(ctdi_phantom_cm: int) -> tuple[tuple[str, DosePhase, float | None, str], ...]:
    """Name, phase, mark and words of each bar; marks belong to the same CTDI phantom as the dose, or there are none."""
    if not has_published_marks(ctdi_phantom_cm):
        none = f"none published, {ctdi_phantom_cm} cm"
        return (
            ("Planning", DosePhase.PLANNING, None, none),
            ("Guidance", DosePhase.GUIDANCE, None, none),
            ("Confirmation", DosePhase.CONFIRMATION, None, ""),
        )
    return (
        ("Planning", DosePhase.PLANNING, PLANNING_ESTIMATE_DLP_MGY_CM, "our estimate 45"),
        ("Guidance", DosePhase.GUIDANCE, GUIDANCE_MEDIAN_DLP_MGY_CM, "median 4.9"),
        ("Confirmation", DosePhase.CONFIRMATION, None, ""),
    )


def _warning(context: AppContext, target: pygame.Surface, area: pygame.Rect, step: int) -> None:
    display = context.display
    spent = context.perceived.view.console.dose.dlp_mgy_cm.get(DosePhase.GUIDANCE, 0.0)
    y = area.top + 3 * step + display.scale.px(16)
    if display.scale.compact:
        y = area.top + round(2.75 * step)
    console = context.perceived.view.console
    if console.dose_phase is not DosePhase.GUIDANCE or not has_published_marks(console.dose_per_load.ctdi_phantom_cm):
        return
    if spent > GUIDANCE_MEDIAN_DLP_MGY_CM:
        words = "Past the published median"
    elif spent + press_dlp(context.perceived) > GUIDANCE_MEDIAN_DLP_MGY_CM:
        words = "Next press passes the median"
    else:
        return
    sign = display.scale.stroke(15)
    beside = area.left + round(1.6 * sign)
    warning_sign(target, (area.left + sign // 2 + 1, y), sign)
    display.type.draw(target, words, (beside, y), size=13, weight="Medium")
    if not display.scale.compact:
        display.type.draw(
            target,
            f"{GUIDANCE_MEDIAN_DLP_MGY_CM:.1f}: {SPOT_SOURCE}",
            (beside, y + display.scale.px(18)),
            size=12,
            colour=theme.LOW,
        )
