"""Polylines: their length, and the fewest points that carry their shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint


def polyline_length_mm(points: Sequence[PatientPoint]) -> float:
    """Length of the line through these points."""
    if len(points) < 2:
        return 0.0
    return float(np.linalg.norm(np.diff(np.asarray(points), axis=0), axis=1).sum())


def simplified_indices(points: FloatArray, tolerance: float) -> list[int]:
    """Indices of the fewest points whose polyline stays within the tolerance of all, ascending.

    Both ends are kept. Source: Douglas and Peucker 1973.

    Args:
        points: [shape=(n, dimensions), float64]
        tolerance: greatest distance of a dropped point from the chord that replaces it, in the points' unit
    """
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        chord = points[last] - points[first]
        length = np.linalg.norm(chord)
        inner = points[first + 1 : last] - points[first]
        along = chord / length if length > 0 else np.zeros_like(chord)
        # The nearest point of the chord, which ends where its points do
        reached = np.clip(inner @ along, 0.0, length)
        off = np.linalg.norm(inner - np.outer(reached, along), axis=1)
        worst = int(off.argmax())
        if off[worst] > tolerance:
            middle = first + 1 + worst
            keep.add(middle)
            spans += [(first, middle), (middle, last)]
    return sorted(keep)
