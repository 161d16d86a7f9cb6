"""Images are seen from the feet of a prone patient: posterior up, the patient's left on the picture's left."""

import numpy as np
import pytest

from simulator.ct.needle_shadow import SteelTube
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

TECHNIQUE = Technique(tube_voltage_kv=120, tube_current_ma=100, rotation_s=1, slice_thickness_mm=1)
LANDMARK = (38.0, 21.0)  # the patient's left, posterior


@pytest.fixture(scope="module")
def scanner():
    shapes = [
        Ellipse((5, -10), (90, 60), (1.0, 0, 0)),
        Ellipse(LANDMARK, (3, 3), (0, 0.8, 0), z_mm=(1.5, 3.5)),
    ]
    return Scanner(ellipse_phantom(shapes, half_width_mm=(90, 60), center_mm=(5.0, -10.0), planes=5, canal_half_mm=20))


def _center_of_mass(values: np.ndarray) -> tuple[float, float]:
    weight = np.where(values > 300, values, 0)
    rows, columns = np.indices(weight.shape)
    return float((weight * rows).sum() / weight.sum()), float((weight * columns).sum() / weight.sum())


@pytest.mark.parametrize(
    ("centre_mm", "field_of_view_mm", "matrix"),
    [((5.0, -10.0), 200.0, 256), ((30.0, 10.0), 90.0, 128), ((-20.0, -5.0), 160.0, 512)],
)
def test_landmark_is_where_the_frame_says(scanner, centre_mm, field_of_view_mm, matrix):
    frame = scanner.image(
        technique=TECHNIQUE,
        slice_centres_mm=[0.0, 2.0, 4.0],
        noise_key=None,
        centre_mm=centre_mm,
        field_of_view_mm=field_of_view_mm,
        matrix=matrix,
    )
    row, column = _center_of_mass(frame.hu[1])
    x, y, z = frame.position_mm(1, row, column)
    assert (x, y) == pytest.approx(LANDMARK, abs=0.1)
    assert z == 2.0
    assert frame.hu[0].max() < 300 > frame.hu[2].max()  # it lies in the middle slice alone
    if centre_mm[0] < LANDMARK[0]:
        assert column < matrix / 2  # left on the left
    if centre_mm[1] < LANDMARK[1]:
        assert row < matrix / 2  # posterior up


def test_needle_and_body_share_the_frame(scanner):
    """A thick rod in the place of the landmark lands on the same pixels."""
    rod = SteelTube(points_mm=np.array([[*LANDMARK, -30.0], [*LANDMARK, 30.0]]), outer_diameter_mm=1.2)
    frame = scanner.image(
        technique=TECHNIQUE,
        slice_centres_mm=[0.0],
        needles=[rod],
        noise_key=None,
        centre_mm=(20.0, 5.0),
        field_of_view_mm=120.0,
        matrix=256,
    )
    row, column = _center_of_mass(np.where(frame.hu[0] > 3000, frame.hu[0], 0))
    assert frame.position_mm(0, row, column)[:2] == pytest.approx(LANDMARK, abs=0.1)
