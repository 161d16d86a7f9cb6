"""Kernels of laminae, of the neck's bones, of lungs and vertebral arteries against slow twins."""

from __future__ import annotations

import numpy as np
import pytest

from phantoms import paint_kernels
from phantoms.body import chest_kernels, neck_kernels
from phantoms.body import tables_kernels as columns
from phantoms.bones import bone_parts_kernels, cervical_kernels
from phantoms.bones.vertebra_kernels import spine_distance, vertebrae_near
from phantoms.canal.canal_kernels import find_place
from phantoms.people import random_person
from phantoms.phantom import Label
from phantoms.spine import Spine, build_spine
from tests.oracles import anatomy_neck as oracle

COUNT = 300


@pytest.fixture(scope="module")
def spine() -> Spine:
    return build_spine(random_person(8))


def _points(seed: int, *ranges: tuple[float, float]) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([rng.uniform(*each, COUNT) for each in ranges])


def _close(kernel, points: np.ndarray, twin: np.ndarray, within_mm: float = 1e-6) -> None:  # type: ignore[no-untyped-def]
    fast = np.array([kernel(*point) for point in points.T])
    assert np.abs(fast - twin).max() < within_mm
    assert (twin < 0.0).any()
    assert (twin > 0.0).any()


@pytest.mark.parametrize("name", ["C4", "T1", "T7", "T12", "L3", "L5"])
def test_laminae(spine: Spine, name: str) -> None:
    w = spine.row.vertebrae[spine.row.names.index(name)]
    points = _points(1, (0.0, 22.0), (2.0, 40.0), (-30.0, 20.0))
    fronts = np.array([bone_parts_kernels.lamina_front(z, w) for z in points[2]])
    assert np.abs(fronts - oracle.lamina_front(points[2], w)).max() < 1e-9
    _close(lambda p, y, z: bone_parts_kernels.lamina_distance(p, y, z, w), points, oracle.lamina(*points, w))


@pytest.mark.parametrize("name", ["C3", "C5", "C7"])
def test_pillars_and_bodies_of_the_neck(spine: Spine, name: str) -> None:
    w = spine.row.vertebrae[spine.row.names.index(name)]
    points = _points(2, (5.0, 32.0), (-8.0, 16.0), (-14.0, 14.0))
    _close(lambda p, y, z: cervical_kernels.pillar_distance(p, y, z, w), points, oracle.pillar(*points, w), 1e-4)
    points = _points(3, (-16.0, 16.0), (-24.0, 6.0), (-14.0, 14.0))
    _close(
        lambda x, y, z: cervical_kernels.cervical_body_distance(x, y, z, w),
        points,
        oracle.cervical_body(*points, w),
        1e-4,
    )


def test_lungs(spine: Spine) -> None:
    body = spine.body_arrays
    levels = {name: body.shape[getattr(columns, f"S_{name}")] for name in ("T1", "T4", "T9", "T12")}
    u, v, s, cage, wobble = _points(
        4, (-120.0, 120.0), (-120.0, 30.0), (levels["T12"] - 20.0, levels["T1"] + 20.0), (-60.0, 10.0), (-2.0, 2.0)
    )
    at = body.s_start + body.s_step * np.arange(len(body.tables))
    front = np.interp(s, at, body.tables[:, int(columns.LOOSE_V)])
    _close(
        lambda *point: chest_kernels.lung_distance(*point, body),
        np.stack([u, v, s, cage, wobble]),
        oracle.lung(u, v, s, cage, wobble, front, levels, body.blobs),
    )


def test_a_vertebral_artery_has_its_area(spine: Spine) -> None:
    """Blood painted on a fine grid: a circle on either side, the left one wider, and part of a vein about it."""
    body, paints = spine.body_arrays, spine.canal_arrays.paints
    s = float(spine.row.vertebrae["s"][spine.row.names.index("C4")])
    size = 0.25
    grid = np.arange(-6.0, 6.0, size)
    at = body.s_start + body.s_step * np.arange(len(body.tables))
    location = float(np.interp(s, at, body.tables[:, int(columns.ARTERY_U)]))
    empty = (0.0, 0.0, 0.0, float(Label.MUSCLE))
    for side, radius in ((1.0, 2.1), (-1.0, 1.8)):
        water = 0.0
        for v in grid:
            for u in grid:
                place = side * (location + u), neck_kernels.ARTERY_V + v, s
                voxel = neck_kernels.paint_artery(empty, columns.BodyPlace(*place, size, 0.0, 0.0, 0.0), paints, body)
                water += voxel[0] * size**2
        blood = paints.material_table[paint_kernels.P_BLOOD, 0]
        area = np.pi * (radius**2 * (blood + 0.004) + 0.6 * (2.7**2 - radius**2) * blood)
        assert water == pytest.approx(area, rel=0.01)


def test_vertebrae_that_are_left_out_are_far(spine: Spine) -> None:
    """All vertebrae that reach within the margin of a point are among its bits."""
    row, texture = spine.solids.row, spine.canal_arrays.paints.noise_texture
    rng = np.random.default_rng(5)
    s = rng.uniform(*row.vertebrae["s"][[-1, 0]], 400)
    points = spine.canal.centreline.from_canal_coordinates(rng.uniform(-50, 50, 400), rng.uniform(-40, 60, 400), s)
    fewer = 0
    for point, height in zip(points, s, strict=True):
        at = find_place(*point, spine.canal_arrays)
        near = vertebrae_near(at._replace(s=height), 3.0, row)
        for i in range(len(row.vertebrae)):
            if not near >> i & 1:
                fewer += 1
                assert spine_distance(at._replace(s=height), 1 << i, row, texture)[0] > 1.0
    assert fewer > 8000
