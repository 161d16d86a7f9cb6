"""Kernels that join the solids of one vertebra, whatever its region, and find the nearest of all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantoms.bones.bone_parts_kernels import (
    ATLAS,
    AXIS,
    CERVICAL,
    FAR,
    LUMBAR,
    LUMBAR_JOINT,
    SACRUM,
    THORACIC,
    THORACIC_JOINT,
    body_distance,
    spur_distance,
    to_frame,
)
from phantoms.bones.cervical_kernels import (
    atlas_distance,
    axis_arch_distance,
    axis_body_distance,
    cervical_arch_distance,
    cervical_body_distance,
)
from phantoms.bones.lumbar_kernels import (
    lumbar_arch_distance,
    lumbar_inferior_distance,
    lumbar_superior_distance,
    sacral_distance,
)
from phantoms.bones.thoracic_kernels import (
    partner_distance,
    rib_end_distance,
    thoracic_arch_distance,
    thoracic_inferior_distance,
    thoracic_superior_distance,
)
from phantoms.canal.canal_kernels import Place
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import clamp, noise, smooth_max, smooth_min

REACH_SIDE, REACH_FRONT = 58.0, -48.0
WARP = 1.0  # mm that the noise moves a point by, seldom more


class RowArrays(NamedTuple):
    """A row of vertebrae: their numbers, dtype `vertebra.VERTEBRA`, and their rigid frames [shape=(n, 3, 4, 3)]."""

    vertebrae: NDArray[np.void]
    frames: NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def joints_distance(x: float, y: float, z: float, w: np.record, above: np.record, frames: NDArray[np.float64]) -> float:
    """Articular processes of one vertebra: its upper ones in the disc above, its lower ones in the disc below."""
    d = FAR
    if above.joint_kind <= THORACIC_JOINT:
        ux, uy, uz = to_frame(x, y, z, frames[1])
        if uz > -24.0 and uz < 18.0:
            if above.joint_kind == LUMBAR_JOINT:
                d = lumbar_superior_distance(ux, uy, uz, above)
            else:
                d = thoracic_superior_distance(ux, uy, uz, above)
    if w.joint_kind <= THORACIC_JOINT:
        dx, dy, dz = to_frame(x, y, z, frames[2])
        if dz < 24.0 and dz > -20.0:
            if w.joint_kind == LUMBAR_JOINT:
                d = smooth_min(d, lumbar_inferior_distance(dx, dy, dz, w), 3.0)
            else:
                d = smooth_min(d, thoracic_inferior_distance(dx, dy, dz, w), 2.0)
    return d


@njit(cache=True, nogil=True, error_model="numpy")
def vertebra_distance(
    x: float, y: float, z: float, w: np.record, above: np.record, frames: NDArray[np.float64]
) -> tuple[float, float]:
    """Distance to one vertebra and the thickness of its cortex there; far outside its box."""
    lx, ly, lz = to_frame(x, y, z, frames[0])
    if (
        abs(lx) > REACH_SIDE
        or ly < REACH_FRONT
        or ly > w.spinous_tip + 12.0
        or lz < -w.reach_below
        or lz > w.reach_above
    ):
        return FAR, 1.0
    body, arch = FAR, FAR
    if ly < 14.0 and w.kind != ATLAS:
        if w.kind <= THORACIC:
            body = body_distance(lx, ly, lz, w)
        elif w.kind == CERVICAL:
            body = cervical_body_distance(lx, ly, lz, w)
        else:
            body = axis_body_distance(lx, ly, lz, w)
    if ly > -16.0 or w.kind >= CERVICAL:
        if w.kind == LUMBAR:
            arch = lumbar_arch_distance(lx, ly, lz, w)
        elif w.kind == THORACIC:
            arch = thoracic_arch_distance(lx, ly, lz, w)
        elif w.kind == CERVICAL:
            arch = cervical_arch_distance(lx, ly, lz, w)
        elif w.kind == AXIS:
            arch = axis_arch_distance(lx, ly, lz, w)
        elif w.kind == ATLAS:
            arch = atlas_distance(lx, ly, lz, w)
        if abs(lx) > 2.0 and abs(lx) < 38.0 and ly < 44.0 and ly > -16.0:
            arch = smooth_min(arch, joints_distance(x, y, z, w, above, frames), 3.0)
            if arch < 3.0:
                if above.joint_kind == THORACIC_JOINT:
                    ux, uy, uz = to_frame(x, y, z, frames[1])
                    arch = smooth_max(arch, -partner_distance(ux, uy, uz, above, False), 0.5)
                if w.joint_kind == THORACIC_JOINT:
                    dx, dy, dz = to_frame(x, y, z, frames[2])
                    arch = smooth_max(arch, -partner_distance(dx, dy, dz, w, True), 0.5)
    if w.kind == SACRUM:
        arch = smooth_min(arch, sacral_distance(lx, ly, lz, w), 3.0)
    thick = 1.35 if w.kind <= SACRUM else 1.1  # mm of the arch's cortex, thickest in the loins (assumption, after CT)
    cortex = 0.45 if body <= arch else thick
    if arch < 4.0 and body < 4.0:
        cortex = 0.45 + (thick - 0.45) * clamp((body - arch) / 4.0 + 0.5, 0.0, 1.0)
    distance = smooth_min(body, arch, 3.0 if w.kind <= THORACIC else 1.5)
    if w.kind == THORACIC:
        rib = rib_end_distance(lx, ly, lz, w)
        if rib < distance:
            return rib, 0.9
    if w.spur_reach > 0.0:
        spur = spur_distance(lx, ly, lz, w)
        if spur < distance:
            return spur, 1.35
    return distance, cortex


@njit(cache=True, nogil=True, error_model="numpy")
def spine_distance(at: Place, near: int, row: RowArrays, texture: NDArray[np.float32]) -> tuple[float, float, int]:
    """Distance to the nearest of some vertebrae (bits of `near`), its cortex and its index, warped by smooth noise.

    The warp (0.5 mm at 26 mm wavelength, 0.14 mm at 8 mm) makes every bone irregular and unlike its mirror
    image; it uses world coordinates, so that neighbours are warped alike and joints stay open.
    """
    x, y, z, s = at.x, at.y, at.z, at.s
    vertebrae, frames = row.vertebrae, row.frames
    distance, cortex, owner = FAR, 1.0, 0
    qx = x + 0.50 * noise(texture, x / 2.6, y / 2.4, z / 2.4) + 0.14 * noise(texture, x / 0.8 + 8.0, y / 0.8, z / 0.8)
    qy = y + 0.45 * noise(texture, x / 2.6 + 40.0, y / 2.4, z / 2.4)
    qy += 0.14 * noise(texture, x / 0.8 + 60.0, y / 0.8, z / 0.8)
    qz = z + 0.40 * noise(texture, x / 2.6 + 70.0, y / 2.6, z / 2.6)
    for i in range(vertebrae.shape[0]):
        if near >> i & 1 == 0:
            continue
        w = vertebrae[i]
        rise = s - w.s
        if rise > w.reach_above + 10.0 or rise < -w.reach_below - 10.0:
            continue
        above = vertebrae[max(i - 1, 0)]
        d, c = vertebra_distance(qx, qy, qz, w, above, frames[i])
        if d < distance:
            distance, cortex, owner = d, c, i
    return distance, cortex, owner


@njit(cache=True, nogil=True, error_model="numpy")
def vertebrae_near(at: Place, margin: float, row: RowArrays) -> int:
    """Bits of the vertebrae that can lie within a margin of a point, the warp included."""
    x, y, z, s = at.x, at.y, at.z, at.s
    vertebrae, frames = row.vertebrae, row.frames
    near = 0
    for i in range(vertebrae.shape[0]):
        w = vertebrae[i]
        rise = s - w.s
        if rise > w.reach_above + 10.0 + margin or rise < -w.reach_below - 10.0 - margin:
            continue
        # its solids are known within its box alone: a point beside the box stands for its nearest one within
        lx, ly, lz = to_frame(x, y, z, frames[i, 0])
        bx = clamp(lx, -REACH_SIDE, REACH_SIDE)
        by = clamp(ly, REACH_FRONT, w.spinous_tip + 12.0)
        bz = clamp(lz, -w.reach_below, w.reach_above)
        away = max(max(abs(bx - lx), abs(by - ly)), abs(bz - lz))
        if away > margin:
            continue
        if away > 0.0:
            near |= 1 << i
            continue
        if vertebra_distance(x, y, z, w, vertebrae[max(i - 1, 0)], frames[i])[0] < margin + WARP:
            near |= 1 << i
    return near
