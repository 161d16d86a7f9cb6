"""View: what an operator perceives, and nothing of the truth behind it.

A View holds the console, the pictures, the needle as it looks from outside, what the hand felt and what was said.
Lengths on the needle are read from its marks, angles by eye, so they are rounded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from simulator.ct.scanner import Frame
from simulator.needle.needle import NEEDLES, angles_from_direction
from simulator.procedure import events as e
from simulator.procedure.state import ConsoleTechnique, Phase, ProcedureState, phase_of
from simulator.procedure.world import World

__all__ = ["Acquired", "DoseSoFar", "Frame", "NeedleLook", "Pictures", "View", "view_of"]

DEPTH_MARK_MM = 5.0
LEAN_BY_EYE_DEG = 3.0
BEVEL_BY_NOTCH_DEG = 45.0


class Pictures(Protocol):
    """The console's archive of images."""

    def frame(self, number: int) -> Frame:
        """Image of an acquisition; z in table millimetres. KeyError where there is none with this number."""
        ...

    def slices(self, number: int, indices: Sequence[int]) -> Frame:
        """Some slices of an acquisition, by their indices from the head down."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """One entry of the console's list of acquisitions."""

    number: int
    purpose: str
    at_ms: int
    slice_centres_table_mm: tuple[float, ...]
    slice_thickness_mm: float
    tube_voltage_kv: int
    mas: float
    dlp_mgy_cm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleLook:
    """The needle as it looks from outside the patient.

    Attributes:
        inserted_marks_mm: length in the patient, read from 5 mm marks
        lean_deg, craniocaudal_lean_deg: angles by eye, to about 3 degrees; signs as in PlaceNeedle
        bevel_notch_deg: where the hub's notch points, from the head, in steps of 45 degrees
    """

    name: str
    length_mm: float
    inserted_marks_mm: float
    in_skin: bool
    lean_deg: float
    craniocaudal_lean_deg: float
    bevel_notch_deg: float
    stylet_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSoFar:
    """Dose display of the console."""

    dlp_mgy_cm: dict[str, float]
    presses: int
    beam_on_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One moment as the operator perceives it.

    Attributes:
        request: what the referring doctor asks for; the level in words
        lean_sign: +1 where a positive lean leads the tip to the patient's left in the images
        felt_n: force along the last push, at each half millimetre that the hand commanded
        stopped: the last push met something that does not give
        hub: what last showed at the hub, came on aspiration, or how the plunger answered
        last: events of the last command that an operator perceives, by name
    """

    phase: Phase
    elapsed_ms: int
    request: str
    accepted_approaches: tuple[str, ...]
    technique: ConsoleTechnique
    tube_voltages_kv: tuple[int, ...]
    tube_currents_ma: tuple[float, ...]
    table_mm: float
    acquired: tuple[Acquired, ...]
    pictures: Pictures
    needle: NeedleLook | None
    lean_sign: int
    felt_n: tuple[float, ...]
    stopped: bool
    hub: str
    words: str
    words_at_ms: int | None
    syringe_ml: float
    injected_blood_ml: float
    dose: DoseSoFar
    prepared: tuple[str, ...]
    refused: str | None
    prescribed_volume_ml: float

    @property
    def latest(self) -> Acquired | None:
        """The last acquisition."""
        return self.acquired[-1] if self.acquired else None


def view_of(
    world: World,
    state: ProcedureState,
    history: Sequence[e.Event],
    last: Sequence[e.Event],
    pictures: Pictures,
) -> View:
    """What can be perceived now.

    Args:
        history: all events so far, those of the last command included
        last: events of the last command
    """
    moves = [event for event in last if isinstance(event, e.NeedleMoved)]
    refusals = [event.reason for event in last if isinstance(event, e.CommandRefused)]
    spoken = [event for event in history if isinstance(event, e.PatientSpoke)]
    settings = world.settings
    return View(
        phase=phase_of(state),
        elapsed_ms=state.elapsed_ms,
        request=settings.request,
        accepted_approaches=settings.accepted.approaches,
        technique=state.technique,
        tube_voltages_kv=settings.tube_voltages_kv,
        tube_currents_ma=settings.tube_currents_ma,
        table_mm=state.table_mm,
        acquired=tuple(_entry(event) for event in history if isinstance(event, e.AcquisitionMade)),
        pictures=pictures,
        needle=_look(state),
        lean_sign=state.needle.tip_side if state.needle else 1,
        felt_n=moves[-1].force_n if moves else (),
        stopped=bool(moves and moves[-1].stopped_by == "bone"),
        hub=_hub(last),
        words=spoken[-1].words if spoken else "",
        words_at_ms=spoken[-1].at_ms if spoken else None,
        syringe_ml=state.syringe.content.volume_ml if state.syringe else 0.0,
        injected_blood_ml=state.blood_ml,
        dose=_dose(history),
        prepared=state.prepared,
        refused=refusals[-1] if refusals else None,
        prescribed_volume_ml=settings.prescribed_volume_ml,
    )


def _entry(event: e.AcquisitionMade) -> Acquired:
    return Acquired(
        number=event.number,
        purpose=event.purpose,
        at_ms=event.at_ms,
        slice_centres_table_mm=event.slice_centres_table_mm,
        slice_thickness_mm=event.slice_thickness_mm,
        tube_voltage_kv=event.tube_voltage_kv,
        mas=event.mas,
        dlp_mgy_cm=event.dlp_mgy_cm,
    )


def _look(state: ProcedureState) -> NeedleLook | None:
    if state.needle is None:
        return None
    spec = NEEDLES[state.needle_name]
    outside = _outer_direction(state)
    lean, craniocaudal = angles_from_direction(outside, state.needle.tip_side)
    return NeedleLook(
        name=state.needle_name,
        length_mm=spec.length_mm,
        inserted_marks_mm=_rounded(state.needle.inserted_mm, DEPTH_MARK_MM),
        in_skin=state.in_skin,
        lean_deg=_rounded(math.degrees(lean), LEAN_BY_EYE_DEG),
        craniocaudal_lean_deg=_rounded(math.degrees(craniocaudal), LEAN_BY_EYE_DEG),
        bevel_notch_deg=_rounded(math.degrees(state.needle.bevel_rad), BEVEL_BY_NOTCH_DEG) % 360.0,
        stylet_in=state.needle.stylet_in,
    )


def _outer_direction(state: ProcedureState) -> tuple[float, float, float]:
    """Direction of the shaft where it can be seen: at the skin."""
    assert state.needle is not None
    track = state.needle.track_mm
    if len(track) < 2:
        return state.needle.direction
    first = np.asarray(track[1]) - np.asarray(track[0])
    first = first / np.linalg.norm(first)
    return (float(first[0]), float(first[1]), float(first[2]))


def _hub(last: Sequence[e.Event]) -> str:
    for event in reversed(last):
        if isinstance(event, e.StyletMoved) and not event.stylet_in:
            return event.drip
        if isinstance(event, e.Aspirated):
            return event.came
        if isinstance(event, e.ResistanceTested):
            return "resistance lost" if event.lost else "resistance firm"
    return "nothing"


def _dose(history: Sequence[e.Event]) -> DoseSoFar:
    made = [event for event in history if isinstance(event, e.AcquisitionMade)]
    by_phase: dict[str, float] = {}
    for event in made:
        if event.priced:
            by_phase[event.dose_phase] = by_phase.get(event.dose_phase, 0.0) + event.dlp_mgy_cm
    presses = [event for event in made if event.purpose == "fluoroscopy"]
    return DoseSoFar(dlp_mgy_cm=by_phase, presses=len(presses), beam_on_ms=sum(event.beam_on_ms for event in presses))


def _rounded(value: float, step: float) -> float:
    return round(value / step) * step
