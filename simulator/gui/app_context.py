"""Room: what all screens share, and nothing that belongs to one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pygame
import pygame_gui

from simulator.gui import theme
from simulator.gui.engine_worker import EngineWorker
from simulator.gui.memory import Memory
from simulator.gui.picture import WINDOWS, Gaze, Hounsfield, Window, hounsfield
from simulator.gui.theme import Scale
from simulator.gui.typeface import Typeface
from simulator.gui.volume import Volume
from simulator.interface.commands import Command
from simulator.interface.view import Acquired, View

KEPT_PRESSES = 40
START_OF_DAY_S = 14 * 3600  # the simulated clock on the wall begins at two in the afternoon


@dataclass(slots=True)
class Press:
    """Slices of one fluoroscopy image as they are looked at."""

    entry: Acquired
    slices: list[Hounsfield]
    pixel_mm: float
    centre_mm: tuple[float, float]

    def pixel_of(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Row and column at which a place of the image's frame is shown."""
        middle = (self.slices[0].shape[0] - 1) / 2
        return (
            middle - (y_mm - self.centre_mm[1]) / self.pixel_mm,
            middle - (x_mm - self.centre_mm[0]) / self.pixel_mm,
        )


@dataclass(slots=True)
class AppContext:
    """The window's surroundings.

    Attributes:
        size: of the window in pixels
        desk, memory: the engine behind the window, and what has been perceived
        presses: fluoroscopy images by number
        volumes: scans by number
        press_window, scan_window: grey windows
        press_gaze: what part of the three tiles is looked at; they share it
        notice: one sentence for the trainee
        progress: kind and share of long work that goes on
        show: asks for another screen by its name
    """

    size: tuple[int, int]
    desk: EngineWorker
    show: Callable[[str], None]
    memory: Memory = field(default_factory=Memory)
    presses: dict[int, Press] = field(default_factory=dict)
    volumes: dict[int, Volume] = field(default_factory=dict)
    press_window: Window = WINDOWS[0]
    scan_window: Window = WINDOWS[3]
    press_gaze: Gaze = field(default_factory=lambda: Gaze(down_mm=-46.0, shown_mm=136.0))
    notice: str = ""
    progress: tuple[str, float] | None = None
    resumed: int = 0
    debrief: Any = None
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
        """What is perceived now; only once the patient is on the table."""
        assert self.memory.view is not None
        return self.memory.view

    def send(self, command: Command) -> None:
        """Send a command."""
        self.notice = ""
        self.resumed = 0
        self.desk.send(command)

    def say(self, text: str) -> None:
        """Tell the trainee something in one sentence."""
        self.notice = text

    def clock(self, at_ms: int | None = None) -> str:
        """The clock on the wall."""
        seconds = START_OF_DAY_S + (self.view.elapsed_ms if at_ms is None else at_ms) // 1000
        return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    def keep(self, number: int, indices: tuple[int, ...], frame: Any) -> None:
        """Keep slices that have come."""
        if number in self.volumes:
            self.volumes[number].take(indices, frame)
            return
        entry = next(a for a in self.view.acquired if a.number == number)
        self.presses[number] = Press(
            entry=entry,
            slices=[hounsfield(plane) for plane in frame.hu],
            pixel_mm=frame.pixel_spacing_mm,
            centre_mm=frame.centre_mm,
        )
        while len(self.presses) > KEPT_PRESSES:
            kept = self.memory.before_blood
            del self.presses[next(n for n in self.presses if n != kept)]

    def ask_for(self, entry: Acquired) -> None:
        """Have an acquisition's images made: a press at once, a scan from its middle outwards."""
        if entry.purpose == "fluoroscopy":
            self.desk.ask(entry.number, range(len(entry.slice_centres_table_mm)))
        elif entry.number not in self.volumes:
            volume = Volume.awaited(entry)
            self.volumes[entry.number] = volume
            for group in volume.groups():
                self.desk.ask(entry.number, group, urgent=False)

    def latest_press(self) -> Press | None:
        """The last fluoroscopy image that has come."""
        return self.presses[max(self.presses)] if self.presses else None

    def awaiting_press(self) -> bool:
        """Whether a fluoroscopy image was acquired that has not come yet."""
        made = self.memory.presses
        return bool(made) and made[-1].number not in self.presses

    def scan(self, purpose: str) -> Volume | None:
        """The last scan of a kind."""
        numbers = [n for n, volume in self.volumes.items() if volume.entry.purpose == purpose]
        return self.volumes[max(numbers)] if numbers else None


def panel(room: AppContext, target: pygame.Surface, area: pygame.Rect, title: str = "", note: str = "") -> pygame.Rect:
    """Draw a panel with its title and a note at the right; what is left inside."""
    px = room.scale.px
    pygame.draw.rect(target, theme.PANEL, area, border_radius=px(6))
    pad = px(16) if not room.scale.compact else 10
    inside = area.inflate(-2 * pad, -2 * pad)
    if title or note:
        y = area.top + px(22)
        room.type.draw(target, title, (inside.left, y), size=14, weight="SemiBold")
        room.type.draw(target, note, (inside.right, y), size=13, align="right", colour=theme.LOW)
        top = area.top + px(40)
        inside = pygame.Rect(inside.left, top, inside.width, area.bottom - pad // 2 - top)
    return inside


def warning_sign(target: pygame.Surface, centre: tuple[float, float], size: int) -> None:
    """A triangle with an exclamation mark: the second cue of a warning."""
    x, y = centre
    half = size / 2
    pygame.draw.polygon(target, theme.WARN, [(x, y - half), (x + half, y + half * 0.8), (x - half, y + half * 0.8)])
    bar = pygame.Rect(0, 0, max(size // 8, 2), max(size // 3, 3))
    bar.center = (round(x), round(y + size * 0.02))
    pygame.draw.rect(target, theme.BACKGROUND, bar)
    pygame.draw.circle(target, theme.BACKGROUND, (x, y + half * 0.58), max(size // 14, 1))
