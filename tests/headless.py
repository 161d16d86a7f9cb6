"""Headless patients: the whole anatomy and no voxels, for procedures without images."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from phantoms.build import _grids, anatomical_landmarks
from phantoms.catalogue import patient_parameters
from phantoms.fluid.perineural_leak import locate_hole
from phantoms.interlaminar_windows import add_interlaminar_windows
from phantoms.parameters import PatientParameters
from phantoms.people import random_person
from phantoms.phantom import BasisVolume, Phantom, VoxelGrid
from phantoms.spine import build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.engine.case_context import CaseContext
from simulator.engine.settings import HANDS, Accepted, ImagingSettings, NeedleSettings, Settings
from simulator.vocabulary.anatomy import LeakPattern
from simulator.vocabulary.levels import Interspace, Vertebra, interspaces_of
from simulator.vocabulary.needles import NeedleKind
from tests.settings import changed_settings

CERVICAL = ("C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3")
THORACIC = ("T3", "T4", "T5", "T6", "T7", "T8", "T9")
USUAL_TRAY = ("20G Quincke 88 mm", "20G Quincke 120 mm", "18G Tuohy 88 mm")
LUMBAR = ("T12", "L1", "L2", "L3", "L4", "L5", "S1")


def parameters(vertebrae: tuple[str, ...], level: str, pattern: str = "none", **changes: object) -> PatientParameters:
    """Patient 2 with other vertebrae, and a leak or none."""
    own = patient_parameters("patient-2")
    shown, at = tuple(map(Vertebra, vertebrae)), Interspace(level)
    leak = replace(own.leak, level=at, pattern=LeakPattern(pattern))
    return replace(
        own, vertebrae=shown, interspaces=interspaces_of(shown[1:]), leak=leak, level_interspace=at, **changes
    )


def person(vertebrae: tuple[str, ...], level: str, seed: int) -> PatientParameters:
    """Somebody drawn from the published spread of sizes, without a leak."""
    at = Interspace(level)
    drawn = random_person(seed, vertebrae=tuple(map(Vertebra, vertebrae)), level_interspace=at)
    return replace(drawn, leak=replace(drawn.leak, level=at))


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
    anatomy = SyntheticAnatomy.from_spine(spine)
    planes = body.z_mm
    marks = add_interlaminar_windows(
        anatomy, anatomical_landmarks(spine), patient.interspaces, (float(planes[0]), float(planes[-1]))
    )
    return Phantom(
        name=patient.name,
        body=_nothing(body),
        canal=_nothing(canal),
        anatomy=anatomy,
        landmarks=marks,
        levels=patient.interspaces,
        leak=locate_hole(spine.canal, patient.leak, spine.interspace_s_mm.get(patient.leak.level)),
        derived=(),
        identity="headless",
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
        requested_level=level,
        request=f"Epidural at {level}, please.",
        region=region,
        accepted=Accepted(approaches=("paramedian interlaminar",), zones=("dorsal", "lateral"), needle_levels=(level,)),
        hands=HANDS[hands],
        imaging=ImagingSettings(tube_voltages_kv=(120,), tube_currents_ma=(10.0, 100.0), planning_prescribed=True),
        needle=NeedleSettings(tray=tuple(map(NeedleKind, (needle, *USUAL_TRAY)))),
        prescribed_volume_ml=10.0,
        max_duration_ms=14_400_000,
    )
    return CaseContext(phantom=phantom_of(patient), settings=changed_settings(made, **settings), root_seed=seed)
