"""Fluoroscopy tiles: three contiguous slices as acquired, equal, with one zoom, one place and one window."""

from __future__ import annotations

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture, cached
from simulator.gui.drawing.symbols import warning_sign
from simulator.gui.drawing.window_level import WindowLevel
from simulator.gui.images.fluoroscopy_image import FluoroscopyImage
from simulator.gui.panels.picture_annotations import (
    draw_corner_lines,
    draw_markers,
    draw_scale,
    exposure_words,
    header_height,
)

NAMES = ("SUPERIOR", "MIDDLE", "INFERIOR")
SHORT = ("SUP", "MID", "INF")


def draw_tile(
    context: AppContext,
    target: pygame.Surface,
    area: pygame.Rect,
    press: FluoroscopyImage | None,
    index: int,
    *,
    name: str,
    note: str = "",
    beam_on: bool = False,
    technique: bool = False,
    bar: bool = False,
    title_note: str = "",
) -> Picture | None:
    """One slice under its header.

    Args:
        index: of the slice
        note: what the picture's place does not show any more, in words
        technique, bar: whether the technique and the scale stand in this tile
        title_note: replaces the age at the right of the header
    """
    header = header_height(context)
    head = pygame.Rect(area.left, area.top, area.width, header)
    place = pygame.Rect(area.left, area.top + header, area.width, area.height - header)
    pygame.draw.rect(target, theme.PANEL, head)
    context.type.draw(target, name, (head.left + 10, head.centery), size=13, weight="Medium")
    if press is None:
        pygame.draw.rect(target, (0, 0, 0), place)
        waiting = "acquiring" if beam_on else ("computing" if context.awaiting_press() else "no image yet")
        context.type.draw(target, waiting, place.center, size=15, align="centre", colour=theme.LOW)
        _frame(context, target, place, beam_on)
        return None
    context.gaze.see(press.entry.number, index)
    z = press.entry.slice_centres_table_mm[index]
    context.type.draw(target, f"z {z:.1f} mm", (head.left + context.scale.px(100), head.centery), size=14, figures=True)
    words, colour = _age(context, press, beam_on)
    context.type.draw(
        target, title_note or words, (head.right - 10, head.centery), size=13, align="right", colour=colour
    )
    picture = Picture(
        image=press.slices[index],
        spacing_mm=(press.pixel_mm, press.pixel_mm),
        area=place,
        window=context.press_window,
        viewport=context.press_viewport,
    )
    cached(picture).draw(target)
    draw_markers(context, target, place)
    if technique:
        _technique(context, target, place, press, context.press_window)
    if bar:
        draw_scale(context, target, place, picture.px_per_mm)
    if note:
        _note(context, target, place, note)
    _frame(context, target, place, beam_on)
    return picture


def _age(context: AppContext, press: FluoroscopyImage, beam_on: bool) -> tuple[str, theme.Colour]:
    if beam_on:
        return "acquiring", theme.BEAM
    if context.awaiting_press():
        return "computing", theme.ACT
    seconds = (context.view.elapsed_ms - press.entry.at_ms) // 1000
    words = f"held {seconds} s" if seconds < 60 else f"held {seconds // 60} min {seconds % 60} s"
    return words, theme.WARN if context.history.changed else theme.LOW


def _technique(
    context: AppContext, target: pygame.Surface, place: pygame.Rect, press: FluoroscopyImage, window: WindowLevel
) -> None:
    words = exposure_words(press.entry)
    lines = [words if context.scale.compact else f"{words} · {context.clock(press.entry.at_ms)}", window.words]
    if context.view.case.ideal_images:
        lines.insert(0, "Aid: no metal artefacts")
    draw_corner_lines(context, target, place, lines)


def _note(context: AppContext, target: pygame.Surface, place: pygame.Rect, note: str) -> None:
    width = context.type.width(note, 13) + context.scale.px(44)
    box = pygame.Rect(place.left + 10, place.top + 10, min(width, place.width - 20), context.scale.px(28))
    pygame.draw.rect(target, theme.WARN_GROUND, box, border_radius=5)
    pygame.draw.rect(target, theme.WARN, box, 1, border_radius=5)
    warning_sign(target, (box.left + context.scale.px(16), box.centery), context.scale.px(15))
    context.type.draw(target, note, (box.left + context.scale.px(30), box.centery), size=13)


def _frame(context: AppContext, target: pygame.Surface, place: pygame.Rect, beam_on: bool) -> None:
    if beam_on:
        pygame.draw.rect(target, theme.BEAM, place, 3)
    elif context.awaiting_press() and context.worker.busy_s > 0.3:
        fraction = min(context.worker.busy_s / 1.5, 0.95)
        pygame.draw.rect(target, theme.ACT, pygame.Rect(place.left, place.top, round(place.width * fraction), 2))
