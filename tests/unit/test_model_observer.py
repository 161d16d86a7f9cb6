"""Model observer: against the closed form in white noise; what is seen worse with less dose and more internal noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.ct.scanner import Scanner
from simulator.scenario.build import Case
from simulator.strategies.model_observer import (
    ChannelisedHotelling,
    detectability,
    laguerre_gauss,
    localisation,
)
from simulator.strategies.observer_tasks import Task, _scenes, dura_behind, observe
from simulator.vocabulary.levels import Interspace

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


def test_what_is_looked_for_lies_where_it_is_said_to(patient_2: Case) -> None:
    phantom = patient_2.world.phantom
    edge = dura_behind(phantom, Interspace.L3_4)
    at = np.array([edge, (edge.x_mm, edge.y_mm + 0.2, edge.z_mm)])
    assert phantom.anatomy.dura_mm(at)[0] <= 0.0 < phantom.anatomy.dura_mm(at)[1]
    with_it, without = _scenes(phantom, edge, Task.CONTRAST)
    change, volume_mm3 = with_it["change"], math.prod(phantom.canal.grid.spacing_mm)
    held = np.argwhere(change.delta[2] > 0.0)
    assert len(held) * volume_mm3 == pytest.approx(300.0, abs=volume_mm3)
    origin, spacing = np.array(change.grid.origin_mm), np.array(change.grid.spacing_mm)
    points = origin + held[:, ::-1] * spacing
    assert phantom.anatomy.dura_mm(points).min() > 0.0
    assert without == {}
    layer, _ = _scenes(phantom, edge, Task.DURA)
    away = phantom.anatomy.dura_mm(origin + np.argwhere(layer["change"].delta[2] > 0.0)[:, ::-1] * spacing)
    assert 0.0 <= away.min() <= away.max() < 1.0
    here, short = (_scenes(phantom, edge, Task.TIP)[k]["needles"][0].points_mm for k in (0, 1))
    assert phantom.anatomy.dura_mm(here[-1:])[0] == pytest.approx(1.5, abs=0.3)
    assert np.linalg.norm(here[-1] - short[-1]) == pytest.approx(2.0)


@pytest.mark.slow
def test_more_dose_shows_more(patient_2: Case) -> None:
    phantom = patient_2.world.phantom
    scanner = Scanner(phantom)
    for task in Task:
        low, high = (
            observe(phantom, scanner, Interspace.L3_4, task, tube_voltage_kv=120, mas=mas, pairs=60)
            for mas in (2.5, 100.0)
        )
        assert low.detectability.interval[1] < high.detectability.interval[0], task
        assert high.localisation.error_mm <= low.localisation.error_mm, task
