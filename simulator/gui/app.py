"""App: the window and its event loop. Events go to one screen, messages of the engine worker to the history."""

from __future__ import annotations

import os
import time

import pygame

from simulator.gui.app_context import AppContext, ScreenName
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
from simulator.gui.input.controls import Controls
from simulator.gui.panels import top_bar
from simulator.gui.screens.briefing import BriefingScreen
from simulator.gui.screens.debrief import DebriefScreen
from simulator.gui.screens.guidance import GuidanceScreen
from simulator.gui.screens.injection import InjectionScreen
from simulator.gui.screens.loading import LoadingScreen
from simulator.gui.screens.menu import HelpScreen, MenuScreen, list_keys
from simulator.gui.screens.reading import ReadingScreen
from simulator.gui.screens.screen import Screen
from simulator.interface import commands as c
from simulator.interface.view import View
from simulator.vocabulary.procedure import Phase

FRAMES_PER_S = 60
REDRAW_S = 0.2  # at least so often, for ages and progress
DEFAULT_SIZE = (1600, 900)
OVERLAYS = (ScreenName.HELP, ScreenName.MENU)
OVERLAY_KEYS = {pygame.K_ESCAPE: ScreenName.MENU, pygame.K_F1: ScreenName.HELP}


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
        self.context = AppContext(
            size=self.surface.get_size(), worker=worker, show=self.show, close_overlay=self.close_overlay
        )
        self.controls = Controls.for_window(self.context)
        self.help = HelpScreen(self.context)
        self.screens: dict[ScreenName, Screen] = {
            ScreenName.LOADING: LoadingScreen(self.context),
            ScreenName.BRIEFING: BriefingScreen(self.context),
            ScreenName.READING: ReadingScreen(self.context, self.controls),
            ScreenName.GUIDANCE: GuidanceScreen(self.context, self.controls),
            ScreenName.INJECTION: InjectionScreen(self.context, self.controls),
            ScreenName.DEBRIEF: DebriefScreen(self.context),
            ScreenName.HELP: self.help,
            ScreenName.MENU: MenuScreen(self.context, self.quit),
        }
        self.name = ScreenName.LOADING
        self._below = ScreenName.LOADING  # the screen that an overlay covers
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

    def show(self, name: ScreenName) -> None:
        """Go to another screen."""
        if name == self.name:
            return
        if self.name not in OVERLAYS:
            self._below = self.name
            if name == ScreenName.HELP:
                self.help.keys = list_keys(self.screen)
        self.screen.close()
        if name not in OVERLAYS:
            self._below = name
        self.name = name
        self.screen.open()
        self._dirty = True

    def close_overlay(self) -> None:
        """Go back to the screen that menu or help covers."""
        self.show(self._below)

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
        for message in self.worker.poll():
            self._learn(message)
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
        self._tell_looks()

    def _tell_looks(self) -> None:
        """Slices that have stood on the screen for long enough were looked at, while the procedure runs."""
        view = self.context.history.view
        if view is None or view.phase == Phase.CLOSED:
            return
        for look in self.context.gaze.settle(time.monotonic()):
            self.worker.send(look)

    def _take(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.quit()
            return
        if event.type == pygame.VIDEORESIZE:
            self._resize((event.w, event.h))
            return
        self._dirty = True
        if event.type == pygame.KEYDOWN and event.key in OVERLAY_KEYS and self.name != ScreenName.LOADING:
            self._toggle_overlay(OVERLAY_KEYS[event.key])
            return
        self.context.manager.process_events(event)
        self.screen.handle(event)

    def _toggle_overlay(self, overlay: ScreenName) -> None:
        """The menu's key closes the help too; the key of the help lays it over the menu."""
        if self.name == overlay or (overlay == ScreenName.MENU and self.name in OVERLAYS):
            self.close_overlay()
        else:
            self.show(overlay)

    def _resize(self, size: tuple[int, int]) -> None:
        size = (max(size[0], theme.LEAST_SIZE[0]), max(size[1], theme.LEAST_SIZE[1]))
        if size != self.surface.get_size():
            self.surface = pygame.display.set_mode(size, pygame.RESIZABLE)
        self.screen.close()
        self.context.resize(size)
        self.screen.open()
        self._dirty = True

    def _learn(self, message: WorkerMessage) -> None:
        context = self.context
        if isinstance(message, ProcedureOpened):
            context.progress = None
            context.history.take(None, message.view)
            context.resumed = message.resumed
            for entry in message.view.console.acquired:
                context.ask_for(entry)
            self.show(_first_screen(message.view))
        elif isinstance(message, CommandDone):
            before = context.history.view
            context.history.take(message.command, message.view)
            if before is not None:
                for entry in message.view.console.acquired[len(before.console.acquired) :]:
                    context.ask_for(entry)
            self._follow(message)
        elif isinstance(message, SlicesReady):
            context.keep(message.number, message.indices, message.frame)
        elif isinstance(message, WorkProgressed):
            context.progress = None if message.fraction >= 1.0 else (message.what, message.fraction)
        elif isinstance(message, DebriefReady):
            context.debrief = message.debrief
        elif isinstance(message, ReportWritten):
            context.report_path = message.path
            context.progress = None
        elif isinstance(message, NoticeGiven):
            context.say(message.text)
        elif isinstance(message, WorkFailed):
            self._fail(message)

    def _follow(self, done: CommandDone) -> None:
        """Some commands lead to another screen."""
        if done.view.refused:
            return
        command = done.command
        if isinstance(command, c.PlaceNeedle):
            self.show(ScreenName.GUIDANCE)
        elif isinstance(command, c.AcquireMyelogram | c.AcquirePlanningScan | c.AcquireControlScan):
            self.show(ScreenName.READING)
        elif isinstance(command, c.Finish):
            self.worker.finish()
            self.show(ScreenName.DEBRIEF)

    def _fail(self, failed: WorkFailed) -> None:
        if not failed.fatal:
            self.context.say(str(failed.error))
            return
        self.running = False
        raise failed.error


def _first_screen(view: View) -> ScreenName:
    """Where a procedure goes on."""
    if view.phase == Phase.CLOSED:
        return ScreenName.DEBRIEF
    if view.needle is not None:
        return ScreenName.GUIDANCE
    return ScreenName.READING if view.console.acquired else ScreenName.BRIEFING


def _fitting_size() -> tuple[int, int]:
    """Most of the screen, at least what the design needs."""
    sizes = pygame.display.get_desktop_sizes()
    width, height = sizes[0] if sizes else DEFAULT_SIZE
    if os.environ.get("SDL_VIDEODRIVER") == "dummy":
        return DEFAULT_SIZE
    return max(round(width * 0.95), theme.LEAST_SIZE[0]), max(round(height * 0.9), theme.LEAST_SIZE[1])
