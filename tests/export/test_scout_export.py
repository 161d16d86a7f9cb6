"""Scouts in an export: localizers in their place in the scanner, and their dose in the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from simulator.export.export_session import staged, write_exports
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.export.targets import Targets
from simulator.interface import commands as c
from simulator.scenario.build import Case
from tests.export.tools import needs, run
from tests.recorded import begun
from tests.recorded import finished as finish


@pytest.fixture(scope="module")
def scouted(own_case: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[FinishedSession, Path]:
    """Two scouts and a press, exported."""
    folder = tmp_path_factory.mktemp("scouted")
    path = folder / "session.jsonl"
    script = (c.AcquireScout(), c.AcquireScout(orientation="lateral"), c.PressPedal(), c.Finish())
    finish(own_case, begun(own_case, path), script)
    session = open_finished_session(path)
    with staged(Targets(), folder / "all") as places:
        write_exports(session, places, with_truth=False)
    return session, folder / "all"


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
    assert kinds == ["Constant Angle Acquisition", "Constant Angle Acquisition", "Stationary Acquisition"]
    assert _code(acquisitions[0], "CT Acquisition Type").CodeValue == "113805"
    made = scouted[0].session.scout_made(0)
    dose = next(item for item in acquisitions[0].ContentSequence if _means(item) == "CT Dose")
    dlp = next(item for item in dose.ContentSequence if _means(item) == "DLP")
    assert float(dlp.MeasuredValueSequence[0].NumericValue) == pytest.approx(made.dose.dlp_mgy_cm, abs=1e-7)
    uid = next(item for item in acquisitions[0].ContentSequence if _means(item) == "Irradiation Event UID").UID
    assert images[0].IrradiationEventUID == uid


@needs("dciodvfy")
def test_dciodvfy_finds_no_error(scouted: tuple[FinishedSession, Path]) -> None:
    for path in sorted((scouted[1] / "dicom").glob("*scout*/*.dcm")):
        said = run("dciodvfy", path).stderr
        assert not [line for line in said.splitlines() if line.startswith("Error")], said


def _means(item: Dataset) -> str:
    return str(item.ConceptNameCodeSequence[0].CodeMeaning)


def _code(item: Dataset, meaning: str) -> Dataset:
    return next(one for one in item.ContentSequence if _means(one) == meaning).ConceptCodeSequence[0]
