"""History: all events of a procedure, and what the console lists of them, kept as it comes.

A view asks for it after every command; so it costs as much late in a procedure as early.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.gantry import tilt_of
from simulator.interface.console import Acquired, AcquiredScout, DoseSoFar
from simulator.vocabulary.procedure import AcquisitionPurpose, DosePhase

Exposure = e.AcquisitionMade | e.BeamCutShort | e.ScoutMade


class History:
    """Everything that has happened, in order.

    Args:
        world: of the procedure

    Attributes:
        events: all of them
        acquired, scouts: as the console lists them
        spoken: the last that the patient said; None before they said anything
    """

    def __init__(self, world: CaseContext) -> None:
        self._world = world
        self.events: list[e.Event] = []
        self.acquired: tuple[Acquired, ...] = ()
        self.scouts: tuple[AcquiredScout, ...] = ()
        self.spoken: e.PatientSpoke | None = None
        self._exposures: list[Exposure] = []
        self._dose = _dose(())

    def extend(self, events: Sequence[e.Event]) -> None:
        """Add what came of a command."""
        self.events.extend(events)
        exposures = [event for event in events if isinstance(event, Exposure)]
        for event in events:
            if isinstance(event, e.PatientSpoke):
                self.spoken = event
        if exposures:
            self._exposures.extend(exposures)
            # Summed anew from the first: so the last bits are those of one sum, whichever way Python sums
            self._dose = _dose(self._exposures)
            self.acquired += tuple(
                _entry(self._world, event) for event in exposures if isinstance(event, e.AcquisitionMade)
            )
            self.scouts += tuple(_scout_entry(event) for event in exposures if isinstance(event, e.ScoutMade))

    def branch(self) -> History:
        """The same so far; what is added to one is not added to the other."""
        made = copy(self)
        made.events, made._exposures = list(self.events), list(self._exposures)
        return made

    @property
    def dose(self) -> DoseSoFar:
        """What the console and the badges show; its tables are the caller's own."""
        dose = self._dose
        return replace(dose, dlp_mgy_cm=dict(dose.dlp_mgy_cm), ctdi_vol_mgy=dict(dose.ctdi_vol_mgy))


def _entry(world: CaseContext, event: e.AcquisitionMade) -> Acquired:
    return Acquired(
        number=event.number,
        purpose=event.purpose,
        at_ms=event.at_ms,
        slice_centres_table_mm=event.slices.centres_table_mm,
        slice_thickness_mm=event.slices.thickness_mm,
        settings=event.settings,
        dose=event.dose,
        position=event.position,
        tilt=tilt_of(world, event),
    )


def _scout_entry(event: e.ScoutMade) -> AcquiredScout:
    high, low = event.row_centres_mm
    half = 0.5 * event.row_mm
    return AcquiredScout(
        number=event.number,
        at_ms=event.at_ms,
        orientation=event.orientation,
        range_mm=(round(low - half, 1), round(high + half, 1)),
        settings=event.settings,
        dose=event.dose,
    )


def _dose(made: Sequence[Exposure]) -> DoseSoFar:
    by_phase: dict[DosePhase, float] = {}
    ctdi: dict[DosePhase, float] = {}
    for event in made:
        if event.counts_toward_dose:
            by_phase[event.dose_phase] = by_phase.get(event.dose_phase, 0.0) + event.dose.dlp_mgy_cm
            ctdi[event.dose_phase] = max(ctdi.get(event.dose_phase, 0.0), event.dose.ctdi_vol_mgy)
    presses = [event for event in made if event.purpose == AcquisitionPurpose.FLUOROSCOPY]
    return DoseSoFar(
        dlp_mgy_cm=by_phase,
        ctdi_vol_mgy=ctdi,
        presses=sum(isinstance(event, e.AcquisitionMade) for event in presses),
        beam_on_ms=sum(event.beam.on_ms for event in presses),
        operator_usv=sum(event.dose.operator_usv for event in made),
        hand_usv=sum(event.dose.hand_usv for event in made),
    )
