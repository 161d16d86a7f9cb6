"""Sense: what the form of a file cannot say. Names that must exist, levels that the patient must have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path

from phantoms.catalogue import patient_names, patient_parameters
from phantoms.from_ct.files import real_patient
from phantoms.parameters import PatientParameters, parse_levels
from phantoms.spinal_curve import with_sixth_lumbar
from simulator.scenario.rubric_schema import rubric_of
from simulator.scenario.schema import Patient, Scenario
from simulator.scenario.toml_source import is_file
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Region, interspaces_of

Keys = tuple[str, ...]
Fault = tuple[Keys, str, str]
WEIGHTS = ("placement", "safety", "dose", "economy", "patch")


def sense_of(scenario: Scenario, folder: Path) -> list[Fault]:
    """Faults of a scenario that is sound in form: dotted key, what is wrong, the mend.

    The levels of a real CT are known only when its labels are read, which `build_case` does.

    Args:
        folder: where relative paths of the scenario start
    """
    faults = [*_scanner(scenario), *_rubric(scenario), *_leak(scenario), *_injection(scenario)]
    patient = scenario.patient
    if patient.phantom is not None:
        known = list(patient_names())
        if patient.phantom in known:
            parameters = parameters_of(patient)
            faults += [*_levels(scenario, parameters), *_places(parameters)]
        else:
            faults.append(_unknown(("patient", "phantom"), "patient", patient.phantom, known))
    elif not any(is_file(location / str(patient.ct) / "patient.toml") for location in (folder, Path())):
        try:
            real_patient(str(patient.ct))
        except ValueError as error:
            fix = "name one of these, or the folder that import-ct wrote"
            faults.append((("patient", "ct"), str(error), fix))
    return faults


def parameters_of(patient: Patient) -> PatientParameters:
    """The catalogue's patient with what the scenario changes.

    A trunk whose size is not given grows with the square root of the BMI: its section with the mass at one height
    (assumption).

    Raises:
        ValueError: there is no such patient.
    """
    parameters = patient_parameters(str(patient.phantom))
    changes = patient.changes()
    sixth = changes.pop("sixth_lumbar", False)
    if changes.pop("whole_spine", False):
        changes["vertebrae"] = FIVE_LUMBAR_COLUMN
    if "bmi_kg_per_m2" in changes:
        grown = sqrt(changes["bmi_kg_per_m2"] / parameters.bmi_kg_per_m2)
        for name in ("body_half_width_mm", "body_half_depth_mm"):
            changes.setdefault(name, round(grown * getattr(parameters, name), 1))
    changed = replace(parameters, **parse_levels(changes))
    return with_sixth_lumbar(changed) if sixth else changed


def level_faults(scenario: Scenario, interspaces: Sequence[str], marks: Sequence[str]) -> Iterator[Fault]:
    """Levels that the patient has not.

    Args:
        interspaces: that a needle may go to
        marks: vertebrae and interspaces
    """
    myelogram, leak = scenario.myelogram, scenario.leak
    site = None if myelogram is None else myelogram.puncture_site
    for keys, named, known in (
        (("leak", "level"), [leak.level], interspaces),
        (("leak", "needle_levels"), leak.needle_levels, interspaces),
        (("myelogram", "levels"), [] if myelogram is None else myelogram.levels, marks),
        (("myelogram", "puncture_site", "level"), [] if site is None else [site.level], interspaces),
    ):
        for level in named:
            if level not in known:
                yield _unknown(keys, "level", level, list(known))


def _levels(scenario: Scenario, parameters: PatientParameters) -> Iterator[Fault]:
    marks = (*parameters.vertebrae, *parameters.interspaces)
    return level_faults(scenario, parameters.interspaces, marks)


def _leak(scenario: Scenario) -> Iterator[Fault]:
    leak = scenario.leak
    if leak.pattern == "slow" and leak.side == "both":
        yield ("leak", "side"), "a slow leak has one side: the blush lies in one axilla", "choose left or right"
    for key, pattern in (("extent_levels", "circumferential"), ("reach_mm", "root-sleeve")):
        if getattr(leak, key) is not None and leak.pattern != pattern:
            yield (
                ("leak", key),
                f"this has no effect on a {leak.pattern} leak",
                f'leave it out, or set pattern = "{pattern}"',
            )
    low, high = (0.05, 0.35) if leak.pattern == "slow" else (0.3, 1.0)
    if leak.iodine_ratio is not None and not low <= leak.iodine_ratio <= high:
        what = f"{leak.iodine_ratio:g} is not the contrast of a {leak.pattern} leak"
        yield ("leak", "iodine_ratio"), what, f"choose {low:g} to {high:g}"


def _injection(scenario: Scenario) -> Iterator[Fault]:
    myelogram = scenario.myelogram
    if myelogram is None or myelogram.puncture_site is None or myelogram.injection_level is None:
        return
    if myelogram.injection_level != myelogram.puncture_site.level:
        what = f"contrast injected at {myelogram.injection_level} leaves no puncture at {myelogram.puncture_site.level}"
        yield ("myelogram", "injection_level"), what, "name one level in both, or leave this out"


def _places(parameters: PatientParameters) -> Iterator[Fault]:
    """Vertebrae and discs of what is worn or was operated on, which the part that is shown must hold."""
    vertebrae = parameters.vertebrae
    discs = interspaces_of(vertebrae)
    for key, named, known, what in (
        ("narrow_discs", parameters.narrow_discs, discs, "interspace"),
        ("laminectomy", parameters.laminectomy, vertebrae[1:-1], "vertebra"),
        (
            "pedicle_screws",
            parameters.pedicle_screws,
            [name for name in vertebrae if name.region != Region.CERVICAL],
            "vertebra",
        ),
        ("scoliosis_apex", (parameters.scoliosis_apex,), parameters.column, "vertebra"),
    ):
        for name in named:
            if name not in known:
                yield _unknown(("patient", key), what, name, list(known))
    screws = [vertebrae.index(name) for name in parameters.pedicle_screws if name in vertebrae]
    if screws and screws != list(range(screws[0], screws[0] + len(screws))):
        what = f"the rods cannot join {', '.join(parameters.pedicle_screws)}"
        yield ("patient", "pedicle_screws"), what, "name neighbours from the head down"
    for key in ("sacralised_l5", "sixth_lumbar"):
        if getattr(parameters, key) and "S1" not in vertebrae:
            yield ("patient", key), "this patient's lowest vertebrae are not shown", "take one that shows S1"
    if parameters.sacralised_l5 and parameters.sixth_lumbar:
        what = "an L5 that has grown into the sacrum has no L6 below it"
        yield ("patient", "sixth_lumbar"), what, "leave this or sacralised_l5 out"


def _scanner(scenario: Scenario) -> Iterator[Fault]:
    scanner = scenario.scanner
    if scanner.preset_tube_voltage_kv not in scanner.tube_voltages_kv:
        offered = ", ".join(str(kv) for kv in scanner.tube_voltages_kv)
        what = f"the console does not offer {scanner.preset_tube_voltage_kv} kV"
        yield ("scanner", "preset_tube_voltage_kv"), what, f"it offers {offered}"
    low, high = min(scanner.tube_currents_ma), max(scanner.tube_currents_ma)
    if not low <= scanner.preset_tube_current_ma <= high:
        what = f"the console does not offer {scanner.preset_tube_current_ma:g} mA"
        yield ("scanner", "preset_tube_current_ma"), what, f"it offers {low:g} to {high:g}"
    if scanner.preset_scan_arc_deg not in scanner.scan_arcs_deg:
        offered = ", ".join(str(arc) for arc in scanner.scan_arcs_deg)
        what = f"the console does not offer a scan over {scanner.preset_scan_arc_deg} degrees"
        yield ("scanner", "preset_scan_arc_deg"), what, f"it offers {offered}"
    if scanner.preset_hand_protection and not scanner.hand_protection:
        what = "the console does not offer hand protection"
        yield ("scanner", "preset_hand_protection"), what, "set hand_protection to true"


def _rubric(scenario: Scenario) -> Iterator[Fault]:
    rubric = rubric_of(scenario.rubric)
    total = sum(getattr(rubric, f"weight_{name}") for name in WEIGHTS)
    if abs(total - 1.0) > 1e-6:
        yield ("rubric",), f"the five weights come to {total:g}", "they must come to 1"
    if scenario.rubric.planning_dlp_mgy_cm is not None and scenario.scanner.planning_scan_prescribed:
        what = "this has no effect while scanner.planning_scan_prescribed is true"
        yield ("rubric", "planning_dlp_mgy_cm"), what, "set that to false"


def _unknown(keys: Keys, kind: str, name: str, known: list[str]) -> Fault:
    near = difflib.get_close_matches(name, known, n=1)
    return (
        keys,
        f"there is no {kind} {name!r} here",
        f"there are: {', '.join(known)}" + (f"; did you mean {near[0]!r}?" if near else ""),
    )
