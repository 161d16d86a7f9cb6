"""Build: a checked scenario and a seed as the engine's world and rubric."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from phantoms.build import build_phantom
from phantoms.catalogue import patient_parameters
from phantoms.phantom import Phantom
from simulator.faults import UserFaultError
from simulator.procedure.state import ConsoleTechnique
from simulator.procedure.world import HANDS, Accepted, Settings, World
from simulator.scenario.real_patient import real_phantom
from simulator.scenario.schema import Scenario
from simulator.scoring.rubric import Anchors, Rubric

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A scenario made ready: what the engine runs on, and how it is scored."""

    name: str
    scenario: Scenario
    world: World
    rubric: Rubric


def build_case(
    scenario: Scenario,
    *,
    name: str,
    seed: int,
    place: str,
    folder: Path,
    hands: str | None = None,
    phantom: Phantom | None = None,
    progress: Progress | None = None,
) -> Case:
    """Build the patient and settle everything that the seed decides.

    Args:
        place: what to call the scenario in messages
        folder: where relative paths of the scenario start
        hands: replaces the scenario's hands
        phantom: the scenario's patient, where it has been built before

    Raises:
        UserFaultError: the scenario names a patient, level or number that does not exist.
    """
    levels = list(scenario.leak.needle_levels) or [scenario.leak.level]
    myelogram = scenario.myelogram
    if phantom is None:
        phantom = _phantom(scenario, levels, place, folder, progress)
    settings = Settings(
        title=scenario.title,
        request=scenario.text.request,
        region=scenario.region,
        accepted=Accepted(
            approaches=tuple(scenario.leak.approaches),
            zones=tuple(scenario.leak.zones),
            needle_levels=tuple(levels),
        ),
        hands=HANDS[hands or scenario.hands.kind],
        myelogram_levels=None if myelogram is None else (myelogram.levels[0], myelogram.levels[1]),
        myelogram_mas=myelogram.mas if myelogram else 0.0,
        tube_voltages_kv=tuple(int(kv) for kv in scenario.scanner.tube_voltages_kv),
        tube_currents_ma=tuple(scenario.scanner.tube_currents_ma),
        preset=ConsoleTechnique(
            tube_voltage_kv=int(scenario.scanner.preset_tube_voltage_kv),
            tube_current_ma=float(scenario.scanner.preset_tube_current_ma),
            rotation_s=float(scenario.scanner.preset_rotation_s),
        ),
        planning_mas=float(scenario.scanner.planning_mas),
        planning_prescribed=scenario.scanner.planning_scan_prescribed,
        prescribed_volume_ml=scenario.limits.blood_ml,
        max_duration_ms=round(60_000 * scenario.limits.minutes),
        derived=phantom.derived,
    )
    world = World(phantom=phantom, settings=settings, root_seed=seed)
    return Case(name=name, scenario=scenario, world=world, rubric=rubric_of(scenario.rubric, place))


def _phantom(scenario: Scenario, levels: list[str], place: str, folder: Path, progress: Progress | None) -> Phantom:
    """The patient; levels are checked before the voxels are built, where they can be known."""
    leak = scenario.leak
    if scenario.patient.phantom is None:
        try:
            phantom = real_phantom(str(scenario.patient.ct), leak, folder, progress)
        except ValueError as error:
            raise UserFaultError(f"{place}: patient.ct", str(error), "mend the file or the name") from error
        _check_levels(scenario, levels, phantom.levels, tuple(phantom.landmarks_mm), place)
        return phantom
    try:
        parameters = patient_parameters(scenario.patient.phantom)
    except ValueError as error:
        raise UserFaultError(f"{place}: patient.phantom", str(error), "mend the name") from error
    marks = (*parameters.vertebrae, *parameters.interspaces)
    _check_levels(scenario, levels, parameters.interspaces, marks, place)
    try:
        changed = replace(parameters.leak, level=leak.level, side=leak.side, pattern=leak.pattern)
        return build_phantom(replace(parameters, leak=changed), progress=progress)
    except ValueError as error:
        raise UserFaultError(f"{place}: leak", str(error), "mend the value") from error


def _check_levels(
    scenario: Scenario, levels: list[str], interspaces: tuple[str, ...], marks: tuple[str, ...], place: str
) -> None:
    """UserFaultError where the scenario names a level that the patient has not."""
    for key, named, known in (
        ("leak.level", [scenario.leak.level], interspaces),
        ("leak.needle_levels", levels, interspaces),
        ("myelogram.levels", scenario.myelogram.levels if scenario.myelogram else [], marks),
    ):
        for level in named:
            if level not in known:
                raise UserFaultError(f"{place}: {key}", f"there is no {level!r} here", f"levels: {', '.join(known)}")


def rubric_of(changes: dict[str, Any], place: str) -> Rubric:
    """The rubric with the scenario's numbers in place; UserFaultError names what does not fit."""
    rubric = Rubric()
    changed: dict[str, Any] = {}
    known = [item.name for item in fields(Rubric)]
    for key, value in changes.items():
        where = f"{place}: rubric.{key}"
        if key not in known or key == "version":
            raise UserFaultError(where, "unknown key", f"known keys: {', '.join(known[1:])}")
        if isinstance(getattr(rubric, key), Anchors):
            if not isinstance(value, dict) or set(value) != {"expert", "poor"}:
                raise UserFaultError(where, "this takes an expert and a poor anchor", "{ expert = 3, poor = 13 }")
            expert, poor = value["expert"], value["poor"]
            if not all(_is_number(anchor) for anchor in (expert, poor)):
                raise UserFaultError(where, "an anchor is no number", "{ expert = 3, poor = 13 }")
            if key.endswith("dlp_mgy_cm") and expert <= 0.0:
                raise UserFaultError(where, "the expert's dose must be above 0, its scale is logarithmic", "5")
            if not expert < poor:
                raise UserFaultError(where, "the expert's anchor must be the smaller", "exchange them")
            changed[key] = Anchors(expert=float(expert), poor=float(poor))
        elif _is_number(value) and value <= 100:
            changed[key] = float(value)
        else:
            raise UserFaultError(where, f"{value!r} is no number from 0 to 100", "mend the value")
    return replace(rubric, **changed)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
