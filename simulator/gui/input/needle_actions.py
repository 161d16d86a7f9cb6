"""Hands: the actions on needle, table and console, said once for all screens that place them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pygame

from simulator.gui.app_context import AppContext
from simulator.gui.drawing.window_level import WINDOW_PRESETS, WindowLevel
from simulator.gui.input.console_choices import neighbouring_choice
from simulator.gui.input.footswitch import Footswitch
from simulator.gui.input.patient_aid import needed
from simulator.gui.input.user_action import KeyBinding, UserAction
from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.view import NeedleLook
from simulator.vocabulary.anatomy import Side
from simulator.vocabulary.procedure import ResistanceMedium

STEPS_MM = (1.0, 2.0, 5.0)
HUB_STEP_DEG = 2.0
ENTRY_STEP_MM = 2.0
SLICE_MM = 4.0
ROTATIONS_S = (0.4, 0.5, 0.75, 1.0, 1.5)
WAIT_S = 10.0
WINDOW_KEYS = ((pygame.K_F5, "F5"), (pygame.K_F6, "F6"), (pygame.K_F7, "F7"), (pygame.K_F8, "F8"))
PLACES = ("table", "shield", "control room")


class NeedleActions:
    """Actions of one room; screens take those that they show."""

    def __init__(self, context: AppContext, footswitch: Footswitch) -> None:
        self._context = context
        self._footswitch = footswitch
        self.row = 1  # of the technique that - and + change

    def sends(self, command: Callable[[], Command]) -> Callable[[], None]:
        """What sends a command that is made when it is needed."""
        return lambda: self._context.send(command())

    # When things can be done.

    def _needle(self) -> NeedleLook | None:
        return self._context.view.needle

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

    def beam_on(self) -> str | None:
        """Why the console is locked."""
        return "Locked while the beam is on" if self._context.view.pedal_down else None

    # The needle.

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
                cap=(compact if self._context.scale.compact else caps)[index],
                shift=index == 1,
                control=index == 2,
            ),
            do=self.sends(lambda: command(mm)),
            why_not=self.no_needle,
            hint=f"{verb.capitalize()} the needle {mm:g} mm",
        )

    def redirect(self, where: str) -> UserAction:
        """Lean the hub to one of four sides; the tip goes the other way."""
        code, cap = {
            "Left": (pygame.K_a, "A"),
            "Right": (pygame.K_d, "D"),
            "Head": (pygame.K_w, "W"),
            "Feet": (pygame.K_s, "S"),
        }[where]

        def command() -> Command:
            sign = self._context.view.lean_sign  # +1: a positive lean leads the tip to the left, the hub to the right
            turn = {"Left": (-sign, 0), "Right": (sign, 0), "Head": (0, -1), "Feet": (0, 1)}[where]
            return c.Redirect(angle_change_deg=HUB_STEP_DEG * turn[0], craniocaudal_change_deg=HUB_STEP_DEG * turn[1])

        return UserAction(
            words=where,
            key=KeyBinding(code=code, cap=cap),
            do=self.sends(command),
            why_not=self.no_needle,
            hint=f"Lean the hub {HUB_STEP_DEG:g}° to the {where.lower()}: the tip goes the other way",
        )

    def entry(self, towards: str) -> UserAction:
        """Set the needle on the skin anew, a little to the patient's left or right."""
        code, cap, sign = {"left": (pygame.K_LEFT, "←", 1), "right": (pygame.K_RIGHT, "→", -1)}[towards]

        def do() -> None:
            placed = self._context.history.placed
            if placed is not None:
                self._context.send(beside(placed, sign * ENTRY_STEP_MM))

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
            do=self.sends(lambda: c.RotateBevel(angle_deg=degrees)),
            why_not=self.no_needle,
            hint=f"Turn the bevel {words}; a needle bends away from its opening",
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
            words=words, key=KeyBinding(code=pygame.K_v, cap="V"), do=self.sends(command), why_not=self.not_in_skin
        )

    def aspirate(self) -> UserAction:
        """Pull on a syringe at the hub."""
        return UserAction(
            words="Aspirate",
            key=KeyBinding(code=pygame.K_f, cap="F"),
            do=self.sends(c.Aspirate),
            why_not=self.hub_closed,
        )

    def resistance(self) -> UserAction:
        """Press on a syringe of saline."""
        return UserAction(
            words="LOR" if self._context.scale.compact else "Test LOR",
            key=KeyBinding(code=pygame.K_r, cap="R"),
            do=self.sends(lambda: c.TestResistance(medium=ResistanceMedium.SALINE)),
            why_not=self.hub_closed,
            hint="Loss of resistance with saline; in a collection it proves little",
        )

    def held_by(self, held: str, words: str) -> UserAction:
        """Say what holds the needle; H goes on to the next."""
        return UserAction(
            words=words,
            do=self.sends(lambda: c.HoldNeedle(held_by=held)),  # type: ignore[arg-type]
            chosen=lambda: self._context.view.held_by == held,
            hint="A hand in the beam is dosed",
        )

    def next_holder(self) -> UserAction:
        """The key H."""
        order = ("hand", "holder", "released")

        def command() -> Command:
            here = order.index(self._context.view.held_by)
            return c.HoldNeedle(held_by=order[(here + 1) % 3])  # type: ignore[arg-type]

        return UserAction(
            words="Held by",
            key=KeyBinding(code=pygame.K_h, cap="H"),
            do=self.sends(command),
            hint="The needle held by a hand, a holder, or let go",
        )

    # The room.

    def ask(self) -> UserAction:
        """Ask how it feels; while the patient or the arm needs something, do that instead."""

        def now() -> tuple[str, Command]:
            return needed(self._context.view) or ("How are you?", c.AskPatient())

        key = KeyBinding(code=pygame.K_z, cap="Z")
        return UserAction(words=lambda: now()[0], key=key, do=self.sends(lambda: now()[1]))

    def wait(self) -> UserAction:
        """Let time pass."""
        return UserAction(
            words=f"Wait {WAIT_S:g} s",
            key=KeyBinding(code=pygame.K_PERIOD, cap="."),
            do=self.sends(lambda: c.Wait(duration_s=WAIT_S)),
            hint="The simulated clock moves with what is done; waiting takes time too",
        )

    def stand(self) -> UserAction:
        """Go to the next place in the room."""

        def command() -> Command:
            here = PLACES.index(self._context.view.stands_at)
            return c.StandAt(place=PLACES[(here + 1) % len(PLACES)])  # type: ignore[arg-type]

        return UserAction(
            words="Move",
            key=KeyBinding(code=pygame.K_t, cap="T"),
            do=self.sends(command),
            hint="Stand at the table, behind the shield, or in the control room",
        )

    def table(self, towards: str) -> UserAction:
        """Move the table by one slice, to head or feet."""
        code, cap, sign = {"Head": (pygame.K_LEFTBRACKET, "[", 1), "Feet": (pygame.K_RIGHTBRACKET, "]", -1)}[towards]
        return UserAction(
            words=towards,
            key=KeyBinding(code=code, cap=cap),
            do=self.sends(lambda: c.MoveTable(by_mm=sign * SLICE_MM)),
            why_not=self.beam_on,
            hint=f"One slice ({SLICE_MM:g} mm) towards the {towards.lower()}",
        )

    def footswitch(self, words: str = "Press") -> UserAction:
        """The pedal itself: held."""
        return UserAction(
            words=words,
            key=KeyBinding(code=pygame.K_SPACE, cap="Space"),
            do=self._footswitch.press,
            release=self._footswitch.release,
            kind="beam",
            hint="The pedal: tap for one rotation, hold for one after another",
        )

    # The console.

    def window(self, index: int, get: Callable[[], WindowLevel], put: Callable[[WindowLevel], None]) -> UserAction:
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

    def technique(self, row: int, up: bool) -> UserAction:
        """Step the tube voltage, the current or the rotation time."""
        return UserAction(
            words="+" if up else "−",
            do=lambda: self.step_technique(row, up),
            why_not=lambda: self.beam_on() or self._at_end(row, up),
            kind="centred",
        )

    def technique_keys(self) -> list[UserAction]:
        """1 to 3 choose what - and + change."""

        def choose(row: int) -> Callable[[], None]:
            def chosen() -> None:
                self.row = row

            return chosen

        rows = [
            UserAction(words=name, key=KeyBinding(code=pygame.K_1 + row, cap=str(row + 1)), do=choose(row))
            for row, name in enumerate(("Choose tube voltage", "Choose tube current", "Choose rotation time"))
        ]
        steps = [
            UserAction(words=words, key=KeyBinding(code=code, cap=cap), do=self._keyed(up), why_not=self.beam_on)
            for words, code, cap, up in (
                ("Lower it", pygame.K_MINUS, "−", False),
                ("Raise it", pygame.K_EQUALS, "+", True),
            )
        ]
        return rows + steps + [self._option("arc"), self._option("hand")]

    def _option(self, kind: str) -> UserAction:
        """4 and 5: partial scan, and the beam off over the hand, where the console offers them."""
        arc = kind == "arc"

        def offered() -> str | None:
            view = self._context.view
            there = len(view.scan_arcs_deg) > 1 if arc else view.offers_hand_protection
            return None if there else "The console does not offer it"

        def command() -> Command:
            now, arcs = self._context.view.technique, self._context.view.scan_arcs_deg
            following = arcs[(arcs.index(now.scan_arc_deg) + 1) % len(arcs)]
            return c.ChooseTechnique(
                tube_voltage_kv=now.tube_voltage_kv,
                tube_current_ma=now.tube_current_ma,
                rotation_s=now.rotation_s,
                scan_arc_deg=following if arc else now.scan_arc_deg,
                hand_protection=now.hand_protection if arc else not now.hand_protection,
            )

        return UserAction(
            words="Whole or partial scan" if arc else "Hand protection on or off",
            key=KeyBinding(code=pygame.K_4 if arc else pygame.K_5, cap="4" if arc else "5"),
            do=self.sends(command),
            why_not=lambda: self.beam_on() or offered(),
            hint="Beam on for a whole turn, or for 240 degrees" if arc else "Beam off while the tube is over the back",
        )

    def _keyed(self, up: bool) -> Callable[[], None]:
        return lambda: self.step_technique(self.row, up)

    def _choices(self, row: int) -> tuple[Sequence[float], float]:
        view = self._context.view
        if row == 0:
            return view.tube_voltages_kv, view.technique.tube_voltage_kv
        if row == 1:
            return view.tube_currents_ma, view.technique.tube_current_ma
        return ROTATIONS_S, view.technique.rotation_s

    def _at_end(self, row: int, up: bool) -> str | None:
        return None if self._stepped(row, up) is not None else "The console offers no more"

    def _stepped(self, row: int, up: bool) -> float | None:
        choices, now = self._choices(row)
        value = neighbouring_choice(choices, now, 1 if up else -1)
        return None if value == now else value

    def step_technique(self, row: int, up: bool) -> None:
        """Choose the next technique up or down."""
        value = self._stepped(row, up)
        if value is None:
            return
        now = self._context.view.technique
        self._context.send(
            c.ChooseTechnique(
                tube_voltage_kv=int(value) if row == 0 else now.tube_voltage_kv,
                tube_current_ma=value if row == 1 else now.tube_current_ma,
                rotation_s=value if row == 2 else now.rotation_s,
            )
        )


def beside(placed: c.PlaceNeedle, left_mm: float) -> c.PlaceNeedle:
    """The same placement, so much further to the patient's left."""
    if placed.entry_x_mm is not None:
        return replace(placed, entry_x_mm=placed.entry_x_mm + left_mm)
    sign = -1.0 if placed.side in (None, "right") else 1.0
    off_mm = sign * (placed.entry_from_midline_mm or 0.0) + left_mm
    side = Side.LEFT if off_mm > 0 else Side.RIGHT
    return replace(placed, entry_from_midline_mm=abs(off_mm), side=side)
