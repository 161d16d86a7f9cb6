"""App: the window and its event loop. Events go to one screen, messages of the engine worker to the history."""

from __future__ import annotations

import os

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.drawing import theme
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.engine_worker.messages import (
    CommandDone,
    DebriefReady,
    NoticeGiven,
    ProcedureOpened,
    ReportWritten,
    SlicesReady,
    WorkerMessage,
    WorkFailed,
    WorkProgressed,
)
from simulator.gui.input.footswitch import Footswitch
from simulator.gui.input.needle_actions import NeedleActions
from simulator.gui.panels import top_bar
from simulator.gui.screens.briefing import BriefingScreen
from simulator.gui.screens.debrief import DebriefScreen
from simulator.gui.screens.guidance import GuidanceScreen
from simulator.gui.screens.injection import InjectionScreen
from simulator.gui.screens.loading import LoadingScreen
from simulator.gui.screens.menu import HelpScreen, MenuScreen, keys_of
from simulator.gui.screens.reading import ReadingScreen
from simulator.gui.screens.screen import Screen
from simulator.interface import commands as c

FRAMES_PER_S = 60
REDRAW_S = 0.2  # at least so often, for ages and progress
DEFAULT_SIZE = (1600, 900)


class App:
    """The window.

    Args:
        worker: the engine behind it; the app starts it
        size: of the window; None takes most of the screen
    """

    def __init__(self, worker: EngineWorker, *, size: tuple[int, int] | None = None) -> None:
        pygame.display.init()
        pygame.font.init()
        pygame.display.set_caption("CT-fluoroscopy simulator: targeted epidural blood patch")
        pygame.key.set_repeat(0)
        wanted = size or _fitting_size()
        self.surface = pygame.display.set_mode(wanted, pygame.RESIZABLE)
        self.worker = worker
        self.context = AppContext(size=self.surface.get_size(), worker=worker, show=self.show)
        self.footswitch = Footswitch(self.context)
        needle_actions = NeedleActions(self.context, self.footswitch)
        self.help = HelpScreen(self.context)
        self.screens: dict[str, Screen] = {
            "loading": LoadingScreen(self.context),
            "briefing": BriefingScreen(self.context, needle_actions),
            "reading": ReadingScreen(self.context, needle_actions),
            "guidance": GuidanceScreen(self.context, self.footswitch, needle_actions),
            "injection": InjectionScreen(self.context, self.footswitch, needle_actions),
            "debrief": DebriefScreen(self.context),
            "help": self.help,
            "menu": MenuScreen(self.context, self.quit),
        }
        self.name = "loading"
        self._below = "loading"  # the screen that an overlay covers
        self.running = True
        self._dirty = True
        self._since_draw_s = 0.0
        self._clock = pygame.time.Clock()
        self.screen.open()
        worker.start()

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
            self.worker.stop()
            pygame.display.quit()

    def step(self) -> None:
        """One turn of the event loop."""
        passed_s = self._clock.tick(FRAMES_PER_S) / 1000.0
        for event in pygame.event.get():
            self._take(event)
        for report in self.worker.poll():
            self._learn(report)
            self._dirty = True
        if self.screen.tick():
            self._dirty = True
        self.context.manager.update(passed_s)
        self._since_draw_s += passed_s
        if self._dirty or self._since_draw_s >= REDRAW_S:
            self.draw()

    def draw(self) -> None:
        """Draw the screen, its buttons and what lies over them."""
        self._dirty, self._since_draw_s = False, 0.0
        self.surface.fill(theme.BACKGROUND)
        self.screen.refresh()
        self.screen.draw(self.surface)
        if self.context.history.view is not None:
            top_bar.draw_notice(self.context, self.surface)
        self.context.manager.draw_ui(self.surface)
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
        self.context.manager.process_events(event)
        self.screen.handle(event)

    def _resize(self, size: tuple[int, int]) -> None:
        size = (max(size[0], theme.LEAST_SIZE[0]), max(size[1], theme.LEAST_SIZE[1]))
        if size != self.surface.get_size():
            self.surface = pygame.display.set_mode(size, pygame.RESIZABLE)
        self.screen.close()
        self.context.resize(size)
        self.screen.open()
        self._dirty = True

    def _learn(self, report: WorkerMessage) -> None:
        context = self.context
        if isinstance(report, ProcedureOpened):
            context.progress = None
            context.history.take(None, report.view)
            context.resumed = report.resumed
            for entry in report.view.acquired:
                context.ask_for(entry)
            self.show(_screen_for(report))
        elif isinstance(report, CommandDone):
            before = context.history.view
            context.history.take(report.command, report.view)
            if before is not None:
                for entry in report.view.acquired[len(before.acquired) :]:
                    context.ask_for(entry)
            self._follow(report)
        elif isinstance(report, SlicesReady):
            context.keep(report.number, report.indices, report.frame)
        elif isinstance(report, WorkProgressed):
            context.progress = None if report.share >= 1.0 else (report.what, report.share)
        elif isinstance(report, DebriefReady):
            context.debrief = report.debrief
        elif isinstance(report, ReportWritten):
            context.report_path = report.path
            context.progress = None
        elif isinstance(report, NoticeGiven):
            context.say(report.text)
        elif isinstance(report, WorkFailed):
            self._fail(report)

    def _follow(self, report: CommandDone) -> None:
        """Some commands lead to another screen."""
        if report.view.refused:
            return
        command = report.command
        if isinstance(command, c.PlaceNeedle):
            self.show("guidance")
        elif isinstance(command, c.AcquireMyelogram | c.AcquirePlanningScan | c.AcquireControlScan):
            self.show("reading")
        elif isinstance(command, c.Finish):
            self.worker.finish()
            self.show("debrief")

    def _fail(self, report: WorkFailed) -> None:
        if not report.fatal:
            self.context.say(str(report.error))
            return
        self.running = False
        raise report.error


def _screen_for(report: ProcedureOpened) -> str:
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
