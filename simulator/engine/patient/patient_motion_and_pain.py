"""Living: where the patient lies now, what hurts, and what they do and say of it."""

from __future__ import annotations

from dataclasses import replace

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.state import ProcedureState
from simulator.engine.streams import Stream, generator
from simulator.needle.insertion import Push
from simulator.patient.anaesthesia import remaining_pain_fraction
from simulator.patient.movement import (
    JERK_AT_BONE,
    JERK_AT_ROOT,
    JERK_IN_TISSUE,
    JERK_S,
    LONGEST_HOLD_S,
    breathed_mm,
    held_mm,
    jerk_mm,
    shift_since_planning_mm,
    sized_jerk_mm,
    stays_mm,
)
from simulator.patient.sensation import PAIN_OF_TOUCH, radicular_words, words_in
from simulator.spatial.frames import AT_REST, PatientDisplacement
from simulator.vocabulary.patient import Sensation
from simulator.vocabulary.procedure import Touch

_JERKS_IN = (
    Label.MUSCLE,
    Label.LIGAMENT,
    Label.INTERSPINOUS_LIGAMENT,
    Label.SUPRASPINOUS_LIGAMENT,
    Label.LIGAMENTUM_FLAVUM,
)


def displace_since_planning(world: CaseContext, state: ProcedureState) -> ProcedureState:
    """The patient has moved a little between the planning scan and the needle; exact hands know no shift."""
    if state.patient.displaced:
        return state
    shift = AT_REST
    if world.settings.hands.name != "exact" and state.imaging.planning_scans > 0:
        shift = shift_since_planning_mm(generator(world.root_seed, Stream.PATIENT, 0))
    return replace(state, patient=replace(state.patient, displaced=True, displacement_mm=shift))


def patient_displacement_mm(world: CaseContext, state: ProcedureState) -> PatientDisplacement:
    """PatientDisplacement of the patient under the beam at this moment: since planning, by breath, by a jerk."""
    x, y, z = state.patient.displacement_mm
    if world.is_still:
        return state.patient.displacement_mm
    now = state.patient
    if state.elapsed_ms < now.jerk_until_ms:
        x, y, z = x + now.jerk_mm[0], y + now.jerk_mm[1], z + now.jerk_mm[2]
    held_s = 0.0 if state.imaging.pedal is None else (state.elapsed_ms - state.imaging.pedal.pressed_ms) / 1000.0
    if now.breath_held and held_s < LONGEST_HOLD_S:
        y += held_mm(generator(world.root_seed, Stream.BREATH, state.counters.acquisitions))
    else:
        y += breathed_mm(world.breathing, state.elapsed_ms / 1000.0)
    return PatientDisplacement(round(x, 3), round(y, 3), round(z, 3))


def pain_fraction_at_tip(world: CaseContext, state: ProcedureState) -> float:
    """Share of a pain that is felt at the tip, by the local anaesthetic there."""
    if state.needle.pose is None:
        return 1.0
    x, _, z = state.needle.pose.tip_mm
    return remaining_pain_fraction(state.patient.depots, x, z, state.needle.pose.inserted_mm, state.elapsed_ms)


def feel_push(world: CaseContext, state: ProcedureState, made: Push, *, punctured: bool) -> tuple[Sensation, float]:
    """What a push is felt as, and how bad the pain is, 0-10."""
    touched = {touch for _, touch in made.touches}
    share = pain_fraction_at_tip(world, state)
    worst: tuple[Sensation, float] = (Sensation.NOTHING, 0.0)
    candidates: list[tuple[Sensation, str]] = []
    if made.samples:
        candidates.append((Sensation.PRESSURE, "tissue"))
    if punctured:
        candidates.append((Sensation.SKIN_PRICK, "skin"))
    if touched & {Touch.DURA, Touch.DURAL_PUNCTURE}:
        candidates.append((Sensation.PRESSURE, "dura"))
    if Touch.BONE in touched:
        candidates.append((Sensation.BONE_PAIN, "bone"))
    if Touch.ROOT in touched:
        candidates.append((Sensation.RADICULAR_PAIN, "root"))
    if Touch.CORD in touched:
        candidates.append((Sensation.RADICULAR_PAIN, "cord"))
    for feeling, touch in candidates:
        pain = PAIN_OF_TOUCH[touch] * share
        if pain > worst[1]:
            worst = (feeling, pain)
    return worst


def say(world: CaseContext, state: ProcedureState, feeling: Sensation, *, asked: bool = False) -> e.PatientSpoke:
    """The patient's words; a root's pain with its side and level."""
    words, side, level = words_in(world.settings.region, feeling), None, None
    if feeling is Sensation.RADICULAR_PAIN and state.needle.pose is not None:
        tip = state.needle.pose.tip_mm
        side = "left" if tip[0] > world.midline_x_mm(tip[2]) else "right"
        level = world.phantom.anatomy.level(tip)
        words = radicular_words(level, side)
    return e.PatientSpoke(at_ms=state.elapsed_ms, feeling=feeling, words=words, asked=asked, side=side, level=level)


def jerk_after(world: CaseContext, state: ProcedureState, made: Push) -> tuple[ProcedureState, list[e.Event]]:
    """Whether a push makes the patient jerk."""
    if world.is_still:
        return state, []
    touched = {touch for _, touch in made.touches}
    probability, cause = 0.0, ""
    if made.samples and made.samples[-1].label in _JERKS_IN:
        probability, cause = JERK_IN_TISSUE, "the needle in muscle or ligament"
    if Touch.BONE in touched:
        probability, cause = JERK_AT_BONE, "the needle at the periosteum"
    if touched & {Touch.ROOT, Touch.CORD}:
        probability, cause = JERK_AT_ROOT, "the needle at a root"
    rng = generator(world.root_seed, Stream.JERK, state.counters.steps)
    jerk = jerk_mm(rng, probability * pain_fraction_at_tip(world, state))
    return (state, []) if jerk is None else apply_jerk(state, jerk, cause)


def scripted_jerk(world: CaseContext, state: ProcedureState, ordinal: int) -> tuple[ProcedureState, list[e.Event]]:
    """A jerk that a scenario asks for."""
    rng = generator(world.root_seed, Stream.REACTION, 100 + ordinal)
    return apply_jerk(state, sized_jerk_mm(rng), "scripted")


def apply_jerk(state: ProcedureState, jerk: PatientDisplacement, cause: str) -> tuple[ProcedureState, list[e.Event]]:
    """The patient moves for a second and comes to lie a little elsewhere; the needle goes along."""
    stays = stays_mm(jerk)
    now = replace(
        state.patient,
        jerk_mm=_sum(jerk, stays, -1.0),
        jerk_until_ms=state.elapsed_ms + round(1000 * JERK_S),
        displacement_mm=_sum(state.patient.displacement_mm, stays),
    )
    state = replace(state, patient=now)
    event = e.PatientMoved(at_ms=state.elapsed_ms, jerk_mm=jerk, stays_mm=stays, cause=cause)
    return state, [event]


def _sum(a: PatientDisplacement, b: PatientDisplacement, times: float = 1.0) -> PatientDisplacement:
    return PatientDisplacement(
        round(a[0] + times * b[0], 3), round(a[1] + times * b[1], 3), round(a[2] + times * b[2], 3)
    )
