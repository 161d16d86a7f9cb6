"""Dose checks: which notification and alert values a beam passed, and which the next press would pass."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.engine.case_context import CaseContext
from simulator.engine.imaging.beam_protocols import dose_per_load
from simulator.engine.imaging.events import AcquisitionMade, BeamCutShort, DoseCheckPassed, ScoutMade
from simulator.engine.state import ProcedureState
from simulator.interface.dose_check import DoseCheck, Irradiated, PassedDoseLimit, irradiated_about, passed_limits
from simulator.vocabulary.procedure import DoseLimitKind


def check_dose(
    world: CaseContext,
    before: Sequence[Irradiated],
    state: ProcedureState,
    made: AcquisitionMade | BeamCutShort | ScoutMade,
    *,
    while_held: bool = False,
) -> list[DoseCheckPassed]:
    """Events of the values that a beam passed.

    A pedal that stays down was checked when it went down, so a later rotation tells only of an alert value that the
    rotation before it had not passed.

    Args:
        before: beams before this one
        state: after it
    """
    limits = world.settings.imaging.dose_limits
    beam = state.imaging.irradiated[-1]
    passed: Sequence[PassedDoseLimit] = passed_limits(limits, before, beam)
    if while_held:
        passed = [item for item in passed if item.kind is DoseLimitKind.ALERT]
        earlier = passed_limits(limits, before[:-1], before[-1]) if before and passed else ()
        known = {item.quantity for item in earlier if item.kind is DoseLimitKind.ALERT}
        passed = [item for item in passed if item.quantity not in known]
    return [DoseCheckPassed(at_ms=made.at_ms, purpose=made.purpose, passed=item) for item in passed]


def next_press_check(world: CaseContext, state: ProcedureState) -> DoseCheck:
    """What the console says before a press."""
    limits = world.settings.imaging.dose_limits
    technique = state.imaging.settings
    estimate = dose_per_load(world.conversion, world.settings.imaging.scanner).press_estimate(
        technique.tube_voltage_kv, technique.mas
    )
    following = irradiated_about(state.imaging.table_mm, estimate)
    return DoseCheck(limits=limits, next_press=passed_limits(limits, state.imaging.irradiated, following))
