"""App: the window and its event loop. Events go to one screen, messages of the engine worker to the history."""

from __future__ import annotations

import time

import pygame

from simulator.errors import UserInputError
from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import AppDoors, ScreenName
from simulator.gui.context.display import Display, fitting_size, too_small
from simulator.gui.context.session_state import SessionState, StartChoice
from simulator.gui.context.teaching_state import TeachingState, TutorialState
from simulator.gui.drawing import theme
from simulator.gui.drawing.language import ENGLISH_CODE, LANGUAGES
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.engine_worker.messages import ProcedureOpened, WorkerMessage, WorkFailed
from simulator.gui.engine_worker.procedure import Opening, Procedure
from simulator.gui.engine_worker.start_desk import StartDesk
from simulator.gui.input.carry_out import carry_out_kept
from simulator.gui.input.controls import Controls
from simulator.gui.input.exam_clock import end_exam, exam_left_s
from simulator.gui.input.gamepad import Gamepad, open_controllers
from simulator.gui.input.key_remapping import KeyBindings, bound
from simulator.gui.input.next_step import KEYS
from simulator.gui.input.rig import Rig
from simulator.gui.input.scan_run import follow_scan, stop_scan
from simulator.gui.input.tutorial import follow
from simulator.gui.panels import bottom_bar, top_bar, tutorial_card
from simulator.gui.screens.all_screens import make_screens
from simulator.gui.screens.drill import DrillScreen
from simulator.gui.screens.help import HelpScreen
from simulator.gui.screens.receive import first_screen, receive
from simulator.gui.screens.screen import Screen
from simulator.gui.sound.room_sound import RoomSound
from simulator.vocabulary.procedure import Phase
from simulator.vocabulary.progress import Progress

FRAMES_PER_S = 60
REDRAW_S = 0.2  # at least so often, for ages and progress
CLOSING_S = 30.0  # what is being computed may take so long to end
OVERLAYS = (
    ScreenName.HELP, ScreenName.MENU, ScreenName.STOP, ScreenName.TELL, ScreenName.QUESTION, ScreenName.CHECKLIST,
    ScreenName.REWIND,
)  # fmt: skip
HANDS_ON = (ScreenName.GUIDANCE, ScreenName.INJECTION)
"""Where the sticks of a gamepad are the hands; elsewhere they move the pointer."""

BARE = (ScreenName.HELP, ScreenName.MENU)
"""Overlays without the bar along the upper edge."""

CHECKLIST_KEY = pygame.K_F11
OVERLAY_KEYS = {pygame.K_ESCAPE: ScreenName.MENU, pygame.K_F1: ScreenName.HELP}


class App:
    """The window.

    Args:
        worker: the engine behind it; the app starts it. None where the first screen chooses the case
        size: of the window; None takes most of the screen
        desk: cases and learners for the first screen; None where the window is for one case
        bindings: other keys than those that stand on the buttons
        language: in which the window prints, of `drawing.language.LANGUAGES`
    """

    def __init__(
        self,
        worker: EngineWorker | None,
        *,
        size: tuple[int, int] | None = None,
        desk: StartDesk | None = None,
        bindings: KeyBindings | None = None,
        language: str = ENGLISH_CODE,
    ) -> None:
        pygame.display.init()
        pygame.font.init()
        pygame.display.set_caption("CT-fluoroscopy simulator: targeted epidural blood patch")
        pygame.key.set_repeat(0)
        wanted = size or fitting_size()
        self.surface = pygame.display.set_mode(wanted, pygame.RESIZABLE)
        self._desk = desk
        self._bindings = bindings or {}
        self._language = language
        self._gamepad = Gamepad(pointing=lambda: self.name not in HANDS_ON)
        self._controllers = open_controllers()
        self.running = True
        self.opened = worker is not None
        self._sound, self._heard = RoomSound(), 0
        self.rig: Rig | None = None
        self._dirty = True
        self._since_draw_s = 0.0
        self._clock = pygame.time.Clock()
        self._set_up(worker or EngineWorker(_nobody), ScreenName.LOADING if worker else ScreenName.START)
        self.at_first = too_small(pygame.display.get_desktop_sizes(), pygame.display.get_driver())
        if self.at_first:
            self.context.notices.say(self.at_first)
        if worker is not None:
            worker.start()

    def _set_up(
        self, worker: EngineWorker, name: ScreenName, chosen: StartChoice | None = None, *, assisted: bool = False
    ) -> None:
        """Everything of one patient anew: what was perceived of another one goes."""
        self.worker = worker
        self.context = AppContext(
            worker=worker,
            doors=AppDoors(
                show=self.show,
                close_overlay=self.close_overlay,
                begin=self.begin,
                practise=self.practise,
                go_to_start=None if self._desk is None else self.go_to_start,
                turn_language=self.turn_language,
            ),
            display=Display(size=self.surface.get_size(), language=self._language),
            session=SessionState(chosen=chosen, assisted=assisted),
            teaching=TeachingState(
                guided=chosen is None or chosen.guided,
                tutorial=TutorialState() if chosen is not None and chosen.tutorial else None,
            ),
            sound=self._sound,
        )
        self.context.perceived.language = self._language
        self.controls = Controls.for_window(self.context)
        self.screens: dict[ScreenName, Screen] = make_screens(self.context, self.controls, self._desk, self.quit)
        self._tutorial_step = 0
        self.name = self._below = self.context.display.showing = name
        self.screen.open()
        self._dirty = True

    @property
    def screen(self) -> Screen:
        """The screen that takes input."""
        return self.screens[self.name]

    def begin(self, opening: Opening) -> None:
        """Leave this patient and open another one."""
        self._begin(opening, assisted=False)

    def practise(self, opening: Opening) -> None:
        """Leave this session for one that is branched off it; that one is marked as assisted."""
        self._begin(opening, assisted=True)

    def _begin(self, opening: Opening, *, assisted: bool) -> None:
        chosen = self.context.session.chosen
        self._close_worker()
        worker = EngineWorker(opening)
        self._set_up(worker, ScreenName.LOADING, chosen, assisted=assisted)
        self.opened = True
        worker.start()

    def go_to_start(self) -> None:
        """Leave this patient for the first screen."""
        chosen = self.context.session.chosen
        self._close_worker()
        if self._desk is not None:
            self._desk.look_again()
        self._set_up(EngineWorker(_nobody), ScreenName.START, chosen)

    def turn_sound(self) -> None:
        """Switch the sound on or off; where the machine has none that is said."""
        told = self._sound.turn()
        if told:
            self.context.notices.say(told)

    def drill(self, learner: str | None) -> None:
        """Go to the drill of a learner."""
        self.context.teaching.drill_learner = learner
        self.show(ScreenName.DRILL)

    def show(self, name: ScreenName) -> None:
        """Go to another screen."""
        if name == self.name:
            return
        if self.name not in OVERLAYS:
            self._below = self.name
            help_screen = self.screens[ScreenName.HELP]
            if name == ScreenName.HELP and isinstance(help_screen, HelpScreen):
                help_screen.speak_of(self.screen)
        self.screen.close()
        if name not in OVERLAYS:
            self._below = name
            self.context.notices.hush()
        self.name = self.context.display.showing = name
        self.screen.open()
        self._dirty = True

    def close_overlay(self) -> None:
        """Go back to the screen that menu, help or a question covers."""
        self.show(self._below)

    def turn_language(self) -> None:
        """Print in the next language."""
        codes = list(LANGUAGES)
        self._language = self.context.display.language = codes[(codes.index(self._language) + 1) % len(codes)]
        self.context.perceived.language = self._language
        self._resize(self.surface.get_size())

    def quit(self) -> None:
        """Leave the window; the record stays."""
        self.running = False

    def run(self) -> None:
        """Run until the window is closed."""
        try:
            while self.running:
                self.step()
        finally:
            self._close_worker()
            drill = self.screens[ScreenName.DRILL]
            if isinstance(drill, DrillScreen):
                drill.stop()
            self._sound.close()
            if self._desk is not None:
                self._desk.close()
            pygame.display.quit()

    def _close_worker(self) -> None:
        """Have the worker end, and show that this is waited for."""
        self.screen.let_go()
        self.context.held.kept.clear()
        begun = time.monotonic()
        if self.context.held.scan_run is not None:
            stop_scan(self.context)  # its beam was on: the dose is booked before the record is left
            while self.worker.pending and time.monotonic() - begun < CLOSING_S:
                self.worker.poll()
                self._clock.tick(FRAMES_PER_S)
        self.worker.ask_to_stop()
        while not self.worker.stopped and time.monotonic() - begun < CLOSING_S:
            self.surface.fill(theme.BACKGROUND)
            bottom_bar.draw_closing(self.context, self.surface, time.monotonic() - begun)
            pygame.display.flip()
            pygame.event.pump()
            self._clock.tick(FRAMES_PER_S)

    def step(self) -> None:
        """One turn of the event loop."""
        passed_s = self._clock.tick(FRAMES_PER_S) / 1000.0
        for event in pygame.event.get():
            for one in self._from_gamepad(event):
                self._take(bound(one, self._bindings))
        for one in self._gamepad.move_pointer(passed_s, self.surface.get_size()):
            self._take(one)
        for message in self.worker.poll():
            self._learn(message)
            self._dirty = True
        if self.rig is not None and self.rig.follow(self.context, self.controls.footswitch):
            self._dirty = True
        self._follow_tutorial()
        self._follow_sound()
        if exam_left_s(self.context) == 0.0:
            self.screen.let_go()
            end_exam(self.context)
            self._dirty = True
        if (
            follow_scan(self.context)
            or carry_out_kept(self.context)
            or self.screen.tick()
            or self.context.notices.hush_old()
        ):
            self._dirty = True
        self.context.display.manager.update(passed_s)
        self._since_draw_s += passed_s
        if self._dirty or self._since_draw_s >= REDRAW_S:
            self.draw()

    def _follow_tutorial(self) -> None:
        """Lay the screen out for the next step, once nothing is held down that would be let go by it."""
        state = self.context.teaching.tutorial
        if state is None:
            return
        follow(self.context)
        if state.step != self._tutorial_step and not self.screen.holds:
            self._tutorial_step = state.step
            self.screen.open()
            self._dirty = True

    def _follow_sound(self) -> None:
        """The beam's tone, and what the patient has said since; what was said before it was switched on is past."""
        context = self.context
        self._sound.follow(beam=self.controls.footswitch.lit or context.held.scan_run is not None)
        said = context.perceived.history.said
        if len(said) > self._heard:
            self._sound.say(context.display.type.say(said[-1].words), self._language)
        self._heard = len(said)

    def draw(self) -> None:
        """Draw the screen, its buttons and what lies over them."""
        self._dirty, self._since_draw_s = False, 0.0
        self.surface.fill(theme.BACKGROUND)
        self.screen.refresh()
        self.screen.draw(self.surface)
        if self.name is not ScreenName.HELP:  # whose entries go down to the edge
            bottom_bar.draw(self.context, self.surface, self.screen.reasons())
        if self.name in KEYS:
            tutorial_card.draw(self.context, self.surface)
        self.context.display.manager.draw_ui(self.surface)
        self.screen.draw_caps(self.surface, beneath=self.screen.hint_area())
        pygame.display.flip()
        if self._desk is not None:
            self._desk.shown()
        self._tell_looks()

    def _tell_looks(self) -> None:
        """Slices that have stood on the screen for long enough were looked at, while the procedure runs."""
        view = self.context.perceived.history.view
        if view is None or view.phase == Phase.CLOSED:
            return
        for look in self.context.perceived.gaze.settle(time.monotonic()):
            self.worker.note_look(look)

    def _take(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.quit()
            return
        if event.type == pygame.VIDEORESIZE:
            self._resize((event.w, event.h))
            return
        self._dirty = True
        alone = self.name in (ScreenName.LOADING, ScreenName.START, ScreenName.DRILL)
        overlay = None if alone else self._overlay_of(event)
        if overlay is not None:
            self._toggle_overlay(overlay)
            return
        self.context.display.manager.process_events(event)
        self.screen.handle(event)

    def _overlay_of(self, event: pygame.event.Event) -> ScreenName | None:
        """The overlay that a key, or a click on the bar, lays over this screen; in the menu F11 means another thing."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and self.name not in BARE:
            return top_bar.door_at(self.context, self.surface.get_width(), event.pos)
        if event.type != pygame.KEYDOWN:
            return None
        if event.key == CHECKLIST_KEY and self.name != ScreenName.MENU and self.context.perceived.has_checklist:
            return ScreenName.CHECKLIST
        return OVERLAY_KEYS.get(event.key)

    def _from_gamepad(self, event: pygame.event.Event) -> list[pygame.event.Event]:
        """The keys and the mouse that a gamepad's event stands for; any other event as it is."""
        if event.type == pygame.CONTROLLERDEVICEADDED:
            self._controllers = open_controllers()
        elif event.type == pygame.CONTROLLERDEVICEREMOVED:
            self.context.notices.say("The gamepad has gone: what it held is let go; keys and mouse go on.")
            return self._gamepad.let_go()
        meant = self._gamepad.events(event)
        return [event] if meant is None else meant

    def _toggle_overlay(self, overlay: ScreenName) -> None:
        """The menu's key closes whatever lies over a screen; the key of the help lays it over the menu."""
        if self.name == overlay or (overlay == ScreenName.MENU and self.name in OVERLAYS):
            self.close_overlay()
        else:
            self.show(overlay)

    def _resize(self, size: tuple[int, int]) -> None:
        size = (max(size[0], theme.LEAST_SIZE[0]), max(size[1], theme.LEAST_SIZE[1]))
        if size != self.surface.get_size():
            self.surface = pygame.display.set_mode(size, pygame.RESIZABLE)
        self.screen.close()
        self.context.display.resize(size)
        self.screen.open()
        self._dirty = True

    def _learn(self, message: WorkerMessage) -> None:
        if isinstance(message, WorkFailed):
            self._fail(message)
            return
        receive(self.context, message)
        if isinstance(message, ProcedureOpened):
            self._heard = len(self.context.perceived.history.said)  # what was said before the session was left is past
            for screen in self.screens.values():
                screen.remember(message.past)
            self.show(first_screen(message.view))

    def _fail(self, failed: WorkFailed) -> None:
        if not failed.fatal:
            self.context.notices.say(str(failed.error))
            return
        if self.name == ScreenName.LOADING and self._desk is not None and isinstance(failed.error, UserInputError):
            self.go_to_start()
            self.context.notices.say(str(failed.error))
            return
        self.running = False
        raise failed.error


def _nobody(progress: Progress) -> tuple[Procedure, int]:
    raise LookupError("nobody is on the table")
