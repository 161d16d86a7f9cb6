"""Vertebrae follow each other down a spine that is straight, stooped or leaning, and in no other order."""

from __future__ import annotations

import numpy as np
import pytest

from phantoms.from_ct.vertebra_row import LABELS_APART_MM, follow_each_other


def places(kyphosis_deg: float, lateral_mm: float = 0.0, count: int = 11, pitch_mm: float = 20.0) -> np.ndarray:
    """Middles of vertebrae from the head down, as z, y, x, on an arc that leans forwards at its top."""
    lean = np.radians(np.linspace(kyphosis_deg, 0.0, count - 1))
    steps = np.column_stack([-np.cos(lean), np.sin(lean), np.full(count - 1, lateral_mm / pitch_mm)]) * pitch_mm
    return np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])


@pytest.mark.parametrize("kyphosis_deg", [0.0, 30.0, 50.0, 70.0, 80.0])
@pytest.mark.parametrize("lateral_mm", [0.0, 6.0])
def test_a_curved_spine_is_one(kyphosis_deg: float, lateral_mm: float) -> None:
    assert follow_each_other(places(kyphosis_deg, lateral_mm), LABELS_APART_MM)


@pytest.mark.parametrize("kyphosis_deg", [0.0, 70.0])
def test_another_order_is_none(kyphosis_deg: float) -> None:
    row = places(kyphosis_deg)
    assert not follow_each_other(row[::-1], LABELS_APART_MM)
    swapped = row.copy()
    swapped[[4, 5]] = swapped[[5, 4]]
    assert not follow_each_other(swapped, LABELS_APART_MM)
    assert not follow_each_other(np.delete(row * 1.3, [4, 5], axis=0), LABELS_APART_MM), "two are missing"


def test_what_lies_side_by_side_is_no_spine() -> None:
    row = places(0.0)
    ribs = np.column_stack([np.full(11, row[0, 0]), row[:, 1], 20.0 * np.arange(11)])
    assert not follow_each_other(ribs, LABELS_APART_MM)
