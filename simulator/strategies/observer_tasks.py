"""Observer tasks: three things that guidance must see, with and without, in presses of one patient at one load.

The edge of the dura at the back (the opacified sac reaches a millimetre further), the tip (a needle that ends there, or
two millimetres before), and 0.3 mL of contrast behind the dura. Signal and background are known exactly, and noise
alone differs between images, so that figures are upper bounds for any reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms.phantom import Label, Phantom
from simulator.ct.needle_shadow import SteelTube
from simulator.ct.projector import DensityChange
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from simulator.spatial.frames import PatientPoint
from simulator.strategies.model_observer import (
    ChannelisedHotelling,
    Detectability,
    Images,
    Localisation,
    detectability,
    laguerre_gauss,
    localisation,
)
from simulator.vocabulary.levels import Interspace

SLICE_MM, COLLIMATION_MM = 4.0, 12.0
PIXEL_MM, SIDE, REACH = 0.5, 32, 8
CHANNEL_MM = 8.0
EDGE_MM, TIP_MM, CONTRAST_ML = 1.0, 2.0, 0.3
CONTRAST_MG_PER_ML = 250.0
NEEDLE_MM, LEAN_DEG, OUTER_MM = 60.0, 15.0, 0.9
TIP_BEHIND_MM = 1.5
LOOKED_FOR_MM = np.arange(-15.0, 30.0, 0.05)
EPIDURAL = (Label.EPIDURAL_FAT, Label.EPIDURAL_VEIN, Label.EPIDURAL_COLLECTION)


class Task(StrEnum):
    """What has to be seen."""

    DURA = "back edge of the dura, 1 mm"
    TIP = "tip of the needle, 2 mm"
    CONTRAST = "0.3 mL of contrast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How well one thing is seen at one setting."""

    task: Task
    tube_voltage_kv: int
    mas: float
    detectability: Detectability
    localisation: Localisation


def dura_behind(phantom: Phantom, level: Interspace) -> PatientPoint:
    """Where the dura's back edge lies in the midline of an interspace."""
    middle = phantom.landmarks.interspaces[level]
    column = np.stack([np.full_like(LOOKED_FOR_MM, middle.x_mm), middle.y_mm + LOOKED_FOR_MM,
                       np.full_like(LOOKED_FOR_MM, middle.z_mm)], axis=1)  # fmt: skip
    inside = np.flatnonzero(phantom.anatomy.dura_mm(column) < 0.0)
    return PatientPoint(middle.x_mm, float(column[inside[-1], 1]), middle.z_mm)


def observe(
    phantom: Phantom, scanner: Scanner, level: Interspace, task: Task, *, tube_voltage_kv: int, mas: float, pairs: int
) -> Seen:
    """How well a model observer sees one thing.

    Args:
        scanner: with this phantom in it
        mas: tube load of one turn
        pairs: images with and without; half of them to learn from
    """
    edge = dura_behind(phantom, level)
    present, absent = _scenes(phantom, edge, task)
    take = _camera(scanner, edge, tube_voltage_kv, mas)
    with_it = np.stack([take(2 * number, present) for number in range(pairs)])
    without = np.stack([take(2 * number + 1, absent) for number in range(pairs)])
    middle = slice(REACH, REACH + SIDE)
    channels = laguerre_gauss(SIDE, CHANNEL_MM / PIXEL_MM)
    half = pairs // 2
    known = without[:half].mean(axis=0)
    observer = ChannelisedHotelling((with_it - known)[:half, middle], (without - known)[:half, middle], channels)
    return Seen(
        task=task,
        tube_voltage_kv=tube_voltage_kv,
        mas=mas,
        detectability=detectability(with_it[:, middle], without[:, middle], channels),
        localisation=localisation(observer, with_it[half:] - known, SIDE, PIXEL_MM, reach=REACH),
    )


def _camera(
    scanner: Scanner, edge: PatientPoint, tube_voltage_kv: int, mas: float
) -> Callable[[int, dict[str, Any]], Images]:
    """Takes one slice about the edge, by the number of its noise [shape=(SIDE + 2 REACH, SIDE)]."""
    technique = Technique(
        tube_voltage_kv=tube_voltage_kv,
        tube_current_ma=mas,
        rotation_s=1.0,
        slice_thickness_mm=SLICE_MM,
        collimation_mm=COLLIMATION_MM,
    )
    whole = SIDE + 2 * REACH

    def take(noise: int, scene: dict[str, Any]) -> Images:
        frame = scanner.image(
            technique=technique,
            slice_centres_mm=[edge.z_mm],
            noise_key=noise,
            centre_mm=(edge.x_mm, edge.y_mm),
            field_of_view_mm=whole * PIXEL_MM,
            matrix=whole,
            **scene,
        )
        return np.asarray(frame.hu[0][:, REACH : REACH + SIDE], np.float64)

    return take


def _scenes(phantom: Phantom, edge: PatientPoint, task: Task) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is in the beam with and without what has to be seen."""
    if task is Task.TIP:
        return {"needles": (_needle(edge, 0.0),)}, {"needles": (_needle(edge, TIP_MM),)}
    chosen, iodine = _contrast(phantom, edge) if task is Task.CONTRAST else _layer(phantom, edge)
    grid = phantom.canal.grid
    delta = np.zeros((3, *grid.shape), np.float32)
    delta[2][chosen] = iodine
    return {"change": DensityChange(grid=grid, delta=delta, revision=1)}, {}


def _needle(edge: PatientPoint, short_mm: float) -> SteelTube:
    lean = math.radians(LEAN_DEG)
    way = np.array([math.sin(lean), math.cos(lean), 0.0])
    tip = np.array([edge.x_mm, edge.y_mm + TIP_BEHIND_MM, edge.z_mm]) + short_mm * way
    points = np.stack([tip + NEEDLE_MM * way, tip])
    return SteelTube(points_mm=points, outer_diameter_mm=OUTER_MM, bore_diameter_mm=0.0)


def _around(phantom: Phantom, edge: PatientPoint, reach_mm: float) -> tuple[Any, NDArray[np.float64]]:
    """Indices of the canal's voxels about a point, and their middles [shape=(n, 3)]."""
    grid = phantom.canal.grid
    axes = [np.arange(size) for size in grid.shape]
    x, y, z = (grid.origin_mm[k] + axes[2 - k] * grid.spacing_mm[k] for k in range(3))
    near = (np.abs(z - edge.z_mm)[:, None, None] < reach_mm) & (np.abs(y - edge.y_mm)[None, :, None] < reach_mm)
    indices = np.nonzero(near & (np.abs(x - edge.x_mm)[None, None, :] < reach_mm))
    return indices, np.stack([x[indices[2]], y[indices[1]], z[indices[0]]], axis=1)


def _contrast(phantom: Phantom, edge: PatientPoint) -> tuple[Any, float]:
    """The nearest voxels of the epidural space that hold the volume, and their iodine, mg/mL."""
    indices, points = _around(phantom, edge, 12.0)
    labels = phantom.anatomy.label(points)
    away = np.linalg.norm(points - np.array([edge.x_mm, edge.y_mm + TIP_BEHIND_MM, edge.z_mm]), axis=1)
    away = np.where(np.isin(labels, EPIDURAL), away, np.inf)
    count = round(1000.0 * CONTRAST_ML / math.prod(phantom.canal.grid.spacing_mm))
    nearest = np.argsort(away)[:count]
    nearest = nearest[np.isfinite(away[nearest])]
    return tuple(axis[nearest] for axis in indices), CONTRAST_MG_PER_ML


def _layer(phantom: Phantom, edge: PatientPoint) -> tuple[Any, float]:
    """Voxels within a millimetre behind the dura, about the midline, and the sac's iodine, mg/mL."""
    indices, points = _around(phantom, edge, 6.0)
    away = phantom.anatomy.dura_mm(points)
    behind = (away >= 0.0) & (away < EDGE_MM) & (points[:, 1] > edge.y_mm - 2.0)
    sac = PatientPoint(edge.x_mm, edge.y_mm - 5.0, edge.z_mm)
    voxel = phantom.canal.grid.nearest_voxel(np.array([sac], float))[0]
    iodine = float(phantom.canal.plane(int(voxel[0]))[2, int(voxel[1]), int(voxel[2])])
    return tuple(axis[behind] for axis in indices), iodine
