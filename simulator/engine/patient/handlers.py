"""The patient's steps: lay down, numb, ask, help."""

from __future__ import annotations

from dataclasses import replace

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.injection.advance_patch_to_now import advance_patch_to_now
from simulator.engine.patient.patient_motion_and_pain import say
from simulator.engine.preparation.steps import note_step
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result, handles
from simulator.engine.state import ProcedureState
from simulator.engine.streams import Stream, generator
from simulator.interface import commands as c
from simulator.patient.anaesthesia import ACROSS_MM, FIELD_ACROSS_MM, Depot, anaesthetic_depth_mm
from simulator.patient.reactions import LINE_CLOTS_RATE, LINE_FAILS_RATE, LINE_HELPS, MEASURE_MS, REACTION_PROFILES
from simulator.patient.sensation import REACTION_SENSATIONS, TELLS_WHEN_ASKED
from simulator.vocabulary.patient import ArmLine, Sensation
from simulator.vocabulary.patient_facts import LEGS_AS_BEFORE, LEGS_NUMB, Question


@handles(c.PositionPatient)
def _position(world: CaseContext, state: ProcedureState, command: c.PositionPatient) -> Result:
    if state.needle.in_skin:
        raise RefusalError("the needle is in the patient: withdraw it before you move them")
    if not command.prone:
        raise RefusalError("this patient's phantom lies prone; only the prone position is modelled")
    state = replace(state, patient=replace(state.patient, breath_held=command.breath_hold))
    return note_step(state, "patient positioned")


@handles(c.InjectLocalAnaesthetic)
def _anaesthetic(world: CaseContext, state: ProcedureState, command: c.InjectLocalAnaesthetic) -> Result:
    """About the needle where one is placed, else a field about the midline under the laser."""
    z_mm = world.table_transform(state.patient.displacement_mm).patient_z_mm(state.imaging.table_mm)
    x_mm, across_mm = world.midline_x_mm(z_mm), FIELD_ACROSS_MM
    if state.needle.pose is not None:
        (x_mm, _, z_mm), across_mm = state.needle.pose.track_mm[0], ACROSS_MM
    depth_mm = anaesthetic_depth_mm(float(command.volume_ml))
    depot = Depot(x_mm=x_mm, z_mm=z_mm, across_mm=across_mm, depth_mm=depth_mm, at_ms=state.elapsed_ms)
    state = replace(state, patient=replace(state.patient, depots=(*state.patient.depots, depot)))
    state, events = note_step(state, "local anaesthetic")
    given = e.AnaestheticGiven(
        at_ms=state.elapsed_ms, volume_ml=float(command.volume_ml), x_mm=x_mm, z_mm=z_mm, depth_mm=depth_mm
    )
    return state, [*events, given]


@handles(c.AskPatient)
def _ask(world: CaseContext, state: ProcedureState, command: c.AskPatient) -> Result:
    state = advance_patch_to_now(world, state)
    if command.about is Question.LEGS_AND_BLADDER:
        return state, [answer_about_legs(state)]
    feeling = state.patient.feeling
    if state.patient.reaction is not None:
        feeling = REACTION_SENSATIONS[state.patient.reaction]
    elif feeling is Sensation.NOTHING and state.patient.pain >= TELLS_WHEN_ASKED:
        feeling = Sensation.PRESSURE
    return state, [say(world, state, feeling, asked=True)]


def answer_about_legs(state: ProcedureState) -> e.PatientSpoke:
    """What the patient says of legs and bladder: roots that an injection has pressed are numb."""
    words = LEGS_NUMB if state.injection.nerves_suffered else LEGS_AS_BEFORE
    return e.PatientSpoke(
        at_ms=state.elapsed_ms, feeling=Sensation.NOTHING, words=words, asked=True, about=Question.LEGS_AND_BLADDER
    )


@handles(c.LayArmLine)
def _lay_arm_line(world: CaseContext, state: ProcedureState, command: c.LayArmLine) -> Result:
    state, _ = note_step(state, "arm line")
    return state, [e.ArmLineLaid(at_ms=state.elapsed_ms)]


@handles(c.GiveAid)
def _aid(world: CaseContext, state: ProcedureState, command: c.GiveAid) -> Result:
    now, measure = state.patient, command.measure
    state = replace(state, elapsed_ms=state.elapsed_ms + MEASURE_MS[measure])
    helped = False
    if now.reaction is not None and REACTION_PROFILES[now.reaction].helps == measure and now.helped_ms is None:
        now, helped = replace(now, helped_ms=state.elapsed_ms), True
    elif now.line is not None and now.line in LINE_HELPS and measure in (LINE_HELPS[now.line], "new arm line"):
        now, helped = replace(now, line=ArmLine.OPEN), True
    return replace(state, patient=now), [e.AidGiven(at_ms=state.elapsed_ms, measure=measure, helped=helped)]


def arm_line(world: CaseContext, state: ProcedureState) -> tuple[ProcedureState, e.ArmLineFailed | None]:
    """How the arm's cannula is when somebody draws from it; scripted or drawn once."""
    line = state.patient.line
    if line is None:
        line = _first_line(world)
        state = replace(state, patient=replace(state.patient, line=line))
    if line is ArmLine.OPEN:
        return state, None
    return state, e.ArmLineFailed(at_ms=state.elapsed_ms, line=line, helps=LINE_HELPS[line])


def _first_line(world: CaseContext) -> ArmLine:
    kinds = {script.kind for script in world.settings.script}
    if "arm line fails" in kinds:
        return ArmLine.FAILED
    if "arm line clots" in kinds:
        return ArmLine.CLOTTED
    if world.is_still:
        return ArmLine.OPEN
    drawn = generator(world.root_seed, Stream.REACTION, 2).random()
    if drawn < LINE_FAILS_RATE:
        return ArmLine.FAILED
    return ArmLine.CLOTTED if drawn < LINE_FAILS_RATE + LINE_CLOTS_RATE else ArmLine.OPEN
