"""Imports dose reports into OpenREM's empty database and prints what it made of them; run by OpenREM's own Python.

python openrem_import.py BASE REPORT...     BASE: a database that `manage.py migrate` was run on, which is copied for
this import alone: the file of an SQLite one, or, where SQL_ENGINE names PostgreSQL, the name of one on the server that
the environment names (POSTGRES_USER, POSTGRES_PASSWORD, SQL_HOST, SQL_PORT). The project reads the output alone:
OpenREM's licence is the GPL.
"""

import contextlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path


def main(base: str, reports: list[str]) -> None:
    """Import reports one after another and print studies, totals and events as JSON."""
    folder = tempfile.mkdtemp()
    for name in ("MEDIA_ROOT", "STATIC_ROOT", "LOG_ROOT"):
        os.environ[name] = folder
    with _copied(base, folder) as copy:
        os.environ["POSTGRES_DB"] = copy
        print(json.dumps(_imported(reports)))


@contextlib.contextmanager
def _copied(base: str, folder: str):
    """A fresh database; that of a server is dropped again."""
    if "postgresql" not in os.environ.get("SQL_ENGINE", ""):
        yield shutil.copy(base, folder)
        return
    import psycopg2

    host, port = os.environ.get("SQL_HOST", "localhost"), os.environ.get("SQL_PORT", "5432")
    user, password = os.environ["POSTGRES_USER"], os.environ.get("POSTGRES_PASSWORD", "")
    server = psycopg2.connect(dbname="postgres", user=user, password=password, host=host, port=port)
    server.autocommit = True
    copy = f"import_{os.getpid()}"
    try:
        with server.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{base}"')
        yield copy
    finally:
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        server.close()


def _imported(reports: list[str]) -> dict[str, list[list[str]]]:
    import openrem

    sys.path.insert(0, str(Path(openrem.__path__[0])))
    os.environ["DJANGO_SETTINGS_MODULE"] = "openremproject.settings"
    import django

    django.setup()
    from django.db import connections
    from remapp import models
    from remapp.extractors.rdsr import rdsr

    for settings in (models.PatientIDSettings, models.DicomDeleteSettings):
        settings.objects.get_or_create(pk=1)
    for report in reports:
        rdsr(report)
    studies = models.GeneralStudyModuleAttr.objects.values_list(
        *("modality_type", "number_of_events", "total_dlp", "number_of_spiral", "number_of_stationary"),
        *("number_of_axial", "number_of_const_angle"),
    )
    totals = models.CtAccumulatedDoseData.objects.values_list(
        "total_number_of_irradiation_events", "ct_dose_length_product_total"
    )
    events = models.CtIrradiationEventData.objects.order_by("id").values_list(
        *("acquisition_protocol", "irradiation_event_uid", "ct_acquisition_type__code_meaning", "mean_ctdivol", "dlp"),
        *("ctdiw_phantom_type__code_meaning", "target_region__code_meaning", "exposure_time", "pitch_factor"),
        *("scanninglength__scanning_length", "ctxraysourceparameters__exposure_time_per_rotation"),
    )
    rows = {"studies": studies, "totals": totals, "events": events}
    told = {name: [list(map(str, row)) for row in found] for name, found in rows.items()}
    connections.close_all()
    return told


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
