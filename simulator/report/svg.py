"""SVG: the few shapes that the report's figures are drawn with. Colours are classes of the style sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
"""A place in a figure, across and down."""

Polyline = NDArray[np.float64]
"""Points in the units of a plane, shape (n, 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """A rectangle of a figure onto which a rectangle of a plane is drawn.

    Attributes:
        left, top, width, height: in the figure
        first, last: plane coordinates at the left and right edge, and at the top and bottom edge
        log: whether the horizontal axis is logarithmic
    """

    left: float
    top: float
    width: float
    height: float
    first: tuple[float, float]
    last: tuple[float, float]
    log: bool = False

    def x(self, value: float) -> float:
        """Horizontal place of a value."""
        low, high = self.first[0], self.last[0]
        if self.log:
            value, low, high = math.log(max(value, low * 1e-3)), math.log(low), math.log(high)
        return self.left + self.width * (value - low) / (high - low)

    def y(self, value: float) -> float:
        """Vertical place of a value."""
        return self.top + self.height * (value - self.first[1]) / (self.last[1] - self.first[1])

    def points(self, line: Polyline | Sequence[tuple[float, float]]) -> Polyline:
        """Places of many points, shape (n, 2)."""
        return np.array([(self.x(float(u)), self.y(float(v))) for u, v in line]).reshape(-1, 2)


def path(lines: Iterable[Polyline], css: str, *, closed: bool = False) -> str:
    """Polylines of the figure as one path."""
    parts = []
    for line in lines:
        if len(line) < 2:
            continue
        joined = "L".join(f"{x:.1f} {y:.1f}" for x, y in line)
        parts.append(f"M{joined}" + ("Z" if closed else ""))
    return f'<path class="{css}" d="{"".join(parts)}"/>' if parts else ""


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """A straight line."""
    return f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def rect(x: float, y: float, width: float, height: float, css: str) -> str:
    """A rectangle; nothing where it has no width."""
    if width <= 0:
        return ""
    return f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def circle(x: float, y: float, radius: float, css: str) -> str:
    """A circle."""
    return f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'


def triangle(x: float, y: float, size: float, css: str) -> str:
    """A triangle that points up, about its middle."""
    corners = f"{x:.1f},{y - size:.1f} {x - size:.1f},{y + size:.1f} {x + size:.1f},{y + size:.1f}"
    return f'<polygon class="{css}" points="{corners}"/>'


def cross(x: float, y: float, size: float, css: str) -> str:
    """Two strokes that meet at a point."""
    a, b, c, d = x - size, x + size, y - size, y + size
    return f'<path class="{css}" d="M{a:.1f} {c:.1f}L{b:.1f} {d:.1f}M{a:.1f} {d:.1f}L{b:.1f} {c:.1f}"/>'


def text(x: float, y: float, words: str, css: str = "t", anchor: str = "start") -> str:
    """Words; whatever they hold is shown as text."""
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def figure(name: str, width: float, height: float, title: str, parts: Iterable[str], css: str = "figure") -> str:
    """A whole figure with a title that is read aloud.

    Args:
        name: unique in the document, letters and hyphens
    """
    return (
        f'<svg class="{css}" viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="{name}-title">'
        f'<title id="{name}-title">{escape(title)}</title>{"".join(parts)}</svg>'
    )
