"""Needle actions: push, pull, lean, turn, stylet and syringes at the hub, each with its key and its command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.input.direction import Direction
from simulator.gui.input.user_action import KeyBinding, StepMark, UserAction, WhileBusy
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.needle_view import NeedleLook
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import NeedleHold, ResistanceMedium

STEPS_MM = (1.0, 2.0, 5.0)
STEP_MARKS = {"advance": StepMark.ADVANCE, "withdraw": StepMark.WITHDRAW}
FAR_MARKS = {("advance", 2): StepMark.ADVANCE_FAR}
HUB_STEP_DEG = 2.0
ENTRY_STEP_MM = 2.0
REDIRECT_KEYS = {
    Direction.LEFT: (pygame.K_a, "A"),
    Direction.RIGHT: (pygame.K_d, "D"),
    Direction.HEAD: (pygame.K_w, "W"),
    Direction.FEET: (pygame.K_s, "S"),
}


class NeedleActions:
    """What the trainee's hands do with the needle; screens take the actions that they show."""

    def __init__(self, context: AppContext) -> None:
        self._context = context

    # When things can be done.

    def _needle(self) -> NeedleLook | None:
        return self._context.perceived.view.needle

    def no_needle(self) -> str | None:
        """Why the needle cannot be used."""
        return None if self._needle() else "No needle stands on the skin: plan a path and place it"

    def not_in_skin(self) -> str | None:
        """Why the hub cannot be used."""
        needle = self._needle()
        if needle is None:
            return self.no_needle()
        return None if needle.in_skin else "The needle only stands on the skin: advance it"

    def hub_closed(self) -> str | None:
        """Why nothing can go through the needle."""
        needle = self._needle()
        reason = self.not_in_skin()
        if reason is None and needle is not None and needle.stylet_in:
            return "The stylet is in: take it out first"
        return reason

    def advance(self, index: int) -> UserAction:
        """Push by one of the three steps."""
        return self._step("advance", index, pygame.K_DOWN, "↓", lambda mm: c.Advance(distance_mm=mm))

    def withdraw(self, index: int) -> UserAction:
        """Pull by one of the three steps."""
        return self._step("withdraw", index, pygame.K_UP, "↑", lambda mm: c.Withdraw(distance_mm=mm))

    def _step(self, verb: str, index: int, code: int, arrow: str, command: Callable[[float], Command]) -> UserAction:
        mm = STEPS_MM[index]
        caps = (arrow, f"Shift {arrow}", f"Ctrl {arrow}")
        compact = (arrow, f"⇧{arrow}", f"^{arrow}")
        return UserAction(
            words=f"{mm:g}",
            key=KeyBinding(
                code=code,
                cap=(compact if self._context.display.scale.compact else caps)[index],
                shift=index == 1,
                control=index == 2,
            ),
            do=self._context.sends(lambda: command(mm)),
            why_not=self.no_needle,
            hint=f"{verb.capitalize()} the needle {mm:g} mm",
            while_busy=WhileBusy.DROPPED,
            mark=STEP_MARKS[verb] if index == 0 else FAR_MARKS.get((verb, index)),
        )

    def redirect(self, where: Direction) -> UserAction:
        """Lean the hub to one of four sides; the tip goes the other way."""
        code, cap = REDIRECT_KEYS[where]

        def command() -> Command:
            sign = (
                self._context.perceived.view.handling.lean_sign
            )  # +1: a positive lean leads the tip to the left, the hub to the right
            turn = {
                Direction.LEFT: (-sign, 0),
                Direction.RIGHT: (sign, 0),
                Direction.HEAD: (0, -1),
                Direction.FEET: (0, 1),
            }[where]
            return c.Redirect(angle_change_deg=HUB_STEP_DEG * turn[0], craniocaudal_change_deg=HUB_STEP_DEG * turn[1])

        return UserAction(
            words=where,
            key=KeyBinding(code=code, cap=cap),
            do=self._context.sends(command),
            why_not=self.no_needle,
            while_busy=WhileBusy.DROPPED,
            hint=f"Lean the hub {HUB_STEP_DEG:g}° to the {where.lower()}: the tip goes the other way",
        )

    def skin_point(self, towards: Side) -> UserAction:
        """Set the needle on the skin anew, a little to the patient's left or right."""
        code, cap, sign = (pygame.K_LEFT, "←", 1) if towards is Side.LEFT else (pygame.K_RIGHT, "→", -1)

        def do() -> None:
            placed = self._context.perceived.history.needle.placed
            if placed is not None:
                self._context.send(shift_skin_point(placed, sign * ENTRY_STEP_MM))

        def why_not() -> str | None:
            needle = self._needle()
            if needle is None:
                return self.no_needle()
            return "The needle is in the skin: withdraw it first" if needle.in_skin else None

        return UserAction(
            words=f"Skin point {ENTRY_STEP_MM:g} mm to the {towards}",
            key=KeyBinding(code=code, cap=cap),
            do=do,
            why_not=why_not,
            while_busy=WhileBusy.DROPPED,
        )

    def bevel(self, degrees: float) -> UserAction:
        """Turn the needle about its shaft."""
        code, cap, words = {
            -45.0: (pygame.K_q, "Q", "−45°"),
            45.0: (pygame.K_e, "E", "+45°"),
            180.0: (pygame.K_x, "X", "180°"),
        }[degrees]
        return UserAction(
            words=words,
            key=KeyBinding(code=code, cap=cap),
            do=self._context.sends(lambda: c.RotateBevel(angle_deg=degrees)),
            why_not=self.no_needle,
            while_busy=WhileBusy.DROPPED,
            hint=f"Turn the bevel {words}; a needle bends away from its opening",
            mark=StepMark.BEVEL if degrees == 180.0 else None,
        )

    def stylet(self) -> UserAction:
        """Take the stylet out, or put it back."""

        def command() -> Command:
            needle = self._needle()
            return c.RemoveStylet() if needle is not None and needle.stylet_in else c.ReplaceStylet()

        def words() -> str:
            needle = self._needle()
            return "Stylet in" if needle is not None and not needle.stylet_in else "Stylet out"

        return UserAction(
            words=words,
            key=KeyBinding(code=pygame.K_v, cap="V"),
            do=self._context.sends(command),
            why_not=self.not_in_skin,
            while_busy=WhileBusy.KEPT,
            mark=StepMark.STYLET,
            hint="What shows at the hub when it is out; a needle is pushed with the stylet in",
        )

    def aspirate(self) -> UserAction:
        """Pull on a syringe at the hub."""
        return UserAction(
            words="Aspirate",
            key=KeyBinding(code=pygame.K_f, cap="F"),
            do=self._context.sends(c.Aspirate),
            why_not=self.hub_closed,
            while_busy=WhileBusy.KEPT,
            mark=StepMark.ASPIRATE,
            hint="Pull on a syringe at the hub: nothing, clear fluid or blood",
        )

    def resistance(self) -> UserAction:
        """Press on a syringe of saline."""
        return UserAction(
            words="LOR" if self._context.display.scale.compact else "Test LOR",
            key=KeyBinding(code=pygame.K_r, cap="R"),
            do=self._context.sends(lambda: c.TestResistance(medium=ResistanceMedium.SALINE)),
            why_not=self.hub_closed,
            while_busy=WhileBusy.KEPT,
            mark=StepMark.RESISTANCE,
            hint="Loss of resistance with saline; in a collection it proves little",
        )

    def held_by(self, held: NeedleHold, words: str) -> UserAction:
        """Say what holds the needle; H goes on to the next."""
        return UserAction(
            words=words,
            do=self._context.sends(lambda: c.HoldNeedle(held_by=held)),
            chosen=lambda: self._context.perceived.view.handling.held_by == held,
            hint="A hand in the beam is dosed",
            while_busy=WhileBusy.KEPT,
        )

    def next_holder(self) -> UserAction:
        """The key H."""
        order = tuple(NeedleHold)

        def command() -> Command:
            here = order.index(NeedleHold(self._context.perceived.view.handling.held_by))
            return c.HoldNeedle(held_by=order[(here + 1) % len(order)])

        return UserAction(
            words="Held by",
            key=KeyBinding(code=pygame.K_h, cap="H"),
            do=self._context.sends(command),
            while_busy=WhileBusy.KEPT,
            hint="The needle held by a hand, a holder, or let go",
        )


def shift_skin_point(placed: c.PlaceNeedle, left_mm: float) -> c.PlaceNeedle:
    """The same placement, so much further to the patient's left."""
    if placed.entry_x_mm is not None:
        return replace(placed, entry_x_mm=placed.entry_x_mm + left_mm)
    sign = -1.0 if placed.side in (None, "right") else 1.0
    off_mm = sign * (placed.entry_from_midline_mm or 0.0) + left_mm
    side = Side.LEFT if off_mm > 0 else Side.RIGHT
    return replace(placed, entry_from_midline_mm=abs(off_mm), side=side)
