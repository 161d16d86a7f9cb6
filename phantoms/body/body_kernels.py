"""Kernels of the body about the spine: fat, skin and midline ligaments, and the order in which the rest is painted.

All in curved coordinates (u, v, s) of the canal's centreline. Only what a needle passes is anatomy; the organs are
there to attenuate and to look like some.
"""

from __future__ import annotations

from phantoms.body.abdomen_kernels import paint_abdomen
from phantoms.body.back_muscle_kernels import paint_back
from phantoms.body.chest_kernels import paint_chest, paint_girdle
from phantoms.body.neck_kernels import in_neck, paint_artery, paint_nape, paint_throat
from phantoms.body.outline_kernels import RIBS_SIDE, along, muscle_tissue, outer_bone_distance, outline_distance
from phantoms.body.shoulder_kernels import paint_shoulder, paint_skull
from phantoms.body.tables_kernels import (
    CANAL_V,
    FRONT_V,
    MUSCLE_FAT,
    OPENED,
    S_C2,
    S_T1,
    S_T4,
    S_T9,
    S_T12,
    SPINOUS_V,
    BodyArrays,
    BodyPlace,
)
from phantoms.body.tube_kernels import paint_tubes
from phantoms.bones.bone_parts_kernels import OPENED as OPENED_MM
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import (
    AIR,
    INTERSPINOUS,
    LIGAMENT,
    MUSCLE,
    P_AIR,
    P_FAT,
    P_LIGAMENT,
    P_MUSCLE,
    P_SKIN,
    SKIN,
    SUBCUTANEOUS_FAT,
    SUPRASPINOUS,
    Paints,
    Voxel,
    between,
    clamp,
    cover,
    denser,
    material,
    noise,
    share,
    smooth_max,
    super_ellipse,
)

TUBES_SIDE, TUBES_FRONT, TUBES_BACK = 92.0, 85.0, 26.0  # mm, beyond which the table's tubes do not reach
SKIN_THICKNESS = 2.0  # mm (assumption)
__all__ = ["RIBS_SIDE", "BodyArrays", "outer_bone_distance", "outline_distance", "paint_body"]


@njit(cache=True, nogil=True, error_model="numpy")
def paint_midline(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """Interspinous, supraspinous and anterior longitudinal ligaments with fatty borders; scar where one was cut."""
    u, v, s, h = at.u, at.v, at.s, at.h
    wobble = at.wobble
    texture, materials = paints.noise_texture, paints.material_table
    p = abs(u)
    if p > 14.0:
        return voxel
    tip, canal = along(body, s, SPINOUS_V), along(body, s, CANAL_V)
    fat, ligament = material(materials, P_FAT), material(materials, P_LIGAMENT)
    opened = along(body, s, OPENED)
    if opened > 0.0 and v > canal - 2.0:  # scar with strands of fat fills the way that laminae and ligaments have left
        scar = smooth_max(p - OPENED_MM - 1.0 - wobble, max(canal - v, v - tip - 3.0), 3.0)
        strand = clamp(0.35 - 0.45 * noise(texture, u / 0.8 + 3.0, v / 1.4, s / 1.2), 0.0, 0.9)
        scarred = between(denser(material(materials, P_MUSCLE), 14.0), fat, strand)
        voxel = cover(voxel, opened * share(scar, h), scarred, MUSCLE)
    if p < 12.0 and v > canal and opened < 0.5:
        half = 1.5 + 1.7 * clamp((v - canal) / (tip - canal), 0.0, 1.0)
        between_spines = smooth_max(p - half - 0.7 * wobble, max(canal + 2.0 - v, v - tip + 1.0), 2.0)
        if between_spines < h:
            fibre = clamp(0.38 - 0.24 * noise(texture, u / 0.5, v / 1.5, s / 0.6), 0.05, 0.9)
            voxel = cover(voxel, share(between_spines, h), between(ligament, fat, fibre), INTERSPINOUS)
        if v > canal + 7.0 and v < tip - 4.0:
            voxel = cover(voxel, 0.7 * share(abs(p - half - 0.6 - 0.7 * wobble) - 0.4, h), fat, voxel[3])
        if abs(v - tip - 0.9) < 8.0:
            supraspinous = super_ellipse(u, v - tip - 0.9, 3.8 + 0.4 * wobble, 2.3, 2.2)
            voxel = cover(voxel, share(supraspinous, h), ligament, SUPRASPINOUS)
    front = along(body, s, FRONT_V)
    anterior = smooth_max(abs(v - front + 0.7) - 0.8, p - 9.0 - 2.0 * wobble, 2.0)
    return cover(voxel, share(anterior, h), ligament, LIGAMENT)


@njit(cache=True, nogil=True, error_model="numpy")
def paint_body(
    voxel: Voxel, u: float, v: float, s: float, h: float, outline: float, paints: Paints, body: BodyArrays
) -> Voxel:
    """Everything about the spine except bone, disc and the content of the canal."""
    texture, materials = paints.noise_texture, paints.material_table
    p = abs(u)
    shape = body.shape
    wobble = 1.1 * noise(texture, u / 5.0 + 5.0, v / 5.0, s / 9.0 + 11.0)
    wobble2 = 0.9 * noise(texture, u / 3.5 + 55.0, v / 3.5, s / 8.0 + 1.0)
    at = BodyPlace(u, v, s, h, outline, wobble, wobble2)
    fat = material(materials, P_FAT)
    lobules = denser(fat, 8.0 * noise(texture, u / 2.6, v / 2.6, s / 2.6))
    voxel = cover(voxel, 1.0, lobules, SUBCUTANEOUS_FAT)
    if outline > -45.0:
        septum = abs(noise(texture, u / 4.0 + 3.0, v / 1.6 + 13.0, s / 4.0)) * 4.0
        voxel = cover(voxel, share(septum - 0.15, 1.0), denser(fat, 22.0), SUBCUTANEOUS_FAT)
    front = v < 12.0 and (v < -16.0 or p > 36.0)  # between them vertebra, foramen and psoas leave nothing
    if front and s < shape[S_T9] + 20.0:
        voxel = paint_abdomen(voxel, at, paints, body)
    waist = clamp((shape[S_T12] - 15.0 - s) / 30.0, 0.0, 1.0)
    if v < 34.0 and waist > 0.0:
        # flank and front: three flat muscles; behind they thin out, under more fat, towards the quadratus
        back = max(v + 6.0, 0.0)
        deep = outline + 21.0 + 0.62 * back
        wall = smooth_max(abs(deep + wobble) - max(7.5 - 0.11 * back, 2.5), v - 25.0, 6.0) + 9.0 * (1.0 - waist)
        if wall < h:
            lean = muscle_tissue(u, v, s, 0.8 * shape[MUSCLE_FAT], 1.5, paints)
            layer = 0.8 * share(abs(deep + 2.0 * wobble2) - 0.5, 1.0)
            voxel = cover(voxel, share(wall, h), between(lean, fat, layer), MUSCLE)
    if s > shape[S_T12] - 30.0 and s < shape[S_T1] + 30.0:
        voxel = paint_chest(voxel, at, paints, body)
    if in_neck(s, body) and v < 12.0:
        voxel = paint_throat(voxel, at, paints, body)
    if in_neck(s, body) and v > -14.0:
        voxel = paint_nape(voxel, at, paints, body)
    if s > shape[S_C2]:
        voxel = paint_skull(voxel, at, paints, body)
    if v < TUBES_BACK and v > -TUBES_FRONT and p < TUBES_SIDE and s < shape[S_T9] + 1.0:
        voxel = paint_tubes(voxel, at, paints, body)
    voxel = paint_back(voxel, at, paints, body)
    if s > shape[S_T12] and s < shape[S_T1] + 40.0 and v > -10.0:
        voxel = paint_girdle(voxel, at, paints, body)
    if s > shape[S_T4] - 60.0 and p > 16.0:
        voxel = paint_shoulder(voxel, at, paints, body)
    voxel = paint_midline(voxel, at, paints, body)
    voxel = paint_artery(voxel, at, paints, body)
    voxel = cover(voxel, share(-outline - SKIN_THICKNESS, h), material(materials, P_SKIN), SKIN)
    return cover(voxel, share(-outline, h), material(materials, P_AIR), AIR)
