"""OpenREM, which many hospitals collect doses with: its numbers are ours, event by event.

CTFSIM_OPENREM names its Python, CTFSIM_OPENREM_BASE an SQLite database of it after `manage.py migrate`. On SQLite its
study queries fail after the first import, so every test takes a fresh copy.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.export.dicom.decimal_strings import decimal_string
from simulator.export.dicom.irradiation_events import event_uid, irradiation_events
from simulator.export.dicom.irradiation_items import ACQUISITION_TYPES
from simulator.export.finished_session import FinishedSession
from simulator.vocabulary.procedure import BeamMotion
from tests.export.tools import run

PYTHON, BASE = os.environ.get("CTFSIM_OPENREM"), os.environ.get("CTFSIM_OPENREM_BASE")
SCRIPT = Path(__file__).with_name("openrem_import.py")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (PYTHON and BASE), reason="CTFSIM_OPENREM and CTFSIM_OPENREM_BASE name no OpenREM"),
]


def imported(*reports: Path) -> dict[str, Any]:
    """What OpenREM made of reports that were imported one after another."""
    told = run(str(PYTHON), SCRIPT, str(BASE), *reports)
    assert told.returncode == 0, told.stderr[-2000:]
    return dict(json.loads(told.stdout.splitlines()[-1]))


def test_its_numbers_are_ours_event_by_event(finished: FinishedSession, exported: Path) -> None:
    found = imported(exported / "dose-report.dcm")
    events = irradiation_events(finished.session)
    written = [Decimal(decimal_string(event.dlp_mgy_cm)) for event in events]
    ((modality, count, total, spiral, stationary, axial),) = found["studies"]
    presses = sum(event.is_press for event in events)
    assert (modality, int(count), int(spiral), int(stationary), int(axial)) == ("CT", len(events), 1, presses, 1)
    assert Decimal(total) == sum(written)
    assert [(int(number), Decimal(dlp)) for number, dlp in found["totals"]] == [(len(events), sum(written))]
    assert len(found["events"]) == len(events)
    for event, dlp, row in zip(events, written, found["events"], strict=True):
        name, uid, kind, ctdi, their_dlp, phantom, region, exposed, pitch, length, rotation = row
        assert (name, uid) == (event.name, event_uid(finished, event))
        assert kind == ACQUISITION_TYPES[event.motion].meaning
        assert Decimal(their_dlp) == dlp
        assert Decimal(ctdi) == Decimal(decimal_string(event.ctdi_vol_mgy))
        assert (phantom, region) == ("IEC Body Dosimetry Phantom", "Lumbar spine")
        assert Decimal(exposed) == Decimal(decimal_string(event.on_s))
        assert (pitch == "None") == (event.motion is not BeamMotion.HELICAL)
        assert Decimal(rotation) == Decimal(decimal_string(event.settings.rotation_s))
        assert Decimal(length) * Decimal(ctdi) / 10 == pytest.approx(dlp, rel=Decimal("1e-6"))
