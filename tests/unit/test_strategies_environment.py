"""The environment: Gymnasium's contract kept, the operators' protocol behind it, and nothing of the truth in it."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import simulator.strategies
from simulator.engine import events as e
from simulator.engine.session import Session, drive
from simulator.interface import commands as c
from simulator.operators import operator_named
from simulator.strategies.actions import ACTIONS, decode_action
from simulator.strategies.environment import EpiduralEnvironment
from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def environment() -> Iterator[gymnasium.Env[Any, Any]]:
    made = gymnasium.make(simulator.strategies.ENVIRONMENT_ID)
    yield made
    made.close()


def inner(environment: gymnasium.Env[Any, Any]) -> EpiduralEnvironment:
    made = environment.unwrapped
    assert isinstance(made, EpiduralEnvironment)
    return made


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return all(np.array_equal(first[key], second[key]) for key in first)


def test_registered_environment_is_clean(environment: gymnasium.Env[Any, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(environment.unwrapped)


def test_same_seed_same_episode_and_another_seed_another(environment: gymnasium.Env[Any, Any]) -> None:
    script = [
        c.PlaceSkinGrid(level="L3/4"),
        c.PlaceNeedle(entry_from_midline_mm=20.0, level="L3/4", angle_deg=20.0),
        c.Advance(distance_mm=25.0),
        c.PressPedal(),
    ]

    def episode(seed: int) -> list[dict[str, Any]]:
        environment.reset(seed=seed)
        return [inner(environment).perform(command)[0] for command in script]

    first, again, other = episode(5), episode(5), episode(6)
    assert all(same(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[-1]["image"], other[-1]["image"])
    assert not np.array_equal(first[2]["felt_n"], other[2]["felt_n"])


def test_episode_is_an_operators_procedure_and_its_reward_the_score(environment: gymnasium.Env[Any, Any]) -> None:
    environment.reset(seed=3)
    made = inner(environment)
    operator = operator_named("loss-of-resistance")
    rewards, ended = [], False
    while not ended:
        _, reward, ended, truncated, info = made.perform(operator(made.view))
        rewards.append(reward)
        assert not truncated
        assert set(info) == {"request", "words", "refused"}
    assert rewards[:-1] == [0.0] * (len(rewards) - 1)
    case, session = made._running()
    twin = Session(case.world)
    drive(twin, operator_named("loss-of-resistance"))
    assert twin.state.digest == session.state.digest
    from simulator.records.runs import score_session

    assert rewards[-1] == pytest.approx(score_session(case, twin, "x").score / 100.0)
    card = score_session(case, twin, "x")
    assert card.caps, "who never looks is never paid well"
    assert rewards[-1] <= 0.3


def test_observation_is_what_a_trainee_sees(environment: gymnasium.Env[Any, Any]) -> None:
    """Two patients who differ only in what cannot be seen yet give the same observation."""
    observation, _ = environment.reset(seed=1)
    other, _ = environment.reset(seed=2)
    hidden = {key for key in observation if not np.array_equal(observation[key], other[key])}
    assert hidden == {"table_mm"}  # where the patient lies on the table
    named = [key for key in observation if any(word in key for word in ("dura", "tip", "zone", "label", "score"))]
    assert named == []


def test_scan_is_scrolled_by_the_table(environment: gymnasium.Env[Any, Any]) -> None:
    environment.reset(seed=1)
    made = inner(environment)
    made.perform(c.MoveTable(level="L3/4"))
    scanned = made.perform(c.AcquirePlanningScan(levels=("L3", "L4"), mas=50.0))[0]
    assert abs(scanned["slice_table_mm"][1] - scanned["table_mm"][0]) <= 1.5
    moved = made.perform(c.MoveTable(by_mm=-9.0))[0]
    assert moved["slice_table_mm"][1] == pytest.approx(scanned["slice_table_mm"][1] - 9.0)
    assert np.array_equal(scanned["image"][2], made.perform(c.MoveTable(by_mm=6.0))[0]["image"][1])


def test_every_action_is_a_command_that_the_engine_takes_or_refuses(environment: gymnasium.Env[Any, Any]) -> None:
    environment.reset(seed=1)
    view = inner(environment).view
    for kind, action in enumerate(ACTIONS):
        for share in (-1.0, 0.0, 1.0, 7.0):
            command = decode_action(kind, [share] * 4, view)
            assert action.name.startswith(type(command).__name__)
    assert decode_action([a.name for a in ACTIONS].index("Advance"), [0.0], view) == c.Advance(distance_mm=20.05)


def test_strategies_import_without_gymnasium() -> None:
    code = "import sys; sys.modules['gymnasium'] = None; import simulator.strategies, simulator.strategies.study"
    result = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_an_observation_with_a_picture_in_it_is_no_look_and_the_action_is(environment: gymnasium.Env[Any, Any]) -> None:
    environment.reset(seed=5)
    made = inner(environment)

    def looked() -> list[e.ImageLookedAt]:
        session = made._session
        assert session is not None
        return [event for event in session.events if isinstance(event, e.ImageLookedAt)]

    for command in (c.PlaceNeedle(entry_from_midline_mm=20.0, level="L3/4", angle_deg=20.0), c.PressPedal()):
        made.perform(command)
    assert looked() == []
    look = next(k for k, action in enumerate(ACTIONS) if action.looks)
    assert ACTIONS[look].name.startswith("LookAt")
    made.step({"command": look, "numbers": environment.action_space.sample()["numbers"]})
    (seen,) = looked()
    (press,) = [x for x in made._session.events if isinstance(x, e.AcquisitionMade)]  # type: ignore[union-attr]
    assert seen.number == press.number
