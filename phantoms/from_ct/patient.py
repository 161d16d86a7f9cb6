"""phantom_from_ct: a CT with labelled vertebrae -> Phantom."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from phantoms import paint_kernels as paint
from phantoms.array_cache import load_arrays
from phantoms.canal.canal_model import CanalModel
from phantoms.canal.canal_tables import canal_arrays
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.from_ct import ct_kernels as kernels
from phantoms.from_ct.body import CtBody, muscle_compartments, prepare_body
from phantoms.from_ct.bone import CtBone, build_bone
from phantoms.from_ct.bony_canal import CanalMeasure, measure_canal
from phantoms.from_ct.canal_fit import fit_canal
from phantoms.from_ct.cord import SECTION, CordSeen, cord_in_labels
from phantoms.from_ct.ct_anatomy import CtAnatomy
from phantoms.from_ct.image import SPINAL_CORD, CtFault, CtImage
from phantoms.from_ct.labels import vertebra_names
from phantoms.from_ct.pressed_back import BackMoved
from phantoms.from_ct.tissue_lines import tissue_lines
from phantoms.from_ct.voxels import grids, in_strips, voxelize_ct
from phantoms.identity import patient_identity
from phantoms.interlaminar_windows import add_interlaminar_windows
from phantoms.noise_texture import noise_texture
from phantoms.phantom import Landmarks, Phantom
from phantoms.source_digest import patient_sources, source_digest
from phantoms.tissues import tissue
from phantoms.voxel_cache import kept_identity, kept_voxels, store_voxels
from simulator.spatial.arrays import FloatArray
from simulator.vocabulary.anatomy import LeakPattern
from simulator.vocabulary.levels import Interspace, interspaces_of
from simulator.vocabulary.progress import Progress

DERIVED = (
    "thecal sac",
    "cerebrospinal fluid and its contrast",
    "ligamentum flavum",
    "epidural space",
    "cauda equina, conus and exiting roots",
    "foraminal fat",
    "ligaments of the midline (names only)",
    "skin",
)
_WITH_CORD = {"cauda equina, conus and exiting roots": "cauda equina and exiting roots"}
_PHANTOMS = Path(__file__).parents[1]
_PALETTE = {  # tissues that are painted over the CT; its bones keep their own densities
    paint.P_AIR: "air",
    paint.P_FAT: "adipose",
    paint.P_MUSCLE: "muscle",
    paint.P_SKIN: "skin",
    paint.P_LIGAMENT: "ligament",
    paint.P_DISC: "disc",
    paint.P_CSF: "csf",
    paint.P_NERVE: "nerve_root",
    paint.P_BLOOD: "blood",
    paint.P_KIDNEY: "kidney",
    paint.P_BOWEL: "bowel",
    paint.P_CORTICAL: "cortical_bone",
    paint.P_SPONGIOSA: "spongiosa",
    paint.P_MARROW: "red_marrow",
    paint.P_DURA: "dura",
}
_LEAST_SAC_MM = (2.5, 3.5)  # half depth and half width
_ABDOMEN_MM = 30.0  # in front of the posterior wall: organs rather than muscle


def phantom_from_ct(
    ct: CtImage,
    *,
    name: str,
    about: Interspace = Interspace.L3_4,
    leak: LeakParameters | None,
    myelogram: MyelogramParameters,
    sac_scale: float = 1.0,
    seed: int = 1,
    progress: Progress | None = None,
    cache: bool = True,
) -> Phantom:
    """A patient whose bones, muscles and organs are those of a CT and whose canal's content is derived.

    The frame is moved so that x = y = z = 0 is near the posterior wall at the interspace `about`. A supine scan needs
    no turning, for prone and supine differ in the picture only; a back that the table pressed flat is rounded as the
    flanks suggest, but its lordosis is not that of a pillow, and gas lies to the front.

    Args:
        ct: from `read_ct`, with labels of the vertebrae
        name: of the patient
        about: interspace about which it is built, five vertebrae to either side
        leak: None for none
        myelogram: contrast in the sac
        sac_scale: size of the sac against the table, where the canal has the room
        seed: of textures and of the roots' wavering
        progress: called with what is done and the part done, 0..1
        cache: whether to look for voxels of an earlier run and to keep these

    Raises:
        CtFault: the labels are missing or do not show this interspace, the back is cut off, or the leak's level is
            none of this patient's.
    """

    def tell(what: str, part: float) -> None:
        if progress is not None:
            progress(what, part)

    tell("reading the CT", 0.0)
    names = vertebra_names(ct, about)
    pair = about.upper_vertebra, about.lower_vertebra
    _check_level(ct, leak, interspaces_of(tuple(names)))
    body = prepare_body(ct, names, pair)
    tell("finding the bones", 0.15)
    bone = build_bone(body, names)
    measure = measure_canal(bone, tuple(names), pair, ct.what)
    _check_level(ct, leak, tuple(measure.disc_s_mm))
    tell("fitting the canal", 0.3)
    cord = cord_in_labels(body.labels == SPINAL_CORD, body.source_grid, measure)
    model = fit_canal(measure, leak=leak, myelogram=myelogram, sac_scale=sac_scale, seed=seed, cord=cord)
    _check_canal(ct, measure, model)
    canal = canal_arrays(model, _palette(), noise_texture(seed))
    arrays = _arrays(body, bone, measure, canal)
    anatomy = CtAnatomy(
        canal=model,
        canal_arrays=canal,
        ct_arrays=arrays,
        interspace_s_mm=MappingProxyType(measure.disc_s_mm),
        back=body.back,
        cord_seen=cord,
    )
    body_grid, box = grids(body.grid, measure)
    key = _cache_key(ct, (about, leak, myelogram, sac_scale, seed))
    kept = (load_arrays(key) if cache else None) or {}
    volumes, identity = kept_voxels(kept, body_grid, box), kept_identity(kept)
    if volumes is None or identity is None:
        volumes = voxelize_ct(body, arrays, canal, body_grid, box, lambda part: tell("building the patient", part))
    ends = float(body_grid.z_mm[0]), float(body_grid.z_mm[-1])
    levels = tuple(measure.disc_s_mm)
    landmarks = add_interlaminar_windows(anatomy, _landmarks(measure), levels, ends)
    tell("building the patient", 1.0)
    hole = locate_hole(model, leak, None if leak is None else measure.disc_s_mm.get(leak.level))
    phantom = Phantom(
        name=name,
        body=volumes[0],
        canal=volumes[1],
        anatomy=anatomy,
        landmarks=landmarks,
        levels=levels,
        leak=hole,
        derived=_derived(cord, body.back, hole.pattern),
        identity=identity or "",
    )
    if identity is None:
        identity = patient_identity(phantom)
        if cache:
            store_voxels(key, volumes, identity)
    return replace(phantom, identity=identity)


def _derived(cord: CordSeen | None, back: BackMoved, pattern: LeakPattern) -> tuple[str, ...]:
    """What was computed; a cord of the right size among the labels was not."""
    seen = cord is not None and cord.trust == SECTION
    names = [_WITH_CORD.get(name, name) if seen else name for name in DERIVED]
    names += ["roundness of the back"] * (back.out_mm > 0.0) + ["leak"] * (pattern != LeakPattern.NONE)
    return tuple(names)


def _check_level(ct: CtImage, leak: LeakParameters | None, levels: tuple[Interspace, ...]) -> None:
    if leak is not None and leak.pattern != LeakPattern.NONE and leak.level not in levels:
        raise CtFault(
            ct.what, "leak", f"this patient has no interspace {leak.level}", f"Choose one of {', '.join(levels)}"
        )


def _check_canal(ct: CtImage, measure: CanalMeasure, model: CanalModel) -> None:
    """A canal too tight for any sac means that labels and CT do not belong together, or a canal that is not shown."""
    for place, s in (*measure.disc_s_mm.items(), *measure.body_s_mm.items()):
        if model.at("sac_half_ap_mm", s) < _LEAST_SAC_MM[0] or model.at("sac_half_width_mm", s) < _LEAST_SAC_MM[1]:
            fix = "Check that the labels are those of this CT; a canal closed by metal or stenosis is not supported"
            raise CtFault(ct.what, "labels", f"at {place} the bones leave no room for the dural sac", fix)


def _palette() -> FloatArray:
    """Basis densities of the tissues that the canal's kernels mix, rows as in paint_kernels."""
    rows = np.zeros((max(_PALETTE) + 1, 3))
    for row, name in _PALETTE.items():
        rows[row] = tissue(name).basis
    rows.setflags(write=False)
    return rows


def _arrays(body: CtBody, bone: CtBone, measure: CanalMeasure, canal: Any) -> kernels.CtArrays:
    """Bare arrays for the kernels, with the labels of the soft tissues worked out."""
    soft_hu, soft_density, bone_hu, bone_density = tissue_lines()
    soft = np.zeros(body.grid.shape, dtype=np.uint8)
    arrays = kernels.CtArrays(
        near=bone.near.values,
        near_origin=bone.near.origin_mm,
        near_step=bone.near.spacing_mm,
        far=bone.far.values,
        far_origin=bone.far.origin_mm,
        far_step=bone.far.spacing_mm,
        skin=body.skin.values,
        skin_origin=body.skin.origin_mm,
        skin_step=body.skin.spacing_mm,
        soft=soft,
        soft_origin=np.asarray(body.grid.origin_mm),
        spinous=np.ascontiguousarray(measure.spinous_mm),
        spinous_z=float(bone.near_grid.origin_mm[2]),
        soft_hu=soft_hu,
        soft_density=soft_density,
        bone_hu=bone_hu,
        bone_density=bone_density,
    )
    line = measure.centreline
    front = np.interp(body.grid.z_mm, line.z_mm, line.samples[:, 1]) - _ABDOMEN_MM
    origin = np.asarray(body.grid.origin_mm)
    discs = _discs(measure)
    hu: Any = body.hu
    muscle = muscle_compartments(body.hu)

    def rows(first: int, last: int) -> None:
        kernels.soft_labels(soft, hu, muscle, origin, first, last, discs, front, arrays, canal)

    in_strips(rows, body.grid.shape[1])
    soft.setflags(write=False)
    return arrays


def _discs(measure: CanalMeasure) -> FloatArray:
    """Ends of the discs along the canal [shape=(n, 2)], a little into the endplates."""
    ends = []
    for upper, lower in pairwise(measure.names):
        high = measure.body_s_mm[upper] - 0.5 * measure.height_mm[upper] + 2.0
        low = measure.body_s_mm[lower] + 0.5 * measure.height_mm[lower] - 2.0
        ends.append((min(low, high), max(low, high)))
    return np.array(ends).reshape(-1, 2)


def _landmarks(measure: CanalMeasure) -> Landmarks:
    """Centres of the vertebral bodies, and the posterior wall at the middle of each disc."""
    walls = measure.centreline.wall_points(measure.disc_s_mm)
    return Landmarks(vertebral_bodies=MappingProxyType(measure.body_centre_mm), interspaces=MappingProxyType(walls))


def _cache_key(ct: CtImage, parameters: tuple[Any, ...]) -> str:
    """SHA-256 over the voxels, their grid, the labels, the parameters, this package's tables and what it does."""
    digest = hashlib.sha256(repr((parameters, ct.grid)).encode())
    digest.update(np.ascontiguousarray(ct.hu).data)
    digest.update(b"" if ct.labels is None else np.ascontiguousarray(ct.labels).data)
    return source_digest(digest.hexdigest(), patient_sources())
