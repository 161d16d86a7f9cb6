"""App context: what all screens share, in parts, and nothing that belongs to one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.gui.context.app_doors import AppDoors, ScreenName
from simulator.gui.context.display import Display
from simulator.gui.context.held_input import HeldInput
from simulator.gui.context.notices import Notices
from simulator.gui.context.perceived import Perceived
from simulator.gui.context.session_state import SessionState
from simulator.gui.context.teaching_state import LessonPart, LessonState, TeachingState
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.sound.room_sound import RoomSound
from simulator.interface.commands import Command, Finish


@dataclass(slots=True, kw_only=True)
class AppContext:
    """The window's surroundings.

    Attributes:
        worker: the engine behind the window
        doors: the ways to other screens and other patients
        display: the window's size and type, and how pictures are shown
        perceived: what has come from the engine
        notices: what is said to the trainee, and asked
        held: inputs that wait, and those that last
        session: how this session began and ended, and what was carried out
        teaching: tutorial, lesson, drill and examination
        sound: tone of the beam and the patient's words, off at first
    """

    worker: EngineWorker
    doors: AppDoors
    display: Display
    session: SessionState = field(default_factory=SessionState)
    teaching: TeachingState = field(default_factory=TeachingState)
    sound: RoomSound = field(default_factory=RoomSound)
    notices: Notices = field(default_factory=Notices)
    held: HeldInput = field(default_factory=HeldInput)
    perceived: Perceived = field(init=False)

    def __post_init__(self) -> None:
        self.perceived = Perceived(self.worker)

    def open_lesson(self, part: LessonPart, ends_with: Finish | None = None) -> None:
        """Show the first page of a part of the lesson; before the procedure's end, `ends_with` is what ends it."""
        self.teaching.lesson = LessonState(part=part, ends_with=ends_with or Finish())
        self.doors.show(ScreenName.LESSON)

    def send(self, command: Command) -> None:
        """Send a command."""
        self.notices.hush()
        self.session.resumed = 0
        self.worker.send(command)

    def sends(self, make: Callable[[], Command]) -> Callable[[], None]:
        """What sends a command that is made when it is needed."""
        return lambda: self.send(make())

    @property
    def busy(self) -> bool:
        """Whether a command is carried out, a scan's beam is on, or the picture of the last press is being computed."""
        return self.worker.pending > 0 or self.perceived.awaiting_press() or self.held.scan_run is not None

    def drop(self, words: str) -> None:
        """Say that an input was dropped because something was being computed."""
        self.notices.dropped = words
        what = (
            "the picture is being computed"
            if self.perceived.awaiting_press()
            else "the last command is being carried out"
        )
        if self.held.scan_run is not None:
            what = "a scan runs"
        self.notices.say(f"Not done: {words}; {what}. Try again when it is there.")
