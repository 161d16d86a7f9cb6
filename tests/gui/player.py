"""A person at the window: keys and mouse posted into the real event loop, and eyes that read what it shows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pygame

from simulator.gui.app import App
from simulator.gui.engine_worker.engine_worker import EngineWorker
from simulator.gui.ground_truth.recorded_procedure import RecordedProcedure
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.panels import scout_planes
from simulator.gui.screens.reading import ReadingScreen
from simulator.gui.screens.scout import ScoutScreen
from simulator.report.recording import Recording
from simulator.scenario.build import Case
from simulator.vocabulary.levels import Vertebra
from tests.gui.best_way import best_way

PATIENCE_S = 240.0  # a machine may be slow; only a hang ends a test


BEYOND_MM = 0.0  # the end of the plan


class Player:
    """Plays in one window."""

    def __init__(self, case: Case, out: Path, size: tuple[int, int] = (1280, 720)) -> None:
        def opening(progress: Callable[[str, float], None]) -> tuple[RecordedProcedure, int]:
            recording = Recording(case, operator="trainee", scenario_path="", out=out, learner="r-17")
            return RecordedProcedure(recording), 0

        self.app = App(EngineWorker(opening), size=size)
        self.length_mm = 0.0

    def until(self, condition: Callable[[], bool]) -> None:
        """Turn the event loop until something holds."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"still waiting on {self.app.name}"
            self.app.step()

    def settle(self) -> None:
        """Wait until commands are carried out and presses have come."""
        self.until(lambda: self.app.worker.pending == 0 and not self.app.context.perceived.awaiting_press())

    def on(self, screen: str) -> None:
        """Wait for a screen."""
        self.until(lambda: self.app.name == screen)
        self.settle()

    def scans_come(self, purpose: str) -> None:
        """Wait until every slice of a scan has come."""

        def come() -> bool:
            volume = self.app.context.perceived.scan(purpose)
            return volume is not None and volume.complete

        self.until(come)

    def down(self, code: int, mod: int = 0) -> None:
        """A key goes down."""
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod, unicode="", scancode=0))
        self.app.step()

    def up(self, code: int, mod: int = 0) -> None:
        """A key comes up."""
        pygame.event.post(pygame.event.Event(pygame.KEYUP, key=code, mod=mod, unicode="", scancode=0))
        self.app.step()

    def key(self, code: int, mod: int = 0) -> None:
        """A key is tapped and its command carried out."""
        self.down(code, mod)
        self.up(code, mod)
        self.settle()

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """The left button is pressed, moved and released."""
        a, b = (round(start[0]), round(start[1])), (round(end[0]), round(end[1]))
        for kind, values in (
            (pygame.MOUSEBUTTONDOWN, {"pos": a, "button": 1}),
            (pygame.MOUSEMOTION, {"pos": b, "rel": (b[0] - a[0], b[1] - a[1]), "buttons": (1, 0, 0)}),
            (pygame.MOUSEBUTTONUP, {"pos": b, "button": 1}),
        ):
            pygame.event.post(pygame.event.Event(kind, values))
            self.app.step()

    def click(self, words: str) -> None:
        """The button with these words is pressed with the mouse."""
        placed = next(p for p in self.app.screen._placed if p.label.replace("✓  ", "").startswith(words))
        at = placed.button.rect.center
        pygame.mouse.set_pos(at)
        pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=at, rel=(0, 0), buttons=(0, 0, 0)))
        for _ in range(3):
            self.app.step()
        placed.button.hovered = True
        for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            pygame.event.post(pygame.event.Event(kind, pos=at, button=1))
            self.app.step()
        for _ in range(2):
            self.app.step()
        self.settle()

    @property
    def reading(self) -> ReadingScreen:
        """The screen of the scans."""
        screen = self.app.screens["reading"]
        assert isinstance(screen, ReadingScreen)
        return screen

    def count_to(self, level: str) -> None:
        """Set the level that was counted on the pictures."""
        panel = self.reading._leak
        for _ in range(30):
            if panel.level() == level:
                return
            self.click("+")
        raise AssertionError(f"{level} cannot be set")

    def draw_best_path(self) -> float:
        """Look at the planning scan, and drag the best way that the pixels show; its length in mm."""
        volume = self.app.context.perceived.scan("planning")
        assert volume is not None
        frame, best = best_way(volume)
        assert best is not None
        self.reading.state.index = int(np.abs(frame.z_mm - best.target.z_mm).argmin())
        self.key(pygame.K_p)
        picture = self.reading.pictures()[ImagePlane.AXIAL]
        self.drag(
            picture.on_screen(*frame.pixel_of(best.entry.x_mm, best.entry.y_mm)),
            picture.on_screen(*frame.pixel_of(best.target.x_mm, best.target.y_mm)),
        )
        return best.length_mm

    def mark_tip(self) -> None:
        """Mark the tip in the middle slice of the shown press, as far along the plan as the needle was pushed."""
        history, tools = self.app.context.perceived.history, self.app.controls.tiles
        plan, press = history.plan, tools.press
        assert plan is not None
        assert press is not None
        along = history.needle.depth_mm / math.dist(plan.entry_mm, plan.target_mm)
        x, y = (a + along * (b - a) for a, b in zip(plan.entry_mm[:2], plan.target_mm[:2], strict=True))
        self.app.step()
        at = tools._pictures[1][0].on_screen(*press.grid.row_and_column(x, y))
        self.key(pygame.K_k)
        self.drag(at, at)

    def scout(self) -> None:
        """Take a scout, name the vertebrae in it from the lowest up, and draw a range over L3 and L4."""
        self.key(pygame.K_s)
        self.key(pygame.K_SPACE)
        context = self.app.context
        self.until(lambda: bool(context.perceived.scouts))
        self.app.draw()
        levels, (low_mm, high_mm) = (
            context.perceived.view.console.level_table_mm,
            context.perceived.view.console.scan_reach_mm,
        )
        inside = [name for name, table_mm in levels.items() if low_mm < table_mm < high_mm]
        while context.perceived.counting.name is not inside[-1]:
            self.key(pygame.K_COMMA)
        for name in reversed(inside):
            self.drag(self._on_scout(levels[name]), self._on_scout(levels[name]))
            assert context.perceived.counting.order[-1] is name
        self.key(pygame.K_r)
        self.drag(self._on_scout(levels[Vertebra.L3] + 16.0), self._on_scout(levels[Vertebra.L4] - 16.0))

    def _on_scout(self, table_mm: float) -> tuple[float, float]:
        screen = self.app.screens["scout"]
        assert isinstance(screen, ScoutScreen)
        (picture, middle_mm), _ = scout_planes.pictures(self.app.context, screen._areas)
        assert picture is not None
        return picture.area.centerx, scout_planes.y_of(picture, middle_mm, table_mm)

    # A whole procedure, in four parts.

    def prepare(self) -> None:
        """From the briefing to a path that is drawn on the planning scan."""
        self.on("briefing")
        for code in (pygame.K_1, pygame.K_2, pygame.K_3):
            self.key(code)
        self.on("reading")
        self.count_to("L3/4")
        self.click("Write the leak down")
        self.click("Skin grid")
        self.key(pygame.K_SPACE)
        self.scans_come("planning")
        self.length_mm = self.draw_best_path()
        self.key(pygame.K_RETURN)

    def guide(self) -> None:
        """From the skin to the end of the plan; a plunger is tried on the way, and beside a collection not believed."""
        self.click("Disinfect")
        self.click("Local anaesthetic")
        self.key(pygame.K_n)
        self.on("guidance")
        for _ in range(int((self.length_mm - 12.0) / 10.0)):
            for _ in range(2):  # the bevel is turned half round on the way so that it does not steer
                self.key(pygame.K_DOWN, pygame.KMOD_CTRL)
                self.key(pygame.K_x)
        self.key(pygame.K_SPACE)
        self.key(pygame.K_v)
        for _ in range(26):
            self.key(pygame.K_r)
            if self.app.context.perceived.history.needle.depth_mm > self.length_mm + BEYOND_MM:
                break
            self.key(pygame.K_v)
            self.key(pygame.K_DOWN)
            self.key(pygame.K_v)
        self.key(pygame.K_SPACE)

    def inject(self, *, ml: float) -> None:
        """Blood with contrast, as long as the key is held or until the patient speaks."""
        self.key(pygame.K_F4)
        self.on("injection")
        self.key(pygame.K_b)
        self.key(pygame.K_m)
        self.key(pygame.K_F7)
        context = self.app.context
        spoken = len(context.perceived.history.said)
        self.down(pygame.K_i)
        self.until(
            lambda: (
                context.perceived.view.injection.injected_blood_ml >= ml or len(context.perceived.history.said) > spoken
            )
        )
        self.up(pygame.K_i)
        self.settle()

    def finish(self) -> None:
        """Needle out, control scan, aftercare, debrief."""
        self.click("Control scan")
        self.on("reading")
        self.click("Needle out")
        self.key(pygame.K_SPACE)
        self.scans_come("control")
        self.click("Legs")
        self.click("Flat")
        self.click("Finish")
        self.on("debrief")
        self.until(lambda: bool(self.app.context.session.report_path))
        self.app.draw()

    def leave(self) -> None:
        """Close the window."""
        self.app.screen.let_go()
        self.app.worker.stop()
        pygame.display.quit()
