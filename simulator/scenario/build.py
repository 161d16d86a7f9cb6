"""Build: a checked scenario and a seed as the engine's world and rubric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from phantoms.build import build_phantom
from phantoms.contrast import MyelogramParameters
from phantoms.leak import PunctureSite
from phantoms.phantom import Phantom
from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.projector import check_fits
from simulator.faults import UserFaultError, together
from simulator.procedure.script import Scripted
from simulator.procedure.state import ConsoleTechnique
from simulator.procedure.world import HANDS, Accepted, Settings, World
from simulator.scenario.real_patient import real_phantom
from simulator.scenario.rubric_schema import rubric_of
from simulator.scenario.schema import Myelogram, Scenario
from simulator.scenario.sense import level_faults, parameters_of
from simulator.scoring.rubric import Rubric

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
        scenario: of this seed, as `ScenarioFile.scenario_for` gives it
        place: what to call the scenario in messages
        folder: where relative paths of the scenario start
        hands: replaces the scenario's hands
        phantom: the scenario's patient, where it has been built before

    Raises:
        UserFaultError: the scenario names a patient, level or number that does not exist.
    """
    myelogram, scanner, level = scenario.myelogram, scenario.scanner, scenario.leak.level
    if phantom is None:
        phantom = _phantom(scenario, place, folder, progress)
        try:
            check_fits(phantom, BRILLIANCE_64_CLASS)
        except ValueError as error:
            mend = "take a patient who fits into the scanner"
            raise UserFaultError(f"{place}: patient", str(error), mend) from error
    settings = Settings(
        title=_with_level(scenario.title, level),
        request=_with_level(scenario.text.request, level),
        region=scenario.region,
        accepted=Accepted(
            approaches=tuple(scenario.leak.approaches),
            zones=tuple(scenario.leak.zones),
            needle_levels=tuple(scenario.leak.needle_levels or [level]),
        ),
        hands=HANDS[hands or scenario.hands.kind],
        myelogram_levels=None if myelogram is None else (myelogram.levels[0], myelogram.levels[1]),
        myelogram_mas=myelogram.mas if myelogram else 0.0,
        tube_voltages_kv=tuple(int(kv) for kv in scanner.tube_voltages_kv),
        tube_currents_ma=tuple(scanner.tube_currents_ma),
        preset=ConsoleTechnique(
            tube_voltage_kv=int(scanner.preset_tube_voltage_kv),
            tube_current_ma=float(scanner.preset_tube_current_ma),
            rotation_s=float(scanner.preset_rotation_s),
            scan_arc_deg=int(scanner.preset_scan_arc_deg),
            hand_protection=scanner.preset_hand_protection,
        ),
        scan_arcs_deg=tuple(int(arc) for arc in scanner.scan_arcs_deg),
        offers_hand_protection=scanner.hand_protection,
        planning_mas=float(scanner.planning_mas),
        planning_prescribed=scanner.planning_scan_prescribed,
        prescribed_volume_ml=scenario.limits.blood_ml,
        max_duration_ms=round(60_000 * scenario.limits.minutes),
        derived=phantom.derived,
        needles=tuple(scenario.needle.tray),
        digital_angles=scenario.help.digital_angles,
        ideal_images=scenario.help.ideal_images,
        script=tuple(
            Scripted(kind=item.kind, when=item.when, at_ms=None if item.at_min is None else round(60_000 * item.at_min))
            for item in scenario.event
        ),
    )
    world = World(phantom=phantom, settings=settings, root_seed=seed)
    return Case(name=name, scenario=scenario, world=world, rubric=rubric_of(scenario.rubric))


def contrast_of(of_patient: MyelogramParameters, myelogram: Myelogram | None) -> MyelogramParameters:
    """The contrast in the sac as the scenario changes it; none where no myelogram was made."""
    if myelogram is None:
        return replace(of_patient, lumbar_iodine_mg_per_ml=0.0, puncture_site=None)
    given = myelogram.model_dump(include={"lumbar_iodine_mg_per_ml", "remaining"}, exclude_none=True)
    site = myelogram.puncture_site
    return replace(of_patient, **given, puncture_site=None if site is None else PunctureSite(**site.model_dump()))


def _with_level(text: str, level: str) -> str:
    return text.replace("{level}", level)


def _phantom(scenario: Scenario, place: str, folder: Path, progress: Progress | None) -> Phantom:
    """The patient; levels are checked before the voxels are built, where they can be known."""
    leak, patient = scenario.leak, scenario.patient
    if patient.phantom is None:
        try:
            phantom = real_phantom(
                str(patient.ct), leak, lambda own: contrast_of(own, scenario.myelogram), folder, progress
            )
        except ValueError as error:
            raise UserFaultError(f"{place}: patient.ct", str(error), "mend the file or the name") from error
        _check_levels(scenario, phantom.levels, tuple(phantom.landmarks_mm), place)
        return phantom
    try:
        parameters = parameters_of(patient)
    except ValueError as error:
        raise UserFaultError(f"{place}: patient.phantom", str(error), "mend the name") from error
    _check_levels(scenario, parameters.interspaces, (*parameters.vertebrae, *parameters.interspaces), place)
    try:
        changed = replace(parameters.leak, level=leak.level, side=leak.side, pattern=leak.pattern, **leak.amounts())
        contrast = contrast_of(parameters.myelogram, scenario.myelogram)
        return build_phantom(replace(parameters, leak=changed, myelogram=contrast), progress=progress)
    except ValueError as error:
        raise UserFaultError(f"{place}: leak", str(error), "mend the value") from error


def _check_levels(scenario: Scenario, interspaces: Sequence[str], marks: Sequence[str], place: str) -> None:
    """UserFaultError where the scenario names levels that the patient has not."""
    faults = [
        UserFaultError(f"{place}: {'.'.join(keys)}", what, mend)
        for keys, what, mend in level_faults(scenario, interspaces, marks)
    ]
    if faults:
        raise together(faults)
