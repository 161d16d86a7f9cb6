"""App context: what all screens share, and nothing that belongs to one of them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import pygame_gui

from simulator.gui.debrief_facts import DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import ENGLISH_CODE, Language
from simulator.gui.drawing.picture import Viewport
from simulator.gui.drawing.theme import Scale
from simulator.gui.drawing.typeface import Typeface
from simulator.gui.drawing.window_level import WINDOW_PRESETS, WindowLevel, round_to_hounsfield
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.engine_worker.procedure import Opening
from simulator.gui.engine_worker.start_desk import CaseCard
from simulator.gui.images.fluoroscopy_image import FluoroscopyImage
from simulator.gui.images.gaze import Gaze
from simulator.gui.images.level_count import LevelCount
from simulator.gui.images.scout_picture import ScoutPicture, scout_picture
from simulator.gui.images.volume import Volume
from simulator.gui.perceived_history import PerceivedHistory
from simulator.gui.sound.room_sound import RoomSound
from simulator.interface.commands import Command, Finish
from simulator.interface.console import Acquired, AcquiredScout
from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph
from simulator.interface.view import View
from simulator.vocabulary.procedure import AcquisitionPurpose, Phase

KEPT_PRESSES = 40
NOTICE_S = 12.0  # for how long a sentence stands, unless something is done before
START_OF_DAY_S = 14 * 3600  # the simulated clock on the wall begins at two in the afternoon


def first_press_viewport() -> Viewport:
    """What tiles show at first: the back and the canal."""
    return Viewport(down_mm=-46.0, shown_mm=136.0)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StartChoice:
    """What was chosen on the first screen.

    Attributes:
        learner: pseudonym; None for nobody by name
        tutorial: whether the card of the tutorial leads through it
    """

    card: CaseCard
    learner: str | None
    guided: bool = True
    tutorial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneCommand:
    """A command that was carried out.

    Attributes:
        presses: fluoroscopy images after it
        pedal_down: whether the beam was on after it
    """

    command: Command
    presses: int
    pedal_down: bool

    @classmethod
    def seen(cls, command: Command, view: View) -> DoneCommand:
        """A command with what was perceived after it."""
        made = sum(entry.purpose == AcquisitionPurpose.FLUOROSCOPY for entry in view.console.acquired)
        return cls(command=command, presses=made, pedal_down=view.console.pedal_down)


@dataclass(slots=True)
class TutorialState:
    """How far a learner has come in the tutorial.

    Attributes:
        step: index of the present step
        answer: index of the answer that was given to the present step's question; None before
        seen: what had been perceived when the step began, by name, so that it can be noticed that it was done
    """

    step: int = 0
    answer: int | None = None
    seen: dict[str, float] = field(default_factory=dict)


class LessonPart(StrEnum):
    """Which pages of a case's lesson are open."""

    BEFORE = "before"
    AFTER = "after"
    DEBRIEF = "debrief"


@dataclass(slots=True)
class LessonState:
    """Where a learner is in the lesson of a case.

    Attributes:
        page: index among the pages of the part
        typed: number that is being typed
        level, side: of an answer that is being given; "" while not chosen
        first_line: of the words that are shown
        ends_with: what ends the procedure once the questions before its end are answered
    """

    part: LessonPart = LessonPart.BEFORE
    page: int = 0
    typed: str = ""
    level: str = ""
    side: str = ""
    first_line: int = 0
    ends_with: Finish = field(default_factory=Finish)


class RunningScan(Protocol):
    """A scan whose beam is on."""

    @property
    def fraction(self) -> float:
        """What of it is done."""
        ...


@dataclass(slots=True)
class AppContext:
    """The window's surroundings.

    Attributes:
        size: of the window in pixels
        worker, history: the engine behind the window, and what has been perceived
        gaze: which slices stand before the trainee's eyes
        presses: fluoroscopy images by number
        volumes: scans by number
        scouts: by number, those that have come
        counting: levels that the trainee has labelled, and the range of the next scan
        press_window, scan_window: grey windows
        press_viewport: what part of the three tiles is looked at; they share it
        notice: one sentence for the trainee
        dropped: the input that was dropped last, in words, because something was being computed
        kept: inputs that wait until nothing is computed any more
        foot_down: whether the foot stands on the pedal, whatever the engine knows of it yet
        question, answered_yes: what is asked before something is done, and what is done on a yes
        scan_run: the scan whose beam is on, if one is
        progress: kind of long work that goes on, and the fraction of it that is done
        show: goes to another screen
        close_overlay: goes back to the screen below menu or help
        practise: leaves this session for one that is branched off it
        branch: opens this patient after the first of the commands that were carried out, `done`
        assisted: whether this session is such a branch
        begin, go_to_start: leave this patient, for another one or for the first screen
        sound: tone of the beam and the patient's words, off at first
        turn_language: prints in the next language
        showing: the screen that takes input
        chosen: what was chosen on the first screen, if anything
        guided: whether the next step is marked
        tutorial: how far the tutorial has come; None without one
        lesson: which page of the case's lesson is open
        drill_learner: whose rounds of the drill are kept; None for nobody by name
        withheld: whether score and truth of a finished examination wait for the teacher
        exam_ends_s: when an examination with a limit is over, on the monotonic clock; None without one
        language: in which the window prints
    """

    size: tuple[int, int]
    worker: EngineWorker
    show: Callable[[ScreenName], None]
    close_overlay: Callable[[], None]
    begin: Callable[[Opening], None] | None = None
    practise: Callable[[Opening], None] | None = None
    branch: Callable[[Sequence[Command]], Opening] | None = None
    assisted: bool = False
    done: list[DoneCommand] = field(default_factory=list)
    go_to_start: Callable[[], None] | None = None
    sound: RoomSound = field(default_factory=RoomSound)
    turn_language: Callable[[], None] | None = None
    history: PerceivedHistory = field(default_factory=PerceivedHistory)
    gaze: Gaze = field(default_factory=Gaze)
    presses: dict[int, FluoroscopyImage] = field(default_factory=dict)
    volumes: dict[int, Volume] = field(default_factory=dict)
    scouts: dict[int, ScoutPicture] = field(default_factory=dict)
    counting: LevelCount = field(default_factory=LevelCount)
    press_window: WindowLevel = WINDOW_PRESETS[0]
    scan_window: WindowLevel = WINDOW_PRESETS[3]
    press_viewport: Viewport = field(default_factory=first_press_viewport)
    showing: ScreenName = ScreenName.LOADING
    chosen: StartChoice | None = None
    guided: bool = True
    tutorial: TutorialState | None = None
    lesson: LessonState = field(default_factory=LessonState)
    drill_learner: str | None = None
    withheld: bool = False
    exam_ends_s: float | None = None
    language: str = ENGLISH_CODE
    notice: str = ""
    dropped: str = ""
    kept: deque[Callable[[], None]] = field(default_factory=deque)
    foot_down: bool = False
    scan_run: RunningScan | None = None
    question: str = ""
    answered_yes: Callable[[], None] | None = None
    progress: tuple[str, float] | None = None
    resumed: int = 0
    debrief: DebriefFacts | None = None
    report_path: str = ""
    scale: Scale = field(init=False)
    type: Typeface = field(init=False)
    manager: pygame_gui.UIManager = field(init=False)
    _notice_s: float = 0.0

    def __post_init__(self) -> None:
        self.resize(self.size)

    def resize(self, size: tuple[int, int]) -> None:
        """Take on another size: type, widgets and their theme are made anew."""
        self.size = size
        self.scale = Scale.of(size)
        self.type = Typeface(self.scale, Language(self.language))
        self.manager = pygame_gui.UIManager(
            size, theme_path=theme.widget_theme(self.scale), enable_live_theme_updates=False
        )

    @property
    def view(self) -> View:
        """What is perceived now; LookupError before the patient is on the table."""
        if self.history.view is None:
            raise LookupError("the patient is not on the table yet")
        return self.history.view

    @property
    def examined(self) -> bool:
        """Whether the case is an examination: no step is marked, nothing is practised."""
        return self.history.view is not None and self.history.view.case.teaching.exam is not None

    @property
    def has_checklist(self) -> bool:
        """Whether there is a checklist that can still be ticked."""
        view = self.history.view
        return view is not None and bool(view.case.teaching.checklist) and view.phase != Phase.CLOSED

    def open_lesson(self, part: LessonPart, ends_with: Finish | None = None) -> None:
        """Show the first page of a part of the lesson; before the procedure's end, `ends_with` is what ends it."""
        self.lesson = LessonState(part=part, ends_with=ends_with or Finish())
        self.show(ScreenName.LESSON)

    def send(self, command: Command) -> None:
        """Send a command."""
        self.hush()
        self.resumed = 0
        self.worker.send(command)

    def sends(self, make: Callable[[], Command]) -> Callable[[], None]:
        """What sends a command that is made when it is needed."""
        return lambda: self.send(make())

    @property
    def busy(self) -> bool:
        """Whether a command is carried out, a scan's beam is on, or the picture of the last press is being computed."""
        return self.worker.pending > 0 or self.awaiting_press() or self.scan_run is not None

    def say(self, text: str) -> None:
        """Tell the trainee something in one sentence."""
        self.notice, self._notice_s = text, time.monotonic()

    def drop(self, words: str) -> None:
        """Say that an input was dropped because something was being computed."""
        self.dropped = words
        what = "the picture is being computed" if self.awaiting_press() else "the last command is being carried out"
        if self.scan_run is not None:
            what = "a scan runs"
        self.say(f"Not done: {words}; {what}. Try again when it is there.")

    def hush(self) -> None:
        """Take the sentence away: something else is done now."""
        self.notice, self.dropped = "", ""

    def hush_old(self) -> bool:
        """Take away a sentence that has stood long enough; whether there was one."""
        if not self.notice or time.monotonic() - self._notice_s < NOTICE_S:
            return False
        self.hush()
        return True

    def clock(self, at_ms: int | None = None) -> str:
        """The clock on the wall."""
        seconds = START_OF_DAY_S + (self.view.elapsed_ms if at_ms is None else at_ms) // 1000
        return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    def keep(self, number: int, indices: tuple[int, ...], frame: Frame) -> None:
        """Keep slices that have come."""
        if number in self.volumes:
            self.volumes[number].take(indices, frame)
            return
        entry = next(a for a in self.view.console.acquired if a.number == number)
        self.presses[number] = FluoroscopyImage(
            entry=entry,
            slices=[round_to_hounsfield(plane) for plane in frame.hu],
            pixel_mm=frame.pixel_spacing_mm,
            grid=frame.grid,
        )
        while len(self.presses) > KEPT_PRESSES:
            newest = max(self.presses)
            del self.presses[next(n for n in self.presses if n not in (newest, number))]

    def ask_for(self, entry: Acquired) -> None:
        """Have an acquisition's images made: a press at once, a scan from its middle outwards."""
        if entry.purpose == "fluoroscopy":
            self.worker.ask(entry.number, range(len(entry.slice_centres_table_mm)))
        elif entry.number not in self.volumes:
            volume = Volume.awaited(entry)
            volume.midline_x_mm = self.view.console.grid_midline_x_mm
            self.volumes[entry.number] = volume
            for group in volume.groups():
                self.worker.ask(entry.number, group, urgent=False)

    def ask_for_scout(self, entry: AcquiredScout) -> None:
        """Have a scout's picture made."""
        self.worker.ask_scout(entry.number)

    def keep_scout(self, number: int, radiograph: Radiograph) -> None:
        """Keep a scout that has come, and show it."""
        entry = next(one for one in self.view.console.scouts if one.number == number)
        self.scouts[number] = scout_picture(entry, radiograph)
        self.counting.shown, self.counting.middle_mm, self.counting.window = number, None, None

    def look_at_slice(self, volume: Volume, index: int) -> None:
        """Have the slice that is looked at made before the others of its scan."""
        if not volume.ready[index]:
            group = next(group for group in volume.groups() if index in group)
            self.worker.look_at(volume.entry.number, group)

    def press(self, number: int) -> FluoroscopyImage | None:
        """One fluoroscopy image; one that was put away comes again, and is None until then."""
        image = self.presses.get(number)
        if image is None:
            entry = next((one for one in self.history.presses if one.number == number), None)
            if entry is not None:
                self.ask_for(entry)
        return image

    def latest_press(self) -> FluoroscopyImage | None:
        """The last fluoroscopy image that has come."""
        return self.presses[max(self.presses)] if self.presses else None

    def awaiting_press(self) -> bool:
        """Whether a fluoroscopy image was acquired that has not come yet."""
        made = self.history.presses
        return bool(made) and made[-1].number not in self.presses

    def scan(self, purpose: str) -> Volume | None:
        """The last scan of a kind."""
        numbers = [n for n, volume in self.volumes.items() if volume.entry.purpose == purpose]
        return self.volumes[max(numbers)] if numbers else None
