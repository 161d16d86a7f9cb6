"""Planes: one scan as axial, sagittal and coronal pictures, with cross-hair, path, marks and measurements."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import ImagePoint, Picture, cached
from simulator.gui.drawing.symbols import dashed_line
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.images.volume import Volume
from simulator.gui.input.procedure_steps import POSITION_WORDS
from simulator.gui.panels.picture_annotations import (
    draw_corner_lines,
    draw_markers,
    draw_scale,
    exposure_words,
    header_height,
)
from simulator.gui.scan_reading.measurement import Measurement
from simulator.gui.scan_reading.reading_state import ReadingState, ReadingTool
from simulator.spatial.frames import PixelPosition
from simulator.vocabulary.procedure import AcquisitionPurpose

SCAN_WORDS = {
    AcquisitionPurpose.MYELOGRAM: "Myelogram",
    AcquisitionPurpose.PLANNING: "Planning scan",
    AcquisitionPurpose.CONTROL: "Control scan",
}
CROSS: theme.Colour = (120, 120, 84)
LETTERS = {
    ImagePlane.AXIAL: ("P", "L", "R", "A"),
    ImagePlane.SAGITTAL: ("H", "A", "P", "F"),
    ImagePlane.CORONAL: ("H", "L", "R", "F"),
}


def pictures(
    context: AppContext, state: ReadingState, volume: Volume, areas: dict[ImagePlane, pygame.Rect]
) -> dict[ImagePlane, Picture]:
    """The three planes at their places, below their headers."""
    thickness = volume.entry.slice_thickness_mm
    pixel = volume.pixel_mm
    head = header_height(context.display)
    if volume.ready[state.index]:
        context.perceived.gaze.see(volume.entry.number, state.index)
    images = {
        ImagePlane.AXIAL: (volume.axial(state.index), pixel),
        ImagePlane.SAGITTAL: (volume.sagittal(_inside(state.column, volume)), thickness),
        ImagePlane.CORONAL: (volume.coronal(_inside(state.row, volume)), thickness),
    }
    found: dict[ImagePlane, Picture] = {}
    for plane, area in areas.items():
        image, height_mm = images[plane]
        found[plane] = cached(
            Picture(
                image=image,
                spacing_mm=(height_mm, pixel),
                area=pygame.Rect(area.left, area.top + head, area.width, area.height - head),
                window=context.display.scan_window,
                viewport=state.viewports[plane],
            )
        )
    return found


def _inside(at: float, volume: Volume) -> int:
    return min(max(round(at), 0), volume.columns - 1)


def draw(
    context: AppContext, target: pygame.Surface, state: ReadingState, volume: Volume, shown: dict[ImagePlane, Picture]
) -> None:
    """Draw the planes, then what lies over them."""
    display = context.display
    midline = volume.midline_x_mm
    for plane, picture in shown.items():
        picture.draw(target)
        place = picture.area
        target.set_clip(place)
        _cross(target, state, volume, plane, picture)
        if plane is not ImagePlane.AXIAL:
            _level_labels(context, target, volume, picture)
        if plane is ImagePlane.AXIAL:
            _midline(context, target, volume, picture, midline)
            _leak_mark(display, target, state, picture)
            _path(display, target, state, volume, picture)
            if not volume.ready[state.index]:
                display.type.draw(
                    target, "computing", place.center, size=15, align="centre", colour=theme.ACT, halo=True
                )
        else:
            _slices_to_come(target, volume, picture)
        for measurement in [*state.measurements, *([state.open] if state.open else [])]:
            here = (volume.entry.number, plane, state.shown_at(plane))
            if (measurement.scan, measurement.plane, measurement.at) == here:
                _draw_measurement(display, target, measurement, picture)
        draw_markers(display, target, place, LETTERS[plane])
        draw_scale(display, target, place, picture.px_per_mm)
        target.set_clip(None)
        _header(display, target, state, volume, plane, picture)
    _technique(context, target, volume, shown[ImagePlane.AXIAL])


def crossing(state: ReadingState, plane: ImagePlane, volume: Volume) -> ImagePoint:
    """The cross-hair in a plane's picture; a sagittal one has the last row on its left."""
    return {
        ImagePlane.AXIAL: ImagePoint(state.row, state.column),
        ImagePlane.SAGITTAL: ImagePoint(float(state.index), volume.columns - 1 - state.row),
        ImagePlane.CORONAL: ImagePoint(float(state.index), state.column),
    }[plane]


def _cross(target: pygame.Surface, state: ReadingState, volume: Volume, plane: ImagePlane, picture: Picture) -> None:
    x, y = picture.on_screen(*crossing(state, plane, volume))
    place = picture.area
    gap = 14 if plane is ImagePlane.AXIAL else 0
    for start, end in (
        ((place.left, y), (x - gap, y)),
        ((x + gap, y), (place.right, y)),
        ((x, place.top), (x, y - gap)),
        ((x, y + gap), (x, place.bottom)),
    ):
        pygame.draw.line(target, CROSS, start, end)


def _header(
    display: Display,
    target: pygame.Surface,
    state: ReadingState,
    volume: Volume,
    plane: ImagePlane,
    picture: Picture,
) -> None:
    place = picture.area
    head = pygame.Rect(place.left, place.top - header_height(display), place.width, header_height(display))
    pygame.draw.rect(target, theme.PANEL, head)
    end = display.type.draw(target, plane.upper(), (head.left + 10, head.centery), size=13, weight="Medium").right
    if plane is ImagePlane.AXIAL:
        words = f"z {volume.z_mm(state.index):.1f} mm"
        note = f"slice {state.index + 1} of {volume.count}"
        row, column = state.row, state.column
        if state.tool is ReadingTool.HOUNSFIELD:
            hu = picture.hu_at(row, column)
            note = f"{hu} HU here" if hu is not None else note
    elif volume.grid is not None:
        here = volume.grid.point(PixelPosition(state.index, state.row, state.column))
        words, note = (f"x {here.x_mm:.1f} mm" if plane is ImagePlane.SAGITTAL else f"y {here.y_mm:.1f} mm"), ""
    else:
        words = note = ""
    display.type.draw(target, words, (end + 16, head.centery), size=14, figures=True)
    display.type.draw(target, note, (head.right - 10, head.centery), size=12, align="right", colour=theme.LOW)


def _technique(context: AppContext, target: pygame.Surface, volume: Volume, picture: Picture) -> None:
    entry = volume.entry
    lines = (
        f"{SCAN_WORDS.get(AcquisitionPurpose(entry.purpose), entry.purpose)}, {context.perceived.clock(entry.at_ms)}",
        *([] if entry.position is None else [POSITION_WORDS[entry.position]]),
        exposure_words(entry),
        context.display.scan_window.words,
    )
    draw_corner_lines(context.display, target, picture.area, lines)


def _slices_to_come(target: pygame.Surface, volume: Volume, picture: Picture) -> None:
    """A thin mark at the left for every slice that has come."""
    if volume.complete:
        return
    for index, ready in enumerate(volume.ready):
        y = picture.on_screen(index, 0)[1]
        pygame.draw.circle(target, theme.ACT if ready else theme.LINE, (picture.area.left + 5, round(y)), 2)


def _midline(
    context: AppContext, target: pygame.Surface, volume: Volume, picture: Picture, midline: float | None
) -> None:
    """The middle wire of the skin grid, where there is one."""
    if midline is None or volume.grid is None:
        return
    column = volume.grid.row_and_column(midline, volume.grid.centre_y_mm)[1]
    x = picture.on_screen(0, column)[0]
    for y in range(picture.area.top, picture.area.top + picture.area.height // 2, 12):
        pygame.draw.line(target, theme.MID, (x, y), (x, y + 6))


def _level_labels(context: AppContext, target: pygame.Surface, volume: Volume, picture: Picture) -> None:
    """The vertebrae that the trainee has named on a scout, at their heights."""
    for name, table_mm in context.perceived.counting.labels.items():
        y = picture.on_screen((volume.z_mm(0) - table_mm) / volume.entry.slice_thickness_mm, 0)[1]
        at = (picture.area.right - context.display.scale.px(56), y)
        context.display.type.draw(target, name, at, size=14, weight="SemiBold", colour=theme.OK, halo=True)


def _leak_mark(display: Display, target: pygame.Surface, state: ReadingState, picture: Picture) -> None:
    mark = state.mark
    if mark is None or mark.scan != state.scan or abs(mark.index - state.index) > 1:
        return
    x, y = picture.on_screen(*mark.at)
    pygame.draw.circle(target, theme.INK, (x, y), display.scale.px(7), display.scale.stroke(2))
    display.type.draw(target, "leak mark", (x + display.scale.px(12), y - display.scale.px(12)), size=12, halo=True)


def _path(display: Display, target: pygame.Surface, state: ReadingState, volume: Volume, picture: Picture) -> None:
    draft = state.draft
    if draft is None or draft.number != volume.entry.number or volume.grid is None:
        return
    here = draft.index == state.index
    colour = theme.ACT if here else theme.EDGE
    start, end = picture.on_screen(*draft.entry), picture.on_screen(*draft.target)
    if state.confirmed and here:
        pygame.draw.line(target, colour, start, end, display.scale.stroke(2))
    else:
        dashed_line(target, colour, start, end, float(display.scale.stroke(10)), display.scale.stroke(2))
    half = display.scale.px(7)
    x, y = start
    pygame.draw.polygon(target, colour, [(x, y - half), (x + half, y), (x, y + half), (x - half, y)])
    pygame.draw.circle(target, colour, end, half, display.scale.stroke(2))
    if not here:
        return
    offset = draft.offset_mm(volume.grid)
    entry = "Entry"
    if offset is not None:
        side = "left" if offset > 0 else "right"
        entry = f"Entry: {abs(offset):.0f} mm {side}" if abs(offset) >= 0.5 else "Entry: on the midline"
    _chip(display, target, entry, (x + display.scale.px(16), y - display.scale.px(18)))
    third = (start[0] + 0.34 * (end[0] - start[0]), start[1] + 0.34 * (end[1] - start[1]))
    _chip(display, target, f"{draft.angle_deg(volume.grid):.0f}°", (third[0] - display.scale.px(70), third[1]))
    middle = (start[0] + 0.55 * (end[0] - start[0]), start[1] + 0.55 * (end[1] - start[1]))
    _chip(display, target, f"{draft.length_mm(volume.pixel_mm):.0f} mm", (middle[0] + display.scale.px(18), middle[1]))
    display.type.draw(target, "target", (end[0] + display.scale.px(14), end[1]), size=13, colour=colour, halo=True)


def _chip(display: Display, target: pygame.Surface, words: str, at: tuple[float, float]) -> None:
    width = display.type.width(words, 14, "Medium") + display.scale.px(14)
    box = pygame.Rect(round(at[0]), round(at[1] - display.scale.px(13)), width, display.scale.px(26))
    pygame.draw.rect(target, theme.BACKGROUND, box, border_radius=4)
    pygame.draw.rect(target, theme.ACT, box, display.scale.stroke(1), border_radius=4)
    display.type.draw(target, words, box.center, size=14, weight="Medium", align="centre")


def _draw_measurement(display: Display, target: pygame.Surface, measurement: Measurement, picture: Picture) -> None:
    points = [picture.on_screen(*picture.from_plane(point)) for point in measurement.points]
    for point in points:
        pygame.draw.circle(target, theme.INK, point, display.scale.stroke(4), display.scale.stroke(1))
    if len(points) > 1:
        pygame.draw.lines(target, theme.INK, False, points, display.scale.stroke(1))
    if measurement.complete:
        x, y = points[1]
        display.type.draw(
            target,
            measurement.words,
            (x + display.scale.stroke(10), y - display.scale.stroke(12)),
            size=14,
            weight="Medium",
            halo=True,
        )
