"""Difficulty: how hard a case's patient is, in four numbers: window, depth, noise and epidural space.

What is measured on a spine is kept between runs: to build one takes longer than to check ten cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from phantoms.parameters import PatientParameters
from phantoms.source_digest import patient_sources, source_digest
from simulator.scenario.kept_numbers import keep_numbers, load_numbers
from simulator.scenario.schema import Console, Scenario
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.progress import Progress

if TYPE_CHECKING:
    from simulator.scenario.case import Case

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


def difficulty_of(scenario: Scenario, progress: Progress | None = None) -> Difficulty | None:
    """Difficulty of a synthetic patient, from the form of their spine alone; None for a real CT.

    Args:
        progress: told of compiling where this is the first start; None: whoever asks has seen to that
    """
    if scenario.patient.phantom is None:
        return None
    parameters = resolve_parameters(scenario.patient)
    level = (scenario.leak.needle_levels or [scenario.leak.level])[0]
    measured = _measured("spine_measures", parameters, level, progress)
    if not measured:
        return None
    half_width, half_depth = parameters.body_half_width_mm, parameters.body_half_depth_mm
    diameter_cm = 0.2 * math.sqrt(half_width * half_depth)
    return _difficulty(level, measured, noise_hu(scenario.scanner, diameter_cm))


def difficulty_of_case(case: Case) -> Difficulty | None:
    """Difficulty of a patient who is built, a real CT as well; None where no accepted level is shown."""
    from simulator.scenario.spine_measures import measures

    phantom = case.world.phantom
    levels = case.world.settings.accepted.needle_levels or (case.scenario.leak.level,)
    level = next((one for one in levels if one in phantom.landmarks.interspaces), None)
    if level is None:
        return None
    z_mm = phantom.landmarks.interspaces[level].z_mm
    noise = noise_hu(case.scenario.scanner, case.world.water_equivalent_diameter_cm(z_mm))
    return _difficulty(level, measures(phantom.anatomy, phantom.landmarks, level), noise)


def depth_mm(scenario: Scenario, progress: Progress | None = None) -> float | None:
    """Way from the skin to the dorsal epidural space, mm; None for a real CT, or without a space.

    Args:
        progress: told of compiling where this is the first start; None: whoever asks has seen to that
    """
    if scenario.patient.phantom is None:
        return None
    level = (scenario.leak.needle_levels or [scenario.leak.level])[0]
    measured = _measured("space_depth", resolve_parameters(scenario.patient), level, progress)
    return measured[0] if measured else None


def noise_hu(scanner: Console, diameter_cm: float) -> float:
    """Noise of a press as fluoroscopy is set at the start, HU, about.

    Args:
        diameter_cm: of water that weakens the beam alike
    """
    mas = scanner.preset_tube_current_ma * scanner.preset_rotation_s * scanner.preset_scan_arc_deg / 360.0
    load = mas * PRESS_SLICE_MM / (OF_MAS * OF_SLICE_MM)
    size = 2.0 ** ((diameter_cm - OF_CM) / DOUBLES_CM)
    return float(NOISE_HU * OF_VOLTAGE[int(scanner.preset_tube_voltage_kv)] * size / math.sqrt(load))


def _difficulty(level: Interspace, measured: list[float], noise: float) -> Difficulty:
    window_mm, depth, epidural_mm = measured
    return Difficulty(
        level=level, window_mm=window_mm, depth_mm=depth, noise_hu=round(noise, 1), epidural_mm=epidural_mm
    )


def _measured(what: str, parameters: PatientParameters, level: Interspace, progress: Progress | None) -> list[float]:
    """What a function of `spine_measures` says of a patient, from an earlier run where it was asked then."""
    digest = source_digest(f"{what} {level} {sorted(asdict(parameters).items())!r} {_sources()}", ())
    kept = load_numbers(digest)
    if kept is None:
        kept = _measurer(what, progress)(parameters, level)
        keep_numbers(digest, kept)
    return kept


def _measurer(what: str, progress: Progress | None) -> Callable[[PatientParameters, Interspace], list[float]]:
    """A function of `spine_measures`, which needs compiled kernels."""
    if progress is not None:
        from simulator.warm_up import compile_anatomy

        compile_anatomy(progress)
    from simulator.scenario import spine_measures

    return {"spine_measures": spine_measures.spine_measures, "space_depth": spine_measures.space_depth}[what]


@cache
def _sources() -> str:
    """Digest of what makes a spine and measures it."""
    return source_digest("", [*patient_sources(without=("catalogue",)), Path(__file__).with_name("spine_measures.py")])
