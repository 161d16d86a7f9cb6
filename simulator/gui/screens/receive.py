"""Receive: what a message of the engine worker changes in the window, and to which screen it leads."""

from __future__ import annotations

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.context.session_state import DoneCommand
from simulator.gui.engine_worker.messages import (
    CommandDone,
    DebriefReady,
    NoticeGiven,
    OtherEndReady,
    ProcedureOpened,
    ReportWritten,
    ScoutReady,
    SlicesReady,
    WorkerMessage,
    WorkProgressed,
)
from simulator.gui.input.exam_clock import set_exam_clock
from simulator.gui.input.lesson_pages import opens_with_lesson
from simulator.interface import commands as c
from simulator.interface.view import View
from simulator.vocabulary.procedure import Phase

SHOW_THE_PATIENT = (ScreenName.GUIDANCE, ScreenName.INJECTION)
"""Screens on which the patient's words stand anyway."""


def receive(context: AppContext, message: WorkerMessage) -> None:
    """Take in one message, but for failures, which are the window's own matter."""
    if isinstance(message, ProcedureOpened):
        _opened(context, message)
    elif isinstance(message, CommandDone):
        _done(context, message)
    elif isinstance(message, SlicesReady):
        context.perceived.keep(message.number, message.indices, message.frame)
    elif isinstance(message, ScoutReady):
        context.perceived.keep_scout(message.number, message.radiograph)
    elif isinstance(message, WorkProgressed):
        context.notices.progress = None if message.fraction >= 1.0 else (message.what, message.fraction)
    elif isinstance(message, DebriefReady):
        context.session.debrief, context.teaching.withheld = message.debrief, message.debrief is None
    elif isinstance(message, OtherEndReady):
        _other_end(context, message)
    elif isinstance(message, ReportWritten):
        context.session.report_path = message.path
        context.notices.progress = None
    elif isinstance(message, NoticeGiven):
        context.notices.say(message.text)


def first_screen(view: View) -> ScreenName:
    """Where a procedure goes on."""
    if view.phase == Phase.CLOSED:
        return ScreenName.DEBRIEF
    if view.needle is not None:
        return ScreenName.INJECTION if view.injection.injected_blood_ml > 0 else ScreenName.GUIDANCE
    if view.console.acquired:
        return ScreenName.READING
    return ScreenName.LESSON if opens_with_lesson(view) else ScreenName.BRIEFING


def _other_end(context: AppContext, message: OtherEndReady) -> None:
    if message.number == context.session.other_end_of:
        context.session.other_end_of = None
    if message.other_end is not None:
        context.session.other_end = message.other_end


def _opened(context: AppContext, message: ProcedureOpened) -> None:
    context.notices.progress = None
    for command, view in message.past:
        context.perceived.history.take(command, view)
        if isinstance(command, c.LookAt):
            context.perceived.gaze.note_earlier(command)
        if command is not None:
            context.session.done.append(DoneCommand.seen(command, view))
    context.session.branch = message.branch
    if context.perceived.examined:
        context.teaching.guided, context.teaching.tutorial = False, None
    if context.session.assisted:  # the cards are of a whole procedure
        context.teaching.tutorial = None
    context.session.resumed = message.resumed
    set_exam_clock(context, message.used_s)
    for entry in message.view.console.acquired:
        context.perceived.ask_for(entry)
    for scout in message.view.console.scouts:
        context.perceived.ask_for_scout(scout)


def _done(context: AppContext, message: CommandDone) -> None:
    before = context.perceived.history.view
    context.perceived.history.take(message.command, message.view)
    context.session.done.append(DoneCommand.seen(message.command, message.view))
    if before is not None:
        for entry in message.view.console.acquired[len(before.console.acquired) :]:
            context.perceived.ask_for(entry)
        for scout in message.view.console.scouts[len(before.console.scouts) :]:
            context.perceived.ask_for_scout(scout)
    if message.view.refused:
        context.held.kept.clear()  # what was typed after it was meant for another outcome
        context.notices.say(message.view.refused)
        return
    if isinstance(message.command, c.AskPatient) and context.display.showing not in SHOW_THE_PATIENT:
        context.notices.say(f"“{message.view.patient.words}”", warns=False)
    _follow(context, message.command)


def _follow(context: AppContext, command: c.Command) -> None:
    """Some commands lead to another screen."""
    if isinstance(command, c.PlaceNeedle):
        context.doors.show(ScreenName.GUIDANCE)
    elif isinstance(command, c.AcquireMyelogram | c.AcquirePlanningScan | c.AcquireControlScan):
        context.doors.show(ScreenName.READING)
    elif isinstance(command, c.AcquireScout):
        context.doors.show(ScreenName.SCOUT)
    elif isinstance(command, c.Finish):
        context.worker.finish()
        context.doors.show(ScreenName.DEBRIEF)
