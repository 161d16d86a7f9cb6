"""Rig: a needle and a pedal made of steel send lines of text, and feel the force that is sent back.

A line a hundredth or a fiftieth of a second, `needle DEPTH ANGLE LEAN FORCE PEDAL`: millimetres pushed, degrees of the
bevel, degrees of the hub to the patient's right, newtons at the rig's own gauge, pedal 0 or 1. Each is answered by
`force N`. What moved becomes the commands that keys send, so that a session replays without the rig.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from simulator.gui.context.app_context import AppContext
from simulator.gui.context.app_doors import ScreenName
from simulator.gui.drawing.language import own
from simulator.gui.input.footswitch import Footswitch
from simulator.interface import commands as c
from simulator.interface.commands import Command

WORD = "needle"
LEAST_MM, LEAST_DEG = 0.5, 1.0  # smaller moves wait until they add up: a gauge trembles
MOST_MM = 5.0  # of one command: the largest step that the window's own keys have
LARGEST = 1000.0  # of any figure, whatever its unit
AT_THE_NEEDLE = (ScreenName.GUIDANCE, ScreenName.INJECTION)
GONE = "The rig has gone: its pedal is let go; keys and mouse go on."
FORM = "needle DEPTH ANGLE LEAN FORCE PEDAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class RigLine:
    """Where the rig's needle and pedal are.

    Attributes:
        force_n: at the rig's own gauge; not used, the simulated needle feels its own
    """

    depth_mm: float
    angle_deg: float
    lean_deg: float
    force_n: float
    pedal: bool


def read_rig_line(text: str) -> RigLine:
    """A line of the protocol.

    Raises:
        ValueError: it is none.
    """
    word, *figures = text.split()[:7] or [""]
    if word != WORD or len(figures) != 5 or figures[4] not in ("0", "1"):
        raise ValueError(FORM)
    depth, angle, lean, force = (float(one) for one in figures[:4])
    if not all(math.isfinite(one) and abs(one) <= LARGEST for one in (depth, angle, lean, force)):
        raise ValueError(FORM)
    return RigLine(depth_mm=depth, angle_deg=angle, lean_deg=lean, force_n=force, pedal=figures[4] == "1")


class Rig:
    """Reads lines in a thread of its own; the window follows the latest one at each turn of its loop.

    Args:
        lines: of the rig, as they come
        answer: sends a line back
    """

    def __init__(self, lines: Iterable[str], answer: Callable[[str], None]) -> None:
        self._lines, self._answer = lines, answer
        self._latest: RigLine | None = None
        self._pedal: deque[bool] = deque(maxlen=64)  # each change: a short tap must not be lost
        self._wrong = ""
        self._ended = self._told_end = self._told_wrong = False
        self._from: RigLine | None = None  # where the rig was when the needle stood on the skin
        self._sent = {"depth": 0.0, "angle": 0.0, "lean": 0.0}
        self._thread = threading.Thread(target=self._read, name="rig", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def _read(self) -> None:
        was = False
        try:
            for text in self._lines:
                if not text.strip():
                    continue
                try:
                    line = read_rig_line(text)
                except ValueError:
                    self._wrong = text.strip()[:40]
                    continue
                if line.pedal != was:
                    was = line.pedal
                    self._pedal.append(was)
                self._latest = line
        except (OSError, ValueError):  # the port was closed, or sent what is no text
            pass
        self._ended = True

    def follow(self, context: AppContext, footswitch: Footswitch) -> bool:
        """Send what the rig's needle and pedal have done since; whether anything was."""
        if self._ended and not self._pedal and not self._told_end:
            self._told_end = True
            footswitch.release()
            context.notices.say(GONE)
            return True
        if self._wrong and not self._told_wrong:
            self._told_wrong = True
            context.notices.say(
                f"The rig sent what is no line of its protocol: {own(repr(self._wrong))}; such lines are left out."
            )
        if context.display.showing not in AT_THE_NEEDLE or self._latest is None:
            self._pedal.clear()
            return False
        self._send_force(context)
        if self._pedal and (footswitch.down or not context.busy):
            (footswitch.press if self._pedal.popleft() else footswitch.release)()
            return True
        if context.busy:
            return False
        command = self._moved(context, self._latest)
        if command is not None:
            context.send(command)
        return command is not None

    def _send_force(self, context: AppContext) -> None:
        force_n = context.perceived.view.handling.force_n
        try:
            self._answer(f"force {force_n[-1] if force_n else 0.0:.2f}\n")
        except (OSError, ValueError):
            self._ended = True

    def _moved(self, context: AppContext, line: RigLine) -> Command | None:
        """The command for the largest part of what has not been sent yet; None below the least."""
        view = context.perceived.view
        if view.needle is None:
            self._from = None
            return None
        if self._from is None:
            self._from, self._sent = line, {"depth": 0.0, "angle": 0.0, "lean": 0.0}
        push_mm = line.depth_mm - self._from.depth_mm - self._sent["depth"]
        turn_deg = line.angle_deg - self._from.angle_deg - self._sent["angle"]
        lean_deg = line.lean_deg - self._from.lean_deg - self._sent["lean"]
        if abs(push_mm) >= LEAST_MM:
            mm = math.copysign(round(min(abs(push_mm), MOST_MM), 1), push_mm)
            self._sent["depth"] += mm
            return c.Advance(distance_mm=mm) if mm > 0 else c.Withdraw(distance_mm=-mm)
        if abs(turn_deg) >= LEAST_DEG:
            self._sent["angle"] += round(turn_deg, 1)
            return c.RotateBevel(angle_deg=round(turn_deg, 1))
        if abs(lean_deg) >= LEAST_DEG:
            self._sent["lean"] += round(lean_deg, 1)
            return c.Redirect(angle_change_deg=view.handling.lean_sign * round(lean_deg, 1))
        return None
