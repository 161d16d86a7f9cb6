"""Each cap alone, by hand-made events: where it acts, where it does not, and what it lets through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.settings import CaseFact
from simulator.scoring.caps import RULES, TENTED_MM, acting_caps
from simulator.scoring.harm import IN_TIME_MS, goes_through_the_sac
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.rubric import LookNumbers, Rubric
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.patient import PatientReaction
from simulator.vocabulary.patient_facts import FactKind, PatientFact, TimeOutItem
from simulator.vocabulary.procedure import Aid, ComplicationKind
from simulator.vocabulary.scoring import CapId, Component
from tests.scored_events import GOOD_TIP_MM, HandMade, fields_changed, good, left_out, tubes

SPOT = PatientPoint(0.0, GOOD_TIP_MM, 0.0)


def limits(made: HandMade, rubric: Rubric | None = None) -> dict[CapId, float]:
    summary = summarise(made.world, made.events)
    return {cap.cap_id: cap.limit for cap in acting_caps(summary, rubric or Rubric())}


def before_blood(made: HandMade) -> int:
    """Place of the last event before the hub is opened."""
    return next(k for k, event in enumerate(made.events) if isinstance(event, e.StyletMoved))


def with_event(place: Callable[[HandMade], int], *events: Callable[[int], e.Event]) -> HandMade:
    """A good procedure with events put in at a place; each is made for the time there."""
    made = good()
    at = place(made)
    ms = made.events[at - 1].at_ms
    made.events[at:at] = [event(ms) for event in events]
    return made


def harm(kind: ComplicationKind) -> Callable[[int], e.Event]:
    return lambda ms: e.Complication(at_ms=ms, kind=kind, tip_mm=SPOT, level="L3/4")


def blood_in(compartment: Compartment) -> HandMade:
    return fields_changed(good(), e.MaterialInjected, compartment=compartment, zone=None)


def no_blood() -> HandMade:
    made = HandMade()
    made.begin()
    made.go(GOOD_TIP_MM)
    made.end()
    return made


def given(portions: int, **fields: object) -> HandMade:
    made = HandMade()
    made.begin()
    made.go(GOOD_TIP_MM)
    made.blood(portions, **fields)
    made.end()
    return made


def unseen() -> HandMade:
    """Nobody looked at the last three presses: 3 mm were free, and another 3 mm were not."""
    made = good()
    looks = [event for event in made.events if isinstance(event, e.ImageLookedAt)][-4:-1]
    made.events = [event for event in made.events if event not in looks]
    return made


def pushed(*steps: float) -> HandMade:
    """From y = 18 mm on pushed by steps, none of which is looked at but by the press at the end."""
    made = HandMade()
    made.begin()
    made.go(18.0)
    for step in steps:
        made.push(step)
    made.press()
    made.blood()
    made.end()
    return made


def tented(by_mm: float) -> HandMade:
    moved = next(x for x in good().events if isinstance(x, e.NeedleMoved))
    return with_event(
        before_blood,
        lambda ms: replace(moved, at_ms=ms, commanded_mm=-0.1, moved_mm=-0.1, least_dura_mm=-by_mm, tip_mm=SPOT),
    )


def wrong_level(covered: float) -> HandMade:
    return fields_changed(good(), e.MaterialInjected, level="L4/5", covered_share=covered)


def world_with(*facts: CaseFact) -> CaseContext:
    world = tubes()
    return replace(world, settings=replace(world.settings, facts=facts))


def fact(*, stops: bool = True, in_chart: bool = False) -> CaseFact:
    words = PatientFact(kind=FactKind.DRUG, words="apixaban, last dose this morning")
    return CaseFact(fact=words, stops=stops, in_chart=in_chart)


def began(reaction: PatientReaction, helps: Aid) -> Callable[[int], e.Event]:
    return lambda ms: e.ReactionBegan(at_ms=ms, reaction=reaction, cause="", helps=helps)


def aided(measure: Aid, later_ms: int, *, helped: bool = True) -> Callable[[int], e.Event]:
    return lambda ms: e.AidGiven(at_ms=ms + later_ms, measure=measure, helped=helped)


def plunger(*, looked: bool) -> HandMade:
    """A loss of resistance half a millimetre and more after the last look, or before it."""
    made = HandMade()
    made.begin()
    made.go(10.0)
    made.push(1.0)
    made.add(e.ResistanceTested, medium="saline", lost=True)
    if looked:
        made.press()
    made.blood()
    made.end()
    return made


FAINT = began(PatientReaction.VASOVAGAL, Aid.RAISE_THE_LEGS)
SEVERE = began(PatientReaction.SEVERE_CONTRAST, Aid.ADRENALINE)
CASES: dict[CapId, tuple[Callable[[], HandMade], float]] = {
    CapId.NOT_TREATED: (no_blood, 0.0),
    CapId.INTRATHECAL_BLOOD: (lambda: blood_in(Compartment.INTRATHECAL), 0.0),
    CapId.CORD_CONTACT: (lambda: with_event(before_blood, harm(ComplicationKind.CORD_CONTACT)), 0.0),
    CapId.TOKEN_VOLUME: (lambda: given(5), 15.0),
    CapId.UNSEEN_NEEDLE: (unseen, 30.0),
    CapId.DURAL_PUNCTURE: (lambda: with_event(before_blood, harm(ComplicationKind.DURAL_PUNCTURE)), 40.0),
    CapId.SUBDURAL_BLOOD: (lambda: blood_in(Compartment.SUBDURAL), 40.0),
    CapId.LEAK_NOT_COVERED: (lambda: wrong_level(0.49), 40.0),
    CapId.FACT_IGNORED: (lambda: good(world_with(fact())), 40.0),
    CapId.STEPS_SKIPPED: (lambda: left_out(good(), e.TimeOutHeld), 40.0),
    CapId.SEVERE_REACTION_IGNORED: (lambda: with_event(before_blood, SEVERE), 40.0),
    CapId.BLOOD_AT_TENTED_DURA: (lambda: fields_changed(good(), e.MaterialInjected, dura_mm=-0.31), 50.0),
    CapId.BLIND_ADVANCE: (lambda: pushed(9.0), 50.0),
    CapId.BLOOD_IN_VEIN: (lambda: blood_in(Compartment.VESSEL), 60.0),
    CapId.NERVE_COMPRESSION: (lambda: with_event(before_blood, harm(ComplicationKind.NERVE_COMPRESSION)), 60.0),
    CapId.PLUNGER_ALONE: (lambda: plunger(looked=False), 60.0),
    CapId.TENTED_DURA: (lambda: tented(TENTED_MM), 70.0),
    CapId.REACTION_IGNORED: (lambda: with_event(before_blood, FAINT), 70.0),
}
FOLLOWS = {
    CapId.INTRATHECAL_BLOOD: {CapId.TOKEN_VOLUME},
    CapId.SUBDURAL_BLOOD: {CapId.TOKEN_VOLUME},
    CapId.BLOOD_IN_VEIN: {CapId.TOKEN_VOLUME},
    CapId.UNSEEN_NEEDLE: {CapId.BLIND_ADVANCE},
}
"""Blood that went elsewhere has treated nothing; a needle that nobody saw was pushed there blindly."""


def test_every_cap_has_its_case_and_a_good_procedure_draws_none() -> None:
    assert set(CASES) == set(CapId) == set(RULES)
    assert limits(good()) == {}


@pytest.mark.parametrize("cap", CASES)
def test_a_cap_acts_alone_and_limits_the_score(cap: CapId) -> None:
    case, limit = CASES[cap]
    made = case()
    found = limits(made)
    assert found[cap] == limit
    assert set(found) - FOLLOWS.get(cap, set()) == {cap}
    card = made.card()
    assert cap in card.caps
    assert card.score <= limit


@pytest.mark.parametrize("cap", CASES)
def test_without_its_rule_a_procedure_scores_more(cap: CapId, monkeypatch: pytest.MonkeyPatch) -> None:
    made = CASES[cap][0]()
    with_rule = made.card()
    for name in ({cap} | FOLLOWS.get(cap, set())) & set(with_rule.caps):
        monkeypatch.delitem(RULES, name)
    without = made.card()
    if cap is CapId.TOKEN_VOLUME or CapId.TOKEN_VOLUME in FOLLOWS.get(cap, set()) or cap is CapId.NOT_TREATED:
        assert without.components[Component.HELP] == 0.0, "the components say so already"
    assert without.score > with_rule.score


@pytest.mark.parametrize(
    ("portions", "feeling", "escaped_ml", "token"),
    [
        (6, "nothing", 0.0, False),
        (5, "nothing", 0.0, True),
        (3, "pressure", 0.0, False),
        (2, "pressure", 0.0, True),
        (6, "nothing", 0.1, True),
        (3, "pain", 0.1, True),
    ],
)
def test_a_token_is_what_stays_less_than_a_published_volume_or_half_of_it_at_a_cue(
    portions: int, feeling: str, escaped_ml: float, token: bool
) -> None:
    assert (CapId.TOKEN_VOLUME in limits(given(portions, feeling=feeling, escaped_ml=escaped_ml))) is token


def test_the_blind_cap_goes_by_the_excess() -> None:
    assert CapId.BLIND_ADVANCE not in limits(pushed(3.0, 0.99))
    assert limits(pushed(3.0, 1.0))[CapId.BLIND_ADVANCE] == 70.0
    assert limits(pushed(3.0, 5.75))[CapId.BLIND_ADVANCE] == 70.0
    assert limits(pushed(3.0, 6.0))[CapId.BLIND_ADVANCE] == 50.0


def test_a_case_that_asks_for_no_images_is_not_capped_for_them() -> None:
    blind = Rubric(looks=LookNumbers(needs_images=False))
    for cap in (CapId.BLIND_ADVANCE, CapId.UNSEEN_NEEDLE, CapId.PLUNGER_ALONE):
        made = CASES[cap][0]()
        assert cap in limits(made)
        assert limits(made, blind) == {}
        demanded = next(x for x in made.card(blind).metrics if x.name == "demanded_images")
        assert demanded.value is None


def test_every_portion_wants_a_needle_that_was_seen() -> None:
    """It was moved by 3.5 mm between two portions, and nobody looked."""
    made = HandMade()
    made.begin()
    made.go(GOOD_TIP_MM)
    made.blood(4)
    made.push(-3.5)
    made.blood(4, drawn=False)
    made.end()
    assert CapId.UNSEEN_NEEDLE in limits(made)
    seen = HandMade()
    seen.begin()
    seen.go(GOOD_TIP_MM)
    seen.blood(4)
    seen.push(-3.5)
    seen.press()
    seen.blood(4, drawn=False)
    seen.end()
    assert CapId.UNSEEN_NEEDLE not in limits(seen)


def test_a_puncture_that_is_managed_is_limited_less_for_each_of_four_steps() -> None:
    kind = ComplicationKind.DURAL_PUNCTURE
    moved = next(x for x in good().events if isinstance(x, e.NeedleMoved))

    def seen(ms: int) -> e.Event:
        return e.ComplicationRecognised(at_ms=ms, kind=kind)

    def back(ms: int) -> e.Event:
        return replace(moved, at_ms=ms, commanded_mm=-2.0, moved_mm=-2.0, tip_mm=SPOT)

    def told(ms: int) -> e.Event:
        return e.PatientTold(at_ms=ms, of=kind)

    steps = (seen, back, told)
    for n in range(4):
        made = with_event(before_blood, harm(kind), *steps[:n])
        assert limits(made)[CapId.DURAL_PUNCTURE] == 40.0 + 8.0 * n
    for step in (seen, back):
        assert limits(with_event(before_blood, harm(kind), step))[CapId.DURAL_PUNCTURE] == 48.0
    assert limits(with_event(before_blood, harm(kind), told))[CapId.DURAL_PUNCTURE] == 40.0, "of what nobody has seen"
    early = with_event(before_blood, *steps, harm(kind))
    assert limits(early)[CapId.DURAL_PUNCTURE] == 40.0, "what was done before the puncture answers nothing"


def test_blood_beyond_the_sac_through_a_needle_that_pierces_it_is_no_management() -> None:
    kind = ComplicationKind.DURAL_PUNCTURE
    moved = next(x for x in good().events if isinstance(x, e.NeedleMoved))
    answers = (
        lambda ms: e.ComplicationRecognised(at_ms=ms, kind=kind),
        lambda ms: replace(moved, at_ms=ms, commanded_mm=-2.0, moved_mm=-2.0, tip_mm=SPOT),
        lambda ms: e.PatientTold(at_ms=ms, of=kind),
    )
    beyond = PatientPoint(0.0, -12.0, 0.0)
    made = with_event(before_blood, harm(kind), *answers)
    assert limits(made)[CapId.DURAL_PUNCTURE] == 64.0
    assert goes_through_the_sac(made.world, SPOT, beyond)
    assert limits(fields_changed(made, e.MaterialInjected, tip_mm=beyond))[CapId.DURAL_PUNCTURE] == 40.0


def test_blood_at_a_tented_dura_and_a_tented_dura_have_their_depths() -> None:
    assert limits(fields_changed(good(), e.MaterialInjected, dura_mm=-0.3)) == {}
    assert limits(tented(TENTED_MM - 0.01)) == {}
    through = with_event(before_blood, harm(ComplicationKind.DURAL_PUNCTURE))
    moved = next(x for x in good().events if isinstance(x, e.NeedleMoved))
    at = before_blood(through)
    inside = replace(moved, at_ms=through.events[at].at_ms, least_dura_mm=-3.0, commanded_mm=-0.1, tip_mm=SPOT)
    through.events.insert(at, inside)
    assert CapId.TENTED_DURA not in limits(through), "a dura that has given way is pressed no more"


@pytest.mark.parametrize(
    "fault",
    [
        lambda: left_out(good(), e.TimeOutHeld),
        lambda: fields_changed(good(), e.TimeOutHeld, checked=tuple(TimeOutItem)[:-1]),
        lambda: left_out(good(), e.PreparationDone, step="skin prepared"),
    ],
)
def test_time_out_and_skin_each_open_the_door(fault: Callable[[], HandMade]) -> None:
    assert limits(fault()) == {CapId.STEPS_SKIPPED: 40.0}


def test_a_time_out_may_be_held_in_parts_and_not_after_the_puncture() -> None:
    parts = good()
    held = next(x for x in parts.events if isinstance(x, e.TimeOutHeld))
    at = parts.events.index(held)
    items = tuple(TimeOutItem)
    parts.events[at : at + 1] = [replace(held, checked=items[:2]), replace(held, checked=items[2:])]
    assert limits(parts) == {}
    late = left_out(good(), e.TimeOutHeld)
    late.events.append(replace(held, at_ms=late.ms))
    assert CapId.STEPS_SKIPPED in limits(late)


def test_a_fact_that_forbids_nothing_limits_nothing() -> None:
    assert limits(good(world_with(fact(stops=False, in_chart=True)))) == {}


@pytest.mark.parametrize("reaction", [PatientReaction.VASOVAGAL, PatientReaction.CONTRAST])
def test_a_reaction_is_answered_in_time_with_what_helps(reaction: PatientReaction) -> None:
    helps = Aid.RAISE_THE_LEGS if reaction is PatientReaction.VASOVAGAL else Aid.ANTIHISTAMINE
    start, in_time = began(reaction, helps), IN_TIME_MS[reaction]
    assert limits(with_event(before_blood, start, aided(helps, in_time))) == {}
    for answer in (
        aided(helps, in_time + 1),
        aided(helps, in_time, helped=False),
        aided(Aid.ADRENALINE, in_time),
    ):
        assert limits(with_event(before_blood, start, answer)) == {CapId.REACTION_IGNORED: 70.0}
    assert limits(with_event(before_blood, aided(helps, 0), start)) == {CapId.REACTION_IGNORED: 70.0}


def test_after_a_severe_reaction_neither_blood_nor_push() -> None:
    """Adrenaline does not make it right to go on."""
    assert CapId.SEVERE_REACTION_IGNORED in limits(with_event(before_blood, SEVERE, aided(Aid.ADRENALINE, 1)))
    stopped = no_blood()
    at = next(k for k, x in enumerate(stopped.events) if isinstance(x, e.NeedleRemoved))
    ms = stopped.events[at - 1].at_ms
    stopped.events[at:at] = [SEVERE(ms)]
    assert limits(stopped) == {}
    moved = next(x for x in stopped.events if isinstance(x, e.NeedleMoved))
    stopped.events[at + 1 : at + 1] = [replace(moved, at_ms=ms + 1, commanded_mm=1.0, moved_mm=0.0)]
    assert CapId.SEVERE_REACTION_IGNORED in limits(stopped)


def test_the_plunger_alone_is_a_fault_beside_a_collection() -> None:
    assert limits(plunger(looked=True)) == {}
    world = tubes()
    dry = replace(world, phantom=replace(world.phantom, leak=replace(world.phantom.leak, hole_mm=None)))
    made = plunger(looked=False)
    made.world = dry
    assert CapId.PLUNGER_ALONE not in limits(made)
