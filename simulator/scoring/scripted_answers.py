"""Scripted answers: whether what a script made happen was answered well. Told in the debrief, no part of the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.engine.scripted_events import Scripted
from simulator.patient.reactions import REACTION_PROFILES
from simulator.scoring.harm import IN_TIME_MS
from simulator.vocabulary.event_answers import EventAnswer
from simulator.vocabulary.patient import PatientReaction

LOOK_WITHIN_MS = 120_000  # to look again after a jerk, where the case does not say (assumption)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAnswer:
    """One happening of the script.

    Attributes:
        came_at_ms: None where it never came
        wanted: what answers it well
        answered_at_ms: when that came first; None where it did not
        within_ms: how soon it had to come
    """

    kind: str
    came_at_ms: int | None
    wanted: EventAnswer
    answered_at_ms: int | None
    within_ms: int

    @property
    def well(self) -> bool:
        """Whether it came and was answered in time."""
        if self.came_at_ms is None or self.answered_at_ms is None:
            return False
        return self.answered_at_ms - self.came_at_ms <= self.within_ms


def scripted_answers(script: Sequence[Scripted], events: Sequence[e.Event]) -> list[ScriptedAnswer]:
    """Every happening of a script with its answer, in the order of the script.

    Args:
        events: of the whole procedure
    """
    return [_answer(one, ordinal, events) for ordinal, one in enumerate(script)]


def _answer(script: Scripted, ordinal: int, events: Sequence[e.Event]) -> ScriptedAnswer:
    wanted, within_ms = _wanted(script)
    place = next((k for k, event in enumerate(events) if _came(event, script, ordinal)), None)
    later = [] if place is None else events[place + 1 :]
    answered = next((event.at_ms for event in later if answers(event, wanted)), None)
    return ScriptedAnswer(
        kind=script.kind,
        came_at_ms=None if place is None else events[place].at_ms,
        wanted=script.answer or wanted,
        answered_at_ms=answered,
        within_ms=within_ms if script.answer_within_ms is None else script.answer_within_ms,
    )


def _wanted(script: Scripted) -> tuple[EventAnswer, int]:
    """What answers a happening, and how soon; what helps in fact where the script does not say."""
    if script.kind == "arm line fails":
        usual, within_ms = EventAnswer.NEW_ARM_LINE, LOOK_WITHIN_MS
    elif script.kind == "arm line clots":
        usual, within_ms = EventAnswer.FLUSH_THE_ARM_LINE, LOOK_WITHIN_MS
    elif script.kind == "jerk":
        usual, within_ms = EventAnswer.LOOK_AGAIN, LOOK_WITHIN_MS
    else:
        reaction = PatientReaction(script.kind)
        usual, within_ms = EventAnswer(REACTION_PROFILES[reaction].helps), IN_TIME_MS[reaction]
    return script.answer or usual, within_ms


def _came(event: e.Event, script: Scripted, ordinal: int) -> bool:
    if script.kind in ("arm line fails", "arm line clots"):
        return isinstance(event, e.ArmLineFailed)
    return isinstance(event, e.ScriptCame) and event.ordinal == ordinal


def answers(event: e.Event, wanted: EventAnswer) -> bool:
    """Whether an event is an answer of this kind."""
    match wanted:
        case EventAnswer.LOOK_AGAIN:
            return isinstance(event, e.ImageLookedAt)
        case EventAnswer.ASK_THE_PATIENT:
            return isinstance(event, e.PatientSpoke) and event.asked
        case EventAnswer.DRAW_BACK:
            return isinstance(event, e.NeedleRemoved) or (isinstance(event, e.NeedleMoved) and event.moved_mm < 0.0)
        case EventAnswer.STOP_INJECTING:
            return isinstance(event, e.InjectionStopped)
        case EventAnswer.END_THE_PROCEDURE:
            return isinstance(event, e.Finished)
        case _:
            return isinstance(event, e.AidGiven) and event.measure.value == wanted.value
