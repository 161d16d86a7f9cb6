"""Leaks of a root's sleeve: where the hole is, where the fluid runs, and that all who are asked say the same."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from phantoms.canal import canal_kernels
from phantoms.catalogue import patient_parameters
from phantoms.fluid import perineural_leak_kernels
from phantoms.fluid.leak import USUAL_AMOUNTS, LeakParameters
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.phantom import Label, Leak, VoxelGrid, ZoneLabel
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from phantoms.voxels.voxelize import voxelize
from simulator.vocabulary.anatomy import LeakPattern
from tests.oracles import anatomy_geometry as oracle

EPIDURAL_ZONES = (ZoneLabel.DORSAL, ZoneLabel.LATERAL, ZoneLabel.VENTRAL, ZoneLabel.FORAMINAL)
CASES = [
    ("patient-2", "L3/4", "root-sleeve", "left"),
    ("patient-2", "L3/4", "slow", "right"),
    ("patient-3", "L5/S1", "root-sleeve", "both"),
    ("patient-4", "C6/7", "root-sleeve", "right"),
]


def leaking(level: str, pattern: str, side: str) -> LeakParameters:
    return LeakParameters.parse(
        {"level": level, "pattern": pattern, "side": side, **USUAL_AMOUNTS[LeakPattern(pattern)]}
    )


@cache
def spine(patient: str, level: str, pattern: str, side: str) -> Spine:
    return build_spine(replace(patient_parameters(patient), leak=leaking(level, pattern, side)))


def hole(of: Spine) -> Leak:
    leak = of.parameters.leak
    return locate_hole(of.canal, leak, of.interspace_s_mm[leak.level])


def about(of: Spine, margin_mm: float = 6.0, count: int = 6000) -> np.ndarray:
    """Random points in boxes about the fluid [shape=(n, 3)]."""
    rng = np.random.default_rng(3)
    parts = []
    for spill in of.canal.fluid.perineural_leaks:
        axis = of.canal.centreline.from_canal_coordinates(*spill.uvs_mm.T)
        parts.append(rng.uniform(axis.min(axis=0) - margin_mm, axis.max(axis=0) + margin_mm, (count, 3)))
    return np.concatenate(parts)


@pytest.mark.parametrize("case", CASES)
def test_the_hole_lies_on_the_sleeve_in_the_axilla(case: tuple[str, str, str, str]) -> None:
    of = spine(*case)
    anatomy = SyntheticAnatomy.from_spine(of)
    point = np.array([hole(of).hole_mm])
    assert abs(anatomy.dura_mm(point)[0]) < 0.1
    u, _, s = anatomy.to_canal_coordinates(point)[0]
    assert np.sign(u) == (-1.0 if case[3] == "right" else 1.0)
    disc = of.interspace_s_mm[case[1]]
    assert -4.0 < s - disc < 24.0  # under the pedicle above the disc; in the neck at its height
    assert abs(anatomy.neural_mm(point)[0]) < 4.0
    assert anatomy.label(point - np.array([0.0, 0.0, 0.6]))[0] == Label.EPIDURAL_COLLECTION


@pytest.mark.parametrize("case", CASES)
def test_what_is_painted_is_epidural_fluid_wherever_it_is_asked(case: tuple[str, str, str, str]) -> None:
    of = spine(*case)
    anatomy, points = SyntheticAnatomy.from_spine(of), about(of)
    fluid = points[anatomy.label(points) == Label.EPIDURAL_COLLECTION]
    assert len(fluid) > 60
    assert np.all(np.isin(anatomy.zone(fluid), EPIDURAL_ZONES))
    assert np.all(anatomy.dura_mm(fluid) > 0.0)
    assert np.all(anatomy.neural_mm(fluid) > 0.0)
    assert np.all(anatomy.bone_mm(fluid) > 0.0)
    if case[2] == "root-sleeve":
        assert np.any(anatomy.zone(fluid) == ZoneLabel.FORAMINAL)
    sides = np.sign(anatomy.to_canal_coordinates(fluid)[:, 0])
    assert set(sides) == {"left": {1.0}, "right": {-1.0}, "both": {1.0, -1.0}}[case[3]]


def test_a_sleeve_leak_is_thickest_and_densest_at_the_hole_and_reaches_as_far_as_it_says() -> None:
    of = spine("patient-2", "L3/4", "root-sleeve", "left")
    (spill,) = of.canal.fluid.perineural_leaks
    (root,) = [r for r in of.canal.nerves.roots if (r.vertebra, r.side) == ("L3", "left")]
    location = hole(of)
    hole_u = SyntheticAnatomy.from_spine(of).to_canal_coordinates(np.array([location.hole_mm]))[0, 0]
    sleeve = np.interp(-spill.uvs_mm[:, 2], -root.uvs_mm[:, 2], root.radius_mm + root.sleeve_mm)
    fluid = spill.radius_mm - sleeve
    assert fluid.argmax() < 4
    assert fluid[-1] < 0.5 * fluid[0]
    assert np.all(np.diff(spill.iodine_mg_per_ml) < 0.0)
    sac = of.canal.at(of.canal.fluid.csf_iodine_mg_per_ml, float(spill.uvs_mm[0, 2]))
    assert spill.iodine_mg_per_ml[0] == pytest.approx(0.65 * sac, rel=0.01)
    assert spill.uvs_mm[-1, 0] - hole_u == pytest.approx(22.0, abs=2.5)
    assert of.canal.fluid.collection_thickness_mm.max() == 0.0


def test_a_slow_leak_is_small_and_faint() -> None:
    of = spine("patient-2", "L3/4", "slow", "right")
    points = about(of, 6.0, 20_000)
    fluid = SyntheticAnatomy.from_spine(of).label(points) == Label.EPIDURAL_COLLECTION
    volume_ml = float(fluid.mean() * np.prod(np.ptp(points, axis=0))) * 1e-3
    assert 0.005 < volume_ml < 0.1
    assert 0.1 * 40.0 < of.canal.fluid.perineural_leaks[0].iodine_mg_per_ml[0] < 250.0 / 26.0


def test_the_kernel_agrees_with_dense_sampling() -> None:
    of = spine("patient-3", "L5/S1", "root-sleeve", "both")
    paints = of.canal_arrays.paints
    still = paints._replace(noise_texture=np.zeros_like(paints.noise_texture))
    flat = of.canal_arrays._replace(paints=still)
    compared = 0
    for point in about(of, 4.0, 100):
        at = canal_kernels.find_place(*point, flat)
        depth = canal_kernels.dorsal_wall_depth(at.u, at.v, at.s, flat)
        flavum = canal_kernels.flavum_distance(at.u, at.s, depth, flat)
        fast, iodine = perineural_leak_kernels.perineural_leak_distance(at, flat)
        truth, contrast = oracle.perineural_leak_distance(point, of.canal)
        if fast < 2.0:
            compared += 1
            assert fast == pytest.approx(max(truth, -flavum), abs=0.06)
            assert iodine == pytest.approx(contrast, rel=0.03)
    assert compared > 40


def test_voxels_show_the_fluid_that_points_tell() -> None:
    of = spine("patient-2", "L3/4", "root-sleeve", "left")
    end = of.canal.centreline.from_canal_coordinates(*of.canal.fluid.perineural_leaks[0].uvs_mm[14])[0]
    x0, y0, z0 = (float(q) for q in np.floor(end) - [12.0, 8.0, 2.0])
    body = VoxelGrid(origin_mm=(x0, y0, z0), spacing_mm=(1.0, 1.0, 1.0), shape=(5, 18, 24))
    fine = VoxelGrid(origin_mm=(x0 + 3.75, y0 + 1.75, z0), spacing_mm=(0.5, 0.5, 1.0), shape=(5, 28, 32))
    _, canal = voxelize(of, body, fine)
    z, y, x = np.indices(fine.shape)
    points = np.column_stack([x.ravel(), y.ravel(), z.ravel()]) * fine.spacing_mm + fine.origin_mm
    told = SyntheticAnatomy.from_spine(of).label(points).reshape(fine.shape) == Label.EPIDURAL_COLLECTION
    shown = canal.label == Label.EPIDURAL_COLLECTION
    assert told.sum() > 100
    assert (shown & told).sum() > 0.75 * told.sum()
    iodine = np.stack([canal.plane(k)[2] for k in range(5)])
    assert iodine[shown & told].mean() > 4.0


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="one side"):
        leaking("L3/4", "slow", "both")
    with pytest.raises(ValueError, match="ventral"):
        replace(leaking("L3/4", "slow", "left"), pattern="ventral")
