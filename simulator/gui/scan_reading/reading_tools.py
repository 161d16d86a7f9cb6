"""Reading tools: what the mouse and the arrows do on the planes of a scan."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing.picture import ImagePoint, Picture, PlanePoint
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.images.volume import Volume
from simulator.gui.input.tile_tools import drag_window
from simulator.gui.input.user_action import KeyBinding, UserAction
from simulator.gui.scan_reading.drawn_path import DrawnPath
from simulator.gui.scan_reading.measurement import Measurement, MeasurementKind
from simulator.gui.scan_reading.reading_state import LeakMark, ReadingState, ReadingTool
from simulator.vocabulary.anatomy import Laterality

NUDGE_MM = 1.0
FAR_NUDGE_MM = 10.0
LEAST_PATH_MM = 10.0
DRAGGED_MM = 2.0  # a distance whose end lies further than this from its start was dragged, not clicked
MEASURING = {ReadingTool.DISTANCE: MeasurementKind.DISTANCE, ReadingTool.ANGLE: MeasurementKind.ANGLE}


class ReadingTools:
    """Input on one reading state."""

    def __init__(
        self,
        context: AppContext,
        state: ReadingState,
        volume: Callable[[], Volume | None],
        pictures: Callable[[], dict[ImagePlane, Picture]],
    ) -> None:
        self._context = context
        self._state = state
        self._volume = volume
        self._pictures = pictures
        self._pressed: tuple[int, ImagePlane] | None = None
        self._last: tuple[int, int] = (0, 0)

    # Keys.

    def scroll(self, by: int) -> None:
        """Go to another slice; downwards is towards the feet."""
        volume = self._volume()
        if volume is not None:
            self._state.index = min(max(self._state.index + by, 0), volume.count - 1)

    def remove_last(self) -> None:
        """Remove the last measurement; with the tool that draws, the path that is not confirmed."""
        if self._state.tool is ReadingTool.DRAW_PATH and self._state.draft is not None and not self._state.confirmed:
            self._state.draft = None
        elif self._state.open is not None:
            self._state.open = None
        elif self._state.measurements:
            self._state.measurements.pop()

    def no_draft(self) -> str | None:
        """Why there is nothing to confirm."""
        return None if self._state.draft is not None else "Draw a path first: tool P, from the skin to the target"

    def fix_midline(self) -> None:
        """A path that was drawn before the grid was on the skin is measured from it once it is."""
        draft = self._state.draft
        if draft is not None and draft.midline_x_mm is None:
            draft.midline_x_mm = self._context.perceived.view.console.grid_midline_x_mm

    def toggle_foraminal(self) -> None:
        """Call the way posterior foraminal, or interlaminar again."""
        if self._state.draft is not None:
            self._state.draft.foraminal = not self._state.draft.foraminal
            self._state.confirmed = False

    def highest_hu(self) -> int | None:
        """Highest HU on the way that was drawn; None where there is none."""
        draft, source = self._state.draft, self._source(self._state.draft)
        return None if draft is None or source is None else draft.highest_hu(source)

    def confirm(self) -> None:
        """Write entry and target down."""
        draft = self._state.draft
        source = self._source(draft)
        if draft is not None and source is not None and source.grid is not None:
            self._context.send(draft.plan(source.grid))
            self._state.confirmed = True

    def place(self) -> None:
        """Set the needle on the skin where the path begins."""
        draft = self._state.draft
        source = self._source(draft)
        if draft is not None and source is not None and source.grid is not None:
            self._context.send(draft.place(source.grid))

    def no_scan(self) -> str | None:
        """Why nothing can be pointed at."""
        return None if self._volume() is not None else "No scan has been opened"

    def nudges(self) -> list[UserAction]:
        """Arrows move the target by a millimetre, with Shift the entry; before there is a path, the cross-hair."""
        found = []
        for code, cap, down, across in (
            (pygame.K_UP, "↑", -1, 0),
            (pygame.K_DOWN, "↓", 1, 0),
            (pygame.K_LEFT, "←", 0, -1),
            (pygame.K_RIGHT, "→", 0, 1),
        ):
            for shift, what in ((False, "target"), (True, "entry")):
                key = KeyBinding(code=code, cap=f"Shift {cap}" if shift else cap, shift=shift)
                words = f"Move the {what} 1 mm"
                found.append(UserAction(words=words, key=key, do=self._nudge(what, down, across), why_not=self.no_scan))
        return found

    def _nudge(self, what: str, down: int, across: int) -> Callable[[], None]:
        def do() -> None:
            draft = self._state.draft
            if draft is None:
                self._point_by_keys(down, across, far=what != "target")
                return
            source = self._source(draft)
            if source is None:
                return
            step = NUDGE_MM / source.pixel_mm
            row, column = draft.target if what == "target" else draft.entry
            moved = ImagePoint(row + down * step, column + across * step)
            if what == "target":
                draft.target = moved
            else:
                draft.entry = self._on_skin(source, draft.index, moved)
            self._state.confirmed = False

        return do

    def _point_by_keys(self, down: int, across: int, *, far: bool) -> None:
        """Move the cross-hair; with the tool that draws, begin a path from the skin straight above it instead."""
        volume, state = self._volume(), self._state
        if volume is None:
            return
        here = ImagePoint(state.row, state.column)
        if state.tool is ReadingTool.DRAW_PATH and volume.grid is not None:
            self._draw_path(volume, here, first=True)
            self._drop_short_path()
            return
        step = (FAR_NUDGE_MM if far else NUDGE_MM) / volume.pixel_mm
        self._cross(ImagePlane.AXIAL, ImagePoint(here.row + down * step, here.column + across * step), volume)

    def _source(self, draft: DrawnPath | None) -> Volume | None:
        volume = None if draft is None else self._context.perceived.volumes.get(draft.number)
        return volume if volume is not None and volume.grid is not None else None

    # Mouse.

    def take(self, event: pygame.event.Event) -> None:
        """Wheel, clicks and drags."""
        if event.type == pygame.MOUSEWHEEL:
            self._wheel(event)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button in (1, 2, 3):
            plane = self._plane_at(event.pos)
            if plane is not None:
                self._pressed, self._last = (event.button, plane), event.pos
                if event.button == 1:
                    self._point(plane, event.pos, first=True)
        elif event.type == pygame.MOUSEMOTION and self._pressed is not None:
            self._drag(*self._pressed, event.pos)
        elif event.type == pygame.MOUSEBUTTONUP and self._pressed is not None:
            button, plane = self._pressed
            self._pressed = None
            if button == 1:
                self._lift(plane, event.pos)

    def _plane_at(self, at: tuple[int, int]) -> ImagePlane | None:
        return next((plane for plane, picture in self._pictures().items() if picture.area.collidepoint(at)), None)

    def _wheel(self, event: pygame.event.Event) -> None:
        plane = self._plane_at(pygame.mouse.get_pos())
        if plane is None:
            return
        if pygame.key.get_mods() & (pygame.KMOD_CTRL | pygame.KMOD_META):
            self._state.viewports[plane].zoom(0.9**event.y)
        elif plane is ImagePlane.AXIAL:
            self.scroll(-event.y)
        elif plane is ImagePlane.SAGITTAL:
            self._state.column = min(max(self._state.column - 2 * event.y, 0), 511)
        else:
            self._state.row = min(max(self._state.row - 2 * event.y, 0), 511)

    def _point(self, plane: ImagePlane, at: tuple[int, int], *, first: bool) -> None:
        """The left button is down at a place."""
        picture = self._pictures()[plane]
        pixel = picture.pixel_at(at)
        tool, volume = self._state.tool, self._volume()
        if volume is None:
            return
        if tool in MEASURING:
            if first:
                self._measure(volume, plane, picture.to_plane(pixel), MEASURING[tool])
        elif tool is ReadingTool.MARK_LEAK and plane is ImagePlane.AXIAL:
            self._mark_leak(volume, pixel, first)
        elif tool is ReadingTool.DRAW_PATH and plane is ImagePlane.AXIAL and volume.grid is not None:
            self._draw_path(volume, pixel, first)
        else:
            self._cross(plane, pixel, volume)

    def _mark_leak(self, volume: Volume, pixel: ImagePoint, first: bool) -> None:
        """Without a skin grid the picture's halves say the side."""
        self._state.mark = LeakMark(scan=volume.entry.number, index=self._state.index, at=pixel)
        middle = (volume.columns - 1) / 2
        if first and self._context.perceived.view.console.grid_midline_x_mm is None:
            self._state.leak_side = Laterality.LEFT if pixel.column < middle else Laterality.RIGHT

    def _cross(self, plane: ImagePlane, pixel: ImagePoint, volume: Volume) -> None:
        state, most = self._state, volume.columns - 1
        row, column = pixel

        def held(value: float) -> float:
            return min(max(value, 0.0), float(most))

        if plane is ImagePlane.AXIAL:
            state.row, state.column = held(row), held(column)
        else:
            state.index = min(max(round(row), 0), volume.count - 1)
            if plane is ImagePlane.SAGITTAL:
                state.row = held(most - column)
            else:
                state.column = held(column)

    def _measure(self, volume: Volume, plane: ImagePlane, point: PlanePoint, kind: MeasurementKind) -> None:
        state, at = self._state, self._state.shown_at(plane)
        if state.open is None or state.open.plane != plane or state.open.at != at:
            state.open = Measurement(kind=kind, scan=volume.entry.number, plane=plane, at=at)
        state.open.points.append(point)
        if state.open.complete:
            state.measurements.append(state.open)
            state.open = None

    def _draw_path(self, volume: Volume, pixel: ImagePoint, first: bool) -> None:
        state = self._state
        if first:
            entry = self._on_skin(volume, state.index, pixel)
            foraminal = state.draft.foraminal if state.draft is not None else False
            state.draft = DrawnPath(
                number=volume.entry.number,
                index=state.index,
                entry=entry,
                target=pixel,
                foraminal=foraminal,
                midline_x_mm=self._context.perceived.view.console.grid_midline_x_mm,
            )
            state.confirmed = False
        elif state.draft is not None:
            state.draft.target = pixel

    def _on_skin(self, volume: Volume, index: int, at: ImagePoint) -> ImagePoint:
        """The skin of the back on a column; the point itself where there is no body."""
        skin = volume.skin_row(index, at.column)
        return at if skin is None else ImagePoint(skin, at.column)

    def _drag(self, button: int, plane: ImagePlane, at: tuple[int, int]) -> None:
        across, down = at[0] - self._last[0], at[1] - self._last[1]
        self._last = at
        if button == 1:
            self._point(plane, at, first=False)
        elif button == 2:
            viewport, px_per_mm = self._state.viewports[plane], self._pictures()[plane].px_per_mm
            viewport.across_mm -= across / px_per_mm
            viewport.down_mm -= down / px_per_mm
        else:
            self._context.display.scan_window = drag_window(self._context.display.scan_window, across, down)

    def _lift(self, plane: ImagePlane, at: tuple[int, int]) -> None:
        """A path that is too short to be one is no path; a distance may be dragged."""
        state = self._state
        if state.tool is ReadingTool.DRAW_PATH and not state.confirmed:
            self._drop_short_path()
        elif state.tool is ReadingTool.DISTANCE and state.open is not None and len(state.open.points) == 1:
            picture, volume = self._pictures()[plane], self._volume()
            end, start = picture.to_plane(picture.pixel_at(at)), state.open.points[0]
            far = max(abs(start.down_mm - end.down_mm), abs(start.across_mm - end.across_mm)) > DRAGGED_MM
            if far and volume is not None:
                self._measure(volume, plane, end, MeasurementKind.DISTANCE)

    def _drop_short_path(self) -> None:
        draft = self._state.draft
        source = self._source(draft)
        if draft is not None and source is not None and draft.length_mm(source.pixel_mm) < LEAST_PATH_MM:
            self._state.draft = None
            self._context.notices.say(f"Drag from the skin to the target: that was shorter than {LEAST_PATH_MM:g} mm")
