"""Three ways into the window, each with events of its own kind alone: a mouse, a keyboard, a gamepad."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, Protocol

import pygame

from simulator.gui.app import App
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.input import gamepad as pad
from simulator.gui.screens.guidance import GuidanceScreen
from simulator.gui.screens.reading import ReadingScreen
from simulator.gui.screens.start import StartScreen

PATIENCE_S = 240.0  # a machine may be slow; only a hang ends a test
Point = tuple[float, float]
Hand = Callable[[], None]


class Device(Protocol):
    """What a person does with a device, whichever it is."""

    def choose(self, case: str) -> None:
        """Choose a case of the first screen's list."""

    def press(self, words: str, *, hold: bool = False) -> Hand:
        """Press what has these words; what is held is let go by what this gives."""

    def pedal(self) -> None:
        """Tap the pedal."""

    def turn_to(self, index: int) -> None:
        """Show a slice of the scan."""

    def draw_path(self, entry_mm: Point, target_mm: Point, reading: ReadingScreen) -> None:
        """Draw a path in the slice that is shown, from and to points of the image (row, column)."""


class Window:
    """The window that a device is used on, and the patience to wait for it."""

    def __init__(self, app: App, keep: Callable[[str], None] | None = None) -> None:
        self.app = app
        self.kinds: set[int] = set()
        self.keep = keep or (lambda name: None)

    def until(self, condition: Callable[[], bool]) -> None:
        """Turn the event loop until something holds."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"still waiting on {self.app.name}: {self.app.context.notices.notice}"
            self.app.step()

    def settle(self) -> None:
        """Let what was done begin, then wait until nothing is computed and nothing waits."""
        for _ in range(3):  # a click becomes a press of its button one turn later
            self.app.step()
        self.until(lambda: not self.app.context.busy and not self.app.context.held.kept)
        self.app.step()

    def post(self, kind: int, **values: Any) -> None:
        """One event, and one turn of the loop."""
        self.kinds.add(kind)
        pygame.event.post(pygame.event.Event(kind, values))
        self.app.step()

    def placed(self, words: str) -> Any:
        """The button with these words."""
        return next(p for p in self.app.screen._placed if p.label.removeprefix("✓  ").startswith(words))

    def action(self, words: str) -> Any:
        """The action with these words, whether it has a button or a key alone."""
        return next(a for a in self.app.screen.actions if a.label.removeprefix("✓  ").startswith(words))

    @property
    def start(self) -> StartScreen:
        """The first screen."""
        screen = self.app.screen
        assert isinstance(screen, StartScreen)
        return screen


class Mouse:
    """Buttons, wheel and drags."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def choose(self, case: str) -> None:
        """Click on its row; the wheel brings it into sight."""
        start = self._window.start
        card = next(card for card in start._cards if card.name == case)
        for _ in range(len(start._cards)):
            shown = [p for p in start._placed if p.label and card.title.startswith(p.label.removesuffix("…"))]
            if shown:
                self._click(shown[0].button.rect.center)
                return
            pygame.mouse.set_pos(start._list.center)
            self._window.post(pygame.MOUSEWHEEL, x=0, y=-1, flipped=False)
        raise AssertionError(f"{case} does not come into sight")

    def press(self, words: str, *, hold: bool = False) -> Hand:
        """Click the button, or hold it down."""
        at = self._window.placed(words).button.rect.center
        self._to(at)
        self._window.post(pygame.MOUSEBUTTONDOWN, pos=at, button=1)

        def let_go() -> None:
            self._window.post(pygame.MOUSEBUTTONUP, pos=at, button=1)
            self._window.settle()

        if not hold:
            let_go()
        return let_go

    def pedal(self) -> None:
        """Beside the needle the lamp is the pedal; at the syringes it is a button."""
        screen = self._window.app.screen
        if isinstance(screen, GuidanceScreen):
            self._click(screen._right[0].center)
        else:
            self.press("Pedal")

    def turn_to(self, index: int) -> None:
        """The wheel over the axial picture."""
        reading = self._window.app.screen
        assert isinstance(reading, ReadingScreen)
        pygame.mouse.set_pos(reading._areas[ImagePlane.AXIAL].center)
        self._window.app.step()
        while reading.state.index != index:
            self._window.post(pygame.MOUSEWHEEL, x=0, y=1 if index < reading.state.index else -1, flipped=False)

    def draw_path(self, entry_mm: Point, target_mm: Point, reading: ReadingScreen) -> None:
        """A drag with the tool."""
        self._window.until(lambda: bool(reading.pictures()))
        self._window.app.step()
        picture = reading.pictures()[ImagePlane.AXIAL]
        self.press("Path" if self._window.app.context.display.scale.compact else "Draw path")
        start, end = (tuple(map(round, picture.on_screen(*at))) for at in (entry_mm, target_mm))
        self._to(start)
        self._window.post(pygame.MOUSEBUTTONDOWN, pos=start, button=1)
        self._to(end, held=True)
        self._window.post(pygame.MOUSEBUTTONUP, pos=end, button=1)

    def _to(self, at: tuple[int, int], *, held: bool = False) -> None:
        pygame.mouse.set_pos(at)
        self._window.post(pygame.MOUSEMOTION, pos=at, rel=(0, 0), buttons=(int(held), 0, 0))
        for _ in range(2):
            self._window.app.step()

    def _click(self, at: tuple[int, int]) -> None:
        self._to(at)
        for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            self._window.post(kind, pos=at, button=1)
        self._window.settle()


class Keyboard:
    """Keys that stand on buttons; Tab and Enter for buttons without."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def choose(self, case: str) -> None:
        """Down the list."""
        while self._window.start.card.name != case:
            self._tap(pygame.K_DOWN)

    def press(self, words: str, *, hold: bool = False) -> Hand:
        """Its key, or Tab until the frame stands on it, and Enter."""
        action = self._window.action(words)
        code, mod = pygame.K_RETURN, 0
        if action.key is not None:
            code, mod = action.key.code, _modifiers(action)
        else:
            self._frame(words)
        self._window.post(pygame.KEYDOWN, key=code, mod=mod, unicode="", scancode=0)

        def let_go() -> None:
            self._window.post(pygame.KEYUP, key=code, mod=mod, unicode="", scancode=0)
            self._window.settle()

        if not hold:
            let_go()
        return let_go

    def pedal(self) -> None:
        """Space."""
        self._tap(pygame.K_SPACE)

    def turn_to(self, index: int) -> None:
        """PgUp and PgDn."""
        state = self._reading().state
        while state.index != index:
            self._tap(pygame.K_PAGEUP if index < state.index else pygame.K_PAGEDOWN)

    def draw_path(self, entry_mm: Point, target_mm: Point, reading: ReadingScreen) -> None:
        """The cross-hair to the target, a path from the skin above it, then its entry to the side."""
        state, volume = reading.state, reading.volume()
        assert volume is not None
        self._tap(pygame.K_c)
        steps = [round((b - a) * volume.pixel_mm) for a, b in zip((state.row, state.column), target_mm, strict=True)]
        for count, less, more in (
            (steps[0], pygame.K_UP, pygame.K_DOWN),
            (steps[1], pygame.K_LEFT, pygame.K_RIGHT),
        ):
            for _ in range(abs(count) // 10):
                self._tap(more if count > 0 else less, pygame.KMOD_SHIFT)
            for _ in range(abs(count) % 10):
                self._tap(more if count > 0 else less)
        self._tap(pygame.K_p)
        self._tap(pygame.K_UP)
        assert state.draft is not None
        aside = round((entry_mm[1] - state.draft.entry.column) * volume.pixel_mm)
        for _ in range(abs(aside)):
            self._tap(pygame.K_RIGHT if aside > 0 else pygame.K_LEFT, pygame.KMOD_SHIFT)

    def _reading(self) -> ReadingScreen:
        screen = self._window.app.screen
        assert isinstance(screen, ReadingScreen)
        return screen

    def _frame(self, words: str) -> None:
        wanted = self._window.placed(words)
        while True:
            self._tap(pygame.K_TAB)
            at = self._window.app.screen._frame.at
            assert at is not None
            if self._window.app.screen._placed[at] is wanted:
                return

    def _tap(self, code: int, mod: int = 0) -> None:
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            self._window.post(kind, key=code, mod=mod, unicode="", scancode=0)
        self._window.settle()


def _modifiers(action: Any) -> int:
    shift = pygame.KMOD_SHIFT if action.key.shift else 0
    return shift | (pygame.KMOD_CTRL if action.key.control else 0)


class Pad:
    """Sticks, triggers and buttons of a gamepad; the left stick points wherever it is no hand."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def choose(self, case: str) -> None:
        """Down the list with the directional pad."""
        while self._window.start.card.name != case:
            self._button(pad.DOWN)

    def press(self, words: str, *, hold: bool = False) -> Hand:
        """The chord of its key beside the needle; elsewhere the pointer, and A."""
        if self._window.app._gamepad.pointing():
            self._point(self._window.placed(words).button.rect.center)
            return self._down_and_up(lambda down: self._post_button(pad.A, down), hold)
        action = self._window.action(words)
        assert action.key is not None, f"nothing on the gamepad stands for {words!r}"
        key = (action.key.code, _modifiers(action))
        return self._down_and_up(self._chord(key), hold)

    def pedal(self) -> None:
        """The right trigger."""
        self._down_and_up(self._chord((pygame.K_SPACE, 0)), False)

    def turn_to(self, index: int) -> None:
        """Flicks of the right stick."""
        reading = self._window.app.screen
        assert isinstance(reading, ReadingScreen)
        while reading.state.index != index:
            self._axis(pad.RIGHT_Y, -1.0 if index < reading.state.index else 1.0)
            self._axis(pad.RIGHT_Y, 0.0)

    def draw_path(self, entry_mm: Point, target_mm: Point, reading: ReadingScreen) -> None:
        """A drag with A held down."""
        self.press("Path" if self._window.app.context.display.scale.compact else "Draw path")
        picture = reading.pictures()[ImagePlane.AXIAL]
        self._point(picture.on_screen(*entry_mm), near_px=2)
        self._post_button(pad.A, True)
        self._point(picture.on_screen(*target_mm), near_px=2)
        self._post_button(pad.A, False)

    def _chord(self, key: pad.Key) -> Callable[[bool], None]:
        """What of the gamepad sends a key: its way down, and its way up."""
        for axis, meant in pad.TRIGGERS.items():
            if meant == key:
                return lambda down: self._axis(axis, float(down))
        for shift, table in ((None, pad.PLAIN), (pad.LB, pad.WITH_LB), (pad.RB, pad.WITH_RB)):
            for button, meant in table.items():
                if meant == key:
                    return lambda down, shift=shift, button=button: self._shifted(shift, button, down)  # type: ignore[misc]
        for (axis, side), meant in pad.STICKS.items():
            if meant == key:
                return lambda down, axis=axis, side=side: self._axis(axis, float(side * down))  # type: ignore[misc]
        raise AssertionError(f"nothing on the gamepad sends {pygame.key.name(key[0])}")

    def _shifted(self, shift: int | None, button: int, down: bool) -> None:
        for one in (shift, button) if down else (button, shift):
            if one is not None:
                self._post_button(one, down)

    def _down_and_up(self, move: Callable[[bool], None], hold: bool) -> Hand:
        move(True)

        def let_go() -> None:
            move(False)
            self._window.settle()

        if not hold:
            let_go()
        return let_go

    def _button(self, which: int) -> None:
        self._post_button(which, True)
        self._post_button(which, False)
        self._window.settle()

    def _post_button(self, which: int, down: bool) -> None:
        kind = pygame.CONTROLLERBUTTONDOWN if down else pygame.CONTROLLERBUTTONUP
        self._window.post(kind, button=which, instance_id=0)

    def _axis(self, which: int, value: float) -> None:
        self._window.post(pygame.CONTROLLERAXISMOTION, axis=which, value=round(value * 32767), instance_id=0)

    def _point(self, at: Point, near_px: float = 6.0) -> None:
        """The left stick until the pointer is there: full on the way, slower where it is near."""
        app = self._window.app
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            for axis in (pad.LEFT_X, pad.LEFT_Y):  # one after the other, as far as this one still has to go
                while abs(off := at[axis] - self._here(app)[axis]) > near_px / 2:
                    self._axis(axis, math.copysign(1.0 if abs(off) > 60 else 0.7 if abs(off) > 15 else 0.5, off))
                    assert time.monotonic() < end
                self._axis(axis, 0.0)
            if math.dist(at, self._here(app)) <= near_px:
                return
        raise AssertionError("the pointer does not come there")

    @staticmethod
    def _here(app: App) -> Point:
        wide, high = app.surface.get_size()
        return app._gamepad.at or (wide / 2, high / 2)


DEVICES: dict[str, Callable[[Window], Device]] = {"mouse": Mouse, "keyboard": Keyboard, "gamepad": Pad}
EVENTS_OF = {
    "mouse": {pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP, pygame.MOUSEWHEEL},
    "keyboard": {pygame.KEYDOWN, pygame.KEYUP},
    "gamepad": {pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP, pygame.CONTROLLERAXISMOTION},
}
"""The kinds of event that each posts; a whole case shows that it needs no other."""
