"""Chart: what is known of the patient, and what a time-out has brought to light."""

from __future__ import annotations

from itertools import chain

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.display import Display
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import OwnWords
from simulator.gui.drawing.symbols import warning_sign
from simulator.gui.drawing.typeface import Weight
from simulator.gui.panels.panel_frame import draw_panel
from simulator.vocabulary.patient_facts import PatientFact


def draw(context: AppContext, target: pygame.Surface, area: pygame.Rect) -> None:
    """Draw the facts, those of the time-out with a sign; they are only words, and nobody says which of them matters."""
    display = context.display
    view = context.perceived.view
    told, found = view.case.facts, [fact for fact in view.facts_read if fact not in view.case.facts]
    note = f"{len(found)} from the time-out" if found else "history, allergy, drugs, consent"
    inside = draw_panel(display, target, area, "Chart", note)
    if not told and not view.facts_read:
        words = "Nothing is written in the chart but the request."
        display.type.paragraph(target, words, inside, size=14, colour=theme.LOW)
        return
    y = float(inside.top)
    caption = max(display.type.width(str(kind), 13) for kind in {fact.kind for fact in chain(told, found)})
    caption += display.scale.stroke(34)
    for fact, new in chain(((fact, True) for fact in found), ((fact, False) for fact in told)):
        y = _fact(display, target, pygame.Rect(inside.left, round(y), inside.width, inside.height), fact, caption, new)
        if y > inside.bottom:
            return


def _fact(
    display: Display, target: pygame.Surface, area: pygame.Rect, fact: PatientFact, caption: int, new: bool
) -> float:
    """One fact; the y below it."""
    line = round(display.scale.type_px(14) * 1.35)
    if new:
        sign = display.scale.stroke(14)
        warning_sign(target, (area.left + sign // 2 + 1, area.top + line / 2), sign)
    at = (area.left + display.scale.stroke(22), area.top + line / 2)
    display.type.draw(target, str(fact.kind), at, size=13, colour=theme.LOW)
    place = pygame.Rect(area.left + caption, area.top, area.width - caption, area.height)
    weight: Weight = "SemiBold" if new else "Regular"
    for text in display.type.wrapped(OwnWords(fact.words), 14, place.width, weight):
        display.type.draw(target, text, (place.left, place.top + line / 2), size=14, weight=weight)
        place.top += line
    return place.top + 3
