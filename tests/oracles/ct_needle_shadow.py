"""The needle's shadow the slow way: dense samples over the slice's height, chords by testing points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def chord(
    point: NDArray[Any],
    direction: NDArray[Any],
    start: NDArray[Any],
    axis: NDArray[Any],
    radius: float,
    length: float,
) -> NDArray[np.float64]:
    """Chords of the lines point + u direction (n, 3) in a cylinder, by intersecting two sets of u."""
    w = point - start
    e = direction - (direction @ axis)[..., None] * axis
    f = w - (w @ axis)[..., None] * axis
    a, b, c = (e * e).sum(-1), (e * f).sum(-1), (f * f).sum(-1) - radius**2
    root = np.sqrt(np.maximum(b * b - a * c, 0))
    low, high = (-b - root) / a, (-b + root) / a
    along, depth = direction @ axis, w @ axis
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.sort(np.stack([-depth / along, (length - depth) / along]), axis=0)
    flat = np.abs(along) < 1e-12
    inside = (depth >= 0) & (depth <= length)
    ends[0] = np.where(flat, np.where(inside, -np.inf, np.inf), ends[0])
    ends[1] = np.where(flat, np.where(inside, np.inf, -np.inf), ends[1])
    return np.where(b * b > a * c, np.maximum(np.minimum(high, ends[1]) - np.maximum(low, ends[0]), 0), 0)


def mean_transmission(
    segments: NDArray[Any],
    outer_radius: float,
    bore_radius: float,
    slab_mm: tuple[float, float],
    source_radius_mm: float,
    beta: float,
    gamma: float,
    cell_offsets: NDArray[Any],
    steel_per_mm: NDArray[Any],
    weights: NDArray[Any],
    heights: int = 2001,
) -> float:
    """Mean over cell and height of sum(weights exp(-steel chord)), at midpoints."""
    z = slab_mm[0] + (np.arange(heights) + 0.5) / heights * (slab_mm[1] - slab_mm[0])
    total = 0.0
    for offset in cell_offsets:
        angle = gamma + offset
        theta = beta + angle
        t = source_radius_mm * math.sin(angle)
        normal = np.array([-math.sin(theta), math.cos(theta), 0.0])
        direction = np.tile([math.cos(theta), math.sin(theta), 0.0], (heights, 1))
        point = t * normal + np.stack([np.zeros(heights), np.zeros(heights), z], axis=1)
        steel = np.zeros(heights)
        for segment in segments:
            start, axis, length = segment[:3], segment[3:6], segment[6]
            steel += chord(point, direction, start, axis, outer_radius, length)
            if bore_radius > 0:
                steel -= chord(point, direction, start, axis, bore_radius, length)
        total += float((np.exp(-steel[:, None] * steel_per_mm) @ weights).mean()) / len(cell_offsets)
    return total
