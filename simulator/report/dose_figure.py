"""Dose figure: dose-length product of each phase beside published procedures, on a logarithmic axis."""

from __future__ import annotations

from markupsafe import Markup

from simulator.interface.published_doses import NO_NECK_DOSE, PLANNING_ESTIMATE_DLP_MGY_CM, published_for
from simulator.report import svg
from simulator.report.svg import Axes
from simulator.scoring.scorecard import DoseLedger

WIDTH = 1040.0
LEFT = 360.0
ROW = 30.0
TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def dose_figure(dose: DoseLedger) -> Markup:
    """Bars of this procedure, dots of published ones that belong to the same CTDI phantom.

    Args:
        dose: of the scorecard
    """
    rows: list[tuple[str, float, str]] = []
    for phase, entry in dose.in_order():
        given = " (given, not counted)" if entry.given else ""
        rows.append((phase.capitalize() + given, entry.dlp_mgy_cm, "bar-given" if given else "bar-own"))
    for phantom, dlp in sorted(dose.total.dlp_mgy_cm_by_phantom.items()):
        rows.append((f"All that was ordered, {phantom} phantom", dlp, "bar-total"))
    published = [(p.words, p.dlp_mgy_cm) for p in published_for(dose.ctdi_phantom_cm)]
    height = 34 + ROW * (len(rows) + len(published) + 1) + 48
    axes = Axes(
        left=LEFT,
        top=34,
        width=WIDTH - LEFT - 70,
        height=height - 82,
        first=(TICKS[0], 0.0),
        last=(TICKS[-1], 1.0),
        log=True,
    )
    parts = []
    for tick in TICKS:
        x = axes.x(tick)
        parts += [
            svg.line(x, axes.top, x, axes.top + axes.height, "grid"),
            svg.text(x, axes.top + axes.height + 18, f"{tick:g}", "t", "middle"),
        ]
    parts += [
        svg.text(0, 22, "This procedure", "t head"),
        svg.text(WIDTH - 70, height - 6, "DLP, mGy·cm, logarithmic", "t", "end"),
    ]
    y = axes.top
    for words, dlp, css in rows:
        anchor = PLANNING_ESTIMATE_DLP_MGY_CM if words == "Planning" and published else None
        parts += _bar(axes, y, words, dlp, css, anchor)
        y += ROW
    words, css = ("Published procedures", "t head") if published else (NO_NECK_DOSE, "t")
    parts.append(svg.text(0, y + 20, words, css))
    y += ROW
    for words, dlp in published:
        middle = y + ROW / 2
        x = axes.x(dlp)
        parts += [
            svg.text(0, middle + 4, words, "t"),
            svg.line(axes.left, middle, x, middle, "stem"),
            svg.circle(x, middle, 5, "dot"),
            svg.text(x + 10, middle + 4, f"{dlp:g}", "t value"),
        ]
        y += ROW
    title = "Dose-length product of this procedure by phase, beside published procedures, on a logarithmic axis"
    return Markup(svg.figure("dose", WIDTH, height, title, parts))


def _bar(axes: Axes, y: float, words: str, dlp: float, css: str, anchor: float | None) -> list[str]:
    middle = y + ROW / 2
    end = max(axes.x(dlp), axes.left) if dlp > 0 else axes.left
    parts = []
    if anchor is not None:
        x = axes.x(anchor)
        parts.append(svg.line(x, y + 2, x, y + ROW - 2, "anchor"))
    after = max(end, axes.x(anchor)) if anchor is not None and axes.x(anchor) < end + 60 else end
    return [
        svg.text(0, middle + 4, words, "t strong"),
        svg.rect(axes.left, y + 7, max(end - axes.left, 2.0 if dlp > 0 else 0.0), ROW - 14, css),
        svg.text(after + 10, middle + 4, f"{dlp:.3g}" if dlp > 0 else "0", "t value"),
        *parts,
    ]
