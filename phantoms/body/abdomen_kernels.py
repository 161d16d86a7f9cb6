"""Kernels of the abdomen: there to attenuate, and to look like one."""

from __future__ import annotations

from phantoms.body.outline_kernels import along, cage_distance
from phantoms.body.tables_kernels import KIDNEY_S, LOOSE_V, S_L2, S_T12, BodyArrays, BodyPlace
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import (
    ORGAN,
    P_AIR,
    P_BOWEL,
    P_FAT,
    P_KIDNEY,
    P_LIVER,
    VISCERAL_FAT,
    Paints,
    Voxel,
    between,
    clamp,
    cover,
    denser,
    ellipsoid,
    material,
    noise,
    share,
    smooth_max,
)


@njit(cache=True, nogil=True, error_model="numpy")
def paint_abdomen(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """Bowel, liver, spleen and kidneys in visceral fat."""
    u, v, s, h, outline = at.u, at.v, at.s, at.h, at.outline
    wobble, wobble2 = at.wobble, at.wobble2
    texture, materials = paints.noise_texture, paints.material_table
    p = abs(u)
    shape = body.shape
    front = along(body, s, LOOSE_V)
    fat = material(materials, P_FAT)
    inside = smooth_max(outline + 27.0, v - 10.0, 6.0)
    place = smooth_max(v - front + 28.0 - 0.45 * p + 4.0 * wobble, outline + 27.0, 8.0)
    if min(inside, place) < h:
        fine = noise(texture, u / 3.0, v / 3.0, s / 3.0)
        voxel = cover(voxel, share(inside, h), denser(fat, 8.0 * fine), VISCERAL_FAT)
        if place < h:
            b = noise(texture, u / 6.0 + 9.0, v / 5.0 + 2.0, s / 6.0)
            wall = denser(material(materials, P_BOWEL), 10.0 * fine)
            voxel = cover(voxel, share(smooth_max((0.38 - abs(b)) * 16.0, place, 4.0), h), wall, ORGAN)
            gas = smooth_max((1.25 - b) * 16.0, place + 8.0, 4.0)
            voxel = cover(voxel, share(gas, h), between(material(materials, P_AIR), wall, 0.12), ORGAN)
    if s > shape[S_L2] - 25.0:  # liver on the right, spleen and stomach on the left, under the cage
        up = clamp((s - shape[S_L2] + 25.0) / 45.0, 0.0, 1.0)
        # lobes: nothing of its edge is straight; before the spine it reaches across, behind it leaves the kidney room
        lobe = noise(texture, u / 9.0 + 23.0, v / 7.0 + 5.0, s / 9.0 + 61.0)
        lobe2 = noise(texture, u / 4.5 + 71.0, v / 4.5 + 33.0, s / 6.0 + 9.0)
        inward = u + 22.0 - 0.30 * clamp(front - v, -20.0, 90.0) + 62.0 * (1.0 - up) + 9.0 * lobe + 3.0 * lobe2
        back = v - front - 4.0 + 26.0 * (1.0 - up) - 0.7 * max(p - 35.0, 0.0) + 8.0 * lobe + 3.0 * lobe2
        back += 0.004 * max(-v - 70.0, 0.0) ** 2
        spleen = ellipsoid(u - 88.0, v + 28.0 + wobble, s - shape[S_T12] - 6.0, 24.0, 42.0, 52.0)
        if min(max(inward, back), spleen) < h:
            cage = cage_distance(u, v, s, body)
            liver = smooth_max(smooth_max(cage + 9.5, inward, 26.0), back, 26.0)
            solid = denser(material(materials, P_LIVER), 5.0 * noise(texture, u / 2.0, v / 2.0, s / 2.0))
            voxel = cover(voxel, share(liver, h), solid, ORGAN)
            voxel = cover(voxel, share(smooth_max(spleen, cage + 9.0, 4.0), h), denser(solid, -6.0), ORGAN)
    # kidneys, the right one lower, each with a sinus of fat
    ks = s - shape[KIDNEY_S] - (6.0 if u > 0.0 else -6.0)
    kidney = ellipsoid(p - 67.0 + 0.12 * ks, v + 24.0, ks, 25.0 + wobble, 27.0, 52.0)
    voxel = cover(voxel, share(kidney, h), material(materials, P_KIDNEY), ORGAN)
    sinus = ellipsoid(p - 50.0 - 3.0 * wobble2, v + 32.0 + 2.0 * wobble, ks, 15.0, 6.0 + wobble2, 22.0)
    voxel = cover(voxel, share(max(sinus, kidney), h), denser(fat, 40.0 * clamp(wobble2, 0.0, 1.0)), VISCERAL_FAT)
    return voxel
