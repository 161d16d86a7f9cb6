"""Kernels of the neck's soft parts: nape, scalenes, sternomastoids, vessels, airway, thyroid, jaw."""

from __future__ import annotations

import math

from phantoms.body.outline_kernels import along, muscle_tissue
from phantoms.body.tables_kernels import (
    ARTERY_U,
    CANAL_V,
    LOOSE_V,
    MUSCLE_FAT,
    S_C2,
    S_C4,
    S_C6,
    S_T1,
    S_T4,
    SPINOUS_V,
    BodyArrays,
    BodyPlace,
)
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import (
    CORTICAL,
    LIGAMENT,
    MUSCLE,
    ORGAN,
    P_AIR,
    P_BLOOD,
    P_BOWEL,
    P_CORTICAL,
    P_FAT,
    P_LIGAMENT,
    P_LIVER,
    P_SPONGIOSA,
    VESSEL,
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
    super_ellipse,
)

ARTERY_V = -5.0  # mm behind the posterior wall: the middle of the transverse foramina, as in cervical_kernels


@njit(cache=True, nogil=True, error_model="numpy")
def paint_nape(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """Muscles behind the neck in shells about the arch, with fat between, and the nuchal ligament."""
    u, v, s, h, outline = at.u, at.v, at.s, at.h, at.outline
    wobble, wobble2 = at.wobble, at.wobble2
    texture, materials = paints.noise_texture, paints.material_table
    p = abs(u)
    fade = 10.0 * (1.0 - clamp((s - body.shape[S_T1]) / 25.0, 0.0, 1.0))
    tip, canal = along(body, s, SPINOUS_V), along(body, s, CANAL_V)
    fat = material(materials, P_FAT)
    mass = smooth_max(super_ellipse(u, v - 6.0, 53.0 + 1.5 * wobble, tip + 6.0, 2.3), -8.0 - v + 0.10 * p, 16.0)
    mass = smooth_max(mass, outline + 5.0 + 6.0 * math.exp(-((u / 20.0) ** 2)), 3.0)
    if mass + fade < h:
        lean = muscle_tissue(u, v, s, 0.8 * body.shape[MUSCLE_FAT], 1.1, paints)
        strength = clamp(0.65 + 0.6 * noise(texture, u / 2.5 + 2.0, v / 2.5, s / 6.0), 0.0, 1.0)
        x, y = p - 13.0, v - canal - 11.0
        semi = 0.6 * super_ellipse(0.94 * x - 0.34 * y, 0.34 * x + 0.94 * y, 12.0 + wobble, 9.0, 2.2)
        planes = share(max(abs(semi + wobble) - 0.7, canal + 3.0 - v), 1.4)
        planes = max(planes, share(abs(mass + 6.5 + 1.5 * wobble) - 0.8, 1.4))
        planes = max(planes, share(max(abs(mass + 13.0 - 2.0 * wobble2) - 0.7, 22.0 - p), 1.4))
        stuff = between(lean, fat, 0.85 * strength * planes)
        voxel = cover(voxel, share(mass + fade, h), stuff, MUSCLE)
        midline = max(p - 0.8 - 0.3 * wobble, canal + 6.0 - v)
        fibre = clamp(0.5 - 0.3 * noise(texture, u, v / 1.5, s), 0.1, 0.9)
        nuchal = between(material(materials, P_LIGAMENT), fat, fibre)
        voxel = cover(voxel, share(midline + fade, max(h, 0.8)), nuchal, LIGAMENT)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")
def paint_throat(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """What lies before and beside the neck's vertebrae."""
    u, v, s, h, outline = at.u, at.v, at.s, at.h, at.outline
    wobble, wobble2 = at.wobble, at.wobble2
    materials = paints.material_table
    shape = body.shape
    side = 1.0 if u > 0.0 else -1.0
    q = u * side
    front = along(body, s, LOOSE_V)
    fade = 10.0 * (1.0 - clamp((s - shape[S_T1] + 12.0) / 20.0, 0.0, 1.0))
    blood = material(materials, P_BLOOD)
    face = clamp((s - shape[S_C4]) / 15.0, 0.0, 1.0)
    # the sternomastoid runs from behind the ear to the breastbone
    along_neck = clamp((s - shape[S_T1]) / (shape[S_C2] - shape[S_T1]), 0.0, 1.0)
    mastoid = super_ellipse(q - 26.0 - 16.0 * along_neck, v - front + 22.0 - 22.0 * along_neck + wobble, 7.5, 13.0, 2.2)
    x, y = q - 29.0 - side, v + 8.0
    scalene = super_ellipse(0.8 * x + 0.6 * y, 0.8 * y - 0.6 * x, 10.0, 8.0 + wobble, 2.2)
    longus = super_ellipse(q - 8.0, v - front + 3.5, 7.5, 3.4 + 0.5 * wobble, 2.2)
    muscle = min(max(mastoid + fade, outline + 5.0), min(scalene + fade + 10.0 * face, longus + 0.6 * fade))
    strap = super_ellipse(q - 9.0, v - front + 36.5 + 4.0 * clamp((s - shape[S_C6] + 8.0) / 12.0, 0.0, 1.0) - 0.25 * q,
                          8.5, 2.6 + 0.4 * wobble, 2.2)  # fmt: skip
    muscle = min(muscle, max(strap + 10.0 * face, outline + 4.0))  # before windpipe, thyroid and larynx
    if face > 0.0:
        tongue = super_ellipse(u, v - front + 56.0, 26.0 + wobble, 26.0, 2.3)
        masseter = super_ellipse(q - 53.0, v - front + 34.0, 7.0 + wobble, 18.0, 2.3)
        chewing = min(max(tongue, outline + 12.0), max(masseter, outline + 6.0))
        muscle = min(muscle, chewing + 10.0 * (1.0 - face))
    if v < -20.0:
        muscle = min(muscle, max(abs(outline + 4.0) - 0.6, shape[S_T1] + 10.0 - s))  # platysma
    if muscle < h:
        lean = muscle_tissue(u, v, s, 0.6 * shape[MUSCLE_FAT], 1.1, paints)
        voxel = cover(voxel, share(muscle, h), lean, MUSCLE)
    carotid = math.hypot(q - 23.0 - 0.5 * side, v - front + 14.0 + wobble) - 3.4
    voxel = cover(voxel, share(carotid + 0.4 * fade, h), blood, VESSEL)
    jugular = super_ellipse(q - 31.0 - side, v - front + 11.0, 5.5 + side, 4.4, 2.2)
    voxel = cover(voxel, share(jugular + 0.4 * fade, h), blood, VESSEL)
    thyroid = ellipsoid(q - 13.5, v - front + 20.0, s - shape[S_C6] + 14.0, 7.5, 10.0, 24.0)
    iodine = denser(material(materials, P_LIVER), 50.0)  # the gland holds iodine
    voxel = cover(voxel, share(thyroid, h), iodine, ORGAN)
    larynx = clamp((s - shape[S_C6]) / 8.0, 0.0, 1.0) * (1.0 - face)
    if larynx > 0.0 and s < shape[S_C4] + 8.0:  # thyroid cartilage: a wedge open to the back, half ossified
        shield = smooth_max(abs(0.80 * q - 0.6 * (v - front + 40.0)) - 1.3, max(v - front + 14.0, q - 19.0), 1.0)
        shell = between(material(materials, P_LIVER), material(materials, P_CORTICAL), 0.12)
        voxel = cover(voxel, share(shield + 6.0 * (1.0 - larynx), h), shell, ORGAN)
    width = 8.0 + 8.0 * face
    airway = super_ellipse(u, v - front + 22.0 + 3.0 * larynx, width, 8.5 - 3.0 * face + wobble2, 2.2)
    wall = denser(material(materials, P_BOWEL), 10.0)
    voxel = cover(voxel, share(airway - 2.4 - 4.0 * face, h), wall, ORGAN)
    voxel = cover(voxel, share(airway, h), material(materials, P_AIR), ORGAN)
    gullet = super_ellipse(u - 3.0 * (1.0 - face), v - front + 9.5, 8.0 + 6.0 * face, 3.4, 2.2)
    voxel = cover(voxel, share(gullet + 0.5 * fade, h), wall, ORGAN)
    if face > 0.0:
        ramus = super_ellipse(q - 44.0 + 0.10 * (v + 60.0), v - front + 34.0, 5.0, 17.0, 2.4)
        jaw = min(ramus, smooth_max(abs(math.hypot(u, 0.72 * (v - front + 48.0)) - 40.0) - 5.0, v - front + 46.0, 3.0))
        jaw = max(jaw + 10.0 * (1.0 - face), outline + 5.0)
        core = between(material(materials, P_CORTICAL), material(materials, P_SPONGIOSA), share(jaw + 2.0, 1.0))
        voxel = cover(voxel, share(jaw, h), core, CORTICAL)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")
def paint_artery(voxel: Voxel, at: BodyPlace, paints: Paints, body: BodyArrays) -> Voxel:
    """Vertebral arteries, the left one larger, with their veins in the foramina."""
    u, v, s, h = at.u, at.v, at.s, at.h
    materials = paints.material_table
    place = along(body, s, ARTERY_U)
    if place < 8.0:
        return voxel
    off = math.hypot(abs(u) - place, v - ARTERY_V)
    if off > 4.0:
        return voxel
    radius = 2.1 if u > 0.0 else 1.8  # 3-4.5 mm across (reference section 3)
    voxel = cover(voxel, 0.6 * share(off - 2.7, h), material(materials, P_BLOOD), VESSEL)
    return cover(voxel, share(off - radius, h), denser(material(materials, P_BLOOD), 4.0), VESSEL)


@njit(cache=True, nogil=True, error_model="numpy")
def in_neck(s: float, body: BodyArrays) -> bool:
    """Whether the throat can be here."""
    return bool(s > body.shape[S_T1] - 20.0 and s > body.shape[S_T4])
