"""What segmenters and viewers write is read as the same volume, or refused with the reason."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from phantoms.from_ct import itk
from phantoms.from_ct.files import CtFault, read_ct
from phantoms.from_ct.image import CtImage
from phantoms.from_ct.sources import _how_apart
from phantoms.phantom import VoxelGrid
from simulator.spatial.frames import PatientPoint
from tests.hostile.test_ct_files import AFFINE, SHAPE, hounsfield, labelled, save

sitk = pytest.importorskip("SimpleITK")
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@pytest.fixture
def ct(tmp_path: Path) -> Path:
    return save(tmp_path / "ct.nii.gz", hounsfield())


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return save(tmp_path / "labels.nii.gz", labelled())


def same(one: CtImage, other: CtImage) -> None:
    np.testing.assert_array_equal(one.hu, other.hu)
    np.testing.assert_allclose(one.grid.origin_mm, other.grid.origin_mm, atol=1e-3)
    np.testing.assert_allclose(one.grid.spacing_mm, other.grid.spacing_mm, atol=1e-5)


def by_itk(path: Path, data: np.ndarray, affine: np.ndarray = AFFINE, keys: dict[str, str] | None = None) -> Path:
    """An array (i, j, k) as a file of SimpleITK."""
    lps = LPS @ affine
    image = sitk.GetImageFromArray(np.ascontiguousarray(data.transpose(2, 1, 0)))
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    image.SetSpacing(spacing.tolist())
    image.SetDirection((lps[:3, :3] / spacing).ravel().tolist())
    image.SetOrigin(lps[:3, 3].tolist())
    for key, value in (keys or {}).items():
        image.SetMetaData(key, value)
    sitk.WriteImage(image, str(path), True)
    return path


@pytest.mark.parametrize("suffix", [".nrrd", ".mha"])
def test_formats_of_slicer_are_read(ct: Path, labels: Path, tmp_path: Path, suffix: str) -> None:
    first = read_ct(ct, labels)
    other = read_ct(by_itk(tmp_path / f"a{suffix}", hounsfield()), by_itk(tmp_path / f"b{suffix}", labelled()))
    same(other, first)
    np.testing.assert_array_equal(other.labels, first.labels)


def test_segments_say_their_names(ct: Path, labels: Path, tmp_path: Path) -> None:
    """Numbers in the order of the export, which mean nothing, and a name for each."""
    own, keys = np.zeros(SHAPE, np.uint8), {}
    for i, (number, name) in enumerate(((30, "L2"), (27, "vertebrae_L5"), (29, "L3 vertebra"), (28, "Vertebra L4"))):
        own[labelled() == number] = i + 1
        keys |= {f"Segment{i}_ID": f"S{i}", f"Segment{i}_Name": name, f"Segment{i}_LabelValue": str(i + 1),
                 f"Segment{i}_Layer": "0"}  # fmt: skip
    other = read_ct(ct, by_itk(tmp_path / "a.seg.nrrd", own, keys=keys))
    np.testing.assert_array_equal(other.labels, read_ct(ct, labels).labels)
    assert any("own table" in remark for remark in other.remarks)


def test_a_volume_that_does_not_say_how_the_patient_lies(tmp_path: Path) -> None:
    path = by_itk(tmp_path / "a.nrrd", hounsfield())
    head, _, rest = path.read_bytes().partition(b"\n\n")
    lines = [line for line in head.split(b"\n") if not line.startswith((b"space", b"kinds"))]
    path.write_bytes(b"\n".join([*lines, b"spacings: 6 6 6"]) + b"\n\n" + rest)
    with pytest.raises(CtFault, match="how the patient lies"):
        read_ct(path)


@pytest.mark.parametrize("suffix", [".nrrd", ".mha"])
def test_no_other_file_is_opened_and_damage_is_refused(tmp_path: Path, suffix: str) -> None:
    path = by_itk(tmp_path / f"a{suffix}", hounsfield())
    whole = path.read_bytes()
    line = b"data file: ../other.raw\n" if suffix == ".nrrd" else b""
    elsewhere = whole.replace(b"ElementDataFile = LOCAL", b"ElementDataFile = ../other.raw")
    if suffix == ".nrrd":
        elsewhere = whole.replace(b"encoding:", line + b"encoding:")
    half = whole[: len(whole) // 2]
    for content, word in ((elsewhere, "another file"), (half, "damaged"), (b"NRRD0005\n", "no readable"),
                          (b"", "empty"), (b"x" * 3000, "no readable")):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(CtFault, match=word):
            read_ct(path)
    with pytest.raises(CtFault, match="Save it as one file"):
        read_ct(path.rename(tmp_path / ("a.nhdr" if suffix == ".nrrd" else "a.mhd")))


def test_a_size_that_lies_is_refused_from_the_header(tmp_path: Path) -> None:
    path = by_itk(tmp_path / "a.nrrd", hounsfield())
    path.write_bytes(path.read_bytes().replace(b"sizes: 32 30 28", b"sizes: 2040 2040 2040"))
    with pytest.raises(CtFault, match="cannot be used"):
        read_ct(path)


def test_a_mask_for_each_structure(ct: Path, labels: Path, tmp_path: Path) -> None:
    folder = tmp_path / "masks"
    folder.mkdir()
    for number, name in ((27, "vertebrae_L5"), (28, "vertebrae_L4"), (29, "vertebrae_L3"), (30, "vertebrae_L2")):
        save(folder / f"{name}.nii.gz", (labelled() == number).astype(np.uint8))
    save(folder / "liver.nii.gz", np.ones(SHAPE, np.uint8))
    save(folder / "vertebrae_T4.nii.gz", np.zeros(SHAPE, np.uint8))
    np.testing.assert_array_equal(read_ct(ct, folder).labels, read_ct(ct, labels).labels)
    (folder / "vertebrae_L5.nii.gz").rename(folder / "vertebrae_L4 again.nii.gz")
    with pytest.raises(CtFault, match="another mask of L4"):
        read_ct(ct, folder)
    empty = tmp_path / "none"
    empty.mkdir()
    save(empty / "liver.nii.gz", np.ones(SHAPE, np.uint8))
    with pytest.raises(CtFault, match="named after a vertebra"):
        read_ct(ct, empty)


def test_a_fourth_axis_of_one(ct: Path, labels: Path, tmp_path: Path) -> None:
    other = read_ct(
        save(tmp_path / "a.nii.gz", hounsfield()[..., None]), save(tmp_path / "b.nii.gz", labelled()[..., None])
    )
    same(other, read_ct(ct, labels))
    np.testing.assert_array_equal(other.labels, read_ct(ct, labels).labels)


def test_a_name_that_lies_about_packing(ct: Path, tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain.nii.gz", tmp_path / "packed.nii"
    plain.write_bytes(gzip.decompress(ct.read_bytes()))
    packed.write_bytes(ct.read_bytes())
    for path in (plain, packed):
        same(read_ct(path), read_ct(ct))


def turned(degrees: float) -> np.ndarray:
    """The affine of the same voxels, turned about the patient's left-right axis."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.eye(4)
    turn[1:3, 1:3] = [[c, -s], [s, c]]
    return turn @ AFFINE


@pytest.mark.parametrize("suffix", [".nrrd", ".mha"])
@pytest.mark.parametrize("word", [b"9" * 251, b"\x1b[2J", b"J\xf6rg"])
def test_a_field_that_is_none_meets_no_reader(
    tmp_path: Path, suffix: str, word: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = by_itk(tmp_path / f"a{suffix}", hounsfield())
    whole, field = path.read_bytes(), b"encoding: " if suffix == ".nrrd" else b"DimSize = "
    monkeypatch.setattr(itk, "_reader", lambda path: pytest.fail("a reader was asked"))
    path.write_bytes(whole.replace(field, field + word))
    with pytest.raises(CtFault, match="no field of a volume"):
        read_ct(path)
    axes = b"dimension: 3" if suffix == ".nrrd" else b"NDims = 3"
    for other in (b"12", b"", b"1"):
        path.write_bytes(whole.replace(axes, axes[:-1] + other))
        with pytest.raises(CtFault, match="number of axes"):
            read_ct(path)


@pytest.mark.parametrize("suffix", [".nrrd", ".mha"])
def test_readers_print_nothing(tmp_path: Path, suffix: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = by_itk(tmp_path / f"a{suffix}", hounsfield())
    whole = path.read_bytes()
    sizes = b"sizes: 32" if suffix == ".nrrd" else b"ElementType = MET_SHORT"
    assert sizes in whole
    for damaged in (whole.replace(sizes, sizes[:-2] + b"ZZ"), whole[:-200]):
        path.write_bytes(damaged)
        with pytest.raises(CtFault):
            read_ct(path)
    print("heard again")
    assert capfd.readouterr() == ("heard again\n", "")


@pytest.mark.parametrize("suffix", [".nrrd", ".mha"])
def test_a_small_file_of_a_large_volume_meets_no_reader(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = by_itk(tmp_path / f"honest{suffix}", hounsfield())
    hollow = by_itk(tmp_path / f"hollow{suffix}", np.full((160, 160, 120), -1000, dtype=np.int16))
    monkeypatch.setattr(itk, "_HELD_UNSEEN_BYTES", 10_000)
    read_ct(honest)
    monkeypatch.setattr(itk, "_voxels", lambda file: pytest.fail("voxels were read"))
    with pytest.raises(CtFault, match="too few for 160 x 160 x 120"):
        read_ct(hollow)


@pytest.mark.parametrize("degrees", [2.0, 4.6, 25.0])
@pytest.mark.parametrize("suffix", [".nii.gz", ".nrrd"])
def test_oblique_axes_are_resampled_and_said(ct: Path, tmp_path: Path, degrees: float, suffix: str) -> None:
    write = save if suffix == ".nii.gz" else by_itk
    affine = turned(degrees)
    image = read_ct(
        write(tmp_path / f"a{suffix}", hounsfield(), affine), write(tmp_path / f"b{suffix}", labelled(), affine)
    )
    assert any(f"oblique by {degrees:.1f} degrees" in remark for remark in image.remarks)
    grid, inverse = image.grid, np.linalg.inv(LPS @ affine)
    smooth, seen = hounsfield(), 0
    for i, j, k in ((16, 15, 14), (16, 15, 20), (14, 13, 8)):  # bone amid the body
        place = (LPS @ affine @ [i, j, k, 1.0])[:3]
        x, y, z = np.rint((place - grid.origin_mm) / grid.spacing_mm).astype(int)
        back = np.rint(inverse @ [*(np.array([x, y, z]) * grid.spacing_mm + grid.origin_mm), 1.0]).astype(int)[:3]
        assert abs(int(image.hu[z, y, x]) - int(smooth[tuple(back)])) < 700
        seen += int(image.hu[z, y, x] > 300)
    assert seen == 3
    assert image.labels is not None
    assert set(np.unique(image.labels)) == {0, 27, 28, 29, 30}
    volume = (image.labels == 28).sum() * np.prod(grid.spacing_mm) / (6.0**3 * (labelled() == 28).sum())
    assert abs(volume - 1.0) < 0.1


def test_axes_too_oblique_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CtFault, match="oblique by more than"):
        read_ct(save(tmp_path / "a.nii.gz", hounsfield(), turned(44.0)))


def test_two_orientations_in_one_header(ct: Path, labels: Path, tmp_path: Path) -> None:
    image = nib.load(ct)
    other = AFFINE.copy()
    other[0, 3] = 30.0
    image.set_sform(AFFINE, 1)
    image.set_qform(other, 1)
    nib.save(image, tmp_path / "two.nii.gz")
    read = read_ct(tmp_path / "two.nii.gz", save(tmp_path / "by-qform.nii.gz", labelled(), other))
    same(read, read_ct(ct))
    np.testing.assert_array_equal(read.labels, read_ct(ct, labels).labels)
    text = " ".join(read.remarks)
    assert re.search(r"sform and qform, lie \d+ mm apart; sform is taken", text)
    assert "agree by qform" in text


def test_in_what_two_orientations_differ() -> None:
    def grid(shape: tuple[int, int, int], spacing_mm: float, x_mm: float = 0.0) -> VoxelGrid:
        at = PatientPoint(x_mm, 0.0, 0.0)
        return VoxelGrid(origin_mm=at, spacing_mm=(spacing_mm, 1.0, 1.0), shape=shape)

    one = grid((4, 5, 6), 1.0)
    assert _how_apart(one, grid((4, 5, 6), 1.0, 12.0)) == "lie 12 mm apart"
    assert _how_apart(one, grid((4, 5, 6), 1.2)) == "give voxels of 1 x 1 x 1 and of 1.2 x 1 x 1 mm"
    assert _how_apart(one, grid((4, 6, 5), 1.0)) == "turn the axes differently"


@pytest.mark.parametrize("spacing", [6.0, 6.006])
def test_labels_a_little_beside_are_taken_and_said(ct: Path, labels: Path, tmp_path: Path, spacing: float) -> None:
    affine = np.diag([-spacing, -6.0, 6.0, 1.0])
    affine[1, 3] = 0.0 if spacing != 6.0 else 0.66
    read = read_ct(ct, save(tmp_path / "b.nii.gz", labelled(), affine))
    np.testing.assert_array_equal(read.labels, read_ct(ct, labels).labels)
    assert (spacing != 6.0) or any("mm beside the CT" in remark for remark in read.remarks)


def test_scaled_labels_are_refused_with_the_way_out(ct: Path, tmp_path: Path) -> None:
    image = nib.Nifti1Image(labelled(), AFFINE)
    image.header.set_slope_inter(1.01, 0.0)
    nib.save(image, tmp_path / "a.nii.gz")
    with pytest.raises(CtFault, match="Save an integer array"):
        read_ct(ct, tmp_path / "a.nii.gz")
