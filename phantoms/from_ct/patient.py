"""phantom_from_ct: a CT with labelled vertebrae -> Phantom."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from phantoms.array_cache import load_arrays
from phantoms.canal.canal_kernels import CanalArrays
from phantoms.canal.canal_model import CanalModel
from phantoms.canal.canal_tables import canal_arrays
from phantoms.canal.centreline import wall_points
from phantoms.fluid.contrast import MyelogramParameters
from phantoms.fluid.leak import LeakParameters
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.from_ct import ct_kernels as kernels
from phantoms.from_ct.body import CtBody, Field, muscle_compartments, prepare_body
from phantoms.from_ct.bone import CtBone, build_bone
from phantoms.from_ct.bony_canal import CanalMeasure, measure_canal
from phantoms.from_ct.canal_fit import fit_canal
from phantoms.from_ct.cord import SECTION, CordSeen, cord_in_labels
from phantoms.from_ct.ct_anatomy import CtAnatomy
from phantoms.from_ct.derived_errors import DerivedDraw, sureness
from phantoms.from_ct.image import SPINAL_CORD, CtFault, CtImage
from phantoms.from_ct.labels import vertebra_names
from phantoms.from_ct.pressed_back import BackMoved
from phantoms.from_ct.real_patients import RealPatientParameters
from phantoms.from_ct.tissue_lines import tissue_lines
from phantoms.from_ct.voxels import grids, in_strips, voxelize_ct
from phantoms.identity import patient_identity
from phantoms.interlaminar_windows import add_interlaminar_windows
from phantoms.material_table import material_table
from phantoms.noise_texture import noise_texture
from phantoms.paint_kernels import Paints
from phantoms.phantom import BasisVolume, Landmarks, Phantom
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
_BUILDING, _FITTED = "building the patient", 0.25  # one bar for all of it; the part at which the voxels begin
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
    draw: DerivedDraw | None = None,
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
        draw: how far the patient lies from what is derived; None: as derived
        progress: called with what is done and the part done, 0..1
        cache: whether to look for voxels of an earlier run and to keep these

    Raises:
        CtFault: the labels are missing or do not show this interspace, the back is cut off, or the leak's level is
            none of this patient's.
    """

    def tell(what: str, part: float) -> None:
        if progress is not None:
            progress(what, part)

    parameters = RealPatientParameters(
        name=name, about=about, sac_scale=sac_scale, seed=seed, leak=leak, myelogram=myelogram, draw=draw
    )
    fitted = _fit(ct, parameters, tell)
    body_grid, box = grids(fitted.body.grid, fitted.measure)
    key = _cache_key(ct, (about, leak, myelogram, sac_scale, seed, draw, fitted.anatomy.sure.levels if draw else None))
    kept = (load_arrays(key) if cache else None) or {}
    volumes, identity = kept_voxels(kept, body_grid, box), kept_identity(kept)
    if volumes is None or identity is None:
        arrays, canal = fitted.anatomy.ct_arrays, fitted.anatomy.canal_arrays
        volumes = voxelize_ct(
            fitted.body, arrays, canal, body_grid, box, lambda part: tell(_BUILDING, _FITTED + (1.0 - _FITTED) * part)
        )
    phantom = _assemble(parameters, fitted, volumes, identity or "")
    tell(_BUILDING, 1.0)
    if identity is None:
        identity = patient_identity(phantom)
        if cache:
            store_voxels(key, volumes, identity)
    return replace(phantom, identity=identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FittedCt:
    """A CT in the phantom's frame, its canal as measured, and the anatomy that was fitted to it."""

    body: CtBody
    measure: CanalMeasure
    anatomy: CtAnatomy


def _fit(ct: CtImage, parameters: RealPatientParameters, tell: Progress) -> _FittedCt:
    """Bones, canal and anatomy of a CT; the voxels are not made yet."""
    about, leak = parameters.about, parameters.leak
    tell(_BUILDING, 0.0)
    names = vertebra_names(ct, about)
    pair = about.upper_vertebra, about.lower_vertebra
    _check_level(ct, leak, interspaces_of(tuple(names)))
    body = prepare_body(ct, names, pair)
    tell(_BUILDING, 0.05)
    bone = build_bone(body, names)
    measure = measure_canal(bone, tuple(names), pair, ct.what)
    _check_level(ct, leak, tuple(measure.disc_s_mm))
    tell(_BUILDING, 0.15)
    cord = cord_in_labels(body.labels == SPINAL_CORD, body.source_grid, measure)
    sure = sureness(measure.disc_s_mm, measure.s_mm, ct.grid.spacing_mm, parameters.draw)
    model = fit_canal(
        measure,
        leak=leak,
        myelogram=parameters.myelogram,
        sac_scale=parameters.sac_scale,
        seed=parameters.seed,
        cord=cord,
        dura_shift_mm=sure.dura_shift_mm,
        depth_shift_mm=sure.depth_shift_mm,
    )
    _check_canal(ct, measure, model)
    paints = Paints(noise_texture=noise_texture(parameters.seed), material_table=material_table(tissue("spongiosa")))
    canal = canal_arrays(model, paints)
    anatomy = CtAnatomy(
        canal=model,
        canal_arrays=canal,
        ct_arrays=_arrays(body, bone, measure, canal),
        interspace_s_mm=MappingProxyType(measure.disc_s_mm),
        back=body.back,
        cord_seen=cord,
        sure=sure,
    )
    return _FittedCt(body=body, measure=measure, anatomy=anatomy)


def _assemble(
    parameters: RealPatientParameters, fitted: _FittedCt, volumes: tuple[BasisVolume, BasisVolume], identity: str
) -> Phantom:
    leak, measure, anatomy = parameters.leak, fitted.measure, fitted.anatomy
    planes = volumes[0].grid.z_mm
    levels = tuple(measure.disc_s_mm)
    ends = float(planes[0]), float(planes[-1])
    hole = locate_hole(anatomy.canal, leak, None if leak is None else measure.disc_s_mm.get(leak.level))
    return Phantom(
        name=parameters.name,
        body=volumes[0],
        canal=volumes[1],
        anatomy=anatomy,
        landmarks=add_interlaminar_windows(anatomy, _landmarks(measure), levels, ends),
        levels=levels,
        leak=hole,
        derived=_derived(anatomy.cord_seen, anatomy.back, hole.pattern),
        identity=identity,
    )


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
        half_ap, half_width = model.at(model.sac.half_ap_mm, s), model.at(model.sac.half_width_mm, s)
        if half_ap < _LEAST_SAC_MM[0] or half_width < _LEAST_SAC_MM[1]:
            fix = "Check that the labels are those of this CT; a canal closed by metal or stenosis is not supported"
            raise CtFault(ct.what, "labels", f"at {place} the bones leave no room for the dural sac", fix)


def field_arrays(field: Field) -> kernels.FieldArrays:
    """A field as bare arrays for the kernels."""
    return kernels.FieldArrays(values=field.values, origin=np.asarray(field.origin_mm), step=field.spacing_mm)


def _arrays(body: CtBody, bone: CtBone, measure: CanalMeasure, canal: CanalArrays) -> kernels.CtArrays:
    """Bare arrays for the kernels, with the labels of the soft tissues worked out."""
    soft_hu, soft_density, bone_hu, bone_density = tissue_lines()
    soft = np.zeros(body.grid.shape, dtype=np.uint8)
    arrays = kernels.CtArrays(
        near=field_arrays(bone.near),
        far=field_arrays(bone.far),
        skin=field_arrays(body.skin),
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
    seen = kernels.SoftTissue(
        hu=body.hu,
        muscle=muscle_compartments(body.hu),
        origin=np.asarray(body.grid.origin_mm),
        discs=_discs(measure),
        front_y=front,
    )

    def rows(first: int, last: int) -> None:
        kernels.soft_labels(soft, kernels.RowSpan(first, last), seen, arrays, canal)

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
    walls = wall_points(measure.centreline, measure.disc_s_mm)
    return Landmarks(vertebral_bodies=MappingProxyType(measure.body_centre_mm), interspaces=MappingProxyType(walls))


def _cache_key(ct: CtImage, parameters: tuple[Any, ...]) -> str:
    """SHA-256 over the voxels, their grid, the labels, the parameters, this package's tables and what it does."""
    digest = hashlib.sha256(repr((parameters, ct.grid)).encode())
    digest.update(np.ascontiguousarray(ct.hu).data)
    digest.update(b"" if ct.labels is None else np.ascontiguousarray(ct.labels).data)
    return source_digest(digest.hexdigest(), patient_sources())
