"""Perceived history: what the trainee has seen, felt and heard so far, gathered from the Views in their order.

A View shows one moment; a console, a hand and a chart remember. Nothing here is known that was not perceived.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.console import Acquired
from simulator.interface.view import View
from simulator.vocabulary.procedure import PlungerFeel

GIVE_N = 1.0  # a drop of the force that a hand calls a give
FELT_STEP_MM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientUtterance:
    """Words of the patient."""

    at_ms: int
    words: str
    at_ml: float


@dataclass(slots=True)
class PerceivedHistory:
    """Grows with each command.

    Attributes:
        view: the last one
        depth_mm: pushed at the skin less what was pulled, as commanded
        felt: depth and force of every half millimetre of the pushes
        imaged_depth_mm: depth at the last press
        hub, hub_at_ms: what last showed at the hub
        since_image: what changed since the last press, in words: how far the needle moved, the table, blood
        plunger: volume of blood and what the thumb felt
        notice: why the last command was refused; empty where it was not
    """

    view: View | None = None
    depth_mm: float = 0.0
    felt: list[tuple[float, float]] = field(default_factory=list)
    imaged_depth_mm: float | None = None
    give: tuple[float, float] | None = None
    hub: str = ""
    hub_at_ms: int | None = None
    said: list[PatientUtterance] = field(default_factory=list)
    moved_mm: float = 0.0
    turned: bool = False
    table_moved_mm: float = 0.0
    injected_ml: float = 0.0
    test_contrast_ml: float = 0.0
    plunger: list[tuple[float, PlungerFeel]] = field(default_factory=list)
    blood_presses: list[tuple[float, int]] = field(default_factory=list)
    before_blood: int | None = None
    notice: str = ""
    first_blood_ms: int | None = None
    placed: c.PlaceNeedle | None = None
    needle_name: str = ""

    def take(self, command: Command | None, view: View) -> None:
        """Remember what one command brought."""
        before = self.view
        self.view = view
        self.notice = view.refused or ""
        if view.patient.words and (before is None or view.patient.words_at_ms != before.patient.words_at_ms):
            self.said.append(
                PatientUtterance(
                    at_ms=view.patient.words_at_ms or 0,
                    words=view.patient.words,
                    at_ml=view.injection.injected_blood_ml,
                )
            )
        if command is None or view.refused or isinstance(command, c.LookAt):
            return
        self._needle(command, view)
        self._hub(command, view)
        if isinstance(command, c.MoveTable) and before is not None:
            self.table_moved_mm += view.console.table_mm - before.console.table_mm
        if isinstance(command, c.InjectBlood) and before is not None:
            self.injected_ml += view.injection.injected_blood_ml - before.injection.injected_blood_ml
            self.first_blood_ms = self.first_blood_ms or view.elapsed_ms
            if view.injection.plunger is not None:
                self.plunger.append((view.injection.injected_blood_ml, view.injection.plunger))
        if isinstance(command, c.InjectContrast):
            self.test_contrast_ml += command.volume_ml
            self.injected_ml += command.volume_ml
        if isinstance(command, c.PlaceNeedle):
            self.placed = command
        if isinstance(command, c.ChooseNeedle):
            self.needle_name = command.needle
        if before is not None and len(view.console.acquired) > len(before.console.acquired):
            self._imaged(view)

    @property
    def presses(self) -> list[Acquired]:
        """Fluoroscopy images so far."""
        return [] if self.view is None else [a for a in self.view.console.acquired if a.purpose == "fluoroscopy"]

    @property
    def changed(self) -> str:
        """What has changed since the last press, in words; empty where nothing has."""
        parts = []
        if abs(self.moved_mm) >= 0.05:
            parts.append(f"needle moved {abs(self.moved_mm):g} mm")
        if self.turned:
            parts.append("hub turned")
        if abs(self.table_moved_mm) >= 0.05:
            parts.append(f"table moved {abs(self.table_moved_mm):g} mm")
        if self.injected_ml >= 0.05:
            parts.append(f"{self.injected_ml:.1f} mL injected")
        return f"{', '.join(parts)} since" if parts else ""

    def _needle(self, command: Command, view: View) -> None:
        if isinstance(command, c.PlaceNeedle) or view.needle is None:
            self.depth_mm, self.felt, self.give, self.imaged_depth_mm = 0.0, [], None, None
        if isinstance(command, c.Advance):
            start = self.depth_mm
            for index, force in enumerate(view.handling.force_n):
                self.felt.append((start + FELT_STEP_MM * (index + 1), force))
            self._feel_give(view)
            self.depth_mm += command.distance_mm
            self.moved_mm += command.distance_mm
        elif isinstance(command, c.Withdraw):
            self.depth_mm = max(self.depth_mm - command.distance_mm, 0.0)
            self.felt = [point for point in self.felt if point[0] <= self.depth_mm]
            self.moved_mm -= command.distance_mm
        elif isinstance(command, c.Redirect):
            self.turned = True

    def _feel_give(self, view: View) -> None:
        """A give: the force falls within one push, or from the push before."""
        recent = [force for _, force in self.felt[-len(view.handling.force_n) - 4 :]]
        if not recent:
            return
        peak = max(recent)
        self.give = (peak, recent[-1]) if peak - recent[-1] > GIVE_N else None

    def _hub(self, command: Command, view: View) -> None:
        if isinstance(command, c.RemoveStylet | c.Aspirate | c.TestResistance):
            sign = view.handling.hub
            self.hub, self.hub_at_ms = _HUB_WORDS[type(command)].get(sign, sign), view.elapsed_ms
        elif isinstance(command, c.ReplaceStylet):
            self.hub, self.hub_at_ms = "Stylet in.", view.elapsed_ms

    def _imaged(self, view: View) -> None:
        entry = view.console.acquired[-1]
        if entry.purpose != "fluoroscopy":
            return
        self.moved_mm = self.table_moved_mm = self.injected_ml = 0.0
        self.turned = False
        self.imaged_depth_mm = self.depth_mm
        if view.injection.injected_blood_ml > 0.0:
            self.blood_presses.append((view.injection.injected_blood_ml, len(self.presses)))
        elif view.needle is not None:
            self.before_blood = entry.number


_HUB_WORDS: dict[type, dict[str, str]] = {
    c.RemoveStylet: {
        "nothing": "Stylet out: nothing drips.",
        "clear": "Stylet out: clear, drop by drop.",
        "blood": "Stylet out: blood drips.",
    },
    c.Aspirate: {
        "nothing": "Aspirated: nothing comes.",
        "clear": "Aspirated: clear fluid comes.",
        "blood": "Aspirated: blood comes.",
    },
    c.TestResistance: {
        "resistance lost": "The plunger gives way.",
        "resistance firm": "The plunger is firm.",
    },
}
