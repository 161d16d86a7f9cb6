"""Dose agreement: what a dose report holds, held against engine and scorecard to the last digit of either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from simulator.export.dicom.decimal_strings import decimal_string
from simulator.export.dicom.dose_report import write_dose_report
from simulator.export.dicom.irradiation_events import IrradiationEvent, event_uid, irradiation_events
from simulator.export.finished_session import FinishedSession

SCORECARD_DIGITS = 6
"""Significant digits of every number of a scorecard."""


def as_scorecard(value: Decimal) -> Decimal:
    """A sum with the digits that a scorecard keeps."""
    return Decimal(f"{value:.{SCORECARD_DIGITS}g}")


def dose_differences(finished: FinishedSession, path: Path) -> list[str]:
    """Write the report, read it back, and tell every number that differs; a session without a beam has no report."""
    events = irradiation_events(finished.session)
    if not events:
        return []
    write_dose_report(finished, path)
    report = pydicom.dcmread(path)
    written = {one.uid: one for one in map(_Written, _all(report, "CT Acquisition"))}
    return [
        *_differences_of_events(finished, events, written),
        *_differences_of_sums(report, list(written.values())),
        *_differences_from_card(finished, events, written),
    ]


class _Written:
    """One irradiation event as it stands in the report."""

    def __init__(self, item: Dataset) -> None:
        self.uid = str(_all(item, "Irradiation Event UID")[0].UID)
        self.dlp, self.ctdi_vol, self.length_mm = (
            _number(item, name) for name in ("DLP", "Mean CTDIvol", "Scanning Length")
        )


def _differences_of_events(
    finished: FinishedSession, events: Sequence[IrradiationEvent], written: dict[str, _Written]
) -> Iterator[str]:
    if [event_uid(finished, event) for event in events] != list(written):
        yield "the report's events are not the engine's"
        return
    for event in events:
        told = written[event_uid(finished, event)]
        dlp = sum(beam.dose.dlp_mgy_cm for beam in event.beams)
        if told.dlp != Decimal(decimal_string(dlp)):
            yield f"{event.name}: DLP {told.dlp}, engine {dlp}"
        if told.ctdi_vol != Decimal(decimal_string(event.ctdi_vol_mgy)):
            yield f"{event.name}: CTDIvol {told.ctdi_vol}, engine {event.ctdi_vol_mgy}"
        if abs(told.ctdi_vol * told.length_mm / 10 - told.dlp) > Decimal("1e-5") * max(told.dlp, 1):
            yield f"{event.name}: CTDIvol x length is {told.ctdi_vol * told.length_mm / 10}, DLP {told.dlp}"


def _differences_of_sums(report: Dataset, written: Sequence[_Written]) -> Iterator[str]:
    total, parts = sum(one.dlp for one in written), _all(report, "CT Dose Length Product Sub-Total")
    if _number(report, "CT Dose Length Product Total") != total:
        yield f"the report's total is not the sum of its events, {total}"
    if sum(Decimal(str(one.MeasuredValueSequence[0].NumericValue)) for one in parts) != total:
        yield f"the report's subtotals do not add up to {total}"
    if _number(report, "Total Number of Irradiation Events") != len(written):
        yield "the report counts other events than it has"


def _differences_from_card(
    finished: FinishedSession, events: Sequence[IrradiationEvent], written: dict[str, _Written]
) -> Iterator[str]:
    """By phase, what was given with the case among them, and by phantom what the score counts."""
    pairs = [(event, written[event_uid(finished, event)].dlp) for event in events]
    for phase, dose in finished.card.dose.in_order():
        ours = sum(dlp for event, dlp in pairs if event.beams[0].dose_phase == phase)
        if as_scorecard(Decimal(ours)) != Decimal(str(dose.dlp_mgy_cm)):
            yield f"{phase}: {ours} written, scorecard {dose.dlp_mgy_cm}"
    for phantom, total in finished.card.dose.total.dlp_mgy_cm_by_phantom.items():
        counted = [
            dlp
            for event, dlp in pairs
            if event.beams[0].counts_toward_dose and phantom == f"{event.ctdi_phantom_cm} cm"
        ]
        if as_scorecard(Decimal(sum(counted))) != Decimal(str(total)):
            yield f"{phantom} phantom: {sum(counted)} written, scorecard {total}"


def _number(item: Dataset, name: str) -> Decimal:
    return Decimal(str(_all(item, name)[0].MeasuredValueSequence[0].NumericValue))


def _all(item: Dataset, name: str) -> list[Dataset]:
    return [one for one in _items(item) if str(one.ConceptNameCodeSequence[0].CodeMeaning) == name]


def _items(item: Dataset) -> Iterator[Dataset]:
    for child in getattr(item, "ContentSequence", ()):
        yield child
        yield from _items(child)
