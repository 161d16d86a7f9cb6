"""Voxelised flow: what the cells of the flow hold, laid out in the voxels that the scanner sees.

In the epidural space what flows takes the place of fluid and of fat that gave way. What the sac is dented by lies in
voxels that held dura and CSF, the nearest first; what left a foramen lies in the tissue outside it. So the volume in
the image is the volume that was injected, but for what left the phantom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from phantoms.phantom import BasisVolume
from phantoms.tissues import blood_with_contrast, tissue
from simulator.patch.epidural_space import EpiduralSpace, OverflowVoxels
from simulator.patch.flow_state import Flow, taken_ml
from simulator.patch.hydraulic_model import HydraulicModel
from simulator.patch.injected_voxels import Injected, make_read_only
from simulator.patch.sac_surface import dent_sac
from simulator.spatial.arrays import FloatArray, IndexArray

MIXED_FRACTION = 0.05  # of a stream: where there is less of what was injected, none is added
SEEN_FRACTION = 1e-3  # of a cell: less leaves no mark in an image


def voxelise_flow(model: HydraulicModel, flow: Flow, volume: BasisVolume, revision: int) -> Injected:
    """The change in the canal's voxels that this flow makes."""
    space = model.space
    blood, contrast, fluid = flow.blood_ml, flow.contrast_ml, flow.fluid_ml
    held = np.maximum(blood + contrast + fluid, 1e-12)
    dented = np.maximum(taken_ml(model, flow), 0.0) * model.dents
    dented = np.minimum(dented, space.dent.total_ml)
    inside = 1.0 - dented / held
    touched = (blood + contrast > SEEN_FRACTION * space.cells.volume_ml) | (
        np.abs(fluid - space.cells.fluid_ml) > 0.02 * space.cells.volume_ml
    )
    stream = _basis(blood / held, contrast / held, fluid / held, flow.iodine_mg / held)

    here = touched[space.conducting.cell]
    voxels, cell = space.conducting.voxels[here], space.conducting.cell[here]
    whole = space.cells.volume_ml[cell]
    flowing = (held * inside)[cell] / whole
    rested = space.cells.fluid_ml[cell] / whole
    fresh = ((blood + contrast) / held)[cell]
    mean_iodine = space.cells.fluid_iodine_mg[cell] / whole
    own = (1.0 - fresh) * mean_iodine + fresh * space.conducting.iodine_mg_per_ml[here]
    fat, water = _fat(), _basis(np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1))[:, 0]
    delta = flowing * stream[:, cell] - rested * water[:, None] - (flowing - rested) * fat[:, None]
    delta[2] = flowing * stream[2, cell] - own
    parts = [_Part(voxels, delta, flowing * fresh, flowing * (blood / held)[cell], np.zeros(len(voxels)))]
    fractions = StreamFractions(injected=(blood + contrast) / held, blood=blood / held)
    parts.append(_before_the_surface(space, dented, stream, fractions, volume))
    out = np.maximum(flow.out_blood_ml + flow.out_contrast_ml + flow.out_fluid_ml, 1e-12)
    lost = _basis(flow.out_blood_ml / out, flow.out_contrast_ml / out, flow.out_fluid_ml / out, np.zeros(len(out)))
    gone = np.minimum(flow.out_blood_ml + flow.out_contrast_ml + flow.out_fluid_ml, space.outside.total_ml)
    fractions = StreamFractions(
        injected=(flow.out_blood_ml + flow.out_contrast_ml) / out, blood=flow.out_blood_ml / out
    )
    parts.append(_beside(space.outside, gone, lost, fractions, volume))
    return _joined(parts, revision)


class _Part(NamedTuple):
    """Voxels of one kind: their indices, change, injected fraction, blood's fraction, and what the sac gave up."""

    voxels: IndexArray
    delta: FloatArray
    fraction: FloatArray
    blood: FloatArray
    pressed: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFractions:
    """Fractions of what each cell's stream holds, 0..1: what was injected, and blood alone."""

    injected: FloatArray
    blood: FloatArray


def _before_the_surface(
    space: EpiduralSpace, dented_ml: FloatArray, stream: FloatArray, fractions: StreamFractions, volume: BasisVolume
) -> _Part:
    """The streams where the sac was: indices of voxels, change, injected fraction and blood's fraction."""
    surface = space.surface
    dent = dent_sac(surface, dented_ml, space.conducting.voxel_ml)
    wet = dent.filled > SEEN_FRACTION
    voxels, filled = surface.voxels[wet], dent.filled[wet]
    weight, cell = dent.weight[wet], surface.cell[wet]

    def mixed(of_cell: FloatArray) -> FloatArray:
        return np.asarray((weight * of_cell[cell]).sum(axis=1))

    flat = volume.counts.reshape(volume.counts.shape[0], -1)
    rest = volume.offset[:, None] + volume.step[:, None] * flat[:, voxels]
    seen = mixed(fractions.injected)
    injected = _as_much_as_was_given(
        seen, filled, float((dented_ml * fractions.injected).sum()) / space.conducting.voxel_ml
    )
    richer = injected / np.maximum(seen, 1e-12)
    csf = _basis(np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1))
    come = csf + richer * (np.stack([mixed(basis) for basis in stream]) - csf)
    return _Part(voxels, filled * (come - rest), filled * injected, filled * richer * mixed(fractions.blood), filled)


def _as_much_as_was_given(fraction: FloatArray, filled: FloatArray, given: float) -> FloatArray:
    """Injected fractions of voxels that hold in all what the cells gave, none more than one.

    Streams that are mixed along the sheet may thin out on the way, or be drawn to where more is filled.

    Args:
        fraction: [shape=(n,)] of each voxel's stream
        filled: [shape=(n,)] of each voxel
        given: sum of both over all voxels, as the cells gave it
    """
    got = float((filled * fraction).sum())
    if got <= 0.0 or got >= given:
        return fraction * (given / got if got > 0.0 else 1.0)
    wet = fraction > MIXED_FRACTION
    short = float((filled * (1.0 - fraction))[wet].sum())
    nearer = min((given - got) / short, 1.0) if short > 0.0 else 0.0
    return np.asarray(np.where(wet, fraction + nearer * (1.0 - fraction), fraction))


def _beside(
    overflow: OverflowVoxels,
    overflow_ml: FloatArray,
    stream: FloatArray,
    fractions: StreamFractions,
    volume: BasisVolume,
) -> _Part:
    """The stream in voxels of other tissues: their indices, change, injected fraction and blood's fraction."""
    filled_ml = overflow.filled_ml(overflow_ml)
    wet = (filled_ml > 0.0) & (fractions.injected[overflow.cell] > SEEN_FRACTION)
    voxels, cell = overflow.voxels[wet], overflow.cell[wet]
    filled = filled_ml[wet] / (float(np.prod(volume.grid.spacing_mm)) * 1e-3)
    flat = volume.counts.reshape(volume.counts.shape[0], -1)
    rest = volume.offset[:, None] + volume.step[:, None] * flat[:, voxels]
    return _Part(
        voxels,
        filled * (stream[:, cell] - rest),
        filled * fractions.injected[cell],
        filled * fractions.blood[cell],
        np.zeros(len(voxels)),
    )


def _joined(parts: list[_Part], revision: int) -> Injected:
    """Disjoint sets of voxels as one, ascending."""
    voxels = np.concatenate([part.voxels for part in parts])
    order = np.argsort(voxels, kind="stable")
    arrays = {
        "voxels": voxels[order],
        "delta": np.concatenate([part.delta for part in parts], axis=1)[:, order].astype(np.float32),
        "fraction": np.concatenate([part.fraction for part in parts])[order].astype(np.float32),
        "blood": np.concatenate([part.blood for part in parts])[order].astype(np.float32),
        "pressed": np.concatenate([part.pressed for part in parts])[order].astype(np.float32),
    }
    return make_read_only(Injected(**arrays, revision=revision))


def _fat() -> FloatArray:
    return np.asarray(tissue("adipose").basis)


def _basis(blood: FloatArray, contrast: FloatArray, fluid: FloatArray, iodine: FloatArray) -> FloatArray:
    """Densities of a mixture of these fractions, shape (basis, n)."""
    pure_blood = np.asarray(blood_with_contrast(1.0, 0.0).basis)
    pure_contrast = np.asarray(blood_with_contrast(0.0, 1.0).basis)
    csf = np.asarray(tissue("csf").basis)
    mixed = pure_blood[:, None] * blood + pure_contrast[:, None] * contrast + csf[:, None] * fluid
    mixed[2] += iodine
    return np.asarray(mixed)
