"""Perceived history: what the trainee has seen, felt and heard so far, gathered from the Views in their order.

A View shows one moment; a console, a hand and a chart remember. Nothing here is known that was not perceived.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from simulator.interface import commands as c
from simulator.interface.commands import Command
from simulator.interface.console import Acquired
from simulator.interface.view import View
from simulator.vocabulary.patient_facts import Question
from simulator.vocabulary.patient_words import tells_of_pain
from simulator.vocabulary.procedure import AcquisitionPurpose, HubSign, Phase, PlungerFeel

GIVE_N = 1.0  # a drop of the force that a hand calls a give
FELT_STEP_MM = 0.5
REMEMBERED_MM = 5.0
MOVES = (c.Advance, c.Withdraw, c.Redirect, c.PlaceNeedle)
"""Commands after which what was learnt at the hub counts no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientUtterance:
    """Words of the patient; `asked`: an answer, and no word of their own."""

    at_ms: int
    words: str
    at_ml: float
    asked: bool = False


@dataclass(slots=True)
class FeltNeedle:
    """What a hand remembers of the needle.

    Attributes:
        name: of the needle that was chosen from the tray last; empty before
        placed: where it was set on the skin last; None before
        depth_mm: pushed at the skin less what was pulled, as commanded
        felt: depth and force of every half millimetre of the pushes
        give: force before and after a give of the last push; None where there was none
        imaged_depth_mm: depth at the last press
        since_turn_mm: pushed since the bevel was turned last
        hub, hub_at_ms: what last showed at the hub
        aspirated: what came since the needle moved last; None where that was not tried
        resistance: how the plunger of saline answered since then; None where that was not tried
    """

    name: str = ""
    placed: c.PlaceNeedle | None = None
    depth_mm: float = 0.0
    felt: list[tuple[float, float]] = field(default_factory=list)
    give: tuple[float, float] | None = None
    imaged_depth_mm: float | None = None
    since_turn_mm: float = 0.0
    hub: str = ""
    hub_at_ms: int | None = None
    aspirated: HubSign | None = None
    resistance: HubSign | None = None

    def take(self, command: Command, view: View) -> None:
        """Remember what one command did to the needle."""
        self._move(command, view)
        self._look_at_hub(command, view)
        if isinstance(command, c.PlaceNeedle):
            self.placed = command
        if isinstance(command, c.Advance):
            self.since_turn_mm += command.distance_mm
        elif isinstance(command, c.RotateBevel | c.PlaceNeedle):
            self.since_turn_mm = 0.0
        if isinstance(command, c.ChooseNeedle):
            self.name = command.needle
        if isinstance(command, c.Aspirate):
            self.aspirated = view.handling.hub
        elif isinstance(command, c.TestResistance):
            self.resistance = view.handling.hub
        elif isinstance(command, MOVES):
            self.aspirated = self.resistance = None

    @property
    def gave_lately(self) -> bool:
        """Whether the force fell within the last millimetres, as far as the hand remembers them."""
        recent = [force for depth, force in self.felt if depth > self.depth_mm - REMEMBERED_MM]
        return any(max(recent[max(k - 4, 0) : k]) - force > GIVE_N for k, force in enumerate(recent[1:], start=1))

    def _move(self, command: Command, view: View) -> None:
        if isinstance(command, c.PlaceNeedle) or view.needle is None:
            self.depth_mm, self.felt, self.give, self.imaged_depth_mm = 0.0, [], None, None
        if isinstance(command, c.Advance):
            start = self.depth_mm
            for index, force in enumerate(view.handling.force_n):
                self.felt.append((start + FELT_STEP_MM * (index + 1), force))
            self._feel_give(view)
            self.depth_mm += command.distance_mm
        elif isinstance(command, c.Withdraw):
            self.depth_mm = max(self.depth_mm - command.distance_mm, 0.0)
            self.give = None
            self.felt = [point for point in self.felt if point[0] <= self.depth_mm]

    def _feel_give(self, view: View) -> None:
        """A give: the force falls within one push, or from the push before."""
        recent = [force for _, force in self.felt[-len(view.handling.force_n) - 4 :]]
        if not recent:
            return
        peak = max(recent)
        self.give = (peak, recent[-1]) if peak - recent[-1] > GIVE_N else None

    def _look_at_hub(self, command: Command, view: View) -> None:
        if isinstance(command, c.RemoveStylet | c.Aspirate | c.TestResistance):
            sign = view.handling.hub
            self.hub, self.hub_at_ms = _HUB_WORDS[type(command)].get(sign, sign), view.elapsed_ms
        elif isinstance(command, c.ReplaceStylet):
            self.hub, self.hub_at_ms = "Stylet in.", view.elapsed_ms


@dataclass(slots=True)
class SincePress:
    """What was done since the last press.

    Attributes:
        moved_mm: the needle, pushed less pulled
        turned: whether the hub was
        table_moved_mm: the table
        injected_ml: blood and test contrast
    """

    moved_mm: float = 0.0
    turned: bool = False
    table_moved_mm: float = 0.0
    injected_ml: float = 0.0

    def take(self, command: Command, before: View | None, view: View) -> None:
        """Add what one command did."""
        if isinstance(command, c.Advance):
            self.moved_mm += command.distance_mm
        elif isinstance(command, c.Withdraw):
            self.moved_mm -= command.distance_mm
        elif isinstance(command, c.Redirect):
            self.turned = True
        elif isinstance(command, c.MoveTable) and before is not None:
            self.table_moved_mm += view.console.table_mm - before.console.table_mm
        elif isinstance(command, c.InjectBlood) and before is not None:
            self.injected_ml += view.injection.injected_blood_ml - before.injection.injected_blood_ml
        elif isinstance(command, c.InjectContrast):
            self.injected_ml += command.volume_ml

    @property
    def changed(self) -> str:
        """What has changed, in words; empty where nothing has."""
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


@dataclass(slots=True)
class GivenVolumes:
    """What went through the needle, and when it was looked at.

    Attributes:
        test_contrast_ml: contrast before the blood
        contrast_here_ml: of that, since the needle moved last
        contrast_hurt: whether the patient told of pain as it went in
        plunger: volume of blood and what the thumb felt
        first_blood_ms: when the blood began; None before
        at_press_ml: blood and test contrast in the patient at each press, by number
        blood_presses: volume of blood at each press with blood in the patient, and which press it was, from 1
    """

    test_contrast_ml: float = 0.0
    contrast_here_ml: float = 0.0
    contrast_hurt: bool = False
    plunger: list[tuple[float, PlungerFeel]] = field(default_factory=list)
    first_blood_ms: int | None = None
    at_press_ml: dict[int, float] = field(default_factory=dict)
    blood_presses: list[tuple[float, int]] = field(default_factory=list)

    def take(self, command: Command, before: View | None, view: View) -> None:
        """Add what one command gave."""
        if isinstance(command, c.InjectBlood) and before is not None:
            self.first_blood_ms = self.first_blood_ms or view.elapsed_ms
            if view.injection.plunger is not None:
                self.plunger.append((view.injection.injected_blood_ml, view.injection.plunger))
        elif isinstance(command, c.InjectContrast):
            self.test_contrast_ml += command.volume_ml
            self.contrast_here_ml += command.volume_ml
            spoke = before is None or view.patient.words_at_ms != before.patient.words_at_ms
            self.contrast_hurt |= spoke and tells_of_pain(view.patient.words)
        elif isinstance(command, MOVES):
            self.contrast_here_ml, self.contrast_hurt = 0.0, False

    def pressed(self, number: int, ordinal: int, blood_ml: float) -> None:
        """Note a press with this much blood in the patient; `ordinal` counts presses from 1."""
        self.at_press_ml[number] = blood_ml + self.test_contrast_ml
        if blood_ml > 0.0:
            self.blood_presses.append((blood_ml, ordinal))


@dataclass(slots=True)
class PerceivedHistory:
    """Grows with each command.

    Attributes:
        view: the last one
        needle: what the hand remembers of it
        since_press: what was done since the last press
        given: blood and test contrast
        said: words of the patient
        plan: the path that was written down last; None before
        asked_legs: whether the patient was asked for the legs
        no_myelogram: whether there turned out to be none
        happened: phases of which something was done; the order of the phases says nothing about it
        notice: why the last command was refused; empty where it was not
    """

    view: View | None = None
    needle: FeltNeedle = field(default_factory=FeltNeedle)
    since_press: SincePress = field(default_factory=SincePress)
    given: GivenVolumes = field(default_factory=GivenVolumes)
    said: list[PatientUtterance] = field(default_factory=list)
    plan: c.PlanPath | None = None
    asked_legs: bool = False
    no_myelogram: bool = False
    happened: set[Phase] = field(default_factory=set)
    notice: str = ""

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
                    asked=isinstance(command, c.AskPatient),
                )
            )
        self._note_phases(command, view)
        if isinstance(command, c.AcquireMyelogram) and view.refused:
            self.no_myelogram = True
        if command is None or view.refused or isinstance(command, c.LookAt):
            return
        self.needle.take(command, view)
        self.since_press.take(command, before, view)
        self.given.take(command, before, view)
        if isinstance(command, c.PlanPath):
            self.plan = command
        if isinstance(command, c.AskPatient) and command.about == Question.LEGS_AND_BLADDER:
            self.asked_legs = True
        if before is not None and len(view.console.acquired) > len(before.console.acquired):
            self._imaged(view, len(before.console.acquired))

    def press_before(self, number: int) -> Acquired | None:
        """The last press with less in the patient than at this one; None where nothing had been given by then."""
        given = self.given.at_press_ml.get(number, 0.0)
        earlier = [
            one for one in self.presses if one.number < number and self.given.at_press_ml.get(one.number, 0.0) < given
        ]
        return earlier[-1] if earlier else None

    @property
    def planned_mm(self) -> float | None:
        """Length of the path that was written down last; None before."""
        return None if self.plan is None else math.dist(self.plan.entry_mm, self.plan.target_mm)

    @property
    def presses(self) -> list[Acquired]:
        """Fluoroscopy images so far."""
        return [] if self.view is None else [a for a in self.view.console.acquired if a.purpose == "fluoroscopy"]

    def _imaged(self, view: View, known: int) -> None:
        """New entries of the console's list; under a held pedal one command may bring several."""
        new = [entry for entry in view.console.acquired[known:] if entry.purpose == AcquisitionPurpose.FLUOROSCOPY]
        if not new:
            return
        self.since_press = SincePress()
        self.needle.imaged_depth_mm = self.needle.depth_mm
        for ordinal, entry in enumerate(new, start=len(self.presses) - len(new) + 1):
            self.given.pressed(entry.number, ordinal, view.injection.injected_blood_ml)

    def _note_phases(self, command: Command | None, view: View) -> None:
        """What is seen to have been done, phase by phase."""
        purposes = {entry.purpose for entry in view.console.acquired}
        done = {
            Phase.PREPARATION: bool(view.prepared),
            Phase.MYELOGRAPHY: AcquisitionPurpose.MYELOGRAM in purposes,
            Phase.LOCALISATION: "leak marked" in view.prepared,
            Phase.PLANNING: AcquisitionPurpose.PLANNING in purposes or "path planned" in view.prepared,
            Phase.GUIDANCE: view.needle is not None and view.needle.in_skin,
            Phase.INJECTION: view.injection.injected_blood_ml > 0.0 or self.given.test_contrast_ml > 0.0,
            Phase.CONFIRMATION: AcquisitionPurpose.CONTROL in purposes,
            Phase.AFTERCARE: isinstance(command, c.OrderAftercare) and not view.refused,
        }
        self.happened.update(phase for phase, seen in done.items() if seen)


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
