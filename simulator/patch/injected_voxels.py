"""Injected voxels: what has come to the canal's voxels, as the scanner sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from phantoms.phantom import BasisVolume
from simulator.spatial.arrays import IndexArray, SingleArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """Material that has come to the canal's voxels; arrays are read-only and replaced, never changed.

    Attributes:
        voxels: [shape=(n,), int64, ascending] flat indices into the canal's grid
        delta: [shape=(basis, n), float32] signed change of the basis densities
        fraction: [shape=(n,), float32] of each voxel that injectate fills
        blood: [shape=(n,), float32] fraction of each voxel that is blood
        pressed: [shape=(n,), float32] fraction of each voxel that the sac held and has given up: its moved surface
        revision: counts the changes
    """

    voxels: IndexArray
    delta: SingleArray
    fraction: SingleArray
    blood: SingleArray
    pressed: SingleArray
    revision: int


def nothing_injected() -> Injected:
    """The canal before any injection."""
    return Injected(
        voxels=np.zeros(0, np.int64),
        delta=np.zeros((3, 0), np.float32),
        fraction=np.zeros(0, np.float32),
        blood=np.zeros(0, np.float32),
        pressed=np.zeros(0, np.float32),
        revision=0,
    )


def make_read_only(injected: Injected) -> Injected:
    """The same, its arrays made read-only."""
    for array in (injected.voxels, injected.delta, injected.fraction, injected.blood, injected.pressed):
        array.setflags(write=False)
    return injected


def combine_injected(parts: list[Injected], revision: int) -> Injected:
    """Several changes as one; where they meet they add up."""
    held = [part for part in parts if part.voxels.size]
    if len(held) <= 1:
        return replace(held[0], revision=revision) if held else replace(nothing_injected(), revision=revision)
    voxels = np.unique(np.concatenate([part.voxels for part in held]))
    delta = np.zeros((held[0].delta.shape[0], len(voxels)), np.float32)
    fraction, blood, pressed = (np.zeros(len(voxels), np.float32) for _ in range(3))
    for part in held:
        at = np.searchsorted(voxels, part.voxels)
        delta[:, at] += part.delta
        fraction[at] += part.fraction
        blood[at] += part.blood
        pressed[at] += part.pressed
    return make_read_only(
        Injected(voxels=voxels, delta=delta, fraction=fraction, blood=blood, pressed=pressed, revision=revision)
    )


def density_box(injected: Injected, volume: BasisVolume) -> tuple[SingleArray, tuple[int, int, int]]:
    """The change as a dense box.

    Returns:
        [shape=(basis, z, y, x), float32] signed change, and the box's first voxel z, y, x in the canal's grid
    """
    z, y, x = np.unravel_index(injected.voxels, volume.grid.shape)
    low = (int(z.min()), int(y.min()), int(x.min()))
    size = (int(z.max()) - low[0] + 1, int(y.max()) - low[1] + 1, int(x.max()) - low[2] + 1)
    box = np.zeros((injected.delta.shape[0], *size), np.float32)
    box[:, z - low[0], y - low[1], x - low[2]] = injected.delta
    return box, low
