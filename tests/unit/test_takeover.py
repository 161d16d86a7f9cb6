"""Takeover: who goes on where a patch was given takes care of what comes after it, and gives no second one."""

from __future__ import annotations

import pytest

from simulator.engine.session import drive
from simulator.interface import commands as c
from simulator.operators.registry import operator_named
from simulator.operators.takeover import PATCH_GIVEN_ML, TakeOver
from simulator.vocabulary.patient_facts import Question
from tests.unit.report_patient import session_of, tube_phantom, tube_world

BEFORE_BLOOD = (
    c.PositionPatient(),
    c.TimeOut(),
    c.PrepareSkin(),
    c.PlaceNeedle(entry_from_midline_mm=1.0, side="right", level="L3/4"),
    c.Advance(distance_mm=35.5),
    c.RemoveStylet(),
    c.LayArmLine(),
    c.DrawBlood(),
)
CONTROL = c.AcquireControlScan(length_mm=60.0, mas=30.0)
LEGS = c.AskPatient(about=Question.LEGS_AND_BLADDER)
ORDERS = c.OrderAftercare(flat_hours=2.0)


def taken_over(*after_blood, blood_ml=PATCH_GIVEN_ML):
    world = tube_world(tube_phantom())
    done = (*BEFORE_BLOOD, c.InjectBlood(volume_ml=blood_ml, until_cue=False), *after_blood)
    session = session_of(world, done)
    assert session.view().injection.injected_blood_ml == pytest.approx(blood_ml)
    drive(session, TakeOver(operator_named("autopilot"), done))
    assert session.state.finished
    return [step.command for step in session.steps[len(done) :]]


def test_after_a_patch_the_needle_comes_out_and_the_care_is_ordered():
    given = taken_over()
    assert [type(one) for one in given] == [
        c.Withdraw, c.AcquireControlScan, c.LookAt, c.AskPatient, c.OrderAftercare, c.Finish,
    ]  # fmt: skip


def test_what_was_done_since_the_blood_is_not_done_again():
    assert [type(one) for one in taken_over(c.Withdraw(distance_mm=130.0), CONTROL, LEGS, ORDERS)] == [
        c.LookAt,
        c.Finish,
    ]


def test_another_question_is_not_the_one_that_follows_a_patch():
    other = c.AskPatient(about=next(one for one in Question if one is not Question.LEGS_AND_BLADDER))
    assert LEGS in taken_over(c.Withdraw(distance_mm=130.0), CONTROL, other, ORDERS)


def test_after_less_than_a_patch_the_operator_begins_anew():
    given = taken_over(blood_ml=PATCH_GIVEN_ML - 1.0)
    assert not all(isinstance(one, c.Withdraw | c.AcquireControlScan | c.LookAt | c.Finish) for one in given[:3])
