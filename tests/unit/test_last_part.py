"""The last part of the way: drawn starts, what is read from an image, and what counts as a success."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from simulator.engine.events import NeedleMoved
from simulator.strategies.learning import last_part
from simulator.strategies.learning.drawn_starts import Spread
from simulator.strategies.learning.last_part import PUSHES_MM, TREAT, LastPartEnvironment
from simulator.strategies.learning.needle_reading import read_needle

PERSON = 7  # whom a golden session of `varied` treats, too
STARTS = 8


@pytest.fixture(scope="module")
def environment() -> LastPartEnvironment:
    return LastPartEnvironment([PERSON])


def last_move(environment: LastPartEnvironment) -> NeedleMoved:
    return [event for event in environment.session.events if isinstance(event, NeedleMoved)][-1]


def test_it_keeps_gymnasiums_contract(environment: LastPartEnvironment) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(environment, skip_render_check=True)


def test_one_seed_is_one_start_and_starts_vary_as_asked(environment: LastPartEnvironment) -> None:
    first, _ = environment.reset(seed=1)
    begun = environment.session.state.digest
    assert np.array_equal(environment.reset(seed=1)[0], first)
    assert environment.session.state.digest == begun
    plain = LastPartEnvironment(
        [PERSON], blank=True, spread=Spread(angle_deg=0.0, offset_mm=0.0, lean_deg=(10.0, 10.0))
    )
    ways = []
    for seed in range(STARTS):
        plain.reset(seed=seed)
        move = last_move(plain)
        world = plain.session.world
        target = world.phantom.landmarks.interlaminar_windows[world.settings.requested_level]
        ways.append(math.dist(move.tip_mm, target))
        assert abs(math.degrees(math.atan2(move.direction[0], -move.direction[1]))) == pytest.approx(10.0, abs=1.0)
    assert min(ways) >= 19.0
    assert max(ways) <= 41.0
    assert np.ptp(ways) > 5.0


def test_what_is_read_is_where_the_tip_truly_lies(environment: LastPartEnvironment) -> None:
    """The gap within 2.5 mm of the way to the dura along the needle (assumed; the space is 4 to 5 mm deep)."""
    off_mm = []
    for seed in range(STARTS):
        environment.reset(seed=seed)
        move, reading = last_move(environment), environment.reading
        along = np.arange(0.0, 60.0, 0.25)
        points = np.array(move.tip_mm) + along[:, None] * np.array(move.direction)
        inside = np.flatnonzero(environment.session.world.phantom.anatomy.dura_mm(points) < 0.0)
        if reading is not None and inside.size:
            off_mm.append(reading.gap_mm - along[inside[0]])
    assert len(off_mm) >= STARTS // 2
    assert np.mean(np.abs(off_mm) < 2.5) >= 0.75


def test_a_blanked_image_tells_nothing() -> None:
    blind = LastPartEnvironment([PERSON], blank=True)
    seen, _ = blind.reset(seed=1)
    assert not seen.any()
    assert not blind.step(1)[0].any()


def test_an_image_that_hides_the_sac_is_not_read(environment: LastPartEnvironment) -> None:
    environment.reset(seed=1)
    session = environment.session
    frame = session.image(session.presses()[-1])
    view = session.view()
    assert view.needle is not None
    assert read_needle(frame, view.needle, view.handling.lean_sign) is not None
    dim = replace(frame, hu=np.minimum(frame.hu, 60.0))
    assert read_needle(dim, view.needle, view.handling.lean_sign) is None


def test_who_pushes_as_far_as_is_read_succeeds_and_who_treats_at_once_does_not(
    environment: LastPartEnvironment,
) -> None:
    successes = []
    for seed in range(STARTS):
        environment.reset(seed=seed)
        over, info = False, {}
        while not over:
            gap_mm = 10.0 if environment.reading is None else environment.reading.gap_mm - last_part.BEST_DURA_MM
            fitting = [1 + place for place, push_mm in enumerate(PUSHES_MM) if push_mm <= gap_mm + 0.25]
            _, reward, ended, cut, info = environment.step(fitting[-1] if fitting else TREAT)
            over = ended or cut
        successes.append(info["success"])
        if info["success"]:
            assert reward > 0.5
            assert last_move(environment).compartment == "epidural"
    assert np.mean(successes) >= 0.5
    environment.reset(seed=1)
    *_, ended, _, info = environment.step(TREAT)
    assert ended
    assert not info["success"]


def test_a_punctured_dura_ends_it_without_success(environment: LastPartEnvironment) -> None:
    environment.reset(seed=1)
    rewards, over, info = [], False, {}
    while not over:
        _, reward, ended, cut, info = environment.step(len(PUSHES_MM))  # 16 mm at a time
        rewards.append(reward)
        over = ended or cut
    assert ended
    assert not info["success"]
    assert rewards[-1] < -0.5
