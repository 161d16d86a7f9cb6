"""build_phantom: parameters -> Phantom, with the voxels kept on disk between runs."""

from __future__ import annotations

from dataclasses import asdict, replace
from types import MappingProxyType

import numpy as np

from phantoms.array_cache import load_arrays
from phantoms.body.tables_kernels import HALF_DEPTH, HALF_WIDTH, SKIN_V
from phantoms.canal.centreline import wall_points
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.identity import patient_identity
from phantoms.interlaminar_windows import find_window_targets, with_window_targets
from phantoms.parameters import PatientParameters
from phantoms.phantom import BasisVolume, Landmarks, Phantom, VoxelGrid
from phantoms.source_digest import patient_sources, source_digest
from phantoms.spine import Spine, build_spine, kept_tables
from phantoms.synthetic_anatomy import SyntheticAnatomy
from phantoms.voxel_cache import kept_identity, kept_voxels, load_voxels, store_voxels
from phantoms.voxels.voxelize import BLOCK, Rows, voxelize
from simulator.spatial.arrays import FloatArray
from simulator.spatial.frames import PatientPoint, patient_point
from simulator.vocabulary.levels import Vertebra
from simulator.vocabulary.progress import Progress

_OTHER_ROOMS = ("from_ct", "catalogue")
_CANAL_HALF_WIDTH_MM = 45
_CANAL_FRONT_MM, _CANAL_BACK_MM = 14, 56  # before and behind the posterior wall line
_MARGIN_MM = 3  # of air about the skin
_MUCH_CURVED = 1.5  # times as deep as at one level, a canal box is filled where the canal is, plane by plane
_BACK_X_MM = np.arange(-60.0, 61.0, 20.0)  # where skin can lie farthest to the front or the back
_BOW_MM = 8  # that a spine may lie beside the middle before boxes grow
_ABOVE_ATLAS_MM = 18.0  # of the first plane above the middle of C1


def build_phantom(parameters: PatientParameters, *, progress: Progress | None = None, cache: bool = True) -> Phantom:
    """One synthetic patient: solids, and voxels of 1 mm with a box of 0.5 x 0.5 x 1 mm about the canal.

    The voxels and what else takes long are kept in the user's cache folder under a digest of the parameters, of what
    the sources do, and of the tables, with the identity of the patient that came of them; a cache that is damaged or
    cannot be written only costs time.

    Args:
        parameters: of the patient, for example `patient_parameters("patient-2")`
        progress: called with what is done and the part done, 0..1
        cache: whether to look for voxels of an earlier run and to keep these

    Raises:
        ValueError: the parameters name a level that the patient or the table does not have.
    """
    key = _cache_key(parameters)
    kept = (load_arrays(key) if cache else None) or {}
    spine = build_spine(parameters, kept)
    body, canal = _grids(spine)
    volumes, targets, identity = kept_voxels(kept, body, canal), kept.get("windows"), kept_identity(kept)
    if volumes is None or targets is None or identity is None:
        volumes = voxelize(spine, body, canal, progress, _rows(spine, body, canal))
        targets = _windows(spine, volumes)
        identity = patient_identity(_assembled(parameters, spine, volumes, targets, ""))
        if cache:
            store_voxels(key, volumes, identity, {**kept_tables(spine), "windows": targets})
            volumes = load_voxels(key, body, canal) or volumes  # mapped: memory that the system may take back
    if progress is not None:
        progress("building the patient", 1.0)
    return _assembled(parameters, spine, volumes, targets, identity)


def planes_of_volumes(parameters: PatientParameters, *, planes: int) -> tuple[BasisVolume, BasisVolume]:
    """The lowest few planes of a patient's body and canal: enough to have every kernel compiled that fills them."""
    spine = build_spine(parameters)
    body, canal = (replace(grid, shape=(planes, *grid.shape[1:])) for grid in _grids(spine))
    return voxelize(spine, body, canal, None)


def anatomy_of(parameters: PatientParameters) -> SyntheticAnatomy:
    """A patient's anatomy without voxels."""
    return SyntheticAnatomy.from_spine(build_spine(parameters))


def _windows(spine: Spine, volumes: tuple[BasisVolume, BasisVolume]) -> FloatArray:
    """Targets of the interspaces' open ways for a needle [shape=(level, 3)], NaN where none is open."""
    planes = volumes[0].grid.z_mm
    ends = float(planes[0]), float(planes[-1])
    interspaces = anatomical_landmarks(spine).interspaces
    anatomy = SyntheticAnatomy.from_spine(spine)
    return find_window_targets(anatomy, interspaces, spine.parameters.interspaces, ends)


def _assembled(
    parameters: PatientParameters,
    spine: Spine,
    volumes: tuple[BasisVolume, BasisVolume],
    targets: FloatArray,
    identity: str,
) -> Phantom:
    leak, further = parameters.leak, parameters.further_leak
    second = () if further is None else (locate_hole(spine.canal, further, spine.interspace_s_mm[further.level]),)
    return Phantom(
        name=parameters.name,
        body=volumes[0],
        canal=volumes[1],
        anatomy=SyntheticAnatomy.from_spine(spine),
        landmarks=with_window_targets(anatomical_landmarks(spine), parameters.interspaces, targets),
        levels=parameters.interspaces,
        leak=locate_hole(spine.canal, leak, spine.interspace_s_mm.get(leak.level)),
        further_leaks=second,
        derived=(),
        identity=identity,
    )


def anatomical_landmarks(spine: Spine) -> Landmarks:
    """Centres of the vertebral bodies, and the posterior wall at the middle of each disc."""
    bodies: dict[Vertebra, PatientPoint] = {}
    for name, row, frames in zip(spine.row.names, spine.row.vertebrae, spine.row.frames, strict=True):
        origin, back = frames[0, 0], frames[0, 2]
        bodies[name] = patient_point(origin - 0.25 * (row["depth_upper"] + row["depth_lower"]) * back)
    walls = wall_points(spine.canal.centreline, spine.interspace_s_mm)
    return Landmarks(vertebral_bodies=MappingProxyType(bodies), interspaces=MappingProxyType(walls))


def _grids(spine: Spine) -> tuple[VoxelGrid, VoxelGrid]:
    """Body and canal grids, from the middle of the second vertebra (C1: all of it) to that of the last."""
    line = spine.canal.centreline
    names, row = spine.row.names, spine.row.vertebrae
    s_top = row["s"][1] if names[0] != Vertebra.C1 else row["s"][0] + _ABOVE_ATLAS_MM
    s_bottom = row["s"][-1] + 4.0
    ends = [line.frame(float(s))[0][2] for s in (s_bottom, s_top)]
    bottom, top = int(np.ceil(ends[0])), int(np.floor(ends[1]))
    planes = top - bottom + 1
    s = spine.canal.s_mm
    shown = (s > s_bottom - 15.0) & (s < s_top + 15.0)
    frames = line.frames(s[shown])
    wall = frames[::8, 0, 1]
    front, back = int(np.floor(wall.min())) - _CANAL_FRONT_MM, int(np.ceil(wall.max())) + _CANAL_BACK_MM
    tables = spine.body_arrays.tables[shown]
    behind = frames[:, 0, 1] + tables[:, int(SKIN_V)] * frames[:, 2, 1]
    before = frames[:, 0, 1] + (tables[:, int(SKIN_V)] - 2.0 * tables[:, int(HALF_DEPTH)]) * frames[:, 2, 1]
    # a trunk that turns with a scoliotic spine reaches farther to all sides
    turned = int(np.floor(0.4 * (tables[:, int(HALF_WIDTH)] * np.abs(frames[:, 2, 0])).max()))
    low, high = int(np.floor(before.min())) - _MARGIN_MM - turned, int(np.ceil(behind.max())) + _MARGIN_MM + turned
    aside = max(int(np.ceil(np.abs(frames[:, 0, 0]).max())) - _BOW_MM, 0)  # a scoliotic spine leaves the middle
    side = int(np.ceil(tables[:, int(HALF_WIDTH)].max())) + _MARGIN_MM + aside + turned
    body = VoxelGrid(
        origin_mm=PatientPoint(-float(side), float(low), float(bottom)),
        spacing_mm=(1.0, 1.0, 1.0),
        shape=(planes, high - low + 1, 2 * side + 1),
    )
    half = _CANAL_HALF_WIDTH_MM + aside
    canal = VoxelGrid(
        origin_mm=PatientPoint(-half - 0.25, front - 0.25, float(bottom)),
        spacing_mm=(0.5, 0.5, 1.0),
        shape=(planes, 2 * (back - front + 1), 2 * (2 * half + 1)),
    )
    return body, canal


def _rows(spine: Spine, body: VoxelGrid, canal: VoxelGrid) -> tuple[Rows, Rows] | None:
    """Rows of body and canal that each block of planes needs; None where the curve is so short that all do."""
    tall = _CANAL_FRONT_MM + _CANAL_BACK_MM + 1
    if canal.shape[1] < 2.0 * _MUCH_CURVED * tall:
        return None
    frames = spine.canal.centreline.frames(spine.canal.s_mm)
    wall, height = frames[:, 0, 1], frames[:, 0, 2]
    y = body.origin_mm[1] + np.arange(body.shape[1])
    points = np.stack(np.meshgrid(_BACK_X_MM, y, body.z_mm, indexing="ij"), axis=-1).reshape(-1, 3)
    skin_mm = SyntheticAnatomy.from_spine(spine).skin_mm(points).reshape(len(_BACK_X_MM), len(y), body.shape[0])
    shift = round(canal.origin_mm[1] - 0.25 - body.origin_mm[1] + 0.5)
    found: tuple[list[tuple[int, int]], list[tuple[int, int]]] = [], []
    for start in range(0, body.shape[0], BLOCK):
        z = body.z_mm[start : start + BLOCK]
        here = (height > z[0] - 2.0) & (height < z[-1] + 2.0)
        middle = np.array([np.floor(wall[here].min()) - _CANAL_FRONT_MM, np.ceil(wall[here].max()) + _CANAL_BACK_MM])
        low, high = np.rint(middle - (canal.origin_mm[1] - 0.25)).astype(int) * 2
        box = max(int(low), 0), min(int(high) + 2, canal.shape[1])
        inside = np.flatnonzero((skin_mm[:, :, start : start + BLOCK] < _MARGIN_MM).any(axis=(0, 2)))
        found[0].append((min(int(inside[0]), shift + box[0] // 2), max(int(inside[-1]) + 1, shift + box[1] // 2)))
        found[1].append(box)
    return np.array(found[0], np.int64), np.array(found[1], np.int64)


def _cache_key(parameters: PatientParameters) -> str:
    """SHA-256 over the parameters, this package's tables, and what its sources do."""
    return source_digest(repr(sorted(asdict(parameters).items())), patient_sources(without=_OTHER_ROOMS))
