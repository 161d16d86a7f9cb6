"""Path distance: how far two ways of a needle lie apart, as curves and step by step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEP_MM = 1.0
LEAST_MM = 1e-9


def resampled(path_mm: NDArray[np.float64], step_mm: float = STEP_MM) -> NDArray[np.float64]:
    """Points at equal distances along a path, its ends included.

    Args:
        path_mm: [shape=(n, 3), mm] n >= 1
        step_mm: at most this far apart

    Returns:
        [shape=(m, 3), mm]
    """
    lengths = np.linalg.norm(np.diff(path_mm, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    if along[-1] < LEAST_MM:
        return path_mm[:1].copy()
    at = np.linspace(0.0, along[-1], int(np.ceil(along[-1] / step_mm)) + 1)
    return np.column_stack([np.interp(at, along, path_mm[:, axis]) for axis in range(3)])


def frechet_distance_mm(a_mm: NDArray[np.float64], b_mm: NDArray[np.float64]) -> float:
    """Discrete Frechet distance: the shortest leash with which both paths can be walked, never backwards.

    Eiter and Mannila 1994, "Computing discrete Frechet distance", recursion of section 3.

    Args:
        a_mm, b_mm: [shape=(n, 3), mm] points along the paths
    """
    apart = _pairwise_mm(a_mm, b_mm)
    reach = np.full(apart.shape, np.inf)
    for i, row in enumerate(apart):
        for j, here in enumerate(row):
            reach[i, j] = max(float(here), _before(reach, i, j))
    return float(reach[-1, -1])


def dynamic_time_warping_mm(a_mm: NDArray[np.float64], b_mm: NDArray[np.float64]) -> float:
    """Mean distance of the points that dynamic time warping pairs.

    Sakoe and Chiba 1978, symmetric steps without weights; the least sum, over the number of its pairs.

    Args:
        a_mm, b_mm: [shape=(n, 3), mm] points along the paths
    """
    apart = _pairwise_mm(a_mm, b_mm)
    total = np.full(apart.shape, np.inf)
    pairs = np.zeros(apart.shape)
    for i, row in enumerate(apart):
        for j, here in enumerate(row):
            if i == j == 0:
                total[0, 0], pairs[0, 0] = here, 1
                continue
            back = [(total[p], p) for p in _neighbours(i, j)]
            least, place = min(back, key=lambda pair: pair[0])
            total[i, j], pairs[i, j] = least + here, pairs[place] + 1
    return float(total[-1, -1] / pairs[-1, -1])


def _pairwise_mm(a_mm: NDArray[np.float64], b_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(a_mm[:, None] - b_mm[None], axis=2))


def _neighbours(i: int, j: int) -> list[tuple[int, int]]:
    return [(p, q) for p, q in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if p >= 0 and q >= 0]


def _before(reach: NDArray[np.float64], i: int, j: int) -> float:
    return min((float(reach[place]) for place in _neighbours(i, j)), default=0.0)
