"""OpenREM, which many hospitals collect doses with: its numbers are ours, event by event.

CTFSIM_OPENREM names its Python, CTFSIM_OPENREM_BASE a database of it after `manage.py migrate`: the file of an SQLite
one or, with OpenREM's own SQL_ENGINE=django.db.backends.postgresql, POSTGRES_USER, POSTGRES_PASSWORD, SQL_HOST and
SQL_PORT, the name of one on PostgreSQL. On SQLite its study queries fail after the first import, so every import takes
a fresh copy, and what it makes of a second report is asked on PostgreSQL alone.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.ct.scanner_model import scanner_model
from simulator.export.dicom.decimal_strings import decimal_string
from simulator.export.dicom.dose_report import write_dose_report
from simulator.export.dicom.irradiation_events import event_uid, irradiation_events
from simulator.export.dicom.irradiation_items import ACQUISITION_TYPES
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.vocabulary.procedure import BeamMotion
from tests.export.tools import run

PYTHON, BASE = os.environ.get("CTFSIM_OPENREM"), os.environ.get("CTFSIM_OPENREM_BASE")
ON_POSTGRESQL = "postgresql" in os.environ.get("SQL_ENGINE", "")
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


def held_against(finished: FinishedSession, found: dict[str, Any]) -> None:
    """Every number that OpenREM has of one session's report, against the engine's."""
    events = irradiation_events(finished.session)
    written = [Decimal(decimal_string(event.dlp_mgy_cm)) for event in events]
    ((modality, count, total, *by_type),) = found["studies"]
    kinds = (BeamMotion.HELICAL, BeamMotion.STATIONARY, BeamMotion.SEQUENTIAL, BeamMotion.CONSTANT_ANGLE)
    assert (modality, int(count)) == ("CT", len(events))
    assert list(map(int, by_type)) == [sum(event.motion is kind for event in events) for kind in kinds]
    assert Decimal(total) == sum(written)
    assert [(int(number), Decimal(dlp)) for number, dlp in found["totals"]] == [(len(events), sum(written))]
    assert len(found["events"]) == len(events)
    scanner = scanner_model(finished.session.world.settings.imaging.scanner)
    pitches = {BeamMotion.HELICAL: scanner.helical_pitch, BeamMotion.SEQUENTIAL: 1.0}  # positions lie side by side
    for event, dlp, row in zip(events, written, found["events"], strict=True):
        name, uid, kind, ctdi, their_dlp, phantom, region, exposed, pitch, length, rotation = row
        assert (name, uid) == (event.name, event_uid(finished, event))
        assert kind == ACQUISITION_TYPES[event.motion].meaning
        assert Decimal(their_dlp) == dlp
        assert Decimal(ctdi) == Decimal(decimal_string(event.ctdi_vol_mgy))
        assert (phantom, region) == ("IEC Body Dosimetry Phantom", "Lumbar spine")
        assert Decimal(exposed) == Decimal(decimal_string(event.on_s))
        assert pitch == "None" if event.motion not in pitches else float(pitch) == pitches[event.motion]
        turns = getattr(event.settings, "rotation_s", None)  # the tube of a scout stands still
        assert rotation == "None" if turns is None else Decimal(rotation) == Decimal(decimal_string(turns))
        assert Decimal(length) * Decimal(ctdi) / 10 == pytest.approx(dlp, rel=Decimal("1e-6"))


def test_its_numbers_are_ours_event_by_event(finished: FinishedSession, exported: Path) -> None:
    held_against(finished, imported(exported / "dose-report.dcm"))


def test_scouts_and_a_scan_that_was_stopped_are_counted_too(scouted: tuple[FinishedSession, Path]) -> None:
    session, folder = scouted
    held_against(session, imported(folder / "dose-report.dcm"))


@pytest.mark.skipif(not ON_POSTGRESQL, reason="on SQLite its study queries fail after the first import")
def test_a_second_export_is_the_same_report_and_another_session_another_study(
    record: Path, exported: Path, scouted: tuple[FinishedSession, Path], tmp_path: Path
) -> None:
    write_dose_report(open_finished_session(record), tmp_path / "again.dcm")
    once, twice = imported(exported / "dose-report.dcm"), imported(exported / "dose-report.dcm", tmp_path / "again.dcm")
    assert once == twice
    other = imported(exported / "dose-report.dcm", scouted[1] / "dose-report.dcm")
    assert len(other["studies"]) == 2
