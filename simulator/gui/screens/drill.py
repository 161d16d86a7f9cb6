"""Drill: two minutes of presses in which the tip is read; each error is told at once, and the rounds are kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Picture, Viewport, cached
from simulator.gui.engine_worker.start_desk import StartDesk
from simulator.gui.engine_worker.tip_drill import DrillAnswer, DrillPress, DrillRound, DrillVerdict, DrillWorker
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction
from simulator.gui.panels import learning_curve
from simulator.gui.panels.panel_frame import draw_panel
from simulator.gui.screens.screen import Screen

ROUND_S = 120.0  # of looking at pictures; looking at an error costs nothing
TILES = 3
CURSOR_STEP_MM, CURSOR_LEAP_MM = 0.5, 5.0
NO_NAME = "Nobody is chosen by name, so that no round is kept."


class DrillScreen(Screen):
    """Three slices of a press, and beside them the time, the last error and the learning curve."""

    title = "Drill"

    def __init__(self, context: AppContext, desk: StartDesk | None) -> None:
        super().__init__(context)
        self._desk = desk
        self._worker: DrillWorker | None = None
        self._press: DrillPress | None = None
        self._pictures: list[Picture] = []
        self._viewport = Viewport(down_mm=-46.0, shown_mm=136.0)
        self._cursor: tuple[int, float, float] | None = None
        self._given: DrillAnswer | None = None
        self._verdict: DrillVerdict | None = None
        self._rounds: list[DrillRound] = []
        self._begin_round()

    # A round.

    def _begin_round(self) -> None:
        self._errors: list[float] = []
        self._answers, self._wrong = 0, 0
        self._left_s, self._since_s = ROUND_S, time.monotonic()
        self._over = False

    def start(self) -> None:
        """Begin a round of the learner: the presses of its seed are made behind the screen."""
        if self._desk is None or self._worker is not None:
            return
        learner = self.context.teaching.drill_learner
        self._rounds = self._desk.drill_rounds(learner)
        self._seed = len(self._rounds) + 1
        self._worker = DrillWorker(self._desk.drill(learner, self._seed))
        self._press = self._given = self._verdict = None
        self._begin_round()

    def leave(self) -> None:
        """Back to the first screen; a round that is not over is not kept."""
        self.stop()
        self.context.doors.show(ScreenName.START)

    def stop(self) -> None:
        """Make no more presses; the one that waits is put away."""
        if self._worker is not None:
            self._worker.stop()
        self._worker = self._press = None

    @property
    def _reading(self) -> bool:
        """Whether a picture waits for an answer."""
        return self._press is not None and self._verdict is None and not self._over

    @property
    def left_s(self) -> float:
        """What is left of the round."""
        spent = time.monotonic() - self._since_s if self._reading else 0.0
        return max(self._left_s - spent, 0.0)

    def tick(self) -> bool:
        """The next press when it is there; the end of the round when its time is over."""
        if self.context.display.showing != ScreenName.DRILL:
            return False
        if self._worker is None and not self._over:
            self.start()
        worker = self._worker
        if worker is None:
            return False
        if worker.failure is not None:
            self.context.notices.say(str(worker.failure))
            self.leave()
            return True
        if self._reading and self.left_s <= 0.0:
            self._end()
            return True
        if self._press is None and not self._over:
            self._press = worker.take()
            self._cursor, self._since_s = None, time.monotonic()
        return True

    def _end(self) -> None:
        """Keep the round, if anything was answered in it."""
        self._over, self._left_s = True, 0.0
        self.stop()
        if not self._answers or self._desk is None:
            return
        done = DrillRound(
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            seed=self._seed,
            errors_mm=tuple(self._errors),
            answers=self._answers,
            wrong=self._wrong,
        )
        self._rounds = [*self._rounds, done]
        told = self._desk.keep_drill_round(self.context.teaching.drill_learner, done)
        if told:
            self.context.notices.say(told)

    def give(self, answer: DrillAnswer) -> None:
        """Answer the picture that waits; the error is told at once."""
        worker, press = self._worker, self._press
        if not self._reading or worker is None or worker.source is None or press is None:
            return
        self._left_s = self.left_s
        self._given = answer
        self._verdict = worker.source.judge(press.number, answer)
        self._answers += 1
        self._wrong += not self._verdict.right
        if self._verdict.error_mm is not None:
            self._errors.append(self._verdict.error_mm)

    def _next(self) -> None:
        if self._verdict is not None:
            self._press = self._given = self._verdict = None
            if self._left_s <= 0.0:
                self._end()

    def _again(self) -> None:
        self.stop()
        self._over = False
        self.start()

    # Layout.

    def lay_out(self) -> None:
        """Tiles at the left, time and curve at the right, buttons below."""
        px = self.context.display.scale.px
        width, height = self.context.display.size
        edge, gap = max(px(16), 8), max(px(8), 4)
        top, high = px(64), max(px(46), 36)
        foot = height - theme.notice_height(self.context.display.scale) - high
        bottom = foot - gap
        side = max(px(330), 270)
        tile = min((width - 2 * edge - side - TILES * gap) // TILES, bottom - top)
        self._tiles = [pygame.Rect(edge + index * (tile + gap), top, tile, tile) for index in range(TILES)]
        x = self._tiles[-1].right + gap
        self._told = pygame.Rect(x, top, width - edge - x, max(px(250), 210))
        self._curve = pygame.Rect(x, self._told.bottom + gap, width - edge - x, bottom - gap - self._told.bottom - gap)
        self._words_area = pygame.Rect(edge, top + tile + gap, x - gap - edge, bottom - top - tile - gap)
        wide = max(px(300), 236)
        for index, action in enumerate((self._none(), self._on(), self._another(), self._leaving())):
            self.button(action, pygame.Rect(edge + index * (wide + gap), foot, wide, high))
        for index in range(TILES):
            self.key_only(self._tile_key(index))
        for code, cap, down, across in (
            (pygame.K_UP, "↑", -1, 0), (pygame.K_DOWN, "↓", 1, 0), (pygame.K_LEFT, "←", 0, -1),
            (pygame.K_RIGHT, "→", 0, 1),
        ):  # fmt: skip
            for shift in (False, True):
                key = KeyBinding(code=code, cap=f"Shift {cap}" if shift else cap, shift=shift)
                self.key_only(UserAction(words="Move the cross", key=key, do=self._moves(down, across, shift)))

    def _none(self) -> UserAction:
        return UserAction(
            words="In none of them",
            key=KeyBinding(code=pygame.K_n, cap="N"),
            do=lambda: self.give(DrillAnswer(slice_index=None)),
            why_not=lambda: None if self._reading else "No picture waits for an answer",
            hint="The tip lies in none of the three slices",
        )

    def _on(self) -> UserAction:
        def do() -> None:
            if self._verdict is not None:
                self._next()
            elif self._cursor is not None:
                index, row, column = self._cursor
                self.give(DrillAnswer(slice_index=index, row=row, column=column))

        def why_not() -> str | None:
            ready = self._verdict is not None or (self._reading and self._cursor is not None)
            return None if ready else "Click on the tip, or choose a slice with 1 to 3 and move the cross"

        return UserAction(
            words=lambda: "Next picture" if self._verdict is not None else "The tip is at the cross",
            key=KeyBinding(code=pygame.K_RETURN, cap="Enter"),
            do=do,
            why_not=why_not,
            kind=ButtonKind.PRIMARY,
        )

    def _another(self) -> UserAction:
        return UserAction(
            words="Another round",
            key=KeyBinding(code=pygame.K_r, cap="R"),
            do=self._again,
            why_not=lambda: None if self._over else "This round is not over",
        )

    def _leaving(self) -> UserAction:
        return UserAction(
            words="Back to the cases", key=KeyBinding(code=pygame.K_ESCAPE, cap="Esc"), do=self.leave,
            hint="A round that is not over is not kept",
        )  # fmt: skip

    def _tile_key(self, index: int) -> UserAction:
        def do() -> None:
            if self._reading and self._pictures:
                at = self._pictures[index].pixel_at(self._tiles[index].center)
                self._cursor = (index, at.row, at.column)

        return UserAction(
            words=f"Slice {index + 1}", key=KeyBinding(code=pygame.K_1 + index, cap=str(index + 1)), do=do
        )

    def _moves(self, down: int, across: int, far: bool) -> Callable[[], None]:
        def do() -> None:
            if self._cursor is None or self._press is None or not self._reading:
                return
            step = (CURSOR_LEAP_MM if far else CURSOR_STEP_MM) / self._press.pixel_mm
            index, row, column = self._cursor
            self._cursor = (index, row + down * step, column + across * step)

        return do

    def take(self, event: pygame.event.Event) -> None:
        """A click on a tile is the answer; after it a click goes on. The wheel zooms."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            index = next((k for k, tile in enumerate(self._tiles) if tile.collidepoint(event.pos)), None)
            if index is None:
                return
            if self._verdict is not None:
                self._next()
            elif self._reading and self._pictures:
                at = self._pictures[index].pixel_at(event.pos)
                self.give(DrillAnswer(slice_index=index, row=at.row, column=at.column))
        elif event.type == pygame.MOUSEWHEEL and any(one.collidepoint(pygame.mouse.get_pos()) for one in self._tiles):
            self._viewport.zoom(0.9**event.y)

    # Drawing.

    def draw(self, target: pygame.Surface) -> None:
        """Draw the slices, what is known of the last answer, and the curve."""
        context, display = self.context, self.context.display
        px, write = display.scale.px, display.type.draw
        write(target, "Reading the tip", (px(24), px(32)), size=26, weight="SemiBold")
        who = context.teaching.drill_learner or "nobody by name"
        write(target, who, (target.get_width() - px(24), px(32)), size=14, align="right", colour=theme.MID)
        self._pictures = []
        for index, tile in enumerate(self._tiles):
            self._draw_tile(target, index, tile)
        self._draw_told(target)
        learning_curve.draw(display, target, self._curve, self._rounds)
        if self._words_area.height > display.scale.type_px(13) * 3:
            words = (
                "Where does the bevel's tip lie? Click on it. An oblique shaft that leaves the slices ends too early."
            )
            display.type.paragraph(target, words, self._words_area, size=14, colour=theme.MID)

    def _draw_tile(self, target: pygame.Surface, index: int, tile: pygame.Rect) -> None:
        context, press = self.context, self._press
        if press is None:
            pygame.draw.rect(target, (0, 0, 0), tile)
            if index == TILES // 2:
                context.display.type.draw(
                    target, self._waiting(), tile.center, size=14, align="centre", colour=theme.LOW
                )
            return
        picture = cached(
            Picture(
                image=press.slices[index],
                spacing_mm=(press.pixel_mm, press.pixel_mm),
                area=tile,
                window=context.display.press_window,
                viewport=self._viewport,
            )
        )
        self._pictures.append(picture)
        picture.draw(target)
        target.set_clip(tile)
        self._draw_marks(target, index, picture)
        target.set_clip(None)

    def _draw_marks(self, target: pygame.Surface, index: int, picture: Picture) -> None:
        """The cross that is moved, the answer, and where the tip lies."""
        answer, verdict = self._given, self._verdict
        if verdict is None and self._cursor is not None and self._cursor[0] == index:
            _cross(self.context.display, target, picture.on_screen(self._cursor[1], self._cursor[2]), theme.ACT)
        if answer is not None and answer.slice_index == index:
            _cross(self.context.display, target, picture.on_screen(answer.row, answer.column), theme.ACT)
        if verdict is not None and verdict.slice_index == index:
            at = picture.on_screen(verdict.row, verdict.column)
            stroke = self.context.display.scale.stroke
            pygame.draw.circle(target, theme.TRUTH, at, stroke(9), stroke(2))
            words_at = (at[0] + stroke(14), at[1] - stroke(12))
            self.context.display.type.draw(target, "tip", words_at, size=13, colour=theme.TRUTH, halo=True)
            if answer is not None and answer.slice_index == index:
                pygame.draw.line(target, theme.TRUTH, picture.on_screen(answer.row, answer.column), at, stroke(1))

    def _waiting(self) -> str:
        if self._over:
            return "The round is over"
        progress = None if self._worker is None else self._worker.progress
        return "the picture is being computed" if progress is None else f"{progress[0]}: {progress[1]:.0%}"

    def _draw_told(self, target: pygame.Surface) -> None:
        """Time, and what the last answer was worth."""
        context, display = self.context, self.context.display
        px, write = display.scale.px, display.type.draw
        inside = draw_panel(display, target, self._told, "This round", "two minutes of reading")
        seconds = round(self.left_s)
        at = (inside.left, inside.top + px(24))
        write(target, f"{seconds // 60}:{seconds % 60:02d}", at, size=34, weight="SemiBold", figures=True)
        answers = "1 answer" if self._answers == 1 else f"{self._answers} answers"
        count = f"{answers}, {self._wrong} of the wrong kind"
        write(target, count, (inside.left, inside.top + px(66)), size=13, colour=theme.MID)
        if self._errors:
            median = DrillRound(started="", seed=0, errors_mm=tuple(self._errors), answers=0, wrong=0).median_error_mm
            words = f"median error {median:.1f} mm"
            write(target, words, (inside.left, inside.top + px(90)), size=13, colour=theme.MID)
        box = pygame.Rect(inside.left, inside.top + px(110), inside.width, inside.height)
        if self._verdict is not None:
            colour = theme.INK if self._verdict.right else theme.WARN
            display.type.paragraph(target, _told(self._verdict), box, size=17, weight="SemiBold", colour=colour)
        elif context.teaching.drill_learner is None:
            display.type.paragraph(target, NO_NAME, box, size=13, colour=theme.LOW)


def _cross(display: Display, target: pygame.Surface, at: tuple[float, float], colour: theme.Colour) -> None:
    x, y = at
    arm, width = display.scale.stroke(9), display.scale.stroke(1)
    pygame.draw.line(target, colour, (x - arm, y), (x + arm, y), width)
    pygame.draw.line(target, colour, (x, y - arm), (x, y + arm), width)


def _told(verdict: DrillVerdict) -> str:
    """A verdict in a sentence."""
    if verdict.error_mm is not None:
        return f"{verdict.error_mm:.1f} mm off"
    if verdict.slice_index is not None:
        return f"It lies in slice {verdict.slice_index + 1}"
    where = "head" if verdict.beyond_mm > 0 else "feet"
    beyond = f"{abs(verdict.beyond_mm):.1f} mm beyond the slices, towards the {where}"
    return f"Right: {beyond}" if verdict.right else f"Not in these slices: {beyond}"
