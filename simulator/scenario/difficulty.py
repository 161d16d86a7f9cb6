"""Difficulty: how hard a case's patient is, in four numbers: window, depth, noise and epidural space."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from phantoms.build import anatomical_landmarks
from phantoms.interlaminar_windows import dorsal_target, find_interlaminar_window
from phantoms.parameters import PatientParameters
from phantoms.phantom import Anatomy, Landmarks
from phantoms.spine import build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.scenario.case import Case
from simulator.scenario.schema import Console, Scenario
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Interspace

ANGLE_STEP_DEG = 4.0
ALL_HEIGHTS_MM = (-1000.0, 2000.0)
# Noise at the centre of a water cylinder, physics-and-anatomy, section 7: 35.1 HU at 120 kV, 10 mAs, 28 cm and 5 mm;
# it goes with 1 / sqrt(mAs x slice), doubles with 7.3 cm more of water, and has these factors at other tube voltages.
NOISE_HU, OF_MAS, OF_CM, OF_SLICE_MM, DOUBLES_CM = 35.1, 10.0, 28.0, 5.0, 7.3
PRESS_SLICE_MM = 4.0  # of a press
OF_VOLTAGE = {80: 2.0, 100: 1.3, 120: 1.0, 140: 0.83}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difficulty:
    """How hard a patient is at the level where the needle goes.

    Attributes:
        level: accepted interspace that was looked at
        window_mm: height over which a straight paramedian way is open; 0 where none is
        depth_mm: from the skin to the dorsal epidural space, straight from behind
        noise_hu: of a press as fluoroscopy is set at the start, about
        epidural_mm: depth of the dorsal epidural space there
    """

    level: Interspace
    window_mm: float
    depth_mm: float
    noise_hu: float
    epidural_mm: float

    def in_words(self) -> str:
        """One line for people."""
        return (
            f"window {self.window_mm:.0f} mm, depth {self.depth_mm:.0f} mm, epidural space {self.epidural_mm:.1f} mm, "
            f"noise of a press about {self.noise_hu:.0f} HU, at {self.level}"
        )


def difficulty_of(scenario: Scenario) -> Difficulty | None:
    """Difficulty of a synthetic patient, from the form of their spine alone; None for a real CT."""
    if scenario.patient.phantom is None:
        return None
    parameters = resolve_parameters(scenario.patient)
    level = (scenario.leak.needle_levels or [scenario.leak.level])[0]
    found = _of_spine(parameters, level)
    if found is None:
        return None
    half_width, half_depth = parameters.body_half_width_mm, parameters.body_half_depth_mm
    diameter_cm = 0.2 * math.sqrt(half_width * half_depth)
    return replace(found, noise_hu=round(noise_hu(scenario.scanner, diameter_cm), 1))


def difficulty_of_case(case: Case) -> Difficulty | None:
    """Difficulty of a patient who is built, a real CT as well; None where no accepted level is shown."""
    phantom = case.world.phantom
    levels = case.world.settings.accepted.needle_levels or (case.scenario.leak.level,)
    level = next((one for one in levels if one in phantom.landmarks.interspaces), None)
    if level is None:
        return None
    z_mm = phantom.landmarks.interspaces[level].z_mm
    noise = noise_hu(case.scenario.scanner, case.world.water_equivalent_diameter_cm(z_mm))
    return measure(phantom.anatomy, phantom.landmarks, level, noise)


def depth_mm(scenario: Scenario) -> float | None:
    """Way from the skin to the dorsal epidural space, mm; None for a real CT, or without a space."""
    if scenario.patient.phantom is None:
        return None
    anatomy, landmarks = _anatomy(resolve_parameters(scenario.patient))
    level = (scenario.leak.needle_levels or [scenario.leak.level])[0]
    wall = landmarks.interspaces.get(level)
    if wall is None:
        return None
    heights = sorted(np.arange(-12.0, 13.0, 2.0), key=abs)
    targets = (dorsal_target(anatomy, PatientPoint(wall.x_mm, wall.y_mm, wall.z_mm + float(z))) for z in heights)
    found = next((target for target in targets if target is not None), None)
    return None if found is None else _to_skin_mm(anatomy, found[0])


def measure(anatomy: Anatomy, landmarks: Landmarks, level: Interspace, noise: float) -> Difficulty:
    """Difficulty of a patient at an interspace.

    Args:
        landmarks: with the interspaces
        noise: of a press, HU
    """
    window = find_interlaminar_window(
        anatomy, landmarks.interspaces, level, ALL_HEIGHTS_MM, angle_step_deg=ANGLE_STEP_DEG
    )
    wall = landmarks.interspaces[level]
    if window.target_mm is None:
        return Difficulty(
            level=level, window_mm=0.0, depth_mm=_to_skin_mm(anatomy, wall), noise_hu=round(noise, 1), epidural_mm=0.0
        )
    middle = window.planes[len(window.planes) // 2]
    return Difficulty(
        level=level,
        window_mm=float(len(window.planes)),
        depth_mm=round(_to_skin_mm(anatomy, middle.target_mm), 1),
        noise_hu=round(noise, 1),
        epidural_mm=round(middle.depth_mm, 2),
    )


def noise_hu(scanner: Console, diameter_cm: float) -> float:
    """Noise of a press as fluoroscopy is set at the start, HU, about.

    Args:
        diameter_cm: of water that weakens the beam alike
    """
    mas = scanner.preset_tube_current_ma * scanner.preset_rotation_s * scanner.preset_scan_arc_deg / 360.0
    load = mas * PRESS_SLICE_MM / (OF_MAS * OF_SLICE_MM)
    size = 2.0 ** ((diameter_cm - OF_CM) / DOUBLES_CM)
    return float(NOISE_HU * OF_VOLTAGE[int(scanner.preset_tube_voltage_kv)] * size / math.sqrt(load))


@lru_cache(maxsize=256)
def _of_spine(parameters: PatientParameters, level: Interspace) -> Difficulty | None:
    """Difficulty but for the noise; None where the level is not shown. One case is asked about several times."""
    anatomy, landmarks = _anatomy(parameters)
    return None if level not in landmarks.interspaces else measure(anatomy, landmarks, level, 0.0)


@lru_cache(maxsize=4)
def _anatomy(parameters: PatientParameters) -> tuple[Anatomy, Landmarks]:
    spine = build_spine(parameters)
    return SyntheticAnatomy.from_spine(spine), anatomical_landmarks(spine)


def _to_skin_mm(anatomy: Anatomy, point: PatientPoint) -> float:
    """Way from a point straight back to the skin, mm."""
    way = np.arange(0.0, 250.0, 0.5)
    points = np.column_stack([np.full_like(way, point.x_mm), point.y_mm + way, np.full_like(way, point.z_mm)])
    outside = np.flatnonzero(anatomy.skin_mm(points) > 0.0)
    return float(way[outside[0]]) if len(outside) else float(way[-1])
