"""Case words: a case as its author reads it beside the pictures."""

from __future__ import annotations

import textwrap

from simulator.scenario.build import Case
from simulator.scenario.difficulty import difficulty_of_case
from simulator.scenario.event_schema import EventSection
from simulator.scoring.rubric_words import own_rubric_words


def describe_case(case: Case) -> list[str]:
    """The case in words: request, patient, leak, console, needle, limits; drawn numbers as drawn."""
    scenario, settings = case.scenario, case.world.settings
    patient = scenario.patient
    changed = ", ".join(f"{name} {_in_words(value)}" for name, value in patient.changes().items())
    leak = ", ".join(f"{name} {value:.3g}" for name, value in scenario.leak.amounts().items())
    preset = settings.imaging.preset
    site = None if scenario.myelogram is None else scenario.myelogram.puncture_site
    right = ", ".join(settings.accepted.needle_levels) or "no level"
    lines = [
        *textwrap.wrap(" ".join(settings.request.split()), 56),
        "",
        f"Patient: {patient.phantom or patient.ct}" + (f"; {changed}" if changed else ""),
        f"Leak: {scenario.leak.level}, {scenario.leak.side}" + (f"; {leak}" if leak else ""),
        *([] if scenario.further_leak is None else [f"Second leak: {scenario.further_leak.level}"]),
        f"Right for it: {right}; {', '.join(settings.accepted.zones)}"
        + ("; or no blood" if settings.accepted.may_abandon else ""),
        f"Scanner: {settings.imaging.scanner}",
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
    lines += [f"By script: {event_in_words(event)}" for event in scenario.event]
    difficulty = difficulty_of_case(case)
    if difficulty is not None:
        lines.append(f"Difficulty: {difficulty.in_words()}")
    own = own_rubric_words(case.rubric)
    if own:
        lines.append("Rubric of its own: " + " ".join(own))
    if settings.derived:
        lines.append("Computed, not seen in the CT: " + ", ".join(settings.derived))
    return [part for line in lines for part in (textwrap.wrap(line, 56) or [""])]


def event_in_words(event: EventSection) -> str:
    """An event of the script in a few words: what happens, what sets it off, what answers it."""
    answer = "" if event.answer is None else f"; right is to {event.answer}"
    if event.answer is not None and event.answer_within_min is not None:
        answer += f" within {event.answer_within_min:g} min"
    triggers = {
        "when": f"at the first {event.when}",
        "at_min": f"at {event.at_min} min",
        "at_depth_mm": f"{event.at_depth_mm} mm deep",
        "near": f"within {2.0 if event.within_mm is None else event.within_mm:g} mm of the {event.near}",
        "at_press": f"at press {event.at_press}",
        "at_volume_ml": f"at {event.at_volume_ml} mL of {event.material}",
        "in_phase": f"in the {event.in_phase}",
    }
    when = next((words for key, words in triggers.items() if getattr(event, key) is not None), "as blood is drawn")
    return f"{event.kind} {when}{answer}"


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value) or "none"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
