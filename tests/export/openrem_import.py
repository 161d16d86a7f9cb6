"""Imports dose reports into OpenREM's empty database and prints what it made of them; run by OpenREM's own Python.

python openrem_import.py BASE REPORT...     BASE: an SQLite database that was migrated, or nothing for the one that the
environment names (SQL_ENGINE, POSTGRES_DB, ..). The project reads its output alone: OpenREM's licence is the GPL.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path


def main(base: str, reports: list[str]) -> None:
    """Import reports one after another and print studies, totals and events as JSON."""
    folder = tempfile.mkdtemp()
    if base:
        os.environ["POSTGRES_DB"] = shutil.copy(base, folder)
    for name in ("MEDIA_ROOT", "STATIC_ROOT", "LOG_ROOT"):
        os.environ[name] = folder
    import openrem

    sys.path.insert(0, str(Path(openrem.__path__[0])))
    os.environ["DJANGO_SETTINGS_MODULE"] = "openremproject.settings"
    import django

    django.setup()
    from remapp import models
    from remapp.extractors.rdsr import rdsr

    for settings in (models.PatientIDSettings, models.DicomDeleteSettings):
        settings.objects.get_or_create(pk=1)
    for report in reports:
        rdsr(report)
    studies = models.GeneralStudyModuleAttr.objects.values_list(
        "modality_type", "number_of_events", "total_dlp", "number_of_spiral", "number_of_stationary", "number_of_axial"
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
    print(json.dumps({name: [list(map(str, row)) for row in found] for name, found in rows.items()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
