"""Words: commands, events and figures as a reader says them."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from typing import Any

from simulator.engine import events as e
from simulator.interface import commands as c

UNITS = {"mGy cm": "mGy·cm", "uSv": "µSv", "deg": "°", "mm^2": "mm²", "count": "", "": ""}
_SUFFIXES = (
    ("_ml_per_s", "mL/s"), ("_mm", "mm"), ("_deg", "°"), ("_ml", "mL"), ("_kv", "kV"),
    ("_ma", "mA"), ("_s", "s"), ("_hours", "h"),
)  # fmt: skip
_COMPARTMENTS = {
    "epidural": "the epidural space",
    "intrathecal": "the thecal sac",
    "subdural": "the space under the dura",
    "vessel": "a vessel",
    "bone": "bone",
    "foramen": "the foramen",
    "soft tissue": "soft tissue outside the canal",
}


def number(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, without an exponent or trailing noughts."""
    text = f"{value:.{digits}g}"
    if "e" in text:
        text = f"{value:.0f}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """A share of one in whole per cent."""
    return f"{100.0 * share:.0f} %"


def prettified(text: str) -> str:
    """A reference or a source with the signs that its units and spreads are printed with."""
    for plain, printed in (("+-", "±"), ("mGy cm", "mGy·cm"), ("uGy", "µGy"), ("uSv", "µSv")):
        text = text.replace(plain, printed)
    return text


def unit(name: str) -> str:
    """A unit as it is printed."""
    return UNITS.get(name, name)


def place_of(compartment: str | None) -> str:
    """Where the bevel stood, with its article."""
    return _COMPARTMENTS.get(compartment or "", compartment or "nowhere")


def listed(items: list[str]) -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def count(n: int, singular: str, plural: str | None = None) -> str:
    """So many of something."""
    return f"{n} {singular if n == 1 else plural or singular + 's'}"


def command_words(command: c.Command) -> str:
    """A command's name and what was given with it."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(command).__name__)
    name = name[0] + name[1:].lower()
    given = []
    for item in fields(command):
        value = getattr(command, item.name)
        if value is None or (value == item.default and (not isinstance(value, float) or value == 0.0)):
            continue
        given.append(_given(item.name, value))
    return name + (": " + ", ".join(given) if given else "")


def _given(name: str, value: Any) -> str:
    for suffix, shown in _SUFFIXES:
        if name.endswith(suffix):
            label = name.removesuffix(suffix).replace("_", " ")
            return f"{label} {_plain(value)}{'' if shown == '°' else ' '}{shown}"
    if name == "mas":
        return f"{_plain(value)} mAs"
    label = name.replace("_", " ")
    if isinstance(value, bool):
        return label if value else f"no {label}"
    return f"{label} {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "(" + ", ".join(_plain(item) for item in value) + ")"
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0").replace("-", "−")
    return str(value)


def options_words(event: e.TechniqueChosen | e.AcquisitionMade) -> str:
    """What differs from a whole turn with the beam on, led in by a comma; "" where nothing does."""
    arc = f", {event.settings.scan_arc_deg}° scan" if event.settings.scan_arc_deg != 360 else ""
    return arc + (", hand protection" if event.settings.hand_protection else "")


def event_words(event: e.Event) -> str:
    """What happened, in one short sentence without its full stop."""
    match event:
        case e.CommandRefused():
            return f"refused: {event.reason}"
        case e.PreparationDone():
            return event.step
        case e.TechniqueChosen():
            now = event.settings
            set_to = f"{now.tube_voltage_kv} kV, {now.tube_current_ma:g} mA, {now.rotation_s:g} s"
            return set_to + options_words(event)
        case e.TableMoved():
            return f"table at {event.table_mm:.1f} mm"
        case e.LeakMarked():
            return f"leak marked at {event.level}, {event.side}"
        case e.PathPlanned():
            return f"path planned: {event.approach}, {event.side}"
        case e.AcquisitionMade():
            return (
                f"{event.purpose}, {len(event.slices.centres_table_mm)} slices, {event.settings.tube_voltage_kv} kV, "
                f"{event.beam.mas:g} mAs, DLP {number(event.dose.dlp_mgy_cm)} mGy·cm"
            )
        case e.BeamCutShort():
            return (
                f"rotation cut short: no image, {event.settings.tube_voltage_kv} kV, {event.beam.mas:g} mAs, "
                f"DLP {number(event.dose.dlp_mgy_cm)} mGy·cm"
            )
        case e.BeamOff():
            return f"beam off after {event.beam_on_ms / 1000:g} s"
        case e.NeedleChosen():
            return event.needle
        case e.NeedlePlaced():
            return "the tip stands on the skin"
        case e.SkinPunctured():
            return "through the skin"
        case e.NeedleMoved():
            return _moved(event)
        case e.NeedleRedirected():
            return f"the hub leans otherwise; {percent(event.share)} of the turn reached the tip"
        case e.BevelRotated():
            return f"bevel turned to {math.degrees(event.bevel_rad):.0f}°"
        case e.NeedleRemoved():
            return "the needle is out"
        case e.StyletMoved():
            return "stylet in" if event.stylet_in else f"stylet out; at the hub: {event.drip}"
        case e.Aspirated():
            return f"aspirated: {event.came}"
        case e.ResistanceTested():
            return f"resistance to {event.medium} {'lost' if event.lost else 'firm'}"
        case e.DuraTouched():
            return "the tip met the dura, which tents"
        case e.BoneContacted():
            return "bone stopped the needle"
        case e.Complication():
            cause = f", by {event.cause}" if event.cause else ""
            return f"complication: {event.kind.replace('_', ' ')} at {event.level}{cause}"
        case e.ComplicationRecognised():
            return f"sign of {event.kind.replace('_', ' ')} met"
        case e.MaterialInjected():
            return (
                f"{event.volume_ml:.1f} mL of {event.material} into {place_of(event.compartment)}"
                f"{', ' + event.zone if event.zone else ''}, {event.pressure_kpa:.2f} kPa there, "
                f"{event.needle_drop_kpa:.0f} kPa lost in the needle"
            )
        case e.PatientSpoke():
            return f"the patient{', asked' if event.asked else ''}: “{event.words}”"
        case e.PatientMoved():
            size = sum(part * part for part in event.jerk_mm) ** 0.5
            return f"the patient jerked {size:.0f} mm: {event.cause}"
        case e.AnaestheticGiven():
            return f"local anaesthetic, {number(event.volume_ml)} mL, down to {event.depth_mm:.0f} mm"
        case e.HubDripped():
            return f"a first drop at the hub: {event.fluid}"
        case e.ReactionBegan():
            return f"{event.reaction} ({event.cause}); what helps: {event.helps}"
        case e.ReactionEnded():
            return f"{event.reaction} over, {'treated' if event.helped else 'untreated'}"
        case e.ArmLineFailed():
            return f"no blood from the arm: the line has {event.line}; what helps: {event.helps}"
        case e.AidGiven():
            return f"aid: {event.measure}{'' if event.helped else ', which does not help'}"
        case e.Finished():
            back = "" if event.relapse_day is None else f"; the headache comes back on day {event.relapse_day}"
            return f"finished; seal probability {percent(event.seal_probability)}{back}"
        case _:
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(event).__name__).lower()
            more = [_given(item.name, getattr(event, item.name)) for item in fields(event) if item.name != "at_ms"]
            return ", ".join([name, *more])


def _moved(event: e.NeedleMoved) -> str:
    stopped = f", stopped by {event.stopped_by}" if event.stopped_by else ""
    force = f", up to {max(event.force_n):.1f} N" if event.force_n else ""
    margin = "inside the dura" if event.dura_mm < 0 else f"{event.dura_mm:.1f} mm outside the dura"
    return (
        f"{'pulled' if event.moved_mm < 0 else 'pushed'} {abs(event.moved_mm):.1f} mm to {event.inserted_mm:.1f} mm"
        f"{stopped}{force}; tip in {event.layer}, {margin}"
    )


def grouped_words(events: tuple[e.Event, ...]) -> list[str]:
    """What a command brought about; portions of one injection as one line."""
    lines: list[str] = []
    portions: list[e.MaterialInjected] = []

    def close() -> None:
        if len(portions) > 1:
            last = portions[-1]
            volume = sum(p.volume_ml for p in portions)
            lines.append(
                f"{volume:.1f} mL of {last.material} into {place_of(last.compartment)}"
                f"{', ' + last.zone if last.zone else ''}, up to {last.pressure_kpa:.2f} kPa"
            )
        elif portions:
            lines.append(event_words(portions[0]))
        portions.clear()

    for event in events:
        if isinstance(event, e.MaterialInjected):
            portions.append(event)
        else:
            close()
            lines.append(event_words(event))
    close()
    return lines
