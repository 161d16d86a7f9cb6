"""Reading tools: what the mouse and the arrows do on the planes of a scan."""

from __future__ import annotations

from collections.abc import Callable

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.drawing.picture import Picture
from simulator.gui.drawing.window_level import WindowLevel
from simulator.gui.images.volume import Volume
from simulator.gui.input.user_action import KeyBinding, UserAction
from simulator.gui.scan_reading.drawn_path import DrawnPath
from simulator.gui.scan_reading.measurement import Measurement, Plane
from simulator.gui.scan_reading.reading_state import LeakMark, ReadingState
from simulator.vocabulary.anatomy import Laterality

NUDGE_MM = 1.0


class ReadingTools:
    """Input on one reading state."""

    def __init__(
        self,
        context: AppContext,
        state: ReadingState,
        volume: Callable[[], Volume | None],
        pictures: Callable[[], dict[Plane, Picture]],
    ) -> None:
        self._context = context
        self._state = state
        self._volume = volume
        self._pictures = pictures
        self._pressed: tuple[int, Plane] | None = None
        self._last: tuple[int, int] = (0, 0)

    # Keys.

    def scroll(self, by: int) -> None:
        """Go to another slice; downwards is towards the feet."""
        volume = self._volume()
        if volume is not None:
            self._state.index = min(max(self._state.index + by, 0), volume.count - 1)

    def remove_last(self) -> None:
        """Remove the last measurement."""
        if self._state.open is not None:
            self._state.open = None
        elif self._state.measurements:
            self._state.measurements.pop()

    def no_draft(self) -> str | None:
        """Why there is nothing to confirm."""
        return None if self._state.draft is not None else "Draw a path first: tool P, from the skin to the target"

    def toggle_foraminal(self) -> None:
        """Call the way posterior foraminal, or interlaminar again."""
        if self._state.draft is not None:
            self._state.draft.foraminal = not self._state.draft.foraminal
            self._state.confirmed = False

    def confirm(self) -> None:
        """Write entry and target down."""
        draft = self._state.draft
        source = self._source(draft)
        if draft is not None and source is not None:
            self._context.send(draft.plan(source, self._context.view.console.grid_midline_x_mm))
            self._state.confirmed = True

    def place(self) -> None:
        """Set the needle on the skin where the path begins."""
        draft = self._state.draft
        source = self._source(draft)
        if draft is not None and source is not None:
            self._context.send(draft.place(source, self._context.view.console.grid_midline_x_mm))

    def nudges(self) -> list[UserAction]:
        """Arrows move the target by a millimetre, with Shift the entry."""
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
                found.append(
                    UserAction(words=words, key=key, do=self._nudge(what, down, across), why_not=self.no_draft)
                )
        return found

    def _nudge(self, what: str, down: int, across: int) -> Callable[[], None]:
        def do() -> None:
            draft = self._state.draft
            source = self._source(draft)
            if draft is None or source is None:
                return
            step = NUDGE_MM / source.pixel_mm
            row, column = draft.target if what == "target" else draft.entry
            moved = (row + down * step, column + across * step)
            if what == "target":
                draft.target = moved
            else:
                draft.entry = self._on_skin(source, draft.index, moved)
            self._state.confirmed = False

        return do

    def _source(self, draft: DrawnPath | None) -> Volume | None:
        volume = None if draft is None else self._context.volumes.get(draft.number)
        return volume if volume is not None and volume.frame is not None else None

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
            self._drag(event.pos)
        elif event.type == pygame.MOUSEBUTTONUP and self._pressed is not None:
            button, plane = self._pressed
            self._pressed = None
            if button == 1:
                self._lift(plane, event.pos)

    def _plane_at(self, at: tuple[int, int]) -> Plane | None:
        return next((plane for plane, picture in self._pictures().items() if picture.area.collidepoint(at)), None)

    def _wheel(self, event: pygame.event.Event) -> None:
        plane = self._plane_at(pygame.mouse.get_pos())
        if plane is None:
            return
        if pygame.key.get_mods() & (pygame.KMOD_CTRL | pygame.KMOD_META):
            self._viewport(plane).zoom(0.9**event.y)
        elif plane == "axial":
            self.scroll(-event.y)
        elif plane == "sagittal":
            self._state.column = min(max(self._state.column - 2 * event.y, 0), 511)
        else:
            self._state.row = min(max(self._state.row - 2 * event.y, 0), 511)

    def _viewport(self, plane: Plane):  # type: ignore[no-untyped-def]
        return self._state.viewport if plane == "axial" else self._state.side_viewports[plane]

    def _point(self, plane: Plane, at: tuple[int, int], *, first: bool) -> None:
        """The left button is down at a place."""
        picture = self._pictures()[plane]
        row, column = picture.pixel_at(at)
        tool, volume = self._state.tool, self._volume()
        if volume is None:
            return
        if tool in ("distance", "angle"):
            if first:
                self._measure(plane, picture, row, column)
        elif tool == "mark leak" and plane == "axial":
            self._state.mark = LeakMark(scan=volume.entry.number, index=self._state.index, at=(row, column))
            middle = (volume.hu.shape[2] - 1) / 2
            if first and self._context.view.console.grid_midline_x_mm is None:
                self._state.leak_side = Laterality.LEFT if column < middle else Laterality.RIGHT
        elif tool == "draw path" and plane == "axial" and volume.frame is not None:
            self._draw_path(volume, row, column, first)
        else:
            self._cross(plane, row, column, volume)

    def _cross(self, plane: Plane, row: float, column: float, volume: Volume) -> None:
        state, most = self._state, volume.hu.shape[2] - 1

        def held(value: float) -> float:
            return min(max(value, 0.0), float(most))

        if plane == "axial":
            state.row, state.column = held(row), held(column)
        else:
            state.index = min(max(round(row), 0), volume.count - 1)
            if plane == "sagittal":
                state.row = held(most - column)
            else:
                state.column = held(column)

    def _measure(self, plane: Plane, picture: Picture, row: float, column: float) -> None:
        state = self._state
        rows, columns = picture.image.shape
        point = (
            (row - (rows - 1) / 2) * picture.spacing_mm[0],
            (column - (columns - 1) / 2) * picture.spacing_mm[1],
        )
        at = {"axial": state.index, "sagittal": round(state.column), "coronal": round(state.row)}[plane]
        if state.open is None or state.open.plane != plane or state.open.at != at:
            assert state.scan is not None
            state.open = Measurement(kind=state.tool, scan=state.scan, plane=plane, at=at)  # type: ignore[arg-type]
        state.open.points.append(point)
        if state.open.complete:
            state.measurements.append(state.open)
            state.open = None

    def _draw_path(self, volume: Volume, row: float, column: float, first: bool) -> None:
        state = self._state
        if first:
            entry = self._on_skin(volume, state.index, (row, column))
            foraminal = state.draft.foraminal if state.draft is not None else False
            state.draft = DrawnPath(
                number=volume.entry.number, index=state.index, entry=entry, target=(row, column), foraminal=foraminal
            )
            state.confirmed = False
        elif state.draft is not None:
            state.draft.target = (row, column)

    def _on_skin(self, volume: Volume, index: int, at: tuple[float, float]) -> tuple[float, float]:
        """The skin of the back on a column; the point itself where there is no body."""
        skin = volume.skin_row(index, at[1])
        return (at[0] if skin is None else skin, at[1])

    def _drag(self, at: tuple[int, int]) -> None:
        assert self._pressed is not None
        button, plane = self._pressed
        across, down = at[0] - self._last[0], at[1] - self._last[1]
        self._last = at
        picture = self._pictures()[plane]
        if button == 1:
            self._point(plane, at, first=False)
        elif button == 2:
            viewport = self._viewport(plane)
            viewport.across_mm -= across / picture.px_per_mm
            viewport.down_mm -= down / picture.px_per_mm
        else:
            now = self._context.scan_window
            self._context.scan_window = WindowLevel(
                name="own",
                width_hu=min(max(now.width_hu + 4.0 * across, 20.0), 4000.0),
                level_hu=min(max(now.level_hu + 2.0 * down, -1000.0), 3000.0),
            )

    def _lift(self, plane: Plane, at: tuple[int, int]) -> None:
        """A path that is too short to be one is no path; a distance may be dragged."""
        state = self._state
        draft = state.draft
        if state.tool == "draw path" and draft is not None and not state.confirmed:
            source = self._source(draft)
            if source is not None and draft.length_mm(source) < 10.0:
                state.draft = None
                self._context.say("Drag from the skin to the target: that was shorter than 10 mm")
        elif state.tool == "distance" and state.open is not None and len(state.open.points) == 1:
            picture = self._pictures()[plane]
            row, column = picture.pixel_at(at)
            rows, columns = picture.image.shape
            down = (row - (rows - 1) / 2) * picture.spacing_mm[0]
            across = (column - (columns - 1) / 2) * picture.spacing_mm[1]
            first = state.open.points[0]
            if max(abs(first[0] - down), abs(first[1] - across)) > 2.0:
                self._measure(plane, picture, row, column)
