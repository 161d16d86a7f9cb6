"""Complications: every kind of the closed list is reached by a scripted case, with cause, place, time and its sign."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.needle.subvoxel_structures import VEIN_SHARE, Kind, pocket
from simulator.engine.scripted_events import Scripted
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.dose_check import DoseLimits
from simulator.patient.reactions import REACTION_PROFILES
from simulator.report.event_words import event_words
from simulator.scenario.build import Case
from simulator.vocabulary.procedure import ComplicationKind
from tests.headless import CERVICAL, LUMBAR, THORACIC, parameters, world_of
from tests.needle_study import plan_of
from tests.procedures import placed, run, step_until_epidural

KINDS = tuple(ComplicationKind)


def lumbar(**settings: typing.Any) -> CaseContext:
    settings = {"seed": 3, "hands": "exact", **settings}
    return world_of(parameters(LUMBAR, "L3/4"), **settings)


def at_level(world: CaseContext, level: str) -> Session:
    """A needle on the skin on the plan's way."""
    session, plan = Session(world), plan_of(world, level)
    place = c.PlaceNeedle(
        entry_from_midline_mm=plan.from_midline_mm,
        side=plan.side,  # type: ignore[arg-type]
        level=level,
        angle_deg=plan.angle_deg,
    )
    session.do(place)
    return session


def go(session: Session, way_mm: float) -> list[e.Event]:
    """Push in steps of half a centimetre, the bevel turned at each so that the way is straight."""
    made: list[e.Event] = []
    while way_mm > 0.05:
        made += session.do(c.Advance(distance_mm=round(min(way_mm, 5.0), 3)))
        made += session.do(c.RotateBevel(angle_deg=180.0))
        way_mm -= 5.0
    return made


def harms(events: Iterable[e.Event]) -> dict[str, e.Complication]:
    return {x.kind: x for x in events if isinstance(x, e.Complication)}


def signs(events: Iterable[e.Event]) -> list[str]:
    return [x.kind for x in events if isinstance(x, e.ComplicationRecognised)]


def _deep(level: str, world: CaseContext, beyond_mm: float) -> Session:
    session, plan = at_level(world, level), plan_of(world, level)
    go(session, plan.length_mm + plan.space_mm + beyond_mm)
    return session


def _sideways(world: CaseContext, level: str, from_midline_mm: float, way_mm: float) -> Session:
    session = Session(world)
    session.do(c.ChooseNeedle(needle="20G Quincke 120 mm"))
    session.do(c.PlaceNeedle(entry_from_midline_mm=from_midline_mm, side="left", level=level))
    go(session, way_mm)
    return session


def _in_a_vein() -> Session:
    """A seed whose plexus has a vein where the plan ends."""
    plan = plan_of(lumbar(), "L3/4")
    for seed in range(400):
        session = at_level(lumbar(seed=seed), "L3/4")
        go(session, plan.length_mm + 0.5 * plan.space_mm)
        moved = [x for x in session.events if isinstance(x, e.NeedleMoved)][-1]
        if moved.compartment == "vessel":
            return session
    raise AssertionError("no vein in 400 patients at 2 %")


def _pressed_on(world: CaseContext) -> Session:
    """Blood into somebody whose sac hardly gives way, far beyond what hurts."""
    world = replace(world)
    world.__dict__["medium"] = replace(world.medium, parameters=replace(world.medium.parameters, stiffness=24.0))
    session = Session(world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=0.5)
    run(session, [c.RemoveStylet(), c.DrawBlood(volume_ml=30.0), c.InjectBlood(volume_ml=14.0, rate_ml_per_s=0.5)])
    return session


@pytest.fixture(scope="module")
def cases(make_case: Callable[..., Case]) -> dict[str, Session]:
    made: dict[str, Session] = {}
    made["nerve_compression"] = _pressed_on(make_case(seed=2).world)
    made["dural_puncture"] = _deep("L3/4", lumbar(), 5.0)
    inside = _deep("L3/4", lumbar(), 8.0)
    inside.do(c.RemoveStylet())
    inside.do(c.InjectContrast(volume_ml=0.5))
    made["intrathecal_injection"] = inside
    under = _deep("L3/4", lumbar(), 8.0)
    for _ in range(60):
        (moved, *_) = [x for x in under.do(c.Withdraw(distance_mm=0.2)) if isinstance(x, e.NeedleMoved)]
        if moved.compartment == "subdural":
            break
    under.do(c.RemoveStylet())
    under.do(c.InjectContrast(volume_ml=0.5))
    made["subdural_injection"] = under
    made["root_contact"] = _deep("L3/4", lumbar(), 18.0)
    made["cord_contact"] = _deep(
        "C6/7", world_of(parameters(CERVICAL, "C6/7"), seed=3, region="cervical", hands="exact"), 9.0
    )
    vein = _in_a_vein()
    made["vessel_puncture"] = vein
    vein.do(c.RemoveStylet())
    vein.do(c.InjectContrast(volume_ml=0.5))
    made["intravascular_injection"] = vein
    chest = world_of(parameters(THORACIC, "T6/7"), seed=3, region="thoracic", hands="exact")
    for off_mm in (45.0, 55.0, 65.0):
        made["pleural_puncture"] = _sideways(chest, "T6/7", off_mm, 75.0)
        if "pleural_puncture" in harms(made["pleural_puncture"].events):
            break
    made["kidney_puncture"] = _sideways(lumbar(), "L1/2", 70.0, 110.0)
    made["organ_puncture"] = _sideways(lumbar(), "L4/5", 75.0, 119.0)
    wrong = at_level(lumbar(), "L2/3")
    plan = plan_of(wrong.world, "L2/3")
    go(wrong, plan.length_mm + 0.5 * plan.space_mm)
    for command in (c.RemoveStylet(), c.DrawBlood(volume_ml=10.0), c.InjectBlood(volume_ml=1.0)):
        wrong.do(command)
    made["wrong_level"] = wrong
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_every_complication_is_reached_and_says_what_led_to_it(cases: dict[str, Session], kind: str) -> None:
    events = cases[kind].events
    assert kind in harms(events), sorted(harms(events))
    harm = harms(events)[kind]
    assert harm.cause
    assert harm.level
    assert 0 < harm.at_ms <= cases[kind].state.elapsed_ms


def test_every_event_that_there_is_is_reached_by_a_script(cases: dict[str, Session]) -> None:
    script = (Scripted(kind="vasovagal", when="skin puncture"), Scripted(kind="jerk", when="bone contact"))
    limits = DoseLimits(notification_dlp_mgy_cm=0.1)
    script = (*script, Scripted(kind="arm line fails"))
    more = Session(lumbar(script=script, myelogram_levels=("L2", "L4"), dose_limits=limits))
    spot = (0.0, 0.0, 0.0)
    for command in (
        c.Wait(duration_s=-1.0),
        c.TimeOut(),
        c.ChooseTechnique(tube_voltage_kv=120, tube_current_ma=30.0),
        c.AcquireMyelogram(),
        c.AcquireScout(),
        c.MarkLeak(level="L3/4"),
        c.AcquirePlanningScan(levels=("L3", "L4")),
        c.PlanPath(approach="midline interlaminar", side="left", entry_mm=spot, target_mm=spot),
        c.InjectLocalAnaesthetic(),
        c.ChooseNeedle(needle="20G Quincke 120 mm"),
        c.StandAt(place="shield"),
        c.HoldNeedle(held_by="hand"),
        c.MoveTable(level="L3"),
        c.PlaceNeedle(entry_from_midline_mm=8.0, side="left"),
        c.Redirect(angle_change_deg=2.0),
        c.Advance(distance_mm=90.0),
        c.GiveAid(measure="raise the legs"),
        c.PressPedal(hold=True),
        c.Wait(duration_s=0.7),
        c.ReleasePedal(),
        c.LookAt(number=0),
        c.TellPatient(of="dural_puncture"),
        c.Wait(duration_s=60.0),
        c.DrawBlood(),
        c.GiveAid(measure="new arm line"),
        c.DrawBlood(),
        c.MixContrast(),
        c.StopInjection(),
        c.Withdraw(distance_mm=120.0),
        c.OrderAftercare(),
        c.Finish(),
    ):
        more.do(command)
    dry = world_of(parameters(LUMBAR, "L3/4"), seed=3, hands="exact", needle="25G Quincke 88 mm")
    slow = _deep("L3/4", dry, 8.0)
    slow.do(c.RemoveStylet())
    slow.do(c.TestResistance())
    slow.do(c.Aspirate())
    slow.do(c.Wait(duration_s=60.0))
    seen = {type(x) for session in (*cases.values(), more, slow) for x in session.events}
    known = {kind for kind in vars(e).values() if isinstance(kind, type) and issubclass(kind, e.Event)} - {e.Event}
    # What needs a lesson, or a body of voxels in the bore, and has tests of its own
    elsewhere = {e.QuestionAnswered, e.ChecklistTicked, e.GantryTilted}
    assert not {kind.__name__ for kind in known - seen - elsewhere}
    for session in (*cases.values(), more, slow):
        assert all(event_words(event) for event in session.events)


def test_what_nobody_can_notice_is_not_noticed_and_what_shows_is(cases: dict[str, Session]) -> None:
    assert "root_contact" in signs(cases["root_contact"].events), "the patient cries out"
    assert "cord_contact" in signs(cases["cord_contact"].events)
    assert "pleural_puncture" in signs(cases["pleural_puncture"].events), "the patient coughs"
    assert signs(cases["organ_puncture"].events) == []
    assert signs(cases["dural_puncture"].events) == [], "nothing has shown yet"
    assert "wrong_level" not in signs(cases["wrong_level"].events)
    session = cases["wrong_level"]
    assert signs(session.do(c.AcquireControlScan())) == [], "nobody has looked yet"
    assert signs(session.do(c.LookAt(number=session.view().console.acquired[-1].number))) == ["wrong_level"]


def test_clear_fluid_is_a_sign_only_where_there_is_no_collection() -> None:
    def signs_of(pattern: str) -> list[str]:
        world = world_of(parameters(LUMBAR, "L3/4", pattern), seed=3, hands="exact")
        session, plan = at_level(world, "L3/4"), plan_of(world, "L3/4")
        go(session, plan.length_mm + plan.space_mm + 9.0)
        assert "dural_puncture" in harms(session.events)
        session.do(c.RemoveStylet())
        came = session.do(c.Aspirate())[0]
        assert isinstance(came, e.Aspirated)
        assert came.came == "clear"
        return [kind for kind in signs(session.events) if kind != "root_contact"]

    assert signs_of("none") == ["dural_puncture"]
    assert signs_of("circumferential") == []


def test_an_image_of_the_tip_shows_a_punctured_dura() -> None:
    session = _deep("L3/4", lumbar(), 5.0)
    assert signs(session.events) == []
    assert signs(session.do(c.PressPedal())) == [], "an image that nobody looks at shows nothing"
    shown = session.presses()[-1]
    assert "dural_puncture" in signs(session.do(c.LookAt(number=shown)))


def test_blood_at_the_hub_shows_a_vein(cases: dict[str, Session]) -> None:
    session = cases["vessel_puncture"]
    events = session.do(c.Aspirate())
    assert {"vessel_puncture", "intravascular_injection"} <= set(signs(session.events))
    assert isinstance(events[0], e.Aspirated)
    assert events[0].came == "blood"


def test_veins_lie_where_the_published_shares_put_them() -> None:
    world = lumbar()
    drawn = [
        pocket(world, Kind.VEIN, (2.0 * i, 2.0 * j, 2.0 * k)) for i in range(20) for j in range(20) for k in range(20)
    ]
    for region, share in VEIN_SHARE.items():
        found = sum(u < share for u in drawn) / len(drawn)
        assert found == pytest.approx(share, abs=0.012), region
    assert pocket(world, Kind.VEIN, (1.1, 2.2, 3.3)) == pocket(world, Kind.VEIN, (1.2, 2.3, 3.4)), "one cell"


@pytest.mark.parametrize(
    ("kind", "when", "measure"),
    [
        ("vasovagal", "skin puncture", "raise the legs"),
        ("contrast reaction", "contrast injected", "antihistamine"),
    ],
)
def test_a_scripted_reaction_begins_is_told_and_passes_with_what_helps(kind: str, when: str, measure: str) -> None:
    world = lumbar(script=(Scripted(kind=kind, when=when),))  # type: ignore[arg-type]
    session = at_level(world, "L3/4")
    go(session, 20.0)
    session.do(c.RemoveStylet())
    session.do(c.InjectContrast(volume_ml=0.5))
    (began,) = [x for x in session.events if isinstance(x, e.ReactionBegan)]
    assert (began.reaction, began.helps) == (kind, measure)
    asked = session.do(c.AskPatient())[0]
    assert isinstance(asked, e.PatientSpoke)
    assert asked.asked
    assert asked.words == REACTION_PROFILES[began.reaction].words
    (useless,) = session.do(c.GiveAid(measure="flush the arm line"))
    assert isinstance(useless, e.AidGiven)
    assert not useless.helped
    (aid,) = session.do(c.GiveAid(measure=measure))  # type: ignore[arg-type]
    assert isinstance(aid, e.AidGiven)
    assert aid.helped
    over = session.do(c.Wait(duration_s=130.0))
    assert [x.helped for x in over if isinstance(x, e.ReactionEnded)] == [True]


def test_a_contrast_reaction_that_nobody_treats_gets_worse() -> None:
    session = at_level(lumbar(script=(Scripted(kind="contrast reaction", at_ms=1000),)), "L3/4")
    session.do(c.Wait(duration_s=310.0))
    kinds = [x.reaction for x in session.events if isinstance(x, e.ReactionBegan)]
    assert kinds == ["contrast reaction", "severe contrast reaction"]
    session.do(c.GiveAid(measure="adrenaline"))
    assert any(isinstance(x, e.ReactionEnded) and x.helped for x in session.do(c.Wait(duration_s=200.0)))


@pytest.mark.parametrize(("kind", "line"), [("arm line fails", "failed"), ("arm line clots", "clotted")])
def test_an_arm_line_gives_no_blood_until_it_is_mended(kind: str, line: str) -> None:
    session = Session(lumbar(script=(Scripted(kind=kind),)))  # type: ignore[arg-type]
    assert session.view().patient.arm_line == ""
    laid, failed = session.do(c.DrawBlood())
    assert isinstance(laid, e.ArmLineLaid)
    assert isinstance(failed, e.ArmLineFailed)
    assert failed.line == line
    assert (session.view().injection.syringe_ml, session.view().patient.arm_line) == (0.0, "no blood comes")
    session.do(c.GiveAid(measure=failed.helps))
    assert isinstance(session.do(c.DrawBlood())[0], e.BloodDrawn)


def test_a_scripted_jerk_moves_the_patient_and_leaves_a_shift() -> None:
    session = at_level(lumbar(script=(Scripted(kind="jerk", when="skin puncture"),)), "L3/4")
    go(session, 10.0)
    (moved,) = [x for x in session.events if isinstance(x, e.PatientMoved)]
    assert 1.5 <= sum(v * v for v in moved.jerk_mm) ** 0.5 <= 6.6
    assert session.state.patient.displacement_mm == moved.stays_mm
    assert moved.stays_mm[2] == round(moved.stays_mm[2]), "whole planes"
