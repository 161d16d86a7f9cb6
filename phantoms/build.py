"""build_phantom: parameters -> Phantom, with the voxels kept on disk between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from phantoms.anatomy import SyntheticAnatomy
from phantoms.body_tables_kernels import HALF_DEPTH, HALF_WIDTH, SKIN_V
from phantoms.needle_paths import with_windows
from phantoms.parameters import PatientParameters
from phantoms.phantom import BasisVolume, Leak, Phantom, VoxelGrid
from phantoms.spine import Spine, build_spine
from phantoms.voxel_cache import load_voxels, store_voxels
from phantoms.voxelize import BLOCK, Rows, voxelize

Progress = Callable[[str, float], None]

_HERE = Path(__file__).parent
_OTHER_SOURCES = ("kernel_cache", "voxel_cache", "from_ct", "ct_")  # which have no say in a synthetic patient
_CANAL_HALF_WIDTH_MM = 45
_CANAL_FRONT_MM, _CANAL_BACK_MM = 14, 56  # before and behind the posterior wall line
_MARGIN_MM = 6
_MUCH_CURVED = 1.5  # times as deep as at one level, a canal box is filled where the canal is, plane by plane
_LEAN_MM = 45.0
_BOW_MM = 8  # that a spine may lie beside the middle before boxes grow
_ABOVE_ATLAS_MM = 18.0  # of the first plane above the middle of C1


def build_phantom(parameters: PatientParameters, *, progress: Progress | None = None, cache: bool = True) -> Phantom:
    """One synthetic patient: solids, and voxels of 1 mm with a box of 0.5 x 0.5 x 1 mm about the canal.

    The voxels are kept in the user's cache folder under a digest of the parameters, the sources and the
    tables; a cache that is damaged or cannot be written only costs time.

    Args:
        parameters: of the patient, for example `patient_parameters("patient-2")`
        progress: called with what is done and the part done, 0..1
        cache: whether to look for voxels of an earlier run and to keep these

    Raises:
        ValueError: the parameters name a level that the patient or the table does not have.
    """
    spine = build_spine(parameters)
    digest = _digest(parameters)
    body, canal = _grids(spine)
    volumes = load_voxels(digest, body, canal) if cache else None
    if volumes is None:
        volumes = voxelize(spine, body, canal, progress, _rows(spine, body, canal))
        if cache:
            store_voxels(digest, volumes)
    if progress is not None:
        progress("building the patient", 1.0)
    return _assembled(parameters, spine, volumes, digest)


def planes_of_phantom(parameters: PatientParameters, *, planes: int) -> Phantom:
    """The same patient with its lowest few planes alone: enough to have every kernel compiled."""
    spine = build_spine(parameters)
    body, canal = (replace(grid, shape=(planes, *grid.shape[1:])) for grid in _grids(spine))
    return _assembled(parameters, spine, voxelize(spine, body, canal, None), "")


def _assembled(
    parameters: PatientParameters, spine: Spine, volumes: tuple[BasisVolume, BasisVolume], digest: str
) -> Phantom:
    anatomy = SyntheticAnatomy(spine=spine)
    planes = volumes[0].grid.z_mm
    ends = float(planes[0]), float(planes[-1])
    return Phantom(
        name=parameters.name,
        body=volumes[0],
        canal=volumes[1],
        anatomy=anatomy,
        landmarks_mm=MappingProxyType(with_windows(anatomy, landmarks_mm(spine), parameters.interspaces, ends)),
        levels=parameters.interspaces,
        leak=_leak(spine),
        derived=(),
        digest=digest,
    )


def landmarks_mm(spine: Spine) -> dict[str, tuple[float, float, float]]:
    """Centres of the vertebral bodies by name, and the posterior wall at the middle of each disc."""
    marks: dict[str, tuple[float, float, float]] = {}
    for name, row, frames in zip(spine.row.names, spine.row.vertebrae, spine.row.frames, strict=True):
        origin, back = frames[0, 0], frames[0, 2]
        x, y, z = origin - 0.25 * (row["depth_upper"] + row["depth_lower"]) * back
        marks[name] = (float(x), float(y), float(z))
    for name, s in spine.interspace_s_mm.items():
        x, y, z = spine.canal.centreline.frame(s)[0]
        marks[name] = (float(x), float(y), float(z))
    return marks


def _leak(spine: Spine) -> Leak:
    """The hole lies on the dura's back, to the leak's side, at the middle of its disc."""
    leak = spine.parameters.leak
    if leak.pattern == "none":
        return Leak(pattern="none", level=None, side=leak.side, hole_mm=None)
    side = {"left": 1.0, "right": -1.0, "both": 0.0}[leak.side]
    s, canal = spine.interspace_s_mm[leak.level], spine.canal
    i = int(np.argmin(np.abs(canal.s_mm - s)))
    angle = 0.5 * np.pi - side * np.pi / 6.0
    radius = np.interp(
        angle,
        2.0 * np.pi * np.arange(canal.sac_radius_mm.shape[1]) / canal.sac_radius_mm.shape[1],
        canal.sac_radius_mm[i],
    )
    u, v = canal.sac_u_mm[i] + radius * np.cos(angle), canal.sac_v_mm[i] + radius * np.sin(angle)
    x, y, z = canal.centreline.world(u, v, s)[0]
    return Leak(pattern=leak.pattern, level=leak.level, side=leak.side, hole_mm=(float(x), float(y), float(z)))


def _grids(spine: Spine) -> tuple[VoxelGrid, VoxelGrid]:
    """Body and canal grids, from the middle of the second vertebra (C1: all of it) to that of the last."""
    line = spine.canal.centreline
    names, row = spine.row.names, spine.row.vertebrae
    s_top = row["s"][1] if names[0] != "C1" else row["s"][0] + _ABOVE_ATLAS_MM
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
        origin_mm=(-float(side), float(low), float(bottom)),
        spacing_mm=(1.0, 1.0, 1.0),
        shape=(planes, high - low + 1, 2 * side + 1),
    )
    half = _CANAL_HALF_WIDTH_MM + aside
    canal = VoxelGrid(
        origin_mm=(-half - 0.25, front - 0.25, float(bottom)),
        spacing_mm=(0.5, 0.5, 1.0),
        shape=(planes, 2 * (back - front + 1), 2 * (2 * half + 1)),
    )
    return body, canal


def _rows(spine: Spine, body: VoxelGrid, canal: VoxelGrid) -> tuple[Rows, Rows] | None:
    """Rows of body and canal that each block of planes needs; None where the curve is so short that all do."""
    tall = _CANAL_FRONT_MM + _CANAL_BACK_MM + 1
    if canal.shape[1] < 2.0 * _MUCH_CURVED * tall:
        return None
    line, tables = spine.canal.centreline, spine.body_arrays.tables
    frames = line.frames(spine.canal.s_mm)
    wall, height = frames[:, 0, 1], frames[:, 0, 2]
    skin, depth = tables[:, int(SKIN_V)], tables[:, int(HALF_DEPTH)]
    found: tuple[list[tuple[int, int]], list[tuple[int, int]]] = [], []
    for start in range(0, body.shape[0], BLOCK):
        z = body.z_mm[start : start + BLOCK]
        # the skin of a plane is that of sections up to where the curve leans into it
        near = (height > z[0] - _LEAN_MM) & (height < z[-1] + _LEAN_MM)
        here = (height > z[0] - 2.0) & (height < z[-1] + 2.0)
        before, behind = (wall + skin - 2.0 * depth)[near].min(), (wall + skin)[near].max()
        middle = np.array([np.floor(wall[here].min()) - _CANAL_FRONT_MM, np.ceil(wall[here].max()) + _CANAL_BACK_MM])
        low, high = np.rint(middle - (canal.origin_mm[1] - 0.25)).astype(int) * 2
        box = max(int(low), 0), min(int(high) + 2, canal.shape[1])
        whole = np.array([np.floor(before) - _MARGIN_MM, np.ceil(behind) + _MARGIN_MM]) - body.origin_mm[1]
        shift = round(canal.origin_mm[1] - 0.25 - body.origin_mm[1] + 0.5)
        top, bottom = max(int(whole[0]), 0), min(int(whole[1]) + 1, body.shape[1])
        found[0].append((min(top, shift + box[0] // 2), max(bottom, shift + box[1] // 2)))
        found[1].append(box)
    return np.array(found[0], np.int64), np.array(found[1], np.int64)


def _digest(parameters: PatientParameters) -> str:
    """SHA-256 over the parameters, this package's sources and its tables."""
    digest = hashlib.sha256(repr(sorted(asdict(parameters).items())).encode())
    sources = [path for path in _HERE.glob("*.py") if not path.name.startswith(_OTHER_SOURCES)]
    for path in sorted(sources) + sorted((_HERE / "data").glob("*.csv")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
