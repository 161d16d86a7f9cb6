"""The score: anchors, gates and caps, and the ways in which people would cheat."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.records.scorecard_codec import scorecard_to_json
from simulator.scenario.build import Case
from simulator.scoring.placement import placement_component
from simulator.scoring.procedure_summary import summarise
from simulator.scoring.rubric import Anchors, Rubric, log_utility, utility
from simulator.scoring.score_procedure import score_procedure
from simulator.scoring.scorecard import Scorecard
from simulator.vocabulary.procedure import DosePhase
from simulator.vocabulary.scoring import CapId, MetricId
from tests.procedures import patched, placed, run, step_until_epidural

MakeCase = Callable[..., Case]


def card_after(session: Session) -> Scorecard:
    if not session.state.finished:
        session.do(c.Finish())
    return score_procedure(
        session.world, session.state, session.events, Rubric(), scenario="patient-2", operator="test"
    )


def treated(make_case: MakeCase, *, before_blood: Iterable[Command] = (), blood_ml: float = 8.0) -> Scorecard:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    run(session, before_blood)
    run(session, patched(blood_ml))
    return card_after(session)


@pytest.mark.parametrize(
    ("dlp", "expected"), [(2.26, 1.0), (4.94, 1.0), (20.0, 0.62), (31.8, 0.50), (89.6, 0.22), (199.0, 0.0)]
)
def test_log_utility_gives_the_reference_values(dlp: float, expected: float) -> None:
    assert log_utility(dlp, Anchors(expert=5.0, poor=200.0)) == pytest.approx(expected, abs=0.01)


def test_utility_is_linear_between_its_anchors() -> None:
    anchors = Anchors(expert=3.0, poor=13.0)
    assert [utility(x, anchors) for x in (0, 3, 8, 13, 40)] == [1.0, 1.0, 0.5, 0.0, 0.0]


def test_weights_add_to_one() -> None:
    rubric = Rubric()
    names = ("placement", "safety", "dose", "economy", "patch")
    assert sum(getattr(rubric, f"weight_{name}") for name in names) == pytest.approx(1.0)


def test_good_procedure_scores_well(make_case: MakeCase) -> None:
    card = treated(make_case)
    assert card.score > 80.0
    assert card.caps == ()
    assert card.placement.compartment == "epidural"
    assert card.placement.level == "L3/4"
    assert card.complications == ()
    assert card.components.patch > 0.5
    expected = 100 * sum(card.weights[name] * value for name, value in card.components.items())
    assert card.score == pytest.approx(expected, rel=1e-4)
    for metric in scorecard_to_json(card)["metrics"]:
        assert {"name", "value", "unit", "reference", "source"} <= set(metric)


def test_a_leak_that_was_not_found_costs_its_share_of_placement(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    run(session, patched(8.0))
    summary = summarise(session.world, session.events)
    unmarked = placement_component(summary, Rubric())
    assert unmarked == pytest.approx(0.9 * placement_component(summary, Rubric(localisation_share=0.0)))
    marked = (e.LeakMarked(at_ms=0, level="L3/4", side="right"), *session.events)
    found = placement_component(summarise(session.world, marked), Rubric())
    assert found == pytest.approx(unmarked + 0.1)


def test_idle_scores_nothing(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    session.do(c.Wait(duration_s=60.0))
    card = card_after(session)
    assert card.score == 0.0
    assert CapId.NOT_TREATED in card.caps
    assert card.placement.compartment is None


def test_abandoned_procedure_scores_nothing(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    session.do(c.Withdraw(distance_mm=120.0))
    assert card_after(session).score == 0.0


@pytest.mark.parametrize("looked", [True, False])
def test_too_deep_without_blood_is_capped_and_says_so(make_case: MakeCase, looked: bool) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=12.0)
    if looked:
        session.do(c.PressPedal())
    session.do(c.Withdraw(distance_mm=120.0))
    card = card_after(session)
    assert card.score <= 40.0
    assert CapId.DURAL_PUNCTURE in card.caps
    (complication,) = [x for x in card.complications if x.kind == "dural_puncture"]
    assert complication.recognised == looked, "the image shows it; nobody else does"
    assert complication.phase == "guidance"


def test_puncture_then_epidural_blood_is_capped_at_forty(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    depth = step_until_epidural(session, beyond_mm=12.0)
    session.do(c.Withdraw(distance_mm=120.0))
    run(session, placed()[1:])
    session.do(c.Advance(distance_mm=0.5 * (depth - 11.0)))
    session.do(c.RotateBevel(angle_deg=180.0))
    session.do(c.Advance(distance_mm=0.5 * (depth - 11.0)))
    run(session, patched())
    card = card_after(session)
    assert card.placement.compartment == "epidural"
    assert card.score == 40.0
    assert card.caps == (CapId.DURAL_PUNCTURE,)


def test_blood_in_the_sac_scores_zero(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=12.0)
    run(session, patched())
    card = card_after(session)
    assert card.score == 0.0
    assert card.placement.compartment == "intrathecal"
    assert CapId.INTRATHECAL_BLOOD in card.caps
    assert "intrathecal_injection" in [x.kind for x in card.complications]


def test_never_pressing_is_capped_at_sixty(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    run(session, [command for command in patched() if not isinstance(command, c.PressPedal)])
    card = card_after(session)
    assert card.score <= 60.0
    assert CapId.UNCONFIRMED_POSITION in card.caps


def test_one_straight_push_does_not_score_well(make_case: MakeCase) -> None:
    for depth in (45.0, 57.0, 59.0, 62.0, 70.0):
        session = Session(make_case(seed=7, hands="default").world)
        run(session, [*placed(), c.Advance(distance_mm=depth)])
        run(session, [command for command in patched() if not isinstance(command, c.PressPedal)])
        assert card_after(session).score <= 60.0


def test_redrawn_plan_is_no_plan(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    zero = session.world.table_zero_mm
    session.do(
        c.PlanPath(approach="paramedian interlaminar", side="right", entry_mm=(0, 0, zero), target_mm=(0.0, 30.0, zero))
    )
    step_until_epidural(session, beyond_mm=1.0)
    tip = session.state.needle.pose.tip_mm  # type: ignore[union-attr]
    session.do(
        c.PlanPath(
            approach="paramedian interlaminar",
            side="right",
            entry_mm=(0, 0, zero),
            target_mm=(tip[0], tip[1], tip[2] + zero),
        )
    )
    run(session, patched())
    assert card_after(session).placement.tip_to_target_mm > 8.0


def test_hundred_control_scans_cost_the_dose(make_case: MakeCase) -> None:
    plain = treated(make_case)
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    *most, aftercare, finish = patched()
    run(session, most)
    run(session, [c.AcquireControlScan(length_mm=40.0)] * 100)
    run(session, [aftercare, finish])
    card = card_after(session)
    assert card.components.dose < 0.6 * plain.components.dose
    assert card.dose.by_phase[DosePhase.GUIDANCE].acquisitions >= 100
    assert card.score < plain.score - 10.0


def test_blood_after_the_cue_lowers_the_patch(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    commands = patched()
    at = next(i for i, command in enumerate(commands) if isinstance(command, c.InjectBlood))
    commands[at] = c.InjectBlood(volume_ml=20.0, until_cue=False)
    run(session, commands)
    late = card_after(session)
    assert late.components.patch < treated(make_case).components.patch


def test_test_contrast_with_an_image_lifts_the_cap(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    run(session, placed())
    step_until_epidural(session, beyond_mm=1.0)
    run(session, [c.RemoveStylet(), c.InjectContrast(volume_ml=0.5), c.PressPedal()])
    run(session, [x for x in patched() if not isinstance(x, c.PressPedal | c.RemoveStylet)])
    assert card_after(session).caps == ()


def test_wrong_level_is_capped_where_the_leak_is_missed(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    session.do(c.AcquirePlanningScan(levels=("L4", "L5")))
    session.do(c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L4/5", angle_deg=22.0))
    step_until_epidural(session, beyond_mm=0.5)
    run(session, patched(2.0))
    card = card_after(session)
    assert card.placement.level != "L3/4"
    assert "wrong_level" in [x.kind for x in card.complications]
    assert card.score <= 40.0
    assert card.components.dose == 0.0, "the bevel never reached an accepted zone"


def test_ledger_adds_up(make_case: MakeCase) -> None:
    card = treated(make_case)
    phases = card.dose.by_phase
    total = card.dose.total
    assert sum(p.dlp_mgy_cm for p in phases.values() if not p.given) == pytest.approx(
        sum(total.dlp_mgy_cm_by_phantom.values()), rel=1e-4
    )
    for entry in phases.values():
        assert entry.effective_dose_msv == pytest.approx(entry.k_msv_per_mgy_cm * entry.dlp_mgy_cm, rel=1e-4)
    assert total.ctdi_vol_max_mgy == max(p.ctdi_vol_mgy for p in phases.values() if not p.given)


def test_the_risk_of_infection_is_told_and_never_scored(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> tuple[float, dict[str, Any]]:
        card = treated(make_case)
        (risk,) = [x.value for x in card.metrics if x.name is MetricId.INFECTION_RISK]
        return risk, {name: getattr(card, name) for name in ("score", "caps", "components")}

    risk, scored = told()
    monkeypatch.setattr("simulator.scoring.safety.INFECTION_PERCENT_PER_PASS", 50.0)
    assert told() == (pytest.approx(risk / 0.02 * 50.0), scored)
    assert risk == pytest.approx(0.02), "one pass"
