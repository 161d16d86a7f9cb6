#!/usr/bin/env bash
# ASTRA 2.5.0 and scikit-image 0.25.2: do they turn an image about the same point?
#
# Who checks a CT code against two others projects with one and reconstructs with the other. On a grid with an odd number
# of pixels they agree to a ten-thousandth of a pixel. On an even one, as all CT images are, ASTRA turns about the corner
# between the four middle pixels and scikit-image about the middle of one of them: the sinogram of the pixel that
# scikit-image leaves at rest swings by 1.2 detector pixels in ASTRA's, the reconstructed disc lies more than a pixel off,
# and the brightness of something of a needle's size falls by an eighth. Nothing is said, since both sinograms have one shape.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    astra-toolbox==2.5.0 scikit-image==0.25.2 numpy==2.4.6 2>/dev/null
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import astra
import numpy as np
from skimage.transform import iradon, radon

print("astra-toolbox", version("astra-toolbox"), "scikit-image", version("scikit-image"))
angles_deg = np.linspace(0.0, 180.0, 180, endpoint=False)


def astra_sinogram(image: np.ndarray) -> np.ndarray:
    """Rows of a detector, columns of views, as scikit-image has them."""
    side = len(image)
    views = astra.create_proj_geom("parallel", 1.0, side, np.deg2rad(angles_deg))
    projector = astra.create_projector("linear", views, astra.create_vol_geom(side, side))
    _, sinogram = astra.create_sino(image, projector)
    return sinogram.T


def swing(sinogram: np.ndarray) -> float:
    """How far the middle of what is projected wanders over the detector, pixels."""
    middle = (sinogram * np.arange(len(sinogram))[:, None]).sum(0) / sinogram.sum(0)
    return float(middle.max() - middle.min())


def seen(sinogram: np.ndarray, at: int) -> tuple[float, np.ndarray]:
    """Brightness there, and how far off the disc's middle lies, in scikit-image's reconstruction."""
    image = iradon(sinogram, angles_deg, circle=True)
    return float(image[at, at]), np.argwhere(image > 0.5 * image.max()).mean(axis=0) - at


found = {}
for side in (64, 65):
    middle = side // 2
    image = np.zeros((side, side), np.float32)
    image[middle - 1 : middle + 2, middle - 1 : middle + 2] = 1.0
    own, others = radon(image, angles_deg, circle=True), astra_sinogram(image)
    assert own.shape == others.shape
    bright, off = seen(others, middle)
    found[side] = swing(own), swing(others), bright / seen(own, middle)[0], float(np.linalg.norm(off))
    print(
        f"{side} pixels: swing {found[side][0]:.4f} (scikit-image), {found[side][1]:.4f} (ASTRA); ASTRA's views by "
        f"scikit-image: {found[side][2]:.2f} of the brightness, {found[side][3]:.2f} pixels off"
    )
assert found[65][0] < 1e-3 and found[65][1] < 1e-3, "on an odd grid both were at rest"
assert found[65][2] > 0.99 and found[65][3] < 0.01
assert found[64][0] < 1e-3, "scikit-image's own was at rest on an even grid"
assert 1.2 < found[64][1] < 1.3, "ASTRA's swung by 1.2 pixels"
assert 0.85 < found[64][2] < 0.90 and found[64][3] > 1.0
PYTHON
