"""Complications: harm with its kind, cause, place and time, and the signs by which somebody notices it."""

from __future__ import annotations

from dataclasses import replace

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.needle.bevel import Opening
from simulator.engine.needle.moves import standing_needle
from simulator.engine.state import ProcedureState
from simulator.needle.insertion import Push
from simulator.patient.sensation import NERVES_SUFFER_KPA
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.anatomy import Compartment
from simulator.vocabulary.procedure import AcquisitionPurpose, ComplicationKind
from simulator.vocabulary.procedure import ComplicationKind as Kind

_KIND_OF_TOUCH: dict[str, ComplicationKind] = {
    "dural puncture": Kind.DURAL_PUNCTURE,
    "cord": Kind.CORD_CONTACT,
    "root": Kind.ROOT_CONTACT,
    "vessel": Kind.VESSEL_PUNCTURE,
}
_KIND_OF_INJECTION: dict[Compartment, ComplicationKind] = {
    Compartment.INTRATHECAL: Kind.INTRATHECAL_INJECTION,
    Compartment.SUBDURAL: Kind.SUBDURAL_INJECTION,
    Compartment.VESSEL: Kind.INTRAVASCULAR_INJECTION,
}
_KIDNEY_LEVELS = ("T12/L1", "L1/2", "L2/3")  # reference, section 3: kidneys T12-L3
# What shows it. Words of the patient count when they are said; of fluid and images see `signs`.
_BY_FLUID: dict[str, tuple[ComplicationKind, ...]] = {
    "clear": (
        Kind.DURAL_PUNCTURE,
        Kind.INTRATHECAL_INJECTION,
        Kind.SUBDURAL_INJECTION,
    ),
    "blood": (
        Kind.VESSEL_PUNCTURE,
        Kind.INTRAVASCULAR_INJECTION,
        Kind.KIDNEY_PUNCTURE,
    ),
}
_BY_WORDS: dict[str, tuple[ComplicationKind, ...]] = {
    "radicular pain": (Kind.ROOT_CONTACT, Kind.CORD_CONTACT),
    "severe pain": (Kind.NERVE_COMPRESSION,),
    "cough": (Kind.PLEURAL_PUNCTURE,),
}
_BY_IMAGE_OF_TIP = (
    Kind.DURAL_PUNCTURE,
    Kind.CORD_CONTACT,
    Kind.PLEURAL_PUNCTURE,
    Kind.KIDNEY_PUNCTURE,
    Kind.ORGAN_PUNCTURE,
)
_BY_IMAGE_OF_CONTRAST = (
    Kind.INTRATHECAL_INJECTION,
    Kind.SUBDURAL_INJECTION,
    Kind.INTRAVASCULAR_INJECTION,
)
_BY_SCAN = ("wrong_level",)


def book_push(world: CaseContext, state: ProcedureState, made: Push, commanded_mm: float) -> list[e.Complication]:
    """Complications of one push, in order."""
    found: list[e.Complication] = []
    for index, touch in made.touches:
        tip = made.samples[min(index, len(made.samples) - 1)].tip_mm if made.samples else made.pose.tip_mm
        level = world.phantom.anatomy.level(tip)
        kind = _organ(level) if touch == "organ" else _KIND_OF_TOUCH.get(touch)
        if kind is not None:
            found.append(_booked(state, kind, f"a push of {commanded_mm:.1f} mm", tip, level))
    return found


def book_vein(world: CaseContext, state: ProcedureState, opening: Opening, commanded_mm: float) -> list[e.Complication]:
    """A vein of the plexus in which the opening has come to lie."""
    level = world.phantom.anatomy.level(opening.position_mm)
    cause = f"a push of {commanded_mm:.1f} mm into the epidural veins"
    return [_booked(state, Kind.VESSEL_PUNCTURE, cause, opening.position_mm, level)]


def book_injection(
    world: CaseContext, state: ProcedureState, opening: Opening, level: str, material: str
) -> tuple[ProcedureState, list[e.Complication]]:
    """What is wrong about the place of an injection; each once for blood and once for contrast."""
    tip_mm = standing_needle(state).tip_mm
    kinds = [_KIND_OF_INJECTION.get(opening.compartment)]
    if material == "blood" and level not in world.settings.accepted.needle_levels:
        kinds.append(Kind.WRONG_LEVEL)
    found: list[e.Complication] = []
    for kind in kinds:
        if kind is None or f"{kind} {material}" in state.patient.injuries:
            continue
        found.append(_booked(state, kind, f"{material} injected", tip_mm, level))
        now = replace(state.patient, injuries=(*state.patient.injuries, f"{kind} {material}"))
        state = replace(state, patient=now)
    return state, found


def book_pressure(state: ProcedureState, pressure_kpa: float, level: str) -> list[e.Complication]:
    """Roots that an injection presses until their blood flow stops; once."""
    tip_mm = standing_needle(state).tip_mm
    if state.injection.nerves_suffered or pressure_kpa < NERVES_SUFFER_KPA:
        return []
    return [_booked(state, Kind.NERVE_COMPRESSION, "pressure of the injection", tip_mm, level)]


def recognise_complications(
    world: CaseContext, state: ProcedureState, events: list[e.Event]
) -> tuple[ProcedureState, list[e.ComplicationRecognised]]:
    """Signs among what just happened of complications that nobody has noticed; books new ones as unnoticed."""
    unnoticed = list(state.patient.unnoticed)
    seen: list[e.ComplicationRecognised] = []
    for event in events:
        if isinstance(event, e.Complication):
            unnoticed.append(event.kind)
        for kind in _signs(world, state, event):
            if kind in unnoticed:
                unnoticed = [other for other in unnoticed if other != kind]
                seen.append(e.ComplicationRecognised(at_ms=event.at_ms, kind=kind))  # type: ignore[arg-type]
    if tuple(unnoticed) != state.patient.unnoticed:
        state = replace(state, patient=replace(state.patient, unnoticed=tuple(unnoticed)))
    return state, seen


def _signs(world: CaseContext, state: ProcedureState, event: e.Event) -> tuple[str, ...]:
    """Kinds of which an event is a sign, an image to who looks. Beside a collection clear fluid proves nothing."""
    fluid = ""
    if isinstance(event, e.StyletMoved):
        fluid = event.drip
    elif isinstance(event, e.Aspirated):
        fluid = event.came
    elif isinstance(event, e.HubDripped):
        fluid = event.fluid
    if fluid == "clear" and world.phantom.leak.hole_mm is not None:
        return ()
    if fluid:
        return _BY_FLUID.get(fluid, ())
    if isinstance(event, e.PatientSpoke):
        return _BY_WORDS.get(event.feeling, ())
    if isinstance(event, e.ImageLookedAt):
        image = state.imaging.acquired[event.number]
        if image.purpose is AcquisitionPurpose.CONTROL:
            return _BY_SCAN
        if image.purpose is AcquisitionPurpose.FLUOROSCOPY and image.tip_slice in event.slices:
            return (*_BY_IMAGE_OF_TIP, *_BY_IMAGE_OF_CONTRAST)
    return ()


def _organ(level: str) -> ComplicationKind:
    """Which organ lies in the way at a level: lung behind the ribs, kidney below, else bowel or what else there is."""
    if level.startswith("T") and level not in _KIDNEY_LEVELS:
        return Kind.PLEURAL_PUNCTURE
    return Kind.KIDNEY_PUNCTURE if level in _KIDNEY_LEVELS else Kind.ORGAN_PUNCTURE


def _booked(
    state: ProcedureState, kind: ComplicationKind, cause: str, tip_mm: PatientPoint, level: str
) -> e.Complication:
    return e.Complication(at_ms=state.elapsed_ms, kind=kind, tip_mm=tip_mm, level=level, cause=cause)
