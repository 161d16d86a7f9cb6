"""Preparation: everything before the needle, and what comes after the patch."""

from __future__ import annotations

from dataclasses import asdict, replace

from simulator.ct.scanner_model import scanner_model
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.beam import beam_off
from simulator.engine.imaging.table import find_level_table_mm, level_height_mm, move_table_to
from simulator.engine.injection.advance_patch_to_now import advance_patch_to_now
from simulator.engine.patient.outcome_at_the_end import finished_event
from simulator.engine.preparation.skin_grid import stick_on
from simulator.engine.preparation.steps import note_step
from simulator.engine.refusal import RefusalError
from simulator.engine.registry import Result, handles
from simulator.engine.settings import ImagingSettings
from simulator.engine.state import ProcedureState
from simulator.interface import commands as c
from simulator.interface.exposure import ExposureSettings
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.needles import NeedleKind
from simulator.vocabulary.patient_facts import CHECKED_BY, TimeOutItem

LONGEST_ANSWER = 200  # characters


@handles(c.TimeOut)
def _time_out(world: CaseContext, state: ProcedureState, command: c.TimeOut) -> Result:
    checked = tuple(item for item in TimeOutItem if getattr(command, item.replace(" ", "_")))
    if not checked:
        raise RefusalError("a time-out that checks nothing is none")
    facts = tuple(one.fact for one in world.settings.facts if CHECKED_BY[one.fact.kind] in checked)
    read = tuple(dict.fromkeys((*state.preparation.facts_read, *facts)))
    state = replace(state, preparation=replace(state.preparation, facts_read=read))
    held = e.TimeOutHeld(at_ms=state.elapsed_ms, checked=checked, facts=tuple(fact.words for fact in facts))
    if len(checked) < len(TimeOutItem):
        return state, [held]
    state, events = note_step(state, "time-out")
    return state, [*events, held]


@handles(c.TellPatient)
def _tell(world: CaseContext, state: ProcedureState, command: c.TellPatient) -> Result:
    return state, [e.PatientTold(at_ms=state.elapsed_ms, of=command.of)]


@handles(c.AnswerQuestion)
def _answer(world: CaseContext, state: ProcedureState, command: c.AnswerQuestion) -> Result:
    asked = world.settings.teaching.questions
    if command.question > len(asked):
        raise RefusalError(f"this case has {len(asked)} questions")
    if not 0 < len(command.answer) <= LONGEST_ANSWER:
        raise RefusalError(f"an answer has 1 to {LONGEST_ANSWER} characters")
    return state, [e.QuestionAnswered(at_ms=state.elapsed_ms, question=command.question, answer=command.answer)]


@handles(c.TickChecklist)
def _tick(world: CaseContext, state: ProcedureState, command: c.TickChecklist) -> Result:
    lines = world.settings.teaching.checklist
    if command.item > len(lines):
        raise RefusalError(f"the checklist of this case has {len(lines)} lines")
    return state, [e.ChecklistTicked(at_ms=state.elapsed_ms, item=command.item, done=command.done)]


@handles(c.ChooseTechnique)
def _technique(world: CaseContext, state: ProcedureState, command: c.ChooseTechnique) -> Result:
    if state.imaging.pedal is not None:
        raise RefusalError("the technique is locked while the beam is on")
    given = {name: value for name, value in asdict(command).items() if value is not None}
    chosen = replace(state.imaging.settings, **given)
    chosen = replace(chosen, tube_current_ma=float(chosen.tube_current_ma), rotation_s=float(chosen.rotation_s))
    _refuse_what_is_not_offered(world.settings.imaging, chosen)
    event = e.TechniqueChosen(at_ms=state.elapsed_ms, settings=chosen)
    return replace(state, imaging=replace(state.imaging, settings=chosen)), [event]


def _refuse_what_is_not_offered(console: ImagingSettings, chosen: ExposureSettings) -> None:
    if chosen.tube_voltage_kv not in console.tube_voltages_kv:
        raise RefusalError(f"the console offers {list(console.tube_voltages_kv)} kV")
    low, high = min(console.tube_currents_ma), max(console.tube_currents_ma)
    if not low <= chosen.tube_current_ma <= high:
        raise RefusalError(f"the console offers {low:g} to {high:g} mA")
    quickest, slowest = scanner_model(console.scanner).rotation_s
    if not quickest <= chosen.rotation_s <= slowest:
        raise RefusalError(f"this scanner turns in {quickest:g} to {slowest:g} s")
    if chosen.scan_arc_deg not in console.scan_arcs_deg:
        offered = " or ".join(str(arc) for arc in console.scan_arcs_deg)
        raise RefusalError(f"the console offers a scan over {offered} degrees")
    if chosen.hand_protection and not console.offers_hand_protection:
        raise RefusalError("the console offers no hand protection")
    if chosen.metal_artefact_reduction and not console.offers_metal_artefact_reduction:
        raise RefusalError("the console offers no metal artefact reduction")


@handles(c.MarkLeak)
def _mark_leak(world: CaseContext, state: ProcedureState, command: c.MarkLeak) -> Result:
    level_height_mm(world, command.level)
    state, _ = note_step(state, "leak marked")
    return state, [e.LeakMarked(at_ms=state.elapsed_ms, level=command.level, side=command.side)]


@handles(c.PlaceSkinGrid)
def _skin_grid(world: CaseContext, state: ProcedureState, command: c.PlaceSkinGrid) -> Result:
    grid = stick_on(world, state.preparation.grid, level_height_mm(world, command.level))
    state, events = note_step(state, "skin grid")
    return replace(state, preparation=replace(state.preparation, grid=grid, grid_on_skin=True)), events


@handles(c.PlanPath)
def _plan_path(world: CaseContext, state: ProcedureState, command: c.PlanPath) -> Result:
    if state.imaging.planning_scans == 0 and state.counters.acquisitions == 0:
        raise RefusalError("there is no image to plan on: take a planning scan or press the pedal")
    state, _ = note_step(state, "path planned")
    event = e.PathPlanned(
        at_ms=state.elapsed_ms,
        approach=command.approach,
        side=command.side,
        entry_mm=TablePoint(*command.entry_mm),
        target_mm=TablePoint(*command.target_mm),
    )
    return state, [event]


@handles(c.MoveTable)
def _move_table(world: CaseContext, state: ProcedureState, command: c.MoveTable) -> Result:
    given = [name for name in ("to_mm", "by_mm", "level") if getattr(command, name) is not None]
    if len(given) != 1:
        raise RefusalError("give exactly one of to_mm, by_mm and level")
    if command.level is not None:
        table_mm = find_level_table_mm(world, command.level)
    elif command.to_mm is not None:
        table_mm = float(command.to_mm)
    else:
        table_mm = state.imaging.table_mm + float(command.by_mm or 0.0)
    return move_table_to(world, state, table_mm)


@handles(c.PrepareSkin)
def _prepare_skin(world: CaseContext, state: ProcedureState, command: c.PrepareSkin) -> Result:
    state = replace(state, preparation=replace(state.preparation, grid_on_skin=False))  # it is not sterile
    return note_step(state, "skin prepared")


@handles(c.ChooseNeedle)
def _choose_needle(world: CaseContext, state: ProcedureState, command: c.ChooseNeedle) -> Result:
    tray = world.settings.needle.tray
    if command.needle not in tray:
        raise RefusalError(f"there is no needle {command.needle!r}; the tray holds: {', '.join(tray)}")
    if state.needle.pose is not None:
        raise RefusalError("a needle is in place: withdraw it first")
    taken = NeedleKind(command.needle)
    state = replace(state, needle=replace(state.needle, name=taken))
    return state, [e.NeedleChosen(at_ms=state.elapsed_ms, needle=taken)]


@handles(c.StandAt)
def _stand(world: CaseContext, state: ProcedureState, command: c.StandAt) -> Result:
    state = replace(state, imaging=replace(state.imaging, stands_at=command.place))
    return state, [e.OperatorStood(at_ms=state.elapsed_ms, place=command.place)]


@handles(c.Wait)
def _wait(world: CaseContext, state: ProcedureState, command: c.Wait) -> Result:
    return state, []


@handles(c.OrderAftercare)
def _aftercare(world: CaseContext, state: ProcedureState, command: c.OrderAftercare) -> Result:
    if state.needle.in_skin:
        raise RefusalError("the needle is still in the patient: withdraw it first")
    event = e.AftercareOrdered(
        at_ms=state.elapsed_ms,
        flat_hours=float(command.flat_hours),
        head_down=command.head_down,
        advice=command.advice,
        next_day_call=command.next_day_call,
    )
    ordered = replace(state.preparation, aftercare_hours=float(command.flat_hours), head_down=command.head_down)
    return replace(state, preparation=ordered), [event]


@handles(c.Finish)
def _finish(world: CaseContext, state: ProcedureState, command: c.Finish) -> Result:
    state = advance_patch_to_now(world, state)
    event = replace(finished_event(world, state), stopped_for=command.stopped_for)
    state, off = beam_off(world, state, state.elapsed_ms)
    return replace(state, finished=True), [*off, event]
