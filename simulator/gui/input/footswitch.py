"""Footswitch: the pedal and its key. A tap is one rotation, a hold one after another, in step with the wall's clock."""

from __future__ import annotations

import time

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.perceived import Perceived
from simulator.gui.input.user_action import ButtonKind, KeyBinding, StepMark, UserAction, WhileBusy
from simulator.interface import commands as c


class Footswitch:
    """The foot's side of `PressPedal` and `ReleasePedal`.

    Images are never asked for faster than they are made: where the computer is late, the simulated clock waits.
    """

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.down = False
        self._due_s = 0.0
        self._pressed_ms = 0
        self._lit_until_s = 0.0

    @property
    def lit(self) -> bool:
        """Whether the lamp is on: at least as long as an eye needs to see it."""
        return self.down or time.monotonic() < self._lit_until_s

    @property
    def since_ms(self) -> int:
        """Simulated beam time of this press."""
        rotation_ms = round(1000 * self._context.perceived.view.console.settings.image_s)
        return (
            max(self._context.perceived.view.elapsed_ms - self._pressed_ms, rotation_ms) if self.down else rotation_ms
        )

    def press(self) -> None:
        """The foot goes down; while a picture or a command is computed the beam stays off, and that is said."""
        if self.down:
            return
        if self._context.busy:
            self._context.drop("Pedal")
            return
        self.down = self._context.held.foot_down = True
        self._pressed_ms = self._context.perceived.view.elapsed_ms
        image_s = self._context.perceived.view.console.settings.image_s
        self._due_s = time.monotonic() + image_s
        self._lit_until_s = self._due_s
        self._context.send(c.PressPedal(hold=True))

    def release(self) -> None:
        """The foot comes up."""
        if self.down:
            self.down = self._context.held.foot_down = False
            self._context.send(c.ReleasePedal())

    def tick(self) -> bool:
        """While it is down, time passes rotation by rotation."""
        now = time.monotonic()
        if (
            self.down
            and now >= self._due_s
            and self._context.worker.pending == 0
            and not self._context.perceived.awaiting_press()
        ):
            image_s = self._context.perceived.view.console.settings.image_s
            self._due_s = now + image_s
            self._context.send(c.Wait(duration_s=image_s))
        return self.lit

    def action(self, words: str = "Press") -> UserAction:
        """The pedal's key and button: down while it is held."""
        return UserAction(
            words=words,
            key=KeyBinding(code=pygame.K_SPACE, cap="Space"),
            do=self.press,
            release=self.release,
            kind=ButtonKind.BEAM,
            while_busy=WhileBusy.DROPPED,
            mark=StepMark.PRESS,
            hint="The pedal: tap for one rotation, hold for one after another",
        )


def locked_by_beam(perceived: Perceived) -> str | None:
    """Why the console is locked; None while the pedal is up."""
    return "Locked while the beam is on" if perceived.view.console.pedal_down else None
