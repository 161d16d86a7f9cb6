"""Whether simple texture tells real slices from simulated ones: features, a linear classifier, and its AUC.

The classifier never sees the person whom it judges: people are left out in turn. 0.5 is chance; 1 means that somebody
who looks at such features never errs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_gradient_magnitude, uniform_filter
from scipy.stats import rankdata

from tests.blinded.slices import SOFT_TISSUE_HU, Slice

Array = NDArray[np.float64]
FOLDS = 3
FEATURES = ("share of fat", "share of bone", "spread in muscle", "spread in bone", "flat places", "busy places",
            "gradient", "correlation at 1 mm", "correlation at 2 mm", "correlation at 4 mm")  # fmt: skip


def features(hu: Array) -> Array:
    """Ten numbers of a slice, in the order of `FEATURES`."""
    body = hu > -300
    fat, bone = body & (hu < -30), hu > 200
    muscle = (hu > 0) & (hu < 120)
    soft = (hu > SOFT_TISSUE_HU[0]) & (hu < SOFT_TISSUE_HU[1])
    mean = uniform_filter(hu, 7)
    local = np.sqrt(np.maximum(uniform_filter(hu**2, 7) - mean**2, 0))[soft]
    fine = np.where(soft, np.clip(hu - gaussian_filter(hu, 3.0), -60, 60), 0.0)
    power = max(float((fine**2).mean()), 1e-9)
    correlation = [float((fine[:, lag:] * fine[:, :-lag]).mean() + (fine[lag:] * fine[:-lag]).mean()) / (2 * power)
                   for lag in (1, 2, 4)]  # fmt: skip
    return np.array([
        fat.sum() / max(body.sum(), 1),
        bone.sum() / max(body.sum(), 1),
        float(hu[muscle].std()) if muscle.any() else 0.0,
        float(hu[bone].std()) if bone.any() else 0.0,
        float(np.quantile(local, 0.1)) if local.size else 0.0,
        float(np.quantile(local, 0.9)) if local.size else 0.0,
        float(np.median(gaussian_gradient_magnitude(hu, 1.0)[soft])) if soft.any() else 0.0,
        *correlation,
    ])  # fmt: skip


def area_under_curve(scores: Array, real: NDArray[np.bool_]) -> float:
    """Chance that a real slice scores above a simulated one."""
    ranks = rankdata(scores)
    few = int(real.sum())
    return float((ranks[real].sum() - few * (few + 1) / 2) / (few * (len(real) - few)))


def held_out_scores(slices: Sequence[Slice]) -> Array:
    """Scores by a linear discriminant with shrunk covariance, each from a fit without that person."""
    table = np.array([features(each.hu) for each in slices])
    real = np.array([each.real for each in slices])
    fold = _folds(slices)
    scores = np.zeros(len(slices))
    for out in range(FOLDS):
        fit, judged = fold != out, fold == out
        centre, spread = table[fit].mean(axis=0), table[fit].std(axis=0) + 1e-9
        known, asked = (table[fit] - centre) / spread, (table[judged] - centre) / spread
        means = [known[real[fit] == which].mean(axis=0) for which in (False, True)]
        within = sum(np.cov(known[real[fit] == which].T) for which in (False, True)) / 2
        shrunk = 0.7 * within + 0.3 * np.trace(within) / len(within) * np.eye(len(within))
        direction = np.linalg.solve(shrunk, means[1] - means[0])
        scores[judged] = (asked - (means[0] + means[1]) / 2) @ direction
    return scores


def single_areas(slices: Sequence[Slice]) -> dict[str, float]:
    """What each feature alone tells, whichever way round; fitted to nothing."""
    table = np.array([features(each.hu) for each in slices])
    real = np.array([each.real for each in slices])
    areas = [area_under_curve(column, real) for column in table.T]
    return {name: max(area, 1 - area) for name, area in zip(FEATURES, areas, strict=True)}


def _folds(slices: Sequence[Slice]) -> NDArray[np.int64]:
    """Everybody's slices in one fold, real and simulated people dealt out in turn."""
    which: dict[str, int] = {}
    for real in (True, False):
        people = sorted({each.person for each in slices if each.real is real})
        which |= {person: index % FOLDS for index, person in enumerate(people)}
    return np.array([which[each.person] for each in slices])
