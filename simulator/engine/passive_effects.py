"""Passive effects: what follows from a command by itself: a drop at the hub, a reaction, a sign noticed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.needle.bevel import draining_fluid, driving_pressure_cmh2o
from simulator.engine.patient.complications import recognise_complications
from simulator.engine.patient.patient_motion_and_pain import say, scripted_jerk
from simulator.engine.registry import Result
from simulator.engine.script_triggers import is_due
from simulator.engine.scripted_events import Moment
from simulator.engine.state import ProcedureState
from simulator.engine.streams import Stream, generator
from simulator.needle.bore_flow import BLOOD_MPA_S, CSF_MPA_S, first_drop_s, flow_ml_per_s
from simulator.needle.needle_catalogue import NEEDLES
from simulator.patient.reactions import CONTRAST_RATE, REACTION_PROFILES, VASOVAGAL_RATE
from simulator.patient.sensation import REACTION_SENSATIONS
from simulator.vocabulary.patient import PatientReaction, Sensation


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A reaction that a moment may bring by itself."""

    reaction: PatientReaction
    moment: Moment
    rate: float
    ordinal: int


CHANCES = (
    Chance(reaction=PatientReaction.VASOVAGAL, moment="skin puncture", rate=VASOVAGAL_RATE, ordinal=0),
    Chance(reaction=PatientReaction.CONTRAST, moment="contrast injected", rate=CONTRAST_RATE, ordinal=1),
)


def add_passive_effects(
    world: CaseContext, before: ProcedureState, state: ProcedureState, events: list[e.Event]
) -> Result:
    """Everything that follows from a command's events, in the order of its causes."""
    made = list(events)
    state, dripped = _hub(world, before, state, made)
    made += dripped
    state, reacted = _reactions(world, before, state, made)
    made += reacted
    state, seen = recognise_complications(world, state, made)
    made += seen
    return state, made


def _hub(world: CaseContext, before: ProcedureState, state: ProcedureState, events: list[e.Event]) -> Result:
    """The first drop at a hub that is left open, without a syringe on it."""
    needle, now = state.needle.pose, state.needle
    if needle is None or needle.stylet_in:
        if now.open_since_ms is not None:
            state = replace(state, needle=replace(now, open_since_ms=None, dripped=False))
        return state, []
    place = None if before.needle.pose is None else before.needle.pose.tip_mm
    syringe = any(isinstance(x, e.Aspirated | e.ResistanceTested | e.MaterialInjected) for x in events)
    if now.open_since_ms is None or place != needle.tip_mm or syringe:
        return replace(state, needle=replace(now, open_since_ms=state.elapsed_ms, dripped=False)), []
    fluid = draining_fluid(world, state)
    if now.dripped or fluid == "nothing":
        return state, []
    spec, viscosity = NEEDLES[state.needle.name], BLOOD_MPA_S if fluid == "blood" else CSF_MPA_S
    pressure = driving_pressure_cmh2o(world, state)
    if state.elapsed_ms - now.open_since_ms < 1000.0 * first_drop_s(spec, pressure, viscosity):
        return state, []
    flow = flow_ml_per_s(spec, pressure, viscosity)
    event = e.HubDripped(at_ms=state.elapsed_ms, fluid=fluid, flow_ml_per_s=flow)
    return replace(state, needle=replace(now, dripped=True)), [event]


def name_moment(event: e.Event) -> Moment | None:
    """The moment that an event is for what is scripted or drawn."""
    match event:
        case e.SkinPunctured():
            return "skin puncture"
        case e.BoneContacted():
            return "bone contact"
        case e.DuraTouched():
            return "dura contact"
        case e.BloodDrawn() | e.ArmLineFailed():
            return "blood drawn"
        case e.MaterialInjected(material="contrast"):
            return "contrast injected"
        case e.MaterialInjected():
            return "blood injected"
        case _:
            return None


def _reactions(world: CaseContext, before: ProcedureState, state: ProcedureState, events: list[e.Event]) -> Result:
    """Reactions that go on, end, get worse or begin."""
    made: list[e.Event] = []
    state, ended = _course(world, state)
    made += ended
    came = [m for m in dict.fromkeys(name_moment(event) for event in events) if m is not None]
    fresh = [moment for moment in came if moment not in state.patient.happened]
    if fresh:
        state = replace(state, patient=replace(state.patient, happened=(*state.patient.happened, *fresh)))
    for ordinal, script in enumerate(world.settings.script):
        kind = script.kind
        if kind == "arm line fails" or kind == "arm line clots":
            continue
        if not is_due(script, ordinal, world, before, state, fresh, events):
            continue
        state = replace(state, patient=replace(state.patient, happened=(*state.patient.happened, f"script {ordinal}")))
        made.append(e.ScriptCame(at_ms=state.elapsed_ms, ordinal=ordinal, kind=kind))
        if kind == "jerk":
            state, more = scripted_jerk(world, state, ordinal)
        else:
            state, more = _begin(world, state, PatientReaction(kind), "scripted")
        made += more
    for chance in CHANCES:
        if chance.moment in fresh and not world.is_still:
            rng = generator(world.root_seed, Stream.REACTION, chance.ordinal)
            if rng.random() < chance.rate:
                state, more = _begin(world, state, chance.reaction, chance.moment)
                made += more
    return state, made


def _begin(world: CaseContext, state: ProcedureState, reaction: PatientReaction, cause: str) -> Result:
    if state.patient.reaction is not None:
        return state, []
    now = replace(state.patient, reaction=reaction, reaction_ms=state.elapsed_ms, helped_ms=None)
    state = replace(state, patient=now)
    helps = REACTION_PROFILES[reaction].helps
    began = e.ReactionBegan(at_ms=state.elapsed_ms, reaction=reaction, cause=cause, helps=helps)
    return state, [began, say(world, state, REACTION_SENSATIONS[reaction])]


def _course(world: CaseContext, state: ProcedureState) -> Result:
    """What time makes of a reaction: with help it passes, without it lasts longer or gets worse."""
    now = state.patient
    if now.reaction is None:
        return state, []
    profile = REACTION_PROFILES[now.reaction]
    if now.helped_ms is not None:
        if state.elapsed_ms - now.helped_ms < profile.helped_ms:
            return state, []
        ended = e.ReactionEnded(at_ms=state.elapsed_ms, reaction=now.reaction, helped=True)
        state = replace(state, patient=replace(now, reaction=None, helped_ms=None))
        return state, [ended, say(world, state, Sensation.NOTHING)]
    if state.elapsed_ms - now.reaction_ms < profile.alone_ms:
        return state, []
    ended = e.ReactionEnded(at_ms=state.elapsed_ms, reaction=now.reaction, helped=False)
    state = replace(state, patient=replace(now, reaction=None))
    if profile.becomes is None:
        return state, [ended, say(world, state, Sensation.NOTHING)]
    state, worse = _begin(world, state, profile.becomes, f"{now.reaction} that was not treated")
    return state, [ended, *worse]
