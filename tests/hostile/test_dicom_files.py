"""DICOM folders that are mixed, incomplete, damaged or meant to harm: each is refused by one message, without names."""

from __future__ import annotations

import gzip
import logging
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGLossless, RLELossless, generate_uid

import phantoms.from_ct.dicom_headers as from_dicom
from phantoms.from_ct.dicom import open_series
from phantoms.from_ct.files import CtFault, read_ct, write_ct
from tests.dicom_series import PIXEL_MM, SECRET, SHAPE, STEP_MM, hounsfield, write_series


def refused(folder: Path) -> str:
    with pytest.raises(CtFault) as caught:
        read_ct(folder)
    text = str(caught.value)
    assert str(folder) in text
    assert len(caught.value.fix) > 10
    assert "\n" not in text
    assert "DOE" not in text
    return text


def test_a_series_is_sorted_by_place(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "series")
    (folder / "README.txt").write_text("not a DICOM file")
    image = read_ct(folder)
    np.testing.assert_array_equal(image.hu, hounsfield())
    assert image.grid.shape == SHAPE
    assert image.grid.spacing_mm == pytest.approx((PIXEL_MM, PIXEL_MM, STEP_MM))
    assert image.grid.origin_mm == pytest.approx((-110.0, -100.0, -700.0))


def test_rows_to_the_front_are_turned(tmp_path: Path) -> None:
    def prone(k: int, one: Dataset) -> None:  # rows run from back to front, columns from left to right
        one.ImageOrientationPatient = [-1, 0, 0, 0, -1, 0]
        one.ImagePositionPatient = [-110.0 + PIXEL_MM * 43, -100.0 + PIXEL_MM * 39, -700.0 + STEP_MM * k]
        one.PixelData = (hounsfield()[k][::-1, ::-1] + 1024).astype(np.uint16).tobytes()

    image = read_ct(write_series(tmp_path / "series", prone))
    np.testing.assert_array_equal(image.hu, hounsfield())
    assert image.grid.origin_mm == pytest.approx((-110.0, -100.0, -700.0))


def test_each_slice_has_its_own_scale(tmp_path: Path) -> None:
    def scaled(k: int, one: Dataset) -> None:
        one.RescaleSlope, one.RescaleIntercept = 0.5 + 0.5 * (k % 2), -1024
        one.PixelData = ((hounsfield()[k] + 1024) * (2 - k % 2)).astype(np.uint16).tobytes()

    np.testing.assert_array_equal(read_ct(write_series(tmp_path / "series", scaled)).hu, hounsfield())


def test_run_lengths_are_unpacked(tmp_path: Path) -> None:
    def packed(k: int, one: Dataset) -> None:
        one.compress(RLELossless, generate_instance_uid=False)

    np.testing.assert_array_equal(read_ct(write_series(tmp_path / "series", packed)).hu, hounsfield())


def _set(**values: object):
    def change(k: int, one: Dataset) -> None:
        for name, value in values.items():
            setattr(one, name, value)

    return change


def _at(plane: int, **values: object):
    def change(k: int, one: Dataset) -> None:
        if k == plane:
            for name, value in values.items():
                setattr(one, name, value)

    return change


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (_at(3, SeriesInstanceUID=generate_uid()), "SeriesInstanceUID differs"),
        (_at(3, FrameOfReferenceUID=generate_uid()), "FrameOfReferenceUID differs"),
        (_at(3, PixelSpacing=[4.0, 4.0]), "PixelSpacing differs"),
        (_at(3, Rows=20), "Rows differs"),
        (_at(3, ImageOrientationPatient=[0, 1, 0, 0, 0, -1]), "ImageOrientationPatient differs"),
        (_at(5, ImagePositionPatient=[-110.0, -100.0, -700.0 + STEP_MM * 4]), "where another one does"),
        (_at(5, ImagePositionPatient=[-110.0, -100.0, -700.0 + STEP_MM * 5.4]), "not even"),
        (_at(5, ImagePositionPatient=[-90.0, -100.0, -700.0 + STEP_MM * 5]), "shifted"),
        (_at(5, ImagePositionPatient=["nan", 0, 0]), "ImagePositionPatient"),
        (_set(ImageOrientationPatient=[1, 0, 0, 0, 0.94, -0.34]), "tilted"),
        (_set(ImageOrientationPatient=[0, 1, 0, 0, 0, -1]), "tilted or not axial"),
        (_set(Modality="MR"), "no CT"),
        (_set(NumberOfFrames=3), "several frames"),
        (_set(SamplesPerPixel=3), "no Hounsfield units"),
        (_set(RescaleSlope="1e300"), "scale"),
        (_set(RescaleIntercept="nan"), "scale"),
        (_set(RescaleSlope=0), "scale"),
        (_set(RescaleIntercept=0), "no CT of a body"),
        (_set(Rows=30000, Columns=30000), "cannot be used"),
        (_set(PixelSpacing=[0.0, 0.0]), "singular"),
        (_set(PixelSpacing=["inf", 1.0]), "PixelSpacing"),
        (_at(7, PixelData=b"\0" * 100), "damaged"),
    ],
)
def test_a_series_that_is_none(tmp_path: Path, change, word: str) -> None:
    assert word in refused(write_series(tmp_path / "series", change))


@pytest.mark.parametrize("name", ["ImagePositionPatient", "PixelSpacing", "Rows"])
def test_a_header_without_geometry(tmp_path: Path, name: str) -> None:
    assert name in refused(write_series(tmp_path / "series", lambda k, one: delattr(one, name)))


def test_a_missing_slice_and_a_single_one(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "gap")
    next(iter(sorted(folder.iterdir())[4:])).unlink()
    assert "may be missing" in refused(folder)
    assert "one slice" in refused(write_series(tmp_path / "one", planes=range(1)))


def test_folders_without_a_series(tmp_path: Path) -> None:
    assert "no DICOM file" in refused(tmp_path)
    write_series(tmp_path / "inner")
    assert "itself" in refused(tmp_path)


def test_truncated_and_damaged_files(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    folder = write_series(tmp_path / "series")
    victim = sorted(folder.iterdir())[9]
    whole = victim.read_bytes()
    for length in (140, 300, 700, len(whole) - 200):
        victim.write_bytes(whole[:length])
        refused(folder)
    for _ in range(25):
        broken = bytearray(whole)
        for at in rng.integers(132, 900, rng.integers(1, 6)):
            broken[at] = int(rng.integers(0, 256))
        victim.write_bytes(bytes(broken))
        try:
            read_ct(folder)
        except CtFault as fault:
            assert "DOE" not in str(fault)  # noqa: PT017


@pytest.mark.parametrize("cut", ["nothing", "preamble", "preamble and its group"])
def test_no_slice_goes_without_a_word(tmp_path: Path, cut: str) -> None:
    """A damaged slice in the middle leaves a gap; one at an end would shorten the body."""
    rng = np.random.default_rng(11)
    folder = write_series(tmp_path / "series")
    if cut != "nothing":
        for path in folder.iterdir():
            whole = path.read_bytes()
            path.write_bytes(whole[132 if cut == "preamble" else 144 + int.from_bytes(whole[140:144], "little") :])
    ends = [folder / "IM0000.dcm", folder / f"IM{7 * (SHAPE[0] - 1):04d}.dcm"]
    shorter = 0
    for count in range(120):
        victim = ends[count % 2]
        whole = victim.read_bytes()
        broken = bytearray(whole)
        first = 128 if cut == "nothing" else 0
        for at in rng.integers(first, first + (12 if count % 3 else 400), rng.integers(1, 4)):
            broken[at] ^= int(rng.integers(1, 256))
        victim.write_bytes(broken[: int(rng.integers(2, 300))] if count % 10 == 0 else broken)
        try:
            series = open_series(folder)
        except CtFault:
            pass
        else:
            if len(series.slices) < SHAPE[0]:
                shorter += 1
                assert any(victim.name in remark for remark in series.remarks)
        victim.write_bytes(whole)
    assert shorter > 10


def test_other_files_of_a_folder_are_named(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "series")
    for name in ("notes.txt", "DICOMDIR", "VERSION"):
        (folder / name).write_bytes(b"\x08\x00 begins like a slice" if name == "notes.txt" else b"of the archive")
    image = read_ct(folder)
    assert image.grid.shape == SHAPE
    assert image.remarks == (f"{folder}: left out notes.txt: its header cannot be read",)
    (folder / "notes.txt").write_text("plain words")
    assert read_ct(folder).remarks == (f"{folder}: left out notes.txt: no DICOM file begins like that",)


def test_a_deflate_bomb_is_not_unpacked(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "series")
    victim = sorted(folder.iterdir())[0]
    one = pydicom.dcmread(victim)
    one.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1.99"
    one.save_as(victim)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    head = victim.read_bytes()
    length = 132 + 12 + int.from_bytes(head[140:144], "little")
    victim.write_bytes(head[:length] + bomb)
    tracemalloc.start()
    assert "deflated" in refused(folder)  # which an honest one is not: it is read
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLossless])
def test_a_stream_that_says_another_size_meets_no_decoder(
    tmp_path: Path, syntax: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if syntax == JPEG2000Lossless:
        stream = b"\xff\x4f\xff\x51\0\x29\0\0" + struct.pack(">8I", 60000, 60000, 0, 0, 60000, 60000, 0, 0)
    else:
        stream = b"\xff\xd8\xff\xc3\0\x0b\x0c" + struct.pack(">2H", 60000, 60000) + b"\1\1\x11\0"
    stream += bytes(64)

    def bomb(k: int, one: Dataset) -> None:
        one.file_meta.TransferSyntaxUID = syntax
        one.PixelData = encapsulate([stream])
        one["PixelData"].VR = "OB"

    monkeypatch.setattr(Dataset, "pixel_array", property(lambda self: pytest.fail("a decoder was asked")))
    assert "damaged" in refused(write_series(tmp_path / "series", bomb))


def test_a_missing_decoder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def packed(k: int, one: Dataset) -> None:
        one.compress(RLELossless, generate_instance_uid=False)

    folder = write_series(tmp_path / "series", packed)

    def none(self: Dataset) -> np.ndarray:
        raise RuntimeError(f"Unable to decompress as the plugins are missing dependencies {SECRET}")

    monkeypatch.setattr(Dataset, "pixel_array", property(none))
    text = refused(folder)
    assert "RLE Lossless" in text
    assert "imaging" in text


def test_too_many_or_too_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_series(tmp_path / "series", planes=range(12))
    monkeypatch.setattr(from_dicom, "MAX_FILES", 8)
    assert "more than a series holds" in refused(folder)
    monkeypatch.setattr(from_dicom, "MAX_FILES", 3000)
    monkeypatch.setattr(from_dicom, "MAX_FILE_BYTES", 1000)
    assert "no single slice" in refused(folder)


def test_names_go_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def odd(k: int, one: Dataset) -> None:
        one.add_new("PatientBirthDate", "DA", "DOE1970")  # which pydicom would quote in a warning

    image = read_ct(write_series(tmp_path / "series", odd))
    write_ct(image, tmp_path / "ct.nii.gz", tmp_path / "labels.nii.gz")
    assert b"DOE" not in gzip.decompress((tmp_path / "ct.nii.gz").read_bytes())
    assert "DOE" not in repr(image)
    assert "DOE" not in "".join(capfd.readouterr())


def test_log_of_pydicom_is_as_before() -> None:
    logger = logging.getLogger("pydicom")
    before = logger.disabled
    with from_dicom.silent():
        assert logger.disabled
    assert logger.disabled == before
