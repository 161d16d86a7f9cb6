"""Where the needle's tip appears: found in noisy images at random poses, against the truth.

20G in an ellipse of 280 x 200 mm of water, three slices of 4 mm, 120 kV, 30 mAs. The finder knows a window of 24 mm
in which the tip lies somewhere, that the shaft comes from posterior, and nothing else.
"""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from simulator.ct.needle_shadow import SteelTube
from simulator.ct.scanner import Scanner
from simulator.ct.technique import Technique
from simulator.interface.frame import Frame
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

POSES = 200
SLICES_MM = (5.5, 9.5, 13.5)
WINDOW_MM = 12.0
STEP_MM = 0.1


@pytest.fixture(scope="module")
def scanner():
    ellipse = Ellipse((0, 0), (140, 100), (1.0, 0, 0))
    return Scanner(ellipse_phantom([ellipse], half_width_mm=(140, 100), planes=20))


def _tube(tip_mm, in_plane_deg, tilt_deg, length_mm=80.0):
    """A straight 20G needle whose shaft leaves the tip at an angle from posterior (+y) and out of the plane."""
    turn, tilt = math.radians(in_plane_deg), math.radians(tilt_deg)
    axis = np.array([math.sin(turn) * math.cos(tilt), math.cos(turn) * math.cos(tilt), math.sin(tilt)])
    return SteelTube(points_mm=np.array([tip_mm, tip_mm + length_mm * axis]), outer_diameter_mm=0.9)


def _image(scanner, tube, noise_key, slices_mm=SLICES_MM) -> Frame:
    technique = Technique(tube_voltage_kv=120, tube_current_ma=60, rotation_s=0.5, slice_thickness_mm=4.0)
    return scanner.image(
        technique=technique,
        slice_centres_mm=slices_mm,
        needles=[tube],
        noise_key=noise_key,
        centre_mm=(0.0, 0.0),
        field_of_view_mm=125.0,
        matrix=256,
    )


def _sample(frame, planes, points):
    """Values of `planes` (row, column) at patient points x, y (..., 2)."""
    rows, columns = frame.pixel_of(points[..., 0], points[..., 1])
    return map_coordinates(planes, np.stack([rows, columns]), order=1)


def find_tip(frame: Frame, window_mm: tuple[float, float]) -> np.ndarray:
    """The tip in the window about (x, y): the end of the shaft's image, and the slices that show it.

    The shaft is a line through the bright pixels of the slices' sum. Along it the image falls from the bright tip to
    the dark flame beyond: the tip is half way down.
    """
    total = frame.hu.sum(axis=0).astype(np.float64)
    size = frame.hu.shape[1]
    rows, columns = np.indices((size, size))
    x, y = frame.position_mm(0, rows, columns)[:2]
    inside = (np.abs(x - window_mm[0]) < WINDOW_MM) & (np.abs(y - window_mm[1]) < WINDOW_MM)
    bright = np.where(inside & (total > 0.4 * np.percentile(total[inside], 99.5)), total, 0)
    for _ in range(3):  # a line through the bright pixels, then through those near it
        weight = bright / bright.sum()
        middle = np.array([(weight * x).sum(), (weight * y).sum()])
        dx, dy = x - middle[0], y - middle[1]
        spread = np.array([[(weight * dx * dx).sum(), (weight * dx * dy).sum()], [0, (weight * dy * dy).sum()]])
        spread[1, 0] = spread[0, 1]
        axis = np.linalg.eigh(spread)[1][:, 1]
        axis = axis if axis[1] > 0 else -axis  # towards posterior, where the hub is
        bright = np.where(np.abs(dx * axis[1] - dy * axis[0]) < 2.0, bright, 0)
    along = np.arange(-2 * WINDOW_MM, 2 * WINDOW_MM, STEP_MM)
    across = np.array([-0.4, 0.0, 0.4])
    points = middle + along[:, None, None] * axis + across[:, None] * np.array([axis[1], -axis[0]])
    profiles = np.stack([_sample(frame, plane, points).mean(axis=1) for plane in frame.hu.astype(np.float64)])
    seen = (np.abs(points[:, 1] - np.array(window_mm)) < WINDOW_MM + 4).all(axis=1)
    profile = np.where(seen, profiles.sum(axis=0), 0)
    lit = np.flatnonzero(profile > 0.5 * np.percentile(profile[seen], 90))
    start = int(lit[0])
    near = slice(max(0, start - int(4 / STEP_MM)), start + int(4 / STEP_MM))
    top = near.start + int(profile[near].argmax())
    low = max(0, top - int(4 / STEP_MM))
    bottom = low + int(profile[low:top].argmin())
    half = (profile[top] + profile[bottom]) / 2
    edge = bottom + int(np.argmax(profile[bottom:top] > half))
    tip = middle + along[edge] * axis

    def height(behind_mm):
        """Mean z of the slices, by how bright the shaft is in each, over 2 mm about a place behind the tip."""
        location = edge + int(behind_mm / STEP_MM)
        shown = np.maximum(profiles[:, location - int(1 / STEP_MM) : location + int(1 / STEP_MM)].mean(axis=1), 0)
        return float((shown * frame.z_mm).sum() / shown.sum())

    return np.array([*tip, height(1.0)])


def test_the_tip_is_where_the_needle_is(scanner, figure):
    rng = np.random.default_rng(7)
    off = np.empty((POSES, 3))
    for pose in range(POSES):
        tip = np.array([*rng.uniform(-20, 20, 2), rng.uniform(6.0, 13.0)])
        in_plane, tilt = rng.uniform(-60, 60), rng.uniform(-20, 20)
        window = tuple(tip[:2] + rng.uniform(-6, 6, 2))
        frame = _image(scanner, _tube(tip, in_plane, tilt), noise_key=pose)
        off[pose] = find_tip(frame, window) - tip
    in_plane_mm, z_mm = np.hypot(off[:, 0], off[:, 1]), np.abs(off[:, 2])
    figure(
        f"tip in plane, furthest of {POSES} random poses",
        in_plane_mm.max(),
        unit="mm",
        asked="<= 0.5",
        kind="independent",
    )
    figure(
        "tip in plane, median",
        np.median(in_plane_mm),
        unit="mm",
        asked="a guard",
        within=(0.0, 0.25),
        kind="independent",
    )
    figure(
        f"tip along z, furthest of {POSES} random poses, slices of 4 mm",
        z_mm.max(),
        unit="mm",
        asked="<= 2",
        kind="independent",
    )
    assert in_plane_mm.max() <= 0.5
    assert z_mm.max() <= 2.0


TILT_DEG = 10.0


@pytest.mark.parametrize(
    ("name", "in_plane_deg", "tip_mm"),
    [("oblique", 0.0, (3.0, -35.0, 2.0)), ("double-oblique", 35.0, (-20.0, -30.0, 2.0))],
)
def test_a_shaft_across_slices_shows_in_each_as_a_tapered_segment(scanner, figure, name, in_plane_deg, tip_mm):
    """A slice shows of a tilted shaft what lies in it: 4 mm / tan 10 long, fading over the shaft's height / tan 10."""
    tube = _tube(np.array(tip_mm), in_plane_deg, TILT_DEG, length_mm=110.0)
    frame = _image(scanner, tube, noise_key=None)
    axis = np.array([math.sin(math.radians(in_plane_deg)), math.cos(math.radians(in_plane_deg))])
    along = np.arange(-10, 85, STEP_MM)
    slope = math.tan(math.radians(TILT_DEG))
    length_mm = 4.0 / slope
    # The share of a circle's area below a height rises from 0.1 to 0.9 over 0.687 of its diameter
    fade_mm = 0.687 * 0.9 / math.cos(math.radians(TILT_DEG)) / slope
    ends, fades, dips = [], [], []
    for index, plane in enumerate(frame.hu.astype(np.float64)):
        profile = _sample(frame, plane, np.array(tip_mm[:2]) + along[:, None] * axis)
        middle = (frame.z_mm[index] - tip_mm[2]) / slope
        level = profile[np.abs(along - middle) < 0.3 * length_mm].mean()

        def falls_to(share, outward, profile=profile, middle=middle, level=level):
            """Distance along the shaft at which the segment has fallen to a share of its level."""
            at = int(np.argmin(np.abs(along - middle)))
            while profile[at] > share * level:
                at += outward
            return along[at]

        first, last = falls_to(0.5, -1), falls_to(0.5, +1)
        ends.append((first, last))
        fades += [abs(falls_to(0.1, way) - falls_to(0.9, way)) for way in (-1, +1)]
        for end, way in ((first, -1), (last, +1)):
            beyond = (end - along) * -way
            near, far = profile[(beyond > 0) & (beyond < 6)].min(), profile[(beyond > 9) & (beyond < 11)]
            dips += [float(near - far.mean())] if far.size else []
        assert (first + last) / 2 == pytest.approx(middle, abs=0.5)
    lengths = [last - first for first, last in ends]
    gaps = [after[0] - before[1] for before, after in pairwise(ends)]
    figure(f"{name} needle: lengths of its segments in three slices", ", ".join(f"{each:.1f}" for each in lengths),
           unit="mm", asked=f"{length_mm:.1f} within 5 %", kind="independent")  # fmt: skip
    figure(f"{name} needle: the fade at the six ends, 10 to 90 %, mean", np.mean(fades), unit="mm",
           asked=f"{fade_mm:.1f} within 15 %, each", kind="independent")  # fmt: skip
    figure(
        f"{name} needle: gap between the segments of neighbours",
        max(gaps, key=abs),
        unit="mm",
        asked="within 0.7",
        kind="independent",
    )
    figure(f"{name} needle: dark beyond the false tips, least", max(dips), unit="HU", asked="<= -50", kind="assumed")
    assert lengths == pytest.approx([length_mm] * 3, rel=0.05)
    assert fades == pytest.approx([fade_mm] * 6, rel=0.15)
    assert np.abs(gaps).max() <= 0.7
    assert max(dips) <= -50
