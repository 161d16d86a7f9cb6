"""Timeline: every command with its simulated time, as a table and as lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from simulator.engine import events as e
from simulator.engine.session import Step
from simulator.interface.command_words import command_words
from simulator.report import svg
from simulator.report.event_words import grouped_words
from simulator.report.near_misses import MissKind, NearMiss
from simulator.report.procedure_marks import Marks, clock
from simulator.report.svg import Axes

WIDTH, LANE = 1040.0, 34.0
LANES = ("Needle", "Images", "Words", "Injection", "Near misses")
_TICK_S = (10, 30, 60, 120, 300, 600, 1200, 1800, 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One command of the table, with its number from 1."""

    number: int
    at: str
    command: str
    happened: tuple[str, ...]
    css: str


def timeline_rows(steps: Sequence[Step]) -> list[Row]:
    """Every command and what came of it."""
    rows = []
    at_ms = 0
    for number, step in enumerate(steps, start=1):
        at_ms = max([at_ms, *(event.at_ms for event in step.events)])
        harm = any(isinstance(event, e.Complication) for event in step.events)
        refused = any(isinstance(event, e.CommandRefused) for event in step.events)
        rows.append(
            Row(
                number=number,
                at=clock(at_ms),
                command=command_words(step.command),
                happened=tuple(grouped_words(step.events)),
                css="harm" if harm else ("refused" if refused else ""),
            )
        )
    return rows


def timeline_figure(marks: Marks, misses: Sequence[NearMiss]) -> Markup | None:
    """Lanes over simulated minutes; from the first needle on the skin where there is one."""
    if not marks.events:
        return None
    placed = [event.at_ms for event in marks.events if isinstance(event, e.NeedlePlaced)]
    start = (placed[0] if placed else marks.events[0].at_ms) // 1000
    end = max(marks.events[-1].at_ms / 1000 + 1, start + 10)
    axes = Axes(
        left=112,
        top=8,
        width=WIDTH - 130,
        height=LANE * len(LANES),
        first=(float(start), 0.0),
        last=(float(end), float(len(LANES))),
    )
    parts = _lanes(axes, int(start), end)
    for event in marks.events:
        seconds = event.at_ms / 1000
        if seconds >= start:
            parts += _sign(event, axes.x(seconds), axes)
    for miss in misses:
        if miss.at_ms / 1000 >= start:
            x, y = axes.x(miss.at_ms / 1000), axes.y(4.5)
            css = "stop-fill" if miss.kind is MissKind.COMPLICATION else "warn-fill"
            parts.append(
                svg.circle(x, y, 4, "n-pulled")
                if miss.kind is MissKind.CLOSEST_APPROACH
                else svg.triangle(x, y, 6, css)
            )
    title = "Needle, images, words, injection and near misses over simulated time"
    return Markup(svg.figure("lanes", WIDTH, LANE * len(LANES) + 40, title, parts))


def _lanes(axes: Axes, start: int, end: float) -> list[str]:
    parts = []
    for index, name in enumerate(LANES):
        y = axes.y(index + 0.5)
        parts += [svg.text(0, y + 4, name, "t"), svg.line(axes.left, y, axes.left + axes.width, y, "grid")]
    step = next((s for s in _TICK_S if (end - start) / s <= 9), _TICK_S[-1])
    for seconds in range(int(np.ceil(start / step)) * step, int(end) + 1, step):
        x = axes.x(float(seconds))
        parts.append(svg.text(x, axes.top + axes.height + 20, clock(1000 * seconds), "t", "middle"))
        parts.append(svg.line(x, axes.top + axes.height, x, axes.top + axes.height + 5, "grid"))
    return parts


def _sign(event: e.Event, x: float, axes: Axes) -> list[str]:
    needle, images, words, injection = (axes.y(lane + 0.5) for lane in range(4))
    match event:
        case e.NeedleMoved():
            to = needle + 9 if event.moved_mm >= 0 else needle - 9
            return [svg.line(x, needle, x, to, "lane-needle")]
        case e.NeedleRedirected() | e.NeedlePlaced():
            return [svg.circle(x, needle, 3.5, "n-pulled")]
        case e.AcquisitionMade():
            css = "lane-press" if event.purpose == "fluoroscopy" else "lane-scan"
            return [svg.triangle(x, images, 6, css)]
        case e.PatientSpoke():
            return [svg.circle(x, words, 5, "lane-words")]
        case e.MaterialInjected():
            css = "lane-blood" if event.material == "blood" else "lane-contrast"
            return [svg.rect(x - 2, injection - 8, 4, 16, css)]
    return []
