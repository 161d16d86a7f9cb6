"""Findings: what a debrief says, in plain JSON types; page, window and `scorecard.json` say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.engine.session import Session
from simulator.report.advice import give_advice, points_words
from simulator.report.decisions import costly_decisions
from simulator.report.deeds import deed_words
from simulator.report.near_misses import near_misses
from simulator.report.procedure_marks import read_marks
from simulator.report.verdict import verdict
from simulator.report.vessels import closest_vessel
from simulator.report.what_if import WhatIf
from simulator.report.worth import PressWorth
from simulator.scoring.scorecard import Scorecard

DECISIONS = 3


def findings_to_json(
    session: Session, card: Scorecard, *, other_end: WhatIf | None = None, worth: Sequence[PressWorth] | None = None
) -> dict[str, Any]:
    """Verdict, advice, near misses and decisions of a procedure, and of its forks what was asked for."""
    marks = read_marks(session.world, session.events)
    said = verdict(session.world, card, marks)
    misses = near_misses(marks, card.recognised(), closest_vessel(session.world.phantom, marks.moves))
    body: dict[str, Any] = {
        "treated": str(said.treated),
        "headline": said.headline,
        "sentences": list(said.sentences),
        "images": len(marks.presses),
        "advice": [
            {"words": item.words, "cites": item.cites, "worth": points_words(item)}
            for item in give_advice(card, deed_words(session, marks))
        ],
        "near_misses": [
            {
                "kind": str(miss.kind),
                "at_ms": miss.at_ms,
                "words": miss.words,
                "because": miss.because,
                "image": miss.press,
            }
            for miss in misses
        ],
        "costliest": [
            {
                "command": decision.number,
                "at_ms": decision.at_ms,
                "words": decision.command,
                "points": round(decision.points, 2),
                "what_if": f"report SESSION --what-if {decision.number}",
            }
            for decision in costly_decisions(session, card, marks)[:DECISIONS]
        ],
    }
    if other_end is not None:
        body["what_if"] = other_end.to_json()
    if worth is not None:
        body["worth"] = [press.to_json() for press in worth]
    return body
