"""Headless patients: the whole anatomy and no voxels, for procedures without images."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from types import MappingProxyType

import numpy as np

from phantoms.anatomy import SyntheticAnatomy
from phantoms.build import _grids, landmarks_mm
from phantoms.catalogue import patient_parameters
from phantoms.fluid.spill import hole_of
from phantoms.needle_paths import with_windows
from phantoms.parameters import PatientParameters
from phantoms.people import random_person
from phantoms.phantom import BasisVolume, Phantom, VoxelGrid
from phantoms.spine import build_spine
from simulator.engine.case_context import HANDS, Accepted, CaseContext, Settings

CERVICAL = ("C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3")
THORACIC = ("T3", "T4", "T5", "T6", "T7", "T8", "T9")
LUMBAR = ("T12", "L1", "L2", "L3", "L4", "L5", "S1")


def parameters(vertebrae: tuple[str, ...], level: str, pattern: str = "none", **changes: object) -> PatientParameters:
    """Patient 2 with other vertebrae, and a leak or none."""
    own = patient_parameters("patient-2")
    inner = [f"{a}/{b if b[0] != a[0] else b[1:]}" for a, b in itertools.pairwise(vertebrae[1:])]
    leak = replace(own.leak, level=level, pattern=pattern)
    return replace(own, vertebrae=vertebrae, interspaces=tuple(inner), leak=leak, level_interspace=level, **changes)


def person(vertebrae: tuple[str, ...], level: str, seed: int) -> PatientParameters:
    """Somebody drawn from the published spread of sizes, without a leak."""
    drawn = random_person(seed, vertebrae=vertebrae, level_interspace=level)
    return replace(drawn, leak=replace(drawn.leak, level=level))


def _nothing(grid: VoxelGrid) -> BasisVolume:
    return BasisVolume(
        grid=grid,
        counts=np.broadcast_to(np.uint16(0), (3, *grid.shape)),
        offset=np.zeros(3),
        step=np.ones(3),
        label=np.broadcast_to(np.uint8(1), grid.shape),
    )


@cache
def phantom_of(patient: PatientParameters) -> Phantom:
    """The anatomy of a patient about empty voxels."""
    spine = build_spine(patient)
    body, canal = _grids(spine)
    anatomy = SyntheticAnatomy(spine=spine)
    planes = body.z_mm
    marks = with_windows(anatomy, landmarks_mm(spine), patient.interspaces, (float(planes[0]), float(planes[-1])))
    return Phantom(
        name=patient.name,
        body=_nothing(body),
        canal=_nothing(canal),
        anatomy=anatomy,
        landmarks_mm=MappingProxyType(marks),
        levels=patient.interspaces,
        leak=hole_of(spine.canal, patient.leak, spine.interspace_s_mm.get(patient.leak.level)),
        derived=(),
        digest="headless",
    )


def world_of(
    patient: PatientParameters,
    *,
    seed: int,
    region: str = "lumbar",
    hands: str = "default",
    needle: str = "20G Quincke 88 mm",
    **settings: object,
) -> CaseContext:
    """A world about a headless patient."""
    level = patient.leak.level
    made = Settings(
        title="headless",
        request=f"Epidural at {level}, please.",
        region=region,
        accepted=Accepted(approaches=("paramedian interlaminar",), zones=("dorsal", "lateral"), needle_levels=(level,)),
        hands=HANDS[hands],
        myelogram_mas=0.0,
        tube_voltages_kv=(120,),
        tube_currents_ma=(10.0, 100.0),
        planning_prescribed=True,
        prescribed_volume_ml=10.0,
        max_duration_ms=14_400_000,
        needles=(needle, "20G Quincke 88 mm", "20G Quincke 120 mm", "18G Tuohy 88 mm"),
        **{"myelogram_levels": None, **settings},  # type: ignore[arg-type]
    )
    return CaseContext(phantom=phantom_of(patient), settings=made, root_seed=seed)
