"""A patient's identity follows what was built: no word of a source changes it, any structure that moves does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from phantoms import array_cache, build
from phantoms.catalogue import patient_parameters
from phantoms.identity import patient_identity
from phantoms.phantom import BasisVolume, Phantom
from phantoms.spine import Spine, build_spine
from phantoms.voxels.voxelize import voxelize
from simulator.spatial.frames import PatientPoint
from tests.oracles.anatomy_patient import small_grids, spine
from tests.threads import MOST, threads

PLANES = 4
NO_WINDOWS = np.full((len(spine().parameters.interspaces), 3), np.nan)


def assembled(solids: Spine, volumes: tuple[BasisVolume, BasisVolume] | None = None) -> Phantom:
    """A patient with few voxels about L3/4."""
    made = voxelize(solids, *small_grids(PLANES)) if volumes is None else volumes
    return build._assembled(solids.parameters, solids, made, NO_WINDOWS, "")


@cache
def usual() -> Phantom:
    return assembled(spine())


@cache
def usual_identity() -> str:
    return patient_identity(usual())


def with_changed_frames(change: Callable[[np.ndarray], None]) -> Spine:
    frames = spine().row.frames.copy()
    change(frames)
    return replace(spine(), row=replace(spine().row, frames=frames))


def test_identity_is_the_same_for_one_thread_and_for_two() -> None:
    for count in (1, MOST):
        with threads(count):
            assert patient_identity(assembled(spine())) == usual_identity()
    assert len(usual_identity()) == 64


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_last_bits_do_not_matter(seed: int) -> None:
    """Every number of the solids is off by as much as two processors may differ; some counts then differ, too."""
    rng = np.random.default_rng(seed)

    def off(values: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(values * (1.0 + 1e-14 * rng.standard_normal(values.shape)))

    solids = spine()
    line = off(solids.canal_arrays.line)
    canal = solids.canal_arrays._replace(line=line, tables=off(solids.canal_arrays.tables))
    body = solids.body_arrays._replace(tables=off(solids.body_arrays.tables))
    row = replace(solids.row, frames=off(solids.row.frames))
    other = assembled(replace(solids, canal_arrays=canal, body_arrays=body, row=row))
    assert not np.array_equal(line, solids.canal_arrays.line)
    assert patient_identity(other) == usual_identity()


def test_a_vertebra_that_moved_by_a_tenth_of_a_millimetre_is_another_patient() -> None:
    index = spine().row.names.index("L3")
    for axis in range(3):

        def move(frames: np.ndarray, axis: int = axis) -> None:
            frames[index, :, 0, axis] += 0.1

        moved = with_changed_frames(move)
        assert patient_identity(assembled(moved)) != usual_identity()
        # distances alone tell it, and so do voxels alone
        assert patient_identity(assembled(moved, (usual().body, usual().canal))) != usual_identity()
        voxels = assembled(moved)
        assert patient_identity(replace(usual(), body=voxels.body, canal=voxels.canal)) != usual_identity()


def test_a_leak_that_changed_is_another_patient() -> None:
    parameters = patient_parameters("patient-2")
    thicker = replace(parameters, leak=replace(parameters.leak, thickness_mm=parameters.leak.thickness_mm + 0.1))
    assert patient_identity(assembled(build_spine(thicker))) != usual_identity()
    hole = usual().leak.hole_mm
    assert hole is not None
    moved = replace(usual(), leak=replace(usual().leak, hole_mm=PatientPoint(hole[0], hole[1] + 0.1, hole[2])))
    assert patient_identity(moved) != usual_identity()


def test_a_tissue_that_is_a_thousandth_denser_is_another_patient() -> None:
    arrays = spine().canal_arrays
    table = arrays.paints.material_table.copy()
    table[2] *= 1.001  # muscle
    denser = replace(spine(), canal_arrays=arrays._replace(paints=arrays.paints._replace(material_table=table)))
    assert patient_identity(assembled(denser)) != usual_identity()


def test_labels_levels_and_landmarks_count() -> None:
    usual_labels = usual().canal.label
    label = usual_labels.copy()
    label[label == 7] = 8
    assert patient_identity(replace(usual(), canal=replace(usual().canal, label=label))) != usual_identity()
    assert patient_identity(replace(usual(), levels=usual().levels[1:])) != usual_identity()
    marks = usual().landmarks
    fewer = dict(list(marks.interspaces.items())[1:])
    assert patient_identity(replace(usual(), landmarks=replace(marks, interspaces=fewer))) != usual_identity()


def test_names_do_not_count_and_rows_that_are_not_held_are_zero() -> None:
    assert patient_identity(replace(usual(), name="another", derived=("words",))) == usual_identity()
    counts, label = usual().canal.counts.copy(), usual().canal.label.copy()
    counts[:, :, :20], label[:, :20] = 0, 0
    whole = replace(usual(), canal=replace(usual().canal, counts=counts, label=label))
    rows = np.tile(np.array([20, counts.shape[2]]), (PLANES, 1))
    held = replace(whole, canal=replace(whole.canal, rows=rows))
    assert patient_identity(whole) == patient_identity(held) != usual_identity()


@pytest.fixture
def small_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Builds of few voxels with a cache of their own; the list holds what was voxelised."""
    asked: list[str] = []

    def voxels(*_: object) -> tuple[BasisVolume, BasisVolume]:
        asked.append("voxels")
        return usual().body, usual().canal

    monkeypatch.setattr(build, "_grids", lambda _: small_grids(PLANES))
    monkeypatch.setattr(build, "voxelize", voxels)
    monkeypatch.setattr(array_cache.platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    return asked


def test_other_sources_name_another_cache_and_the_same_patient(
    small_build: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a rename or a comment: what is kept on disk is built anew, and is the patient that it was."""
    parameters = patient_parameters("patient-2")
    first, again = (build.build_phantom(parameters).identity for _ in range(2))
    assert small_build == ["voxels"]  # the second came from the cache
    key = build._cache_key(parameters)
    monkeypatch.setattr(build, "_cache_key", lambda _: "0" * 64)
    renamed = build.build_phantom(parameters).identity
    assert small_build == ["voxels", "voxels"]
    uncached = build.build_phantom(parameters, cache=False).identity
    assert first == again == renamed == uncached
    assert key != first
