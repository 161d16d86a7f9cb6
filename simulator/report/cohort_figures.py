"""Cohort figures: CUSUM curves with their limits, and how a metric spreads over learners."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from simulator.report import svg
from simulator.report.svg import Axes
from simulator.report.words import number
from simulator.scoring.cusum import CusumCurve, CusumPlan

WIDTH, HEIGHT = 460.0, 220.0
ROW, LEFT = 30.0, 210.0
STRIP_WIDTH = 1040.0


def cusum_figure(name: str, title: str, curve: CusumCurve, plan: CusumPlan) -> Markup:
    """One learner's curve; below the lower line competent, above the upper one not acceptable.

    Where a line was crossed, both are drawn anew about the curve.

    Args:
        name: unique in the document, letters and hyphens
    """
    values = [0.0, *curve.values]
    count = max(len(values), plan.successes_needed)  # one beyond the last, where the present limits show
    room = 1.3 * plan.limit
    middles = [middle for _, middle in curve.limits_about]
    low, high = min(min(middles) - room, *values), max(max(middles) + room, *values)
    axes = Axes(left=40, top=12, width=WIDTH - 54, height=HEIGHT - 48, first=(0.0, high), last=(float(count), low))
    parts = []
    until = [*(first for first, _ in curve.limits_about[1:]), count]
    for limit, words, css in ((plan.limit, "not acceptable", "stop"), (-plan.limit, "competent", "ok")):
        for (first, middle), last in zip(curve.limits_about, until, strict=True):
            y = axes.y(middle + limit)
            parts.append(svg.line(axes.x(first), y, axes.x(last), y, f"limit-{css}"))
        parts.append(svg.text(axes.left + axes.width, y - 5, words, f"t {css}-text", "end"))
    parts.append(svg.line(axes.left, axes.y(0.0), axes.left + axes.width, axes.y(0.0), "grid"))
    points = axes.points(list(enumerate(values)))
    parts.append(svg.path([points], "trace"))
    for i in range(1, len(values)):
        failed = values[i] > values[i - 1]
        x, y = float(points[i, 0]), float(points[i, 1])
        parts.append(svg.triangle(x, y, 5, "stop-fill") if failed else svg.circle(x, y, 2.6, "trace-end"))
    for tick in {0, count, *range(0, count + 1, 5)}:
        parts.append(svg.text(axes.x(tick), HEIGHT - 18, str(tick), "t", "middle"))
    parts.append(svg.text(axes.left + axes.width / 2, HEIGHT - 3, "attempt", "t", "middle"))
    parts += [svg.text(34, axes.y(v) + 4, f"{v:.1f}".replace("-", "−"), "t", "end") for v in (plan.limit, -plan.limit)]
    return Markup(svg.figure(name, WIDTH, HEIGHT, title, parts))


def spread_figure(name: str, title: str, rows: Sequence[tuple[str, Sequence[float]]], unit: str) -> Markup:
    """Every attempt as a dot, one row a learner, with the row's median as an upright stroke.

    Args:
        rows: learner and values
    """
    everything = [value for _, values in rows for value in values]
    low, high = min(everything), max(everything)
    if low == high:
        low, high = low - 0.5, high + 0.5
    ticks = round_ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])
    height = 14 + ROW * len(rows) + 34
    axes = Axes(
        left=LEFT, top=14, width=STRIP_WIDTH - LEFT - 40, height=ROW * len(rows), first=(low, 0), last=(high, 1)
    )
    parts = []
    for tick in ticks:
        x = axes.x(tick)
        parts += [svg.line(x, axes.top, x, axes.top + axes.height, "grid")]
        parts += [svg.text(x, axes.top + axes.height + 18, number(tick), "t", "middle")]
    for index, (learner, values) in enumerate(rows):
        y = axes.top + ROW * (index + 0.5)
        parts.append(svg.text(LEFT - 12, y + 4, _short(learner), "t", "end"))
        parts += [svg.circle(axes.x(value), y, 4, "dot") for value in values]
        middle = axes.x(float(np.median(values)))
        parts.append(svg.line(middle, y - 9, middle, y + 9, "anchor"))
    parts.append(svg.text(LEFT - 12, axes.top + axes.height + 18, unit, "t", "end"))
    return Markup(svg.figure(name, STRIP_WIDTH, height, title, parts))


def round_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten that enclose a range; at most `most` steps."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(
        power * k
        for k in (1.0, 2.0, 5.0, 10.0, 20.0)
        if math.ceil(high / power / k) - math.floor(low / power / k) <= most
    )
    return [step * k for k in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _short(words: str, most: int = 26) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
