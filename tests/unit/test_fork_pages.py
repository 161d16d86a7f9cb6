"""Pages of a fork: both ends side by side, what each image was worth, and an instructor's brief."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import pytest

from simulator.gui.ground_truth import gather_other_end as gather_other_end_module
from simulator.gui.ground_truth.gather_other_end import gather_other_end
from simulator.interface import commands as c
from simulator.interface.command_words import command_name, given_words
from simulator.report.brief import DRILLS, write_brief
from simulator.report.debrief import write_debrief
from simulator.report.fork import fork_to_expert
from simulator.report.what_if import what_if
from simulator.report.worth import Gain, PressWorth
from simulator.scenario.shipped import shipped_scenarios
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from tests.unit.report_patient import session_of, tube_phantom, tube_world
from tests.unit.test_forks import EXPERT
from tests.unit.test_report_debrief import PATCH, PLACE, Page

COMMANDS = (
    c.TimeOut(),
    c.MarkLeak(level="L4/5", side="left"),
    PLACE,
    c.Advance(distance_mm=38.5),
    *PATCH,
    c.Withdraw(distance_mm=130.0),
    c.Finish(),
)


@pytest.fixture(scope="module")
def session():
    return session_of(tube_world(tube_phantom()), COMMANDS)


@pytest.fixture(scope="module")
def card(session):
    return score_procedure(session.world, session.events, Rubric(), scenario="tubes", operator="t")


def _press(ordinal: int, gain: Gain | None) -> PressWorth:
    return PressWorth(
        ordinal=ordinal,
        number=ordinal,
        at="0:01:00",
        changed="1 turn" if gain else "",
        forks=20 if gain else 0,
        margin_mm=gain,
        seal=None,
        effective_dose_msv=0.01,
        seconds=0.5,
    )


def test_a_page_sets_both_ends_side_by_side_and_names_images_worth_nothing(session, card, tmp_path):
    (tmp_path / "careful.py").write_text(EXPERT.replace("c.PressPedal(),", ""))
    fork = fork_to_expert(session, 4, expert=f"{tmp_path}/careful.py:Careful")
    case = SimpleNamespace(world=session.world, rubric=Rubric(), name="tubes")
    other = what_if(case, session, card, fork)
    rows = {name: (recorded, expert) for name, recorded, expert in other.rows}
    assert rows["blood that stayed in the epidural space"] == ("3 mL", "8 mL")
    assert rows["images of CT fluoroscopy"] == ("0", "0")
    assert other.recorded != other.other
    worth = (_press(1, Gain(mean=0.5, half=0.2)), _press(2, Gain(mean=0.1, half=0.2)), _press(3, None))
    out = tmp_path / "report.html"
    write_debrief(session, card, out, title="Tubes", operator="t", other_end=other, worth=worth)
    page = Page(out.read_text(encoding="utf-8"))
    assert {"other-end", "worth"} <= {attrs["id"] for attrs in page.named("section")}
    assert "before command 4 (Advance: distance 38.5 mm), the autopilot takes over" in page.text
    assert "0.5 ± 0.2 mm" in page.text
    assert "Worth nothing by this measure: image 2 and 3." in page.text
    assert "not treated" in page.text


def test_a_page_offers_the_other_end_of_its_costliest_command(session, card, tmp_path):
    out = tmp_path / "report.html"
    write_debrief(session, card, out, title="Tubes", operator="t")
    page = Page(out.read_text(encoding="utf-8"))
    assert "report SESSION --what-if 4" in page.text
    assert not {"other-end", "worth"} & {attrs["id"] for attrs in page.named("section")}


def test_a_brief_asks_and_drills(session, card, tmp_path):
    out = tmp_path / "brief.html"
    write_brief(session, card, out)
    page = Page(out.read_text(encoding="utf-8"))
    assert len(page.named("section")) == 2, "this procedure lost its points in two commands"
    assert page.text.count("Ask:") == page.text.count("Drill:") == 2
    assert "--what-if 4" in page.text


def test_drills_are_cases_that_ship():
    assert {case for case, _ in DRILLS.values()} <= set(shipped_scenarios())


def test_the_window_is_given_both_ends_and_what_the_expert_did(session, card, tmp_path, monkeypatch):
    (tmp_path / "careful.py").write_text(EXPERT)
    careful = functools.partial(fork_to_expert, expert=f"{tmp_path}/careful.py:Careful")
    monkeypatch.setattr(gather_other_end_module, "fork_to_expert", careful)
    case, told = SimpleNamespace(world=session.world, rubric=Rubric(), name="tubes"), []
    end = gather_other_end(case, session, card, 4, lambda what, fraction: told.append(fraction))
    fork = careful(session, 4)
    assert end.rows == what_if(case, session, card, fork).rows
    given = [step.command for step in fork.session.steps[3:] if not isinstance(step.command, c.LookAt)]
    assert [words.name for _, words in end.steps] == [command_name(command) for command in given]
    assert [words.given for _, words in end.steps] == [given_words(command) for command in given]
    assert [at for at, _ in end.steps] == sorted(at for at, _ in end.steps)
    assert told == sorted(told)
    assert 0.0 <= told[0] < told[-1] < 1.0

    def enough(what, fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        gather_other_end(case, session, card, 4, enough)
