"""Projector: kernels against their twins, the Fourier route against Joseph, and what it refuses."""

import math
from dataclasses import replace

import numpy as np
import pytest

from phantoms.phantom import VoxelGrid
from simulator.ct import projector_kernels as kernels
from simulator.ct.body_extent import _smallest_circle
from simulator.ct.geometry import BRILLIANCE_64_CLASS as SCANNER
from simulator.ct.geometry import ScannerGeometry
from simulator.ct.gridding import apodisation, window_table
from simulator.ct.gridding_kernels import FrequencyRays, WindowTable
from simulator.ct.plane_transform import InPlaneGrid, ProjectionAxis, half_spectrum, plane_transform
from simulator.ct.projector import DensityChange, Projector
from tests.oracles import ct_projector as oracle
from tests.physics.water_phantoms import Ellipse, ellipse_phantom, water_cylinder

WATER = (1.0, 0.0, 0.0)


def test_central_slices_match_direct_fourier_sums():
    rng = np.random.default_rng(3)
    ny, nx, my, mx = 22, 30, 48, 60
    images = rng.random((3, ny, nx)).astype(np.float32)
    flat = images / np.outer(apodisation(6, 2.0, my, ny), apodisation(6, 2.0, mx, nx))
    half = half_spectrum(flat.astype(np.float32), (my, mx))
    spectrum = half.view(np.float32).reshape(my, -1)
    angles = np.linspace(0, math.pi, 7, endpoint=False)
    step_y, step_x = -0.9 * np.cos(angles), 0.9 * np.sin(angles)
    turn = rng.uniform(-1, 1, angles.size)
    response = rng.uniform(0.5, 1, (angles.size, 34)).astype(np.float32)
    response[2, 5] = 0.0
    out = np.full((36, 3, angles.size), 7, np.complex64)
    rays = FrequencyRays(step_row=step_y, step_column=step_x, turn=turn)
    window = WindowTable(values=window_table(6, 2.0, 4096), steps=4096)
    kernels.central_slices(spectrum, rays, window, response, out)
    y, x = np.arange(ny) - ny // 2, np.arange(nx) - nx // 2
    scale = np.abs(images).sum(axis=(1, 2)).max()
    for k in range(angles.size):
        for f in range(34):
            direct = oracle.central_slice(images, y, x, step_y[k] * f / my, step_x[k] * f / mx)
            expected = np.conj(direct) * response[k, f] * np.exp(1j * f * turn[k])
            assert np.abs(out[f, :, k] - expected).max() < 3e-4 * scale
    assert (out[34:] == 7).all()  # frequencies beyond the responses are the caller's


@pytest.mark.parametrize("spacing_mm", [1.0, 0.7, 0.5])
@pytest.mark.parametrize("angles", [290, 150])
def test_short_periods_give_the_rays_of_the_whole_field(spacing_mm: float, angles: int) -> None:
    """Coarse or fine samples, groups of angles of several sizes, a grid aside of the isocentre: the same lines."""
    rng = np.random.default_rng(5)
    shape = (60, 44)
    # Smooth towards the grid's ends, as the canal's window is
    fade = np.outer(*(np.hanning(n) for n in shape))
    images = (rng.random((3, *shape)) * fade).astype(np.float32)
    grid = InPlaneGrid(first_mm=(-60.0, 35.0), spacing_mm=(spacing_mm, spacing_mm), shape=shape)
    column_mm = np.linspace(-200, 201, 300)
    axis = ProjectionAxis(angles=angles, column_mm=column_mm, aperture_mm=0.7, radius_mm=250.0)
    short, whole = (np.zeros((3, 300, 2 * angles), np.float32) for _ in range(2))
    plane_transform(grid, axis).add(images, short)
    plane_transform(grid, axis, whole_field=True).add(images, whole)
    assert whole.max() > 5
    assert np.abs(short - whole).max() < 1e-3 * whole.max()


def test_coarse_samples_give_the_rays_of_fine_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The body's projections are sampled at every other place; the sums between are as good as samples."""
    images = np.random.default_rng(6).random((3, 90, 120)).astype(np.float32)
    grid = InPlaneGrid(first_mm=(-60.0, -45.0), spacing_mm=(1.0, 1.0), shape=(90, 120))
    axis = ProjectionAxis(angles=40, column_mm=np.linspace(-90, 90, 234), aperture_mm=0.77, radius_mm=120.0)
    coarse, fine = (np.zeros((3, 234, 80), np.float32) for _ in range(2))
    plane_transform(grid, axis, whole_field=True).add(images, coarse)
    monkeypatch.setattr("simulator.ct.plane_transform._COARSE_BELOW", 0.0)
    plane_transform(grid, axis, whole_field=True).add(images, fine)
    assert np.abs(coarse - fine).max() < 2e-4 * fine.max()  # what two periods differ by in the window's precision


def test_interpolations_match_their_twins():
    rng = np.random.default_rng(4)
    parallel = rng.random((64, 3, 20), dtype=np.float32)
    tap = rng.integers(-1, 60, (2, 30)).astype(np.int32)
    weight = rng.random((2, 30, 4), dtype=np.float32)
    rays = rng.random((3, 30, 50), dtype=np.float32)
    expected = rays + oracle.resampled_rays(parallel, 3, tap, weight, 50)
    kernels.add_resampled_rays(parallel, 3, tap, weight, rays)
    np.testing.assert_allclose(rays, expected, rtol=1e-5)
    first = rng.integers(-12, 12, 30).astype(np.int32)
    share = rng.random(30, dtype=np.float32)
    expected = oracle.parallel_to_fan(rays, first, share)
    kernels.parallel_to_fan(rays, first, share)
    np.testing.assert_allclose(rays, expected, rtol=1e-4, atol=1e-6)


def test_fourier_route_agrees_with_joseph_through_the_same_voxels():
    """A smooth disc pair, off centre; rays of the isocentre's columns, no cell average in Joseph's."""
    narrow = replace(SCANNER, active_fraction=0.05)
    shapes = [Ellipse((12.0, -9.0), (60.0, 45.0), WATER), Ellipse((30.0, 0.0), (12.0, 9.0), (0.5, 0.0, 0.0))]
    phantom = ellipse_phantom(shapes, half_width_mm=(60, 45), center_mm=(12.0, -9.0), planes=1, canal_half_mm=5)
    projector = Projector(phantom, narrow)
    lines = projector.line_integrals(0)[0]
    grid = phantom.body.grid
    image = phantom.body.plane(0)[0]
    first = grid.origin_mm[0] - projector.isocenter_mm[0], grid.origin_mm[1] - projector.isocenter_mm[1]
    errors = []
    for view in (0, 97, 290, 555, 871):
        for column in range(270, 400, 9):
            gamma = narrow.column_angles_rad[column]
            theta = view * narrow.view_angle_rad + gamma
            t = narrow.source_to_isocenter_mm * math.sin(gamma)
            point, direction = (-t * math.sin(theta), t * math.cos(theta)), (math.cos(theta), math.sin(theta))
            errors.append(lines[view, column] - oracle.joseph(image, first, 1.0, point, direction))
    assert np.sqrt(np.mean(np.square(errors))) < 0.004 * lines.max()  # Joseph's own error on 1 mm voxels


def test_canal_box_leaves_no_seam():
    """A homogeneous cylinder projects alike whether a canal box lies in it or not."""
    with_box = Projector(water_cylinder(120, planes=1, canal_half_mm=30), SCANNER).line_integrals(0)[0]
    without = Projector(water_cylinder(120, planes=1, first_z_mm=0, canal_half_mm=30), SCANNER)
    without._canal_window[:] = 0
    without._body_window[:] = 0
    assert np.abs(with_box - without.line_integrals(0)[0]).max() < 0.03


def test_a_change_adds_its_own_line_integrals():
    phantom = water_cylinder(160, planes=4)
    projector = Projector(phantom, SCANNER)
    grid = VoxelGrid(origin_mm=(-9.5, -4.5, 1.0), spacing_mm=(1.0, 1.0, 1.0), shape=(2, 20, 20))
    delta = np.zeros((3, *grid.shape), np.float32)
    delta[2, 0] = 15.0
    delta[0, 0] = -0.2
    change = DensityChange(grid=grid, delta=delta, revision=1)
    added = projector.line_integrals(1, change) - projector.line_integrals(1)
    total = added.sum(axis=2).mean(axis=1)  # every view sees the whole square: 20 mm x 20 mm
    magnified = SCANNER.source_to_isocenter_mm * SCANNER.column_angle_rad
    assert total[2] * magnified == pytest.approx(15 * 400, rel=0.02)  # 2 %: the fan's divergence off centre
    assert total[0] * magnified == pytest.approx(-0.2 * 400, rel=0.02)
    assert np.array_equal(projector.line_integrals(2, change), projector.line_integrals(2))


def test_misaligned_changes_are_refused():
    projector = Projector(water_cylinder(60, planes=4, canal_half_mm=10), SCANNER)
    grid = VoxelGrid(origin_mm=(0.0, 0.0, 0.4), spacing_mm=(1.0, 1.0, 1.0), shape=(1, 4, 4))
    change = DensityChange(grid=grid, delta=np.ones((3, 1, 4, 4), np.float32), revision=1)
    with pytest.raises(ValueError, match="do not coincide"):
        projector.line_integrals(1, change)
    with pytest.raises(ValueError, match="asks for"):
        DensityChange(grid=grid, delta=np.ones((3, 2, 4, 4), np.float32), revision=1)


def test_a_body_wider_than_the_field_is_refused():
    with pytest.raises(ValueError, match=r"reaches 2\d\d mm from the isocentre; the scanner's field ends at 24\d mm"):
        Projector(ellipse_phantom([Ellipse((0, 0), (262, 90), WATER)], half_width_mm=(262, 90), planes=1), SCANNER)


def test_isocentre_is_the_middle_of_the_body():
    shape = Ellipse((33.0, -21.0), (50.0, 30.0), WATER)
    phantom = ellipse_phantom([shape], half_width_mm=(70, 60), center_mm=(30.0, -20.0), planes=1, canal_half_mm=10)
    assert Projector(phantom, SCANNER).isocenter_mm == pytest.approx((33.0, -21.0), abs=0.51)


def test_geometry_refuses_nonsense():
    with pytest.raises(ValueError, match="even"):
        ScannerGeometry(views=1161)
    with pytest.raises(ValueError, match="between the source and the detector"):
        ScannerGeometry(source_to_isocenter_mm=1200)
    assert 498 < 2 * SCANNER.field_radius_mm < 501


def test_a_body_with_a_far_corner_is_laid_in_the_smallest_circle():
    """A half disc: about the middle of its box it reaches 1.118 radii, about its circle's own centre one."""
    angle = np.linspace(0.0, np.pi, 400)
    places = 230.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    centre = _smallest_circle(places, (0.0, 115.0))
    reach = np.linalg.norm(places - centre, axis=1).max()
    assert np.linalg.norm(places - [0.0, 115.0], axis=1).max() > 256.0
    assert reach < 230.0 * 1.01
