"""Build: a checked scenario and a seed as the engine's world and rubric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from phantoms.build import build_phantom
from phantoms.fluid.contrast import INJECTION_LEVELS, MyelogramParameters
from phantoms.fluid.leak import USUAL_AMOUNTS, LeakParameters, PunctureSite
from phantoms.phantom import Phantom
from simulator.ct.geometry import BRILLIANCE_64_CLASS
from simulator.ct.projector import check_fits
from simulator.engine.case_context import CaseContext
from simulator.engine.scripted_events import Scripted
from simulator.engine.settings import HANDS, ImagingSettings, MyelogramProtocol, NeedleSettings, Settings
from simulator.errors import UserInputError, combine_errors
from simulator.interface.exposure import ExposureSettings
from simulator.scenario.accepted_targets import accepted_of
from simulator.scenario.case import Case
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scenario.real_patient import real_phantom
from simulator.scenario.rubric_schema import rubric_of
from simulator.scenario.schema import Leak, Myelogram, Scenario
from simulator.scenario.semantic_checks import level_faults, parameters_of
from simulator.vocabulary.anatomy import Laterality, LeakPattern
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.progress import Progress
from simulator.warm_up import warmed_up

__all__ = ["Case", "build_case", "build_from_file", "load_case"]


def load_case(scenario: str | Path, *, seed: int = 1, progress: Progress | None = None) -> Case:
    """Read a scenario and build its patient; the first start compiles, which takes a minute.

    Args:
        scenario: file, or the name of one that ships, such as "patient-2"
        seed: root of all chance
        progress: called with what is being done and the part of it that is done, 0 to 1

    Raises:
        UserInputError: there is no such scenario, or something is wrong with it.
    """
    return build_from_file(load_scenario(Path(scenario)), seed=seed, progress=progress)


def build_from_file(file: ScenarioFile, *, seed: int, progress: Progress | None = None) -> Case:
    """The case of a scenario file and a seed, kernels compiled first where this is the first start.

    Raises:
        UserInputError: the scenario names a patient, level or number that does not exist.
    """
    with warmed_up(progress) as wait:
        wait("patient")
        case = build_case(
            file.scenario_for(seed),
            name=file.name,
            seed=seed,
            location=str(file.path),
            folder=file.path.parent,
            progress=progress,
        )
        wait("scanner")
    return case


def build_case(
    scenario: Scenario,
    *,
    name: str,
    seed: int,
    location: str,
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
        UserInputError: the scenario names a patient, level or number that does not exist.
    """
    level = scenario.leak.level
    if phantom is None:
        phantom = _phantom(scenario, location, folder, progress)
        try:
            check_fits(phantom, BRILLIANCE_64_CLASS)
        except ValueError as error:
            fix = "take a patient who fits into the scanner"
            raise UserInputError(f"{location}: patient", str(error), fix) from error
    settings = Settings(
        title=_with_level(scenario.title, level),
        request=_with_level(scenario.text.request, level),
        region=scenario.region,
        accepted=accepted_of(scenario.leak, phantom.levels),
        hands=HANDS[hands or scenario.hands.kind],
        imaging=_imaging(scenario),
        needle=NeedleSettings(tray=tuple(scenario.needle.tray), digital_angles=scenario.help.digital_angles),
        prescribed_volume_ml=scenario.limits.blood_ml,
        max_duration_ms=round(60_000 * scenario.limits.minutes),
        derived=phantom.derived,
        script=tuple(
            Scripted(kind=item.kind, when=item.when, at_ms=None if item.at_min is None else round(60_000 * item.at_min))
            for item in scenario.event
        ),
    )
    world = CaseContext(phantom=phantom, settings=settings, root_seed=seed)
    return Case(name=name, scenario=scenario, world=world, rubric=rubric_of(scenario.rubric))


def _imaging(scenario: Scenario) -> ImagingSettings:
    """What the scanner offers, as the scenario says."""
    myelogram, scanner = scenario.myelogram, scenario.scanner
    given = None
    if myelogram is not None:
        given = MyelogramProtocol(
            levels=(myelogram.levels[0], myelogram.levels[1]),
            mas=myelogram.mas,
            slice_thickness_mm=myelogram.slice_thickness_mm,
        )
    return ImagingSettings(
        tube_voltages_kv=tuple(int(kv) for kv in scanner.tube_voltages_kv),
        tube_currents_ma=tuple(scanner.tube_currents_ma),
        scan_arcs_deg=tuple(int(arc) for arc in scanner.scan_arcs_deg),
        offers_hand_protection=scanner.hand_protection,
        preset=ExposureSettings(
            tube_voltage_kv=int(scanner.preset_tube_voltage_kv),
            tube_current_ma=float(scanner.preset_tube_current_ma),
            rotation_s=float(scanner.preset_rotation_s),
            scan_arc_deg=int(scanner.preset_scan_arc_deg),
            hand_protection=scanner.preset_hand_protection,
        ),
        myelogram=given,
        planning_mas=float(scanner.planning_mas),
        planning_prescribed=scanner.planning_scan_prescribed,
        ideal_images=scenario.help.ideal_images,
    )


def contrast_of(of_patient: MyelogramParameters, myelogram: Myelogram | None) -> MyelogramParameters:
    """The contrast in the sac as the scenario changes it; none where no myelogram was made.

    Where there is a puncture site it was injected there.
    """
    if myelogram is None:
        return replace(of_patient, volume_ml=0.0, puncture_site=None)
    given: dict[str, Any] = myelogram.model_dump(
        exclude={"levels", "mas", "slice_thickness_mm", "puncture_site"}, exclude_none=True
    )
    site = myelogram.puncture_site
    if site is not None and site.level in INJECTION_LEVELS:
        given.setdefault("injection_level", site.level)
    if "injection_level" in given:
        given["injection_level"] = Interspace.parse(given["injection_level"])
    return replace(of_patient, **given, puncture_site=None if site is None else PunctureSite.parse(site.model_dump()))


def leak_of(of_patient: LeakParameters, leak: Leak) -> LeakParameters:
    """The patient's leak as the scenario changes it; the usual amounts where it is of another pattern."""
    pattern, side = LeakPattern(leak.pattern), Laterality(leak.side)
    usual = {} if pattern == of_patient.pattern else USUAL_AMOUNTS[pattern]
    level = Interspace.parse(leak.level)
    return replace(of_patient, level=level, side=side, pattern=pattern, **{**usual, **leak.amounts()})


def _with_level(text: str, level: str) -> str:
    return text.replace("{level}", level)


def _phantom(scenario: Scenario, location: str, folder: Path, progress: Progress | None) -> Phantom:
    """The patient; levels are checked before the voxels are built, where they can be known."""
    leak, patient = scenario.leak, scenario.patient
    if patient.phantom is None:
        try:
            phantom = real_phantom(
                str(patient.ct),
                lambda own: leak_of(own, leak),
                lambda own: contrast_of(own, scenario.myelogram),
                folder,
                progress,
            )
        except ValueError as error:
            raise UserInputError(f"{location}: patient.ct", str(error), "mend the file or the name") from error
        _check_levels(scenario, phantom.levels, phantom.landmarks.levels, location)
        return phantom
    try:
        parameters = parameters_of(patient)
    except ValueError as error:
        raise UserInputError(f"{location}: patient.phantom", str(error), "mend the name") from error
    _check_levels(scenario, parameters.interspaces, (*parameters.vertebrae, *parameters.interspaces), location)
    try:
        contrast = contrast_of(parameters.myelogram, scenario.myelogram)
        changed = replace(parameters, leak=leak_of(parameters.leak, leak), myelogram=contrast)
        return build_phantom(changed, progress=progress)
    except ValueError as error:
        raise UserInputError(f"{location}: leak", str(error), "mend the value") from error


def _check_levels(scenario: Scenario, interspaces: Sequence[str], marks: Sequence[str], location: str) -> None:
    """UserInputError where the scenario names levels that the patient has not."""
    faults = [
        UserInputError(f"{location}: {'.'.join(keys)}", what, fix)
        for keys, what, fix in level_faults(scenario, interspaces, marks)
    ]
    if faults:
        raise combine_errors(faults)
