"""The finer box about the canal holds the canal at every level of a spine, however that is curved."""

from __future__ import annotations

import numpy as np
import pytest

from phantoms.canal.centreline import curve_through
from phantoms.from_ct.bony_canal import CanalMeasure
from phantoms.from_ct.voxels import grids
from phantoms.phantom import VoxelGrid
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, interspaces_of

CANAL_MM, BESIDE_MM, FRONT_MM = 26.0, 20.0, 10.0  # flavum and laminae; the roots' way out; the ventral space
TREATED_MM = 40.0  # behind the posterior wall, where a needle comes in


def curved(kyphosis_deg: float, lateral_mm: float, first: str, treated: float) -> CanalMeasure:
    """Eleven vertebrae on an arc, about the interspace at a part of it; the frame's origin lies there."""
    at = [str(one) for one in FIVE_LUMBAR_COLUMN].index(first)
    names = FIVE_LUMBAR_COLUMN[at : at + 11]
    length = 26.0 * (len(names) - 1)
    radius = length / np.radians(kyphosis_deg)
    s = np.linspace(0.0, length, 60)
    angle = (s - treated * length) / radius
    y = -radius * (np.cos(angle) - 1.0)  # a kyphosis bends forwards above and below its top
    y = -y if kyphosis_deg > 0 else y
    z = -radius * np.sin(angle)
    x = lateral_mm * (np.cos(np.pi * (s / length - treated)) - 1.0)
    line = curve_through(np.column_stack([x, y, z]))
    middles = np.linspace(0.0, length, len(names))
    centres = {
        name: PatientPoint(*(float(np.interp(m, s, q)) for q in (x, y - 15.0, z)))
        for name, m in zip(names, middles, strict=True)
    }
    body_s = {name: -(m - treated * length) for name, m in zip(names, middles, strict=True)}
    discs = dict.fromkeys(interspaces_of(names), 0.0)
    return CanalMeasure(
        names=names, cut=(), centreline=line, body_s_mm=body_s, height_mm=dict.fromkeys(names, 20.0),
        body_centre_mm=centres, disc_s_mm=discs, s_mm=s, free_mm=np.zeros((60, 1)), spinous_mm=np.zeros((1, 2)),
    )  # fmt: skip


@pytest.mark.parametrize("kyphosis_deg", [30.0, 50.0, 70.0, -50.0])
@pytest.mark.parametrize("lateral_mm", [0.0, 35.0])
@pytest.mark.parametrize(("first", "treated"), [("T1", 0.15), ("T2", 0.35), ("T6", 0.5), ("T7", 0.9), ("T4", 0.0)])
def test_the_box_holds_the_canal_at_every_level(
    kyphosis_deg: float, lateral_mm: float, first: str, treated: float
) -> None:
    measure = curved(kyphosis_deg, lateral_mm, first, treated)
    whole = VoxelGrid(origin_mm=PatientPoint(-200.0, -400.0, -400.0), spacing_mm=(1.0, 1.0, 1.0), shape=(800, 800, 400))
    body, box = grids(whole, measure)
    low = np.asarray(box.origin_mm)
    high = low + np.asarray(box.spacing_mm) * (np.array(box.shape[::-1]) - 1)
    line = measure.centreline
    shown = (line.z_mm >= body.z_mm[0]) & (line.z_mm <= body.z_mm[-1])
    for x, y, z in np.column_stack([line.samples[shown, 0], line.samples[shown, 1], line.z_mm[shown]]):
        back = TREATED_MM if abs(z) < 55.0 else CANAL_MM
        assert low[0] <= x - BESIDE_MM
        assert x + BESIDE_MM <= high[0]
        assert low[1] <= y - FRONT_MM
        assert y + back <= high[1], (z, y, high[1])
