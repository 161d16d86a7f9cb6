"""Scan run: a scan lasts as long as its beam, and can be stopped meanwhile; the dose of the part done is booked.

The command is sent when the scan is over, with the fraction of it that was done.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from simulator.gui.context.app_context import AppContext
from simulator.interface import commands as c
from simulator.vocabulary.procedure import ScanMode

LEAST_FRACTION = 0.01
WORDS = "The scan runs; Del stops it"

Scan = c.AcquirePlanningScan | c.AcquireControlScan


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRun:
    """A scan whose beam is on.

    Attributes:
        begun_s: on the wall's clock
        length_s: how long the whole of it takes
    """

    command: Scan
    begun_s: float
    length_s: float

    @property
    def fraction(self) -> float:
        """What of it is done, at most 1."""
        return min((time.monotonic() - self.begun_s) / self.length_s, 1.0)


def begin_scan(context: AppContext, command: Scan, imaged_mm: float) -> None:
    """Switch the beam on for a scan of so many millimetres."""
    mode = command.mode if isinstance(command, c.AcquirePlanningScan) else ScanMode.HELICAL
    protocol = context.perceived.view.console.dose_per_load.scans[mode]
    length_s = protocol.beam_on_s(imaged_mm)
    context.notices.hush()
    context.held.scan_run = ScanRun(command=command, begun_s=time.monotonic(), length_s=length_s)


def stop_scan(context: AppContext) -> None:
    """Switch the beam off: what was done of the scan is sent, with its dose and the slices that it gives."""
    run = context.held.scan_run
    if isinstance(run, ScanRun):
        _end(context, run, max(run.fraction, LEAST_FRACTION))
        context.notices.say("Scan stopped: the dose of the part that was done is booked, and its slices are made.")


def follow_scan(context: AppContext) -> bool:
    """Show how far a scan is, and send it once it is over; whether one runs."""
    run = context.held.scan_run
    if not isinstance(run, ScanRun):
        return False
    context.notices.progress = (WORDS, run.fraction)
    if run.fraction >= 1.0:
        _end(context, run, None)
    return True


def _end(context: AppContext, run: ScanRun, fraction: float | None) -> None:
    context.held.scan_run, context.notices.progress = None, None
    context.send(replace(run.command, done_fraction=None if fraction is None else round(fraction, 3)))
