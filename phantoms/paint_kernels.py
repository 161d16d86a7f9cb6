"""Blending of basis densities with partial volume, textures, and the signed distances that all solids share.

A voxel while it is painted is a tuple of four floats: water, cortical bone, iodine, label. Tissues are
painted from the loosest to the densest; each covers `share` of the voxel. Constants repeat
`phantoms.phantom.Label` because kernels import nothing of the project; a test compares them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.compiled_kernels import njit

Triple = tuple[float, float, float]
Material = tuple[float, float, float]
Voxel = tuple[float, float, float, float]

AIR, SKIN, SUBCUTANEOUS_FAT, MUSCLE, SUPRASPINOUS, INTERSPINOUS, FLAVUM = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0
EPIDURAL_FAT, EPIDURAL_VEIN, COLLECTION, FORAMEN, DURA, CSF, CORD = 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0
ROOT, CORTICAL, SPONGIOSA, DISC, LIGAMENT, VESSEL, ORGAN, VISCERAL_FAT = (
    14.0,
    15.0,
    16.0,
    17.0,
    18.0,
    19.0,
    20.0,
    21.0,
)

# Rows of the material table: basis densities of the tissues that the kernels mix.
P_AIR, P_FAT, P_MUSCLE, P_SKIN, P_LIGAMENT, P_DISC, P_CSF, P_NERVE = 0, 1, 2, 3, 4, 5, 6, 7
P_BLOOD, P_KIDNEY, P_BOWEL, P_CORTICAL, P_SPONGIOSA, P_MARROW, P_DURA = 8, 9, 10, 11, 12, 13, 14
P_LUNG, P_LIVER, P_TITANIUM = 15, 16, 17

TILE = 96  # samples along a side of the noise texture; a constant, for a remainder by a variable takes long


class Paints(NamedTuple):
    """What tissues are painted with.

    Attributes:
        noise_texture: [shape=(TILE, TILE, TILE), float32] periodic noise, from `phantoms.noise_texture`
        material_table: [shape=(row, 3), float64] basis densities of the tissues, rows P_AIR and so on
    """

    noise_texture: NDArray[np.float32]
    material_table: NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def clamp(value: float, low: float, high: float) -> float:
    """Value held between two bounds."""
    return min(max(value, low), high)


@njit(cache=True, nogil=True, error_model="numpy")
def turned(a: float, b: float, angle: float) -> tuple[float, float]:
    """Coordinates in axes that are turned from the first towards the second."""
    if angle == 0.0:
        return a, b
    cos, sin = math.cos(angle), math.sin(angle)
    return cos * a + sin * b, cos * b - sin * a


@njit(cache=True, nogil=True, error_model="numpy")
def share(distance_mm: float, voxel_mm: float) -> float:
    """Part of a voxel that lies inside a surface, from the distance of its centre."""
    return min(max(0.5 - distance_mm / voxel_mm, 0.0), 1.0)


@njit(cache=True, error_model="numpy", inline="always")  # else compiled for each row
def material(materials: NDArray[np.float64], row: int) -> Material:
    """Basis densities of one row of the material table."""
    return materials[row, 0], materials[row, 1], materials[row, 2]


@njit(cache=True, nogil=True, error_model="numpy")
def between(one: Material, other: Material, part: float) -> Material:
    """Mixture by volume: `part` of the other in the one."""
    return (
        one[0] + part * (other[0] - one[0]),
        one[1] + part * (other[1] - one[1]),
        one[2] + part * (other[2] - one[2]),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def denser(one: Material, hu: float) -> Material:
    """The same material, its water denser by so many HU.

    Texture and small differences between like tissues.
    """
    return one[0] + 0.001 * hu, one[1], one[2]


@njit(cache=True, nogil=True, error_model="numpy")
def cover(voxel: Voxel, part: float, stuff: Material, label: float) -> Voxel:
    """Voxel with `part` of it taken by a material; the label goes to whoever takes at least half."""
    if part <= 0.0:
        return voxel
    return (
        voxel[0] + part * (stuff[0] - voxel[0]),
        voxel[1] + part * (stuff[1] - voxel[1]),
        voxel[2] + part * (stuff[2] - voxel[2]),
        label if part >= 0.5 else voxel[3],
    )


@njit(cache=True, nogil=True, error_model="numpy")
def noise(texture: NDArray[np.float32], x: float, y: float, z: float) -> float:
    """Trilinear look-up in a periodic texture of `TILE` samples a side; x / d gives a wavelength of about 10 d mm."""
    whole_x, whole_y, whole_z = math.floor(x), math.floor(y), math.floor(z)
    a, b, c = x - whole_x, y - whole_y, z - whole_z
    i, j, k = int(whole_x) % TILE, int(whole_y) % TILE, int(whole_z) % TILE
    i1, j1, k1 = i + 1 if i + 1 < TILE else 0, j + 1 if j + 1 < TILE else 0, k + 1 if k + 1 < TILE else 0
    low = (texture[k, j, i] * (1.0 - a) + texture[k, j, i1] * a) * (1.0 - b)
    low += (texture[k, j1, i] * (1.0 - a) + texture[k, j1, i1] * a) * b
    high = (texture[k1, j, i] * (1.0 - a) + texture[k1, j, i1] * a) * (1.0 - b)
    high += (texture[k1, j1, i] * (1.0 - a) + texture[k1, j1, i1] * a) * b
    return float(low * (1.0 - c) + high * c)


@njit(cache=True, nogil=True, error_model="numpy")
def smooth_min(a: float, b: float, width: float) -> float:
    """Union of two distances with a fillet of the given width, mm."""
    h = max(width - abs(a - b), 0.0) / width
    return min(a, b) - 0.25 * h * h * width


@njit(cache=True, nogil=True, error_model="numpy")
def smooth_max(a: float, b: float, width: float) -> float:
    """Intersection of two distances with a rounded edge of the given width, mm."""
    h = max(width - abs(a - b), 0.0) / width
    return max(a, b) + 0.25 * h * h * width


@njit(cache=True, nogil=True, error_model="numpy")
def super_ellipse(x: float, y: float, a: float, b: float, power: float) -> float:
    """Value over gradient of |x/a|^n + |y/b|^n = 1.

    Exact on the surface, near it good, far from it too large.
    """
    ax, ay = abs(x) / a + 1e-6, abs(y) / b + 1e-6
    px, py = math.exp((power - 1.0) * math.log(ax)), math.exp((power - 1.0) * math.log(ay))
    total = px * ax + py * ay
    r = math.exp(math.log(total) / power)
    return (r - 1.0) * (total / r) / math.sqrt((px / a) ** 2 + (py / b) ** 2)


@njit(cache=True, nogil=True, error_model="numpy")
def ellipsoid(x: float, y: float, z: float, a: float, b: float, c: float) -> float:
    """First-order distance to an ellipsoid with semi-axes a, b, c."""
    k0 = math.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
    k1 = math.sqrt((x / (a * a)) ** 2 + (y / (b * b)) ** 2 + (z / (c * c)) ** 2) + 1e-9
    return k0 * (k0 - 1.0) / k1


@njit(cache=True, nogil=True, error_model="numpy")
def cone(point: Triple, a: Triple, b: Triple, radius_a: float, radius_b: float, flat: float) -> float:
    """Tapered capsule from a to b; z is divided by `flat` first, so flat > 1 makes it tall.

    The shrunk distance is divided by the length of its gradient, so that it is first-order right in z too.
    """
    (x, y, z), (ax, ay, az), (bx, by, bz) = point, a, b
    z, az, bz = z / flat, az / flat, bz / flat
    dx, dy, dz = bx - ax, by - ay, bz - az
    t = clamp(((x - ax) * dx + (y - ay) * dy + (z - az) * dz) / (dx * dx + dy * dy + dz * dz), 0.0, 1.0)
    px, py, pz = x - ax - t * dx, y - ay - t * dy, z - az - t * dz
    away2 = px * px + py * py + pz * pz + 0.04
    gradient = math.sqrt((px * px + py * py + pz * pz / (flat * flat) + 0.04) / away2)
    return (math.sqrt(px * px + py * py + pz * pz) - (radius_a + t * (radius_b - radius_a))) / gradient
