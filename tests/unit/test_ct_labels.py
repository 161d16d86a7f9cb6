"""Which vertebra is which: labels in two numberings, points in three kinds of file, vertebrae found about points."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from scipy import ndimage

from phantoms.from_ct.files import read_ct, real_patient
from phantoms.from_ct.image import VERTEBRA_LABELS, CtFault, CtImage
from phantoms.from_ct.labels import around, left_out, usual_interspace, vertebra_names
from phantoms.from_ct.markups import parse_point, read_points
from phantoms.from_ct.numberings import VERSE_LABELS
from phantoms.from_ct.resampling import axis_mm

POINTS = {"L3": (1.5, -20.0, 100.0), "L4": (0.0, -25.25, 64.0)}
NUMBERS = {name: number for number, name in VERTEBRA_LABELS.items()}


@pytest.fixture(scope="module")
def ct() -> CtImage:
    ct_path, labels_path, _ = real_patient("lumbopelvic-3mm")
    return read_ct(ct_path, labels_path)


def saved(ct: CtImage, labels: np.ndarray, path: Path) -> Path:
    affine = np.diag([-3.0, -3.0, 3.0, 1.0])
    affine[:3, 3] = -ct.grid.origin_mm[0], -ct.grid.origin_mm[1], ct.grid.origin_mm[2]
    nib.save(nib.Nifti1Image(labels.transpose(2, 1, 0).astype(np.uint8), affine), path)
    return path


def as_verse(labels: np.ndarray) -> np.ndarray:
    table = np.zeros(256, np.uint8)
    for number, name in VERSE_LABELS.items():
        table[NUMBERS.get(name, 0)] = number if name in NUMBERS else 0
    return table[labels]


@pytest.mark.parametrize("numbering", [None, "verse"])
def test_verse_numbers_are_told_from_those_of_totalsegmentator(
    ct: CtImage, tmp_path: Path, numbering: str | None
) -> None:
    ct_path, _, _ = real_patient("lumbopelvic-3mm")
    other = read_ct(ct_path, saved(ct, as_verse(ct.labels), tmp_path / "verse.nii.gz"), numbering=numbering)
    np.testing.assert_array_equal(other.labels, ct.labels)


def test_organs_of_totalsegmentator_are_no_vertebrae_of_verse(ct: CtImage, tmp_path: Path) -> None:
    labels = ct.labels.copy()
    soft = (ct.hu > 20) & (ct.hu < 80) & (labels == 0)
    labels[soft] = 5  # liver; C5 in VerSe
    labels[:40][soft[:40]] = 6
    ct_path, _, _ = real_patient("lumbopelvic-3mm")
    other = read_ct(ct_path, saved(ct, labels, tmp_path / "organs.nii.gz"))
    np.testing.assert_array_equal(other.labels, ct.labels)


@pytest.mark.parametrize("numbering", [None, "verse"])
def test_a_sixth_lumbar_vertebra_has_its_place_in_the_row(ct: CtImage, tmp_path: Path, numbering: str | None) -> None:
    """The same patient, counted as if there were six: what was L5 is L6."""
    labels = as_verse(ct.labels)
    shown = (labels >= 18) & (labels <= 24)  # a scrap of T11, T12 to L5
    labels[shown] += 1
    ct_path, _, _ = real_patient("lumbopelvic-3mm")
    six = read_ct(ct_path, saved(ct, labels, tmp_path / "six.nii.gz"), numbering=numbering)
    assert list(vertebra_names(six, "L4/5")) == ["L1", "L2", "L3", "L4", "L5", "L6", "S1"]
    again = read_ct(ct_path, saved(ct, six.labels, tmp_path / "again.nii.gz"), numbering="totalsegmentator")
    np.testing.assert_array_equal(again.labels, six.labels)
    missing = labels.copy()
    missing[labels == 24] = 0
    with pytest.raises(CtFault, match="L5 is missing in the row"):
        vertebra_names(read_ct(ct_path, saved(ct, missing, tmp_path / "gap.nii.gz"), numbering="verse"), "L3/4")


def test_a_thirteenth_thoracic_vertebra_is_refused(ct: CtImage, tmp_path: Path) -> None:
    labels = as_verse(ct.labels)
    labels[labels == 19] = 28
    ct_path, _, _ = real_patient("lumbopelvic-3mm")
    with pytest.raises(CtFault, match="T13 is labelled"):
        read_ct(ct_path, saved(ct, labels, tmp_path / "thirteen.nii.gz"), numbering="verse")


def test_the_patient_is_built_about_an_interspace(ct: CtImage) -> None:
    assert usual_interspace(ct) == "L3/4"
    assert list(vertebra_names(ct, "L3/4")) == ["T12", "L1", "L2", "L3", "L4", "L5", "S1"]  # a scrap of T11 is left out
    upper = CtImage(what="a", hu=ct.hu, grid=ct.grid, labels=np.where(np.isin(ct.labels, [30, 31, 32]), ct.labels, 0))
    assert usual_interspace(upper) in ("T12/L1", "L1/2")
    with pytest.raises(CtFault, match=r"T8/9 is not shown.*Choose one of"):
        vertebra_names(ct, "T8/9")


def test_a_long_ct_is_cut_to_the_vertebrae(ct: CtImage) -> None:
    part = around(ct, "L3/4")
    assert 60 < part.hu.shape[0] < ct.hu.shape[0]
    np.testing.assert_array_equal(part.hu, ct.hu[-part.hu.shape[0] :])
    assert part.grid.z_mm[-1] == pytest.approx(ct.grid.z_mm[-1])


def test_nothing_that_was_labelled_is_lost_without_a_word(ct: CtImage) -> None:
    shown = ["T12", "L1", "L2", "L3", "L4", "L5", "S1"]
    assert left_out(ct, "L3/4", shown) == ("T11 left out of the patient: hardly in the image",)
    said = " ".join(left_out(ct, "L3/4", shown[2:]))
    assert "T12, L1 left out of the patient: no whole body is found there" in said
    neck = np.where(ct.labels == 32, 44, ct.labels)  # called C7
    neck[neck == 33] = 0
    changed = CtImage(what="a", hu=ct.hu, grid=ct.grid, labels=np.where(np.isin(neck, [26, 27, 28, 44]), neck, 0))
    with pytest.raises(CtFault, match="missing in the row"):
        left_out(changed, "L4/5", shown)


def test_points_of_slicer_and_toml(tmp_path: Path) -> None:
    markup = {
        "markups": [
            {
                "type": "Fiducial",
                "coordinateSystem": "RAS",
                "controlPoints": [
                    {"label": name, "position": [-x, -y, z], "positionStatus": "defined"}
                    for name, (x, y, z) in POINTS.items()
                ],
            }
        ]
    }
    (tmp_path / "a.mrk.json").write_text(json.dumps(markup))
    columns = "id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label"
    head = f"# Markups fiducial file version = 5.0\n# CoordinateSystem = LPS\n# columns = {columns}\n"
    lines = [f"{k},{x},{y},{z},0,0,0,1,1,1,0,{name}" for k, (name, (x, y, z)) in enumerate(POINTS.items())]
    (tmp_path / "b.fcsv").write_text(head + "\n".join(lines) + "\n")
    (tmp_path / "c.toml").write_text("\n".join(f"{name} = {list(place)}" for name, place in POINTS.items()))
    for name in ("a.mrk.json", "b.fcsv", "c.toml"):
        assert read_points(tmp_path / name).points == POINTS
    assert parse_point("l4=-12,40.5,1253") == ("L4", (-12.0, 40.5, 1253.0))


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("a.mrk.json", "{", "cannot be read"),
        ("a.mrk.json", "[" * 100_000, "cannot be read"),
        ("a.mrk.json", '{"markups": [{"controlPoints": [{"label": "L4", "position": [1, 2]}]}]}', "cannot be read"),
        ("a.mrk.json", '{"markups": []}', "no point"),
        ("a.mrk.json", '{"markups": [{"controlPoints": [{"label": "L4", "position": [1, 2, NaN]}]}]}', "cannot be"),
        ("a.fcsv", "1,2,3\n", "cannot be read"),
        ("a.toml", "L4 = 3", "cannot be read"),
        ("a.toml", "L4 = [1, 2, 3]\nl4 = [1, 2, 3]", "twice"),
        ("a.txt", "L4 1 2 3", ".mrk.json"),
    ],
)
def test_a_file_that_holds_no_points(tmp_path: Path, name: str, text: str, word: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(CtFault) as caught:
        read_points(tmp_path / name)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def body_centres(ct: CtImage) -> dict[str, tuple[float, float, float]]:
    """Middle of each body: where the label is thick."""
    centres = {}
    for name in ("L1", "L2", "L3", "L4", "L5"):
        inside = ndimage.distance_transform_edt(ct.labels == NUMBERS[name], sampling=3.0)
        z, y, x = np.argwhere(inside > 0.8 * inside.max()).mean(axis=0)
        centres[name] = tuple(
            float(axis_mm(ct.grid, k)[0] + ct.grid.spacing_mm[k] * at) for k, at in enumerate((x, y, z))
        )
    return centres


def test_vertebrae_found_about_points_are_those_that_were_labelled(ct: CtImage) -> None:
    ct_path, _, _ = real_patient("lumbopelvic-3mm")
    found = read_ct(ct_path, points_mm=body_centres(ct))
    for name in ("L2", "L3", "L4"):
        ours, theirs = found.labels == NUMBERS[name], ct.labels == NUMBERS[name]
        dice = 2.0 * (ours & theirs).sum() / (ours.sum() + theirs.sum())
        print(name, round(dice, 2))
        assert dice > 0.7
        apart = np.subtract(np.argwhere(ours).mean(axis=0), np.argwhere(theirs).mean(axis=0))
        assert np.abs(apart).max() < 1.5
    (told,) = found.remarks
    assert told.count("mm high (table") == 5


def test_labels_and_points_are_not_both_taken(ct: CtImage, tmp_path: Path) -> None:
    ct_path, labels_path, _ = real_patient("lumbopelvic-3mm")
    (tmp_path / "a.toml").write_text("L3 = [0, 0, 0]\nL4 = [0, 0, -40]\n")
    with pytest.raises(CtFault, match="both say where"):
        read_ct(ct_path, labels_path, points_mm=body_centres(ct))
    with pytest.raises(CtFault, match="both say where"):
        read_ct(ct_path, labels_path, points_path=tmp_path / "a.toml")


def test_points_in_atlas_and_axis_are_passed_over_with_a_word(ct: CtImage) -> None:
    ct_path, _, _ = real_patient("lumbopelvic-3mm")
    centres = {name: place for name, place in body_centres(ct).items() if name in ("L3", "L4")}
    above = (0.0, 0.0, 2000.0)  # far outside: nobody looks there
    found = read_ct(ct_path, points_mm={"C1": above, "C2": above, **centres})
    (told,) = found.remarks
    assert "passed over C1 and C2" in told
    np.testing.assert_array_equal(found.labels, read_ct(ct_path, points_mm=centres).labels)


@pytest.mark.parametrize(
    ("points", "word"),
    [
        ({"L3": (0.0, 0.0, 1e6), "L4": (0.0, 0.0, 0.0)}, "outside the image"),
        ({"L3": (float("nan"), 0.0, 0.0), "L4": (0.0, 0.0, 0.0)}, "outside the image"),
        ({"L3": None}, "alone"),
        ({"L9": None, "L4": None}, "no such vertebra"),
        ({"L2": None, "L4": None}, "not neighbours"),
    ],
)
def test_points_that_do_not_fit(ct: CtImage, points: dict, word: str) -> None:
    centres = body_centres(ct)
    ct_path, _, _ = real_patient("lumbopelvic-3mm")
    given = {name: place or centres.get(name, centres["L4"]) for name, place in points.items()}
    with pytest.raises(CtFault, match=word):
        read_ct(ct_path, points_mm=given)


def test_points_in_the_wrong_order_or_in_muscle(ct: CtImage) -> None:
    centres = body_centres(ct)
    ct_path, _, _ = real_patient("lumbopelvic-3mm")
    with pytest.raises(CtFault, match="follow each other"):
        read_ct(ct_path, points_mm={"L3": centres["L4"], "L4": centres["L3"]})
    aside = {name: (x + 90.0, y, z) for name, (x, y, z) in centres.items()}
    with pytest.raises(CtFault, match="hardly any bone"):
        read_ct(ct_path, points_mm=aside)
