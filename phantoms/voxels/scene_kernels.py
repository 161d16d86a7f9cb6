"""Kernels that put the whole patient together: the tissue at one point, seen through a voxel of any size."""

from __future__ import annotations

import math

import numpy as np

from phantoms.body.body_kernels import RIBS_SIDE, BodyArrays, outer_bone_distance, outline_distance, paint_body
from phantoms.bones.bone_parts_kernels import SACRUM, to_frame
from phantoms.bones.vertebra_kernels import RowArrays, spine_distance, vertebrae_near
from phantoms.canal.canal_kernels import (
    BEHIND_FLAVUM,
    FAR,
    DuralDistances,
    Place,
    canal_distance,
    dorsal_wall_depth,
    find_place,
    foramen_distance,
    root_distance,
    sac_distance,
)
from phantoms.canal.canal_paint_kernels import paint_dural, paint_epidural
from phantoms.compiled_kernels import njit
from phantoms.fluid.perineural_leak_kernels import paint_perineural_leak, perineural_leak_distance
from phantoms.paint_kernels import (
    AIR,
    CORTICAL,
    DISC,
    P_AIR,
    P_BLOOD,
    P_CORTICAL,
    P_DISC,
    P_FAT,
    P_MARROW,
    P_SPONGIOSA,
    P_TITANIUM,
    SPONGIOSA,
    Paints,
    Voxel,
    between,
    clamp,
    cone,
    cover,
    denser,
    ellipsoid,
    material,
    noise,
    share,
    super_ellipse,
)
from phantoms.solids_kernels import Solids

BONE_FREE = 0.2  # mm that bone keeps from the dura and from roots: the warp may not push it into them
BODY, OUTER, CANAL, ROOTS, DISCS, METAL, ALL_PARTS = 1, 2, 4, 8, 16, 32, -1
"""Bits of what can be near a point; OUTER: ribs and iliac wings. From bit `FIRST` on one bit for each vertebra."""
FIRST = 6
MARROW_RUNS = 0.7  # of the canal's depth: marrow like the body's behind the posterior wall (assumption, after CT)
SACROILIAC_MM = 2.6  # between ala and ilium, cartilage included: 2.3 (0.4) on CT below 40 years [FAF98]
VEINS_FAT = 0.35  # part of fat about the basivertebral veins (assumption)
SHELL_FULL = 0.72  # cortical bone in a full cortex; vascular canals and marrow take the rest (assumption)


SPINE_SIDE, SPINE_FRONT, SPINE_BACK, DISC_BACK = 62.0, -52.0, 74.0, 5.5
CANAL_SIDE, CANAL_FRONT, CANAL_BACK = 52.0, -26.0, 36.0
"""Bounds of u and v within which vertebrae, discs, and what belongs to the canal can be at all."""
DEEP = 4.0  # mm below the skin, above which there is neither bone nor canal


@njit(cache=True, nogil=True, error_model="numpy")
def spine_near(u: float, v: float) -> bool:
    """Whether vertebrae or discs can be here at all."""
    return abs(u) < SPINE_SIDE and v > SPINE_FRONT and v < SPINE_BACK


@njit(cache=True, nogil=True, error_model="numpy")
def metal_distance(x: float, y: float, z: float, body: BodyArrays) -> float:
    """Distance to the nearest implant."""
    least = FAR
    for n in range(body.metal.shape[0]):
        m = body.metal[n]
        least = min(least, cone((x, y, z), (m[0], m[1], m[2]), (m[3], m[4], m[5]), m[6], m[6], 1.0))
    return least


@njit(cache=True, nogil=True, error_model="numpy")
def bone_distance(at: Place, sac: float, root: float, parts: int, solids: Solids) -> tuple[float, float, int]:
    """Distance to bone of these parts, its cortex and its vertebra (-1: rib or ilium); kept clear of dura and roots."""
    u, v, s = at.u, at.v, at.s
    distance, cortex, owner = FAR, 1.0, -1
    if parts >> FIRST != 0 and spine_near(u, v):
        distance, cortex, owner = spine_distance(at, parts >> FIRST, solids.row, solids.canal.paints.noise_texture)
        distance = max(distance, max(BONE_FREE - sac, BONE_FREE - root))
    if parts & OUTER != 0:
        outer = outer_bone_distance(u, v, s, solids.body)
        if owner >= 0 and distance < SACROILIAC_MM and solids.row.vertebrae[owner].kind == SACRUM:
            # the ala ends at its joint with the ilium, which follows the ilium's face
            wide = SACROILIAC_MM + 0.3 * noise(solids.canal.paints.noise_texture, v / 1.5, s / 1.5, 3.0)
            distance = max(distance, wide - outer)
        if outer < distance:
            return outer, 1.3, -1
    return distance, cortex, owner


@njit(cache=True, nogil=True, error_model="numpy")
def disc_distance(at: Place, row: RowArrays) -> tuple[float, int]:
    """Distance to the nearest disc, bulging slightly, and the vertebra above it; far where none can be."""
    x, y, z, s = at.x, at.y, at.z, at.s
    vertebrae, frames = row.vertebrae, row.frames
    least, owner = FAR, 0
    for i in range(vertebrae.shape[0] - 1):
        w = vertebrae[i]
        middle = w.s - 0.5 * w.height - 0.5 * w.disc_below
        if abs(s - middle) > 20.0 or w.disc_below < 1.0:  # none between atlas and axis
            continue
        lx, ly, lz = to_frame(x, y, z, frames[i, 2])
        wedge = 0.5 * w.disc_below + 4.0 - 0.06 * ly
        if abs(lz) < wedge and ly < 5.0 and ly > -46.0 and abs(lx) < 0.5 * w.width_lower + 4.0:
            bulge = 1.4 * (1.0 - (lz / wedge) ** 2) - 0.9
            half_width, half_depth = 0.5 * w.width_lower + bulge, 0.5 * w.depth_lower + bulge
            away = ly + 0.5 * w.depth_lower
            if away > 0.0:  # a worn disc bulges into the canal
                half_depth += w.bulge * (1.0 - (lz / wedge) ** 2)
            side = super_ellipse(lx, away, half_width, half_depth, 2.15 if away < 0.0 else 2.5)
            side = max(side, abs(lz) - wedge)
            if side < least:
                least, owner = side, i
    return least, owner


@njit(cache=True, nogil=True, error_model="numpy")
def paint_disc(voxel: Voxel, at: Place, h: float, distance: float, owner: int, row: RowArrays, paints: Paints) -> Voxel:
    """Disc: annulus and softer nucleus, and gas where it is worn."""
    texture, materials = paints.noise_texture, paints.material_table
    w = row.vertebrae[owner]
    lx, ly, lz = to_frame(at.x, at.y, at.z, row.frames[owner, 2])
    nucleus = ellipsoid(lx, ly + 0.45 * w.depth_lower, lz, 0.32 * w.width_lower, 0.30 * w.depth_lower, 9.0)
    tint = 7.0 - 14.0 * clamp(0.5 - nucleus / 8.0, 0.0, 1.0)
    tint += 6.0 * noise(texture, lx / 2.0, ly / 2.0, lz / 2.0)
    voxel = cover(voxel, share(distance, h), denser(material(materials, P_DISC), tint), DISC)
    if w.thin > 0.5:  # gas in the cleft of a worn disc
        cleft = abs(lz + 0.6 * noise(texture, lx / 1.5, ly / 1.5, 7.0)) - 0.9
        cleft = max(cleft, nucleus + 3.0 - 5.0 * noise(texture, lx / 1.8 + 5.0, ly / 1.8, 3.0))
        voxel = cover(voxel, share(cleft, h), material(materials, P_AIR), DISC)
    return voxel


@njit(cache=True, nogil=True, error_model="numpy")
def arch_part(lx: float, ly: float, blotch: float, w: np.record) -> float:
    """How much of a vertebra's cancellous bone is of the dense kind of its arch: 0 in body and pedicles, 1 in laminae.

    Marrow runs on from the body through the pedicles, and from the sacrum's body into its alae.
    """
    if w.kind == SACRUM:
        middle = clamp((26.0 - abs(lx) + 2.0 * blotch) / 10.0, 0.0, 1.0)
        return float(middle * clamp((ly - 6.0 + 2.0 * blotch) / 10.0, 0.0, 1.0))
    reach = MARROW_RUNS * w.canal_ap  # behind the posterior wall: through the pedicles
    t = clamp((ly - 0.6 * reach + 1.5 * blotch) / reach, 0.0, 1.0)
    return float(t * t * (3.0 - 2.0 * t))


@njit(cache=True, nogil=True, error_model="numpy")
def cleft_distance(lx: float, ly: float, lz: float, blotch: float, w: np.record) -> float:
    """Distance to the basivertebral veins' cleft: a wedge at mid height that opens to the back and forks in front."""
    deep = -ly
    fade = 1.0 - deep / w.cleft_depth
    fork = w.cleft_spread * max(deep - w.cleft_trunk, 0.0)
    x = lx - w.cleft_shift - w.cleft_turn * deep + 0.7 * blotch
    side = abs(abs(x) - fork) - w.cleft_width * (0.45 + 0.55 * fade)
    tall = abs(lz - w.cleft_rise - 0.5 * blotch) - w.cleft_height * (0.3 + 0.7 * fade)
    return float(max(max(side, tall), deep - w.cleft_depth))


@njit(cache=True, nogil=True, error_model="numpy")
def paint_bone(
    voxel: Voxel, at: Place, h: float, bone: tuple[float, float, int], row: RowArrays, paints: Paints
) -> Voxel:
    """Cortex of uneven thickness over cancellous bone with its trabeculae and basivertebral veins.

    Bone is what `bone_distance` gave: distance, cortex, vertebra.
    """
    distance, cortex, owner = bone
    texture, materials = paints.noise_texture, paints.material_table
    lx, ly, lz = at.x, at.y, at.z
    half_height = 12.0
    if owner >= 0:
        lx, ly, lz = to_frame(at.x, at.y, at.z, row.frames[owner, 0])
        half_height = 0.5 * row.vertebrae[owner].height
    body = owner >= 0 and ly < 0.0
    blotch = noise(texture, lx / 1.2 + 77.0, ly / 1.2, lz / 1.4)
    grain = noise(texture, lx / 0.28, ly / 0.28, lz / 0.6)
    part = 1.0 + 0.24 * grain + 0.10 * blotch  # of the mean trabecular density
    arch = 0.6 if owner < 0 else arch_part(lx, ly, blotch, row.vertebrae[owner])
    if arch < 1.0 and owner >= 0:
        near_plate = 0.8 * math.exp(-max(half_height - abs(lz), 0.0) / 2.5) * clamp(1.0 - ly / 4.0, 0.0, 1.0)
        part += (1.0 - arch) * (near_plate + 0.12 * noise(texture, lx / 0.45 + 11.0, ly / 0.45, lz / 4.0))
    if arch > 0.0:
        # the laminae's cancellous bone is dense, most so beneath its cortex: no section is a hollow ring (after CT)
        part += arch * (1.5 + 0.55 * blotch + 0.25 * grain + 2.4 * math.exp(distance / 2.0))
    core = between(material(materials, P_MARROW), material(materials, P_SPONGIOSA), clamp(part, 0.0, 6.0))
    full_share = 1.0
    if body:
        w = row.vertebrae[owner]
        if ly > -w.cleft_depth and w.cleft_strength > 0.0:
            vein = share(cleft_distance(lx, ly, lz, blotch, w), 1.5)
            inside = between(material(materials, P_BLOOD), material(materials, P_FAT), VEINS_FAT)
            core = between(core, inside, w.cleft_strength * vein)
            if ly > -2.5:  # where they leave the body its wall is open
                full_share = 1.0 - 0.75 * vein
        if ly < -1.0 and abs(lz) > half_height - 3.2:
            cortex *= 1.6  # endplates
    uneven = noise(texture, lx / 0.7 + 31.0, ly / 0.7, lz / 0.9)
    full = full_share * SHELL_FULL * (0.80 + 0.22 * (cortex - 0.45) + 0.16 * blotch + 0.13 * uneven)
    shell = between(material(materials, P_MARROW), material(materials, P_CORTICAL), clamp(full, 0.1, 1.0))
    inner = distance + cortex * clamp(1.0 + 0.34 * blotch + 0.22 * uneven, 0.4, 1.9)
    deep = share(inner, max(h, 0.8) if h > 0.1 else h)
    label = SPONGIOSA if deep >= 0.5 else CORTICAL
    return cover(voxel, share(distance, h), between(shell, core, deep), label)


@njit(cache=True, nogil=True, error_model="numpy")
def parts_near(x: float, y: float, z: float, radius: float, size: float, solids: Solids) -> int:
    """Which parts can be within a radius of a point: what lies farther need not be looked at in voxels of this size.

    The margins hold for distances that overstate by up to a half, those of the skin over the shoulders and of the ribs'
    ends threefold.
    """
    canal, body = solids.canal, solids.body
    at = find_place(x, y, z, canal)
    u, v, s = at.u, at.v, at.s
    outline = outline_distance(u, v, s, body)
    margin = 1.6 * radius + 1.5 * size
    if outline > 2.0 * margin:
        return 0
    parts = BODY
    if outline > margin - DEEP:
        return parts
    beside = max(abs(u), min(abs(u) + radius, RIBS_SIDE)) + 1e-6  # ribs' shafts are known only from there outwards
    if outer_bone_distance(beside, v, s, body) < 2.5 * margin:
        parts |= OUTER
    if metal_distance(x, y, z, body) < margin:
        parts |= METAL
    if abs(u) < SPINE_SIDE + radius and v > SPINE_FRONT - radius and v < SPINE_BACK + radius:
        parts |= vertebrae_near(at, margin, solids.row) << FIRST
        if v < DISC_BACK + radius:
            parts |= DISCS
    if abs(u) < CANAL_SIDE + margin and v > CANAL_FRONT - margin and v < CANAL_BACK + margin:
        wall = canal_distance(u, v, s, dorsal_wall_depth(u, v, s, canal), canal)
        near = min(min(wall - BEHIND_FLAVUM, foramen_distance(u, v, s, canal)), sac_distance(u, v, s, canal))
        root, sleeve = root_distance(at, canal)
        near = min(near, perineural_leak_distance(at, canal)[0])
        if min(root, sleeve) < margin + 2.0:
            parts |= ROOTS
        if min(near, min(root, sleeve)) < margin:
            parts |= CANAL
    return parts


@njit(cache=True, nogil=True, error_model="numpy")
def tissue_at(x: float, y: float, z: float, h: float, solids: Solids) -> Voxel:
    """Water, cortical bone, iodine and label of a voxel of size h mm about a world point."""
    return tissue_from_parts(x, y, z, h, int(ALL_PARTS), solids)  # a constant as such is compiled anew


@njit(cache=True, nogil=True, error_model="numpy")
def tissue_from_parts(x: float, y: float, z: float, h: float, parts: int, solids: Solids) -> Voxel:
    """As `tissue_at`, looking only at the parts that can be there.

    Painted from the loosest to the densest; what something denser takes as a whole is not looked at.
    """
    row, canal, body = solids.row, solids.canal, solids.body
    paints = canal.paints
    air = material(paints.material_table, P_AIR)
    voxel = air[0], air[1], air[2], AIR
    if parts == 0:
        return voxel
    at = find_place(x, y, z, canal)
    u, v, s = at.u, at.v, at.s
    outline = outline_distance(u, v, s, body)
    if outline > 1.5:
        return voxel
    if outline > -DEEP:
        return paint_body(voxel, u, v, s, h, outline, paints, body)
    sac, root, sleeve = FAR, FAR, FAR
    inside = parts & CANAL != 0 and abs(u) < CANAL_SIDE and v > CANAL_FRONT and v < CANAL_BACK
    if inside:
        sac = sac_distance(u, v, s, canal)
        if parts & ROOTS != 0 and v < 18.0:  # roots leave forwards and to the side
            root, sleeve = root_distance(at, canal)
    bone, cortex, owner = FAR, 1.0, -1
    if sac > -0.5:
        bone, cortex, owner = bone_distance(at, sac, min(root, sleeve), parts, solids)
    whole = -0.5 * h
    if min(min(sac, root), bone) > whole:
        disc, above = FAR, 0
        if parts & DISCS != 0 and spine_near(u, v) and v < DISC_BACK:
            disc, above = disc_distance(at, row)
        if disc > whole:
            voxel = paint_body(voxel, u, v, s, h, outline, paints, body)
        bulges = inside and v > 0.0 and row.vertebrae[above].bulge > 0.0  # takes the place of the canal's fat
        if disc < h and not bulges:
            voxel = paint_disc(voxel, at, h, disc, above, row, paints)
        if inside:
            voxel = paint_epidural(voxel, at, h, sac, canal)
            if disc < h and bulges:
                voxel = paint_disc(voxel, at, h, disc, above, row, paints)
            if canal.perineural_leaks.shape[0] > 0:
                voxel = paint_perineural_leak(voxel, at, h, canal)
    if bone < 1.5 * h:
        voxel = paint_bone(voxel, at, h, (bone, cortex, owner), row, paints)
    if inside:
        voxel = paint_dural(voxel, at, h, DuralDistances(sac, root, sleeve), canal)
    if parts & METAL != 0 and body.metal.shape[0] > 0:
        metal = material(paints.material_table, P_TITANIUM)
        voxel = cover(voxel, share(metal_distance(x, y, z, body), h), metal, CORTICAL)
    return voxel
