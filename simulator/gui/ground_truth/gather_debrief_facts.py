"""Gather debrief facts: what the debrief shows, ground truth among it, from a finished session and its scorecard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.gui.debrief_facts import (
    AdviceLine,
    AnswerLine,
    ComponentScore,
    CostliestDecision,
    CriticalMoment,
    DebriefFacts,
    DoseRow,
    LessonFacts,
    MetricLine,
    PixelLine,
    PixelPoint,
    TruthOverlay,
    VerdictText,
    VerdictTone,
)
from simulator.gui.drawing.window_level import round_to_hounsfield
from simulator.gui.ground_truth.command_text import command_text
from simulator.interface.frame import Frame
from simulator.interface.teaching import Wording
from simulator.report.components import component_rows
from simulator.report.decisions import Decision, costly_decisions
from simulator.report.ledger_rows import scan_words
from simulator.report.lesson import LessonReview
from simulator.report.metric_rows import NO_VALUE, metric_rows
from simulator.report.near_misses import MissKind, near_misses
from simulator.report.procedure_marks import Marks, read_marks
from simulator.report.skill_table import is_skill
from simulator.report.slice_truth import Truth, shaft_in_slice
from simulator.report.verdict import cap_sentences, verdict
from simulator.report.vessels import closest_vessel
from simulator.scoring.scorecard import Scorecard
from simulator.spatial.frames import PatientPoint
from simulator.wording.chosen import WORDS


def gather_debrief_facts(
    session: Session, card: Scorecard, lesson: LessonReview, wordings: Mapping[str, Wording]
) -> DebriefFacts:
    """Read a finished procedure, its scorecard, and what the case's lesson makes of it.

    Args:
        wordings: words of the case in other languages, by code of ISO 639-1
    """
    world = session.world
    marks = read_marks(world, session.events)
    words = verdict(world, card, marks)
    own = [metric for metric in card.metrics if not is_skill(metric)]
    decisions = costly_decisions(session, card, marks)
    return DebriefFacts(
        score=card.score,
        cap_reason=WORDS.cap_reasons(card.caps),
        verdict=VerdictText(
            tone=VerdictTone(words.tone),
            treated=str(words.treated),
            headline=words.headline,
            sentences=words.sentences,
            cap=cap_sentences(card),
        ),
        components=tuple(
            ComponentScore(
                name=part.name,
                fraction=part.fraction,
                points=part.points,
                most=part.most,
                bar_percent=part.bar,
                rests_on=part.rests_on,
            )
            for part in component_rows(card)
        ),
        moments=tuple(
            CriticalMoment(
                at_ms=miss.at_ms,
                warns=miss.kind is not MissKind.CLOSEST_APPROACH,
                words=miss.words,
                reasons=miss.reasons,
                image=miss.press,
            )
            for miss in near_misses(marks, card.recognised(), closest_vessel(world.phantom, marks.moves))
        ),
        metrics=tuple(
            MetricLine(metric=row.metric, name=row.name, value=row.value, unit=row.unit, reference=row.reference)
            for row in metric_rows(own)
            if row.reference and row.value != NO_VALUE
        ),
        dose_rows=tuple(_dose_rows(marks)),
        dlp_by_phase={phase: entry.dlp_mgy_cm for phase, entry in card.dose.by_phase.items() if not entry.given},
        effective_dose_msv=card.dose.total.effective_dose_msv,
        k_msv_per_mgy_cm=world.conversion.k_msv_per_mgy_cm,
        ctdi_phantom_cm=world.conversion.ctdi_phantom_cm,
        overlay=_overlay(session, world, marks),
        costliest=_costliest(session, decisions),
        advice=tuple(_advice(session, one, marks) for one in decisions),
        lesson=_lesson(lesson, wordings),
    )


def _lesson(review: LessonReview, wordings: Mapping[str, Wording]) -> LessonFacts:
    return LessonFacts(
        points=review.points,
        advice=review.advice,
        happenings=review.happenings,
        answers=tuple(
            AnswerLine(
                words=one.words,
                answer=one.answer,
                expected=one.expected,
                right=one.right,
                why=one.why,
                of_options=one.of_options,
            )
            for one in review.answers
        ),
        checklist=review.checklist,
        wordings=wordings,
    )


def _costliest(session: Session, decisions: Sequence[Decision]) -> CostliestDecision | None:
    """The decision that cost most; None where none of them cost anything."""
    if not decisions:
        return None
    first = decisions[0]
    return CostliestDecision(
        number=first.number,
        at_ms=first.at_ms,
        command=command_text(session, first.number),
        points=first.points,
        advice=first.advice[0].words,
    )


def _advice(session: Session, decision: Decision, marks: Marks) -> AdviceLine:
    """What a decision taught, with the press that was looked at when it was made."""
    seen = [ordinal for ordinal, press in enumerate(marks.presses, start=1) if press.at_ms <= decision.at_ms]
    return AdviceLine(
        number=decision.number,
        at_ms=decision.at_ms,
        command=command_text(session, decision.number),
        words=decision.advice[0].words,
        points=decision.points,
        image=seen[-1] if seen else None,
    )


def _dose_rows(marks: Marks) -> list[DoseRow]:
    rows = []
    for entry in marks.summary.beams:
        ordinal = marks.press_ordinal(entry.number) if isinstance(entry, e.AcquisitionMade) else None
        words = f"Press {ordinal}" if ordinal else scan_words(entry)
        if isinstance(entry, e.BeamCutShort):
            words = "Cut short, no image"
        rows.append(
            DoseRow(
                at_ms=entry.at_ms,
                phase=entry.dose_phase,
                words=words,
                mas=entry.beam.mas,
                ctdi_vol_mgy=entry.dose.ctdi_vol_mgy,
                dlp_mgy_cm=entry.dose.dlp_mgy_cm,
                effective_dose_msv=entry.dose.effective_dose_msv,
                counts_toward_dose=entry.counts_toward_dose,
            )
        )
    return rows


def _overlay(session: Session, world: CaseContext, marks: Marks) -> TruthOverlay | None:
    """The press that shows where the blood went in, or the last press, with the truth as lines."""
    chosen = marks.last_before
    if chosen is None and marks.presses:
        chosen = marks.presses[-1].number
    if chosen is None:
        return None
    entry = session.acquisition(chosen)
    frame = session.image(chosen)
    transform = world.table_transform(entry.scene.patient_displacement_mm)
    tip_mm = _tip_mm(marks, entry)
    wanted = float(frame.z_mm[len(frame.z_mm) // 2]) if tip_mm is None else frame.plane_z_mm(transform.to_table(tip_mm))
    index = int(np.argmin(np.abs(frame.z_mm - wanted)))
    place = _Placer(frame, entry, transform.table_z_mm)
    outlines = Truth(session).in_slice(frame, index, entry)
    needle = shaft_in_slice(frame, index, entry, world)
    plan = marks.summary.plan
    when = "at the first mL of blood" if marks.summary.first_blood is not None else "at the last press"
    return TruthOverlay(
        image=round_to_hounsfield(frame.hu[index]),
        pixel_mm=frame.pixel_spacing_mm,
        z_mm=float(frame.z_mm[index]),
        words=when,
        lines={name: tuple(place.line(line) for line in lines) for name, lines in outlines.items()},
        needle=tuple(place.line(piece) for piece in needle),
        path=_path(marks, place),
        presses=_presses(marks, place),
        plan=None if plan is None else (
            frame.pixel_of(*plan.entry_mm), frame.pixel_of(*plan.target_mm)
        ),
        tip=None if tip_mm is None else place.point(tip_mm),
    )  # fmt: skip


class _Placer:
    """The patient's x and y as row and column of a frame."""

    def __init__(self, frame: Frame, entry: e.AcquisitionMade, to_table: Callable[[float], float]) -> None:
        self._frame, self._to_table = frame, to_table
        self._shift = entry.scene.patient_displacement_mm

    def point(self, at_mm: Sequence[float] | NDArray[np.float64]) -> PixelPoint:
        """One point."""
        x_mm, y_mm = float(at_mm[0]) + self._shift[0], float(at_mm[1]) + self._shift[1]
        if self._frame.tilt is None or len(at_mm) < 3:
            return self._frame.pixel_of(x_mm, y_mm)
        return self._frame.pixel_of(x_mm, y_mm, self._to_table(float(at_mm[2])))

    def line(self, points_mm: Iterable[NDArray[np.float64]]) -> PixelLine:
        """A line."""
        return tuple(self.point(p) for p in points_mm)


def _tip_mm(marks: Marks, entry: e.AcquisitionMade) -> PatientPoint | None:
    blood = marks.summary.first_blood
    if blood is not None:
        return blood.tip_mm
    return entry.scene.needle.points_mm[0] if entry.scene.needle is not None else None


def _path(marks: Marks, place: _Placer) -> tuple[PixelLine, ...]:
    """The tip's way, one line for each time that a needle stood on the skin."""
    lines: list[list[PixelPoint]] = []
    for event in marks.events:
        if isinstance(event, e.NeedlePlaced):
            lines.append([place.point(event.entry_mm)])
        elif isinstance(event, e.NeedleMoved) and lines:
            lines[-1].append(place.point(event.tip_mm))
    return tuple(tuple(line) for line in lines if len(line) > 1)


def _presses(marks: Marks, place: _Placer) -> tuple[tuple[int, PixelPoint], ...]:
    found = []
    for ordinal, press in enumerate(marks.presses, start=1):
        if press.scene.needle is not None:
            found.append((ordinal, place.point(press.scene.needle.points_mm[0])))
    return tuple(found)
