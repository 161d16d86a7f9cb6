"""The injection: blood and contrast leave the needle a millilitre at a time, and the patient speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from simulator.needle.insertion import is_blocked
from simulator.patch.coverage import covered_share
from simulator.patch.injectate import CLOTTED_AFTER_MS, Injectate
from simulator.patch.pressure import epidural_pressure_kpa
from simulator.patch.spread import Medium, inject
from simulator.patient.sensation import WORDS, felt
from simulator.procedure import commands as c
from simulator.procedure import events as e
from simulator.procedure.bevel import Opening, opening_of
from simulator.procedure.complications import of_injection
from simulator.procedure.patient_steps import arm_line
from simulator.procedure.refusal import RefusalError
from simulator.procedure.state import ProcedureState, Syringe
from simulator.procedure.world import World

Result = tuple[ProcedureState, list[e.Event]]

PORTION_ML = 1.0
CONTRAST_RATE_ML_PER_S = 0.2
_MEDIUM: dict[e.Compartment, Medium] = {
    "epidural": "epidural",
    "foramen": "epidural",
    "intrathecal": "intrathecal",
    "subdural": "intrathecal",
    "soft tissue": "soft tissue",
}


def _draw(world: World, state: ProcedureState, command: c.DrawBlood) -> Result:
    state, failed = arm_line(world, state)
    if failed is not None:
        return state, [failed]
    content = Injectate(blood_ml=float(command.volume_ml), contrast_ml=0.0)
    state = replace(state, syringe=Syringe(content=content, drawn_ms=state.elapsed_ms))
    return state, [e.BloodDrawn(at_ms=state.elapsed_ms, volume_ml=float(command.volume_ml))]


def _mix(world: World, state: ProcedureState, command: c.MixContrast) -> Result:
    if state.syringe is None:
        raise RefusalError("there is no blood in the syringe: DrawBlood first")
    content = state.syringe.content
    content = replace(content, contrast_ml=content.contrast_ml + float(command.volume_ml))
    state = replace(state, syringe=replace(state.syringe, content=content))
    return state, [e.ContrastMixed(at_ms=state.elapsed_ms, volume_ml=float(command.volume_ml))]


def _ready(world: World, state: ProcedureState) -> Opening:
    if state.needle is None or not state.in_skin:
        raise RefusalError("there is no needle in the patient")
    if state.needle.stylet_in:
        raise RefusalError("the stylet is in: take it out first")
    if is_blocked(state.needle):
        raise RefusalError("the plunger does not move: tissue blocks the bore; clear it with the stylet")
    opening = opening_of(world, state)
    if opening.compartment == "bone":
        raise RefusalError("the plunger does not move: the bevel stands against bone")
    return opening


def _portion(
    world: World,
    state: ProcedureState,
    opening: Opening,
    injectate: Injectate,
    material: Literal["blood", "contrast"],
) -> tuple[ProcedureState, list[e.Event]]:
    """One portion leaves the bevel."""
    assert state.needle is not None
    injected = state.injected
    medium = _MEDIUM.get(opening.compartment)
    if medium is not None:  # in a vein it washes out
        front = world.front(opening.position_mm, medium)
        injected, _ = inject(state.injected, world.phantom.canal, front, injectate)
    epidural_ml = state.epidural_ml + (injectate.volume_ml if medium == "epidural" else 0.0)
    blood_ml = state.blood_ml + (injectate.volume_ml if material == "blood" else 0.0)
    pressure = epidural_pressure_kpa(epidural_ml)
    feeling = felt(world.thresholds, pressure) if medium == "epidural" else "nothing"
    level = world.phantom.anatomy.level(np.asarray(opening.position_mm))
    zone = world.leak_zone
    first_blood = material == "blood" and state.compartment is None
    events: list[e.Event] = [
        e.MaterialInjected(
            at_ms=state.elapsed_ms,
            material=material,
            volume_ml=injectate.volume_ml,
            opening_mm=opening.position_mm,
            tip_mm=state.needle.tip_mm,
            dura_mm=float(world.phantom.anatomy.dura_mm(np.array([state.needle.tip_mm]))[0]),
            compartment=opening.compartment,
            zone=opening.zone,
            level=level,
            pressure_kpa=pressure,
            total_blood_ml=blood_ml,
            feeling=feeling,
            covered_share=0.0 if zone is None else covered_share(zone, injected),
            revision=injected.revision,
        )
    ]
    state, harm = of_injection(world, state, opening, level, material)
    events += harm
    cue_ml = state.cue_ml
    if feeling != "nothing" and feeling != state.feeling:
        events.append(e.PatientSpoke(at_ms=state.elapsed_ms, feeling=feeling, words=WORDS[feeling]))
        cue_ml = blood_ml if cue_ml is None else cue_ml
    state = replace(
        state,
        injected=injected,
        injected_revision=injected.revision,
        blood_ml=blood_ml,
        epidural_ml=epidural_ml,
        compartment=opening.compartment if first_blood else state.compartment,
        feeling=feeling if medium == "epidural" else state.feeling,
        cue_ml=cue_ml,
    )
    return state, events


def _inject_blood(world: World, state: ProcedureState, command: c.InjectBlood) -> Result:
    opening = _ready(world, state)
    syringe = state.syringe
    if syringe is None:
        raise RefusalError("there is no blood in the syringe: DrawBlood first")
    if command.volume_ml > syringe.content.volume_ml + 1e-6:
        raise RefusalError(f"the syringe holds {syringe.content.volume_ml:.1f} mL, not {command.volume_ml:g} mL")
    if state.elapsed_ms - syringe.drawn_ms > CLOTTED_AFTER_MS:
        raise RefusalError("the blood has clotted in the syringe: draw fresh blood")
    events: list[e.Event] = []
    left_ml = float(command.volume_ml)
    content = syringe.content
    while left_ml > 1e-6:
        volume = min(PORTION_ML, left_ml)
        portion = content.share(volume)
        content = Injectate(
            blood_ml=max(content.blood_ml - portion.blood_ml, 0.0),
            contrast_ml=max(content.contrast_ml - portion.contrast_ml, 0.0),
        )
        state = replace(state, elapsed_ms=state.elapsed_ms + round(1000 * volume / command.rate_ml_per_s))
        cue_before = state.cue_ml
        state, happened = _portion(world, state, opening, portion, "blood")
        events += happened
        left_ml -= volume
        if command.until_cue and cue_before is None and state.cue_ml is not None:
            break
    remains = replace(syringe, content=content) if content.volume_ml > 1e-6 else None
    return replace(state, syringe=remains), events


def _inject_contrast(world: World, state: ProcedureState, command: c.InjectContrast) -> Result:
    opening = _ready(world, state)
    flow_ms = round(1000 * command.volume_ml / CONTRAST_RATE_ML_PER_S)
    state = replace(state, elapsed_ms=state.elapsed_ms + flow_ms)
    events: list[e.Event] = []
    left_ml = float(command.volume_ml)
    while left_ml > 1e-6:
        volume = min(PORTION_ML, left_ml)
        portion = Injectate(blood_ml=0.0, contrast_ml=volume)
        state, happened = _portion(world, state, opening, portion, "contrast")
        events += happened
        left_ml -= volume
    return state, events


def _stop(world: World, state: ProcedureState, command: c.StopInjection) -> Result:
    return state, [e.InjectionStopped(at_ms=state.elapsed_ms, total_blood_ml=state.blood_ml)]


HANDLERS: dict[type, Callable[[World, ProcedureState, Any], Result]] = {
    c.DrawBlood: _draw,
    c.MixContrast: _mix,
    c.InjectBlood: _inject_blood,
    c.InjectContrast: _inject_contrast,
    c.StopInjection: _stop,
}
