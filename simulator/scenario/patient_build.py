"""Patient build: the phantom of a scenario's patient, with the leak and the contrast that the scenario gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from phantoms.build import build_phantom
from phantoms.fluid.contrast import INJECTION_LEVELS, MyelogramParameters
from phantoms.fluid.leak import USUAL_AMOUNTS, LeakParameters, PunctureSite, uneven
from phantoms.from_ct.derived_errors import draw_derived
from phantoms.parameters import PatientParameters
from phantoms.phantom import Phantom
from simulator.ct.body_extent import check_fits
from simulator.ct.scanner_model import scanner_model
from simulator.engine.streams import Stream, generator
from simulator.errors import UserInputError, combine_errors
from simulator.scenario.field_error import dotted
from simulator.scenario.level_checks import find_level_errors
from simulator.scenario.real_patient import real_phantom
from simulator.scenario.schema import FurtherLeak, Leak, Myelogram, Scenario
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.vocabulary.anatomy import LeakPattern
from simulator.vocabulary.progress import Progress


def build_case_patient(
    scenario: Scenario, location: str, folder: Path, seed: int, progress: Progress | None
) -> Phantom:
    """The patient of a scenario, who fits into the scanner.

    Args:
        location: of the scenario, for messages
        folder: where relative paths of the scenario start
        seed: of the session, by which a patient is drawn from the error of what a CT does not show

    Raises:
        UserInputError: the scenario names a patient, level or number that does not exist.
    """
    phantom = _phantom(scenario, location, folder, seed, progress)
    try:
        check_fits(phantom, scanner_model(scenario.scanner.preset).geometry)
    except ValueError as error:
        fix = "take a patient who fits into the scanner"
        raise UserInputError(f"{location}: patient", str(error), fix) from error
    return phantom


def change_contrast(of_patient: MyelogramParameters, myelogram: Myelogram | None) -> MyelogramParameters:
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
    return replace(of_patient, **given, puncture_site=None if site is None else PunctureSite(**site.model_dump()))


def change_leak(of_patient: LeakParameters, leak: Leak, seed: int = 0) -> LeakParameters:
    """The patient's leak as the scenario changes it; the usual amounts where it is of another pattern.

    Args:
        seed: of the patient, from which an uneven ring is drawn where the scenario asks for one
    """
    usual: dict[str, Any] = {} if leak.pattern == of_patient.pattern else {**USUAL_AMOUNTS[leak.pattern]}
    given: dict[str, Any] = {**leak.amounts()}
    own = replace(of_patient, level=leak.level, side=leak.side, pattern=leak.pattern, **usual)
    drawn = uneven(own, seed) if leak.uneven else own
    return replace(drawn, **given)


def find_further_leak(leak: FurtherLeak | None) -> LeakParameters | None:
    """The second leak that a scenario gives its patient; None for one leak alone."""
    if leak is None:
        return None
    return LeakParameters(pattern=LeakPattern.CIRCUMFERENTIAL, **leak.model_dump())


def _phantom(scenario: Scenario, location: str, folder: Path, seed: int, progress: Progress | None) -> Phantom:
    """The patient; levels are checked before the voxels are built, where they can be known."""
    leak, patient = scenario.leak, scenario.patient
    if patient.phantom is None:
        drawn = draw_derived(generator(seed, Stream.DERIVED, 0)) if patient.derived_draw else None
        try:
            phantom = real_phantom(
                str(patient.ct),
                lambda own: change_leak(own, leak),
                lambda own: change_contrast(own, scenario.myelogram),
                folder,
                progress,
                drawn,
            )
        except ValueError as error:
            raise UserInputError(f"{location}: patient.ct", str(error), "mend the file or the name") from error
        _check_levels(scenario, phantom.levels, phantom.landmarks.levels, location)
        return phantom
    changed = case_parameters(scenario, location)
    try:
        return build_phantom(changed, progress=progress)
    except ValueError as error:
        raise UserInputError(f"{location}: leak", str(error), "mend the value") from error


def case_parameters(scenario: Scenario, location: str) -> PatientParameters:
    """The synthetic patient of a scenario before any voxel is built, with the leak and the contrast that it gives them.

    Args:
        location: of the scenario, for messages

    Raises:
        UserInputError: the scenario names a patient, level or number that does not exist.
    """
    patient = scenario.patient
    try:
        parameters = resolve_parameters(patient)
    except ValueError as error:
        raise UserInputError(f"{location}: patient.phantom", str(error), "mend the name") from error
    _check_levels(scenario, parameters.interspaces, (*parameters.vertebrae, *parameters.interspaces), location)
    try:
        return replace(
            parameters,
            leak=change_leak(parameters.leak, scenario.leak, parameters.seed),
            further_leak=find_further_leak(scenario.further_leak),
            myelogram=change_contrast(parameters.myelogram, scenario.myelogram),
        )
    except ValueError as error:
        raise UserInputError(f"{location}: leak", str(error), "mend the value") from error


def _check_levels(scenario: Scenario, interspaces: Sequence[str], marks: Sequence[str], location: str) -> None:
    """UserInputError where the scenario names levels that the patient has not."""
    errors = [
        UserInputError(f"{location}: {dotted(error.keys)}", error.what, error.fix)
        for error in find_level_errors(scenario, interspaces, marks)
    ]
    if errors:
        raise combine_errors(errors)
