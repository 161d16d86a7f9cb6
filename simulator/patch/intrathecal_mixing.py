"""Intrathecal mixing: what was injected into the CSF sinks to the lowest side, runs along it and thins out.

Contrast is denser than CSF, blood a little (reference, section 1.5): in a prone patient both come to lie at the sac's
front, with a level above them (a fluid-fluid level is how intrathecal contrast is known in a lateral view). What is
still about the opening and what has sunk are laid out apart; with time less is above, and each part takes up more CSF.
The sac's own slope along the spine is left out: a pool runs to the head as to the feet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from phantoms.phantom import BasisVolume, Label
from simulator.patch.extraepidural_spread import UPTAKE, SpreadFront
from simulator.patch.injectate import Injectate
from simulator.patch.injected_voxels import Injected, combine_injected, nothing_injected
from simulator.patch.voxel_filling import fill_voxels
from simulator.spatial.arrays import FloatArray, IndexArray
from simulator.vocabulary.anatomy import InjectionDestination

CONTRAST_G_PER_ML, BLOOD_G_PER_ML, CSF_G_PER_ML = 1.281, 1.055, 1.0005  # the label of iopamidol 250; textbook
# Assumptions: neat contrast has sunk by two thirds in this time, what is lighter in proportion later; what was injected
# is twice as thin after THINS_MS, as the CSF's pulsation stirs it; a pool is this much longer than it is deep.
SINKS_MS, THINS_MS = 6_000.0, 60_000.0
SLOPE = 0.12
LEAST_FRACTION = 0.02  # of a voxel: thinner it is as good as mixed


@dataclass(frozen=True, slots=True, kw_only=True)
class IntrathecalPortion:
    """What one opening gave into the CSF: how much, and the mean moment at which it did."""

    front: SpreadFront
    injectate: Injectate
    from_ms: float


def add_intrathecally(
    before: tuple[IntrathecalPortion, ...], front: SpreadFront, injectate: Injectate, at_ms: float
) -> tuple[IntrathecalPortion, ...]:
    """One portion more; from the same opening it joins the last."""
    if before and before[-1].front is front:
        last = before[-1]
        whole = Injectate(
            blood_ml=last.injectate.blood_ml + injectate.blood_ml,
            contrast_ml=last.injectate.contrast_ml + injectate.contrast_ml,
        )
        part = injectate.volume_ml / whole.volume_ml
        mean_ms = last.from_ms + part * (at_ms - last.from_ms)
        return (*before[:-1], replace(last, injectate=whole, from_ms=mean_ms))
    return (*before, IntrathecalPortion(front=front, injectate=injectate, from_ms=at_ms))


def lay_out_in_sac(held: tuple[IntrathecalPortion, ...], volume: BasisVolume, now_ms: float) -> tuple[Injected, float]:
    """How all of it lies at a moment, and the volume in mL that the sac within reach cannot take."""
    parts, spare_ml = [], 0.0
    for one in held:
        age_ms = max(now_ms - one.from_ms, 0.0)
        sunk = sunk_fraction(one.injectate, age_ms)
        least = max(
            UPTAKE[InjectionDestination.INTRATHECAL][Label.CEREBROSPINAL_FLUID] / (1.0 + age_ms / THINS_MS),
            LEAST_FRACTION,
        )
        for part, order in ((1.0 - sunk, one.front.order), (sunk, lowest_first(one.front))):
            room = max(least, _needed_fraction(one.injectate, order, volume))
            lies, spare = fill_voxels(nothing_injected(), volume, order, partial(_alike, room), one.injectate)
            parts.append(_thinned(lies, part))
            spare_ml += part * spare
    return combine_injected(parts, 0), spare_ml


def sunk_fraction(injectate: Injectate, age_ms: float) -> float:
    """Fraction of an injectate that has come to the lowest side, 0..1: the denser, the sooner."""
    excess = (
        injectate.contrast_ml * (CONTRAST_G_PER_ML - CSF_G_PER_ML)
        + injectate.blood_ml * (BLOOD_G_PER_ML - CSF_G_PER_ML)
    ) / injectate.volume_ml
    return 1.0 - math.exp(-age_ms / SINKS_MS * excess / (CONTRAST_G_PER_ML - CSF_G_PER_ML))


def lowest_first(front: SpreadFront) -> IndexArray:
    """Voxels of the sac within reach, lowest of a prone patient first, and the nearer along the spine the sooner."""
    grid, order = front.volume.grid, front.order
    z, y, _ = np.unravel_index(order, grid.shape)
    floor = np.full(grid.shape[0], grid.shape[1])
    np.minimum.at(floor, z, y)
    height_mm = (y - floor[z]) * grid.spacing_mm[1]
    away_mm = np.abs(z - z[0]) * grid.spacing_mm[2] if order.size else np.zeros(0)
    lowest: IndexArray = order[np.argsort(height_mm + SLOPE * away_mm, kind="stable")]
    return lowest


def _alike(fraction: float, voxels: IndexArray) -> FloatArray:
    return np.full(len(voxels), fraction)


def _thinned(lies: Injected, part: float) -> Injected:
    """The same, thinner everywhere."""
    thin = np.float32(part)
    return replace(lies, delta=lies.delta * thin, fraction=lies.fraction * thin, blood=lies.blood * thin)


def _needed_fraction(injectate: Injectate, order: IndexArray, volume: BasisVolume) -> float:
    """Fraction of every voxel within reach that a large volume takes at least, 0.8 at most."""
    voxel_ml = float(np.prod(volume.grid.spacing_mm)) * 1e-3
    return min(injectate.volume_ml / max(len(order) * voxel_ml, 1e-9), 0.8)
