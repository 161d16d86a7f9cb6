"""Gamepad: its buttons and sticks as the keys and the mouse that they stand for, so that there is one way in.

Beside the needle the sticks are the hands; on all other screens the left stick moves the pointer and A presses.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import pygame

AXIS_FULL = 32767.0
DEAD = 0.35  # a stick nearer to its middle than this rests
FLICK = 0.7  # a stick farther out than this is a step; it must come back before the next one
TRIGGER = 0.3  # a trigger pressed further than this is down
POINTER_PX_PER_S = 900.0
LONGEST_TURN_S = 1.0 / 30.0  # the pointer does not leap where the computer is slow
POINTER = "pointer"

LEFT_X, LEFT_Y, RIGHT_X, RIGHT_Y, LEFT_TRIGGER, RIGHT_TRIGGER = range(6)
A, B, X, Y, VIEW, GUIDE, MENU, LEFT_STICK, RIGHT_STICK, LB, RB, UP, DOWN, LEFT, RIGHT = range(15)
"""Buttons and axes of SDL's game controllers, whatever the maker."""

Key = tuple[int, int]
"""Code and modifiers."""

PLAIN: dict[int, Key] = {
    A: (pygame.K_h, 0),
    B: (pygame.K_RETURN, 0),
    X: (pygame.K_PERIOD, 0),
    Y: (pygame.K_z, 0),
    VIEW: (pygame.K_t, 0),
    MENU: (pygame.K_ESCAPE, 0),
    RIGHT_STICK: (pygame.K_x, 0),
    LEFT_STICK: (pygame.K_F4, 0),
    UP: (pygame.K_UP, 0),
    DOWN: (pygame.K_DOWN, 0),
    LEFT: (pygame.K_LEFTBRACKET, 0),
    RIGHT: (pygame.K_RIGHTBRACKET, 0),
}
WITH_LB: dict[int, Key] = {
    A: (pygame.K_v, 0),
    X: (pygame.K_f, 0),
    Y: (pygame.K_r, 0),
    B: (pygame.K_c, 0),
    UP: (pygame.K_UP, pygame.KMOD_SHIFT),
    DOWN: (pygame.K_DOWN, pygame.KMOD_SHIFT),
    LEFT: (pygame.K_F3, 0),
    RIGHT: (pygame.K_F4, 0),
}
WITH_RB: dict[int, Key] = {
    A: (pygame.K_b, 0),
    X: (pygame.K_m, 0),
    UP: (pygame.K_UP, pygame.KMOD_CTRL),
    DOWN: (pygame.K_DOWN, pygame.KMOD_CTRL),
    LEFT: (pygame.K_F2, 0),
    RIGHT: (pygame.K_F2, 0),
}
TRIGGERS: dict[int, Key] = {RIGHT_TRIGGER: (pygame.K_SPACE, 0), LEFT_TRIGGER: (pygame.K_i, 0)}
STICKS: dict[tuple[int, int], Key] = {
    (LEFT_X, -1): (pygame.K_a, 0),
    (LEFT_X, 1): (pygame.K_d, 0),
    (LEFT_Y, -1): (pygame.K_w, 0),
    (LEFT_Y, 1): (pygame.K_s, 0),
    (RIGHT_X, -1): (pygame.K_q, 0),
    (RIGHT_X, 1): (pygame.K_e, 0),
    (RIGHT_Y, -1): (pygame.K_PAGEUP, 0),
    (RIGHT_Y, 1): (pygame.K_PAGEDOWN, 0),
}


def open_controllers() -> list[object]:
    """Every gamepad that is there, opened, so that its events come; none where the system has no way to them."""
    try:
        from pygame._sdl2 import controller

        controller.init()
        return [
            controller.Controller(index) for index in range(controller.get_count()) if controller.is_controller(index)
        ]
    except (ImportError, pygame.error):  # a system without gamepads is none the worse
        return []


def _pointer_speed(value: float) -> float:
    """How fast a stick moves the pointer, of its most: slow near the middle, so that a point can be hit."""
    beyond = max(abs(value) - DEAD, 0.0) / (1.0 - DEAD)
    return math.copysign(beyond**2, value)


@dataclass(slots=True)
class Gamepad:
    """What is held of a gamepad, and what its events stand for.

    Attributes:
        pointing: whether the left stick moves the pointer now
        at: the pointer, px; None before the stick moved it
    """

    pointing: Callable[[], bool]
    at: tuple[float, float] | None = None
    _held: dict[tuple[str, int], Key | str] = field(default_factory=dict)
    _shift: set[int] = field(default_factory=set)
    _out: set[tuple[int, int]] = field(default_factory=set)
    _speed: list[float] = field(default_factory=lambda: [0.0, 0.0])

    def events(self, event: pygame.event.Event) -> list[pygame.event.Event] | None:
        """Keys and mouse for one event of a gamepad; None where it is of none."""
        if event.type == pygame.CONTROLLERBUTTONDOWN:
            return self._down(event.button)
        if event.type == pygame.CONTROLLERBUTTONUP:
            self._shift.discard(event.button)
            return self._up(("button", event.button))
        if event.type == pygame.CONTROLLERAXISMOTION:
            return self._axis(event.axis, event.value / AXIS_FULL if abs(event.value) > 1.5 else float(event.value))
        return None

    def let_go(self) -> list[pygame.event.Event]:
        """The gamepad went: whatever it held is released."""
        self._shift.clear()
        self._out.clear()
        self._speed = [0.0, 0.0]
        return [released for source in list(self._held) for released in self._up(source)]

    def move_pointer(self, passed_s: float, size: tuple[int, int]) -> list[pygame.event.Event]:
        """The pointer's way since the last turn of the loop."""
        if not self.pointing() or not any(self._speed):
            return []
        x, y = self.at or (size[0] / 2, size[1] / 2)
        step = POINTER_PX_PER_S * min(passed_s, LONGEST_TURN_S)
        self.at = (
            min(max(x + step * self._speed[0], 0.0), size[0] - 1.0),
            min(max(y + step * self._speed[1], 0.0), size[1] - 1.0),
        )
        place = (round(self.at[0]), round(self.at[1]))
        pygame.mouse.set_pos(place)
        held = (int(POINTER in self._held.values()), 0, 0)
        return [pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(0, 0), buttons=held)]

    def _down(self, button: int) -> list[pygame.event.Event]:
        if button in (LB, RB):
            self._shift.add(button)
            return []
        if button == A and self.pointing():
            self._held["button", button] = POINTER
            return [self._mouse(pygame.MOUSEBUTTONDOWN)]
        table = WITH_LB if LB in self._shift else WITH_RB if RB in self._shift else PLAIN
        key = table.get(button)
        return [] if key is None else self._press(("button", button), key)

    def _axis(self, axis: int, value: float) -> list[pygame.event.Event]:
        if axis in TRIGGERS:
            source = ("axis", axis)
            if value > TRIGGER and source not in self._held:
                return self._press(source, TRIGGERS[axis])
            return self._up(source) if value <= TRIGGER else []
        if axis in (LEFT_X, LEFT_Y):
            self._speed[axis] = _pointer_speed(value) if self.pointing() else 0.0
            if self.pointing():
                return []
        side = (axis, 1 if value > 0 else -1)
        if abs(value) < DEAD:
            self._out -= {(axis, 1), (axis, -1)}
            return []
        if abs(value) < FLICK or side in self._out or side not in STICKS:
            return []
        self._out.add(side)
        key = STICKS[side]
        return [self._key(pygame.KEYDOWN, key), self._key(pygame.KEYUP, key)]

    def _press(self, source: tuple[str, int], key: Key) -> list[pygame.event.Event]:
        self._held[source] = key
        return [self._key(pygame.KEYDOWN, key)]

    def _up(self, source: tuple[str, int]) -> list[pygame.event.Event]:
        held = self._held.pop(source, None)
        if held is None:
            return []
        if isinstance(held, str):
            return [self._mouse(pygame.MOUSEBUTTONUP)]
        return [self._key(pygame.KEYUP, held)]

    @staticmethod
    def _key(kind: int, key: Key) -> pygame.event.Event:
        return pygame.event.Event(kind, key=key[0], mod=key[1], unicode="", scancode=0)

    def _mouse(self, kind: int) -> pygame.event.Event:
        at = self.at or pygame.mouse.get_pos()
        return pygame.event.Event(kind, pos=(round(at[0]), round(at[1])), button=1)
