"""Line integrals against closed forms: chords of steel exactly, voxels as well as their size allows.

Errors are RMS over all rays, relative to the RMS of the closed form.
"""

import math

import numpy as np
import pytest
from numba import njit

from simulator.ct.geometry import BRILLIANCE_64_CLASS, ScannerGeometry
from simulator.ct.needle_chord_kernels import chord_length
from simulator.ct.needle_shadow import SteelTube, straight_pieces
from simulator.ct.projector import Projector
from tests.oracles.ct_projector import fan_ellipses
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

BODY = [
    Ellipse((3, -7), (160, 110), (1.0, 0, 0)),
    Ellipse((3, -57), (15, 15), (1.0, 0, 0)),
    Ellipse((43, 23), (5, 5), (0.05, 0, 0)),
    Ellipse((-57, 13), (9, 6), (0.5, 0, 0)),
]
RAYS = 100_000


@njit
def _chords(points, directions, pieces, radius, out):
    """The kernel's chords, ray by ray, summed over the pieces of a tube."""
    for i in range(points.shape[0]):
        for k in range(pieces.shape[0]):
            out[i] += chord_length(
                points[i, 0] - pieces[k, 0], points[i, 1] - pieces[k, 1], points[i, 2] - pieces[k, 2],
                directions[i, 0], directions[i, 1],
                pieces[k, 3], pieces[k, 4], pieces[k, 5], radius, pieces[k, 6],
            )  # fmt: skip


def _relative(value, exact):
    return float(np.sqrt(((value - exact) ** 2).mean() / (exact**2).mean()))


def _random_rays(reach_mm):
    """Horizontal rays that pass within `reach_mm` of the origin: points (n, 3), directions (n, 3), angle and t."""
    rng = np.random.default_rng(20)
    theta, t = rng.uniform(0, 2 * np.pi, RAYS), rng.uniform(-reach_mm, reach_mm, RAYS)
    u, z = rng.uniform(-50, 50, RAYS), rng.uniform(-reach_mm, reach_mm, RAYS)
    direction = np.stack([np.cos(theta), np.sin(theta), np.zeros(RAYS)], axis=1)
    normal = np.stack([-np.sin(theta), np.cos(theta), np.zeros(RAYS)], axis=1)
    points = t[:, None] * normal + u[:, None] * direction
    points[:, 2] = z
    return points, direction, normal, t


def _kernel(points, directions, pieces, radius):
    out = np.zeros(RAYS)
    _chords(points, directions, np.asarray(pieces, dtype=np.float64), radius, out)
    return out


def _cylinder_from_within(points, directions, piece, radius):
    """Chords in the cylinder's own frame: a circle met at a distance, between two flat ends; the slow, plain way."""
    axis = piece[3:6]
    e1 = np.cross(axis, [0.3, 0.5, 0.8])
    e1 /= np.linalg.norm(e1)
    frame = np.stack([e1, np.cross(axis, e1), axis])
    p, d = (points - piece[:3]) @ frame.T, directions @ frame.T
    across = np.hypot(d[:, 0], d[:, 1])
    side = np.abs(p[:, 0] * d[:, 1] - p[:, 1] * d[:, 0]) / across
    half = np.sqrt(np.maximum(radius**2 - side**2, 0)) / across
    nearest = -(p[:, 0] * d[:, 0] + p[:, 1] * d[:, 1]) / across**2
    z = np.sort(np.stack([p[:, 2] + (nearest + sign * half) * d[:, 2] for sign in (-1, 1)]), axis=0)
    kept = np.clip(np.minimum(z[1], piece[6]) - np.maximum(z[0], 0), 0, None)
    level = z[1] - z[0] < 1e-9
    inside = (z[0] >= 0) & (z[0] <= piece[6])
    return np.where(level, np.where(inside, 2 * half, 0), 2 * half * kept / np.maximum(z[1] - z[0], 1e-9))


@pytest.mark.parametrize("shape", ["disc", "ellipse", "tilted cylinder", "bent tube"])
def test_chords_of_steel_are_exact(figure, shape):
    radius = 4.0
    points, directions, normal, t = _random_rays(12.0)
    if shape == "disc":
        pieces = np.array([[0.7, -0.4, -500.0, 0.0, 0.0, 1.0, 1000.0]])
        offset = t - normal[:, :2] @ pieces[0, :2]
        exact = 2 * np.sqrt(np.maximum(radius**2 - offset**2, 0))
    elif shape == "ellipse":  # an endless tilted cylinder is cut level in an ellipse of radii r and r / cos
        lean = math.radians(35)
        pieces = np.array([[-500 * math.sin(lean), 0, -500 * math.cos(lean), math.sin(lean), 0, math.cos(lean), 1000]])
        long = radius / math.cos(lean)
        support = (long * normal[:, 0]) ** 2 + (radius * normal[:, 1]) ** 2
        offset = t - points[:, 2] * math.tan(lean) * normal[:, 0]
        exact = 2 * long * radius * np.sqrt(np.maximum(support - offset**2, 0)) / support
    else:
        corners = np.array([[-6.0, 2.0, -9.0], [4.0, -1.0, 3.0]])
        if shape == "bent tube":
            corners = np.array([[-9.0, 2.0, -9.0], [-3.0, -1.0, -4.0], [2.0, 1.0, 3.0], [9.0, 6.0, 8.0]])
        pieces = straight_pieces(SteelTube(points_mm=corners, outer_diameter_mm=2 * radius))
        assert len(pieces) == len(corners) - 1
        exact = sum(_cylinder_from_within(points, directions, piece, radius) for piece in pieces)
    error = _relative(_kernel(points, directions, pieces, radius), exact)
    assert np.count_nonzero(exact) > RAYS / 10
    figure(f"chords of a {shape}, {RAYS} random rays", error, asked="<= 1e-5", kind="independent")
    assert error <= 1e-5


def test_voxels_converge_at_first_order(figure):
    """Thin rays, so that nothing but the voxels averages; the grid is 2, 1 and 0.5 mm, its middle twice as fine.

    A chord's edge is a square root, whose spectrum beyond a voxel's frequency gives exactly first order; the linear
    interpolation between views, which does not get finer, bends the fit by 0.008 (0.003 with twice the views).
    """
    geometry = ScannerGeometry(active_fraction=0.02)
    sizes = np.array([2.0, 1.0, 0.5])
    errors = []
    for spacing in sizes:
        phantom = ellipse_phantom(
            BODY, half_width_mm=(160, 110), planes=1, center_mm=(3.0, -7.0), spacing_mm=spacing, canal_half_mm=16
        )
        projector = Projector(phantom, geometry)
        exact = fan_ellipses(BODY, geometry, projector.isocenter_mm, cell_samples=1)[0]
        errors.append(_relative(projector.line_integrals(0)[0], exact))
        figure(
            f"voxels of {spacing} mm, thin rays",
            100 * errors[-1],
            unit="%",
            asked="first order, 0.2 for each millimetre",
            within=(0.0, 0.2 * float(spacing)),
            kind="independent",
        )
    order = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    figure("order of convergence from 2 to 0.5 mm", order, asked="1 within 0.01", kind="independent")
    assert order >= 0.99
    assert errors[0] > errors[1] > errors[2]


@pytest.mark.parametrize(
    ("spacing_mm", "limit", "name"),
    [
        (0.8, 8e-4, "voxels of 0.8 mm"),
        (0.78125, 8e-4, "voxels of 0.78 mm"),
        (1.0, 1.2e-3, "the product's grids, body 1 mm and canal box 0.5 mm"),
    ],
)
def test_line_integrals_of_a_body(figure, spacing_mm, limit, name):
    """Against the closed form averaged over the detector cell."""
    phantom = ellipse_phantom(BODY, half_width_mm=(160, 110), planes=1, center_mm=(3.0, -7.0), spacing_mm=spacing_mm)
    projector = Projector(phantom, BRILLIANCE_64_CLASS)
    exact = fan_ellipses(BODY, BRILLIANCE_64_CLASS, projector.isocenter_mm)[0]
    lines = projector.line_integrals(0)[0]
    error = _relative(lines, exact)
    figure(
        f"{name}, all rays of a body of four ellipses",
        100 * error,
        unit="%",
        asked=f"<= {100 * limit:.2f}",
        kind="independent",
    )
    assert error <= limit
    assert abs((lines - exact).mean()) < 1e-4 * exact.mean()


def test_bases_do_not_mix(figure):
    shapes = [
        Ellipse((0, 0), (80, 60), (1.0, 0, 0)),
        Ellipse((10, 5), (12, 9), (0, 0.7, 0)),
        Ellipse((-15, 0), (8, 8), (0, 0, 25.0)),
    ]
    phantom = ellipse_phantom(shapes, half_width_mm=(80, 60), planes=1, canal_half_mm=35)
    lines = Projector(phantom, BRILLIANCE_64_CLASS).line_integrals(0)
    exact = fan_ellipses(shapes, BRILLIANCE_64_CLASS, (0.0, 0.0))
    for basis, name in enumerate(("water", "bone", "iodine")):
        error = _relative(lines[basis], exact[basis])
        figure(f"{name} beside the other bases", 100 * error, unit="%", asked="<= 0.6", kind="independent")
        assert error <= 0.006
