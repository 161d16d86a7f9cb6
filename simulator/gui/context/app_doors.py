"""App doors: the ways out of a screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from simulator.gui.engine_worker.procedure import Opening


class ScreenName(StrEnum):
    """A screen of the window."""

    START = "start"
    LOADING = "loading"
    BRIEFING = "briefing"
    READING = "reading"
    SCOUT = "scout"
    GUIDANCE = "guidance"
    INJECTION = "injection"
    DEBRIEF = "debrief"
    HELP = "help"
    MENU = "menu"
    STOP = "stop"
    TELL = "tell"
    QUESTION = "question"
    LESSON = "lesson"
    CHECKLIST = "checklist"
    DRILL = "drill"
    REWIND = "rewind"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppDoors:
    """Where the app goes when a screen asks for it.

    Attributes:
        show: goes to another screen
        close_overlay: goes back to the screen below menu or help
        begin, go_to_start: leave this patient, for another one or for the first screen
        practise: leaves this session for one that is branched off it
        turn_language: prints in the next language
    """

    show: Callable[[ScreenName], None]
    close_overlay: Callable[[], None]
    begin: Callable[[Opening], None] | None = None
    practise: Callable[[Opening], None] | None = None
    go_to_start: Callable[[], None] | None = None
    turn_language: Callable[[], None] | None = None
