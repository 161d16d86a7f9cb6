"""Edits: a procedure that went well, made worse in one thing alone. Events in, events out; nothing is carried out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.patient import PatientReaction
from simulator.vocabulary.patient_facts import Question
from simulator.vocabulary.procedure import Aid, ComplicationKind, DosePhase

Events = tuple[e.Event, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """A world and the events of one procedure in it."""

    world: CaseContext
    events: Events


Edit = Callable[[Procedure], Procedure]


def unchanged(base: Procedure) -> Procedure:
    """The procedure as it went."""
    return base


def chain(*edits: Edit) -> Edit:
    """One edit after another."""

    def edit(base: Procedure) -> Procedure:
        for one in edits:
            base = one(base)
        return base

    return edit


def without(kind: type[e.Event], where: Callable[[e.Event], bool] = lambda event: True) -> Edit:
    """Events of a kind left out."""
    return lambda base: _with(base, [x for x in base.events if not (isinstance(x, kind) and where(x))])


def changed(kind: type[e.Event], change: Callable[[e.Event], e.Event]) -> Edit:
    """Events of a kind put otherwise."""
    return lambda base: _with(base, [change(x) if isinstance(x, kind) else x for x in base.events])


def without_step(step: str) -> Edit:
    """A step of preparation that was not taken."""
    return without(e.PreparationDone, lambda event: isinstance(event, e.PreparationDone) and event.step == step)


def token_volume(base: Procedure) -> Procedure:
    """A tenth of a millilitre, of which all else is as it was."""
    blood = _blood(base)
    first = replace(blood[0], volume_ml=0.1, total_blood_ml=0.1, feeling="nothing", escaped_ml=0.0)
    kept = [
        x for x in base.events if not (isinstance(x, e.MaterialInjected) and x.material == "blood" and x != blood[0])
    ]
    return _with(base, [first if x == blood[0] else x for x in kept])


def blood_in(compartment: Compartment, kind: ComplicationKind | None = None) -> Edit:
    """The last portion went elsewhere; it is small, so that what treats is as it was."""

    def edit(base: Procedure) -> Procedure:
        last = _blood(base)[-1]
        stray = replace(last, compartment=compartment, volume_ml=0.01)
        harm = [] if kind is None else [_harm(base, kind, last.at_ms)]
        return _after(base, last, [stray, *harm])

    return edit


def complication(kind: ComplicationKind, *, before_blood: bool = True) -> Edit:
    """A harm that nothing else shows."""

    def edit(base: Procedure) -> Procedure:
        blood = _blood(base)
        at = blood[0] if before_blood else blood[-1]
        return (_before if before_blood else _after)(base, at, [_harm(base, kind, at.at_ms)])

    return edit


def puncture_told(base: Procedure) -> Procedure:
    """After a dural puncture: seen, and the patient told."""
    last = _blood(base)[-1]
    kind = ComplicationKind.DURAL_PUNCTURE
    return _after(
        base, last, [e.ComplicationRecognised(at_ms=last.at_ms, kind=kind), e.PatientTold(at_ms=last.at_ms, of=kind)]
    )


def last_look_missing(base: Procedure) -> Procedure:
    """Nobody looked at the needle since it went through the skin; where it went was not near the dura."""
    return _with(base, [x for x in base.events if not isinstance(x, e.ImageLookedAt) or _planning(base, x)])


def looks_missing_near_the_dura(base: Procedure) -> Procedure:
    """All looks between the first push and the last image before the blood are missing; that last one is looked at."""
    needle = {x.number for x in base.events if isinstance(x, e.AcquisitionMade) and x.scene.needle is not None}
    first_blood = _blood(base)[0].at_ms
    seen = [x for x in base.events if isinstance(x, e.ImageLookedAt) and x.number in needle and x.at_ms <= first_blood]
    last = {x.number for x in seen[-1:]}
    gone = needle - last
    return _with(
        base,
        [
            x
            for x in base.events
            if not (isinstance(x, e.ImageLookedAt) and x.number in gone and x.at_ms <= first_blood)
        ],
    )


def dura_pressed(depth_mm: float, *, with_blood: bool = False) -> Edit:
    """The tip pressed the dura in on the last push; with blood, while it came."""

    def edit(base: Procedure) -> Procedure:
        moves = [x for x in base.events if isinstance(x, e.NeedleMoved) and x.moved_mm > 0.0]
        pressed = replace(moves[-1], least_dura_mm=-depth_mm)
        events: list[e.Event] = [pressed if x is moves[-1] else x for x in base.events]
        if with_blood:
            events = [
                replace(x, dura_mm=-depth_mm) if isinstance(x, e.MaterialInjected) and x.material == "blood" else x
                for x in events
            ]
        return _with(base, events)

    return edit


def reaction(kind: PatientReaction, helps: Aid, *, answered: bool) -> Edit:
    """A reaction before the blood, answered or not."""

    def edit(base: Procedure) -> Procedure:
        at = _blood(base)[0]
        told: list[e.Event] = [e.ReactionBegan(at_ms=at.at_ms, reaction=kind, cause="", helps=helps)]
        if answered:
            told.append(e.AidGiven(at_ms=at.at_ms + 10_000, measure=helps, helped=True))
        return _before(base, at, told)

    return edit


def more_dose(phase: DosePhase, times: float) -> Edit:
    """The beams of one account cost so many times as much."""

    def dearer(event: e.Event) -> e.Event:
        if not isinstance(event, e.AcquisitionMade) or event.dose_phase != phase:
            return event
        return replace(event, dose=replace(event.dose, dlp_mgy_cm=event.dose.dlp_mgy_cm * times))

    return changed(e.AcquisitionMade, dearer)


def blood_later(after_ms: int) -> Edit:
    """The blood was drawn so much earlier."""
    return changed(e.BloodDrawn, lambda event: replace(event, at_ms=event.at_ms - after_ms))


def legs_not_asked(base: Procedure) -> Procedure:
    """Nobody asked for legs and bladder."""
    asked = lambda event: isinstance(event, e.PatientSpoke) and event.about is Question.LEGS_AND_BLADDER  # noqa: E731
    return without(e.PatientSpoke, asked)(base)


def at_another_level(covered: float) -> Edit:
    """The bevel stood at a level that is not on the list, and the blood covered so much of the leak."""

    def elsewhere(event: e.Event) -> e.Event:
        assert isinstance(event, e.MaterialInjected)
        return replace(event, level="T5/6", covered_share=covered)

    return changed(e.MaterialInjected, elsewhere)


def resistance_tested(base: Procedure) -> Procedure:
    """A plunger was tried just before the blood, after a push of a millimetre since the last look."""
    blood = _blood(base)[0]
    tip = blood.tip_mm
    moved = [
        replace(x, tip_mm=PatientPoint(tip.x_mm, tip.y_mm - 1.0, tip.z_mm)) if isinstance(x, e.MaterialInjected) else x
        for x in base.events
    ]
    return _before(
        Procedure(base.world, tuple(moved)),
        next(x for x in moved if isinstance(x, e.MaterialInjected) and x.material == "blood"),
        [e.ResistanceTested(at_ms=blood.at_ms, medium="saline", lost=True)],
    )


def _planning(base: Procedure, look: e.ImageLookedAt) -> bool:
    made = next(x for x in base.events if isinstance(x, e.AcquisitionMade) and x.number == look.number)
    return made.scene.needle is None


def _blood(base: Procedure) -> list[e.MaterialInjected]:
    return [x for x in base.events if isinstance(x, e.MaterialInjected) and x.material == "blood"]


def _harm(base: Procedure, kind: ComplicationKind, at_ms: int) -> e.Complication:
    return e.Complication(at_ms=at_ms, kind=kind, tip_mm=_blood(base)[0].tip_mm, level=_blood(base)[0].level)


def _with(base: Procedure, events: Sequence[e.Event]) -> Procedure:
    return Procedure(base.world, tuple(events))


def _after(base: Procedure, at: e.Event, new: Sequence[e.Event]) -> Procedure:
    place = base.events.index(at) + 1
    return _with(base, [*base.events[:place], *new, *base.events[place:]])


def _before(base: Procedure, at: e.Event, new: Sequence[e.Event]) -> Procedure:
    place = base.events.index(at)
    return _with(base, [*base.events[:place], *new, *base.events[place:]])
