"""Case words: a case as its author reads it beside the pictures."""

from __future__ import annotations

import textwrap

from simulator.scenario.build import Case
from simulator.scoring.rubric_words import own_rubric_words


def describe_case(case: Case) -> list[str]:
    """The case in words: request, patient, leak, console, needle, limits; drawn numbers as drawn."""
    scenario, settings = case.scenario, case.world.settings
    patient = scenario.patient
    changed = ", ".join(f"{name} {_in_words(value)}" for name, value in patient.changes().items())
    leak = ", ".join(f"{name} {value:.3g}" for name, value in scenario.leak.amounts().items())
    preset = settings.imaging.preset
    site = None if scenario.myelogram is None else scenario.myelogram.puncture_site
    lines = [
        *textwrap.wrap(" ".join(settings.request.split()), 56),
        "",
        f"Patient: {patient.phantom or patient.ct}" + (f"; {changed}" if changed else ""),
        f"Leak: {scenario.leak.level}, {scenario.leak.side}" + (f"; {leak}" if leak else ""),
        f"Right for it: {', '.join(settings.accepted.needle_levels)}; {', '.join(settings.accepted.zones)}"
        + ("; or no blood" if settings.accepted.may_abandon else ""),
        f"Console: {preset.tube_voltage_kv} kV, {preset.tube_current_ma:g} mA, {preset.rotation_s:g} s at the start; "
        f"planning scan {settings.imaging.planning_mas:g} mAs",
        f"Needles: {', '.join(settings.needle.tray)}; hands: {settings.hands.name}"
        + ("; angle meter" if settings.needle.digital_angles else "")
        + ("; images without metal artefacts" if settings.imaging.ideal_images else ""),
        f"Blood: {settings.prescribed_volume_ml:.3g} mL at most without a word; room for "
        f"{settings.max_duration_ms / 60_000:g} min",
    ]
    if site is not None:
        lines.append(f"False leak: the myelogram was injected at {site.level}")
    own = own_rubric_words(case.rubric)
    if own:
        lines.append("Rubric of its own: " + " ".join(own))
    if settings.derived:
        lines.append("Computed, not seen in the CT: " + ", ".join(settings.derived))
    return [part for line in lines for part in (textwrap.wrap(line, 56) or [""])]


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value) or "none"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
