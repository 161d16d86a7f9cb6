"""Irradiation events: every actuation of the switch as one event of the dose report, whatever rotations it held.

A held pedal is one actuation: its rotations, and one that the foot ended too early, are one event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.export.acquired_series import AcquiredSeries, acquired_series, beam_motion, purpose_name
from simulator.export.finished_session import FinishedSession
from simulator.interface.commands import Command, PressPedal
from simulator.interface.exposure import ExposureSettings
from simulator.interface.radiograph import ScoutTechnique
from simulator.vocabulary.procedure import AcquisitionPurpose, BeamMotion

Beam = e.AcquisitionMade | e.BeamCutShort | e.ScoutMade


class Repeat(StrEnum):
    """Why a press that shows the needle where it was may have been made again: what had changed since."""

    PATIENT_MOVED = "the patient had moved or breathed"
    UNMOVED = "nothing had moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagedLength:
    """A length along the patient, between two table positions."""

    low_mm: float
    high_mm: float

    @property
    def length_mm(self) -> float:
        """From one end to the other."""
        return self.high_mm - self.low_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class IrradiationEvent:
    """One actuation of the switch.

    Attributes:
        ordinal: in the session, from 1
        beams: rotations in their order; one alone but under a held pedal
        name: of what it gave, in words
        motion: of the table
        imaged: what of the patient was imaged; None where it gave no image
        repeats: why it is a repeat of the press before it; None where it is none
        checks: notification and alert values that it passed
    """

    ordinal: int
    beams: tuple[Beam, ...]
    name: str
    motion: BeamMotion
    imaged: ImagedLength | None
    repeats: Repeat | None
    checks: tuple[e.DoseCheckPassed, ...]

    @property
    def settings(self) -> ExposureSettings | ScoutTechnique:
        """What the console was set to: nobody changes it under the beam."""
        return self.beams[0].settings

    @property
    def is_press(self) -> bool:
        """Whether it was CT fluoroscopy."""
        return self.beams[0].purpose == AcquisitionPurpose.FLUOROSCOPY

    @property
    def start_ms(self) -> int:
        """When the beam went on."""
        return max(self.beams[0].at_ms - self.beams[0].beam.on_ms, 0)

    @property
    def end_ms(self) -> int:
        """When it was off again."""
        return self.beams[-1].at_ms

    @property
    def on_s(self) -> float:
        """How long the beam was on."""
        return sum(beam.beam.on_ms for beam in self.beams) / 1000.0

    @property
    def dlp_mgy_cm(self) -> float:
        """Dose-length product."""
        return sum(beam.dose.dlp_mgy_cm for beam in self.beams)

    @property
    def ctdi_vol_mgy(self) -> float:
        """CTDIvol; of rotations at one place their sum, of a table that moved under the beam the mean over its way."""
        if len(self.beams) == 1:
            return self.beams[0].dose.ctdi_vol_mgy
        return 10.0 * self.dlp_mgy_cm / self.scanned_mm

    @property
    def scanned_mm(self) -> float:
        """Length that its dose-length product belongs to: irradiated, or imaged where the table moved meanwhile."""
        irradiated_mm = max(beam.beam.dose_length_mm for beam in self.beams)
        return irradiated_mm if self.imaged is None else max(irradiated_mm, self.imaged.length_mm)

    @property
    def effective_dose_msv(self) -> float:
        """Effective dose."""
        return sum(beam.dose.effective_dose_msv for beam in self.beams)

    @property
    def ctdi_phantom_cm(self) -> int:
        """Diameter of the phantom that CTDIvol and dose-length product belong to."""
        return self.beams[0].dose.ctdi_phantom_cm

    @property
    def acquisitions(self) -> tuple[int, ...]:
        """Numbers of the acquisitions that it gave; none where the foot ended its only rotation."""
        return tuple(beam.number for beam in self.beams if isinstance(beam, e.AcquisitionMade))


def irradiation_events(session: Session) -> tuple[IrradiationEvent, ...]:
    """Every irradiation event of a session, in order; what was given with the case is among them."""
    series = {one.event.number: one for one in acquired_series(session)}
    checks = _checks_by_time(session)
    found: list[IrradiationEvent] = []
    presses = 0
    for command, beams in _actuations(session):
        purpose = beams[0].purpose
        press = purpose is AcquisitionPurpose.FLUOROSCOPY
        presses += press
        own = [series[beam.number] for beam in beams if isinstance(beam, e.AcquisitionMade)]
        found.append(
            IrradiationEvent(
                ordinal=len(found) + 1,
                beams=tuple(beams),
                name=f"CT fluoroscopy {presses}" if press else _scan_name(beams[0], own),
                motion=_motion(beams[0], command),
                imaged=_imaged(beams[0], own),
                repeats=_repeats(beams, found) if press else None,
                checks=tuple(check for beam in beams for check in checks.get(beam.at_ms, ())),
            )
        )
    return tuple(found)


def _scan_name(beam: Beam, own: Sequence[AcquiredSeries]) -> str:
    if isinstance(beam, e.ScoutMade):
        return scout_name(beam)
    return own[0].name if own else f"{purpose_name(beam.purpose)}, stopped before its first slice"


def _motion(beam: Beam, command: Command | None) -> BeamMotion:
    return BeamMotion.CONSTANT_ANGLE if isinstance(beam, e.ScoutMade) else beam_motion(beam.purpose, command)


def scout_name(made: e.ScoutMade) -> str:
    """A scout in words to print."""
    return f"Scout {made.number + 1}, {made.orientation}"


def scout_event_uids(finished: FinishedSession) -> dict[int, str]:
    """UID of the irradiation event of each scout, by its number."""
    return {
        beam.number: event_uid(finished, event)
        for event in irradiation_events(finished.session)
        for beam in event.beams
        if isinstance(beam, e.ScoutMade)
    }


def event_uids(finished: FinishedSession) -> dict[int, str]:
    """UID of the irradiation event of each acquisition, by its number."""
    return {
        number: event_uid(finished, event)
        for event in irradiation_events(finished.session)
        for number in event.acquisitions
    }


def event_uid(finished: FinishedSession, event: IrradiationEvent) -> str:
    """Irradiation Event UID, the same in images and report."""
    return finished.identity.uid("irradiation event", event.ordinal)


def _actuations(session: Session) -> Iterator[tuple[Command | None, list[Beam]]]:
    """Beams, those under one held pedal together, and the command that set them off."""
    held: list[Beam] = []
    for step in session.steps:
        holds = isinstance(step.command, PressPedal) and step.command.hold
        for event in step.events:
            if isinstance(event, e.AcquisitionMade | e.BeamCutShort | e.ScoutMade):
                if event.purpose == AcquisitionPurpose.FLUOROSCOPY and (held or holds):
                    held.append(event)
                else:
                    yield step.command, [event]
            elif isinstance(event, e.BeamOff) and held:
                yield step.command, held
                held = []
    if held:
        yield None, held


def _imaged(beam: Beam, own: Sequence[AcquiredSeries]) -> ImagedLength | None:
    if isinstance(beam, e.ScoutMade):
        high, low = beam.row_centres_mm
        return ImagedLength(low_mm=low - 0.5 * beam.row_mm, high_mm=high + 0.5 * beam.row_mm)
    if not own:
        return None
    half = 0.5 * own[0].event.slices.thickness_mm
    return ImagedLength(low_mm=min(one.z_mm[0] for one in own) - half, high_mm=max(one.z_mm[-1] for one in own) + half)


def _repeats(beams: Sequence[Beam], before: Sequence[IrradiationEvent]) -> Repeat | None:
    """Whether a press shows the same needle at the same place as the last press, with nothing injected in between."""
    earlier = next((event for event in reversed(before) if event.is_press and event.acquisitions), None)
    now = beams[0]
    then = None if earlier is None else earlier.beams[len(earlier.acquisitions) - 1]
    if not isinstance(now, e.AcquisitionMade) or not isinstance(then, e.AcquisitionMade):
        return None
    same = (now.scene.needle, now.slices, now.scene.patch_revision) == (
        then.scene.needle,
        then.slices,
        then.scene.patch_revision,
    )
    if now.scene.needle is None or not same:
        return None
    moved = now.scene.patient_displacement_mm != then.scene.patient_displacement_mm
    return Repeat.PATIENT_MOVED if moved else Repeat.UNMOVED


def _checks_by_time(session: Session) -> dict[int, list[e.DoseCheckPassed]]:
    found: dict[int, list[e.DoseCheckPassed]] = {}
    for event in session.events:
        if isinstance(event, e.DoseCheckPassed):
            found.setdefault(event.at_ms, []).append(event)
    return found
