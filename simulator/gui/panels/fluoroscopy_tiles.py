"""Fluoroscopy tiles: three contiguous slices as acquired, equal, with one zoom, one place and one window."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.context.perceived import Perceived
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture, cached
from simulator.gui.drawing.symbols import dashed_line, warning_sign
from simulator.gui.drawing.window_level import WindowLevel
from simulator.gui.images.fluoroscopy_image import FluoroscopyImage
from simulator.gui.input.tile_tools import TileTools
from simulator.gui.panels.picture_annotations import (
    draw_corner_lines,
    draw_markers,
    draw_scale,
    exposure_words,
    header_height,
)

NAMES = ("SUPERIOR", "MIDDLE", "INFERIOR")
SHORT = ("SUP", "MID", "INF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One of the tiles, and what stands in it.

    Attributes:
        area: of the header and of the picture below it
        index: of the slice
        name: at the left of the header
        title_note: replaces the age at the right of the header
        note: what the picture's place does not show any more, in words
        technique, bar: whether the technique and the scale stand in this tile
        beam_on: whether a press is being acquired
        older: whether this is not the latest press, which is said loudly
        waits: whether a press that was put away is being made again
        window: other grey window than that of the presses
    """

    area: pygame.Rect
    index: int
    name: str
    title_note: str = ""
    note: str = ""
    technique: bool = False
    bar: bool = False
    beam_on: bool = False
    older: bool = False
    waits: bool = False
    window: WindowLevel | None = None


def draw_tile(
    context: AppContext, target: pygame.Surface, press: FluoroscopyImage | None, tile: Tile
) -> Picture | None:
    """One slice under its header; None where there is no image of it yet."""
    display, area = context.display, tile.area
    header = header_height(display)
    head = pygame.Rect(area.left, area.top, area.width, header)
    place = pygame.Rect(area.left, area.top + header, area.width, area.height - header)
    pygame.draw.rect(target, theme.PANEL, head)
    display.type.draw(target, tile.name, (head.left + 10, head.centery), size=13, weight="Medium")
    if press is None:
        _without_image(context, target, place, tile.waits, tile.beam_on)
        return None
    context.perceived.gaze.see(press.entry.number, tile.index)
    words, colour = _age(context.perceived, press, tile.beam_on)
    if tile.older or tile.title_note:
        words, colour = tile.title_note, theme.WARN if tile.older else theme.LOW
    _title(display, target, head, press.entry.slice_centres_table_mm[tile.index], words, colour)
    picture = Picture(
        image=press.slices[tile.index],
        spacing_mm=(press.pixel_mm, press.pixel_mm),
        area=place,
        window=tile.window or display.press_window,
        viewport=display.press_viewport,
    )
    cached(picture).draw(target)
    draw_markers(display, target, place)
    if tile.technique:
        _technique(context, target, place, press, picture.window)
    if tile.bar:
        draw_scale(display, target, place, picture.px_per_mm)
    if tile.note:
        _note(display, target, place, tile.note)
    if tile.older:
        pygame.draw.rect(target, theme.WARN, place, 2)
    _frame(context, target, place, tile.beam_on)
    return picture


def _without_image(context: AppContext, target: pygame.Surface, place: pygame.Rect, waits: bool, beam_on: bool) -> None:
    waiting = (
        "acquiring" if beam_on else ("computing" if waits or context.perceived.awaiting_press() else "no image yet")
    )
    pygame.draw.rect(target, (0, 0, 0), place)
    context.display.type.draw(target, waiting, place.center, size=15, align="centre", colour=theme.LOW)
    _frame(context, target, place, beam_on)


def _title(
    display: Display, target: pygame.Surface, head: pygame.Rect, z_mm: float, words: str, colour: theme.Colour
) -> None:
    """Where the slice lies, and at the right how old it is."""
    at = (head.left + display.scale.px(100), head.centery)
    display.type.draw(target, f"z {z_mm:.1f} mm", at, size=14, figures=True)
    display.type.draw(target, words, (head.right - 10, head.centery), size=13, align="right", colour=colour)


def draw_length(display: Display, target: pygame.Surface, picture: Picture, tools: TileTools, index: int) -> None:
    """The distance that was measured, on the tile of its slice."""
    if not tools.points or tools.slice_index != index:
        return
    points = [picture.on_screen(*picture.from_plane(point)) for point in tools.points]
    target.set_clip(picture.area)
    for point in points:
        pygame.draw.circle(target, theme.INK, point, display.scale.stroke(4), display.scale.stroke(1))
    if len(points) == 2:
        pygame.draw.line(target, theme.INK, points[0], points[1], display.scale.stroke(1))
        at = (points[1][0] + 10, points[1][1] - 12)
        display.type.draw(target, tools.length_words, at, size=14, weight="Medium", halo=True)
    target.set_clip(None)


def _age(perceived: Perceived, press: FluoroscopyImage, beam_on: bool) -> tuple[str, theme.Colour]:
    if beam_on:
        return "acquiring", theme.BEAM
    if perceived.awaiting_press():
        return "computing", theme.ACT
    seconds = (perceived.view.elapsed_ms - press.entry.at_ms) // 1000
    words = f"held {seconds} s" if seconds < 60 else f"held {seconds // 60} min {seconds % 60} s"
    return words, theme.WARN if perceived.history.since_press.changed else theme.LOW


def _technique(
    context: AppContext, target: pygame.Surface, place: pygame.Rect, press: FluoroscopyImage, window: WindowLevel
) -> None:
    words = exposure_words(press.entry)
    lines = [
        words if context.display.scale.compact else f"{words} · {context.perceived.clock(press.entry.at_ms)}",
        window.words,
    ]
    if context.perceived.view.case.ideal_images:
        lines.insert(0, "Aid: no metal artefacts")
    draw_corner_lines(context.display, target, place, lines)


def _note(display: Display, target: pygame.Surface, place: pygame.Rect, note: str) -> None:
    width = display.type.width(note, 13) + display.scale.px(44)
    high = display.scale.px(28)
    box = pygame.Rect(place.left + 10, place.bottom - 10 - high, min(width, place.width - 20), high)
    pygame.draw.rect(target, theme.WARN_GROUND, box, border_radius=5)
    pygame.draw.rect(target, theme.WARN, box, 1, border_radius=5)
    warning_sign(target, (box.left + display.scale.px(16), box.centery), display.scale.stroke(13))
    display.type.draw(target, note, (box.left + display.scale.px(30), box.centery), size=13)


def _frame(context: AppContext, target: pygame.Surface, place: pygame.Rect, beam_on: bool) -> None:
    if beam_on:
        pygame.draw.rect(target, theme.BEAM, place, context.display.scale.stroke(3))
    elif context.perceived.awaiting_press() and context.worker.busy_s > 0.3:
        fraction = min(context.worker.busy_s / 1.5, 0.95)
        pygame.draw.rect(target, theme.ACT, pygame.Rect(place.left, place.top, round(place.width * fraction), 2))


def draw_plan(
    context: AppContext, target: pygame.Surface, picture: Picture, press: FluoroscopyImage, index: int
) -> None:
    """The path that was written down, on the tile that shows the slice of its target."""
    display = context.display
    plan = context.perceived.history.plan
    if plan is None:
        return
    z_mm, tilt = press.entry.slice_centres_table_mm[index], press.entry.tilt
    target_mm = plan.target_mm[2] if tilt is None else tilt.named_mm(plan.target_mm)
    if abs(target_mm - z_mm) > 0.5 * press.entry.slice_thickness_mm:
        return
    start, end = (picture.on_screen(*press.grid.row_and_column(*point)) for point in (plan.entry_mm, plan.target_mm))
    target.set_clip(picture.area)
    dashed_line(target, theme.ACT, start, end, display.scale.px(28), display.scale.stroke(2))
    pygame.draw.circle(target, theme.ACT, end, display.scale.px(7), display.scale.stroke(2))
    at = (end[0] + display.scale.px(12), end[1])
    display.type.draw(target, "plan", at, size=12, colour=theme.ACT, halo=True)
    target.set_clip(None)
