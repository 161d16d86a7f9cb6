"""Next exposure dose: what the next scan will cost, before it is taken."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.perceived import Perceived
from simulator.gui.drawing import theme
from simulator.interface.dose_estimate import DoseEstimate
from simulator.interface.published_doses import (
    PLANNING_ESTIMATE_DLP_MGY_CM,
    PLANNING_ESTIMATE_WORDS,
    has_published_marks,
)
from simulator.vocabulary.procedure import ScanMode

OTHER_MAS = (10.0, 25.0, 50.0, 100.0)


def scan_estimate(
    perceived: Perceived, tube_voltage_kv: int, mas: float, length_mm: float, mode: ScanMode
) -> DoseEstimate:
    """Dose of a scan over an imaged length, as the engine will book it."""
    return perceived.view.console.dose_per_load.scan_estimate(mode, tube_voltage_kv, mas, length_mm)


def draw(
    context: AppContext,
    target: pygame.Surface,
    area: pygame.Rect,
    *,
    tube_voltage_kv: int,
    mas: float,
    length_mm: float,
    mode: ScanMode,
) -> None:
    """The dose of the next scan, its parts, and the same range at other tube loads."""
    px, write = context.display.scale.px, context.display.type.draw
    load = context.perceived.view.console.dose_per_load
    estimate = scan_estimate(context.perceived, tube_voltage_kv, mas, length_mm, mode)
    dlp = estimate.dlp_mgy_cm
    y = area.top + px(14)
    end = write(target, f"{dlp:.1f}", (area.left, y), size=34, weight="SemiBold", figures=True).right
    write(target, "mGy·cm DLP", (end + px(10), y + px(6)), size=14, colour=theme.MID)
    y += px(36)
    rows = (
        (f"CTDIvol, {load.ctdi_phantom_cm} cm phantom", f"{estimate.ctdi_vol_mgy:.1f} mGy"),
        (f"Effective dose, k {load.k_msv_per_mgy_cm:g}", f"{dlp * load.k_msv_per_mgy_cm:.2f} mSv"),
        ("Imaged, irradiated", f"{length_mm:.0f} and {estimate.irradiated_mm:.0f} mm"),
    )
    for name, value in rows:
        write(target, name, (area.left, y), size=13, colour=theme.MID)
        write(target, value, (area.right, y), size=14, align="right", weight="Medium", figures=True)
        y += px(22)
    if area.bottom - y < px(100):
        return
    pygame.draw.line(target, theme.LINE, (area.left, y), (area.right, y))
    y += px(16)
    write(target, "Same range at other mAs", (area.left, y), size=13, colour=theme.LOW)
    most = scan_estimate(context.perceived, tube_voltage_kv, OTHER_MAS[-1], length_mm, mode).dlp_mgy_cm
    for other in OTHER_MAS:
        y += px(24)
        if y > area.bottom - px(34):
            break
        cost = scan_estimate(context.perceived, tube_voltage_kv, other, length_mm, mode).dlp_mgy_cm
        chosen = abs(other - mas) < 0.5
        write(target, f"{other:g} mAs", (area.left, y), size=13, colour=theme.INK if chosen else theme.MID)
        bar = pygame.Rect(area.left + px(84), y - px(5), area.width - px(140), px(10))
        pygame.draw.rect(target, theme.RAISED, bar)
        colour = theme.ACT if chosen else theme.EDGE
        pygame.draw.rect(target, colour, (bar.left, bar.top, round(bar.width * cost / most) if most else 0, bar.height))
        write(target, f"{cost:.1f}", (area.right, y), size=13, align="right", figures=True)
    if not has_published_marks(load.ctdi_phantom_cm):
        return
    words = f"{PLANNING_ESTIMATE_DLP_MGY_CM:g}: {PLANNING_ESTIMATE_WORDS}"
    write(target, words, (area.left, area.bottom - px(10)), size=12, colour=theme.LOW)
