"""What scanners and archives write as DICOM is read as the same volume, or left out and named."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, JPEGLosslessSV1, JPEGLSLossless

from phantoms.from_ct.files import CtFault, read_ct
from tests import dicom_series
from tests.dicom_series import PIXEL_MM, STEP_MM, write_series


def series_hu() -> np.ndarray:
    return dicom_series.hounsfield()


def without_preamble(path: Path, *, meta: bool) -> None:
    whole = path.read_bytes()
    length = 132 + 12 + int.from_bytes(whole[140:144], "little")
    path.write_bytes(whole[132 if meta else length :])


@pytest.mark.parametrize("meta", [True, False])
@pytest.mark.parametrize("every", [1, 5])
def test_files_without_a_preamble_are_read(tmp_path: Path, meta: bool, every: int) -> None:
    folder = write_series(tmp_path / "series")
    for path in sorted(folder.iterdir())[::every]:
        without_preamble(path, meta=meta)
    np.testing.assert_array_equal(read_ct(folder).hu, series_hu())


def test_the_geometry_decides_and_no_tag(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "series", lambda k, one: setattr(one, "GantryDetectorTilt", 12))
    np.testing.assert_array_equal(read_ct(folder).hu, series_hu())


def test_slices_along_a_disc_are_resampled(tmp_path: Path) -> None:
    c, s = np.cos(np.radians(8.0)), np.sin(np.radians(8.0))

    def oblique(k: int, one: Dataset) -> None:
        one.ImageOrientationPatient = [1, 0, 0, 0, float(c), float(s)]
        one.ImagePositionPatient = [-110.0, -100.0 - STEP_MM * k * float(s), -700.0 + STEP_MM * k * float(c)]

    image = read_ct(write_series(tmp_path / "series", oblique))
    assert any("oblique by 8.0 degrees" in remark for remark in image.remarks)
    assert image.hu.max() > 600


def test_a_deflated_series_is_read(tmp_path: Path) -> None:
    def deflated(k: int, one: Dataset) -> None:
        one.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian

    np.testing.assert_array_equal(read_ct(write_series(tmp_path / "series", deflated)).hu, series_hu())


@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEGLSLossless])
def test_lossless_pixels_are_unpacked(tmp_path: Path, syntax: str) -> None:
    gdcm = pytest.importorskip("gdcm")
    folder = write_series(tmp_path / "series")
    kind = {JPEGLosslessSV1: "JPEGLosslessProcess14_1", JPEGLSLossless: "JPEGLSLossless"}[syntax]
    for path in folder.iterdir():
        reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
        reader.SetFileName(str(path))
        assert reader.Read()
        change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, kind)))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer.SetFileName(str(path))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
    np.testing.assert_array_equal(read_ct(folder).hu, series_hu())


def enhanced(folder: Path) -> Path:
    """The series as one file of frames, each with its own place, in another order than along the body."""
    planes = list(range(0, len(series_hu()), 2)) + list(range(1, len(series_hu()), 2))

    def change(k: int, one: Dataset) -> None:
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
        shared, measures, orientation, scale = Dataset(), Dataset(), Dataset(), Dataset()
        measures.PixelSpacing, measures.SliceThickness = [PIXEL_MM, PIXEL_MM], STEP_MM
        orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        scale.RescaleSlope, scale.RescaleIntercept, scale.RescaleType = 1, -1024, "HU"
        shared.PixelMeasuresSequence = Sequence([measures])
        shared.PlaneOrientationSequence = Sequence([orientation])
        shared.PixelValueTransformationSequence = Sequence([scale])
        own = []
        for plane in planes:
            frame, position = Dataset(), Dataset()
            position.ImagePositionPatient = [-110.0, -100.0, -700.0 + STEP_MM * plane]
            frame.PlanePositionSequence = Sequence([position])
            own.append(frame)
        one.SharedFunctionalGroupsSequence, one.PerFrameFunctionalGroupsSequence = Sequence([shared]), Sequence(own)
        for name in ("PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient", "RescaleSlope"):
            delattr(one, name)
        one.NumberOfFrames = len(planes)
        one.PixelData = (series_hu()[planes] + 1024).astype(np.uint16).tobytes()

    return write_series(folder, change, planes=range(1))


def test_an_enhanced_ct_is_read_frame_by_frame(tmp_path: Path) -> None:
    image = read_ct(enhanced(tmp_path / "series"))
    np.testing.assert_array_equal(image.hu, series_hu())
    assert image.grid.spacing_mm == pytest.approx((PIXEL_MM, PIXEL_MM, STEP_MM))


def more(folder: Path, number: int, **values: object) -> Path:
    """One more file: a copy of the first slice, changed."""
    import pydicom

    first = sorted(folder.iterdir())[0]
    one = pydicom.dcmread(first)
    for name, value in values.items():
        setattr(one, name, value)
    path = folder / f"odd{number}.dcm"
    one.save_as(path)
    return path


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"], "SOPInstanceUID": "1.2.3"}, "localizer"),
        ({"ImageOrientationPatient": [1, 0, 0, 0, 0, -1], "SOPInstanceUID": "1.2.3"}, "ImageOrientationPatient"),
        ({"Modality": "SR", "SOPInstanceUID": "1.2.3"}, "no CT"),
        ({"SeriesInstanceUID": "1.2.3.4", "SOPInstanceUID": "1.2.3"}, "SeriesInstanceUID"),
        ({}, "twice"),
    ],
)
def test_an_odd_file_is_left_out_and_named(tmp_path: Path, values: dict[str, object], word: str) -> None:
    folder = write_series(tmp_path / "series")
    odd = more(folder, 1, **values)
    image = read_ct(folder)
    np.testing.assert_array_equal(image.hu, series_hu())
    (remark,) = image.remarks
    assert word in remark
    assert odd.name in remark


def test_a_slice_of_another_series_amid_the_stack_is_named(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "s", lambda k, one: setattr(one, "SeriesInstanceUID", "1.2.3") if k == 3 else None)
    with pytest.raises(CtFault, match=r"SeriesInstanceUID differs \(in IM0021.dcm\)"):
        read_ct(folder)


@pytest.mark.parametrize("others", [range(5, 20), range(30)])
def test_two_acquisitions_on_each_other(tmp_path: Path, others: range) -> None:
    folder = write_series(tmp_path / "series", lambda k, one: setattr(one, "AcquisitionNumber", 1))

    def second(k: int, one: Dataset) -> None:
        one.AcquisitionNumber, one.SOPInstanceUID = 2, f"1.2.3.{k}"

    for path in write_series(tmp_path / "second", second, planes=others).iterdir():
        path.rename(folder / f"again-{path.name}")
    if len(others) < 30:
        image = read_ct(folder)
        np.testing.assert_array_equal(image.hu, series_hu())
        assert "again-" in image.remarks[0]
    else:
        with pytest.raises(CtFault, match="2 acquisitions of 30 slices"):
            read_ct(folder)


def test_a_packed_stream_of_the_wrong_size_in_a_frame_meets_no_decoder(tmp_path: Path) -> None:
    import pydicom

    folder = enhanced(tmp_path / "series")
    (path,) = folder.iterdir()
    one = pydicom.dcmread(path)
    stream = b"\xff\xd8\xff\xc3\0\x0b\x0c" + struct.pack(">2H", 60000, 60000) + b"\1\1\x11\0" + bytes(64)
    one.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    one.PixelData = encapsulate([stream] * int(one.NumberOfFrames))
    one["PixelData"].VR = "OB"
    one.save_as(path)
    with pytest.raises(CtFault, match="damaged"):
        read_ct(folder)
