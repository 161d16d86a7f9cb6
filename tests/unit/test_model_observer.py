"""Model observer: against the closed form in white noise; what is seen worse with less dose and more internal noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.strategies.model_observer import (
    ChannelisedHotelling,
    detectability,
    laguerre_gauss,
    localisation,
)

SIDE, SD = 32, 20.0


def spot(height: float, side: int = SIDE) -> np.ndarray:  # type: ignore[type-arg]
    y, x = np.mgrid[:side, :SIDE] - np.array([(side - 1) / 2, (SIDE - 1) / 2])[:, None, None]
    return np.asarray(height * np.exp(-math.pi * (x**2 + y**2) / 12.0**2))


def noise(count: int, seed: int, side: int = SIDE) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(seed).normal(0.0, SD, (count, side, SIDE))


def test_channels_are_of_length_one_and_independent_of_each_other() -> None:
    made = laguerre_gauss(96, 16.0)
    assert made.T @ made == pytest.approx(np.eye(made.shape[1]), abs=0.01)


@pytest.mark.parametrize("internal_noise", [0.0, 1.0])
def test_index_in_white_noise_is_the_closed_form(internal_noise: float) -> None:
    """A spot of the first channel's shape: the matched filter, less what internal noise takes."""
    signal = spot(6.0)
    expected = float(np.linalg.norm(signal)) / SD / math.sqrt(1.0 + internal_noise)
    channels = laguerre_gauss(SIDE, 12.0, 4)
    present, absent = noise(3000, 1) + signal, noise(3000, 2)
    found = detectability(present, absent, channels, internal_noise=internal_noise)
    assert found.d_prime == pytest.approx(expected, rel=0.06)
    assert found.interval[0] < expected < found.interval[1]


def test_nothing_is_not_seen_and_much_is_always_seen() -> None:
    channels = laguerre_gauss(SIDE, 12.0)
    none = detectability(noise(400, 1), noise(400, 2), channels)
    assert none.interval[0] < 0.0 < none.interval[1]
    assert detectability(noise(40, 1) + spot(500.0), noise(40, 2), channels).auc > 0.999


def test_what_is_bright_is_found_where_it_is() -> None:
    channels = laguerre_gauss(SIDE, 12.0)
    reach = 8
    errors = []
    for height in (60.0, 6.0):
        observer = ChannelisedHotelling(noise(400, 1) + spot(height), noise(400, 2), channels)
        wide = noise(200, 3, SIDE + 2 * reach) + spot(height, SIDE + 2 * reach)
        errors.append(localisation(observer, wide, SIDE, 0.5, reach=reach).error_mm)
    assert errors[0] < 1.0
    assert errors[1] > 3.0 * errors[0]
