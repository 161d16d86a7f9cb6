"""The operators' ways: what each does without, and that each comes to an end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from simulator.ct.scanner import Scanner
from simulator.engine import events as e
from simulator.engine.session import Session, drive
from simulator.interface import commands as c
from simulator.operators import OPERATORS, operator_named
from simulator.scenario.build import Case
from simulator.strategies.trial import outcome

MakeCase = Callable[..., Case]
Treat = Callable[[str, int], tuple[Session, dict[str, Any]]]


@pytest.fixture(scope="module")
def treat(make_case: MakeCase) -> Treat:
    """Session and outcome of an operator and a seed; all are scanned in one scanner that remembers its planes."""
    scanner = Scanner(make_case().world.phantom, plane_capacity=100)

    def run(operator: str, seed: int) -> tuple[Session, dict[str, Any]]:
        case = make_case(seed=seed, hands="default")
        session = Session(case.world, scanner=scanner)
        drive(session, operator_named(operator))
        assert session.state.finished
        assert isinstance(session.steps[-1].command, c.Finish)
        assert not session.state.needle.in_skin
        return session, outcome(case, session, operator)

    return run


def purposes(session: Session) -> set[str]:
    return {event.purpose for event in session.events if isinstance(event, e.AcquisitionMade)}


def test_continuous_steers_under_a_held_pedal(treat: Treat) -> None:
    session, row = treat("continuous", 1)
    assert row["success"]
    assert row["ctf_images"] > 10 * row["presses"]
    assert row["beam_on_s"] > 30.0
    assert session.state.imaging.pedal is None
    beams = [event for event in session.events if isinstance(event, e.BeamOff)]
    pressed = [step for step in session.steps if isinstance(step.command, c.PressPedal)]
    held, single = [x for x in pressed if x.command.hold], [x for x in pressed if not x.command.hold]  # type: ignore[union-attr]
    assert len(beams) == len(held) == row["presses"] - len(single)
    shots = [x for step in single for x in step.events if isinstance(x, e.AcquisitionMade)]
    beam_ms = sum(event.beam_on_ms for event in beams) + sum(event.beam.on_ms for event in shots)
    assert beam_ms == pytest.approx(1000 * row["beam_on_s"])


def test_no_planning_scan_plans_on_presses(treat: Treat) -> None:
    session, row = treat("no-planning-scan", 1)
    assert row["success"]
    assert purposes(session) == {"myelogram", "fluoroscopy", "control"}
    first = next(event for event in session.events if isinstance(event, e.AcquisitionMade | e.PathPlanned))
    assert isinstance(first, e.AcquisitionMade)
    assert row["dlp_planning_mgy_cm"] < 8.0, "spot images, no scan"


def test_no_planning_scan_saves_what_a_planning_scan_costs(treat: Treat) -> None:
    own, usual = (treat(name, 1)[1] for name in ("no-planning-scan", "quick-check"))
    assert own["dlp_planning_mgy_cm"] + own["dlp_guidance_mgy_cm"] < 20.0 < usual["dlp_planning_mgy_cm"]
    assert own["dlp_total_mgy_cm"] < 0.6 * usual["dlp_total_mgy_cm"], "the control scan is the larger part of it"


def test_never_press_takes_no_fluoroscopy(treat: Treat) -> None:
    session, row = treat("never-press", 1)
    assert purposes(session) == {"myelogram", "planning", "control"}
    assert row["presses"] == row["ctf_images"] == 0
    assert row["compartment"] is not None
    assert "blood through a needle that nobody looked at" in row["cap_reason"]


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_loss_of_resistance_is_blind(treat: Treat, seed: int) -> None:
    session, row = treat("loss-of-resistance", seed)
    assert purposes(session) == set()
    assert row["dlp_total_mgy_cm"] == 0.0
    tested = [event for event in session.events if isinstance(event, e.ResistanceTested)]
    assert len(tested) > 5
    given = [event for event in session.events if isinstance(event, e.MaterialInjected)]
    assert tested[-1].lost, "the plunger alone tells where blood is given"
    in_fibres = [event for event in given if event.compartment == "soft tissue" and not event.in_pocket]
    assert all(event.volume_ml < 0.501 for event in in_fibres), "a hard plunger is heeded"


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_every_operator_finishes_where_the_request_names_no_level(make_case: MakeCase, operator: str) -> None:
    case = make_case(seed=1)
    session = Session(replace(case.world, settings=replace(case.world.settings, request="Help, please.")))
    drive(session, operator_named(operator))
    assert session.state.finished
    assert len(session.steps) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operator", "least", "most"),
    [("continuous", 8, 10), ("no-planning-scan", 8, 10), ("loss-of-resistance", 0, 6), ("never-press", 0, 10)],
)
def test_ten_seeds(treat: Treat, operator: str, least: int, most: int) -> None:
    """Beside this patient's collection the plunger alone cannot be relied on."""
    results = [treat(operator, seed)[1]["success"] for seed in range(1, 11)]
    assert least <= sum(results) <= most, results
