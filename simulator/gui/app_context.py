"""App context: what all screens share, and nothing that belongs to one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import pygame_gui

from simulator.gui.debrief_facts import DebriefFacts
from simulator.gui.drawing import theme
from simulator.gui.drawing.picture import Viewport
from simulator.gui.drawing.theme import Scale
from simulator.gui.drawing.typeface import Typeface
from simulator.gui.drawing.window_level import WINDOW_PRESETS, WindowLevel, round_to_hounsfield
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.images.fluoroscopy_image import FluoroscopyImage
from simulator.gui.images.gaze import Gaze
from simulator.gui.images.volume import Volume
from simulator.gui.perceived_history import PerceivedHistory
from simulator.interface.commands import Command
from simulator.interface.console import Acquired
from simulator.interface.frame import Frame
from simulator.interface.view import View

KEPT_PRESSES = 40
START_OF_DAY_S = 14 * 3600  # the simulated clock on the wall begins at two in the afternoon


class ScreenName(StrEnum):
    """A screen of the window."""

    LOADING = "loading"
    BRIEFING = "briefing"
    READING = "reading"
    GUIDANCE = "guidance"
    INJECTION = "injection"
    DEBRIEF = "debrief"
    HELP = "help"
    MENU = "menu"


@dataclass(slots=True)
class AppContext:
    """The window's surroundings.

    Attributes:
        size: of the window in pixels
        worker, history: the engine behind the window, and what has been perceived
        gaze: which slices stand before the trainee's eyes
        presses: fluoroscopy images by number
        volumes: scans by number
        press_window, scan_window: grey windows
        press_viewport: what part of the three tiles is looked at; they share it
        notice: one sentence for the trainee
        progress: kind of long work that goes on, and the fraction of it that is done
        show: goes to another screen
        close_overlay: goes back to the screen below menu or help
    """

    size: tuple[int, int]
    worker: EngineWorker
    show: Callable[[ScreenName], None]
    close_overlay: Callable[[], None]
    history: PerceivedHistory = field(default_factory=PerceivedHistory)
    gaze: Gaze = field(default_factory=Gaze)
    presses: dict[int, FluoroscopyImage] = field(default_factory=dict)
    volumes: dict[int, Volume] = field(default_factory=dict)
    press_window: WindowLevel = WINDOW_PRESETS[0]
    scan_window: WindowLevel = WINDOW_PRESETS[3]
    press_viewport: Viewport = field(default_factory=lambda: Viewport(down_mm=-46.0, shown_mm=136.0))
    notice: str = ""
    progress: tuple[str, float] | None = None
    resumed: int = 0
    debrief: DebriefFacts | None = None
    report_path: str = ""
    scale: Scale = field(init=False)
    type: Typeface = field(init=False)
    manager: pygame_gui.UIManager = field(init=False)

    def __post_init__(self) -> None:
        self.resize(self.size)

    def resize(self, size: tuple[int, int]) -> None:
        """Take on another size: type, widgets and their theme are made anew."""
        self.size = size
        self.scale = Scale.of(size)
        self.type = Typeface(self.scale)
        self.manager = pygame_gui.UIManager(
            size, theme_path=theme.widget_theme(self.scale), enable_live_theme_updates=False
        )

    @property
    def view(self) -> View:
        """What is perceived now; LookupError before the patient is on the table."""
        if self.history.view is None:
            raise LookupError("the patient is not on the table yet")
        return self.history.view

    def send(self, command: Command) -> None:
        """Send a command."""
        self.notice = ""
        self.resumed = 0
        self.worker.send(command)

    def sends(self, make: Callable[[], Command]) -> Callable[[], None]:
        """What sends a command that is made when it is needed."""
        return lambda: self.send(make())

    def say(self, text: str) -> None:
        """Tell the trainee something in one sentence."""
        self.notice = text

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
        )
        while len(self.presses) > KEPT_PRESSES:
            kept = self.history.before_blood
            del self.presses[next(n for n in self.presses if n != kept)]

    def ask_for(self, entry: Acquired) -> None:
        """Have an acquisition's images made: a press at once, a scan from its middle outwards."""
        if entry.purpose == "fluoroscopy":
            self.worker.ask(entry.number, range(len(entry.slice_centres_table_mm)))
        elif entry.number not in self.volumes:
            volume = Volume.awaited(entry)
            self.volumes[entry.number] = volume
            for group in volume.groups():
                self.worker.ask(entry.number, group, urgent=False)

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
