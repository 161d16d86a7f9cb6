"""The living patient: breath, jerks, pain and words, local anaesthetic, and what an open hub shows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.patient.patient_motion_and_pain import jerk_after
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.needle.bore_flow import BLOOD_MPA_S, CSF_MPA_S, first_drop_s
from simulator.needle.insertion import Push, sample_at
from simulator.needle.insertion_force import draw_force_scales, force_trace_n, layer_forces, relaxation
from simulator.needle.needle_catalogue import NEEDLES
from simulator.patient.anaesthesia import ONSET_S, Depot, remaining_pain_fraction
from simulator.patient.movement import (
    JERK_AT_BONE,
    JERK_AT_ROOT,
    JERK_IN_TISSUE,
    LONGEST_HOLD_S,
    Breathing,
    breathed_mm,
    draw_breathing,
    jerk_mm,
    stays_mm,
)
from simulator.patient.sensation import every_word, radicular_words, root_between
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.procedure import Touch
from tests.headless import CERVICAL, LUMBAR, parameters, world_of
from tests.needle_study import plan_of
from tests.unit.test_complications import at_level, go

NUMB = Depot(x_mm=0.0, z_mm=0.0, across_mm=20.0, depth_mm=50.0, at_ms=0)


def world(**settings: object) -> CaseContext:
    return world_of(parameters(LUMBAR, "L3/4"), **{"seed": 3, **settings})  # type: ignore[arg-type]


def test_breath_rises_from_its_end_and_comes_back_every_period() -> None:
    breathing = Breathing(amplitude_mm=1.2, period_s=4.0, phase=0.0)
    there = [breathed_mm(breathing, t) for t in np.arange(0.0, 4.0, 0.05)]
    assert min(there) == pytest.approx(0.0, abs=1e-9)
    assert max(there) == pytest.approx(1.2, abs=1e-3)
    assert np.mean(np.array(there) < 0.4) > 0.5, "most of the time near the end of the breath"
    assert breathed_mm(breathing, 5.3) == pytest.approx(breathed_mm(breathing, 1.3))
    drawn = [draw_breathing(np.random.default_rng(i)) for i in range(200)]
    assert 0.5 <= min(b.amplitude_mm for b in drawn) < 0.6 < 1.4 < max(b.amplitude_mm for b in drawn) <= 1.5


def _shifts(hold: bool, *, presses: int = 12) -> np.ndarray:
    session = Session(world())
    session.do(c.PositionPatient(breath_hold=hold))
    made = []
    for _ in range(presses):
        made += [x for x in session.do(c.PressPedal()) if isinstance(x, e.AcquisitionMade)]
        session.do(c.Wait(duration_s=1.3))
    return np.array([x.scene.patient_displacement_mm for x in made])


def test_a_held_breath_keeps_the_spine_in_place_and_planes_stay() -> None:
    held, free = _shifts(True), _shifts(False)
    assert np.ptp(held[:, 1]) < 0.85
    assert np.ptp(free[:, 1]) > 2.0 * np.std(held[:, 1])
    assert np.ptp(free[:, 1]) <= 1.5
    for shifts in (held, free):
        assert np.ptp(shifts[:, 0]) == np.ptp(shifts[:, 2]) == 0.0, "a breath moves no plane"


def test_nobody_holds_their_breath_for_ever() -> None:
    session = Session(world())
    session.do(c.PositionPatient(breath_hold=True))
    events = [*session.do(c.PressPedal(hold=True)), *session.do(c.Wait(duration_s=LONGEST_HOLD_S + 15.0))]
    made = [x for x in events if isinstance(x, e.AcquisitionMade)]
    early = np.array([x.scene.patient_displacement_mm[1] for x in made[:30]])
    late = np.array([x.scene.patient_displacement_mm[1] for x in made[-25:]])
    breath = breathed_mm(session.world.breathing, made[-3].at_ms / 1000.0) + session.state.patient.displacement_mm[1]
    assert made[-3].scene.patient_displacement_mm[1] == pytest.approx(breath, abs=2e-3)
    assert np.ptp(late) >= 0.9 * session.world.breathing.amplitude_mm
    assert np.ptp(early) < 0.85


def test_jerks_come_as_often_as_the_reference_says_and_mostly_go_back() -> None:
    drawn = [jerk_mm(np.random.default_rng(i), JERK_IN_TISSUE) for i in range(6000)]
    jerks = [j for j in drawn if j is not None]
    assert len(jerks) / len(drawn) == pytest.approx(0.03, abs=0.007)
    sizes = [math.hypot(*j) for j in jerks]
    assert min(sizes) > 1.4
    assert max(sizes) < 6.6
    assert max(math.hypot(*stays_mm(j)) for j in jerks) < 2.2


@pytest.mark.parametrize(
    ("touch", "label", "asked"),
    [
        (None, Label.MUSCLE, JERK_IN_TISSUE),
        ("bone", Label.MUSCLE, JERK_AT_BONE),
        ("root", Label.CEREBROSPINAL_FLUID, JERK_AT_ROOT),
        (None, Label.SUBCUTANEOUS_FAT, 0.0),
    ],
)
@pytest.mark.parametrize("numb", [False, True])
def test_a_push_makes_them_jerk_at_the_rate_of_where_it_went(
    touch: Touch | None, label: Label, asked: float, numb: bool
) -> None:
    session = at_level(world(), "L3/4")
    if numb:
        session.do(c.InjectLocalAnaesthetic(volume_ml=5.0))
        session.do(c.Wait(duration_s=100.0))
    session.do(c.Advance(distance_mm=10.0))
    state = session.state
    assert state.needle.pose is not None
    sample = replace(sample_at(session.world.phantom.anatomy, state.needle.pose.tip_mm), label=int(label))
    made = Push(
        pose=state.needle.pose,
        dura=state.needle.dura,
        samples=(sample,),
        touches=() if touch is None else ((0, touch),),
        stopped_by=None,
        moved_mm=0.5,
    )
    count = 4000
    jerks = sum(bool(jerk_after(replace(session.world, root_seed=i), state, made)[1]) for i in range(count))
    rate = asked / 4.0 if numb else asked
    assert jerks / count == pytest.approx(rate, abs=4.0 * math.sqrt(rate / count))


def test_exact_hands_have_a_patient_who_lies_still() -> None:
    session = Session(world(hands="exact"))
    session.do(c.PressPedal())
    session.do(c.Wait(duration_s=1.7))
    made = [x for x in session.do(c.PressPedal()) if isinstance(x, e.AcquisitionMade)]
    assert made[0].scene.patient_displacement_mm == (0.0, 0.0, 0.0)


def test_local_anaesthetic_quarters_pain_where_it_lies_when_it_has_taken() -> None:
    taken = round(1000 * ONSET_S)
    assert remaining_pain_fraction((), 0.0, 0.0, 20.0, taken) == 1.0
    assert remaining_pain_fraction((NUMB,), 0.0, 0.0, 20.0, 0) == 1.0, "it takes time"
    assert 0.25 < remaining_pain_fraction((NUMB,), 0.0, 0.0, 20.0, taken // 2) < 1.0
    assert remaining_pain_fraction((NUMB,), 0.0, 0.0, 20.0, taken) == pytest.approx(0.25)
    for x, z, depth in ((25.0, 0.0, 20.0), (0.0, 25.0, 20.0), (0.0, 0.0, 55.0)):
        assert remaining_pain_fraction((NUMB,), x, z, depth, taken) == 1.0, "only there"


def test_the_prick_is_told_without_anaesthetic_and_borne_with_it() -> None:
    def said(numb: bool) -> list[str]:
        session = at_level(world(hands="exact"), "L3/4")
        if numb:
            session.do(c.InjectLocalAnaesthetic(volume_ml=5.0))
            session.do(c.Wait(duration_s=100.0))
        session.do(c.Advance(distance_mm=3.0))
        return [x.feeling for x in session.events if isinstance(x, e.PatientSpoke)]

    assert said(numb=False) == ["skin prick"]
    assert said(numb=True) == []


def test_pain_that_is_borne_in_silence_is_told_when_asked() -> None:
    session = at_level(world(hands="exact"), "L3/4")
    session.do(c.Advance(distance_mm=10.0))
    session.do(c.Advance(distance_mm=10.0))
    before = len([x for x in session.events if isinstance(x, e.PatientSpoke)])
    (answer,) = session.do(c.AskPatient())
    assert isinstance(answer, e.PatientSpoke)
    assert (before, answer.asked, answer.feeling) == (1, True, "skin prick")
    quiet = at_level(world(hands="exact"), "L3/4")
    quiet.do(c.InjectLocalAnaesthetic(volume_ml=1.0))
    quiet.do(c.Wait(duration_s=100.0))
    quiet.do(c.Advance(distance_mm=8.0))
    quiet.do(c.Advance(distance_mm=15.0))  # deeper than the anaesthetic reaches
    assert not [x for x in quiet.events if isinstance(x, e.PatientSpoke)]
    (answer,) = quiet.do(c.AskPatient())
    assert isinstance(answer, e.PatientSpoke)
    assert answer.feeling == "pressure"


@pytest.mark.parametrize(
    ("level", "root", "words"),
    [("C5/6", "C6", "thumb"), ("C7/T1", "C8", "little finger"), ("L3/4", "L3", "knee"), ("L5/S1", "L5", "big toe"),
     ("T12/L1", "T12", "groin"), ("T6/7", "T6", "chest")],
)  # fmt: skip
def test_a_roots_pain_goes_where_its_dermatome_is(level: str, root: str, words: str) -> None:
    assert root_between(level) == root
    said = radicular_words(level, "left")
    assert words in said
    assert "left" in said
    assert said in every_word(), "an agent has a number for it"


def test_a_root_that_is_touched_on_the_right_is_told_on_the_right() -> None:
    session, plan = at_level(world(hands="exact"), "L3/4"), plan_of(world(hands="exact"), "L3/4")
    go(session, plan.length_mm + plan.space_mm + 18.0)
    said = [x for x in session.events if isinstance(x, e.PatientSpoke) and x.feeling == "radicular pain"]
    assert said
    tip = session.state.needle.pose.tip_mm  # type: ignore[union-attr]
    assert said[0].level == "L3/4"
    assert said[0].side in said[0].words
    assert said[0].side == ("left" if _tip_at(session, said[0])[0] > session.world.midline_x_mm(tip[2]) else "right")


def _tip_at(session: Session, said: e.PatientSpoke) -> tuple[float, float, float]:
    return [x for x in session.events if isinstance(x, e.NeedleMoved) and x.at_ms <= said.at_ms][-1].tip_mm


def test_a_leak_patients_csf_comes_late_or_not_at_all() -> None:
    def pressures(pattern: str) -> list[float]:
        patient = parameters(LUMBAR, "L3/4", pattern)
        return [world_of(patient, seed=seed).csf_pressure_cmh2o for seed in range(60)]

    leaking, normal = pressures("circumferential"), pressures("none")
    assert max(leaking) < 6.0 < 10.0 <= min(normal) < max(normal) <= 18.0
    spec = NEEDLES["20G Quincke 88 mm"]
    late = [first_drop_s(spec, p, CSF_MPA_S) for p in leaking]
    assert any(math.isinf(s) for s in late), "none"
    assert max(first_drop_s(spec, p, CSF_MPA_S) for p in normal) < 2.0 < np.median(late), "slow"
    assert first_drop_s(NEEDLES["25G Quincke 88 mm"], 15.0, CSF_MPA_S) > 9.0
    assert first_drop_s(spec, 8.0, BLOOD_MPA_S) > 4.0 * first_drop_s(spec, 8.0, CSF_MPA_S)


def test_slow_csf_shows_to_who_waits() -> None:
    still = world(hands="exact", needle="25G Quincke 88 mm")
    session, plan = at_level(still, "L3/4"), plan_of(still, "L3/4")
    go(session, plan.length_mm + plan.space_mm + 8.0)
    (out,) = session.do(c.RemoveStylet())
    assert isinstance(out, e.StyletMoved)
    assert out.drip == "nothing", "25G is slow"
    waited = session.do(c.Wait(duration_s=30.0))
    (drop,) = [x for x in waited if isinstance(x, e.HubDripped)]
    assert drop.fluid == "clear"
    assert session.view().handling.hub == "clear"
    assert not [x for x in session.do(c.Wait(duration_s=30.0)) if isinstance(x, e.HubDripped)], "the first drop only"


def test_an_open_cutting_needle_cores_and_a_tuohy_does_not() -> None:
    def lost(needle: str, clear: bool) -> tuple[str, str]:
        still = world(hands="exact", needle=needle)
        session, plan = at_level(still, "L3/4"), plan_of(still, "L3/4")
        session.do(c.Advance(distance_mm=20.0))
        session.do(c.RotateBevel(angle_deg=180.0))
        session.do(c.RemoveStylet())
        go(session, plan.length_mm + 0.5 * plan.space_mm - 20.0)
        if clear:
            session.do(c.ReplaceStylet())
            session.do(c.RemoveStylet())
        session.do(c.TestResistance())
        hub = session.view().handling.hub
        (answer, *_) = session.do(c.InjectContrast(volume_ml=0.3))
        return hub, getattr(answer, "reason", "")

    hub, reason = lost("20G Quincke 88 mm", clear=False)
    assert (hub, "tissue blocks the bore" in reason) == ("resistance firm", True)
    assert lost("20G Quincke 88 mm", clear=True) == ("resistance lost", "")
    assert lost("18G Tuohy 88 mm", clear=False) == ("resistance lost", "")


def test_people_differ_as_the_table_spreads() -> None:
    people = [draw_force_scales(np.random.default_rng(i)) for i in range(800)]
    for layer in ("skin", "ligamentum_flavum", "muscle_paramedian"):
        drawn = np.array([p[layer] for p in people])
        assert drawn.mean() == pytest.approx(1.0, abs=0.04)
        assert drawn.std() == pytest.approx(layer_forces()[layer].spread, rel=0.12)
    both = np.corrcoef([p["skin"] for p in people], [p["ligamentum_flavum"] for p in people])[0, 1]
    assert 0.25 < both < 0.5, "partly the same person"


def test_small_steps_of_a_push_feel_what_one_push_feels() -> None:
    def felt(steps_mm: list[float]) -> tuple[float, float]:
        session = at_level(world(hands="exact"), "L3/4")
        for way_mm in steps_mm:
            session.do(c.Advance(distance_mm=way_mm))
        moved = [x for x in session.events if isinstance(x, e.NeedleMoved)][-1]
        return moved.inserted_mm, moved.force_n[-1]

    (deep, once), (as_deep, often) = felt([20.0, 20.0]), felt([20.0, *[0.625] * 32])
    assert deep == pytest.approx(as_deep)
    assert 0.6 * once < often <= once + 0.01, "no more than what rest has relaxed"


def test_tissue_relaxes_at_rest_and_is_loaded_again_within_a_millimetre() -> None:
    rested = relaxation(np.arange(0.0, 3.0, 0.5), 10.0)
    assert rested[0] == pytest.approx(0.65, abs=0.01)
    assert rested[-1] > 0.99
    assert np.all(np.diff(rested) > 0)
    assert relaxation(np.zeros(1), 0.0)[0] == 1.0


def test_thicker_needles_are_felt_more_and_the_table_gives_the_tuohy() -> None:
    labels = np.array([Label.MUSCLE] * 20 + [Label.LIGAMENTUM_FLAVUM] * 12 + [Label.EPIDURAL_FAT] * 4, np.uint8)
    peaks = {
        name: force_trace_n(labels, 0.5, spec=NEEDLES[f"{name} 88 mm"]).max()
        for name in ("25G Quincke", "22G Quincke", "20G Quincke", "20G Whitacre", "18G Tuohy")
    }
    assert list(peaks) == sorted(peaks, key=lambda name: peaks[name])
    assert layer_forces(NEEDLES["17G Tuohy 88 mm"])["ligamentum_flavum"].peak_n == 11.0, "the middle of 9-13 N"


def test_redirecting_deep_turns_the_tip_less_and_moves_it_nowhere() -> None:
    turned = []
    for depth in (10.0, 50.0):
        session = at_level(world(hands="exact"), "L3/4")
        go(session, depth)
        before = session.state.needle.pose
        (event,) = session.do(c.Redirect(angle_change_deg=10.0))
        assert isinstance(event, e.NeedleRedirected)
        assert before is not None
        assert session.state.needle.pose is not None
        assert session.state.needle.pose.track_mm == before.track_mm, "nothing jumps"
        turned.append(event.share)
    assert turned[0] > 0.95
    assert turned[1] < 0.6


def test_the_neck_has_gaps_in_the_flavum_where_they_were_found() -> None:
    from simulator.engine.needle.subvoxel_structures import in_flavum_gap

    patient = parameters(CERVICAL, "C7/T1")
    worlds = [world_of(patient, seed=seed, region="cervical") for seed in range(120)]
    _, y, z = worlds[0].phantom.landmarks.interlaminar_windows["C7/T1"]
    middle = worlds[0].midline_x_mm(z)
    assert np.mean([in_flavum_gap(w, PatientPoint(middle, y, z)) for w in worlds]) == pytest.approx(0.71, abs=0.12)
    assert not any(in_flavum_gap(w, PatientPoint(middle + 3.0, y, z)) for w in worlds)


def test_hands_miss_as_published_and_a_laser_helps() -> None:
    def angles(hands: str) -> np.ndarray:
        found = []
        for seed in range(150):
            session = at_level(world(seed=seed, hands=hands), "L3/4")
            exact = at_level(world(seed=seed, hands="exact"), "L3/4")
            (a,) = [x.direction for x in session.events if isinstance(x, e.NeedlePlaced)]
            (b,) = [x.direction for x in exact.events if isinstance(x, e.NeedlePlaced)]
            found.append(math.degrees(math.acos(min(float(np.dot(a, b)), 1.0))))
        return np.array(found)

    free, laser = angles("default"), angles("laser")
    assert free.mean() == pytest.approx(3.4, abs=0.7)
    assert free.std() == pytest.approx(3.1, abs=0.9)
    assert laser.mean() == pytest.approx(1.3, abs=0.3)


def test_the_introducer_is_steel_that_the_scanner_meets() -> None:
    session = at_level(world(hands="exact", needle="20G Quincke coaxial 88 mm"), "L3/4")
    go(session, 50.0)
    (press,) = [x for x in session.do(c.PressPedal()) if isinstance(x, e.AcquisitionMade)]
    assert press.scene.introducer is not None
    ends = np.array([press.scene.introducer.points_mm[0], press.scene.introducer.points_mm[-1]])
    assert np.linalg.norm(ends[0] - ends[1]) == pytest.approx(40.0, abs=0.6)
    assert (press.scene.introducer.outer_diameter_mm, press.scene.introducer.stylet_in) == (1.47, False)
    plain = at_level(world(hands="exact"), "L3/4")
    go(plain, 50.0)
    assert [x.scene.introducer for x in plain.do(c.PressPedal()) if isinstance(x, e.AcquisitionMade)] == [None]
    assert replace(press, scene=replace(press.scene, introducer=None)) != press
