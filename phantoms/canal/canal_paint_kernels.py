"""Kernels that paint the canal: epidural fat, veins and ligaments, the dura and what it holds."""

from __future__ import annotations

from phantoms.canal.canal_kernels import (
    BEHIND_FLAVUM,
    COLLECTION_IODINE,
    CSF_IODINE,
    DURA_THICKNESS,
    FLAVUM_THICKNESS,
    FRONT,
    HALF_WIDTH,
    INTERLAMINAR_WINDOW,
    SAC_HALF_AP,
    SAC_V,
    VENTRAL_IODINE,
    CanalArrays,
    DuralDistances,
    Place,
    canal_distance,
    collection_distance,
    cord_distance,
    dorsal_wall_depth,
    flavum_distance,
    foramen_distance,
    strand_distance,
    table,
    ventral_pool_distance,
)
from phantoms.compiled_kernels import njit
from phantoms.paint_kernels import (
    COLLECTION,
    CORD,
    CSF,
    DURA,
    EPIDURAL_FAT,
    EPIDURAL_VEIN,
    FLAVUM,
    FORAMEN,
    INTERSPINOUS,
    LIGAMENT,
    MUSCLE,
    P_BLOOD,
    P_CSF,
    P_DURA,
    P_FAT,
    P_LIGAMENT,
    P_NERVE,
    ROOT,
    Voxel,
    clamp,
    cover,
    denser,
    material,
    noise,
    share,
    smooth_max,
)


@njit(cache=True, nogil=True, error_model="numpy")
def paint_epidural(voxel: Voxel, at: Place, h: float, sac: float, canal: CanalArrays) -> Voxel:
    """What fills the canal and the foramina outside the dura: fat, veins, ligaments, flavum, collection."""
    u, v, s = at.u, at.v, at.s
    texture, materials = canal.paints.noise_texture, canal.paints.material_table
    depth = dorsal_wall_depth(u, v, s, canal)
    if depth > BEHIND_FLAVUM or v < -22.0:
        return voxel
    wall = canal_distance(u, v, s, depth, canal)
    foramen = foramen_distance(u, v, s, canal)
    half = table(canal, s, HALF_WIDTH)
    grain = noise(texture, u / 0.5, v / 0.5, s / 0.8)
    fat = denser(material(materials, P_FAT), 8.0 * grain)
    voxel = cover(voxel, share(foramen, h), fat, FORAMEN)
    voxel = cover(voxel, share(wall, h), fat, EPIDURAL_FAT)
    if min(wall, foramen) < 1.5:
        vein = abs(noise(texture, u + 21.0, v / 0.8, s / 2.0)) * 2.2 - 0.55
        blood = material(materials, P_BLOOD)
        voxel = cover(voxel, share(max(max(vein, v - 3.0), wall), h), blood, EPIDURAL_VEIN)
        if abs(u) > half:
            voxel = cover(voxel, share(max(vein + 0.3, foramen + 1.0), h), blood, EPIDURAL_VEIN)
    ligament = material(materials, P_LIGAMENT)
    front = table(canal, s, FRONT)
    posterior = smooth_max(abs(v - front - 0.1) - 0.45, abs(u) - 7.0, 1.0)
    voxel = cover(voxel, share(posterior, h), ligament, LIGAMENT)
    if table(canal, s, INTERLAMINAR_WINDOW) > 0.5:  # a little fat between flavum and interspinous ligament
        thick = table(canal, s, FLAVUM_THICKNESS)
        behind = smooth_max(abs(depth - thick - 1.3) - 1.2, abs(u) - 7.0, 2.0)
        voxel = cover(
            voxel,
            0.8 * share(behind, h),
            denser(fat, 20.0 + 25.0 * grain),
            INTERSPINOUS if abs(u) < 4.0 else MUSCLE,
        )
    flavum = flavum_distance(u, s, depth, canal)
    voxel = cover(voxel, share(flavum, h), denser(ligament, 7.0 * grain), FLAVUM)
    collection = collection_distance(u, v, s, sac, wall, canal)
    if collection < h:
        patchy = clamp(0.95 + 0.10 * noise(texture, u / 0.9, v / 0.9, s / 1.4), 0.5, 1.1)
        fluid = material(materials, P_CSF)
        fluid = (fluid[0], fluid[1], fluid[2] + patchy * table(canal, s, COLLECTION_IODINE))
        voxel = cover(voxel, share(collection, max(h, min(1.0, 2.0 * h))), fluid, COLLECTION)
    pool = ventral_pool_distance(u, v, s, sac, wall, canal)
    if pool < h:
        patchy = clamp(0.95 + 0.10 * noise(texture, u / 0.9, v / 0.9, s / 1.4), 0.5, 1.1)
        fluid = material(materials, P_CSF)
        fluid = (fluid[0], fluid[1], fluid[2] + patchy * table(canal, s, VENTRAL_IODINE))
        voxel = cover(voxel, share(pool, max(h, min(1.0, 2.0 * h))), fluid, COLLECTION)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")
def sac_iodine(v: float, s: float, canal: CanalArrays) -> float:
    """Iodine within the sac, mg/mL: it has settled to the front, evenly, so that a section's mean stays."""
    behind = clamp((v - table(canal, s, SAC_V)) / table(canal, s, SAC_HALF_AP), -1.0, 1.0)
    return table(canal, s, CSF_IODINE) * (1.0 - canal.settling * behind)


@njit(cache=True, nogil=True, error_model="numpy")
def paint_dural(voxel: Voxel, at: Place, h: float, near: DuralDistances, canal: CanalArrays) -> Voxel:
    """Dura, cerebrospinal fluid, cord and strands, root sleeves and exiting roots."""
    u, v, s = at.u, at.v, at.s
    sac, root, sleeve = near.sac, near.root, near.sleeve
    materials = canal.paints.material_table
    nerve = material(materials, P_NERVE)
    if root < 2.0:
        if sleeve < 2.0:
            fluid = material(materials, P_CSF)
            fluid = (fluid[0], fluid[1], fluid[2] + 0.8 * table(canal, s, CSF_IODINE))
            voxel = cover(voxel, share(sleeve, h), material(materials, P_DURA), DURA)
            voxel = cover(voxel, share(sleeve + DURA_THICKNESS, h), fluid, CSF)
        voxel = cover(voxel, share(root, h), nerve, ROOT)
    if sac < 2.0 * h:
        fluid = material(materials, P_CSF)
        fluid = (fluid[0], fluid[1], fluid[2] + sac_iodine(v, s, canal))
        voxel = cover(voxel, share(sac, h), material(materials, P_DURA), DURA)
        voxel = cover(voxel, share(sac + DURA_THICKNESS, h), fluid, CSF)
        if sac < 0.0:
            voxel = cover(voxel, share(strand_distance(u, v, s, canal), h), nerve, ROOT)
            voxel = cover(voxel, share(cord_distance(u, v, s, canal), h), nerve, CORD)
            if root < 2.0:
                voxel = cover(voxel, share(root, h), nerve, ROOT)
    return voxel
