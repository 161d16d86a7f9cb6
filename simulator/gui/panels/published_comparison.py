"""Published comparison: metrics that have a published value, with it."""

from __future__ import annotations

import pygame

from simulator.gui.context.display import Display
from simulator.gui.debrief_facts import DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.panels.panel_frame import draw_panel
from simulator.vocabulary.scoring import MetricId

PUBLISHED = (
    MetricId.CTF_IMAGES,
    MetricId.BEAM_TIME,
    MetricId.REDIRECTIONS,
    MetricId.TIME_WITH_NEEDLE,
    MetricId.TIP_TO_TARGET,
    MetricId.ANGLE_TO_PLAN,
)


def draw(display: Display, target: pygame.Surface, area: pygame.Rect, facts: DebriefFacts) -> None:
    """Draw each metric over its published value."""
    px, write = display.scale.px, display.type.draw
    inside = draw_panel(display, target, area, "Beside published values", "sources in the report")
    step = max(px(38), 34)
    known = {row.metric: row for row in facts.metrics}
    y = inside.top + step / 4
    for metric_id in PUBLISHED:
        row = known.get(metric_id)
        if row is None or y > inside.bottom - step / 2:
            continue
        name = display.type.say(row.name)
        write(target, OwnWords(name[0].upper() + name[1:]), (inside.left, y), size=13, colour=theme.MID)
        write(target, f"{row.value} {row.unit}".strip(), (inside.right, y), size=14, weight="SemiBold", align="right")
        write(
            target,
            OwnWords(display.type.say(row.reference).partition(";")[0]),
            (inside.left, y + step * 0.45),
            size=12,
            colour=theme.LOW,
        )
        y += step
