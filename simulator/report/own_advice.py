"""Own advice: the sentences of a case's lesson whose condition a procedure meets."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.engine import events as e
from simulator.scenario.lesson_schema import OwnAdvice
from simulator.scenario.schema import Scenario
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.scripted_answers import answers
from simulator.vocabulary.event_answers import EventAnswer
from simulator.vocabulary.procedure import ComplicationKind, Touch

_HARMS: dict[Touch, ComplicationKind] = {
    Touch.DURAL_PUNCTURE: ComplicationKind.DURAL_PUNCTURE,
    Touch.CORD: ComplicationKind.CORD_CONTACT,
    Touch.ROOT: ComplicationKind.ROOT_CONTACT,
    Touch.VESSEL: ComplicationKind.VESSEL_PUNCTURE,
    Touch.ORGAN: ComplicationKind.ORGAN_PUNCTURE,
}


def own_advice(scenario: Scenario, card: Scorecard, events: Sequence[e.Event]) -> list[str]:
    """Sentences whose condition holds, in the order of the file."""
    rows = [] if scenario.lesson is None else scenario.lesson.advice
    return [row.words for row in rows if _holds(row, card, events)]


def _holds(row: OwnAdvice, card: Scorecard, events: Sequence[e.Event]) -> bool:
    if row.metric is not None:
        metric = card.metric(row.metric)
        value = None if metric is None else metric.value
        if value is None:
            return False
        return value > row.above if row.above is not None else row.below is not None and value < row.below
    if row.touched is not None:
        return _touched(row.touched, events)
    if row.unanswered is not None:
        return _unanswered(row.unanswered, events)
    wrong = any(isinstance(event, e.Complication) and event.kind is ComplicationKind.WRONG_LEVEL for event in events)
    return bool(row.wrong_level) and wrong


def _touched(structure: Touch, events: Sequence[e.Event]) -> bool:
    if structure is Touch.DURA:
        return any(isinstance(event, e.DuraTouched) for event in events)
    if structure is Touch.BONE:
        return any(isinstance(event, e.BoneContacted) for event in events)
    return any(isinstance(event, e.Complication) and event.kind is _HARMS[structure] for event in events)


def _unanswered(kind: str, events: Sequence[e.Event]) -> bool:
    """Whether a reaction, or a cannula that gave no blood, was followed by nothing that helps."""
    for place, event in enumerate(events):
        if isinstance(event, e.ArmLineFailed) if kind == "arm line" else _is_reaction(event, kind):
            helps = EventAnswer(event.helps)  # type: ignore[attr-defined]  # both have it
            if not any(answers(later, helps) for later in events[place:]):
                return True
    return False


def _is_reaction(event: e.Event, kind: str) -> bool:
    return isinstance(event, e.ReactionBegan) and str(event.reaction) == kind
