import numpy as np
import pytest
from scipy.spatial import cKDTree

from phantoms import paint_kernels
from phantoms.bones import bone_parts_kernels
from phantoms.canal import canal_kernels
from phantoms.canal.canal_tables import canal_arrays
from phantoms.canal.centreline import curve_through
from simulator.spatial.frames import patient_point
from tests.oracles import anatomy_geometry as oracle
from tests.oracles import anatomy_solids as solids
from tests.oracles.anatomy_patient import anatomy, spine, world


def test_curved_coordinates_agree_with_a_search():
    rng = np.random.default_rng(5)
    points = np.column_stack([rng.uniform(-120, 120, 40), rng.uniform(-120, 80, 40), rng.uniform(-80, 100, 40)])
    assert anatomy().to_canal_coordinates(points) == pytest.approx(
        oracle.curved_by_search(points, spine().canal.centreline), abs=0.02
    )


def test_one_point_agrees_with_the_search_and_with_the_kernel_in_its_height_to_the_last_bit():
    """Levels and depths are read at an arc length; kernels and the transform must not part there."""
    rng = np.random.default_rng(15)
    points = np.column_stack([rng.uniform(-120, 120, 400), rng.uniform(-120, 80, 400), rng.uniform(-400, 500, 400)])
    line = spine().canal.centreline
    single = np.array([line.to_canal(patient_point(point)) for point in points])
    compiled = anatomy().to_canal_coordinates(points)
    assert np.array_equal(single[:, 2], compiled[:, 2])
    assert single == pytest.approx(compiled, abs=1e-9)
    near = points[np.abs(points[:, 2] - 10.0) < 90.0][:20]
    found = np.array([line.to_canal(patient_point(point)) for point in near])
    assert found == pytest.approx(oracle.curved_by_search(near, line), abs=0.02)


def test_curved_coordinates_and_world_are_inverse():
    rng = np.random.default_rng(6)
    uvs = np.column_stack([rng.uniform(-60, 60, 50), rng.uniform(-40, 70, 50), rng.uniform(-75, 100, 50)])
    assert anatomy().to_canal_coordinates(world(*uvs.T)) == pytest.approx(uvs, abs=0.01)


def test_a_centreline_needs_height():
    with pytest.raises(ValueError, match="four points"):
        curve_through(np.zeros((5, 3)))


def test_dura_is_a_true_distance_near_the_surface():
    """Against the nearest of a dense cloud on the sac, 8 mm about it, away from the root sleeves."""
    rng = np.random.default_rng(7)
    canal = spine().canal
    for level, s in (("L2/3", 31.0), ("L3/4", 0.0), ("L4/5", -33.0)):
        tree = cKDTree(oracle.sac_surface(canal, s - 16, s + 16))
        count = 160
        uvs = np.column_stack([rng.uniform(-16, 16, count), rng.uniform(-8, 24, count), s + rng.uniform(-6, 6, count)])
        points = world(*uvs.T)
        truth, _ = tree.query(points)
        sac = np.array([canal_kernels.sac_distance(*uvs[i], spine().canal_arrays) for i in range(count)])
        near = truth < 8.0
        assert near.sum() > 100, level
        assert np.all(np.abs(np.abs(sac[near]) - truth[near]) < np.maximum(0.15, 0.03 * truth[near])), level
        back = canal.sac.v_mm[np.searchsorted(canal.s_mm, s)]
        assert canal_kernels.sac_distance(0.0, back, s, spine().canal_arrays) < -5.0
        distances = anatomy().dura_mm(points)
        assert np.all(distances <= sac + 1e-9)
        assert np.all(np.sign(distances[sac < -0.2]) < 0)


def test_sac_lattice_agrees_with_the_polygon_twin():
    rng = np.random.default_rng(8)
    t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    u, v = 8 * np.cos(t), 1.0 + 6 * np.sin(t)
    for _ in range(40):
        pu, pv = rng.uniform(-15, 15, 2)
        fast = canal_kernels.polygon_distance(pu, pv, u, v)
        assert fast == pytest.approx(oracle.polygon_distance(pu, pv, u, v), abs=2e-3)


def test_roots_agree_with_dense_sampling():
    rng = np.random.default_rng(9)
    for root in spine().canal.nerves.roots[3:9]:
        axis = world(*root.uvs_mm[4:16:3].T)
        for point in axis + rng.uniform(-3, 3, axis.shape):
            at = canal_kernels.find_place(*point, spine().canal_arrays)
            fast, _ = canal_kernels.root_distance(at, spine().canal_arrays)
            # the kernel takes the radius at the nearest point of the axis; where the root tapers (0.2 per mm at
            # most) the true nearest point lies a little aside
            assert fast == pytest.approx(oracle.roots_distance(point, spine().canal), abs=0.05)


def test_cord_is_a_true_distance():
    rng = np.random.default_rng(10)
    canal, cord = spine().canal, spine().canal.cord
    s = 100.0
    a, b, v0, u0 = (canal.at(table, s) for table in (cord.half_width_mm, cord.half_ap_mm, cord.v_mm, canal.sac.u_mm))
    for _ in range(30):
        du, dv = rng.uniform(-8, 8, 2)
        fast = canal_kernels.cord_distance(u0 + du, v0 + dv, s, spine().canal_arrays)
        assert fast == pytest.approx(oracle.ellipse_distance(du, dv, a, b), abs=0.02)
    assert anatomy().cord_mm(world(0.0, 8.0, 0.0))[0] > 100.0


def test_strands_agree_with_their_twin():
    rng = np.random.default_rng(11)
    for _ in range(30):
        u, v, s = rng.uniform(-8, 8), rng.uniform(1, 14), rng.uniform(-60, 60)
        fast = canal_kernels.strand_distance(u, v, s, spine().canal_arrays)
        assert fast == pytest.approx(oracle.strands_distance(u, v, s, spine().canal), abs=1e-9)


def test_noise_and_super_ellipse_agree_with_their_twins():
    rng = np.random.default_rng(12)
    texture = spine().canal_arrays.paints.noise_texture
    assert texture.std() == pytest.approx(1.0, abs=1e-3)
    for x, y, z in rng.uniform(-300, 300, (50, 3)):
        assert paint_kernels.noise(texture, x, y, z) == pytest.approx(oracle.noise(texture, x, y, z), abs=1e-5)
    for x, y in rng.uniform(-30, 30, (50, 2)):
        fast = paint_kernels.super_ellipse(x, y, 12.0, 9.0, 2.4)
        assert fast == pytest.approx(oracle.super_ellipse(x, y, 12.0, 9.0, 2.4), rel=1e-9)


def test_tables_of_different_length_are_refused():
    from dataclasses import replace

    canal = spine().canal
    for part, table in (("walls", "dorsal_slope"), ("cord", "v_mm"), ("fluid", "csf_iodine_mg_per_ml")):
        short = replace(getattr(canal, part), **{table: np.zeros(3)})
        with pytest.raises(ValueError, match=table):
            canal_arrays(replace(canal, **{part: short}), spine().canal_arrays.paints)


def test_points_of_a_wrong_shape_are_refused():
    with pytest.raises(ValueError, match=r"\(n, 3\)"):
        anatomy().dura_mm(np.zeros(3))


def test_bone_solids_agree_with_their_twins():
    rng = np.random.default_rng(13)
    row = spine().row.vertebrae[4]
    for x, y, z in rng.uniform((-26, -36, -14), (26, 4, 14), (60, 3)):
        assert bone_parts_kernels.body_distance(x, y, z, row) == pytest.approx(
            solids.body_distance(x, y, z, row), abs=1e-6
        )
    for point in rng.uniform(-12, 12, (30, 3)):
        a, b = rng.uniform(-8, 8, (2, 3))
        fast = paint_kernels.cone(tuple(point), tuple(a), tuple(b), 3.0, 2.0, 1.4)
        assert fast == pytest.approx(solids.cone(point, a, b, 3.0, 2.0, 1.4), abs=1e-3)
    for a, b in rng.uniform(-5, 5, (30, 2)):
        assert paint_kernels.smooth_min(a, b, 3.0) == pytest.approx(solids.smooth_min(a, b, 3.0))
        assert paint_kernels.smooth_max(a, b, 3.0) == pytest.approx(solids.smooth_max(a, b, 3.0))


def test_bone_distance_seldom_overstates():
    """Its gradient is near 1 and mostly below: a needle is told of bone rather too early than too late."""
    rng = np.random.default_rng(14)
    points = world(rng.uniform(-20, 20, 400), rng.uniform(-30, 50, 400), rng.uniform(-30, 30, 400))
    distance = anatomy().bone_mm(points)
    near = (np.abs(distance) > 0.3) & (np.abs(distance) < 1.5)
    points, distance = points[near], distance[near]
    gradient = np.column_stack(
        [(anatomy().bone_mm(points + step) - anatomy().bone_mm(points - step)) / 0.02 for step in 0.01 * np.eye(3)]
    )
    length = np.linalg.norm(gradient, axis=1)
    assert 0.85 < np.median(length) < 1.05
    assert np.percentile(length, 98) < 1.4
