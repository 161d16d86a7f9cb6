"""Console actions: grey window, tube voltage, current, rotation and the beam's options, with their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.drawing.window_level import WINDOW_PRESETS, WindowLevel
from simulator.gui.input.console_choices import neighbouring_choice
from simulator.gui.input.footswitch import locked_by_beam
from simulator.gui.input.user_action import ButtonKind, KeyBinding, UserAction, WhileBusy
from simulator.interface import commands as c
from simulator.interface.commands import Command

ROTATIONS_S = (0.4, 0.5, 0.75, 1.0, 1.5)
TILT_STEP_DEG = 5.0
WINDOW_KEYS = ((pygame.K_1, "1"), (pygame.K_2, "2"), (pygame.K_3, "3"), (pygame.K_4, "4"))
"""The same on every screen with pictures, as in a reading room."""


class ExposureRow(IntEnum):
    """What of the exposure can be stepped, in the order in which the console shows it."""

    TUBE_VOLTAGE = 0
    TUBE_CURRENT = 1
    ROTATION_TIME = 2


EXPOSURE_WORDS = {
    ExposureRow.TUBE_VOLTAGE: "Tube voltage",
    ExposureRow.TUBE_CURRENT: "Tube current",
    ExposureRow.ROTATION_TIME: "Rotation time",
}


class ConsoleActions:
    """What is set on the console; screens take the actions that they show.

    Attributes:
        row: what the keys - and + step
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.row = ExposureRow.TUBE_CURRENT

    def locked(self) -> str | None:
        """Why nothing can be set."""
        return locked_by_beam(self._context.perceived)

    def choose_window(
        self, index: int, get: Callable[[], WindowLevel], put: Callable[[WindowLevel], None]
    ) -> UserAction:
        """One of the four grey windows."""
        wanted = WINDOW_PRESETS[index]
        code, cap = WINDOW_KEYS[index]
        return UserAction(
            words=wanted.name,
            key=KeyBinding(code=code, cap=cap),
            do=lambda: put(wanted),
            chosen=lambda: get().name == wanted.name,
            hint=f"{wanted.name} window, {wanted.words}",
        )

    def step_exposure(self, row: ExposureRow, by: int) -> UserAction:
        """Step tube voltage, current or rotation time to the next value that the console offers."""
        return UserAction(
            words="+" if by > 0 else "−",
            do=lambda: self._step(row, by),
            why_not=lambda: self.locked() or self._at_end(row, by),
            while_busy=WhileBusy.KEPT,
            hint=f"{EXPOSURE_WORDS[row]}: the next value that the console offers",
            kind=ButtonKind.CENTRED,
        )

    def exposure_keys(self) -> list[UserAction]:
        """F5 to F7 choose what - and + change; F8 and 5 to 8 are the options of the beam."""
        rows = [
            UserAction(words=words, key=KeyBinding(code=code, cap=cap), do=self._chooses(row))
            for row, words, code, cap in (
                (ExposureRow.TUBE_VOLTAGE, "Choose tube voltage", pygame.K_F5, "F5"),
                (ExposureRow.TUBE_CURRENT, "Choose tube current", pygame.K_F6, "F6"),
                (ExposureRow.ROTATION_TIME, "Choose rotation time", pygame.K_F7, "F7"),
            )
        ]
        steps = [
            UserAction(
                words=words,
                key=KeyBinding(code=code, cap=cap),
                do=self._steps(by),
                why_not=self.locked,
                while_busy=WhileBusy.KEPT,
            )
            for words, code, cap, by in (
                ("Lower it", pygame.K_MINUS, "−", -1),
                ("Raise it", pygame.K_EQUALS, "+", 1),
            )
        ]
        return [*rows, *steps, self._scan_arc(), self._hand_protection(), *self._tilts(), self._metal_reduction()]

    def _scan_arc(self) -> UserAction:
        """F8: the beam on for a whole turn or a part of it, where the console offers both."""

        def command() -> Command:
            arcs, now = (
                self._context.perceived.view.console.scan_arcs_deg,
                self._context.perceived.view.console.settings,
            )
            return self._with_options(arcs[(arcs.index(now.scan_arc_deg) + 1) % len(arcs)], now.hand_protection)

        return UserAction(
            words="Whole or partial scan",
            key=KeyBinding(code=pygame.K_F8, cap="F8"),
            do=self._context.sends(command),
            why_not=lambda: self.locked() or _not_offered(len(self._context.perceived.view.console.scan_arcs_deg) > 1),
            while_busy=WhileBusy.KEPT,
            hint="Beam on for a whole turn, or for 240 degrees",
        )

    def _hand_protection(self) -> UserAction:
        """Key 5: the beam off over the hand, where the console offers it."""

        def command() -> Command:
            now = self._context.perceived.view.console.settings
            return self._with_options(now.scan_arc_deg, not now.hand_protection)

        return UserAction(
            words="Hand protection on or off",
            key=KeyBinding(code=pygame.K_5, cap="5"),
            do=self._context.sends(command),
            why_not=lambda: self.locked() or _not_offered(self._context.perceived.view.console.offers_hand_protection),
            while_busy=WhileBusy.KEPT,
            hint="Beam off while the tube is over the back",
        )

    def _metal_reduction(self) -> UserAction:
        """Key 8: presses made again without what lies behind metal, where the console offers it."""

        def command() -> Command:
            now = self._context.perceived.view.console.settings
            return c.ChooseTechnique(
                tube_voltage_kv=now.tube_voltage_kv,
                tube_current_ma=now.tube_current_ma,
                rotation_s=now.rotation_s,
                metal_artefact_reduction=not now.metal_artefact_reduction,
            )

        def why_not() -> str | None:
            return self.locked() or _not_offered(self._context.perceived.view.console.offers_metal_artefact_reduction)

        return UserAction(
            words="Metal artefact reduction on or off",
            key=KeyBinding(code=pygame.K_8, cap="8"),
            do=self._context.sends(command),
            why_not=why_not,
            while_busy=WhileBusy.KEPT,
            hint="Fewer streaks about the needle, a second later; the tip may go with them",
        )

    def _tilts(self) -> list[UserAction]:
        """Keys 6 and 7: the gantry's upper edge to the feet or to the head, in steps of five degrees."""

        def action(by_deg: float, code: int, cap: str, words: str) -> UserAction:
            def tilt() -> float:
                return self._context.perceived.view.console.settings.gantry_tilt_deg + by_deg

            def why_not() -> str | None:
                low, high = self._context.perceived.view.console.gantry_tilts_deg
                return self.locked() or (None if low <= tilt() <= high else "The gantry leans no further")

            return UserAction(
                words=words,
                key=KeyBinding(code=code, cap=cap),
                do=self._context.sends(lambda: c.TiltGantry(tilt_deg=tilt())),
                why_not=why_not,
                while_busy=WhileBusy.KEPT,
                hint="Tilt the gantry by five degrees; scans are taken upright",
            )

        return [
            action(-TILT_STEP_DEG, pygame.K_6, "6", "Tilt the gantry to the feet"),
            action(TILT_STEP_DEG, pygame.K_7, "7", "Tilt the gantry to the head"),
        ]

    def _with_options(self, scan_arc_deg: int, hand_protection: bool) -> Command:
        now = self._context.perceived.view.console.settings
        return c.ChooseTechnique(
            tube_voltage_kv=now.tube_voltage_kv,
            tube_current_ma=now.tube_current_ma,
            rotation_s=now.rotation_s,
            scan_arc_deg=scan_arc_deg,
            hand_protection=hand_protection,
        )

    def _chooses(self, row: ExposureRow) -> Callable[[], None]:
        def chosen() -> None:
            self.row = row

        return chosen

    def _steps(self, by: int) -> Callable[[], None]:
        return lambda: self._step(self.row, by)

    def _offered(self, row: ExposureRow) -> tuple[Sequence[float], float]:
        """What the console offers in a row, and what is set."""
        view = self._context.perceived.view
        if row is ExposureRow.TUBE_VOLTAGE:
            return view.console.tube_voltages_kv, view.console.settings.tube_voltage_kv
        if row is ExposureRow.TUBE_CURRENT:
            return view.console.tube_currents_ma, view.console.settings.tube_current_ma
        quickest, slowest = view.console.rotation_range_s
        return [one for one in ROTATIONS_S if quickest <= one <= slowest], view.console.settings.rotation_s

    def _at_end(self, row: ExposureRow, by: int) -> str | None:
        return None if self._next_value(row, by) is not None else "The console offers no more"

    def _next_value(self, row: ExposureRow, by: int) -> float | None:
        choices, now = self._offered(row)
        value = neighbouring_choice(choices, now, by)
        return None if value == now else value

    def _step(self, row: ExposureRow, by: int) -> None:
        value = self._next_value(row, by)
        if value is None:
            return
        now = self._context.perceived.view.console.settings
        self._context.send(
            c.ChooseTechnique(
                tube_voltage_kv=int(value) if row is ExposureRow.TUBE_VOLTAGE else now.tube_voltage_kv,
                tube_current_ma=value if row is ExposureRow.TUBE_CURRENT else now.tube_current_ma,
                rotation_s=value if row is ExposureRow.ROTATION_TIME else now.rotation_s,
            )
        )


def _not_offered(there: bool) -> str | None:
    return None if there else "The console does not offer it"
