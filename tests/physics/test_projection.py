"""Projected voxels against closed-form line integrals, averaged over the detector cell."""

import numpy as np
import pytest

from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.projector import Projector
from tests.oracles.ct_projector import fan_ellipses
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

BODY = [
    Ellipse((3, -7), (160, 110), (1.0, 0, 0)),
    Ellipse((3, -57), (15, 15), (1.0, 0, 0)),
    Ellipse((43, 23), (5, 5), (0.05, 0, 0)),
    Ellipse((-57, 13), (9, 6), (0.5, 0, 0)),
]


@pytest.mark.parametrize(("spacing_mm", "limit"), [(0.78125, 0.001), (1.0, 0.0012)])
def test_line_integrals_of_a_body(spacing_mm, limit):
    """Relative RMS over all rays; the prototype's grid of 0.78 mm within 0.1 %, 1 mm voxels within 0.12 %."""
    phantom = ellipse_phantom(BODY, half_width_mm=(160, 110), planes=1, center_mm=(3.0, -7.0), spacing_mm=spacing_mm)
    projector = Projector(phantom, BRILLIANCE_64_CLASS)
    exact = fan_ellipses(BODY, BRILLIANCE_64_CLASS, projector.isocenter_mm)[0]
    error = projector.line_integrals(0)[0] - exact
    assert np.sqrt((error**2).mean() / (exact**2).mean()) < limit
    assert abs(error.mean()) < 1e-4 * exact.mean()


def test_bases_do_not_mix():
    shapes = [
        Ellipse((0, 0), (80, 60), (1.0, 0, 0)),
        Ellipse((10, 5), (12, 9), (0, 0.7, 0)),
        Ellipse((-15, 0), (8, 8), (0, 0, 25.0)),
    ]
    phantom = ellipse_phantom(shapes, half_width_mm=(80, 60), planes=1, canal_half_mm=35)
    lines = Projector(phantom, BRILLIANCE_64_CLASS).line_integrals(0)
    exact = fan_ellipses(shapes, BRILLIANCE_64_CLASS, (0.0, 0.0))
    for basis in range(3):
        error = np.sqrt(((lines[basis] - exact[basis]) ** 2).mean())
        assert error < 0.006 * np.sqrt((exact[basis] ** 2).mean())
