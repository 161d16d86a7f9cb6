"""Semantic checks: what the form of a file cannot say. Names that must exist, levels that the patient must have."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from phantoms.catalogue import patient_names
from phantoms.from_ct.real_patients import real_patient
from phantoms.parameters import PatientParameters
from simulator.ct.scanner_model import scanner_model
from simulator.scenario.field_error import FieldError
from simulator.scenario.lesson_checks import find_lesson_errors
from simulator.scenario.level_checks import find_level_errors, patient_levels, unknown_name
from simulator.scenario.rubric_schema import apply_rubric_changes
from simulator.scenario.schema import RING_AMOUNTS, Scenario
from simulator.scenario.slicer_path import LONGEST_MM, SHORTEST_MM
from simulator.scenario.synthetic_patient import resolve_parameters
from simulator.scenario.toml_source import is_file

WEIGHTS = ("help", "placement", "safety", "steps", "dose", "economy")


def find_semantic_errors(scenario: Scenario, folder: Path) -> list[FieldError]:
    """Faults of a scenario that is sound in form.

    The levels of a real CT are known only when its labels are read, which `build_case` does.

    Args:
        folder: where relative paths of the scenario start
    """
    errors = [*_scanner(scenario), *_rubric(scenario), *_leak(scenario), *_injection(scenario)]
    errors += [*_stages(scenario), *_path(scenario), *_tray(scenario)]
    errors += find_lesson_errors(scenario, folder)
    patient = scenario.patient
    if patient.phantom is not None:
        if patient.derived_draw:
            what = "a phantom's dura and flavum are known, and nothing of them is derived"
            errors.append(FieldError(("patient", "derived_draw"), what, "leave it out, or name a CT with patient.ct"))
        known = list(patient_names())
        if patient.phantom in known:
            parameters = resolve_parameters(patient)
            errors += [*_levels(scenario, parameters), *_places(parameters)]
        else:
            errors.append(unknown_name(("patient", "phantom"), "patient", patient.phantom, known))
    elif not any(is_file(location / str(patient.ct) / "patient.toml") for location in (folder, Path())):
        try:
            real_patient(str(patient.ct))
        except ValueError as error:
            fix = "name one of these, or the folder that import-ct wrote"
            errors.append(FieldError(("patient", "ct"), str(error), fix))
    return errors


def _levels(scenario: Scenario, parameters: PatientParameters) -> Iterator[FieldError]:
    marks = (*parameters.vertebrae, *parameters.interspaces)
    return find_level_errors(scenario, parameters.interspaces, marks)


def _leak(scenario: Scenario) -> Iterator[FieldError]:
    leak = scenario.leak
    if leak.pattern == "slow" and leak.side == "both":
        yield FieldError(
            ("leak", "side"), "a slow leak has one side: the blush lies in one axilla", "choose left or right"
        )
    fistula = leak.pattern == "csf-venous-fistula"
    if fistula and leak.side == "both":
        yield FieldError(("leak", "side"), "a fistula has one side: the vein leaves one root", "choose left or right")
    ring = dict.fromkeys(RING_AMOUNTS, ("circumferential",))
    suit = {
        **ring,
        "extent_levels": ("circumferential", "ventral-tear"),
        "reach_mm": ("root-sleeve", "csf-venous-fistula"),
    }
    for key, patterns in suit.items():
        if getattr(leak, key) is not None and leak.pattern not in patterns:
            what = f"this has no effect on a {leak.pattern} leak"
            yield FieldError(("leak", key), what, f'leave it out, or set pattern = "{patterns[0]}"')
    if leak.pattern == "ventral-tear" and scenario.patient.ct is not None:
        what = "a ventral tear needs a spur of bone, and a real CT's bone stays as it is"
        yield FieldError(("leak", "pattern"), what, "take a phantom, or another pattern")
    if leak.uneven and leak.pattern != "circumferential":
        what = f"this has no effect on a {leak.pattern} leak"
        yield FieldError(("leak", "uneven"), what, 'leave it out, or set pattern = "circumferential"')
    if leak.asymmetry and leak.side == "both" and not leak.uneven:
        yield FieldError(("leak", "asymmetry"), "a ring that lies to one side has one", "set side to left or right")
    yield from _further_leak(scenario)
    if leak.needle_levels == [] and leak.may_abandon is False:
        what = "no level is right, and yet to give no blood is not"
        yield FieldError(("leak", "may_abandon"), what, "leave it out, or name levels in needle_levels")
    low, high = (0.05, 0.35) if leak.pattern == "slow" or fistula else (0.3, 1.0)
    if leak.iodine_ratio is not None and not low <= leak.iodine_ratio <= high:
        what = f"{leak.iodine_ratio:g} is not the contrast of a {leak.pattern} leak"
        yield FieldError(("leak", "iodine_ratio"), what, f"choose {low:g} to {high:g}")


def _further_leak(scenario: Scenario) -> Iterator[FieldError]:
    further = scenario.further_leak
    if further is None:
        return
    if scenario.patient.phantom is None:
        yield FieldError(("further_leak",), "a real CT has one leak", "leave it out, or name a phantom")
    if further.level == scenario.leak.level:
        yield FieldError(("further_leak", "level"), f"the first leak is at {further.level} too", "name another level")
    if scenario.leak.pattern != "circumferential":
        what = "a second leak goes with a ring about the sac alone"
        yield FieldError(("leak", "pattern"), what, 'set it to "circumferential"')


def _injection(scenario: Scenario) -> Iterator[FieldError]:
    myelogram = scenario.myelogram
    if myelogram is None or myelogram.puncture_site is None or myelogram.injection_level is None:
        return
    if myelogram.injection_level != myelogram.puncture_site.level:
        what = f"contrast injected at {myelogram.injection_level} leaves no puncture at {myelogram.puncture_site.level}"
        yield FieldError(("myelogram", "injection_level"), what, "name one level in both, or leave this out")


def _stages(scenario: Scenario) -> Iterator[FieldError]:
    """Faults of the later sessions, each held against what holds for the first; told where the session has a table."""
    for ordinal, stage in enumerate(scenario.stage):
        own = {"leak": stage.leak, "myelogram": stage.myelogram}
        given = {key: table for key, table in own.items() if table is not None}
        session = scenario.model_copy(update=given)
        for fault in (*_leak(session), *_injection(session)):
            keys = ("leak", "level") if fault.keys[0] == "further_leak" else fault.keys
            if keys[0] in given:
                yield FieldError(("stage", ordinal, *keys), fault.what, fault.fix)


def _path(scenario: Scenario) -> Iterator[FieldError]:
    if scenario.path is None:
        return
    length_mm = math.dist(scenario.path.entry_mm, scenario.path.target_mm)
    if not SHORTEST_MM <= length_mm <= LONGEST_MM:
        what = f"from entry to target are {length_mm:.0f} mm"
        yield FieldError(("path", "target_mm"), what, f"a path is {SHORTEST_MM:g} to {LONGEST_MM:g} mm long")
    elif scenario.path.entry_mm[1] <= scenario.path.target_mm[1]:
        what = "the entry does not lie behind the target, and y grows to the back"
        yield FieldError(("path", "entry_mm"), what, "exchange the two")


def _tray(scenario: Scenario) -> Iterator[FieldError]:
    tray = scenario.needle.tray
    for place, name in enumerate(tray):
        if name in tray[:place]:
            yield FieldError(("needle", "tray", place), f"{str(name)!r} stands twice", "leave one out")


def _places(parameters: PatientParameters) -> Iterator[FieldError]:
    """Vertebrae and discs of what is worn or was operated on, which the part that is shown must hold."""
    for key, (kind, known) in patient_levels(parameters).items():
        given = getattr(parameters, key)
        for name in (given,) if isinstance(given, str) else given:
            if name not in known:
                yield unknown_name(("patient", key), kind, name, known)
    vertebrae = parameters.vertebrae
    screws = [vertebrae.index(name) for name in parameters.pedicle_screws if name in vertebrae]
    if len(screws) == 1:
        what = "a rod joins the screws of two vertebrae or more"
        yield FieldError(("patient", "pedicle_screws"), what, "name a neighbour, too")
    if screws and screws != list(range(screws[0], screws[0] + len(screws))):
        what = f"the rods cannot join {', '.join(parameters.pedicle_screws)}"
        yield FieldError(("patient", "pedicle_screws"), what, "name neighbours from the head down")
    for key in ("sacralised_l5", "sixth_lumbar"):
        if getattr(parameters, key) and "S1" not in vertebrae:
            what = "this patient's lowest vertebrae are not shown"
            yield FieldError(("patient", key), what, "take one that shows S1")
    if parameters.sacralised_l5 and parameters.sixth_lumbar:
        what = "an L5 that has grown into the sacrum has no L6 below it"
        yield FieldError(("patient", "sixth_lumbar"), what, "leave this or sacralised_l5 out")


def _scanner(scenario: Scenario) -> Iterator[FieldError]:
    scanner = scenario.scanner
    if scanner.preset_tube_voltage_kv not in scanner.tube_voltages_kv:
        offered = ", ".join(str(kv) for kv in scanner.tube_voltages_kv)
        what = f"the console does not offer {scanner.preset_tube_voltage_kv} kV"
        yield FieldError(("scanner", "preset_tube_voltage_kv"), what, f"it offers {offered}")
    low, high = min(scanner.tube_currents_ma), max(scanner.tube_currents_ma)
    if not low <= scanner.preset_tube_current_ma <= high:
        what = f"the console does not offer {scanner.preset_tube_current_ma:g} mA"
        yield FieldError(("scanner", "preset_tube_current_ma"), what, f"it offers {low:g} to {high:g}")
    if scanner.preset_scan_arc_deg not in scanner.scan_arcs_deg:
        offered = ", ".join(str(arc) for arc in scanner.scan_arcs_deg)
        what = f"the console does not offer a scan over {scanner.preset_scan_arc_deg} degrees"
        yield FieldError(("scanner", "preset_scan_arc_deg"), what, f"it offers {offered}")
    quickest, slowest = scanner_model(scanner.preset).rotation_s
    if not quickest <= scanner.preset_rotation_s <= slowest:
        what = f"a {scanner.preset} scanner does not turn in {scanner.preset_rotation_s:g} s"
        yield FieldError(("scanner", "preset_rotation_s"), what, f"it takes {quickest:g} to {slowest:g} s")
    if scanner.preset_hand_protection and not scanner.hand_protection:
        what = "the console does not offer hand protection"
        yield FieldError(("scanner", "preset_hand_protection"), what, "set hand_protection to true")
    if scanner.preset_metal_artefact_reduction and not scanner.metal_artefact_reduction:
        what = "the console does not offer metal artefact reduction"
        yield FieldError(("scanner", "preset_metal_artefact_reduction"), what, "set metal_artefact_reduction to true")
    for quantity, unit in (("ctdi_vol_mgy", "mGy"), ("dlp_mgy_cm", "mGy cm")):
        alert, notification = (getattr(scanner, f"dose_{kind}_{quantity}") for kind in ("alert", "notification"))
        if alert is not None and notification is not None and alert < notification:
            what = f"an alert value of {alert:g} {unit} lies below the notification value"
            fix = f"an alert adds beams up: choose {notification:g} {unit} or more"
            yield FieldError(("scanner", f"dose_alert_{quantity}"), what, fix)


def _rubric(scenario: Scenario) -> Iterator[FieldError]:
    rubric = apply_rubric_changes(scenario.rubric)
    total = sum(getattr(rubric.weights, name) for name in WEIGHTS)
    if abs(total - 1.0) > 1e-6:
        yield FieldError(("rubric",), f"the six weights come to {total:g}", "they must come to 1")
    if scenario.rubric.planning_dlp_mgy_cm is not None and scenario.scanner.planning_scan_prescribed:
        what = "this has no effect while scanner.planning_scan_prescribed is true"
        yield FieldError(("rubric", "planning_dlp_mgy_cm"), what, "set that to false")
