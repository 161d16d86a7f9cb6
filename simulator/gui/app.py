"""App: the window and its event loop. Events go to one screen; reports of the desk go to the memory."""

from __future__ import annotations

import os

import pygame

from simulator.gui import theme
from simulator.gui.app_context import AppContext
from simulator.gui.engine_worker import (
    Debriefed,
    Done,
    EngineWorker,
    Failed,
    Noted,
    Opened,
    Progressed,
    Report,
    Reported,
    Shown,
)
from simulator.gui.needle_actions import NeedleActions
from simulator.gui.panels import top_bar
from simulator.gui.pedal import Pedal
from simulator.gui.screen import Screen
from simulator.gui.screens.briefing import BriefingScreen
from simulator.gui.screens.debrief import DebriefScreen
from simulator.gui.screens.guidance import GuidanceScreen
from simulator.gui.screens.injection import InjectionScreen
from simulator.gui.screens.loading import LoadingScreen
from simulator.gui.screens.menu import HelpScreen, MenuScreen, keys_of
from simulator.gui.screens.reading import ReadingScreen
from simulator.interface import commands as c

FRAMES_PER_S = 60
REDRAW_S = 0.2  # at least so often, for ages and progress
DEFAULT_SIZE = (1600, 900)


class App:
    """The window.

    Args:
        desk: the engine behind it; the app starts it
        size: of the window; None takes most of the screen
    """

    def __init__(self, desk: EngineWorker, *, size: tuple[int, int] | None = None) -> None:
        pygame.display.init()
        pygame.font.init()
        pygame.display.set_caption("CT-fluoroscopy simulator: targeted epidural blood patch")
        pygame.key.set_repeat(0)
        wanted = size or _fitting_size()
        self.surface = pygame.display.set_mode(wanted, pygame.RESIZABLE)
        self.desk = desk
        self.room = AppContext(size=self.surface.get_size(), desk=desk, show=self.show)
        self.pedal = Pedal(self.room)
        hands = NeedleActions(self.room, self.pedal)
        self.help = HelpScreen(self.room)
        self.screens: dict[str, Screen] = {
            "loading": LoadingScreen(self.room),
            "briefing": BriefingScreen(self.room, hands),
            "reading": ReadingScreen(self.room, hands),
            "guidance": GuidanceScreen(self.room, self.pedal, hands),
            "injection": InjectionScreen(self.room, self.pedal, hands),
            "debrief": DebriefScreen(self.room),
            "help": self.help,
            "menu": MenuScreen(self.room, self.quit),
        }
        self.name = "loading"
        self._below = "loading"  # the screen that an overlay covers
        self.running = True
        self._dirty = True
        self._since_draw_s = 0.0
        self._clock = pygame.time.Clock()
        self.screen.open()
        desk.start()

    @property
    def screen(self) -> Screen:
        """The screen that takes input."""
        return self.screens[self.name]

    def show(self, name: str) -> None:
        """Go to another screen; from an overlay, "back" returns to what it covers."""
        if name == "back":
            name = self._below
        if name == self.name:
            return
        if self.name not in ("help", "menu"):
            self._below = self.name
            if name == "help":
                self.help.keys = keys_of(self.screen)
        self.screen.close()
        if name not in ("help", "menu"):
            self._below = name
        self.name = name
        self.screen.open()
        self._dirty = True

    def quit(self) -> None:
        """Leave the window; the record stays."""
        self.running = False

    def run(self) -> None:
        """Run until the window is closed."""
        try:
            while self.running:
                self.step()
        finally:
            self.screen.let_go()
            self.desk.stop()
            pygame.display.quit()

    def step(self) -> None:
        """One turn of the event loop."""
        passed_s = self._clock.tick(FRAMES_PER_S) / 1000.0
        for event in pygame.event.get():
            self._take(event)
        for report in self.desk.poll():
            self._learn(report)
            self._dirty = True
        if self.screen.tick():
            self._dirty = True
        self.room.manager.update(passed_s)
        self._since_draw_s += passed_s
        if self._dirty or self._since_draw_s >= REDRAW_S:
            self.draw()

    def draw(self) -> None:
        """Draw the screen, its buttons and what lies over them."""
        self._dirty, self._since_draw_s = False, 0.0
        self.surface.fill(theme.BACKGROUND)
        self.screen.refresh()
        self.screen.draw(self.surface)
        if self.room.memory.view is not None:
            top_bar.draw_notice(self.room, self.surface)
        self.room.manager.draw_ui(self.surface)
        self.screen.draw_caps(self.surface)
        pygame.display.flip()

    def _take(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.quit()
            return
        if event.type == pygame.VIDEORESIZE:
            self._resize((event.w, event.h))
            return
        self._dirty = True
        if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE and self.name != "loading":
            self.show("back" if self.name in ("help", "menu") else "menu")
            return
        if event.type == pygame.KEYDOWN and event.key == pygame.K_F1 and self.name != "loading":
            self.show("back" if self.name == "help" else "help")
            return
        self.room.manager.process_events(event)
        self.screen.handle(event)

    def _resize(self, size: tuple[int, int]) -> None:
        size = (max(size[0], theme.LEAST_SIZE[0]), max(size[1], theme.LEAST_SIZE[1]))
        if size != self.surface.get_size():
            self.surface = pygame.display.set_mode(size, pygame.RESIZABLE)
        self.screen.close()
        self.room.resize(size)
        self.screen.open()
        self._dirty = True

    def _learn(self, report: Report) -> None:
        room = self.room
        if isinstance(report, Opened):
            room.progress = None
            room.memory.take(None, report.view)
            room.resumed = report.resumed
            for entry in report.view.acquired:
                room.ask_for(entry)
            self.show(_screen_for(report))
        elif isinstance(report, Done):
            before = room.memory.view
            room.memory.take(report.command, report.view)
            if before is not None:
                for entry in report.view.acquired[len(before.acquired) :]:
                    room.ask_for(entry)
            self._follow(report)
        elif isinstance(report, Shown):
            room.keep(report.number, report.indices, report.frame)
        elif isinstance(report, Progressed):
            room.progress = None if report.share >= 1.0 else (report.what, report.share)
        elif isinstance(report, Debriefed):
            room.debrief = report.debrief
        elif isinstance(report, Reported):
            room.report_path = report.path
            room.progress = None
        elif isinstance(report, Noted):
            room.say(report.text)
        elif isinstance(report, Failed):
            self._fail(report)

    def _follow(self, report: Done) -> None:
        """Some commands lead to another screen."""
        if report.view.refused:
            return
        command = report.command
        if isinstance(command, c.PlaceNeedle):
            self.show("guidance")
        elif isinstance(command, c.AcquireMyelogram | c.AcquirePlanningScan | c.AcquireControlScan):
            self.show("reading")
        elif isinstance(command, c.Finish):
            self.desk.finish()
            self.show("debrief")

    def _fail(self, report: Failed) -> None:
        if not report.fatal:
            self.room.say(str(report.error))
            return
        self.running = False
        raise report.error


def _screen_for(report: Opened) -> str:
    view = report.view
    if view.phase == "closed":
        return "debrief"
    if view.needle is not None:
        return "guidance"
    return "reading" if view.acquired else "briefing"


def _fitting_size() -> tuple[int, int]:
    """Most of the screen, at least what the design needs."""
    sizes = pygame.display.get_desktop_sizes()
    width, height = sizes[0] if sizes else DEFAULT_SIZE
    if os.environ.get("SDL_VIDEODRIVER") == "dummy":
        return DEFAULT_SIZE
    return max(round(width * 0.95), theme.LEAST_SIZE[0]), max(round(height * 0.9), theme.LEAST_SIZE[1])
