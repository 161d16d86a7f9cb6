"""What a debrief teaches: advice, the path in three dimensions, others beside, an assessor's form, a cohort."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.records.assessment import read_assessment
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.records.session_log import SessionLog
from simulator.report.advice import SCORED_IN, give_advice, points_words
from simulator.report.cohort import choose_next_step, write_cohort
from simulator.report.cohort_figures import round_ticks
from simulator.report.comparison import PastAttempt, compare
from simulator.report.debrief import write_debrief
from simulator.report.interactive_path_3d import interactive_path_3d
from simulator.report.learners import Attempt, Attempts, attempts_in, earlier_attempts
from simulator.report.procedure_marks import read_marks
from simulator.report.vessels import closest_vessel
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.wilson_interval import wilson_interval
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.scoring import CapId, Component, MetricId
from simulator.wording.english import ENGLISH
from tests.own_case import header_of
from tests.unit.report_patient import session_of, tube_phantom, tube_world
from tests.unit.test_report_debrief import PATCH, PLACE, Page

FORM = Path(__file__).parents[2] / "docs" / "assessment-form.json"
KEPT = Path(__file__).parents[1] / "golden" / "records" / "format-2.jsonl"


@pytest.fixture(scope="module")
def world():
    return tube_world(tube_phantom())


def _card(session, operator="tester"):
    return score_procedure(session.world, session.events, Rubric(), scenario="tubes-1", operator=operator)


@pytest.fixture(scope="module")
def treated(world):
    steps = [
        command
        for number in range(10)
        for command in (c.Advance(distance_mm=2.0), c.PressPedal(), c.LookAt(number=number))
    ]
    ready = (c.TimeOut(), c.PrepareSkin(), PLACE, c.Advance(distance_mm=14.0))
    blood = (c.RemoveStylet(), c.DrawBlood(), c.MixContrast(), c.InjectBlood(volume_ml=10.0))
    return session_of(world, (*ready, *steps, *blood, c.StopInjection(), c.Finish()))


@pytest.fixture(scope="module")
def card(treated):
    return replace(_card(treated), caps=())  # what limits a score is taught first, which tests of their own hold


def test_advice_is_three_sentences_dearest_first_and_cites(card):
    advice = give_advice(card)
    assert len(advice) == 3
    assert [item.points for item in advice] == sorted((item.points for item in advice), reverse=True)
    assert advice[0].points > 0
    for item in advice:
        name = item.cites.split(":")[0]
        assert any(ENGLISH.metric_name(metric.name) == name for metric in card.metrics)
        assert any(digit in item.cites for digit in "0123456789")
        assert "reference" in item.cites


def test_advice_follows_the_metric_that_was_poor(card):
    changed = tuple(
        metric if metric.utility is None else replace(metric, utility=float(metric.name is not MetricId.REDIRECTIONS))
        for metric in card.metrics
    )
    first, *rest = give_advice(replace(card, metrics=changed))
    assert first.words == ENGLISH.lessons[MetricId.REDIRECTIONS].fix
    assert first.points == pytest.approx(100 * card.weights[Component.ECONOMY] * 0.25)
    assert [item.points for item in rest] == [0.0, 0.0]


def test_every_lesson_belongs_to_a_metric_that_is_scored(card):
    scored = {metric.name for metric in card.metrics if metric.utility is not None}
    assert set(SCORED_IN) == set(ENGLISH.lessons)
    assert scored <= set(SCORED_IN)
    unmet = {MetricId.LEAK_LOCALISED, MetricId.PLAN_SOUND, MetricId.REACTIONS_ANSWERED}
    assert set(SCORED_IN) - scored <= unmet, "what a procedure without myelogram, plan and reaction has not"


@pytest.mark.parametrize(
    ("commands", "first"),
    [
        ((), "blood injected: none; reference 6-20"),
        ((PLACE, c.Advance(distance_mm=34.0), c.PressPedal(), c.Finish()), "blood injected: none; reference 6-20"),
        (
            (PLACE, c.Advance(distance_mm=44.0), c.PressPedal(), *PATCH, c.Finish()),
            "least distance from tip to dura: −",
        ),
        ((PLACE, c.Advance(distance_mm=34.0), *PATCH, c.Finish()), "blood that stayed in the epidural space: "),
    ],
    ids=["nothing", "no blood", "intrathecal", "no image"],
)
def test_what_limits_the_score_is_taught_first_and_nothing_is_praised_before_it(world, commands, first):
    card = _card(session_of(world, commands))
    advice = give_advice(card)
    assert len(advice) == 3
    assert advice[0].gate
    assert advice[0].cites.startswith(first)
    assert points_words(advice[0]) == "limits the score"
    assert all(item.points > 0 for item in advice[1:])  # with so much to mend, no praise


def test_every_reason_that_limits_a_score_is_taught(card):
    for cap in CapId:
        first = give_advice(replace(card, caps=(cap,)))[0]
        assert first.gate, cap
        assert first.words == ENGLISH.caps[cap].fix


def test_the_turnable_path_ends_where_the_tip_was(world, treated):
    marks = read_marks(world, treated.events)
    scene = interactive_path_3d(world, marks)
    assert scene is not None
    assert {"bone", "dura", "skin", "push"} <= {line["css"] for line in scene["lines"]}
    last = [line for line in scene["lines"] if line["css"] == "push"][-1]["points"][-3:]
    tip = np.asarray(marks.moves[-1].tip_mm) - np.asarray(marks.summary.first_blood.tip_mm)
    assert last == pytest.approx(10.0 * tip, abs=0.5)
    assert interactive_path_3d(world, read_marks(world, [])) is None


def test_a_vessel_is_found_where_the_labels_have_one(world, treated):
    phantom = world.phantom
    moves = read_marks(world, treated.events).moves
    assert closest_vessel(phantom, moves) is None
    tip = np.asarray(moves[-1].tip_mm)
    label = phantom.canal.label.copy()
    z, y, x = phantom.canal.grid.nearest_voxel(tip[None] + np.array([[3.0, 0.0, 0.0]]))[0]
    label[z, y, x] = Label.EPIDURAL_VEIN
    near = closest_vessel(replace(phantom, canal=replace(phantom.canal, label=label)), moves)
    assert near is not None
    assert near.kind == "epidural vein"
    assert near.distance_mm == pytest.approx(3.0, abs=0.5)


def test_the_debrief_shows_others_form_and_user_metrics(world, treated, card, tmp_path):
    nasty = "<script>alert(1)</script>"
    summary = summarise(world, treated.events)
    form = tmp_path / "form.json"
    filled = json.loads(FORM.read_text(encoding="utf-8"))
    filled.update(assessor=nasty, remarks=nasty)
    filled["checklist"][next(iter(filled["checklist"]))] = 2
    filled["global_rating"][next(iter(filled["global_rating"]))] = 4
    form.write_text(json.dumps(filled), encoding="utf-8")
    out = tmp_path / "report.html"
    write_debrief(
        treated,
        card,
        out,
        title="Tubes",
        operator="tester",
        expert=compare(summary, card, summary, replace(card, operator=nasty)),
        past=[PastAttempt(when=nasty, scenario=nasty, card=card)],
        assessment=read_assessment(form),
        user_metrics=[Metric(name=nasty, value=2.5, unit="", source=nasty)],
    )
    text = out.read_text(encoding="utf-8")
    page = Page(text)
    assert {"beside", "assessment", "skill"} <= {attrs["id"] for attrs in page.named("section")}
    assert "alert(1)</script>" not in text
    assert page.text.count(nasty) >= 6
    assert "at most 0.0 mm" in page.text
    assert "Checklist 100 % of the points" in page.text
    assert "Global rating 4.0 of 5" in page.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "this version reads 1"),
        ({"extra": 1}, "no assessment"),
        ({"checklist": {"a": 3}}, "whole number from 0 to 2"),
        ({"checklist": {"a": True}}, "whole number from 0 to 2"),
        ({"global_rating": {"a": 0}}, "whole number from 1 to 5"),
        ({"global_rating": []}, "no list of items"),
        ({"remarks": 7}, "no text"),
    ],
)
def test_a_wrong_form_is_named(tmp_path, change, words):
    form = tmp_path / "form.json"
    form.write_text(json.dumps({**json.loads(FORM.read_text(encoding="utf-8")), **change}), encoding="utf-8")
    with pytest.raises(UserInputError, match=words):
        read_assessment(form)


def test_no_form_at_all_is_named(tmp_path):
    with pytest.raises(UserInputError, match="cannot be read"):
        read_assessment(tmp_path / "none.json")


def _attempt(card, learner, ordinal, *, score=None, compartment="epidural", scenario="tubes-1", cap=None):
    changed = replace(
        card,
        score=card.score if score is None else score,
        caps=() if cap is None else (cap,),
        placement=replace(card.placement, compartment=Compartment(compartment)),
    )
    return Attempt(
        learner=learner,
        scenario=scenario,
        seed=1,
        at=float(ordinal),
        location=Path(f"{learner}-{ordinal}"),
        card=changed,
    )


def test_a_cohort_says_who_is_competent_and_who_needs_what(card, tmp_path):
    good = [_attempt(card, "amber", i, score=90.0) for i in range(11)]
    poor = [
        _attempt(card, "<b>birch</b>", 20 + i, score=0.0, compartment="intrathecal", cap=CapId.INTRATHECAL_BLOOD)
        for i in range(5)
    ]
    out = tmp_path / "cohort.html"
    write_cohort(Attempts(finished=(*good, *poor), left_out=("x: broken",)), out, title="<i>course</i>")
    text = out.read_text(encoding="utf-8")
    page = Page(text)
    assert "<b>birch" not in text
    assert "<i>course" not in text
    assert "tubes: competent" in page.text
    assert "tubes: not acceptable" in page.text
    assert "Repeat with an assessor beside" in page.text
    assert "blood injected intrathecally" in page.text
    assert "11 of 11 (74–100 %)" in page.text
    assert "x: broken" in page.text
    assert choose_next_step(good)[0] == give_advice(good[0].card)[0].words


def test_wilsons_interval_is_the_published_one():
    low, high = wilson_interval(14, 974)  # AJR 2017;209:656: 1.4 % (0.9-2.4)
    assert (round(100 * low, 1), round(100 * high, 1)) == (0.9, 2.4)


def test_attempts_are_read_from_records_and_broken_ones_left_out(card, tmp_path):
    header = header_of(card)
    for name, learner, started in (("a", "amber", 2), ("b", "amber", 1), ("c", None, None)):
        (tmp_path / name).mkdir()
        began = None if started is None else f"2026-01-0{started}T10:00:00+00:00"
        log = SessionLog(tmp_path / name / "session.jsonl", replace(header, learner=learner, started=began))
        log.close(scorecard=scorecard_to_json(card))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "session.jsonl").write_text("rubbish\n", encoding="utf-8")
    found = attempts_in(tmp_path)
    assert found.learners == ["amber", "program tester"]
    assert len(found.left_out) == 1
    first, second = found.by_learner("amber")
    assert [one.location.parent.name for one in (first, second)] == ["b", "a"]  # as their headers say, not their files
    assert earlier_attempts(second.location, "amber", found) == [first]
    with pytest.raises(UserInputError, match="no session"):
        attempts_in(FORM.parent)


def test_time_in_tissue_goes_on_while_the_needle_rests(card):
    seconds = {metric.phase: metric.value for metric in card.metrics if metric.name is MetricId.TIME_IN_TISSUE}
    elapsed = {metric.phase: metric.value for metric in card.metrics if metric.name is MetricId.ELAPSED_TIME}
    assert seconds[Phase.INJECTION] == elapsed[Phase.INJECTION] > 0.0


def test_shares_are_compared_in_per_cent(world, treated, card):
    summary = summarise(world, treated.events)
    rows = {row[0]: row for row in compare(summary, card, summary, card).rows}
    share = card.metric(MetricId.LEAK_COVERAGE).value
    assert rows["coverage of the leak zone by blood"][1:] == (f"{100 * share:.0f}", f"{100 * share:.0f}", "%")


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (1.19, 4.75), (-4.75, 8.14), (0.0, 199.0), (57.0, 57.4)])
def test_ticks_are_round_and_enclose_what_they_measure(low, high):
    ticks = round_ticks(low, high)
    assert ticks[0] <= low < high <= ticks[-1]
    assert 2 <= len(ticks) <= 7
    step = ticks[1] - ticks[0]
    assert float(f"{step:.0e}"[0]) in (1.0, 2.0, 5.0)


def test_no_needle_gives_no_path_to_compare(world, treated, card):
    nothing = session_of(world, (c.Finish(),))
    compared = compare(summarise(world, nothing.events), _card(nothing), summarise(world, treated.events), card)
    assert compared.frechet_mm is None
    assert any(isinstance(event, e.Finished) for event in nothing.events)
