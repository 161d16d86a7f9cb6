"""Agreement with an independent code: the ASTRA toolbox projects the same slice and reconstructs the same rays."""

import numpy as np
import pytest

from simulator.ct.geometry import BRILLIANCE_64_CLASS as SCANNER
from simulator.ct.projector import Projector
from simulator.ct.reconstruction import Reconstruction, kernel_response
from tests.oracles.ct_projector import fan_ellipses
from tests.physics.water_phantoms import Ellipse, ellipse_phantom

astra = pytest.importorskip("astra", reason="the peer is not installed: pip install 'ct-fluoro-sim[peer]'")

BODY = [Ellipse((0, 0), (160, 110), (1.0, 0, 0)), Ellipse((20, -50), (15, 15), (1.0, 0, 0))]
VIEW_STEP = 29
CELL_SAMPLES = 5


def _astra_rays(image, spacing_mm, theta, t):
    """ASTRA's line integrals ('linear': Joseph's method) through image[y, x] about the origin, one ray each."""
    rows, columns = image.shape
    x, y = columns * spacing_mm / 2, rows * spacing_mm / 2
    volume = astra.create_vol_geom(rows, columns, -x, x, -y, y)
    normal = np.stack([-np.sin(theta), np.cos(theta)], axis=1)
    # one ray a view: its direction, the middle of its only cell, and that cell's width
    vectors = np.column_stack([np.cos(theta), np.sin(theta), t[:, None] * normal, normal])
    projector = astra.create_projector("linear", astra.create_proj_geom("parallel_vec", 1, vectors), volume)
    # ASTRA's first row has the greatest y
    identity, lines = astra.create_sino(np.ascontiguousarray(image[::-1], dtype=np.float32), projector)
    astra.data2d.delete(identity)
    astra.projector.delete(projector)
    return lines[:, 0]


def _turning_point(pixels):
    """Where ASTRA's parallel beam has its axis of rotation, in pixels along x and y from the first one's middle."""
    volume = astra.create_vol_geom(pixels, pixels)
    geometry = astra.create_proj_geom("parallel", 0.25, 8 * pixels, np.arange(4) * np.pi / 2)
    projector = astra.create_projector("strip", geometry, volume)
    image = np.zeros((pixels, pixels), np.float32)
    row, column = pixels // 2 - 3, pixels // 2 + 5
    image[row, column] = 1
    identity, lines = astra.create_sino(image, projector)
    astra.data2d.delete(identity)
    astra.projector.delete(projector)
    t = (lines * (np.arange(8 * pixels) - (8 * pixels - 1) / 2) * 0.25).sum(axis=1) / lines.sum(axis=1)
    # at opposite angles the pixel lies as far on the other side; ASTRA's first row has the greatest y
    assert t[:2] == pytest.approx(-t[2:], abs=1e-3)
    return column - t[0], row + t[1]


@pytest.mark.parametrize("pixels", [40, 41])
def test_astra_turns_about_the_middle_of_the_grid(pixels):
    """Between four pixels where their number is even, as ours does; other codes turn about pixel n // 2."""
    assert _turning_point(pixels) == pytest.approx(((pixels - 1) / 2,) * 2, abs=2e-3)


@pytest.mark.parametrize("spacing_mm", [1.0, 0.5])
def test_projections_agree(figure, spacing_mm):
    """The very rays of the fan, five across each cell, at every 29th view."""
    phantom = ellipse_phantom(BODY, half_width_mm=(160, 110), planes=1, spacing_mm=spacing_mm, canal_half_mm=8)
    projector = Projector(phantom, SCANNER)
    assert projector.isocenter_mm == pytest.approx((0, 0), abs=1e-9)
    ours = projector.line_integrals(0)[0, ::VIEW_STEP]
    beta = np.arange(0, SCANNER.views, VIEW_STEP)[:, None] * SCANNER.view_angle_rad
    theirs = np.zeros(ours.shape)
    for place in (np.arange(CELL_SAMPLES) + 0.5) / CELL_SAMPLES - 0.5:
        gamma = SCANNER.column_angles_rad + place * SCANNER.column_angle_rad * SCANNER.active_fraction
        theta = (beta + gamma).ravel()
        t = np.broadcast_to(SCANNER.source_to_isocenter_mm * np.sin(gamma), ours.shape).ravel()
        theirs += _astra_rays(phantom.body.plane(0)[0], spacing_mm, theta, t).reshape(ours.shape) / CELL_SAMPLES
    error = np.sqrt(((ours - theirs) ** 2).mean() / (theirs**2).mean())
    figure(f"our projections against ASTRA's, voxels of {spacing_mm} mm, RMS over RMS", 100 * error, unit="%",
           asked="<= 0.3", kind="independent")  # fmt: skip
    assert error <= 0.003


def test_reconstructions_agree(figure):
    """ASTRA filters and backprojects our parallel rays, smoothed by our kernel; both images are compared in water."""
    rays = fan_ellipses(BODY, SCANNER, (0.0, 0.0))[0].astype(np.float32)
    plan = Reconstruction(SCANNER, field_of_view_mm=250.0, matrix=512, reconstruction_kernel="standard", reach_mm=160.0)
    pixel = plan.pixel_spacing_mm
    ours = plan.image(np.stack([rays] * 3), (0.0, 0.0))[0]
    parallel = plan._parallel[0].astype(np.float64)
    angles, samples = parallel.shape
    f = np.fft.rfftfreq(samples, pixel)
    smooth = np.fft.irfft(np.fft.rfft(parallel, axis=1) * kernel_response(SCANNER, "standard", f), samples, axis=1)
    # The middle sample lies at t = 0: without the first, the detector is centred
    geometry = astra.create_proj_geom("parallel", pixel, samples - 1, (np.arange(angles) / angles + 0.5) * np.pi)
    volume = astra.create_vol_geom(700, 700, *(350 * pixel * np.array([-1, 1, -1, 1])))
    projector = astra.create_projector("strip", geometry, volume)
    sinogram = astra.data2d.create("-sino", geometry, smooth[:, 1:].astype(np.float32))
    image = astra.data2d.create("-vol", volume)
    settings = astra.astra_dict("FBP")
    settings |= {"ProjectorId": projector, "ProjectionDataId": sinogram, "ReconstructionDataId": image}
    algorithm = astra.algorithm.create(settings)
    astra.algorithm.run(algorithm)
    theirs = 1000 * astra.data2d.get(image)[94:-94, 94:-94][:, ::-1] - 1000  # ours has the greatest x first
    astra.algorithm.delete(algorithm)
    astra.data2d.delete([sinogram, image])
    astra.projector.delete(projector)
    axis = (255.5 - np.arange(512)) * pixel
    x, y = axis, axis[:, None]
    from_insert = np.hypot(x - 20, y + 50)
    calm = ((x / 150) ** 2 + (y / 100) ** 2 < 1) & (np.abs(from_insert - 15) > 10)
    # edges tell a shift: the difference along the slopes, by least squares
    slopes = np.stack([np.gradient(theirs, axis=1).ravel(), np.gradient(theirs, axis=0).ravel()], axis=1)
    shift, *_ = np.linalg.lstsq(slopes, (ours - theirs).ravel(), rcond=None)
    figure("our image is shifted against ASTRA's, both of an even number of pixels, furthest along x or y",
           np.abs(shift).max(), unit="pixels", asked="<= 0.02; 0.5 if the two turned about different points",
           kind="independent")  # fmt: skip
    assert np.abs(shift).max() <= 0.02
    error = np.sqrt(((ours - theirs)[calm] ** 2).mean())
    figure("our image against ASTRA's FBP of the same rays, RMS 10 mm and more from edges", error, unit="HU",
           asked="<= 3", kind="independent")  # fmt: skip
    figure(
        "mean of ours minus ASTRA's there",
        (ours - theirs)[calm].mean(),
        unit="HU",
        asked="within",
        within=(-1, 1),
        kind="independent",
    )
    assert theirs[from_insert < 5].mean() == pytest.approx(1000, abs=5)
    assert error <= 3
