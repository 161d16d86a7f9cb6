"""Procedures: a genome carried out on a case, and its score.

Looks are taken and nothing is done about them: no image is made. Blood need not flow to its end where the score is
certain before: `certain_score` says when that is so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator.engine.events import Complication, MaterialInjected, NeedleMoved
from simulator.engine.needle.bevel import against_bone, locate_opening
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.needle.insertion import is_blocked
from simulator.scenario.case import Case
from simulator.scoring.rubric import Rubric
from simulator.scoring.scorecard import Scorecard
from simulator.scoring.shares import SHARES
from simulator.vocabulary.anatomy import Compartment, Laterality, Side
from simulator.vocabulary.patient_facts import Question
from simulator.vocabulary.procedure import ComplicationKind, HubSign, PlungerFeel, ResistanceMedium
from simulator.vocabulary.scoring import Component, MetricId
from tests.scoring.search.genes import A_PRESS, A_SCAN, LOOK_AT_LAST, LOOK_EACH_STEP, Genome, Kind

MARKED_SIDES = (Laterality.LEFT, Laterality.RIGHT, Laterality.BOTH)
AWAY_MM = 130.0
_EPIDURAL = (Compartment.EPIDURAL, Compartment.FORAMEN)
SETTLED = frozenset(
    {
        MetricId.BLIND_ADVANCE,
        MetricId.DURAL_MARGIN,
        MetricId.DURA_TENTING,
        MetricId.DURA_CONTACTS,
        MetricId.TIME_OUT_HELD,
        MetricId.SKIN_PREPARED,
        MetricId.ANAESTHETIC_GIVEN,
        MetricId.STYLET_IN,
        MetricId.ARM_LINE_FIRST,
        MetricId.PATIENT_POSITIONED,
    }
)
"""Metrics of safety and steps that stand once the needle does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a procedure came to.

    Attributes:
        place: compartment in which the first blood came; empty without any
        cut: whether it was ended early because its score was certain
    """

    score: float
    place: str
    cut: bool


class CertainError(Exception):
    """Nothing that can still happen changes the score."""

    def __init__(self, score: float) -> None:
        super().__init__(score)
        self.score = score


def with_hands(case: Case, seed: int) -> Case:
    """The same person, by another chance."""
    return replace(case, world=replace(case.world, root_seed=seed, _fronts={}))


def carry_out(case: Case, kind: Kind, genome: Genome, *, to_the_end: bool = False) -> Scored:
    """Carry a genome out; `to_the_end` lets all blood flow, however certain the score is."""
    run = _Run(case, genome, to_the_end=to_the_end)
    try:
        run.prepare()
        (run.push_blindly if kind is Kind.OPEN_LOOP else run.feel_for_the_space)()
        run.finish()
    except CertainError as certain:
        return Scored(score=certain.score, place=run.place, cut=True)
    return Scored(score=case.score(run.session, operator=kind).score, place=run.place, cut=False)


def certain_score(case: Case, session: Session) -> float | None:
    """The score where nothing that can still happen changes it, if blood is given now and the needle stays.

    A touched cord and blood in the sac end it at 0. Where less than half of what treats can be epidural the score is
    the cap of a token volume, as long as what safety and steps are worth for certain does not fall below it.
    """
    events, world, state = session.events, session.world, session.state
    blood = [x for x in events if isinstance(x, MaterialInjected) and x.material == "blood"]
    cord = any(isinstance(x, Complication) and x.kind == ComplicationKind.CORD_CONTACT for x in events)
    if cord or any(x.compartment == Compartment.INTRATHECAL for x in blood):
        return 0.0
    pose = state.needle.pose
    if pose is None or pose.stylet_in or not state.needle.in_skin or is_blocked(pose) or against_bone(world, state):
        return None
    compartment = locate_opening(world, state).compartment
    if compartment == Compartment.INTRATHECAL:
        return 0.0
    given_ml = sum(x.volume_ml for x in blood if x.compartment in _EPIDURAL)
    if compartment in _EPIDURAL or given_ml >= 0.5 * case.rubric.treatment.treating_ml:
        return None
    card = case.score(session, operator="so far")
    return case.rubric.caps.token_volume if _least(card, case.rubric) >= case.rubric.caps.token_volume else None


def _least(card: Scorecard, rubric: Rubric) -> float:
    """What safety and steps are worth by those of their metrics that neither blood nor what follows it can change."""
    utilities = {metric.metric_id: metric.utility or 0.0 for metric in card.metrics}
    worth = {Component.SAFETY: rubric.weights.safety, Component.STEPS: rubric.weights.steps}
    return 100.0 * sum(
        weight * SHARES[component][metric] * utilities.get(metric, 0.0)
        for component, weight in worth.items()
        for metric in SETTLED & set(SHARES[component])
    )


class _Run:
    """A procedure under way."""

    def __init__(self, case: Case, genome: Genome, *, to_the_end: bool) -> None:
        self.case, self.genome, self.to_the_end = case, genome, to_the_end
        self.session = Session(case.world)
        self.level = case.world.settings.requested_level
        self.given_ml = 0.0

    @property
    def place(self) -> str:
        """Compartment of the first blood."""
        return str(self.session.state.injection.compartment or "")

    def prepare(self) -> None:
        """Everything before the needle."""
        genes, do = self.genome, self.session.do
        if genes["positions"]:
            do(c.PositionPatient(breath_hold=True))
        if genes["time_out"]:
            do(c.TimeOut())
        if genes["marks_leak"]:
            do(c.MarkLeak(level=self.level, side=MARKED_SIDES[int(genes["marks_side"])]))
        do(c.MoveTable(level=self.level))
        if genes["image_before"] == A_SCAN:
            do(c.AcquirePlanningScan(levels=(self.level, self.level), mas=20.0))
            self._look_at_latest()
        elif genes["image_before"] == A_PRESS:
            self._look()
        if genes["arm_line"]:
            do(c.LayArmLine())
        if genes["prepares_skin"]:
            do(c.PrepareSkin())
        if genes["numbs"]:
            do(c.InjectLocalAnaesthetic())

    def push_blindly(self) -> None:
        """One straight push, in steps, and blood; perhaps the same from the other side."""
        self._place(left=bool(self.genome["from_left"]), angle_deg=self.genome["angle_deg"])
        sites = 2 if self.genome["second_site"] else 1
        for site in range(sites):
            if site:
                self.session.do(c.Withdraw(distance_mm=AWAY_MM))
                self._place(left=not self.genome["from_left"], angle_deg=self.genome["angle_deg"])
            gone = 0.0
            while gone < self.genome["depth_mm"] - 0.05:
                step = max(min(self.genome["step_mm"], self.genome["depth_mm"] - gone), 0.1)
                gone += step
                if self._stopped(c.Advance(distance_mm=step)):
                    break
                if self.genome["looks"] == LOOK_EACH_STEP:
                    self._look()
            self._bleed(self.genome["blood_ml"] / sites, last=site == sites - 1)

    def feel_for_the_space(self) -> None:
        """A step at a time with a plunger; after bone another puncture."""
        genes = self.genome
        for puncture in range(int(genes["punctures"])):
            if puncture:
                self.session.do(c.Withdraw(distance_mm=AWAY_MM))
            other_side = bool(genes["changes_side"]) and puncture % 2 == 1
            turned = genes["turns_deg"] * ((puncture + 1) // 2) * (1.0 if puncture % 2 else -1.0)
            self._place(left=bool(genes["from_left"]) != other_side, angle_deg=genes["angle_deg"] + turned)
            if self._stopped(c.Advance(distance_mm=genes["from_mm"])):
                continue
            if self._felt():
                self._bleed(genes["blood_ml"], last=True)
                return

    def _felt(self) -> bool:
        """Whether the plunger gave way as often as asked, and a little blood then went in easily."""
        genes, gone, losses = self.genome, self.genome["from_mm"], 0
        while gone < genes["deepest_mm"]:
            if self._stopped(c.Advance(distance_mm=genes["step_mm"])):
                return False
            gone += genes["step_mm"]
            if genes["looks"] == LOOK_EACH_STEP:
                self._look()
            losses = losses + 1 if self._gives_way() else 0
            if losses >= genes["losses"] and self._takes_blood():
                return True
        return False

    def _gives_way(self) -> bool:
        medium = ResistanceMedium.AIR if self.genome["air"] else ResistanceMedium.SALINE
        self.session.do(c.RemoveStylet())
        self.session.do(c.TestResistance(medium=medium))
        lost = self.session.view().handling.hub == HubSign.RESISTANCE_LOST
        self.session.do(c.ReplaceStylet())
        return lost

    def _takes_blood(self) -> bool:
        """Whether the plunger stays soft; what is seen of it alone decides."""
        self._ready_for_blood()
        self._end_if_certain(last=False)
        self._inject(self.genome["first_ml"])
        hard = self.session.view().injection.plunger == PlungerFeel.HARD
        if hard:
            self.session.do(c.StopInjection())
            self.session.do(c.ReplaceStylet())
        return not hard

    def _bleed(self, volume_ml: float, *, last: bool) -> None:
        genes = self.genome
        if genes["pulls_back_mm"] >= 0.1:
            self.session.do(c.Withdraw(distance_mm=genes["pulls_back_mm"]))
        if genes["looks"] == LOOK_AT_LAST:
            self._look()
        self._ready_for_blood()
        until_ml = self.given_ml + volume_ml
        while self.given_ml < until_ml - 0.05:
            self._end_if_certain(last=last)
            if not self._inject(min(genes["portion_ml"], until_ml - self.given_ml)):
                return
            if self.session.state.injection.cue_ml is not None:
                return
            if genes["pause_s"] >= 1.0:
                self.session.do(c.Wait(duration_s=genes["pause_s"]))

    def _ready_for_blood(self) -> None:
        self.session.do(c.RemoveStylet())
        if self.genome["aspirates"]:
            self.session.do(c.Aspirate())
        if self.session.state.injection.syringe is None:
            self.session.do(c.DrawBlood(volume_ml=20.0))

    def _inject(self, volume_ml: float) -> bool:
        """A portion, no further than the patient's word; whether any of it left the needle."""
        events = self.session.do(c.InjectBlood(volume_ml=max(round(volume_ml, 2), 0.1), until_cue=True))
        given = sum(x.volume_ml for x in events if isinstance(x, MaterialInjected))
        self.given_ml += given
        return given > 0.0

    def _end_if_certain(self, *, last: bool) -> None:
        """End the run where its score is certain; before the last site only blood in the sac and a touched cord are."""
        found = None if self.to_the_end else certain_score(self.case, self.session)
        if found is not None and (last or found == 0.0):
            raise CertainError(found)

    def _place(self, *, left: bool, angle_deg: float) -> None:
        self.session.do(
            c.PlaceNeedle(
                entry_from_midline_mm=self.genome["entry_mm"],
                side=Side.LEFT if left else Side.RIGHT,
                level=self.level,
                angle_deg=angle_deg,
                craniocaudal_deg=self.genome["to_head_deg"],
            )
        )

    def _stopped(self, push: c.Advance) -> bool:
        """Push; whether bone stopped it."""
        return any(isinstance(x, NeedleMoved) and x.stopped_by for x in self.session.do(push))

    def _look(self) -> None:
        """A press, and a look at all of it."""
        self.session.do(c.PressPedal())
        self._look_at_latest()

    def _look_at_latest(self) -> None:
        taken = len(self.session.state.imaging.acquired)
        if taken:
            self.session.do(c.LookAt(number=taken - 1))

    def finish(self) -> None:
        """The needle out, and what follows."""
        genes, do = self.genome, self.session.do
        do(c.StopInjection())
        do(c.Withdraw(distance_mm=AWAY_MM))
        if genes["scan_after"]:
            do(c.AcquireControlScan(length_mm=12.0, mas=5.0))
            if genes["looks_after"]:
                self._look_at_latest()
        if genes["tells_of_puncture"]:
            do(c.TellPatient(of=ComplicationKind.DURAL_PUNCTURE))
        if genes["asks_legs"]:
            do(c.AskPatient(about=Question.LEGS_AND_BLADDER))
        if genes["aftercare"]:
            do(c.OrderAftercare(flat_hours=6.0, advice=True, next_day_call=True))
        do(c.Finish())
