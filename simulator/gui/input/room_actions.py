"""Room actions: the patient is asked, time passes, the operator steps aside, the table moves; with their keys."""

from __future__ import annotations

import pygame

from simulator.gui.context.app_context import AppContext
from simulator.gui.input.direction import Direction
from simulator.gui.input.footswitch import locked_by_beam
from simulator.gui.input.patient_aid import find_aid
from simulator.gui.input.user_action import KeyBinding, StepMark, UserAction, WhileBusy
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.vocabulary.procedure import OperatorPosition

SLICE_MM = 4.0
WAIT_S = 10.0


class RoomActions:
    """What is done about the table and with the patient; screens take the actions that they show."""

    def __init__(self, context: AppContext) -> None:
        self._context = context

    def ask(self) -> UserAction:
        """Ask how it feels; while the patient or the arm needs something, do that instead."""

        def now() -> tuple[str, Command]:
            return find_aid(self._context.perceived.view) or ("How are you?", c.AskPatient())

        key = KeyBinding(code=pygame.K_z, cap="Z")
        return UserAction(
            words=lambda: now()[0],
            key=key,
            do=self._context.sends(lambda: now()[1]),
            while_busy=WhileBusy.KEPT,
            mark=StepMark.ASK,
            hint="While the patient or the arm needs something, it is that instead",
        )

    def wait(self) -> UserAction:
        """Let time pass."""
        return UserAction(
            words=f"Wait {WAIT_S:g} s",
            key=KeyBinding(code=pygame.K_PERIOD, cap="."),
            do=self._context.sends(lambda: c.Wait(duration_s=WAIT_S)),
            while_busy=WhileBusy.KEPT,
            hint="The simulated clock moves with what is done; waiting takes time too",
        )

    def stand(self) -> UserAction:
        """Go to the next place in the room."""

        def command() -> Command:
            places = tuple(OperatorPosition)
            here = places.index(OperatorPosition(self._context.perceived.view.stands_at))
            return c.StandAt(place=places[(here + 1) % len(places)])

        return UserAction(
            words="Move",
            key=KeyBinding(code=pygame.K_t, cap="T"),
            do=self._context.sends(command),
            while_busy=WhileBusy.KEPT,
            hint="Stand at the table, behind the shield, or in the control room",
        )

    def move_table(self, towards: Direction) -> UserAction:
        """Move the table by one slice, to head or feet."""
        head = towards is Direction.HEAD
        code, cap, sign = (pygame.K_LEFTBRACKET, "[", 1) if head else (pygame.K_RIGHTBRACKET, "]", -1)
        return UserAction(
            words=towards,
            key=KeyBinding(code=code, cap=cap),
            do=self._context.sends(lambda: c.MoveTable(by_mm=sign * SLICE_MM)),
            why_not=lambda: locked_by_beam(self._context.perceived),
            while_busy=WhileBusy.KEPT,
            hint=f"One slice ({SLICE_MM:g} mm) towards the {towards.lower()}",
        )
