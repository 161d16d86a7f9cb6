"""Text on the screen: every line that is drawn in one picture of a window, where it stands, and what it lies over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations

import pygame

from simulator.gui.app import App
from simulator.gui.drawing.typeface import Typeface

INK = 0.62  # of a line's height that letters fill, without what is kept free above and below


@dataclass(frozen=True)
class Line:
    """One line of text."""

    text: str
    area: pygame.Rect

    @property
    def ink(self) -> pygame.Rect:
        """Where its letters are."""
        high = round(self.area.height * INK)
        return pygame.Rect(self.area.left, self.area.centery - high // 2, self.area.width, high)


@contextmanager
def noted() -> Iterator[list[Line]]:
    """Lines that are drawn meanwhile."""
    lines: list[Line] = []
    draw = Typeface.draw

    def noting(self: Typeface, target: pygame.Surface, text: str, *arguments: object, **more: object) -> pygame.Rect:
        place = draw(self, target, text, *arguments, **more)  # type: ignore[arg-type]
        if text.strip():
            clipped = place.clip(target.get_clip())
            if clipped.width or clipped.height:
                lines.append(Line(text, place))
        return place

    Typeface.draw = noting  # type: ignore[method-assign, assignment]
    try:
        yield lines
    finally:
        Typeface.draw = draw  # type: ignore[method-assign]


def drawn(app: App) -> list[Line]:
    """The lines of one picture."""
    with noted() as lines:
        app.draw()
    return lines


def overlaps(lines: list[Line]) -> list[str]:
    """Pairs of lines of which one lies over the other."""
    return [
        f"{one.text!r} over {other.text!r} at {one.area.topleft}"
        for one, other in combinations(lines, 2)
        if one.text != other.text and one.ink.colliderect(other.ink)
    ]


def over_buttons(app: App, lines: list[Line]) -> list[str]:
    """Lines of a panel that run into a button; what stands wholly on one is its key."""
    found = []
    for line in lines:
        for placed in app.screen._placed:
            area = placed.button.rect
            if line.ink.colliderect(area.inflate(-4, -4)) and not area.inflate(2, 2).contains(line.ink):
                found.append(f"{line.text!r} into the button {placed.label!r}")
    return found


def cut(lines: list[Line], whole: pygame.Rect) -> list[str]:
    """Lines that leave the window."""
    return [line.text for line in lines if not whole.contains(line.ink)]


def cut_labels(app: App) -> list[str]:
    """Buttons whose words do not fit beside their key."""
    found = []
    sizes = {"stop": 24, "beam": 17, "hold": 17}
    for placed in app.screen._placed:
        area, action, kind = placed.button.rect, placed.action, placed.action.kind
        cap = max(app.context.display.type.width(action.key.cap, 12) + 8, 17) + 8 if action.key else 0
        text = app.context.display.type.width(placed.label, sizes.get(kind, 14))
        centred = kind in ("stop", "beam", "hold", "centred")
        room = area.width - 2 * (cap + 2) if centred else area.width - 9 - cap
        if text > room:
            found.append(f"{placed.label!r}: {text} px into {room}")
    return found


def must_fit(app: App, size: tuple[int, int]) -> None:
    """Nothing is cut, nothing lies over something else."""
    app.screen.refresh()
    lines = drawn(app)
    assert lines
    assert cut(lines, pygame.Rect(0, 0, *size)) == []
    assert cut_labels(app) == []
    assert overlaps(lines) == []
    assert over_buttons(app, lines) == []
