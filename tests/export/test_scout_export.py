"""Scouts in an export: localizers in their place in the scanner, and their dose in the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from simulator.engine.events import BeamCutShort
from simulator.export.finished_session import FinishedSession
from tests.export.all_sessions import SCOUT_MM, differences, engine_scout
from tests.export.dose_agreement import dose_differences
from tests.export.readers import dicom_volumes
from tests.export.tools import needs, run


@pytest.fixture(scope="module")
def images(scouted: tuple[FinishedSession, Path]) -> list[Dataset]:
    return [pydicom.dcmread(path) for path in sorted((scouted[1] / "dicom").glob("*scout*/*.dcm"))]


def test_a_scout_is_a_localizer_of_its_own_series(images: list[Dataset]) -> None:
    assert len(images) == 2
    assert [list(one.ImageType) for one in images] == [["ORIGINAL", "PRIMARY", "LOCALIZER"]] * 2
    assert len({one.SeriesInstanceUID for one in images}) == 2
    assert [int(one.SeriesNumber) for one in images] == [901, 902]
    assert [one.SeriesDescription for one in images] == ["Scout 1, PA", "Scout 2, lateral"]


def test_pixels_are_millimetres_of_water_where_the_rays_cross_the_isocentre(
    scouted: tuple[FinishedSession, Path], images: list[Dataset]
) -> None:
    session = scouted[0].session
    for number, image in enumerate(images):
        radiograph = session.scout(number)
        water_mm, across_mm = radiograph.evenly_spaced()
        told = image.pixel_array * float(image.RescaleSlope) + float(image.RescaleIntercept)
        assert image.RescaleType == "US"
        assert np.abs(told - water_mm).max() <= 0.051
        row, column = (
            np.array(image.ImageOrientationPatient[:3], float),
            np.array(image.ImageOrientationPatient[3:], float),
        )
        down_mm, right_mm = map(float, image.PixelSpacing)
        last = (
            np.array(image.ImagePositionPatient, float)
            + row * right_mm * (image.Columns - 1)
            + column * down_mm * (image.Rows - 1)
        )
        at = 1 if number == 1 else 0
        assert last[at] == pytest.approx(across_mm[-1], abs=0.01)
        assert last[1 - at] == pytest.approx(radiograph.plane_mm, abs=0.01)
        assert last[2] == pytest.approx(radiograph.table_mm[-1], abs=0.01)


def test_its_dose_is_in_the_report(scouted: tuple[FinishedSession, Path], images: list[Dataset]) -> None:
    report = pydicom.dcmread(scouted[1] / "dose-report.dcm")
    acquisitions = [item for item in report.ContentSequence if _means(item) == "CT Acquisition"]
    kinds = [_code(item, "CT Acquisition Type").CodeMeaning for item in acquisitions]
    assert kinds == [
        *["Constant Angle Acquisition"] * 2,
        *["Spiral Acquisition"] * 2,
        "Stationary Acquisition",
    ]
    assert _code(acquisitions[0], "CT Acquisition Type").CodeValue == "113805"
    made = scouted[0].session.scout_made(0)
    dose = next(item for item in acquisitions[0].ContentSequence if _means(item) == "CT Dose")
    dlp = next(item for item in dose.ContentSequence if _means(item) == "DLP")
    assert float(dlp.MeasuredValueSequence[0].NumericValue) == pytest.approx(made.dose.dlp_mgy_cm, abs=1e-7)
    uid = next(item for item in acquisitions[0].ContentSequence if _means(item) == "Irradiation Event UID").UID
    assert images[0].IrradiationEventUID == uid


def test_a_scan_that_was_stopped_before_its_first_slice_has_dose_and_no_volume(
    scouted: tuple[FinishedSession, Path],
) -> None:
    report = pydicom.dcmread(scouted[1] / "dose-report.dcm")
    acquisitions = [item for item in report.ContentSequence if _means(item) == "CT Acquisition"]
    names = [next(one.TextValue for one in item.ContentSequence if one.ValueType == "TEXT") for item in acquisitions]
    assert names[2:] == ["Planning scan, stopped before its first slice", "Planning scan 1", "CT fluoroscopy 1"]
    told = [{_means(one) for one in _group(item, "CT Acquisition Parameters").ContentSequence} for item in acquisitions]
    imaged = {"Length of Reconstructable Volume", "Top Z Location of Reconstructable Volume", "Frame of Reference UID"}
    assert not imaged & told[2]
    assert all(imaged <= one for number, one in enumerate(told) if number != 2)
    assert all("Scanning Length" in one for one in told)
    (cut,) = [event for event in scouted[0].session.events if isinstance(event, BeamCutShort)]
    dlp = next(one for one in _group(acquisitions[2], "CT Dose").ContentSequence if _means(one) == "DLP")
    assert float(dlp.MeasuredValueSequence[0].NumericValue) == pytest.approx(cut.dose.dlp_mgy_cm, abs=1e-7)
    assert dose_differences(scouted[0], scouted[1].parent / "again.dcm") == []


def test_every_reader_has_a_scout_where_the_engine_has_it(scouted: tuple[FinishedSession, Path]) -> None:
    session, folder = scouted
    for number, place in enumerate(sorted((folder / "dicom").glob("*scout*"))):
        for name, volume in dicom_volumes(place):
            assert list(differences(engine_scout(session, number), volume, SCOUT_MM)) == [], name


def test_every_number_has_the_form_of_its_kind(images: list[Dataset]) -> None:
    for image in images:
        for element in image.iterall():
            if element.VR in ("DS", "IS") and element.value is not None:
                values = [element.value] if element.VM == 1 else list(element.value)
                assert all(len(str(value)) <= (16 if element.VR == "DS" else 12) for value in values), element


@needs("dciodvfy")
def test_dciodvfy_warns_of_a_term_that_it_does_not_know(scouted: tuple[FinishedSession, Path]) -> None:
    """PS3.3, C.11.1.1.2 has US, unspecified, as a rescale type: the values are no Hounsfield units."""
    for path in sorted((scouted[1] / "dicom").glob("*scout*/*.dcm")):
        told = run("dciodvfy", path)
        assert told.returncode == 0
        said = [line for line in told.stderr.splitlines() if line.strip() != "CTImage"]
        assert said == ["Warning - Unrecognized defined term <US> for value 1 of attribute <Rescale Type>"]


def _means(item: Dataset) -> str:
    return str(item.ConceptNameCodeSequence[0].CodeMeaning)


def _group(item: Dataset, meaning: str) -> Dataset:
    return next(one for one in item.ContentSequence if _means(one) == meaning)


def _code(item: Dataset, meaning: str) -> Dataset:
    return next(one for one in item.ContentSequence if _means(one) == meaning).ConceptCodeSequence[0]
