"""Key remapping: which key of a keyboard, pedal or rig stands for which key of the window; from a file that is checked.

A USB pedal is a keyboard with one key: it sends a press and a release, and so does what it stands for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pygame

from simulator.errors import UserInputError
from simulator.files.small_file import read_small_text

NUMERIC_PAD: Mapping[int, int] = {
    pygame.K_KP_0: pygame.K_0,
    **{pygame.K_KP_1 + digit: pygame.K_1 + digit for digit in range(9)},
    pygame.K_KP_PERIOD: pygame.K_PERIOD,
    pygame.K_KP_MINUS: pygame.K_MINUS,
    pygame.K_KP_ENTER: pygame.K_RETURN,
}
"""Keys of the numeric pad, which do what their likes do unless a file says otherwise."""

LARGEST_BYTES = 100_000
TABLE = "keys"
FIX = 'write for example: [keys] and below it f13 = "space"'

KeyBindings = Mapping[int, int]
"""Code of the key that is pressed, and code of the key that it stands for."""


def read_key_bindings(path: Path) -> KeyBindings:
    """Bindings of a TOML file: a table `keys` with the key that is pressed and the key that it stands for.

    Raises:
        UserInputError: the file cannot be read, names a key that there is not, or gives one key to two others.
    """
    found: dict[int, int] = {}
    for pressed, meant in _table(path).items():
        if not isinstance(meant, str):
            raise UserInputError(f"{path}: {pressed}", f"{meant!r} is no name of a key", FIX)
        code, stands_for = _code(path, pressed), _code(path, meant)
        if code in found:
            raise UserInputError(f"{path}: {pressed}", "this key is named twice", "leave one of them out")
        if stands_for in found.values():
            raise UserInputError(f"{path}: {pressed}", f"another key stands for {meant!r} already", "give it one key")
        found[code] = stands_for
    return found


def bound(event: pygame.event.Event, bindings: KeyBindings) -> pygame.event.Event:
    """The event as the window takes it; what is no key of the bindings or the numeric pad stays as it is."""
    if event.type not in (pygame.KEYDOWN, pygame.KEYUP):
        return event
    bound_to = bindings.get(event.key, event.key)
    meant = NUMERIC_PAD.get(bound_to, bound_to)
    return event if meant == event.key else pygame.event.Event(event.type, {**event.dict, "key": meant})


def _table(path: Path) -> Mapping[str, object]:
    text = read_small_text(path, largest_bytes=LARGEST_BYTES)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserInputError(str(path), f"this is no TOML ({error})", FIX) from error
    table = data.get(TABLE)
    others = sorted(set(data) - {TABLE})
    if not isinstance(table, dict) or others:
        what = f"there is no table of the name {others[0]!r}" if others else "there is no table of keys"
        raise UserInputError(str(path), what, FIX)
    return table


def _code(path: Path, name: str) -> int:
    """Code of a key by its name, as SDL has it."""
    pygame.display.init()  # names of keys belong to a display
    try:
        return pygame.key.key_code(name)
    except ValueError as error:
        fix = "names are those of SDL: a, space, return, left, f13, keypad 0"
        raise UserInputError(f"{path}: {name}", "there is no key of this name", fix) from error
