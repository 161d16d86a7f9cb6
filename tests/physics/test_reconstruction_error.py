"""Reconstruction alone: closed-form rays of a water ellipse with a bone insert come back as what they were.

320 x 220 mm of water with an insert of 1000 HU, 15 mm in radius; 250 mm or 500 mm in 512
pixels (the sharp kernel asks for more than the wide field's pixels hold: 0.85 HU there).
"""

import numpy as np
import pytest

from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.reconstruction import Reconstruction
from tests.oracles.ct_projector import fan_ellipses
from tests.physics.water_phantoms import Ellipse

BODY = Ellipse((0, 0), (160, 110), (1.0, 0, 0))
BONE = Ellipse((0, -50), (15, 15), (1.0, 0, 0))


@pytest.fixture(scope="module")
def rays():
    return fan_ellipses([BODY, BONE], BRILLIANCE_64_CLASS, (0.0, 0.0))[0].astype(np.float32)


CASES = [(250.0, kernel) for kernel in ("smooth", "standard", "detail", "sharp")]
CASES += [(500.0, kernel) for kernel in ("smooth", "standard", "detail")]


@pytest.mark.parametrize(("field_of_view_mm", "kernel"), CASES)
def test_water_is_flat_and_the_insert_right(rays, figure, field_of_view_mm, kernel):
    plan = Reconstruction(
        BRILLIANCE_64_CLASS,
        field_of_view_mm=field_of_view_mm,
        matrix=512,
        reconstruction_kernel=kernel,
        reach_mm=160.0,
    )
    image = plan.image(np.stack([rays] * 3), (0.0, 0.0))[0].astype(np.float64)
    axis = (255.5 - np.arange(512)) * plan.pixel_spacing_mm
    x, y = axis, axis[:, None]
    from_insert = np.hypot(x, y + 50)
    water = ((x / 150) ** 2 + (y / 100) ** 2 < 1) & (from_insert > 25)
    error = np.sqrt((image[water] ** 2).mean())
    insert = image[from_insert < 11].mean()
    name = f"kernel {kernel}, field of {field_of_view_mm:.0f} mm"
    figure(f"RMS of water 10 mm and more from edges, {name}", error, unit="HU", asked="<= 0.8", kind="independent")
    figure(f"insert of 1000 HU, {name}", insert, unit="HU", asked="1000 within 1", digits=6, kind="independent")
    assert error <= 0.8
    assert insert == pytest.approx(1000.0, abs=1.0)
