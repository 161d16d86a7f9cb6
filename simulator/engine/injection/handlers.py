"""The injection: blood and contrast leave the needle a millilitre at a time, and the patient speaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.injection.state import Syringe
from simulator.engine.needle.bevel import Opening, against_bone, locate_opening
from simulator.engine.needle.moves import standing_needle
from simulator.engine.needle.plunger_loss import takes_fluid
from simulator.engine.patient.complications import book_injection, book_pressure
from simulator.engine.patient.handlers import arm_line
from simulator.engine.preparation.steps import note_step
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result, handles
from simulator.engine.state import ProcedureState
from simulator.interface import commands as c
from simulator.needle.insertion import is_blocked
from simulator.needle.needle_catalogue import NEEDLES
from simulator.patch.clotting import CLOTTED_AFTER_MS, CONTRAST_MPA_S, SYRINGE_SETS_MS, mixture_mpa_s, thickening
from simulator.patch.injectate import Injectate
from simulator.patch.leak_coverage import least_covered
from simulator.patch.patch import Patch, PortionSource, inject_portion, sac_dented_ml
from simulator.patch.syringe_pressure import KPA_PER_MMHG, fastest_ml_per_s, needle_drop_kpa
from simulator.patient.sensation import NERVES_SUFFER_KPA, feel_pressure, words_in
from simulator.vocabulary.anatomy import Compartment, InjectionDestination
from simulator.vocabulary.patient import Sensation
from simulator.vocabulary.procedure import BORE_BLOCKED, InjectedMaterial

PORTION_ML = 1.0
CONTRAST_RATE_ML_PER_S = 0.2
_DESTINATION: dict[Compartment, InjectionDestination] = {
    Compartment.EPIDURAL: InjectionDestination.EPIDURAL,
    Compartment.FORAMEN: InjectionDestination.EPIDURAL,
    Compartment.INTRATHECAL: InjectionDestination.INTRATHECAL,
    Compartment.SUBDURAL: InjectionDestination.SUBDURAL,
    Compartment.VESSEL: InjectionDestination.VEIN,
    Compartment.SOFT_TISSUE: InjectionDestination.SOFT_TISSUE,
}


@handles(c.DrawBlood)
def _draw(world: CaseContext, state: ProcedureState, command: c.DrawBlood) -> Result:
    laid: list[e.Event] = []
    if "arm line" not in state.preparation.steps:  # who has not laid it before lays it now
        state, _ = note_step(state, "arm line")
        laid.append(e.ArmLineLaid(at_ms=state.elapsed_ms))
    state, failed = arm_line(world, state)
    if failed is not None:
        return state, [*laid, failed]
    content = Injectate(blood_ml=float(command.volume_ml), contrast_ml=0.0)
    drawn = Syringe(content=content, drawn_ms=state.elapsed_ms)
    state = replace(state, injection=replace(state.injection, syringe=drawn))
    return state, [*laid, e.BloodDrawn(at_ms=state.elapsed_ms, volume_ml=float(command.volume_ml))]


@handles(c.MixContrast)
def _mix(world: CaseContext, state: ProcedureState, command: c.MixContrast) -> Result:
    if state.injection.syringe is None:
        raise RefusalError("there is no blood in the syringe: DrawBlood first")
    content = state.injection.syringe.content
    content = replace(content, contrast_ml=content.contrast_ml + float(command.volume_ml))
    mixed = replace(state.injection.syringe, content=content)
    state = replace(state, injection=replace(state.injection, syringe=mixed))
    return state, [e.ContrastMixed(at_ms=state.elapsed_ms, volume_ml=float(command.volume_ml))]


def _ready(world: CaseContext, state: ProcedureState) -> Opening:
    if state.needle.pose is None or not state.needle.in_skin:
        raise RefusalError("there is no needle in the patient")
    if state.needle.pose.stylet_in:
        raise RefusalError("the stylet is in: take it out first")
    if is_blocked(state.needle.pose):
        raise RefusalError(BORE_BLOCKED)
    if against_bone(world, state):
        raise RefusalError("the plunger does not move: the bevel stands against bone; withdraw a little")
    return locate_opening(world, state)


def _portion(
    world: CaseContext,
    state: ProcedureState,
    opening: Opening,
    injectate: Injectate,
    material: InjectedMaterial,
    *,
    from_ms: int,
    rate_ml_per_s: float,
    viscosity_mpa_s: float,
) -> tuple[ProcedureState, list[e.Event]]:
    """One portion leaves the bevel, from a moment until now."""
    tip_mm = standing_needle(state).tip_mm
    patch, pressure_mmhg = _flow_out(world, state, opening, injectate, material, from_ms)
    spec = NEEDLES[state.needle.name]
    is_blood = material is InjectedMaterial.BLOOD
    blood_ml = state.injection.blood_ml + (injectate.volume_ml if is_blood else 0.0)
    pressure = KPA_PER_MMHG * pressure_mmhg
    feeling = _feel_portion(world, _DESTINATION[opening.compartment], pressure)
    level = world.phantom.anatomy.level(opening.position_mm)
    told = e.MaterialInjected(
        at_ms=state.elapsed_ms,
        material=material,
        volume_ml=injectate.volume_ml,
        opening_mm=opening.position_mm,
        tip_mm=tip_mm,
        dura_mm=float(world.phantom.anatomy.dura_mm(np.array([tip_mm]))[0]),
        compartment=opening.compartment,
        zone=opening.zone,
        level=level,
        pressure_kpa=pressure,
        total_blood_ml=blood_ml,
        feeling=feeling,
        covered_share=least_covered(world.leak_zones, patch.injected),
        revision=patch.injected.revision,
        needle_drop_kpa=needle_drop_kpa(rate_ml_per_s, spec.bore_diameter_mm, spec.length_mm, viscosity_mpa_s),
        sac_dented_ml=sac_dented_ml(world.medium, patch),
        escaped_ml=patch.escaped_ml,
        in_pocket=takes_fluid(world, state, opening),
    )
    state, harm = book_injection(world, state, opening, level, material)
    epidural = _DESTINATION[opening.compartment] is InjectionDestination.EPIDURAL
    events: list[e.Event] = [told, *harm, *(book_pressure(state, pressure, level) if epidural else ())]
    before = state.injection
    speaks = _speaks(state, feeling, is_blood=is_blood)
    if speaks:
        events.append(_spoken(world, state, feeling))
    now = replace(
        before,
        patch=patch,
        revision=patch.injected.revision,
        blood_ml=blood_ml,
        contrast_ml=before.contrast_ml + (0.0 if is_blood else injectate.volume_ml),
        epidural_ml=before.epidural_ml + (injectate.volume_ml if epidural else 0.0),
        compartment=before.compartment or (opening.compartment if is_blood else None),
        nerves_suffered=before.nerves_suffered or (epidural and pressure >= NERVES_SUFFER_KPA),
        cue_ml=blood_ml if speaks and is_blood and before.cue_ml is None else before.cue_ml,
    )
    return replace(state, injection=now, patient=replace(state.patient, feeling=feeling)), events


def _flow_out(
    world: CaseContext,
    state: ProcedureState,
    opening: Opening,
    injectate: Injectate,
    material: InjectedMaterial,
    from_ms: int,
) -> tuple[Patch, float]:
    """The patch after a portion has left the bevel, and the pressure there, mmHg."""
    destination, syringe = _DESTINATION[opening.compartment], state.injection.syringe
    front = None if destination == "epidural" else world.front(opening.position_mm, destination)
    source = PortionSource(
        opening_mm=opening.position_mm,
        destination=destination,
        drawn_ms=syringe.drawn_ms if syringe is not None and material == "blood" else from_ms,
        from_ms=from_ms,
        until_ms=state.elapsed_ms,
    )
    return inject_portion(world.medium, world.phantom.canal, state.injection.patch, source, injectate, front)


def _feel_portion(world: CaseContext, destination: InjectionDestination, pressure_kpa: float) -> Sensation:
    """What the patient feels of a portion where it goes."""
    if destination not in (InjectionDestination.EPIDURAL, InjectionDestination.SOFT_TISSUE):
        return Sensation.NOTHING
    feeling = feel_pressure(world.thresholds, pressure_kpa)
    if destination is InjectionDestination.SOFT_TISSUE and feeling is Sensation.SEVERE_PAIN:
        return Sensation.PAIN  # it hurts where it is tight, and presses no roots
    return feeling


def _speaks(state: ProcedureState, feeling: Sensation, *, is_blood: bool) -> bool:
    """Whether the patient says what is felt: what is new, and of the blood once also what the contrast was felt as."""
    unheard = is_blood and state.injection.cue_ml is None
    return feeling is not Sensation.NOTHING and (unheard or feeling != state.patient.feeling)


def _spoken(world: CaseContext, state: ProcedureState, feeling: Sensation) -> e.PatientSpoke:
    """The patient's words for what an injection is felt as."""
    words = words_in(world.settings.region, feeling)
    return e.PatientSpoke(at_ms=state.elapsed_ms, feeling=feeling, words=words)


def _within_a_hand(state: ProcedureState, rate_ml_per_s: float, viscosity_mpa_s: float, age_ms: int) -> None:
    """Refuse a rate that no hand can press through this needle."""
    spec = NEEDLES[state.needle.name]
    fastest = fastest_ml_per_s(spec.bore_diameter_mm, spec.length_mm, viscosity_mpa_s)
    if rate_ml_per_s > fastest:
        thick = f", {age_ms / 60_000:.0f} minutes old," if age_ms > SYRINGE_SETS_MS else ""
        raise RefusalError(
            f"no hand presses blood{thick} through a {spec.gauge}G needle at {rate_ml_per_s:g} mL/s: "
            f"{fastest:.2f} mL/s at most"
        )


@handles(c.InjectBlood)
def _inject_blood(world: CaseContext, state: ProcedureState, command: c.InjectBlood) -> Result:
    opening = _ready(world, state)
    syringe = state.injection.syringe
    if syringe is None:
        raise RefusalError("there is no blood in the syringe: DrawBlood first")
    if command.volume_ml > syringe.content.volume_ml + 1e-6:
        raise RefusalError(f"the syringe holds {syringe.content.volume_ml:.1f} mL, not {command.volume_ml:g} mL")
    if state.elapsed_ms - syringe.drawn_ms > CLOTTED_AFTER_MS:
        raise RefusalError("the blood has clotted in the syringe: draw fresh blood")
    age_ms = state.elapsed_ms - syringe.drawn_ms
    viscosity = float(mixture_mpa_s(syringe.content.blood_ml, syringe.content.contrast_ml, 0.0, thickening(age_ms)))
    _within_a_hand(state, command.rate_ml_per_s, viscosity, age_ms)
    events: list[e.Event] = []
    left_ml = float(command.volume_ml)
    content = syringe.content
    while left_ml > 1e-6:
        volume = min(PORTION_ML, left_ml)
        portion = content.portion(volume)
        content = Injectate(
            blood_ml=max(content.blood_ml - portion.blood_ml, 0.0),
            contrast_ml=max(content.contrast_ml - portion.contrast_ml, 0.0),
        )
        from_ms = state.elapsed_ms
        state = replace(state, elapsed_ms=from_ms + round(1000 * volume / command.rate_ml_per_s))
        cue_before = state.injection.cue_ml
        state, happened = _portion(
            world,
            state,
            opening,
            portion,
            InjectedMaterial.BLOOD,
            from_ms=from_ms,
            rate_ml_per_s=command.rate_ml_per_s,
            viscosity_mpa_s=viscosity,
        )
        events += happened
        left_ml -= volume
        if command.until_cue and cue_before is None and state.injection.cue_ml is not None:
            break
    remains = replace(syringe, content=content) if content.volume_ml > 1e-6 else None
    return replace(state, injection=replace(state.injection, syringe=remains)), events


@handles(c.InjectContrast)
def _inject_contrast(world: CaseContext, state: ProcedureState, command: c.InjectContrast) -> Result:
    opening = _ready(world, state)
    events: list[e.Event] = []
    left_ml = float(command.volume_ml)
    while left_ml > 1e-6:
        volume = min(PORTION_ML, left_ml)
        from_ms = state.elapsed_ms
        state = replace(state, elapsed_ms=from_ms + round(1000 * volume / CONTRAST_RATE_ML_PER_S))
        state, happened = _portion(
            world,
            state,
            opening,
            Injectate(blood_ml=0.0, contrast_ml=volume),
            InjectedMaterial.CONTRAST,
            from_ms=from_ms,
            rate_ml_per_s=CONTRAST_RATE_ML_PER_S,
            viscosity_mpa_s=CONTRAST_MPA_S,
        )
        events += happened
        left_ml -= volume
    return state, events


@handles(c.StopInjection)
def _stop(world: CaseContext, state: ProcedureState, command: c.StopInjection) -> Result:
    return state, [e.InjectionStopped(at_ms=state.elapsed_ms, total_blood_ml=state.injection.blood_ml)]
