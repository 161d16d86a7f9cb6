"""The second environment: small images or none, flat actions, masks, rewards, states that travel, spawned vectors."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from simulator.interface import commands as c
from simulator.records.runs import score_session
from simulator.strategies.actions import ACTIONS
from simulator.strategies.learning.action_table import TABLE, decode
from simulator.strategies.learning.environment import FlatBoxActions, FlatDiscreteActions, LearningEnvironment
from simulator.strategies.learning.observation import shrink_image
from simulator.strategies.learning.options import Pixels, Reward
from simulator.strategies.learning.state import EnvironmentState
from simulator.strategies.learning.vector import make_vector
from tests.conftest import PROJECT

PLACE = c.PlaceNeedle(entry_from_midline_mm=20.0, level="L3/4", angle_deg=20.0)


@pytest.fixture(scope="module")
def plain() -> LearningEnvironment:
    return LearningEnvironment("patient-2")


@pytest.fixture(scope="module")
def seeing() -> LearningEnvironment:
    return LearningEnvironment("patient-2", image=64)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[key], other[key]) for key in one)


def test_it_keeps_gymnasiums_contract_with_and_without_flat_actions(plain: LearningEnvironment) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*not within the observation space.*", category=ImportWarning)
        check_env(plain, skip_render_check=True)
    for wrapper in (FlatDiscreteActions, FlatBoxActions):
        flat = wrapper(plain)
        flat.reset(seed=1)
        for _ in range(20):
            observation, *_ = flat.step(flat.action_space.sample())
            assert plain.observation_space.contains(observation)


def test_actions_keep_their_numbers_and_hold_what_lacked(plain: LearningEnvironment) -> None:
    plain.reset(seed=1)
    assert TABLE[: len(ACTIONS)] == ACTIONS
    kinds = set()
    for kind, action in enumerate(TABLE):
        for share in (-1.0, 0.0, 1.0):
            command = decode(kind, [share] * 4, plain.view)
            assert action.name.startswith(type(command).__name__)
            kinds.add(type(command))
    assert {c.PlanPath, c.ChooseNeedle, c.StandAt, c.HoldNeedle} <= kinds
    voltages = {command.tube_voltage_kv for kind in range(len(TABLE))
                if isinstance(command := decode(kind, [0.0] * 4, plain.view), c.ChooseTechnique)}  # fmt: skip
    assert voltages == {80, 100, 120, 140}


@pytest.mark.parametrize("pixels", list(Pixels))
@pytest.mark.parametrize("side", [64, 512])
def test_image_is_a_mean_of_blocks(pixels: Pixels, side: int) -> None:
    hu = np.random.default_rng(1).normal(50.0, 200.0, (3, 512, 512)).astype(np.float32)
    made = shrink_image(hu, side, pixels)
    assert made.shape == (3, side, side)
    block = 512 // side
    mean = hu[1, :block, :block].mean()
    if pixels is Pixels.HU:
        assert (made.dtype, made[1, 0, 0]) == (np.int16, np.rint(np.clip(mean, -1024, 3071)))
    else:
        assert made.dtype == np.uint8
        assert made[1, 0, 0] == np.rint(255 * np.clip((mean + 160.0) / 600.0, 0.0, 1.0))


def test_a_fast_image_shows_what_the_full_one_shows(seeing: LearningEnvironment) -> None:
    fast = LearningEnvironment("patient-2", image=64, views=290)
    shown = []
    for environment in (seeing, fast):
        environment.reset(seed=1)
        for command in (PLACE, c.Advance(distance_mm=20.0), c.PressPedal()):
            observation, *_ = environment.perform(command)
        assert environment.observation_space.contains(observation)
        shown.append(observation)
    full, few = (one.pop("image").astype(float) for one in shown)
    assert same(*shown)
    assert not np.array_equal(full, few)
    assert np.abs(full - few).mean() < 4.0  # of 255 grey values


def test_an_unchanged_image_is_not_made_again(seeing: LearningEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    observation, _ = seeing.reset(seed=1)
    assert seeing.observation_space.contains(observation)
    for command in (PLACE, c.PressPedal()):
        observation, *_ = seeing.perform(command)
    assert seeing.observation_space.contains(observation)
    assert np.ptp(observation["image"]) > 100
    monkeypatch.setattr(type(seeing._running()[1]), "prepare_image", lambda *_: pytest.fail("it did not change"))
    again, *_ = seeing.perform(c.Wait(duration_s=1.0))
    assert np.array_equal(again["image"], observation["image"])
    again["image"][:] = 0  # what an agent does with its observation is its own affair
    assert seeing.perform(c.Wait(duration_s=1.0))[0]["image"].any()


def test_observation_tells_of_plunger_hold_and_place(plain: LearningEnvironment) -> None:
    plain.reset(seed=1)
    before, *_ = plain.perform(c.StandAt(place="table"))
    after, *_ = plain.perform(c.StandAt(place="control room"))
    assert before["stands_at"] != after["stands_at"]
    assert {"plunger", "jerked", "arm_line_fails", "held_by"} <= after.keys()


def test_mask_follows_what_is_seen(plain: LearningEnvironment) -> None:
    _, info = plain.reset(seed=1)
    names = [action.name for action in TABLE]
    mask = dict(zip(names, info["action_mask"], strict=True))
    assert not mask["Advance"]
    assert not mask["InjectBlood"]
    assert mask["PlaceNeedle"]
    for command in (PLACE, c.Advance(distance_mm=9.0)):
        info = plain.perform(command)[4]
    mask = dict(zip(names, info["action_mask"], strict=True))
    assert mask["Advance"]
    assert mask["RemoveStylet"]
    assert not mask["TestResistance"]
    info = plain.perform(c.Finish())[4]
    assert not info["action_mask"].any()


@pytest.mark.parametrize("reward", list(Reward))
def test_what_is_paid_on_the_way_is_taken_back_at_the_end(reward: Reward) -> None:
    environment = LearningEnvironment("patient-2", reward=reward)
    environment.reset(seed=1)
    paid = []
    worth = environment._worth
    for command in (c.PositionPatient(), c.TimeOut(), PLACE, c.Advance(distance_mm=30.0), c.Finish()):
        paid.append(environment.perform(command)[1])
    score = score_session(*environment._running(), "agent").score / 100.0
    assert sum(paid) == pytest.approx(score - worth)
    assert (paid[0] > 0.0) == (reward is not Reward.SCORE)
    assert (paid[3] > 0.2) == (reward is Reward.SHAPED_WITH_TRUTH)


def test_an_episode_that_is_cut_off_is_paid_as_it_stands() -> None:
    for options in ({"most_commands": 3}, {"most_minutes": 1.0}):
        environment = LearningEnvironment("patient-2", **options)  # type: ignore[arg-type]
        environment.reset(seed=1)
        cut, rewards = False, []
        while not cut:
            _, reward, ended, cut, _ = environment.perform(c.Wait(duration_s=25.0))
            rewards.append(reward)
            assert not ended
        case, session = environment._running()
        assert session.state.finished
        assert len(rewards) == 3
        assert rewards[-1] == score_session(case, session, "agent").score / 100.0


def test_states_are_kept_copied_and_sent(plain: LearningEnvironment) -> None:
    plain.reset(seed=3)
    plain.perform(PLACE)
    state = plain.get_state()
    assert isinstance(state.to_json(), str)
    onwards = [c.Advance(distance_mm=12.0), c.RotateBevel(angle_deg=90.0), c.Advance(distance_mm=8.0)]
    first = [plain.perform(command)[0] for command in onwards]
    drawn = plain.np_random.integers(2**31)
    other = LearningEnvironment("patient-2")
    for environment, one in (
        (plain, state),
        (plain, copy.deepcopy(state)),
        (other, pickle.loads(pickle.dumps(state))),
        (other, EnvironmentState.from_json(state.to_json())),
    ):
        environment.set_state(one)
        assert all(same(a, environment.perform(b)[0]) for a, b in zip(first, onwards, strict=True))
        assert environment.np_random.integers(2**31) == drawn


@pytest.mark.parametrize(
    "options",
    [
        {"image": 100},
        {"image": "big"},
        {"image": 128, "views": 290},
        {"image": 64, "views": 580},
        {"pixels": "RGB"},
        {"reward": "all"},
        {"most_commands": 0},
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        LearningEnvironment("patient-2", **options)


def test_gymnasium_makes_it_without_an_import_of_ours() -> None:
    """Gymnasium 1 has no entry points any more: it imports the module that stands before the name."""
    code = (
        "import gymnasium; print(type(gymnasium.make('simulator.strategies:CTFluoroEpidural-v1').unwrapped).__name__)"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "LearningEnvironment"


@pytest.fixture
def vector() -> Iterator[gymnasium.vector.AsyncVectorEnv]:
    made = make_vector(2, scenario="patient-2", image=64)
    yield made
    made.close()


def test_vectors_work_after_the_parent_has_rendered(
    seeing: LearningEnvironment, vector: gymnasium.vector.AsyncVectorEnv
) -> None:
    seeing.reset(seed=1)
    seeing.perform(c.PressPedal())  # under fork the children would wait for ever now
    observation, _ = vector.reset(seed=4)
    press = [action.name for action in TABLE].index("PressPedal")
    seen, *_ = vector.step(np.array([[press, 10, 10, 10, 10]] * 2))
    assert observation["image"].shape == (2, 3, 64, 64)
    assert np.ptp(seen["image"]) > 100
    assert not np.array_equal(seen["image"][0], seen["image"][1])  # another seed each
