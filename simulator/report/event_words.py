"""Event words: what happened, in one short sentence each, without its full stop."""

from __future__ import annotations

import math
import re
from dataclasses import fields

from simulator.engine import events as e
from simulator.interface.command_words import field_words
from simulator.interface.exposure import ExposureSettings
from simulator.report.tissue_words import tissue_words
from simulator.report.words import count, number, percent
from simulator.vocabulary.procedure import AcquisitionPurpose, DoseQuantity
from simulator.wording.chosen import WORDS

WHOLE_TURN_DEG = 360


def event_words(event: e.Event) -> str:
    """What happened, in one short sentence without its full stop."""
    for family in (_imaging_words, _needle_words, _harm_words, _patient_words, _procedure_words):
        words = family(event)
        if words is not None:
            return words
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(event).__name__).lower()
    more = [field_words(item.name, getattr(event, item.name)) for item in fields(event) if item.name != "at_ms"]
    return ", ".join([name, *more])


def grouped_words(events: tuple[e.Event, ...]) -> list[str]:
    """What a command brought about; portions of one injection as one line."""
    lines: list[str] = []
    portions: list[e.MaterialInjected] = []

    def close() -> None:
        if len(portions) > 1:
            last = portions[-1]
            volume = sum(p.volume_ml for p in portions)
            lines.append(
                f"{volume:.1f} mL of {last.material} into {WORDS.compartments[last.compartment]}"
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


def _tilt_words(settings: ExposureSettings) -> str:
    return f", gantry {settings.gantry_tilt_deg:+g}°" if settings.gantry_tilt_deg else ""


def options_words(settings: ExposureSettings) -> str:
    """What differs from a whole turn with the beam on, led in by a comma; "" where nothing does."""
    arc = f", {settings.scan_arc_deg}° scan" if settings.scan_arc_deg != WHOLE_TURN_DEG else ""
    metal = ", metal artefact reduction" if settings.metal_artefact_reduction else ""
    return arc + (", hand protection" if settings.hand_protection else "") + metal + _tilt_words(settings)


def _imaging_words(event: e.Event) -> str | None:
    """The scanner: technique, table, beam."""
    match event:
        case e.TechniqueChosen():
            settings = event.settings
            set_to = f"{settings.tube_voltage_kv} kV, {settings.tube_current_ma:g} mA, {settings.rotation_s:g} s"
            return set_to + options_words(settings)
        case e.TableMoved():
            return f"table at {event.table_mm:.1f} mm"
        case e.GantryTilted():
            return f"gantry at {event.tilt_deg:+g}°" if event.tilt_deg else "gantry upright"
        case e.AcquisitionMade():
            lies = "" if event.position is None else f", {event.position}"
            return (
                f"{event.purpose}{lies}, {len(event.slices.centres_table_mm)} slices, "
                f"{event.settings.tube_voltage_kv} kV, "
                f"{event.beam.mas:g} mAs, DLP {number(event.dose.dlp_mgy_cm)} mGy·cm{_tilt_words(event.settings)}"
            )
        case e.ScoutMade():
            return (
                f"scout, {event.orientation}, {event.beam.scan_length_mm:.0f} mm, {event.settings.tube_voltage_kv} kV, "
                f"{event.settings.tube_current_ma:g} mA, DLP {number(event.dose.dlp_mgy_cm)} mGy·cm"
            )
        case e.BeamCutShort():
            what = "rotation" if event.purpose == AcquisitionPurpose.FLUOROSCOPY else f"{event.purpose} scan"
            return (
                f"{what} cut short: no image, {event.settings.tube_voltage_kv} kV, {event.beam.mas:g} mAs, "
                f"DLP {number(event.dose.dlp_mgy_cm)} mGy·cm"
            )
        case e.DoseCheckPassed():
            passed = event.passed
            unit = "mGy" if passed.quantity is DoseQuantity.CTDI_VOL else "mGy·cm"
            return (
                f"dose check: {passed.quantity} {number(passed.estimate)} {unit}, past the {passed.kind} value of "
                f"{passed.limit:g} {unit}"
            )
        case e.BeamOff():
            return f"beam off after {event.beam_on_ms / 1000:g} s"
    return None


def _needle_words(event: e.Event) -> str | None:
    """The needle: how it moves, and what shows at its hub."""
    match event:
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
        case e.HubDripped():
            return f"a first drop at the hub: {event.fluid}"
    return None


def _harm_words(event: e.Event) -> str | None:
    """What was met or harmed."""
    match event:
        case e.DuraTouched():
            return "the tip met the dura, which tents"
        case e.BoneContacted():
            return "bone stopped the needle"
        case e.Complication():
            cause = f", by {event.cause}" if event.cause else ""
            return f"complication: {WORDS.complications[event.kind]} at {event.level}{cause}"
        case e.ComplicationRecognised():
            return f"sign of {WORDS.complications[event.kind]} met"
    return None


def _patient_words(event: e.Event) -> str | None:
    """The patient: injections, words, movements, reactions."""
    match event:
        case e.MaterialInjected():
            return (
                f"{event.volume_ml:.1f} mL of {event.material} into {WORDS.compartments[event.compartment]}"
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
        case e.ReactionBegan():
            return f"{event.reaction} ({event.cause}); what helps: {event.helps}"
        case e.ReactionEnded():
            return f"{event.reaction} over, {'treated' if event.helped else 'untreated'}"
        case e.ArmLineFailed():
            return f"no blood from the arm: the line has {event.line}; what helps: {event.helps}"
        case e.AidGiven():
            return f"aid: {event.measure}{'' if event.helped else ', which does not help'}"
    return None


def _procedure_words(event: e.Event) -> str | None:
    """The procedure: preparation, plan, refusals, end."""
    match event:
        case e.CommandRefused():
            return f"refused: {event.reason}"
        case e.PreparationDone():
            return event.step
        case e.LeakMarked():
            return f"leak marked at {event.level}, {event.side}"
        case e.PathPlanned():
            return f"path planned: {event.approach}, {event.side}"
        case e.Finished():
            back = "" if event.relapse_day is None else f"; the headache comes back on day {event.relapse_day}"
            chance = f"the headache goes for good with a probability of {percent(event.seal_probability)}"
            return f"finished; {chance}{_second_holes(event)}{back}"
    return None


def _second_holes(event: e.Finished) -> str:
    if event.second_holes == 0:
        return ""
    holes = count(event.second_holes, "hole")
    return f"; {holes} in the dura from needles, {event.second_holes_covered} covered by blood"


def _moved(event: e.NeedleMoved) -> str:
    stopped = f", stopped by {event.stopped_by}" if event.stopped_by else ""
    force = f", up to {max(event.force_n):.1f} N" if event.force_n else ""
    margin = "inside the dura" if event.dura_mm < 0 else f"{event.dura_mm:.1f} mm outside the dura"
    return (
        f"{'pulled' if event.moved_mm < 0 else 'pushed'} {abs(event.moved_mm):.1f} mm to {event.inserted_mm:.1f} mm"
        f"{stopped}{force}; tip in {tissue_words(event)}, {margin}"
    )
