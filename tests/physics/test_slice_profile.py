"""Slice thickness: how wide along z a slice sees, at half of what it sees of a thin disc.

The disc is one plane of the phantom, 1 mm, in water; it is swept through a slice in steps of 0.1 mm.
"""

import numpy as np
import pytest

from simulator.ct.needle_shadow import SteelTube
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

MIDDLE_MM = 6.0
STEP_MM = 0.1


@pytest.fixture(scope="module")
def scanner():
    water = Ellipse((0, 0), (40, 40), (1.0, 0, 0))
    disc = Ellipse((0, 0), (6, 6), (0.1, 0, 0), z_mm=(MIDDLE_MM - 0.5, MIDDLE_MM + 0.5))
    return Scanner(ellipse_phantom([water, disc], half_width_mm=(40, 40), planes=13, canal_half_mm=12))


def _width(scanner, thickness_mm, needles=()):
    """Full width at half maximum of the profile, and its area over its height, in mm."""
    technique = Technique(tube_voltage_kv=120, tube_current_ma=100, rotation_s=1, slice_thickness_mm=thickness_mm)
    reach = 0.5 * thickness_mm + 0.8
    z = np.arange(-reach, reach + STEP_MM / 2, STEP_MM)
    arguments = {"technique": technique, "noise_key": None, "centre_mm": (0.0, 0.0), "field_of_view_mm": 30.0}
    hu = scanner.image(slice_centres_mm=MIDDLE_MM + z, needles=needles, matrix=64, **arguments).hu
    seen = hu[:, 30:34, 30:34].mean(axis=(1, 2))
    if needles:
        seen = seen - scanner.image(slice_centres_mm=MIDDLE_MM + z, matrix=64, **arguments).hu[:, 30:34, 30:34].mean(
            axis=(1, 2)
        )
    half = seen.max() / 2
    above = np.flatnonzero(seen > half)
    first, last = above[0], above[-1]
    low = z[first] - STEP_MM * (seen[first] - half) / (seen[first] - seen[first - 1])
    high = z[last] + STEP_MM * (seen[last] - half) / (seen[last] - seen[last + 1])
    return high - low


@pytest.mark.parametrize("thickness_mm", [1.0, 2.5, 3.0, 4.0, 5.0])
def test_a_slice_is_as_thick_as_asked(scanner, figure, thickness_mm):
    width = _width(scanner, thickness_mm)
    figure(
        f"width at half maximum of a slice of {thickness_mm:g} mm",
        width,
        unit="mm",
        asked="nominal within 5 %",
        kind="independent",
    )
    assert width == pytest.approx(thickness_mm, rel=0.05)


def test_a_thinner_slice_than_a_plane_sees_a_plane_of_the_patient(scanner, figure):
    width = _width(scanner, 0.625)
    figure(
        "width of a slice of 0.625 mm: the patient's planes have 1 mm",
        width,
        unit="mm",
        asked="1 within 5 %",
        kind="independent",
    )
    assert width == pytest.approx(1.0, rel=0.05)


@pytest.mark.parametrize("thickness_mm", [0.625, 2.5])
def test_steel_is_cut_at_the_slices_own_faces(scanner, figure, thickness_mm):
    """A thin wire across the slice knows no planes: it is seen while it lies within the thickness."""
    wire = SteelTube(points_mm=np.array([[-30.0, 0.0, MIDDLE_MM], [30.0, 0.0, MIDDLE_MM]]), outer_diameter_mm=0.1)
    width = _width(scanner, thickness_mm, needles=[wire])
    figure(f"width of a slice of {thickness_mm:g} mm to a steel wire of 0.1 mm", width, unit="mm",
           asked="nominal within 5 %", kind="independent")  # fmt: skip
    assert width == pytest.approx(thickness_mm, rel=0.05)
