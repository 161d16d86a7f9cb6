"""Forks of a record: unchanged they give the rest bit for bit; an expert who takes over brings another end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.engine.advance import canonical
from simulator.engine.settings import HANDS
from simulator.errors import UserInputError
from simulator.interface import commands as c
from simulator.report.decisions import costly_decisions
from simulator.report.fork import fork_to_expert, fork_unchanged, must_fork
from simulator.report.procedure_marks import read_marks
from simulator.report.worth import worth_of_presses
from simulator.scoring.rubric import Rubric
from simulator.scoring.score_procedure import score_procedure
from tests.golden.sessions import read_golden
from tests.unit.report_patient import session_of, tube_phantom, tube_world

PLACE = c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level="L3/4")
COMMANDS = (
    c.PositionPatient(),
    c.TimeOut(),
    c.PrepareSkin(),
    PLACE,
    c.Advance(distance_mm=20.0),
    c.PressPedal(),
    c.Redirect(angle_change_deg=4.0),
    c.Advance(distance_mm=9.0),
    c.PressPedal(),
    c.Advance(distance_mm=8.0),
    c.RemoveStylet(),
    c.DrawBlood(),
    c.InjectBlood(volume_ml=4.0),
    c.Withdraw(distance_mm=130.0),
    c.Finish(),
)

EXPERT = """
from simulator.interface import commands as c


class Careful:
    name = "careful"

    def __init__(self):
        self.left = [
            c.PositionPatient(), c.TimeOut(), c.PrepareSkin(),
            c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level="L3/4"), c.Advance(distance_mm=30.0),
            c.PressPedal(), c.Advance(distance_mm=5.5), c.RemoveStylet(), c.DrawBlood(), c.InjectBlood(volume_ml=8.0),
            c.Withdraw(distance_mm=130.0),
        ]

    def __call__(self, view):
        return self.left.pop(0) if self.left else c.Finish()
"""


@pytest.fixture(scope="module")
def world():
    return replace(
        tube_world(tube_phantom()), settings=replace(tube_world(tube_phantom()).settings, hands=HANDS["default"])
    )


@pytest.fixture(scope="module")
def session(world):
    return session_of(world, COMMANDS)


@pytest.mark.parametrize("number", [1, 6, 8, 13, len(COMMANDS)])
def test_a_fork_without_a_change_gives_the_rest_bit_for_bit(session, number):
    other = fork_unchanged(session, number)
    assert [canonical(event) for event in other.events] == [canonical(event) for event in session.events]
    assert other.state.digest == session.state.digest
    assert other.view().console == session.view().console


def test_an_expert_takes_over_with_what_is_prepared(session, tmp_path):
    (tmp_path / "careful.py").write_text(EXPERT)
    fork = fork_to_expert(session, 9, expert=f"{tmp_path}/careful.py:Careful")
    given = [step.command for step in fork.session.steps]
    assert given[:8] == list(COMMANDS[:8])
    assert isinstance(given[8], c.Withdraw)
    assert sum(isinstance(command, c.PositionPatient | c.TimeOut | c.PrepareSkin) for command in given) == 3
    assert given[9] == PLACE
    assert fork.session.state.finished
    assert (fork.number, fork.instead_of) == (9, "Press pedal")
    assert len(session.steps) == len(COMMANDS), "the recorded session stays as it was"


def test_other_chance_of_the_hands_moves_the_needle_and_nothing_else(session, world):
    stem = session.after(4)
    ends = []
    for seed in (5, 5, 6):
        branch = stem.branch(world.with_other_hands(seed))
        branch.do(c.Advance(distance_mm=20.0))
        ends.append(branch.state)
    assert ends[0].digest == ends[1].digest
    assert ends[0].needle.pose.tip_mm != ends[2].needle.pose.tip_mm
    other = world.with_other_hands(5)
    assert (other.thresholds, other.csf_pressure_cmh2o) == (world.thresholds, world.csf_pressure_cmh2o)


def test_a_press_after_which_nothing_was_changed_is_worth_nothing(session):
    first, second = worth_of_presses(session, forks=3)
    assert (first.changed, first.forks, second.changed, second.forks) == ("1 turn", 3, "", 0)
    assert first.margin_mm is not None
    assert second.margin_mm is None
    assert second.worthless
    assert first.effective_dose_msv > 0
    assert worth_of_presses(session, forks=3)[0] == first


def test_the_costliest_decision_is_a_command_of_the_record(session):
    card = score_procedure(session.world, session.events, Rubric(), scenario="tubes", operator="t")
    decisions = costly_decisions(session, card, read_marks(session.world, session.events))
    assert decisions
    assert [d.points for d in decisions] == sorted((d.points for d in decisions), reverse=True)
    for decision in decisions:
        assert 1 <= decision.number <= len(session.steps)
        assert decision.question.endswith(("?", "."))
    assert decisions[0].command.startswith(("Inject blood", "Advance"))


@pytest.mark.parametrize("number", [0, -3, 10_000])
def test_a_fork_at_no_command_is_one_message(number):
    record = read_golden("script-thin-needle")
    with pytest.raises(UserInputError, match=f"--what-if {number}: there is no such command: there are"):
        must_fork(record, number, "--what-if")


def test_a_record_of_an_older_format_is_not_forked():
    record = replace(read_golden("script-thin-needle"), format=3)
    with pytest.raises(UserInputError, match="it is of format 3"):
        must_fork(record, 1, "--what-if")
