"""Decisions: the commands at which a procedure lost most, each with what it cost and what it taught."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.command_words import command_words
from simulator.report.advice import Advice, give_advice
from simulator.report.deeds import NEAR_DURA_MM, deed_words
from simulator.report.procedure_marks import Marks, clock
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.treatment import cue_ml
from simulator.vocabulary.procedure import AcquisitionPurpose, ComplicationKind, DosePhase
from simulator.vocabulary.scoring import MetricId
from simulator.wording.chosen import WORDS

EVERY_ADVICE = 60  # more than there are metrics
_Find = Callable[[Marks], e.Event | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One command, and what it cost.

    Attributes:
        number: of the command, from 1 as the timeline counts
        at_ms, command: when it was given, and in words
        points: of the score that it cost
        advice: what it taught, the dearest first
        question: what to ask about it
    """

    number: int
    at_ms: int
    command: str
    points: float
    advice: tuple[Advice, ...]
    question: str

    @property
    def at(self) -> str:
        """Simulated time."""
        return clock(self.at_ms)

    @property
    def metric(self) -> MetricId:
        """What it cost most in."""
        return self.advice[0].metric


def costly_decisions(session: Session, card: Scorecard, marks: Marks) -> list[Decision]:
    """The commands that cost points, the dearest first; what belongs to no command, such as time, is left out."""
    numbers = {id(event): number for number, step in enumerate(session.steps, start=1) for event in step.events}
    by_command: dict[int, list[Advice]] = {}
    times: dict[int, int] = {}
    for item in give_advice(card, deed_words(session, marks), most=EVERY_ADVICE):
        event = _moment(item.metric, session, marks)
        if item.points <= 0.0 or event is None:
            continue
        number = numbers[id(event)]
        by_command.setdefault(number, []).append(item)
        times.setdefault(number, event.at_ms)
    found = [
        Decision(
            number=number,
            at_ms=times[number],
            command=command_words(session.steps[number - 1].command),
            points=sum(item.points for item in taught),
            advice=tuple(taught),
            question=WORDS.questions.get(taught[0].metric, WORDS.other_question),
        )
        for number, taught in by_command.items()
    ]
    return sorted(found, key=lambda decision: (-decision.points, decision.number))


def _moment(metric: MetricId, session: Session, marks: Marks) -> e.Event | None:
    """The event in which a metric was lost; None where it belongs to no one moment."""
    if metric in _BLOOD and marks.summary.first_blood is None:
        refused = [
            event
            for step in session.steps
            for event in step.events
            if isinstance(event, e.CommandRefused) and isinstance(step.command, c.InjectBlood | c.PlaceNeedle)
        ]
        return refused[0] if refused else _first(marks, e.Finished)
    find = _MOMENTS.get(metric)
    return None if find is None else find(marks)


def _first(marks: Marks, *kinds: type[e.Event]) -> e.Event | None:
    return next((event for event in marks.events if isinstance(event, kinds)), None)


def _second(marks: Marks, kind: type[e.Event]) -> e.Event | None:
    found = [event for event in marks.events if isinstance(event, kind)]
    return found[1] if len(found) > 1 else None


def _puncture(marks: Marks) -> e.Event | None:
    return _first(marks, e.SkinPunctured)


def _written(marks: Marks) -> e.Event | None:
    return _first(marks, e.LeakMarked) or _puncture(marks)


def _blood(marks: Marks) -> e.Event | None:
    return marks.summary.first_blood


def _after_cue(marks: Marks) -> e.Event | None:
    limit = cue_ml(marks.summary)
    limit = marks.summary.world.settings.prescribed_volume_ml if limit is None else limit
    return next((portion for portion in marks.blood if portion.total_blood_ml > limit + 1e-6), None)


def _closest(marks: Marks) -> e.Event | None:
    """The move that came nearest to the dura; None where none came near."""
    near = marks.closest_dura
    return None if near is None or near.least_dura_mm > NEAR_DURA_MM else near


def _blind(marks: Marks) -> e.Event | None:
    """The push near the dura that was farthest from the last look."""
    near = [move for move in marks.moves if move.moved_mm > 0 and move.least_dura_mm < NEAR_DURA_MM]
    return max(near, key=lambda move: marks.pushed_since_look_mm(move.at_ms), default=None)


def _dural_puncture(marks: Marks) -> e.Event | None:
    return next(
        (x for x in marks.events if isinstance(x, e.Complication) and x.kind == ComplicationKind.DURAL_PUNCTURE), None
    )


def _critical(marks: Marks) -> e.Event | None:
    return next((move for move in marks.moves if move.critical), None) or _first(marks, e.BoneContacted)


def _dearest(marks: Marks, phase: DosePhase) -> e.AcquisitionMade | None:
    made = [a for a in marks.summary.acquisitions if a.dose_phase == phase and a.counts_toward_dose]
    return max(made, key=lambda a: a.dose.dlp_mgy_cm, default=None)


def _planning(marks: Marks) -> e.Event | None:
    scans = [a for a in marks.summary.acquisitions if a.purpose == AcquisitionPurpose.PLANNING]
    return _dearest(marks, DosePhase.PLANNING) or (scans[0] if scans else _puncture(marks))


def _pulled(marks: Marks) -> e.Event | None:
    return next((move for move in marks.moves if move.moved_mm < 0), None)


_BLOOD = frozenset(
    {
        *(MetricId.BEVEL_IN_TARGET_ZONE, MetricId.LEAK_COVERAGE, MetricId.SEAL, MetricId.EPIDURAL_VOLUME),
        *(MetricId.BLOOD_VOLUME, MetricId.DEMANDED_IMAGES, MetricId.ASPIRATED, MetricId.BLOOD_FRESH),
    }
)
_MOMENTS: Mapping[MetricId, _Find] = {
    **dict.fromkeys(_BLOOD, _blood),
    MetricId.LEAK_LOCALISED: _written,
    MetricId.BLOOD_AFTER_CUE: _after_cue,
    MetricId.DURAL_MARGIN: _closest,
    MetricId.DURA_TENTING: _closest,
    MetricId.DURA_CONTACTS: lambda marks: _first(marks, e.DuraTouched),
    MetricId.DURAL_PUNCTURES: _dural_puncture,
    MetricId.BLIND_ADVANCE: _blind,
    MetricId.CRITICAL_DWELL: _critical,
    MetricId.REACTIONS_ANSWERED: lambda marks: _first(marks, e.ReactionBegan),
    MetricId.DLP_GUIDANCE: lambda marks: next(iter(marks.idle_presses), _dearest(marks, DosePhase.GUIDANCE)),
    MetricId.DLP_PLANNING: _planning,
    MetricId.DLP_CONFIRMATION: lambda marks: _dearest(marks, DosePhase.CONFIRMATION),
    MetricId.REDIRECTIONS: lambda marks: _second(marks, e.NeedleRedirected),
    MetricId.SKIN_PUNCTURES: lambda marks: _second(marks, e.SkinPunctured),
    MetricId.PATH_RATIO: _pulled,
    MetricId.PLAN_SOUND: lambda marks: _first(marks, e.PathPlanned, e.SkinPunctured),
    **dict.fromkeys(
        (
            *(MetricId.TIME_OUT_HELD, MetricId.PATIENT_POSITIONED, MetricId.SKIN_PREPARED),
            *(MetricId.ANAESTHETIC_GIVEN, MetricId.ARM_LINE_FIRST),
        ),
        _puncture,
    ),
}
