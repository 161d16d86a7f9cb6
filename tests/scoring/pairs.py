"""Pairs: for each rule of the score two procedures that differ in what it judges, and in nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from simulator.engine import events as e
from simulator.engine.settings import CaseFact
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.patient import PatientReaction
from simulator.vocabulary.patient_facts import FactKind, PatientFact, TimeOutItem
from simulator.vocabulary.procedure import Aid, ComplicationKind, DosePhase
from simulator.vocabulary.scoring import CapId, MetricId
from tests.scoring import edits as x
from tests.settings import changed_settings

DANGER_POINTS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two procedures of which the first is better.

    Attributes:
        rule: what tells them apart
        danger: whether it must do so by ten points
    """

    rule: CapId | MetricId
    name: str
    worse: x.Edit
    better: x.Edit = x.unchanged
    danger: bool = False


def _fact(base: x.Procedure) -> x.Procedure:
    fact = CaseFact(fact=PatientFact(kind=FactKind.DRUG, words="apixaban this morning"), stops=True)
    return x.Procedure(replace(base.world, settings=changed_settings(base.world.settings, facts=(fact,))), base.events)


def _plain(change: dict[str, object]) -> Callable[[e.Event], e.Event]:
    return lambda event: replace(event, **change)


_FAINT = PatientReaction.VASOVAGAL, Aid.RAISE_THE_LEGS
_BLIND = x.looks_missing_near_the_dura

CAPS = (
    Pair(
        rule=CapId.NOT_TREATED,
        name="no blood at all, and nothing forbade it",
        worse=x.without(e.MaterialInjected),
        better=x.token_volume,
        danger=True,
    ),
    Pair(
        rule=CapId.INTRATHECAL_BLOOD,
        name="a little blood inside the dura",
        worse=x.blood_in(Compartment.INTRATHECAL),
        danger=True,
    ),
    Pair(
        rule=CapId.CORD_CONTACT,
        name="the cord was touched",
        worse=x.complication(ComplicationKind.CORD_CONTACT),
        danger=True,
    ),
    Pair(
        rule=CapId.TOKEN_VOLUME,
        name="a tenth of a millilitre, beside a treatment that nobody looked at",
        worse=x.token_volume,
        better=x.last_look_missing,
        danger=True,
    ),
    Pair(
        rule=CapId.UNSEEN_NEEDLE,
        name="nobody looked before the blood, of two who pushed blindly",
        worse=x.chain(x.last_look_missing, x.without(e.ResistanceTested)),
        better=x.chain(_BLIND, x.without(e.ResistanceTested)),
        danger=True,
    ),
    Pair(
        rule=CapId.DURAL_PUNCTURE,
        name="a puncture that nobody noticed",
        worse=x.complication(ComplicationKind.DURAL_PUNCTURE),
        danger=True,
    ),
    Pair(
        rule=CapId.DURAL_PUNCTURE,
        name="a puncture that was told, and one that was not",
        worse=x.complication(ComplicationKind.DURAL_PUNCTURE),
        better=x.chain(x.complication(ComplicationKind.DURAL_PUNCTURE), x.puncture_told),
        danger=True,
    ),
    Pair(
        rule=CapId.SUBDURAL_BLOOD,
        name="a little blood under the dura",
        worse=x.blood_in(Compartment.SUBDURAL),
        danger=True,
    ),
    Pair(
        rule=CapId.LEAK_NOT_COVERED,
        name="another level, and the leak not covered",
        worse=x.at_another_level(0.49),
        better=x.at_another_level(0.51),
        danger=True,
    ),
    Pair(rule=CapId.FACT_IGNORED, name="a fact forbade it", worse=_fact, danger=True),
    Pair(
        rule=CapId.STEPS_SKIPPED,
        name="no time-out",
        worse=x.chain(x.without(e.TimeOutHeld), x.without_step("time-out")),
        danger=True,
    ),
    Pair(rule=CapId.STEPS_SKIPPED, name="skin not prepared", worse=x.without_step("skin prepared"), danger=True),
    Pair(
        rule=CapId.SEVERE_REACTION_IGNORED,
        name="blood after a severe reaction, which was answered",
        worse=x.reaction(PatientReaction.SEVERE_CONTRAST, Aid.ADRENALINE, answered=True),
        danger=True,
    ),
    Pair(
        rule=CapId.REACTION_IGNORED,
        name="a faint that nobody answered",
        worse=x.reaction(*_FAINT, answered=False),
        better=x.reaction(*_FAINT, answered=True),
        danger=True,
    ),
    Pair(
        rule=CapId.BLOOD_AT_TENTED_DURA,
        name="blood while the tip pressed the dura",
        worse=x.dura_pressed(0.9, with_blood=True),
        better=x.dura_pressed(0.9),
        danger=True,
    ),
    Pair(
        rule=CapId.TENTED_DURA,
        name="the dura pressed in by 1.4 mm",
        worse=x.dura_pressed(1.4),
        better=x.dura_pressed(0.9),
        danger=True,
    ),
    Pair(rule=CapId.BLIND_ADVANCE, name="no look on the way near the dura", worse=_BLIND, danger=True),
    Pair(
        rule=CapId.BLOOD_IN_VEIN, name="a little blood into a vein", worse=x.blood_in(Compartment.VESSEL), danger=True
    ),
    Pair(
        rule=CapId.NERVE_COMPRESSION,
        name="roots compressed",
        worse=x.complication(ComplicationKind.NERVE_COMPRESSION, before_blood=False),
        danger=True,
    ),
    Pair(
        rule=CapId.PLUNGER_ALONE, name="the plunger decided the last millimetre", worse=x.resistance_tested, danger=True
    ),
)

METRICS = (
    Pair(
        rule=MetricId.TIME_OUT_HELD,
        name="coagulation was not checked",
        worse=x.chain(
            x.changed(
                e.TimeOutHeld, _plain({"checked": tuple(i for i in TimeOutItem if i != TimeOutItem.COAGULATION)})
            ),
        ),
    ),
    Pair(rule=MetricId.SKIN_PREPARED, name="skin not prepared", worse=x.without_step("skin prepared")),
    Pair(rule=MetricId.PATIENT_POSITIONED, name="not positioned", worse=x.without_step("patient positioned")),
    Pair(rule=MetricId.ANAESTHETIC_GIVEN, name="no local anaesthetic", worse=x.without_step("local anaesthetic")),
    Pair(rule=MetricId.ARM_LINE_FIRST, name="the arm line after the needle", worse=x.without(e.ArmLineLaid)),
    Pair(rule=MetricId.ASPIRATED, name="nobody aspirated", worse=x.without(e.Aspirated)),
    Pair(
        rule=MetricId.STYLET_IN,
        name="pushed without the stylet",
        worse=lambda base: x.Procedure(
            base.world,
            tuple(
                one
                for event in base.events
                for one in (
                    (event, e.StyletMoved(at_ms=event.at_ms, stylet_in=False, drip="nothing"))
                    if isinstance(event, e.NeedlePlaced)
                    else ()
                    if isinstance(event, e.StyletMoved)
                    else (event,)
                )
            ),
        ),
    ),
    Pair(rule=MetricId.BLOOD_FRESH, name="blood drawn ten minutes before", worse=x.blood_later(600_000)),
    Pair(rule=MetricId.AFTERCARE, name="nobody asked for the legs", worse=x.legs_not_asked),
    Pair(
        rule=MetricId.AFTERCARE,
        name="no call on the next day",
        worse=x.changed(e.AftercareOrdered, _plain({"next_day_call": False})),
    ),
    Pair(
        rule=MetricId.LEAK_LOCALISED,
        name="the leak marked at a wrong level",
        worse=x.changed(e.LeakMarked, _plain({"level": "T2/3"})),
    ),
    Pair(rule=MetricId.PLAN_SOUND, name="no plan", worse=x.without(e.PathPlanned)),
    Pair(rule=MetricId.DLP_PLANNING, name="planning four times as dear", worse=x.more_dose(DosePhase.PLANNING, 4.0)),
    Pair(rule=MetricId.DLP_GUIDANCE, name="guidance four times as dear", worse=x.more_dose(DosePhase.GUIDANCE, 4.0)),
    Pair(
        rule=MetricId.DLP_CONFIRMATION,
        name="confirmation eight times as dear",
        worse=x.more_dose(DosePhase.CONFIRMATION, 8.0),
    ),
    Pair(
        rule=MetricId.REACTIONS_ANSWERED,
        name="a faint that nobody answered",
        worse=x.reaction(*_FAINT, answered=False),
        better=x.reaction(*_FAINT, answered=True),
    ),
    Pair(
        rule=MetricId.DURA_TENTING,
        name="the dura pressed in by 0.9 mm",
        worse=x.dura_pressed(0.9),
        better=x.dura_pressed(0.1),
    ),
)
