"""Plan pictures: the written path on its scan in three planes, with the tip as it was seen so far."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import ImagePoint, Picture, Viewport, cached
from simulator.gui.drawing.symbols import dashed_line
from simulator.gui.images.fluoroscopy_image import FluoroscopyImage
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.images.volume import Volume
from simulator.gui.panels.picture_annotations import draw_markers, draw_scale, header_height
from simulator.interface.commands import PlanPath
from simulator.vocabulary.procedure import AcquisitionPurpose

SPARE = 1.5  # times the path is long is shown
AXIAL_SHARE = 0.6  # of the height
SCALE_FROM_PX = 220  # in a lower picture the bar would lie over a letter
LETTERS = {
    ImagePlane.AXIAL: ("P", "L", "R", ""),
    ImagePlane.SAGITTAL: ("H", "A", "P", "F"),
    ImagePlane.CORONAL: ("H", "L", "R", "F"),
}


def draw(
    context: AppContext, target: pygame.Surface, area: pygame.Rect, viewports: Mapping[ImagePlane, Viewport]
) -> None:
    """Draw the three planes through the target, the path and the marks.

    Args:
        viewports: the caller's own, so that pictures are kept from one turn to the next
    """
    display, plan = context.display, context.perceived.history.plan
    head = header_height(display)
    pygame.draw.rect(target, theme.PANEL, pygame.Rect(area.left, area.top, area.width, head))
    pygame.draw.rect(target, (0, 0, 0), pygame.Rect(area.left, area.top + head, area.width, area.height - head))
    display.type.draw(target, "PLAN", (area.left + 10, area.top + head / 2), size=13, weight="Medium")
    volume = None if plan is None else scan_of(context.perceived.volumes, plan)
    if plan is None or volume is None:
        words = "The scan of the path has not come yet"
        display.type.draw(target, words, area.center, size=13, align="centre", colour=theme.LOW)
        return
    _depth(context, target, pygame.Rect(area.left, area.top, area.width, head))
    place = pygame.Rect(area.left, area.top + head, area.width, area.height - head)
    high = round(place.height * AXIAL_SHARE)
    half = (place.width - 2) // 2
    areas = {
        ImagePlane.AXIAL: pygame.Rect(place.left, place.top, place.width, high),
        ImagePlane.SAGITTAL: pygame.Rect(place.left, place.top + high + 2, half, place.height - high - 2),
        ImagePlane.CORONAL: pygame.Rect(place.right - half, place.top + high + 2, half, place.height - high - 2),
    }
    for plane, where in areas.items():
        _draw_plane(context, target, plane, where, volume, plan, viewports[plane])


def draw_mark(
    context: AppContext, target: pygame.Surface, picture: Picture, press: FluoroscopyImage, index: int
) -> None:
    """Where the trainee saw the tip of this press, on the tile of its slice."""
    mark = context.session.tip_marks.get(press.entry.number)
    if mark is None or press.grid.nearest_slice(mark.z_mm) != index:
        return
    target.set_clip(picture.area)
    _cross(context.display, target, picture.on_screen(*press.grid.row_and_column(mark.x_mm, mark.y_mm)), theme.OK)
    target.set_clip(None)


def scan_of(volumes: Mapping[int, Volume], plan: PlanPath) -> Volume | None:
    """The scan that holds both ends of a path: a planning scan rather than a myelogram, the later rather."""

    def holds(volume: Volume) -> bool:
        heights = volume.entry.slice_centres_table_mm
        half = 0.5 * volume.entry.slice_thickness_mm + 0.01
        ends = (plan.entry_mm[2], plan.target_mm[2])
        return volume.grid is not None and all(min(heights) - half <= z <= max(heights) + half for z in ends)

    fit = [volume for volume in volumes.values() if holds(volume)]
    drawn_on = (AcquisitionPurpose.MYELOGRAM, AcquisitionPurpose.PLANNING)
    ranked = [volume for volume in fit if volume.entry.purpose in drawn_on]
    return max(ranked, key=lambda one: (drawn_on.index(one.entry.purpose), one.entry.number), default=None)


def _depth(context: AppContext, target: pygame.Surface, head: pygame.Rect) -> None:
    """How far the needle was pushed of the path's length."""
    history = context.perceived.history
    if history.planned_mm is None:
        return
    words = f"pushed {history.needle.depth_mm:.0f} of {history.planned_mm:.0f} mm"
    at = (head.right - 10, head.centery)
    context.display.type.draw(target, words, at, size=13, align="right", colour=theme.MID, figures=True)


def _draw_plane(
    context: AppContext,
    target: pygame.Surface,
    plane: ImagePlane,
    area: pygame.Rect,
    volume: Volume,
    plan: PlanPath,
    viewport: Viewport,
) -> None:
    display = context.display
    ends = [_at(volume, plane, point) for point in (plan.entry_mm, plan.target_mm)]
    row, column = volume.grid.row_and_column(plan.target_mm[0], plan.target_mm[1]) if volume.grid else (0.0, 0.0)
    inside = [min(max(round(value), 0), volume.columns - 1) for value in (row, column)]
    image, height_mm = {
        ImagePlane.AXIAL: (volume.axial(volume.nearest(plan.target_mm[2])), volume.pixel_mm),
        ImagePlane.SAGITTAL: (volume.sagittal(inside[1]), volume.entry.slice_thickness_mm),
        ImagePlane.CORONAL: (volume.coronal(inside[0]), volume.entry.slice_thickness_mm),
    }[plane]
    picture = Picture(
        image=image, spacing_mm=(height_mm, volume.pixel_mm), area=area, window=display.scan_window, viewport=viewport
    )
    _look_at(picture, viewport, ends, context.perceived.history.planned_mm or 0.0)
    picture = cached(picture)
    picture.draw(target)
    target.set_clip(area)
    start, end = (picture.on_screen(*point) for point in ends)
    dashed_line(target, theme.ACT, start, end, display.scale.px(14))
    pygame.draw.circle(target, theme.ACT, end, display.scale.px(6), 2)
    _draw_marks(context, target, plane, picture, volume)
    draw_markers(display, target, area, LETTERS[plane])
    if plane is ImagePlane.AXIAL and area.height >= SCALE_FROM_PX:
        draw_scale(display, target, area, picture.px_per_mm)
    target.set_clip(None)


def _draw_marks(
    context: AppContext, target: pygame.Surface, plane: ImagePlane, picture: Picture, volume: Volume
) -> None:
    """Where the tip was seen, each with its press's number where there is room for it."""
    ordinals = {press.number: k for k, press in enumerate(context.perceived.history.presses, start=1)}
    apart, named = context.display.scale.type_px(12) + 2, (-1e9, -1e9)
    for number, mark in context.session.tip_marks.items():
        at = picture.on_screen(*_at(volume, plane, (mark.x_mm, mark.y_mm, mark.z_mm)))
        room = math.dist(at, named) >= apart * (1 if plane is ImagePlane.AXIAL else 2)
        _cross(context.display, target, at, theme.OK, f"{ordinals.get(number, 0)}" if room else "")
        named = at if room else named


def _at(volume: Volume, plane: ImagePlane, point_mm: Sequence[float]) -> ImagePoint:
    """A point of the scanner's frame in a plane's picture; a sagittal one has the last row on its left."""
    assert volume.grid is not None
    row, column = volume.grid.row_and_column(point_mm[0], point_mm[1])
    index = (volume.z_mm(0) - point_mm[2]) / volume.entry.slice_thickness_mm
    return {
        ImagePlane.AXIAL: ImagePoint(row, column),
        ImagePlane.SAGITTAL: ImagePoint(index, volume.columns - 1 - row),
        ImagePlane.CORONAL: ImagePoint(index, column),
    }[plane]


def _look_at(picture: Picture, viewport: Viewport, ends: Sequence[ImagePoint], length_mm: float) -> None:
    """Both ends in the middle of the picture."""
    one, other = (picture.to_plane(point) for point in ends)
    viewport.down_mm = 0.5 * (one.down_mm + other.down_mm)
    viewport.across_mm = 0.5 * (one.across_mm + other.across_mm)
    viewport.shown_mm = max(SPARE * length_mm, 40.0)


def _cross(
    display: Display, target: pygame.Surface, at: tuple[float, float], colour: theme.Colour, words: str = ""
) -> None:
    half = display.scale.px(6)
    x, y = at
    pygame.draw.line(target, colour, (x - half, y - half), (x + half, y + half), 2)
    pygame.draw.line(target, colour, (x - half, y + half), (x + half, y - half), 2)
    if words:
        display.type.draw(target, words, (x + half + 4, y), size=12, colour=colour, halo=True)
