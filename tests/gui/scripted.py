"""A procedure without an engine that takes as long as a test lets it: for the window's own event loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pygame

from simulator.gui.app import App
from simulator.gui.debrief_facts import DebriefFacts, OtherEnd
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.engine_worker.start_desk import StartDesk
from simulator.interface import commands as c
from simulator.interface.console import AcquiredScout
from simulator.interface.frame import Frame
from simulator.interface.radiograph import Radiograph, ScoutTechnique
from simulator.interface.view import View
from simulator.vocabulary.procedure import AcquisitionPurpose, HubSign, Phase
from simulator.vocabulary.progress import Progress
from tests.gui import made_up
from tests.gui.text_on_screen import drawn

PATIENCE_S = 60.0  # only a hang ends a test
SCANS: dict[type, AcquisitionPurpose] = {
    c.AcquireMyelogram: AcquisitionPurpose.MYELOGRAM,
    c.AcquirePlanningScan: AcquisitionPurpose.PLANNING,
    c.AcquireControlScan: AcquisitionPurpose.CONTROL,
}
STEPS: dict[type, str] = {
    c.PositionPatient: "patient positioned",
    c.TimeOut: "time-out",
    c.PlaceSkinGrid: "skin grid",
    c.MarkLeak: "leak marked",
    c.PrepareSkin: "skin prepared",
    c.InjectLocalAnaesthetic: "local anaesthetic",
    c.LayArmLine: "arm line",
    c.PlanPath: "path planned",
}


def first_view(**changes: Any) -> View:
    """The start of a procedure: nothing done, nothing taken, no needle."""
    full = made_up.view()
    console = replace(
        full.console,
        acquired=(),
        grid_midline_x_mm=None,
        dose=replace(full.console.dose, dlp_mgy_cm={}, ctdi_vol_mgy={}, presses=0, beam_on_ms=0),
    )
    empty = replace(
        full.injection, syringe_ml=0.0, syringe_contrast_ml=0.0, syringe_age_ms=0, injected_blood_ml=0.0, plunger=None
    )
    start = replace(
        full,
        phase=Phase.PREPARATION,
        elapsed_ms=0,
        prepared=(),
        console=console,
        needle=None,
        injection=empty,
        patient=replace(full.patient, words="", words_at_ms=None),
    )
    return replace(start, **changes)


class Scripted:
    """Carries out commands as far as the window can see; `gate` holds commands back, `picture_gate` pictures."""

    def __init__(self, view: View | None = None, *, slices: int = 9, past: Sequence[Any] = ()) -> None:
        self.now = self.first = view or first_view()
        self.done: list[c.Command] = []
        self.made: list[tuple[int, tuple[int, ...]]] = []
        self.slices = slices
        self.gate, self.picture_gate = threading.Event(), threading.Event()
        self.gate.set()
        self.picture_gate.set()
        self.end_gate = threading.Event()
        self.end_gate.set()
        self.ends: list[int] = []
        self.closed = threading.Event()
        self.gives_from_mm = 0.0
        self.on_aspiration = HubSign.NOTHING
        self._past = tuple(past)

    def past(self) -> Any:
        """What was perceived so far."""
        return self._past or ((None, self.now),)

    def do(self, command: c.Command) -> View:
        """Carry out a command, once it is let."""
        self.gate.wait(PATIENCE_S)
        self.done.append(command)
        self.now = after(self.now, command, self.slices)
        sign = self._at_the_hub(command)
        if sign is not None:
            self.now = replace(self.now, handling=replace(self.now.handling, hub=sign))
        return self.now

    def _at_the_hub(self, command: c.Command) -> HubSign | None:
        """What plunger and aspiration show: the plunger gives from a depth on."""
        if isinstance(command, c.Aspirate):
            return self.on_aspiration
        if not isinstance(command, c.TestResistance):
            return None
        pushed = sum(one.distance_mm for one in self.done if isinstance(one, c.Advance))
        pulled = sum(one.distance_mm for one in self.done if isinstance(one, c.Withdraw))
        return HubSign.RESISTANCE_LOST if pushed - pulled >= self.gives_from_mm else HubSign.RESISTANCE_FIRM

    def branch(self, commands: Sequence[c.Command]) -> Any:
        """A scripted procedure after some commands."""
        view, past = self.first, [(None, self.first)]
        for command in commands:
            view = after(view, command, self.slices)
            past.append((command, view))
        self.branched = Scripted(view, slices=self.slices, past=past)
        return lambda progress: (self.branched, 0)

    def view(self) -> View:
        """What is perceived."""
        return self.now

    def picture(self, number: int, indices: Sequence[int]) -> Frame:
        """Pictures that differ from press to press: each is brighter by ten HU than the one before."""
        self.picture_gate.wait(PATIENCE_S)
        self.made.append((number, tuple(indices)))
        frame = made_up.frame(len(indices))
        return replace(frame, hu=(frame.hu + np.float32(10.0 * number)).astype(np.float32))

    def scout(self, number: int) -> Radiograph:
        """A made-up scout, once pictures are let."""
        self.picture_gate.wait(PATIENCE_S)
        return made_up.radiograph(self.now.console.scouts[number])

    def debrief(self, progress: Progress) -> DebriefFacts:
        """Facts of every kind."""
        return made_up.debrief()

    def other_end(self, number: int, progress: Progress) -> OtherEnd:
        """Another end, once it is let; told of progress all the time until then."""
        self.ends.append(number)
        while not self.end_gate.wait(0.01):
            progress("the expert goes on", 0.5)
        return made_up.other_end(number)

    def report(self, progress: Progress) -> str:
        """Nothing is written."""
        return "report.html"

    def used_s(self) -> float:
        """Nobody's time is kept."""
        return 0.0

    def notices(self) -> list[str]:
        """Nothing to say."""
        return []

    def close(self) -> None:
        """The window has let go."""
        self.closed.set()

    @property
    def names(self) -> list[str]:
        """Commands so far, by name; looks left out."""
        return [type(one).__name__ for one in self.done if not isinstance(one, c.LookAt)]


def after(view: View, command: c.Command, slices: int) -> View:
    """What is perceived after a command, as simply as the window needs it."""
    view = replace(view, elapsed_ms=view.elapsed_ms + 1000, refused=None)
    kind = type(command)
    if kind in STEPS:
        view = replace(view, prepared=(*view.prepared, STEPS[kind]))
    if isinstance(command, c.PlaceSkinGrid):
        view = replace(view, console=replace(view.console, grid_midline_x_mm=1.0))
    elif kind in SCANS:
        view = _acquired(view, SCANS[kind], slices)
    elif isinstance(command, c.AcquireScout):
        view = _with_scout(view, command)
    elif isinstance(command, c.PressPedal):
        view = _acquired(view, AcquisitionPurpose.FLUOROSCOPY, 3)
        view = replace(view, console=replace(view.console, pedal_down=command.hold))
    elif isinstance(command, c.ReleasePedal):
        view = replace(view, console=replace(view.console, pedal_down=False))
    elif isinstance(command, c.PlaceNeedle):
        view = replace(view, needle=replace(made_up.view().needle, stylet_in=True), phase=Phase.GUIDANCE)
    elif isinstance(command, c.Withdraw) and command.distance_mm > 100.0:
        view = replace(view, needle=None)
    elif isinstance(command, c.RemoveStylet | c.ReplaceStylet) and view.needle is not None:
        view = replace(view, needle=replace(view.needle, stylet_in=isinstance(command, c.ReplaceStylet)))
    elif isinstance(command, c.Finish):
        view = replace(view, phase=Phase.CLOSED)
    return _with_syringe(view, command)


def _with_syringe(view: View, command: c.Command) -> View:
    injection = view.injection
    if isinstance(command, c.DrawBlood):
        injection = replace(injection, syringe_ml=injection.syringe_ml + command.volume_ml)
    elif isinstance(command, c.MixContrast):
        if injection.syringe_ml <= 0.0:
            return replace(view, refused="there is no blood in the syringe")
        injection = replace(injection, syringe_contrast_ml=command.volume_ml)
    elif isinstance(command, c.InjectBlood):
        given = min(command.volume_ml, injection.syringe_ml)
        injection = replace(
            injection,
            syringe_ml=injection.syringe_ml - given,
            injected_blood_ml=injection.injected_blood_ml + given,
            plunger="soft",
        )
        view = replace(view, phase=Phase.INJECTION)
    return replace(view, injection=injection)


def _acquired(view: View, purpose: AcquisitionPurpose, slices: int) -> View:
    number = len(view.console.acquired)
    entry = replace(made_up.acquired(number, purpose, slices), at_ms=view.elapsed_ms)
    return replace(view, console=replace(view.console, acquired=(*view.console.acquired, entry)))


def _with_scout(view: View, command: c.AcquireScout) -> View:
    console = view.console
    entry = AcquiredScout(
        number=len(console.scouts),
        at_ms=view.elapsed_ms,
        orientation=command.orientation,
        range_mm=console.scan_reach_mm,
        settings=ScoutTechnique(tube_voltage_kv=command.tube_voltage_kv, tube_current_ma=command.tube_current_ma),
        dose=made_up.acquired(0, AcquisitionPurpose.PLANNING, 3).dose,
    )
    return replace(view, console=replace(console, scouts=(*console.scouts, entry)))


class Hand:
    """Keys and mouse into the real event loop of a window over a scripted procedure."""

    def __init__(
        self, procedure: Scripted | None, size: tuple[int, int] = (1280, 720), desk: StartDesk | None = None
    ) -> None:
        self.procedure = procedure
        worker = None if procedure is None else EngineWorker(lambda progress: (procedure, 0))
        self.app = App(worker, size=size, desk=desk)
        if procedure is not None:
            self.until(lambda: self.app.name != "loading")
            self.app.step()

    @property
    def context(self) -> Any:
        """What all screens share."""
        return self.app.context

    def until(self, condition: Callable[[], bool]) -> None:
        """Turn the event loop until something holds."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"still waiting on {self.app.name}: {self.context.notices.notice}"
            self.app.step()

    def settle(self) -> None:
        """Wait until nothing is computed and nothing waits."""
        self.until(lambda: not self.context.busy and not self.context.held.kept)
        self.app.step()

    def to_debrief(self, *commands: c.Command) -> None:
        """Send commands, finish, and wait for the debrief and its report."""
        for command in commands:
            self.context.send(command)
            self.settle()
        self.context.send(c.Finish())
        self.until(lambda: self.app.name == "debrief" and bool(self.context.session.report_path))
        self.turns(2)

    def texts(self) -> str:
        """All that is written on the screen."""
        self.app.step()
        return " ".join(line.text for line in drawn(self.app))

    def turns(self, count: int) -> None:
        """Turn the event loop so often."""
        for _ in range(count):
            self.app.step()

    def go(self, screen: str) -> None:
        """Show a screen."""
        self.app.show(screen)
        self.app.step()

    def tap(self, code: int, mod: int = 0) -> None:
        """A key goes down and up, in two turns of the loop; nothing is waited for."""
        for kind in (pygame.KEYDOWN, pygame.KEYUP):
            pygame.event.post(pygame.event.Event(kind, key=code, mod=mod, unicode="", scancode=0))
            self.app.step()

    def key(self, code: int, mod: int = 0) -> None:
        """A key, and what comes of it."""
        self.tap(code, mod)
        self.settle()

    def drag(self, start: tuple[int, int], end: tuple[int, int], button: int = 1) -> None:
        """A button of the mouse is pressed, moved and released."""
        held = tuple(int(button == k) for k in (1, 2, 3))
        for kind, values in (
            (pygame.MOUSEBUTTONDOWN, {"pos": start, "button": button}),
            (pygame.MOUSEMOTION, {"pos": end, "rel": (end[0] - start[0], end[1] - start[1]), "buttons": held}),
            (pygame.MOUSEBUTTONUP, {"pos": end, "button": button}),
        ):
            pygame.event.post(pygame.event.Event(kind, values))
            self.app.step()

    def placed(self, words: str) -> Any:
        """The button with these words."""
        return next(p for p in self.app.screen._placed if p.label.replace("✓  ", "").startswith(words))

    def rest_on(self, words: str) -> Any:
        """The mouse comes to rest on a button; the button, after long enough for its words to appear."""
        placed = self.placed(words)
        pygame.mouse.set_pos(placed.button.rect.center)
        end = time.monotonic() + PATIENCE_S
        while placed.button.tool_tip is None and time.monotonic() < end:
            self.app.step()
            if placed.button.hovered and placed.button.hover_time > 3.0:
                break
        return placed.button

    def wheel(self, at: tuple[int, int], by: int) -> None:
        """The wheel is turned over a place."""
        pygame.mouse.set_pos(at)
        self.app.step()
        pygame.event.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=by, flipped=False))
        self.app.step()

    def leave(self) -> None:
        """Close the window."""
        if self.procedure is not None:
            self.procedure.gate.set()
            self.procedure.picture_gate.set()
        self.app.screen.let_go()
        self.app.worker.stop()
        pygame.display.quit()
