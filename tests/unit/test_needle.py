"""The needle: shape, forces and the dura under it."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from phantoms.phantom import Label
from simulator.needle.dural_puncture import Dura, meet_dura, tenting_limit_mm
from simulator.needle.insertion import push, skin_point_mm
from simulator.needle.insertion_force import force_trace_n, layer_forces
from simulator.needle.needle_catalogue import NEEDLES, QUINCKE_20G
from simulator.needle.needle_pose import (
    NeedlePose,
    angles_from_direction,
    bevel_normal,
    direction_from_angles,
    opening_mm,
)
from simulator.needle.needle_shape import needle_shape
from simulator.scenario.build import Case
from simulator.vocabulary.procedure import PushStop, Touch
from tests.oracles.needle_push import push_step_by_step


def pose(track: list[tuple[float, float, float]], bevel_rad: float = 0.0) -> NeedlePose:
    along = np.subtract(track[-1], track[-2])
    along = along / np.linalg.norm(along)
    return NeedlePose(track_mm=tuple(track), direction=tuple(along), bevel_rad=bevel_rad, stylet_in=True, tip_side=1)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("angle", "craniocaudal"), [(0.0, 0.0), (0.3, 0.1), (-0.2, 0.5), (0.9, -0.4)])
def test_angles_and_direction_are_inverse(angle: float, craniocaudal: float, side: int) -> None:
    direction = direction_from_angles(angle, craniocaudal, side)
    assert math.hypot(*direction) == pytest.approx(1.0)
    assert angles_from_direction(direction, side) == pytest.approx((angle, craniocaudal))


def test_positive_angle_leads_right_sided_entry_to_the_left() -> None:
    x, y, z = direction_from_angles(0.3, 0.2, 1)
    assert x > 0, "to the patient's left"
    assert y < 0, "to the front"
    assert z > 0, "to the head"


def test_shape_keeps_the_needle_length_and_follows_a_bend() -> None:
    bend = [(0.0, 60.0 - y, 0.002 * y * y) for y in range(0, 51, 2)]
    shape = needle_shape(QUINCKE_20G, pose(bend))
    points = np.array(shape.points_mm)
    assert np.linalg.norm(np.diff(points, axis=0), axis=1).sum() == pytest.approx(88.0, abs=0.3)
    assert points[0] == pytest.approx(bend[-1])
    middle = np.array(bend[12])
    segments = itertools.pairwise(points)
    assert min(_distance(middle, a, b) for a, b in segments) < 0.06
    assert len(points) < 12, "straight parts need no points"


def _distance(p: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    t = np.clip(np.dot(p - a, b - a) / np.dot(b - a, b - a), 0.0, 1.0)
    return float(np.linalg.norm(p - a - t * (b - a)))


def test_bevel_faces_the_head_and_turns_about_the_shaft() -> None:
    straight = [(0.0, 10.0, 0.0), (0.0, 0.0, 0.0)]
    assert bevel_normal(pose(straight)) == pytest.approx([0.0, 0.0, 1.0])
    turned = bevel_normal(pose(straight, math.pi / 2))
    assert abs(turned[0]) == pytest.approx(1.0)
    assert bevel_normal(pose(straight, math.pi)) == pytest.approx([0.0, 0.0, -1.0])


def test_opening_lies_just_behind_the_tip() -> None:
    x, y, z = opening_mm(QUINCKE_20G, pose([(0.0, 10.0, 0.0), (0.0, 0.0, 0.0)]))
    assert (x, z) == (0.0, 0.0)
    assert 0.6 < y < 0.95


def test_flavum_peaks_at_the_table_and_then_gives() -> None:
    labels = np.array([Label.MUSCLE] * 20 + [Label.LIGAMENTUM_FLAVUM] * 8 + [Label.EPIDURAL_FAT] * 4, np.uint8)
    trace = force_trace_n(labels, 0.5)
    friction = 20 * 0.5 * 0.025 + 7 * 0.5 * 0.06
    assert trace.max() == pytest.approx(layer_forces()["ligamentum_flavum"].peak_n + friction, abs=0.15)
    assert trace[20:28].argmax() + 20 < 28
    assert trace.max() - trace[-1] > 2.5
    assert force_trace_n(labels, 0.5, dict.fromkeys(layer_forces(), 1.5)) == pytest.approx(1.5 * trace)


@pytest.mark.parametrize(
    ("label", "behind", "thick_mm", "name"),
    [
        (Label.SKIN, Label.SUBCUTANEOUS_FAT, 2.0, "skin"),
        (Label.LIGAMENTUM_FLAVUM, Label.EPIDURAL_FAT, 2.2, "ligamentum_flavum"),
        (Label.LIGAMENTUM_FLAVUM, Label.EPIDURAL_FAT, 3.5, "ligamentum_flavum"),
    ],
)
def test_a_layer_thinner_than_it_bulges_gives_at_its_peak_all_the_same(
    label: Label, behind: Label, thick_mm: float, name: str
) -> None:
    step_mm = 0.1
    labels = np.array([label] * round(thick_mm / step_mm) + [behind] * 60, np.uint8)
    trace, layer = force_trace_n(labels, step_mm), layer_forces()[name]
    gives_mm = step_mm * (trace.argmax() + 1)
    assert trace.max() == pytest.approx(layer.peak_n, abs=0.2)
    assert gives_mm == pytest.approx(layer.peak_n / layer.stiffness_n_per_mm, abs=0.11)
    assert trace[trace.argmax() + 2] < 0.4 * layer.peak_n


def test_force_at_a_depth_asks_not_in_which_steps_the_needle_came() -> None:
    labels = np.array([Label.SKIN] * 20 + [Label.MUSCLE] * 200 + [Label.LIGAMENTUM_FLAVUM] * 40, np.uint8)
    fine = force_trace_n(labels, 0.1)
    kept = np.arange(len(labels)) % 5 != 3
    kept[::7] = True
    ways = np.diff(0.1 * np.arange(1, len(labels) + 1)[kept], prepend=0.0)
    assert len(set(np.round(ways, 3))) > 1
    assert force_trace_n(labels[kept], ways) == pytest.approx(fine[kept], abs=0.02)


def test_friction_grows_with_depth_in_one_layer() -> None:
    trace = force_trace_n(np.full(60, Label.MUSCLE, np.uint8), 0.5)
    late = trace[20:]
    assert np.all(np.diff(late) > 0)
    assert np.diff(late) == pytest.approx(0.025 * 0.5)


def test_dura_is_touched_then_pierced_then_left() -> None:
    dura, met = meet_dura(Dura(), 0.1, 50.0, 2.5)
    assert (dura, met) == (Dura(), ())
    dura, met = meet_dura(dura, -0.1, 50.2, 2.5)
    assert met == ("dura",)
    assert dura.touched_at_mm == pytest.approx(50.1)
    dura, met = meet_dura(dura, -2.4, 52.5, 2.5)
    assert met == ()
    assert not dura.pierced
    dura, met = meet_dura(dura, -2.6, 52.7, 2.5)
    assert met == ("dural puncture",)
    dura, met = meet_dura(dura, -1.0, 51.2, 2.5)
    assert dura.pierced
    assert met == ()
    assert meet_dura(dura, 0.2, 49.9, 2.5)[0] == Dura()


def test_dura_gives_by_the_way_of_the_tip_and_not_by_its_depth() -> None:
    dura, _ = meet_dura(Dura(), -0.1, 50.0, 4.0)
    dura, met = meet_dura(dura, -0.5, 54.5, 4.0)  # along the sac's side: hardly deeper, but carried far
    assert met == ("dural puncture",)


def test_tenting_follows_the_logistic_of_the_reference() -> None:
    drawn = np.array([tenting_limit_mm(np.random.default_rng(seed), slack=False) for seed in range(4000)])
    assert drawn.min() >= 1.0
    assert drawn.max() <= 4.0
    for overshoot in (2.0, 2.5, 3.0):
        expected = 1.0 / (1.0 + math.exp(-(overshoot - 2.5) / 0.5))
        assert (drawn < overshoot).mean() == pytest.approx(expected, abs=0.03)
    slack = tenting_limit_mm(np.random.default_rng(0), slack=True)
    assert slack == pytest.approx(tenting_limit_mm(np.random.default_rng(0), slack=False) + 1.0)


def test_a_push_that_is_asked_for_at_once_is_the_push_step_by_step(patient_2: Case) -> None:
    """To the last bit: places, directions, contacts, what stopped it."""
    world = patient_2.world
    anatomy, rng = world.phantom.anatomy, np.random.default_rng(1)
    window = world.phantom.landmarks.interlaminar_windows["L3/4"]
    met, stops = set(), set()
    for number in range(40):
        spec = list(NEEDLES.values())[number % len(NEEDLES)]
        across_mm, lean = rng.uniform(-4.0, 4.0), rng.uniform(-0.1, 0.1)
        entry = skin_point_mm(anatomy, window.x_mm + across_mm, window.z_mm + rng.uniform(-6.0, 6.0), world.y_range_mm)
        standing = NeedlePose(
            track_mm=(entry,),
            direction=direction_from_angles(lean, rng.uniform(-0.1, 0.1), 1),
            bevel_rad=rng.uniform(0.0, 6.0),
            stylet_in=bool(number % 2),
            tip_side=1,
        )
        dura, twin, other = Dura(), standing, Dura()
        for _ in range(4):
            way_mm, limit_mm = round(rng.uniform(0.2, 40.0), 4), rng.uniform(1.0, 4.0)
            made = push(anatomy, spec, standing, dura, way_mm, limit_mm)
            assert made == push_step_by_step(anatomy, spec, twin, other, way_mm, limit_mm)
            standing, dura = twin, other = made.pose, made.dura
            met.update(touch for _, touch in made.touches)
            stops.add(made.stopped_by)
    assert stops == {None, PushStop.BONE, PushStop.HUB}
    assert {Touch.BONE, Touch.DURA, Touch.DURAL_PUNCTURE} <= met
