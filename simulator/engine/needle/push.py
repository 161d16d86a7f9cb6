"""The push: what the hand intends, what tissue lets it, what is met on the way, and what the patient says of it."""

from __future__ import annotations

from dataclasses import replace

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.needle.bevel import locate_opening
from simulator.engine.needle.moves import standing_needle, tell_move
from simulator.engine.patient.complications import book_push, book_vein
from simulator.engine.patient.patient_motion_and_pain import feel_push, jerk_after, say
from simulator.engine.registry import Result, handles
from simulator.engine.state import ProcedureState
from simulator.engine.streams import Stream, generator
from simulator.interface import commands as c
from simulator.needle.dural_puncture import tenting_limit_mm
from simulator.needle.insertion import (
    Push,
    push,
)
from simulator.needle.needle_catalogue import (
    NEEDLES,
)
from simulator.patient.dural_hole import DuralHole
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.patient import Sensation
from simulator.vocabulary.procedure import Touch


@handles(c.Advance)
def _advance(world: CaseContext, state: ProcedureState, command: c.Advance) -> Result:
    pose = standing_needle(state)
    anatomy, spec = world.phantom.anatomy, NEEDLES[state.needle.name]
    ordinal = state.counters.steps
    miss = generator(world.hands_root, Stream.HANDS_STEP, ordinal).standard_normal()
    share = max(1.0 + world.settings.hands.step_share * float(miss), 0.5)
    slack = world.phantom.leak.hole_mm is not None
    contact = state.counters.dura_contacts - (1 if state.needle.dura.touched else 0)  # a contact keeps its limit
    limit = tenting_limit_mm(generator(world.root_seed, Stream.TENTING, contact), slack)
    made = push(anatomy, spec, pose, state.needle.dura, round(command.distance_mm * share, 4), limit)
    events: list[e.Event] = []
    punctures = before_punctures = state.needle.skin_punctures
    if not state.needle.in_skin and made.moved_mm > 0.0:
        punctures += 1
        events.append(e.SkinPunctured(at_ms=state.elapsed_ms, entry_mm=pose.tip_mm))
    contacts = sum(touch == "dura" for _, touch in made.touches)
    was_in_vein = _in_vessel(world, state)
    state = replace(
        state,
        needle=replace(
            state.needle,
            pose=made.pose,
            dura=made.dura,
            in_skin=state.needle.in_skin or made.moved_mm > 0.0,
            skin_punctures=punctures,
            dural_holes=(*state.needle.dural_holes, *_holes(state, made)),
        ),
        counters=replace(
            state.counters,
            steps=ordinal + 1,
            dura_contacts=state.counters.dura_contacts + contacts,
        ),
    )
    events.append(tell_move(world, state, command.distance_mm, made.samples, made.moved_mm, made))
    events += _met(world, state, made)
    harm = book_push(world, state, made, command.distance_mm)
    opening = locate_opening(world, state)
    if opening.compartment == "vessel" and not was_in_vein and not any(x.kind == "vessel_puncture" for x in harm):
        harm += book_vein(world, state, opening, command.distance_mm)
    events += harm
    state, said = _sensed(world, state, made, punctured=bool(punctures - before_punctures))
    if any(x.kind == "pleural_puncture" for x in harm):
        said.append(say(world, state, Sensation.COUGH))
    state, jerk = jerk_after(world, state, made)
    state = replace(state, needle=replace(state.needle, rests_since_ms=state.elapsed_ms))
    return state, [*events, *said, *jerk]


def _in_vessel(world: CaseContext, state: ProcedureState) -> bool:
    return state.needle.in_skin and locate_opening(world, state).compartment == "vessel"


def _met(world: CaseContext, state: ProcedureState, made: Push) -> list[e.Event]:
    events: list[e.Event] = []
    for index, touch in made.touches:
        tip = _tip_at(made, index)
        if touch == "dura":
            events.append(e.DuraTouched(at_ms=state.elapsed_ms, tip_mm=tip))
        elif touch == "bone":
            events.append(e.BoneContacted(at_ms=state.elapsed_ms, tip_mm=tip))
    return events


def _holes(state: ProcedureState, made: Push) -> list[DuralHole]:
    """Holes that a push left in the dura."""
    gave = [index for index, touch in made.touches if touch is Touch.DURAL_PUNCTURE]
    return [DuralHole(at_mm=_tip_at(made, index), needle=state.needle.name) for index in gave]


def _tip_at(made: Push, index: int) -> PatientPoint:
    """Where the tip was at a step of a push; at its end where it made no step."""
    return made.samples[min(index, len(made.samples) - 1)].tip_mm if made.samples else made.pose.tip_mm


def _sensed(
    world: CaseContext, state: ProcedureState, made: Push, *, punctured: bool
) -> tuple[ProcedureState, list[e.Event]]:
    """What the patient feels of a push, and says unasked when it is worse than they bear in silence."""
    feeling, pain = feel_push(world, state, made, punctured=punctured)
    state = replace(state, patient=replace(state.patient, pain=round(pain, 3)))
    if pain < world.speaks_above:
        return state, []
    state = replace(state, patient=replace(state.patient, feeling=feeling))
    return state, [say(world, state, feeling)]
