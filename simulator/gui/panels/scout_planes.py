"""Scout planes: a scout and the sagittal picture at the same heights, with labels, range and table positions."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.context.perceived import Perceived
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture, cached
from simulator.gui.images.level_count import LevelCount
from simulator.gui.images.scout_picture import ScoutPicture
from simulator.gui.images.volume import Volume
from simulator.gui.panels.picture_annotations import draw_corner_lines, draw_markers, draw_scale, header_height
from simulator.vocabulary.scout import ScoutOrientation

TICKS_MM = (10, 20, 50, 100)
TICK_LEAST_PX = 34
FRONTAL, SIDE = ("H", "L", "R", "F"), ("H", "A", "P", "F")
MARGIN = 1.08  # of height that is shown at first


def shown_scout(perceived: Perceived) -> ScoutPicture | None:
    """The scout that was chosen, or the last that has come."""
    scouts = perceived.scouts
    if not scouts:
        return None
    return scouts.get(perceived.counting.shown if perceived.counting.shown in scouts else max(scouts))


def newest_volume(perceived: Perceived) -> Volume | None:
    """The scan whose sagittal picture stands beside the scout."""
    return perceived.volumes[max(perceived.volumes)] if perceived.volumes else None


def pictures(
    context: AppContext, areas: tuple[pygame.Rect, pygame.Rect]
) -> tuple[tuple[Picture | None, float], tuple[Picture | None, float]]:
    """Scout and sagittal picture below their headers, each with the table position of its middle."""
    counting, head = context.perceived.counting, header_height(context.display)
    places = [pygame.Rect(a.left, a.top + head, a.width, a.height - head) for a in areas]
    scout, volume = shown_scout(context.perceived), newest_volume(context.perceived)
    middles = [] if volume is None else [0.5 * (volume.z_mm(0) + volume.z_mm(volume.count - 1))]
    if scout is not None:
        middles.insert(0, scout.middle_mm)
    if not middles:
        return (None, 0.0), (None, 0.0)
    if counting.middle_mm is None:
        _settle(counting, scout, volume, middles[0], places[0])
    found: list[tuple[Picture | None, float]] = []
    for index, place in enumerate(places):
        made = _scout(context.perceived, scout, place) if index == 0 else _sagittal(context, volume, place)
        middle = 0.0 if made is None else (scout.middle_mm if index == 0 and scout is not None else middles[-1])
        if made is not None:
            made.viewport.down_mm = middle - (counting.middle_mm or 0.0)
        found.append((made, middle))
    return found[0], found[1]


def _settle(
    counting: LevelCount, scout: ScoutPicture | None, volume: Volume | None, middle_mm: float, place: pygame.Rect
) -> None:
    """At first the whole height of the picture is shown, in both alike."""
    if scout is not None:
        height = scout.image.shape[0] * scout.spacing_mm[0]
    else:
        height = 0.0 if volume is None else volume.count * volume.entry.slice_thickness_mm
    shown = MARGIN * height * min(place.size) / place.height
    for viewport in counting.viewports:
        viewport.shown_mm = min(max(shown, 60.0), 400.0)
    counting.viewports[1].across_mm = 40.0
    counting.middle_mm = middle_mm
    counting.cursor_mm = middle_mm if counting.cursor_mm is None else counting.cursor_mm


def _scout(perceived: Perceived, scout: ScoutPicture | None, place: pygame.Rect) -> Picture | None:
    if scout is None:
        return None
    return cached(
        Picture(
            image=scout.image,
            spacing_mm=scout.spacing_mm,
            area=place,
            window=perceived.counting.window or scout.window,
            viewport=perceived.counting.viewports[0],
        )
    )


def _sagittal(context: AppContext, volume: Volume | None, place: pygame.Rect) -> Picture | None:
    if volume is None:
        return None
    return cached(
        Picture(
            image=volume.sagittal(volume.columns // 2),
            spacing_mm=(volume.entry.slice_thickness_mm, volume.pixel_mm),
            area=place,
            window=context.display.scan_window,
            viewport=context.perceived.counting.viewports[1],
        )
    )


def table_mm_at(picture: Picture, middle_mm: float, y: float) -> float:
    """Table position under a point of a picture."""
    return middle_mm - picture.to_plane(picture.pixel_at((picture.area.centerx, y))).down_mm


def y_of(picture: Picture, middle_mm: float, table_mm: float) -> float:
    """Where a table position is drawn."""
    return picture.area.centery + (middle_mm - table_mm - picture.viewport.down_mm) * picture.px_per_mm


def draw(context: AppContext, target: pygame.Surface, areas: tuple[pygame.Rect, pygame.Rect]) -> None:
    """Draw both pictures, then what lies over them."""
    display = context.display
    scout = shown_scout(context.perceived)
    titles = ("SCOUT", "SAGITTAL")
    for index, (area, (picture, middle)) in enumerate(zip(areas, pictures(context, areas), strict=True)):
        head = pygame.Rect(area.left, area.top, area.width, header_height(display))
        pygame.draw.rect(target, theme.PANEL, head)
        display.type.draw(target, titles[index], (head.left + 10, head.centery), size=13, weight="Medium")
        if picture is None:
            place = pygame.Rect(area.left, head.bottom, area.width, area.bottom - head.bottom)
            pygame.draw.rect(target, (0, 0, 0), place)
            words = "No scout has been taken" if index == 0 else "No scan has been opened"
            display.type.draw(target, words, place.center, size=15, align="centre", colour=theme.LOW)
            continue
        picture.draw(target)
        target.set_clip(picture.area)
        _overlay(context, target, picture, middle, with_words=index == 0)
        side = index == 1 or (scout is not None and scout.entry.orientation is ScoutOrientation.LATERAL)
        draw_markers(display, target, picture.area, SIDE if side else FRONTAL)
        draw_scale(display, target, picture.area, picture.px_per_mm)
        if index == 0 and scout is not None:
            settings = scout.entry.settings
            lines = (f"{scout.entry.orientation}, {context.perceived.clock(scout.entry.at_ms)}",
                     f"{settings.tube_voltage_kv} kV · {settings.tube_current_ma:g} mA")  # fmt: skip
            draw_corner_lines(display, target, picture.area, lines)
        target.set_clip(None)


def _overlay(context: AppContext, target: pygame.Surface, picture: Picture, middle: float, *, with_words: bool) -> None:
    display = context.display
    counting, area = context.perceived.counting, picture.area
    _ticks(display, target, picture, middle)
    for table_mm, edge in zip(counting.edges_mm, (theme.ACT, theme.ACT), strict=True):
        if table_mm is not None:
            y = y_of(picture, middle, table_mm)
            pygame.draw.line(target, edge, (area.left, y), (area.right, y), context.display.scale.stroke(2))
    if counting.range_mm is not None:
        low, high = (y_of(picture, middle, value) for value in counting.range_mm)
        veil = pygame.Surface((area.width, max(round(low - high), 1)), pygame.SRCALPHA)
        veil.fill((*theme.ACT[:3], 36))
        target.blit(veil, (area.left, round(high)))
        if with_words:
            length = counting.range_mm[1] - counting.range_mm[0]
            at = (area.centerx, (low + high) / 2)
            display.type.draw(target, f"{length:.0f} mm", at, size=14, weight="Medium", align="centre", halo=True)
    if counting.cursor_mm is not None:
        y = y_of(picture, middle, counting.cursor_mm)
        for x in range(area.left + display.scale.px(60), area.right, 10):  # beside the figures of the edge
            pygame.draw.line(target, theme.INK, (x, y), (x + 4, y))
    for name, table_mm in counting.labels.items():
        y = y_of(picture, middle, table_mm)
        x = area.right - display.scale.px(56)
        pygame.draw.line(target, theme.OK, (area.centerx, y), (x - 4, y), context.display.scale.stroke(1))
        display.type.draw(target, name, (x, y), size=15, weight="SemiBold", colour=theme.OK, halo=True)


def _ticks(display: Display, target: pygame.Surface, picture: Picture, middle: float) -> None:
    """Table positions at the left edge."""
    step = next((mm for mm in TICKS_MM if mm * picture.px_per_mm >= TICK_LEAST_PX), TICKS_MM[-1])
    low, high = (table_mm_at(picture, middle, y) for y in (picture.area.bottom, picture.area.top))
    for value in range(int(low // step) * step, int(high // step + 1) * step, step):
        y = y_of(picture, middle, value)
        if picture.area.top + 12 < y < picture.area.bottom - display.scale.px(76):
            pygame.draw.line(target, theme.MID, (picture.area.left, y), (picture.area.left + 6, y))
            if abs(y - picture.area.centery) > 16:  # the letter of the side stands there
                at = (picture.area.left + 10, y)
                display.type.draw(target, f"{value}", at, size=12, colour=theme.MID, figures=True, halo=True)
