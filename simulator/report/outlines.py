"""Outlines: what the patient really is, as closed lines on a plane through the anatomy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from contourpy import contour_generator  # comes with matplotlib
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from phantoms.phantom import Label, Phantom
from simulator.patch.injected_voxels import Injected
from simulator.spatial.arrays import IndexArray, SingleArray
from simulator.vocabulary.structures import Structure

Lines = list[NDArray[np.float64]]

TISSUES: dict[Structure, tuple[Label, ...]] = {
    Structure.MUSCLE: (Label.MUSCLE,),
    Structure.LIGAMENT: (Label.SUPRASPINOUS_LIGAMENT, Label.INTERSPINOUS_LIGAMENT, Label.LIGAMENT),
    Structure.DISC: (Label.DISC,),
    Structure.FLAVUM: (Label.LIGAMENTUM_FLAVUM,),
    Structure.EPIDURAL: (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION),
    Structure.COLLECTION: (Label.EPIDURAL_COLLECTION,),
    Structure.FORAMEN: (Label.FORAMEN,),
    Structure.VESSEL: (Label.VESSEL,),
}
"""Structures that have a label and no signed distance of their own."""

SMOOTH_PIXELS = 0.8  # a label's outline follows pixels: this takes the stairs away
CRUMB_MM2 = 8.0  # outlines about less are artefacts of a label map
BLOOD_FRACTION = 0.05  # of a voxel, from which blood is drawn
_FAR_MM = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """A rectangle in the patient: across runs `u`, down runs `v`. An axial one may lean to the head or the feet.

    Attributes:
        kind: "axial" (u = x, v = y) or "sagittal" (u = y, v = z)
        at_mm: the third coordinate; of one that leans at y = `about_mm`
        u_mm, v_mm: first and last coordinate
        step_mm: distance of the points at which the anatomy is asked
        lean: what an axial plane rises towards the head with each millimetre towards the back
    """

    kind: str
    at_mm: float
    u_mm: tuple[float, float]
    v_mm: tuple[float, float]
    step_mm: float
    lean: float = 0.0
    about_mm: float = 0.0

    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates of columns and rows."""
        count = [max(int((hi - lo) / self.step_mm) + 1, 2) for lo, hi in (self.u_mm, self.v_mm)]
        return np.linspace(*self.u_mm, count[0]), np.linspace(*self.v_mm, count[1])

    def points_mm(self) -> NDArray[np.float64]:
        """Points in the patient's frame, shape (rows * columns, 3)."""
        u, v = (grid.ravel() for grid in np.meshgrid(*self.axes()))
        order = (u, v, self.height_mm(v)) if self.kind == "axial" else (np.full_like(u, self.at_mm), u, v)
        return np.column_stack(order)

    def height_mm(self, y_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """z of an axial plane's points."""
        return self.at_mm + self.lean * (y_mm - self.about_mm)


def outlines(
    phantom: Phantom, plane: Plane, wanted: tuple[Structure, ...], injected: Injected | None = None
) -> dict[Structure, Lines]:
    """Outlines of structures on a plane, in its coordinates.

    Args:
        phantom: the patient
        plane: where
        wanted: skin, bone, dura, neural structures, and the keys of `TISSUES`
        injected: what lay in the canal; the dura is drawn where that has moved it. At rest if None
    """
    anatomy = phantom.anatomy
    points = plane.points_mm()
    u, v = plane.axes()
    shape = len(v), len(u)
    labels: NDArray[np.uint8] | None = None
    distance: dict[Structure, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
        Structure.SKIN: anatomy.skin_mm,
        Structure.BONE: anatomy.bone_mm,
        Structure.DURA: anatomy.dura_mm,
        Structure.NEURAL: anatomy.neural_mm,
    }
    found: dict[Structure, Lines] = {}
    for name in wanted:
        if name in distance:
            inside = -np.clip(distance[name](points), -_FAR_MM, _FAR_MM).reshape(shape)
            if name is Structure.DURA and injected is not None and injected.pressed.any():
                given_up = _sampled(phantom, injected.voxels, injected.pressed, points).reshape(shape)
                inside = np.where(given_up > 0.02, np.minimum(inside, 0.5 - given_up), inside)
            found[name] = _closed(u, v, inside, 0.0, _FAR_MM)
        else:
            if labels is None:
                labels = anatomy.label(points).reshape(shape)
            fraction = np.isin(labels, TISSUES[name]).astype(np.float64)
            lines = _closed(u, v, gaussian_filter(fraction, SMOOTH_PIXELS), 0.5, 0.5)
            found[name] = [line for line in lines if area_mm2(line) >= CRUMB_MM2]
    return found


def blood_outline(phantom: Phantom, injected: Injected, plane: Plane) -> Lines:
    """Where injected blood lies on a plane; empty where there is none."""
    if injected.voxels.size == 0 or not (injected.blood > 0).any():
        return []
    values = _sampled(phantom, injected.voxels, injected.blood, plane.points_mm())
    u, v = plane.axes()
    smooth = gaussian_filter(values.reshape(len(v), len(u)), 1.2)
    return _closed(u, v, smooth, BLOOD_FRACTION, BLOOD_FRACTION)


def _sampled(
    phantom: Phantom, voxels: IndexArray, values: SingleArray, points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Values of some of the canal's voxels at points [shape=(n, 3)], nothing elsewhere [shape=(n,)]."""
    grid = phantom.canal.grid
    whole = np.zeros(grid.shape, np.float32)
    whole.reshape(-1)[voxels] = values
    index = (points - np.asarray(grid.origin_mm)) / np.asarray(grid.spacing_mm)
    return np.asarray(map_coordinates(whole, index[:, ::-1].T, order=1, mode="constant"), np.float64)


def area_mm2(line: NDArray[np.float64]) -> float:
    """Area that a closed line surrounds."""
    u, v = line[:, 0], line[:, 1]
    return 0.5 * abs(float(np.dot(u, np.roll(v, -1)) - np.dot(v, np.roll(u, -1))))


def _closed(
    u: NDArray[np.float64], v: NDArray[np.float64], inside: NDArray[np.float64], level: float, far: float
) -> Lines:
    """Lines around where `inside` exceeds a level; what leaves the plane is closed along its edge."""
    framed = np.pad(inside, 1, constant_values=level - far)
    step_u, step_v = u[1] - u[0], v[1] - v[0]
    wide_u = np.concatenate([[u[0] - 1e-3 * step_u], u, [u[-1] + 1e-3 * step_u]])
    wide_v = np.concatenate([[v[0] - 1e-3 * step_v], v, [v[-1] + 1e-3 * step_v]])
    return [np.asarray(line) for line in contour_generator(wide_u, wide_v, framed).lines(level)]
