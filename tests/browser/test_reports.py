"""Fifty reports of all kinds, and a cohort's, in Chromium at three widths: no error, no request, no axe violation."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from simulator.interface import commands as c
from simulator.records.assessment import read_assessment
from simulator.report.cohort import write_cohort
from simulator.report.comparison import PastAttempt, compare
from simulator.report.debrief import write_debrief
from simulator.report.learners import Attempt, Attempts
from simulator.scoring.metric import Metric
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from tests.browser.chromium import WIDTHS, asked, axe_core, browser, visit
from tests.unit.report_patient import session_of, tube_phantom, tube_world

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(browser() is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(axe_core() is None, reason="no axe-core: pip install -e '.[browser]', or set AXE_CORE"),
]

NASTY = "<script>alert('x')</script>"
LONG = "Räntgen-" * 30
FORM = Path(__file__).parents[2] / "docs" / "assessment-form.json"
SIDES = ("left", "right")
DEPTHS_MM = (5.0, 20.0, 30.0, 34.0, 36.0, 38.0, 44.0)  # skin, muscle, flavum, epidural, at the dura, in the sac
ENDINGS: tuple[tuple[c.Command, ...], ...] = (
    (),
    (c.PressPedal(), c.Finish()),
    (c.RemoveStylet(), c.DrawBlood(), c.MixContrast(), c.InjectBlood(volume_ml=4.0), c.PressPedal(), c.Finish()),
)


def _commands(world, side, depth_mm, ending):
    z = world.level_z_mm("L3/4") + world.table_zero_mm
    return (
        c.AcquirePlanningScan(levels=("L3/4", "L3/4"), slice_thickness_mm=4.0),
        c.PlanPath(approach="midline interlaminar", side=side, entry_mm=(-1.0, 45.0, z), target_mm=(0.0, 9.0, z)),
        c.PlaceNeedle(entry_from_midline_mm=2.0, side=side, level="L3/4"),
        c.Advance(distance_mm=depth_mm),
        *ending,
    )


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Reports of every depth, side and ending, with and without all that can stand beside, and of hardly anything."""
    folder = tmp_path_factory.mktemp("reports")
    world = tube_world(tube_phantom())
    cases = [_commands(world, *case) for case in product(SIDES, DEPTHS_MM, ENDINGS)]
    cases += [
        (),
        (c.Finish(),),
        (c.AcquireControlScan(length_mm=24.0), c.Finish()),
        (c.MarkLeak(level=NASTY, side="both"),),
    ]
    cases += [_commands(world, "right", 34.0, (c.Withdraw(distance_mm=mm), c.PressPedal())) for mm in (1.0, 10.0, 34.0)]
    cases += [_commands(world, "left", 20.0, (c.Redirect(angle_change_deg=deg),)) for deg in (-10.0, 10.0)]
    form = read_assessment(FORM)
    pages, attempts = [], []
    for number, commands in enumerate(cases):
        session = session_of(world, commands)
        learner = (NASTY, LONG, "amber")[number % 3]
        name = f"tubes-{number % 4}"
        card = score_procedure(world, session.events, Rubric(), scenario=name, operator=learner)
        summary = summarise(world, session.events)
        full = number % 2 == 0
        page = folder / f"report-{number}.html"
        write_debrief(
            session,
            card,
            page,
            title=NASTY if number % 5 == 0 else "Tubes",
            operator="tester",
            learner=learner,
            expert=compare(summary, card, summary, card) if full else None,
            past=[PastAttempt(when="2026-01-01 10:00", scenario=LONG, card=card)] if full else [],
            assessment=form if full else None,
            user_metrics=[Metric(name=LONG, value=None, unit="")] if full else [],
        )
        pages.append(page)
        attempts.append(Attempt(learner=learner, scenario=name, seed=1, at=float(number), location=page, card=card))
    cohort = folder / "cohort.html"
    write_cohort(Attempts(finished=tuple(attempts), left_out=(NASTY,)), cohort, title=NASTY)
    return [*pages, cohort]


def test_fifty_reports_at_three_widths_are_clean(reports):
    assert len(reports) > 50
    faults = {}
    for page in reports:
        for width in WIDTHS:
            found = visit(page, width)
            bad = [*found.errors, *found.requests, *found.violations]
            if found.overflow_px > 0:
                bad.append(f"{found.overflow_px} px too wide")
            if bad:
                faults[f"{page.name} at {width}"] = bad
    assert not faults, json.dumps(faults, indent=1)


TURN = """
var canvas = document.getElementById("turn"), seen = [];
function press(key) { canvas.dispatchEvent(new KeyboardEvent("keydown", { key: key, cancelable: true })); }
function drag(type, x, y) {
  canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: x, clientY: y, isPrimary: true }));
}
canvas.setPointerCapture = function () {};
function look() { seen.push(canvas.toDataURL()); }
look(); press("ArrowRight"); look(); press("ArrowLeft"); look();
drag("pointerdown", 50, 50); drag("pointermove", 120, 90); drag("pointerup", 120, 90); look();
press("+"); look();
document.querySelector("[data-turn=back]").click(); look();
answer = seen.map(function (one) { return seen.indexOf(one); });
"""
TRUTH = """
var button = document.getElementById("truth-toggle"), layer = document.querySelector(".layer.truth"), answer = [];
function look() { answer.push([button.getAttribute("aria-pressed"), getComputedStyle(layer).display !== "none"]); }
look(); button.click(); look(); button.click(); look();
"""


def test_the_path_can_be_turned(reports):
    assert asked(reports[2], WIDTHS[1], TURN) == [0, 1, 0, 3, 4, 5]  # there and back is the same, all else is another


def test_the_truth_can_be_taken_away(reports):
    assert asked(reports[1], WIDTHS[1], TRUTH) == [["true", True], ["false", False], ["true", True]]


def test_the_check_sees_what_it_looks_for(tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        '<!doctype html><html lang="en"><head><title>t</title></head><body><main><h1>t</h1><img src="https://a.invalid/x">'
        '<div style="width:5000px">x</div><script>console.error("loud"); nothing();</script></main></body></html>',
        encoding="utf-8",
    )
    found = visit(page, WIDTHS[0])
    assert any("loud" in error for error in found.errors)
    assert any("nothing" in error for error in found.errors)
    assert any("a.invalid" in request for request in found.requests)
    assert any(violation.startswith("image-alt") for violation in found.violations)
    assert found.overflow_px > 0
