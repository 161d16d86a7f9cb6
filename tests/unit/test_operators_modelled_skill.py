"""Consultant and novice: errors on top of what is meant, the same for the same patient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.interface import commands as c
from simulator.operators.modelled_skill import CONSULTANT, MEAN_TO_SD, NOVICE, Skill, _made_of

EXACT = Skill(
    angle_error_deg=0.0, entry_error_mm=0.0, turn_error=0.0, push_error=0.0, second_look=0.0, needless_turn=0.0
)


def made(command: Any, skill: Skill, seed: int = 1) -> list[Any]:
    return list(_made_of(command, skill, np.random.default_rng(seed)))


@pytest.mark.parametrize(
    "command",
    [
        c.PlaceNeedle(entry_x_mm=12.0, angle_deg=14.0, craniocaudal_deg=-5.0),
        c.Redirect(angle_change_deg=3.0, craniocaudal_change_deg=-2.0),
        c.Advance(distance_mm=5.0),
        c.PressPedal(),
        c.InjectBlood(volume_ml=2.0),
    ],
)
def test_a_hand_without_errors_does_what_is_meant(command: Any) -> None:
    assert made(command, EXACT) == [command]


@pytest.mark.parametrize("skill", [CONSULTANT, NOVICE])
def test_the_mean_error_of_an_angle_is_the_published_one(skill: Skill) -> None:
    angles = [made(c.PlaceNeedle(entry_x_mm=0.0, angle_deg=10.0), skill, k)[0].angle_deg - 10.0 for k in range(4000)]
    assert np.abs(angles).mean() == pytest.approx(skill.angle_error_deg, rel=0.05)
    assert np.std(angles) == pytest.approx(skill.angle_error_deg * MEAN_TO_SD, rel=0.05)


def test_a_beginner_presses_more_and_turns_more() -> None:
    pressed = sum(len(made(c.PressPedal(), NOVICE, k)) for k in range(1000)) / 1000
    assert pressed == pytest.approx(1.0 + NOVICE.second_look, abs=0.05)
    turned = [made(c.Advance(distance_mm=8.0), NOVICE, k) for k in range(1000)]
    assert sum(len(one) == 2 for one in turned) / 1000 == pytest.approx(NOVICE.needless_turn, abs=0.04)
    assert all(isinstance(one[-1], c.Advance) for one in turned)
    assert len(made(c.PressPedal(), CONSULTANT)) == 1


def test_errors_stay_within_what_a_command_takes() -> None:
    for k in range(300):
        (one,) = made(c.PlaceNeedle(entry_x_mm=0.0, angle_deg=59.0, craniocaudal_deg=-59.0), NOVICE, k)
        assert abs(one.angle_deg) <= 60.0
        assert abs(one.craniocaudal_deg) <= 60.0
        assert made(c.Advance(distance_mm=0.1), NOVICE, k)[-1].distance_mm >= 0.1
