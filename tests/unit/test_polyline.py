"""Polylines: the fewest points that carry a line's shape."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from simulator.spatial.frames import PatientPoint
from simulator.spatial.polyline import polyline_length_mm, simplified_indices


def _distance(point: np.ndarray, start: np.ndarray, stop: np.ndarray) -> float:
    """Of a point from a segment, by trying it at many places."""
    along = np.linspace(0.0, 1.0, 2001)[:, None]
    return float(np.linalg.norm(start + along * (stop - start) - point, axis=1).min())


@pytest.mark.parametrize("radius_mm", [60.0, 300.0, 1200.0])
def test_every_dropped_point_lies_within_the_tolerance_and_ends_stay(radius_mm: float) -> None:
    angle = np.arange(0.0, 80.0, 0.5) / radius_mm
    points = radius_mm * np.column_stack([1.0 - np.cos(angle), np.sin(angle), 0.1 * angle])
    kept = simplified_indices(points, 0.05)
    assert kept[0] == 0
    assert kept[-1] == len(points) - 1
    assert kept == sorted(set(kept))
    for first, last in itertools.pairwise(kept):
        assert all(_distance(points[k], points[first], points[last]) < 0.051 for k in range(first, last))
    # A chord of an arc leaves it by length^2 / (8 radius): so many pieces and not many more
    least = 80.0 / math.sqrt(8.0 * radius_mm * 0.05)
    assert least - 1.0 <= len(kept) - 1 <= 2.0 * least + 1.0


def test_a_straight_line_keeps_its_ends_and_a_corner_is_kept() -> None:
    straight = np.outer(np.linspace(0.0, 1.0, 11), [10.0, 20.0, 5.0])
    assert simplified_indices(straight, 0.01) == [0, 10]
    corner = np.concatenate([straight, straight[-1] + np.outer(np.linspace(0.1, 1.0, 5), [0.0, -8.0, 0.0])])
    assert simplified_indices(corner, 0.01) == [0, 10, 15]


def test_a_line_that_comes_back_is_measured_to_the_ends_of_its_chord() -> None:
    out_and_back = np.array([[0.0, 0.0], [5.0, 0.0], [0.5, 0.0]])
    assert simplified_indices(out_and_back, 0.1) == [0, 1, 2]  # 5 lies on the endless line, and 4.5 beyond its end


def test_length_is_the_sum_of_the_pieces() -> None:
    line = (PatientPoint(0.0, 0.0, 0.0), PatientPoint(3.0, 4.0, 0.0), PatientPoint(3.0, 4.0, 12.0))
    assert polyline_length_mm(line) == pytest.approx(17.0)
    assert polyline_length_mm(line[:1]) == 0.0
