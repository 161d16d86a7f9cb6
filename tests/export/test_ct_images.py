"""CT images: each trap that readers were seen to fall into has its test, with the reader itself where it is there."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from simulator.export.acquired_series import AcquiredSeries, acquired_series, planes
from simulator.export.dicom.ct_image import CtSeriesWriter
from simulator.export.dicom.decimal_strings import decimal_string, exact_sum
from simulator.export.dicom.irradiation_events import irradiation_events
from simulator.export.dicom.patient_position import FEET_FIRST_PRONE, HEAD_FIRST_PRONE, PatientPosition
from simulator.export.finished_session import FinishedSession
from simulator.export.recorded_clock import RecordedClock
from tests.export.readers import dicom_volumes
from tests.export.tools import dcm2niix_programs, needs, run


@pytest.fixture(scope="session")
def images(exported: Path) -> list[list[Dataset]]:
    """The slices of every series, as pydicom reads them."""
    folders = sorted((exported / "dicom").iterdir())
    return [[pydicom.dcmread(path) for path in sorted(folder.iterdir())] for folder in folders]


def test_every_acquisition_is_a_series_of_its_own(finished: FinishedSession, images: list[list[Dataset]]) -> None:
    every = acquired_series(finished.session)
    assert len(images) == len(every) > 8
    assert [len(series) for series in images] == [len(series.z_mm) for series in every]
    assert len({series[0].SeriesInstanceUID for series in images}) == len(images)
    for series in images:
        assert len({one.SeriesInstanceUID for one in series}) == 1
        assert [int(one.InstanceNumber) for one in series] == list(range(1, len(series) + 1))
        assert {int(one.AcquisitionNumber) for one in series} == {int(series[0].SeriesNumber)}


def test_slices_rise_from_the_feet_to_the_head_and_no_place_stands_twice(images: list[list[Dataset]]) -> None:
    for series in images:
        z = [float(one.ImagePositionPatient[2]) for one in series]
        assert np.all(np.diff(z) > 0.0)
        assert np.ptp(np.diff(z)) < 1e-6
        assert z == [float(one.SliceLocation) for one in series]


def test_a_table_that_moved_is_another_series(finished: FinishedSession, images: list[list[Dataset]]) -> None:
    places = {tuple(float(one.SliceLocation) for one in series) for series in images if len(series) == 3}
    assert len(places) == 2
    assert len({one.FrameOfReferenceUID for series in images for one in series}) == 1


def test_identifiers_come_of_the_session_and_are_no_longer_than_they_may_be(images: list[list[Dataset]]) -> None:
    every = [one for series in images for one in series]
    uids = [one.SOPInstanceUID for one in every]
    assert len(set(uids)) == len(uids)
    for one in every:
        named = (one.SOPInstanceUID, one.SeriesInstanceUID, one.StudyInstanceUID, one.FrameOfReferenceUID)
        assert all(uid.startswith("2.25.") and len(uid) <= 64 and uid.is_valid for uid in named)
    assert {str(one.PatientName) for one in every} == {"SIMULATION^rehearsal"}
    assert len({one.PatientID for one in every}) == 1
    assert every[0].PatientID.startswith("SIM")


def test_position_and_orientation_say_the_same(images: list[list[Dataset]]) -> None:
    for series in images:
        for one in series:
            assert one.PatientPosition == "HFP"
            assert list(one.ImageOrientationPatient) == [-1, 0, 0, 0, -1, 0]
            assert one.BodyPartExamined == "LSPINE"
            assert "Laterality" not in one
            assert one.TimezoneOffsetFromUTC == "+0100"
            assert not one.Manufacturer.startswith("Si")


def test_exposure_and_dose_are_those_of_the_record(finished: FinishedSession, images: list[list[Dataset]]) -> None:
    for series, read in zip(acquired_series(finished.session), images, strict=True):
        one, event = read[0], series.event
        assert float(one.KVP) == event.settings.tube_voltage_kv
        assert int(one.XRayTubeCurrent) == round(event.settings.tube_current_ma)
        assert int(one.ExposureInuAs) == round(1000 * event.beam.mas)
        assert one.CTDIvol == pytest.approx(event.dose.ctdi_vol_mgy)
        assert one.CTDIPhantomTypeCodeSequence[0].CodeMeaning == "IEC Body Dosimetry Phantom"
        assert float(one.SliceThickness) == event.slices.thickness_mm
        assert one.ConvolutionKernel == "STANDARD"
        assert list(one.ImageType) == ["ORIGINAL", "PRIMARY", "AXIAL"]


def test_times_are_those_of_the_simulated_clock(finished: FinishedSession, images: list[list[Dataset]]) -> None:
    for series, read in zip(acquired_series(finished.session), images, strict=True):
        text = read[0].AcquisitionDate + read[0].AcquisitionTime
        told = datetime.strptime(text, "%Y%m%d%H%M%S.%f")
        begun = datetime(2000, 1, 1, 9) - told
        assert -begun.total_seconds() == pytest.approx(series.start_ms / 1000.0, abs=1e-6)


def test_a_press_after_midnight_is_of_the_next_day(finished: FinishedSession, tmp_path: Path) -> None:
    press = next(series for series in acquired_series(finished.session) if series.is_press)
    late = replace(finished, clock=RecordedClock.starting("2026-03-01T22:59:59+00:00"))
    read = pydicom.dcmread(_written(late, press, tmp_path / "late")[0])
    assert (read.StudyDate, read.StudyTime) == ("20260301", "235959.000")
    assert read.AcquisitionDate == "20260302"
    told = datetime.strptime(read.AcquisitionDate + read.AcquisitionTime, "%Y%m%d%H%M%S.%f")
    assert (told - datetime(2026, 3, 1, 23, 59, 59)).total_seconds() == press.start_ms / 1000


@pytest.mark.parametrize("name", ["łeak", "a\\b^c=d", "Fälle", "long " * 40])
def test_a_cases_name_is_a_part_of_a_persons_name(finished: FinishedSession, tmp_path: Path, name: str) -> None:
    press = next(series for series in acquired_series(finished.session) if series.is_press)
    writer = CtSeriesWriter(replace(finished, scenario=name), press, "2.25.1", tmp_path / "named")
    writer.add(np.zeros((512, 512), np.int16))
    read = pydicom.dcmread(tmp_path / "named" / "0001.dcm")
    family, given = str(read.PatientName).split("^")
    assert family == "SIMULATION"
    assert given.strip() == name.replace("\\", "-").replace("^", "-").replace("=", "-")[:53].strip()
    assert len(str(read.PatientName)) <= 64


def test_numbers_keep_the_form_of_decimal_strings() -> None:
    for value in (3 * 0.6, 1 / 3, -1e-7, 123456.123456789, 0.1 + 0.2, 1e12 / 7):
        text = decimal_string(value)
        assert len(text) <= 16
        assert float(text) == pytest.approx(value, abs=1e-8, rel=1e-12)
    assert decimal_string(3 * 0.6) == "1.8"
    assert exact_sum(["0.1", "0.2"]) == "0.3"
    with pytest.raises(ValueError, match=r".*"):
        decimal_string(float("nan"))


def test_every_number_in_the_files_has_that_form(images: list[list[Dataset]]) -> None:
    for series in images:
        for element in series[0].iterall():
            if element.VR in ("DS", "IS"):
                values = [element.value] if element.VM == 1 else list(element.value)
                assert all(len(str(value)) <= (16 if element.VR == "DS" else 12) for value in values), element


@pytest.mark.parametrize("position", [HEAD_FIRST_PRONE, FEET_FIRST_PRONE], ids=lambda one: one.code)
def test_a_marker_on_the_left_is_on_the_left_for_every_reader(
    finished: FinishedSession, tmp_path: Path, position: PatientPosition
) -> None:
    """The marker: a block of metal on the patient's left, at the back, in the slice nearest to the head."""
    series = next(one for one in acquired_series(finished.session) if not one.is_press)
    row, column, count = 100, 60, len(series.z_mm)
    x, y, _ = series.first_pixel_mm
    at = np.array([x - column * series.pixel_spacing_mm, y - row * series.pixel_spacing_mm, series.z_mm[-1]])
    assert at[0] > series.centre_mm[0]
    folder = tmp_path / "marked"
    writer = CtSeriesWriter(finished, series, "2.25.1", folder, position)
    for index in range(count):
        plane = np.full((series.matrix, series.matrix), -1000, np.int16)
        if index == count - 1:
            plane[row, column] = 3000
        writer.add(plane)
    for name, (voxels, to_lps) in dicom_volumes(folder):
        at_slice, at_row, at_column = np.unravel_index(np.argmax(voxels), voxels.shape)
        assert to_lps(np.array([at_column, at_row, at_slice], float)) == pytest.approx(at, abs=0.01), name


def test_values_are_those_of_the_images_and_the_geometry_that_of_the_record(
    finished: FinishedSession, images: list[list[Dataset]]
) -> None:
    for series, read in zip(acquired_series(finished.session), images, strict=True):
        if not series.is_press:
            continue
        frame = finished.session.image(series.event.number)
        stored = np.stack([one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept) for one in read])
        assert np.abs(stored - frame.hu[::-1]).max() <= 0.5
        corner = frame.position_mm(2, 0, 0)
        assert [float(value) for value in read[0].ImagePositionPatient] == pytest.approx(list(corner), abs=0.01)


def test_images_name_the_event_that_they_come_from(finished: FinishedSession, images: list[list[Dataset]]) -> None:
    events = irradiation_events(finished.session)
    held = next(event for event in events if len(event.acquisitions) > 1)
    uids = {read[0].IrradiationEventUID for read in images}
    assert len(uids) == len(events)
    assert len({images[number][0].IrradiationEventUID for number in held.acquisitions}) == 1


@needs("dciodvfy")
def test_dciodvfy_finds_no_error_and_no_warning(exported: Path) -> None:
    for folder in (exported / "dicom").iterdir():
        told = run("dciodvfy", sorted(folder.iterdir())[0])
        assert told.returncode == 0, told.stderr
        assert told.stderr.split() == ["CTImage"], told.stderr


@needs("dcentvfy")
def test_all_files_of_a_session_tell_the_same_of_patient_study_series_and_frame(
    exported: Path, scouted: tuple[FinishedSession, Path]
) -> None:
    for folder in (exported, scouted[1]):
        told = run("dcentvfy", *sorted((folder / "dicom").rglob("*.dcm")))
        assert (told.returncode, told.stdout.strip(), told.stderr.strip()) == (0, "", ""), told.stderr


@pytest.mark.parametrize("program", dcm2niix_programs() or [pytest.param("", marks=pytest.mark.skip("no dcm2niix"))])
def test_dcm2niix_makes_one_volume_of_every_series(
    finished: FinishedSession, exported: Path, tmp_path: Path, program: str
) -> None:
    """All series at once in one folder, as a hospital hands them over; true times stand in the sidecars at most."""
    told = run(program, "-f", "%s", "-o", tmp_path, exported / "dicom")
    assert told.returncode == 0, told.stdout
    for series in acquired_series(finished.session):
        volume = nibabel.load(tmp_path / f"{series.number}.nii")
        assert volume.shape == (512, 512, len(series.z_mm))
        assert abs(np.linalg.det(volume.affine[:3, :3])) == pytest.approx(
            series.pixel_spacing_mm**2 * series.slice_spacing_mm, rel=1e-4
        )
        sidecar = json.loads((tmp_path / f"{series.number}.json").read_text())
        assert sidecar["Modality"] == "CT"
    assert len(list(tmp_path.glob("*.nii"))) == len(acquired_series(finished.session))


@needs("storescp", "storescu")
def test_a_store_takes_them(exported: Path, scouted: tuple[FinishedSession, Path], tmp_path: Path) -> None:
    """C-STORE over the loopback, images, scouts and dose report."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(["storescp", "-od", str(tmp_path), str(port)])
    try:
        scouts = sorted((scouted[1] / "dicom").glob("*scout*/*.dcm"))
        sent = [*sorted((exported / "dicom").rglob("*.dcm"))[:5], *scouts, exported / "dose-report.dcm"]
        for _ in range(50):
            told = run("storescu", "localhost", str(port), *sent)
            if told.returncode == 0:
                break
            time.sleep(0.1)
    finally:
        server.terminate()
        server.wait()
    assert told.returncode == 0, told.stderr
    assert len(list(tmp_path.iterdir())) == len(sent)


def _written(finished: FinishedSession, series: AcquiredSeries, folder: Path) -> list[Path]:
    writer = CtSeriesWriter(finished, series, "2.25.1", folder)
    for plane in planes(finished.session, series):
        writer.add(plane)
    return sorted(folder.iterdir())
