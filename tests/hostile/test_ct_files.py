"""CT files that are damaged, foreign or meant to harm: each is refused by one message that says what to do."""

from __future__ import annotations

import contextlib
import gzip
import os
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from phantoms.from_ct import nifti
from phantoms.from_ct.files import CtFault, read_ct, real_patient, write_ct
from tests.conftest import PROJECT

SHAPE = (32, 30, 28)
AFFINE = np.diag([-6.0, -6.0, 6.0, 1.0])
DIM, DATATYPE, PIXDIM, VOX_OFFSET, SLOPE, DESCRIP = 40, 70, 76, 108, 112, 148  # bytes of the NIfTI-1 header


def hounsfield() -> np.ndarray:
    """A body in air, in x y z order."""
    i, j, k = np.indices(SHAPE)
    inside = ((i - 16) / 12.0) ** 2 + ((j - 15) / 10.0) ** 2 < 1.0
    hu = np.where(inside, 40, -1000) + (i + 2 * j + 3 * k) % 7
    hu[14:18, 12:18] = 700
    return hu.astype(np.int16)


def labelled() -> np.ndarray:
    labels = np.zeros(SHAPE, dtype=np.uint8)
    for number, low in ((27, 2), (28, 8), (29, 14), (30, 20)):
        labels[13:19, 11:19, low : low + 5] = number
    return labels


def save(path: Path, data: np.ndarray, affine: np.ndarray = AFFINE, **header: object) -> Path:
    image = nib.Nifti1Image(data, affine)
    for key, value in header.items():
        image.header[key] = value
    nib.save(image, path)
    return path


def refused(ct: Path, labels: Path | None = None) -> CtFault:
    with pytest.raises(CtFault) as caught:
        read_ct(ct, labels)
    fault = caught.value
    text = str(fault)
    assert fault.what in text
    assert fault.where in text
    assert fault.fix in text
    assert len(fault.fix) > 10
    assert "\n" not in text
    return fault


@pytest.fixture
def ct(tmp_path: Path) -> Path:
    return save(tmp_path / "ct.nii.gz", hounsfield())


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return save(tmp_path / "labels.nii.gz", labelled())


def patched(path: Path, target: Path, at: int, value: bytes) -> Path:
    """A copy with some bytes of its header changed, unpacked if the target is."""
    raw = bytearray(gzip.decompress(path.read_bytes()))
    raw[at : at + len(value)] = value
    target.write_bytes(gzip.compress(bytes(raw), 1) if target.name.endswith(".gz") else bytes(raw))
    return target


def test_a_sound_file_is_read(ct: Path, labels: Path) -> None:
    image = read_ct(ct, labels)
    assert image.hu.shape == SHAPE[::-1]
    np.testing.assert_array_equal(image.hu, hounsfield().transpose(2, 1, 0))
    assert image.labels is not None
    assert read_ct(ct).labels is None


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (0, 2, 1)])
@pytest.mark.parametrize("flips", [(), (0,), (1, 2), (0, 1, 2)])
def test_axis_order_and_flips_do_not_matter(
    ct: Path, labels: Path, tmp_path: Path, axes: tuple[int, ...], flips: tuple[int, ...]
) -> None:
    first = read_ct(ct, labels)

    def turned(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        affine = AFFINE.copy()
        for axis in flips:
            data = np.flip(data, axis)
            affine[:3, 3] += affine[:3, axis] * (SHAPE[axis] - 1)
            affine[:3, axis] *= -1
        return np.transpose(data, axes), affine[:, [*axes, 3]]

    other = read_ct(
        save(tmp_path / "turned.nii.gz", *turned(hounsfield())), save(tmp_path / "tl.nii.gz", *turned(labelled()))
    )
    np.testing.assert_array_equal(other.hu, first.hu)
    np.testing.assert_array_equal(other.labels, first.labels)
    np.testing.assert_allclose(other.grid.origin_mm, first.grid.origin_mm, atol=1e-4)
    assert other.grid.spacing_mm == first.grid.spacing_mm


def test_left_is_left(tmp_path: Path) -> None:
    data = hounsfield()
    data[3:5, 13:16] = 300  # the file's first axis runs to the right here: low indices lie on the left
    image = read_ct(save(tmp_path / "ct.nii.gz", data, np.diag([6.0, 6.0, 6.0, 1.0])))
    z, y, x = np.argwhere(image.hu == 300)[0]
    assert image.grid.origin_mm[0] + x * 6.0 == pytest.approx(-6.0 * 4, abs=6.1)
    assert image.hu[z, y].argmax() > 0


def test_scaled_voxels_become_hounsfield_units(tmp_path: Path) -> None:
    image = nib.Nifti1Image((hounsfield() + 1024).astype(np.int16), AFFINE)
    image.header.set_slope_inter(1.0, -1024.0)
    nib.save(image, tmp_path / "ct.nii.gz")
    np.testing.assert_array_equal(read_ct(tmp_path / "ct.nii.gz").hu, hounsfield().transpose(2, 1, 0))


def test_a_missing_empty_or_foreign_file(tmp_path: Path, ct: Path) -> None:
    assert "no such file" in str(refused(tmp_path / "absent.nii.gz"))
    assert "no DICOM file" in str(refused(tmp_path))
    empty = tmp_path / "empty.nii.gz"
    empty.touch()
    assert "empty" in str(refused(empty))
    for name, content in (("text.nii", b"hello " * 200), ("text.nii.gz", b"hello " * 200), ("zero.nii", bytes(4000))):
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name)
    other = tmp_path / "ct.dcm"
    other.write_bytes(ct.read_bytes())
    assert ".nii" in str(refused(other))


@pytest.mark.parametrize("part", [0.02, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("packed", [True, False])
def test_a_truncated_file(ct: Path, tmp_path: Path, part: float, packed: bool) -> None:
    raw = ct.read_bytes() if packed else gzip.decompress(ct.read_bytes())
    cut = tmp_path / ("cut.nii.gz" if packed else "cut.nii")
    cut.write_bytes(raw[: int(part * len(raw))])
    refused(cut)


def test_a_damaged_stream(ct: Path, tmp_path: Path) -> None:
    raw = bytearray(ct.read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 64] = bytes(64)
    bad = tmp_path / "bad.nii.gz"
    bad.write_bytes(raw)
    refused(bad)


def test_random_damage_never_escapes(ct: Path, tmp_path: Path) -> None:
    raw = gzip.decompress(ct.read_bytes())
    rng = np.random.default_rng(7)
    target = tmp_path / "noise.nii"
    for _ in range(150):
        broken = bytearray(raw)
        for at in rng.integers(0, 348, rng.integers(1, 6)):
            broken[at] = int(rng.integers(0, 256))
        target.write_bytes(bytes(broken))
        with contextlib.suppress(CtFault):
            read_ct(target)


@pytest.mark.parametrize(
    ("at", "value", "word"),
    [
        (DIM, struct.pack("<8h", 4, 32, 30, 14, 2, 1, 1, 1), "4 axes"),
        (DIM, struct.pack("<8h", 2, 32, 840, 1, 1, 1, 1, 1), "2 axes"),
        (DIM, struct.pack("<8h", 3, 32000, 32000, 32000, 1, 1, 1, 1), "cannot be used"),
        (DIM, struct.pack("<8h", 3, 2000, 2000, 2000, 1, 1, 1, 1), "cannot be used"),
        (DIM, struct.pack("<8h", 3, 32, 30, 1, 1, 1, 1, 1), "cannot be used"),
        (DIM, struct.pack("<8h", 3, -32, 30, 28, 1, 1, 1, 1), ""),
        (DATATYPE, struct.pack("<2h", 128, 24), "Hounsfield"),  # colours
        (DATATYPE, struct.pack("<2h", 32, 64), "Hounsfield"),  # complex
        (280, struct.pack("<4f", float("nan"), 0, 0, 0), ""),
        (280, struct.pack("<4f", float("inf"), 0, 0, 0), ""),
        (280, struct.pack("<12f", -6, 0, 0, 0, -6, 0, 0, 0, 0, 0, 6, 0), "singular"),
        (280, struct.pack("<12f", *([0.0] * 12)), "singular"),
        (280, struct.pack("<12f", -6e-3, 0, 0, 0, 0, -6e-3, 0, 0, 0, 0, 6e-3, 0), "mm cannot be used"),
        (280, struct.pack("<12f", -4.4, 4.0, 0, 0, -4.0, -4.4, 0, 0, 0, 0, 6, 0), "oblique"),
        (280, struct.pack("<12f", -6, 0, 0, 1e30, 0, -6, 0, 0, 0, 0, 6, 0), "no trunk"),
        (252, struct.pack("<2h", 0, 0), "how the patient lies"),
        (VOX_OFFSET, struct.pack("<f", 1e9), ""),
        (VOX_OFFSET, struct.pack("<f", float("nan")), ""),
        (SLOPE, struct.pack("<2f", 1e30, 0.0), "Hounsfield"),
    ],
)
@pytest.mark.parametrize("name", ["patched.nii", "patched.nii.gz"])
def test_a_header_that_lies(ct: Path, tmp_path: Path, at: int, value: bytes, word: str, name: str) -> None:
    assert word in str(refused(patched(ct, tmp_path / name, at, value)))


def test_a_bomb_is_refused_from_its_header(ct: Path, tmp_path: Path) -> None:
    bomb = patched(ct, tmp_path / "bomb.nii.gz", DIM, struct.pack("<8h", 3, 2040, 2040, 2040, 1, 1, 1, 1))
    tracemalloc.start()
    refused(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6
    header = bytearray(gzip.decompress(ct.read_bytes())[:352])  # a note of 64 MB between header and voxels
    header[VOX_OFFSET : VOX_OFFSET + 4], header[348:352] = struct.pack("<f", 64e6), b"\1\0\0\0"
    note = tmp_path / "note.nii.gz"
    note.write_bytes(gzip.compress(bytes(header) + struct.pack("<2i", 64_000_000 - 352, 6) + bytes(64_000_000), 1))
    tracemalloc.start()
    assert "start nowhere" in str(refused(note))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6
    wide = tmp_path / "wide.nii.gz"  # within the number of voxels, but eight bytes each
    header = gzip.decompress(ct.read_bytes())[:352]
    header = bytearray(header)
    header[DIM : DIM + 16] = struct.pack("<8h", 3, 512, 512, 1500, 1, 1, 1, 1)
    header[DATATYPE : DATATYPE + 4] = struct.pack("<2h", 64, 64)
    header[280:328] = struct.pack("<12f", -0.8, 0, 0, 0, 0, -0.8, 0, 0, 0, 0, 0.8, 0)
    wide.write_bytes(gzip.compress(bytes(header)))
    assert "memory" in str(refused(wide))


def of_air(path: Path, shape: tuple[int, int, int]) -> Path:
    """A packed file that promises a volume, and holds air alone."""
    header = nib.Nifti1Header()
    header.set_data_dtype(np.int16)
    header.set_data_shape(shape)
    header.set_sform(np.diag([-0.8, -0.8, 0.8, 1.0]), code=1)
    header["magic"], header["vox_offset"] = b"n+1", 352
    plane = np.full(shape[:2], -1000, np.int16).tobytes()
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header.binaryblock + bytes(4))
        for _ in range(shape[2]):
            file.write(plane)
    return path


def test_a_small_file_of_air_takes_no_memory_for_what_it_promises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nifti, "_HELD_UNSEEN", 1_000_000)
    air = of_air(tmp_path / "air.nii.gz", (160, 160, 200))  # 10 MB of voxels
    tracemalloc.start()
    assert "no CT of a body" in str(refused(air))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4e6


@pytest.mark.slow
def test_393_million_voxels_of_air_stay_below_400_mb(tmp_path: Path) -> None:
    air = of_air(tmp_path / "air.nii.gz", (512, 512, 1500))
    assert air.stat().st_size < 5e6
    code = (
        "import sys; from phantoms.from_ct.files import read_ct; from tests.performance.gauges import peak_mb\n"
        "try: read_ct(sys.argv[1])\n"
        "except ValueError as fault: print(int(peak_mb()), fault)"
    )
    line = [sys.executable, "-c", code, str(air)]
    told = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert "no CT of a body" in told
    assert int(told.split()[0]) < 400


def test_nibabel_says_nothing_beside_our_message(ct: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    odd = patched(ct, tmp_path / "odd.nii", PIXDIM, struct.pack("<f", 7.0))  # a qfac that nibabel mends with a line
    read_ct(odd)
    refused(patched(ct, tmp_path / "none.nii", DATATYPE, struct.pack("<h", 9999)))
    assert capfd.readouterr() == ("", "")


def test_a_device_and_a_pipe_are_no_volumes(tmp_path: Path) -> None:
    for name in ("a.nii", "b.nii.gz"):
        (tmp_path / name).symlink_to("/dev/zero")
        assert "no ordinary file" in str(refused(tmp_path / name))
    os.mkfifo(tmp_path / "c.nii.gz")
    assert "no ordinary file" in str(refused(tmp_path / "c.nii.gz"))


def test_voxels_that_are_no_ct(tmp_path: Path) -> None:
    data = hounsfield().astype(np.float32)
    data[0, 0, 0] = np.nan
    assert "no numbers" in str(refused(save(tmp_path / "nan.nii.gz", data)))
    assert "no CT" in str(refused(save(tmp_path / "offset.nii.gz", hounsfield() + 1024)))
    assert "no CT" in str(refused(save(tmp_path / "zero.nii.gz", np.zeros(SHAPE, np.int16))))
    flat = np.full(SHAPE, -1000, np.int16)
    flat[0, 0, 0] = 500
    assert "soft tissue" in str(refused(save(tmp_path / "air.nii.gz", flat)))


def test_labels_that_do_not_fit(ct: Path, tmp_path: Path) -> None:
    assert "30 x 30" in str(refused(ct, save(tmp_path / "a.nii.gz", labelled()[:-2])))
    moved = AFFINE.copy()
    moved[0, 3] = 4.0
    assert "beside" in str(refused(ct, save(tmp_path / "b.nii.gz", labelled(), moved)))
    other = np.where(labelled() > 0, 52, 0).astype(np.uint8)
    assert "no vertebra" in str(refused(ct, save(tmp_path / "c.nii.gz", other)))
    assert "whole" in str(refused(ct, save(tmp_path / "e.nii.gz", labelled().astype(np.float32) * 1.01)))
    assert "no labels" in str(refused(ct, save(tmp_path / "f.nii.gz", hounsfield())))


def test_text_of_the_header_goes_nowhere(labels: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    secret = b"DOE^JANE 19700101"
    path = save(tmp_path / "named.nii.gz", hounsfield(), descrip=secret, aux_file=b"DOE", intent_name=b"DOE")
    image = read_ct(path, labels)
    assert "DOE" not in repr(image)
    write_ct(image, tmp_path / "clean.nii.gz", tmp_path / "clean-labels.nii.gz")
    assert b"DOE" not in gzip.decompress((tmp_path / "clean.nii.gz").read_bytes())
    again = read_ct(tmp_path / "clean.nii.gz", tmp_path / "clean-labels.nii.gz")
    np.testing.assert_array_equal(again.hu, image.hu)
    np.testing.assert_array_equal(again.labels, image.labels)
    np.testing.assert_allclose(again.grid.origin_mm, image.grid.origin_mm, atol=1e-4)
    fault = refused(save(tmp_path / "bad.nii.gz", np.zeros(SHAPE, np.int16), descrip=secret))
    assert "DOE" not in str(fault)
    assert "DOE" not in "".join(capfd.readouterr())


def test_the_patient_that_ships_is_sound() -> None:
    ct, labels, _ = real_patient("lumbopelvic-3mm")
    image = read_ct(ct, labels)
    assert image.grid.shape == (112, 101, 122)
    assert (ct.parent / "LICENSE-Apache-2.0.txt").read_text().lstrip().startswith("Apache License")
