"""Build: a checked scenario and a seed as the engine's world and rubric."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from types import MappingProxyType

from phantoms.phantom import Phantom
from simulator.engine.case_context import CaseContext
from simulator.engine.scripted_events import Scripted
from simulator.engine.settings import HANDS, CaseFact, ImagingSettings, MyelogramProtocol, NeedleSettings, Settings
from simulator.interface.dose_check import DoseLimits
from simulator.interface.exposure import ExposureSettings
from simulator.interface.teaching import Wording
from simulator.scenario.accepted_targets import choose_accepted_targets
from simulator.scenario.case import Case
from simulator.scenario.event_schema import EventSection
from simulator.scenario.load import ScenarioFile, load_scenario
from simulator.scenario.patient_build import build_case_patient
from simulator.scenario.rubric_schema import apply_rubric_changes
from simulator.scenario.schema import Scenario
from simulator.scenario.teaching import teaching_of
from simulator.scenario.text_words import fill_in
from simulator.scenario.translation import read_translations
from simulator.vocabulary.levels import Interspace
from simulator.vocabulary.patient_facts import PatientFact
from simulator.vocabulary.progress import Progress
from simulator.vocabulary.scanners import ScannerPreset
from simulator.warm_up import WarmUp, compile_imported_anatomy, first_start, unheard

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


def build_from_file(
    file: ScenarioFile, *, seed: int, progress: Progress | None = None, warm_up: WarmUp | None = None
) -> Case:
    """The case of a scenario file and a seed, kernels compiled where this is the first start.

    Args:
        file: the scenario
        seed: root of all chance
        progress: called with what is being done and the part of it that is done, 0 to 1
        warm_up: of a caller who waits for what comes after the first picture; None: nothing is left to compile

    Raises:
        UserInputError: the scenario names a patient, level or number that does not exist.
    """
    with first_start() if warm_up is None else nullcontext(warm_up) as compiling:
        compiling.wait(progress or unheard, until="patient")
        scenario = file.scenario_for(seed)
        case = build_case(
            scenario,
            name=file.name,
            seed=seed,
            location=str(file.path),
            folder=file.path.parent,
            wordings=read_translations(file, scenario),
            progress=progress,
        )
        compiling.wait(progress or unheard, until="procedure" if warm_up is None else "picture")
    compile_imported_anatomy(case.world.phantom.anatomy)
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
    wordings: Mapping[str, Wording] = MappingProxyType({}),
    progress: Progress | None = None,
) -> Case:
    """Build the patient and settle everything that the seed decides.

    Args:
        scenario: of this seed, as `ScenarioFile.scenario_for` gives it
        location: what to call the scenario in messages
        folder: where relative paths of the scenario start
        hands: replaces the scenario's hands
        phantom: the scenario's patient, where it has been built before
        wordings: of the scenario in other languages, by code of ISO 639-1

    Raises:
        UserInputError: the scenario names a patient, level or number that does not exist.
    """
    if phantom is None:
        phantom = build_case_patient(scenario, location, folder, seed, progress)
    settings = _settings(scenario, phantom, hands or scenario.hands.kind, folder, wordings)
    world = CaseContext(phantom=phantom, settings=settings, root_seed=seed)
    return Case(
        name=name, scenario=scenario, world=world, rubric=apply_rubric_changes(scenario.rubric), wordings=wordings
    )


def _settings(
    scenario: Scenario, phantom: Phantom, hands: str, folder: Path, wordings: Mapping[str, Wording]
) -> Settings:
    """What the scenario fixes, as the engine takes it."""
    level, side = scenario.leak.level, scenario.leak.side
    return Settings(
        title=fill_in(scenario.title, level, side),
        request=fill_in(scenario.text.request, level, side),
        requested_level=Interspace(level),
        region=scenario.region,
        accepted=choose_accepted_targets(scenario.leak, phantom.levels, scenario.further_leak),
        hands=HANDS[hands],
        imaging=_imaging(scenario),
        needle=NeedleSettings(tray=tuple(scenario.needle.tray), digital_angles=scenario.help.digital_angles),
        prescribed_volume_ml=scenario.limits.blood_ml,
        max_duration_ms=round(60_000 * scenario.limits.minutes),
        derived=phantom.derived,
        script=tuple(_scripted(item) for item in scenario.event),
        facts=tuple(
            CaseFact(
                fact=PatientFact(kind=item.kind, words=fill_in(item.words, level, side)),
                in_chart=item.in_chart,
                stops=item.stops,
            )
            for item in scenario.fact
        ),
        teaching=teaching_of(scenario, folder, wordings),
    )


def _scripted(event: EventSection) -> Scripted:
    """An event of the script as the engine takes it."""
    within_mm = {} if event.within_mm is None else {"within_mm": event.within_mm}
    return Scripted(
        kind=event.kind,
        when=event.when,
        at_ms=_ms(event.at_min),
        at_depth_mm=event.at_depth_mm,
        near=event.near,
        at_press=event.at_press,
        at_volume_ml=event.at_volume_ml,
        material=event.material,
        in_phase=event.in_phase,
        answer=event.answer,
        answer_within_ms=_ms(event.answer_within_min),
        **within_mm,
    )


def _ms(minutes: float | None) -> int | None:
    return None if minutes is None else round(60_000 * minutes)


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
        offers_metal_artefact_reduction=scanner.metal_artefact_reduction,
        scanner=ScannerPreset(scanner.preset),
        preset=ExposureSettings(
            tube_voltage_kv=int(scanner.preset_tube_voltage_kv),
            tube_current_ma=float(scanner.preset_tube_current_ma),
            rotation_s=float(scanner.preset_rotation_s),
            scan_arc_deg=int(scanner.preset_scan_arc_deg),
            hand_protection=scanner.preset_hand_protection,
            metal_artefact_reduction=scanner.preset_metal_artefact_reduction,
        ),
        myelogram=given,
        planning_mas=float(scanner.planning_mas),
        planning_prescribed=scanner.planning_scan_prescribed,
        ideal_images=scenario.help.ideal_images,
        dose_limits=DoseLimits(
            notification_ctdi_vol_mgy=scanner.dose_notification_ctdi_vol_mgy,
            notification_dlp_mgy_cm=scanner.dose_notification_dlp_mgy_cm,
            alert_ctdi_vol_mgy=scanner.dose_alert_ctdi_vol_mgy,
            alert_dlp_mgy_cm=scanner.dose_alert_dlp_mgy_cm,
        ),
    )
