"""Published practice, image for image: what two series took, carried out on our patients.

`carry_out` plays an operator who reads each image rightly, off the truth: it says how far a published number of images
goes in this score, and nothing of how hard images are to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.scenario.case import Case
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.patient_facts import Question
from simulator.vocabulary.procedure import Approach

STEP_MM = 0.1
SHORT_MM = 1.5  # of a mark, at which an operator pushes on and looks again before anything else
BLOOD_ML = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """How a series is carried out on one of our patients.

    Attributes:
        approach: of the way in
        place: how the needle is put on the skin
        border: tissues whose near side is the mark that pushes are counted from
        images_at_mm: depth beyond that mark at which an image is looked at, in order
        blood_at_mm: depth beyond it at which the blood is given
    """

    approach: Approach
    place: c.PlaceNeedle
    border: Sequence[Label]
    images_at_mm: Sequence[float]
    blood_at_mm: float


def carry_out(case: Case, practice: Practice) -> Session:
    """The whole procedure: one image to plan on, those of the series with the needle, and one after the blood."""
    session = Session(case.world)
    level = case.world.settings.requested_level
    leak = case.world.phantom.leak
    assert leak.level is not None
    for command in (
        c.PositionPatient(breath_hold=True),
        c.TimeOut(),
        c.AcquireMyelogram(),
        c.LookAt(number=0),
        c.MarkLeak(level=leak.level, side=leak.side),
        c.MoveTable(level=level),
        c.PressPedal(),
        c.LookAt(number=1),
        c.LayArmLine(),
        c.PrepareSkin(),
        c.InjectLocalAnaesthetic(),
    ):
        session.do(command)
    _plan(session, practice)
    for depth_mm in practice.images_at_mm:
        _push_and_look(session, practice, depth_mm)
    _push_to(session, practice, practice.blood_at_mm)
    _bleed(session)
    _look(session)
    for command in (
        c.StopInjection(),
        c.Withdraw(distance_mm=130.0),
        c.AskPatient(about=Question.LEGS_AND_BLADDER),
        c.OrderAftercare(flat_hours=6.0, advice=True, next_day_call=True),
        c.Finish(),
    ):
        session.do(command)
    return session


def _plan(session: Session, practice: Practice) -> None:
    """The needle on the skin, and the path along it drawn before it goes in."""
    session.do(practice.place)
    placed = next(x for x in reversed(session.events) if isinstance(x, e.NeedlePlaced))
    to_table = session.world.table_transform().to_table
    deep_mm = _depth_of(session, practice) + practice.blood_at_mm
    target = PatientPoint(*(float(v) for v in np.add(placed.entry_mm, np.multiply(deep_mm, placed.direction))))
    session.do(
        c.PlanPath(
            approach=practice.approach,
            side=practice.place.side or Side.MIDLINE,
            entry_mm=to_table(placed.entry_mm),
            target_mm=to_table(target),
        )
    )


def _depth_of(session: Session, practice: Practice) -> float:
    """How far ahead of the tip, along the needle's line, the mark lies, mm; negative where it is behind."""
    place = next(x for x in reversed(session.events) if isinstance(x, e.NeedlePlaced | e.NeedleMoved))
    tip = place.entry_mm if isinstance(place, e.NeedlePlaced) else place.tip_mm
    along = np.arange(-30.0 if isinstance(place, e.NeedleMoved) else 0.0, 120.0, STEP_MM)
    points = np.asarray(tip) + along[:, None] * np.asarray(place.direction)
    inside = np.isin(session.world.phantom.anatomy.label(points), list(practice.border))
    return float(along[int(np.argmax(inside))])


def _push_and_look(session: Session, practice: Practice, depth_mm: float) -> None:
    """Push to a depth and look; where skin and tissue gave way and the tip is short of it, once more."""
    for _ in range(2):
        _push_to(session, practice, depth_mm)
        _look(session)
        if _depth_of(session, practice) + depth_mm < SHORT_MM:
            return


def _push_to(session: Session, practice: Practice, depth_mm: float) -> None:
    """Push to a depth beyond the mark, half of it with the bevel the other way round: the needle stays straight."""
    way_mm = _depth_of(session, practice) + depth_mm
    if way_mm < 2 * STEP_MM:
        return
    for _ in range(2):
        session.do(c.Advance(distance_mm=0.5 * way_mm))
        session.do(c.RotateBevel(angle_deg=180.0))


def _look(session: Session) -> None:
    session.do(c.PressPedal())
    session.do(c.LookAt(number=session.presses()[-1]))


def _bleed(session: Session) -> None:
    """Portions until the patient feels pressure or all is given, in a place that suction has tried."""
    for command in (c.RemoveStylet(), c.Aspirate(), c.DrawBlood(volume_ml=20.0)):
        session.do(command)
    while session.state.injection.blood_ml < session.world.settings.prescribed_volume_ml - 1e-6:
        left_ml = session.world.settings.prescribed_volume_ml - session.state.injection.blood_ml
        events = session.do(c.InjectBlood(volume_ml=min(BLOOD_ML, left_ml), until_cue=True))
        if session.state.injection.cue_ml is not None or not any(isinstance(x, e.MaterialInjected) for x in events):
            return
