"""Exam clock: an examination's minutes run on the wall from the start of its record, and end it when they are over.

They go on while the window is closed: whoever leaves an examination and resumes it has as much less.
"""

from __future__ import annotations

import time

from simulator.gui.context.app_context import AppContext
from simulator.gui.input.scan_run import stop_scan
from simulator.interface import commands as c
from simulator.vocabulary.procedure import Phase

OVER = "The time of the examination is over: it ends as it stands."


def set_exam_clock(context: AppContext, used_s: float) -> None:
    """Begin to count, where the case is an examination with a limit, is not over, and is no practice.

    Args:
        used_s: of the time, before the window was opened
    """
    view = context.perceived.view
    terms = view.case.teaching.exam
    if terms is None or terms.minutes is None or view.phase == Phase.CLOSED or context.session.assisted:
        return
    context.teaching.exam_ends_s = time.monotonic() + 60.0 * terms.minutes - used_s


def exam_left_s(context: AppContext) -> float | None:
    """What is left of an examination's time, s; None where none runs."""
    if context.teaching.exam_ends_s is None or context.perceived.view.phase == Phase.CLOSED:
        return None
    return max(context.teaching.exam_ends_s - time.monotonic(), 0.0)


def end_exam(context: AppContext) -> None:
    """End the examination as it stands; a scan that runs stops with the dose of the part that was done."""
    context.teaching.exam_ends_s = None
    if context.held.scan_run is not None:
        stop_scan(context)
    context.held.kept.clear()
    context.send(c.Finish())
    context.notices.say(OVER)
