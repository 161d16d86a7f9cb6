"""Names of vertebrae held against the picture: a wrong level is refused, asked for or doubted aloud, never believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from phantoms.from_ct.files import read_ct, real_patient
from phantoms.from_ct.image import CtFault, CtImage
from phantoms.from_ct.level_evidence import NO, UNCLEAR, YES, LevelEvidence
from phantoms.from_ct.level_names import judge_names
from phantoms.from_ct.named_labels import name_labels
from phantoms.from_ct.numberings import CORD_NAME, SACRUM_NAME, TABLES, meaning_of
from phantoms.from_ct.quality import NAMES, POOR, QualityFinding, verdict
from phantoms.from_ct.sources import open_labels
from phantoms.morphometry import morphometry
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, SIX_LUMBAR_COLUMN, Vertebra
from tests.renumbered import Renumbered, counted, renumbered


@pytest.fixture(scope="module")
def ct() -> CtImage:
    ct_path, labels_path, _ = real_patient("lumbopelvic-3mm")
    return read_ct(ct_path, labels_path)


def named(ct: CtImage, case: Renumbered):
    return name_labels(case.labels, ct.hu, ct.grid, "labels", numbering=case.numbering, own_names=case.own_names)


def few(ct: CtImage):
    assert ct.labels is not None
    for case in renumbered(ct.labels, range(-1, 2)):
        if case.numbering is None and case.what.startswith(
            ("totalsegmentator,", "totalsegmentator-v1", "own", "export")
        ):
            yield case


def test_no_wrong_level_is_believed(ct: CtImage) -> None:
    refused, right, doubted, silent = counted(few(ct), lambda case: named(ct, case))
    assert silent == []
    assert right >= 3
    assert refused + doubted >= 12


def test_the_right_names_are_borne_out(ct: CtImage) -> None:
    assert ct.names is not None
    assert ct.names.confirmed
    assert ct.names.borne_out == ("T12 carries the lowest ribs, L1 none", "L5 stands on the sacrum")


def row(first: str, last: str, scale: float = 1.0, column: tuple[Vertebra, ...] = FIVE_LUMBAR_COLUMN) -> LevelEvidence:
    """Vertebrae of the table's size, nothing else being seen."""
    names = column[column.index(Vertebra(first)) : column.index(Vertebra(last)) + 1]
    table = {name: row.anterior for name, row in morphometry().items()}
    pitch = {n: scale * (table[n].body_height_post_mm + table[n].disc_below_height_mm) for n in names[:-1]}
    heights = 500.0 - np.cumsum([0.0, *pitch.values()])
    return LevelEvidence(
        centres_mm={name: np.array([z, 0.0, 0.0]) for name, z in zip(names, heights, strict=True)},
        width_mm={name: scale * table[name].body_width_upper_mm for name in names if name != "S1"},
        distance_mm=pitch,
        ribs=dict.fromkeys(names, UNCLEAR),
        lung=dict.fromkeys(names, 0.0),
        numbered_ribs=(),
    )


def renamed(seen: LevelEvidence, steps: int, column: tuple[Vertebra, ...] = FIVE_LUMBAR_COLUMN) -> LevelEvidence:
    """The same picture under names moved by some levels towards the feet."""

    def name(one: Vertebra) -> Vertebra:
        return column[column.index(one) + steps]

    def moved(table: dict) -> dict:
        return {name(one): value for one, value in table.items()}

    return replace(
        seen,
        centres_mm=moved(seen.centres_mm),
        width_mm=moved(seen.width_mm),
        distance_mm=moved(seen.distance_mm),
        ribs=moved(seen.ribs),
        lung=moved(seen.lung),
        numbered_ribs=tuple((rib, name(one)) for rib, one in seen.numbered_ribs),
        last_free=None if seen.last_free is None else name(seen.last_free),
        first_joined=None if seen.first_joined is None else name(seen.first_joined),
    )


def test_a_row_without_landmarks_is_doubted_aloud() -> None:
    judgement = judge_names(row("L1", "L4"))
    assert not judgement.wrong
    assert not judgement.confirmed
    assert judgement.in_words().startswith("doubt: the picture shows neither")


def test_the_lowest_ribs_fix_the_count() -> None:
    seen = row("T10", "L3")
    seen = replace(seen, ribs=dict.fromkeys(seen.ribs, NO) | dict.fromkeys(list(seen.ribs)[:3], YES))
    assert judge_names(seen).confirmed
    for steps in (-2, -1, 1, 2):
        judgement = judge_names(renamed(seen, steps))
        assert judgement.doubts
        assert "lowest vertebra with ribs would be" in judgement.in_words()
    assert judge_names(renamed(seen, -4)).wrong


def test_the_sacrum_fixes_the_count() -> None:
    seen = replace(row("L1", "L5"), last_free=Vertebra.L5, free_above_mm=12.0)
    assert judge_names(seen).confirmed
    assert "right below what would be L4" in judge_names(renamed(seen, -1)).in_words()
    higher = replace(row("T12", "L4"), last_free=Vertebra.L4, free_above_mm=50.0)  # L5 is not labelled
    assert not judge_names(higher).doubts
    assert judge_names(renamed(higher, 1)).doubts
    joined = replace(row("L2", "S1"), last_free=Vertebra.L5, free_above_mm=12.0, first_joined=Vertebra.S1)
    assert judge_names(joined).confirmed
    assert judge_names(renamed(joined, -1)).doubts


def test_a_sixth_lumbar_vertebra_needs_the_ribs() -> None:
    seen = replace(row("L2", "L6", column=SIX_LUMBAR_COLUMN), last_free=Vertebra.L6, free_above_mm=12.0)
    assert not judge_names(seen).confirmed


def test_a_labelled_sacrum_lies_below_the_lowest_vertebra() -> None:
    assert judge_names(replace(row("L1", "L5"), sacrum_below_mm=-200.0)).wrong
    assert not judge_names(replace(row("L1", "L5"), sacrum_below_mm=14.0)).doubts
    assert (
        "follows right below what would be L4" in judge_names(replace(row("L1", "L4"), sacrum_below_mm=14.0)).in_words()
    )


def test_labelled_ribs_and_vertebrae_have_one_number() -> None:
    seen = replace(row("T9", "L1"), numbered_ribs=((12, Vertebra.T12), (11, Vertebra.T11), (10, Vertebra.T10)))
    assert not judge_names(seen).doubts
    assert "own rib" in judge_names(renamed(seen, 1)).in_words()


@pytest.mark.parametrize(("true", "called"), [(("T1", "T9"), 17), (("L1", "L5"), -12), (("L1", "L5"), -17)])
def test_sizes_tell_thoracic_from_lumbar_vertebrae(true: tuple[str, str], called: int) -> None:
    seen = row(*true)
    names = list(seen.centres_mm)
    if called > 0:
        called = min(called, 24 - FIVE_LUMBAR_COLUMN.index(names[-1]))
    judgement = judge_names(renamed(seen, called))
    assert judgement.wrong
    assert "times as far apart" in judgement.in_words()


def test_people_differ_in_size() -> None:
    for scale in (0.85, 1.0, 1.15):
        assert not judge_names(row("T10", "L5", scale)).doubts


def test_two_bodies_at_the_images_ends_are_too_few_to_measure() -> None:
    seen = replace(row("T11", "T12", 0.65), distance_mm={})
    judgement = judge_names(seen)
    assert not judgement.wrong
    assert judgement.in_words().startswith("doubt")


def test_lung_does_not_lie_beside_lumbar_vertebrae() -> None:
    seen = row("T5", "T7")
    chest = replace(seen, lung=dict.fromkeys(seen.lung, 0.6))
    assert not judge_names(chest).doubts
    assert "lung lies beside" in judge_names(renamed(chest, 10)).in_words()
    assert judge_names(seen).doubts  # and it does lie beside those of the chest


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("vertebrae_L4", "L4"),
        ("L4 vertebra", "L4"),
        ("Vertebra T10", "T10"),
        ("c7", "C7"),
        ("sacrum", SACRUM_NAME),
        ("spinal_cord", CORD_NAME),
        ("rib_left_12", "rib 12 left"),
        ("vertebrae_L6", "L6"),
        ("disc_L4", None),
        ("L4/L5", None),
        ("liver", None),
        ("L4-L5 disc", None),
        ("nerve root L4", None),
        ("vertebrae_L14", None),
    ],
)
def test_names_of_labels(text: str, meaning: str | None) -> None:
    assert meaning_of(text) == meaning


def table_of(names: dict[int, str]) -> nib.nifti1.Nifti1Extension:
    rows = "\n".join(f'<Label Key="{q}" Red="0" Alpha="1"><![CDATA[{name}]]></Label>' for q, name in names.items())
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?> <CaretExtension><LabelTable>\n{rows}\n</LabelTable></CaretExtension>'
    )
    return nib.nifti1.Nifti1Extension(0, text.encode())


def saved(ct: CtImage, labels: np.ndarray, path: Path, names: dict[int, str] | None = None) -> Path:
    affine = np.diag([-3.0, -3.0, 3.0, 1.0])
    affine[:3, 3] = -ct.grid.origin_mm[0], -ct.grid.origin_mm[1], ct.grid.origin_mm[2]
    image = nib.Nifti1Image(labels.transpose(2, 1, 0).astype(np.uint8), affine)
    if names:
        image.header.extensions.append(table_of(names))
    nib.save(image, path)
    return path


def test_the_files_own_table_is_read_first(ct: CtImage, tmp_path: Path) -> None:
    """Any numbers will do where the file says what they mean."""
    assert ct.labels is not None
    true = {int(q): TABLES["totalsegmentator"][int(q)] for q in np.unique(ct.labels) if q}
    numbers = {old: 3 * i + 1 for i, old in enumerate(true)}
    table = np.zeros(256, np.uint8)
    for old, new in numbers.items():
        table[old] = new
    names = {numbers[old]: f"vertebrae_{name}" for old, name in true.items()}
    path = saved(ct, table[ct.labels], tmp_path / "own.nii.gz", names)
    read = read_ct(real_patient("lumbopelvic-3mm")[0], path)
    np.testing.assert_array_equal(read.labels, ct.labels)
    assert any("own table" in remark for remark in read.remarks)
    with pytest.raises(CtFault, match="Leave --numbering out"):
        read_ct(real_patient("lumbopelvic-3mm")[0], path, numbering="verse")


def test_26_is_an_l6_where_the_table_says_so(ct: CtImage, tmp_path: Path) -> None:
    assert ct.labels is not None
    six = np.where(ct.labels == 26, 25, ct.labels)  # S1 is the sacrum, L5 the sixth, and so on
    table = np.arange(256, dtype=np.uint8)
    table[27:33] = [26, 27, 28, 29, 30, 31]
    names = {25: "sacrum", 26: "vertebrae_L6"} | {27 + i: f"vertebrae_L{5 - i}" for i in range(5)}
    read = read_ct(real_patient("lumbopelvic-3mm")[0], saved(ct, table[six], tmp_path / "six.nii.gz", names))
    assert read.labels is not None
    assert set(np.unique(read.labels[ct.labels == 27])) == {200}
    assert read.names is not None
    assert read.names.doubts  # the ribs of this patient are at what is now called L1


def test_25_and_26_without_a_table_are_asked_for(ct: CtImage, tmp_path: Path) -> None:
    assert ct.labels is not None
    both = ct.labels.copy()
    lower = np.flatnonzero((both == 26).any(axis=(1, 2)))[:6]
    both[: lower[-1] + 1][both[: lower[-1] + 1] == 26] = 25
    path = saved(ct, both, tmp_path / "both.nii.gz")
    ct_path = real_patient("lumbopelvic-3mm")[0]
    with pytest.raises(CtFault, match=r"26 is S1 in one and L6 in the other.*--numbering totalsegmentator-v3"):
        read_ct(ct_path, path)
    named = read_ct(ct_path, path, numbering="totalsegmentator")
    np.testing.assert_array_equal(named.labels == 26, both == 26)


@pytest.mark.parametrize("first", [1, 8])
def test_numbers_in_the_order_of_an_export_are_refused_with_the_reason(ct: CtImage, tmp_path: Path, first: int) -> None:
    assert ct.labels is not None
    table = np.zeros(256, np.uint8)
    table[[31, 30, 29, 28, 27]] = range(first, first + 5)  # L1 to L5
    with pytest.raises(CtFault, match=r"as VerSe .*vertebrae named .* times as far apart as such are"):
        read_ct(real_patient("lumbopelvic-3mm")[0], saved(ct, table[ct.labels], tmp_path / "order.nii.gz"))


def test_a_table_that_would_grow_without_end_is_not_read(tmp_path: Path, ct: CtImage) -> None:
    assert ct.labels is not None
    label = '<Label Key="27">&b;</Label>'
    bomb = f'<!DOCTYPE a [<!ENTITY b "L4">]><CaretExtension><LabelTable>{label}</LabelTable></CaretExtension>'
    image = nib.load(saved(ct, ct.labels, tmp_path / "a.nii.gz"))
    image.header.extensions.append(nib.nifti1.Nifti1Extension(0, bomb.encode()))
    nib.save(image, tmp_path / "b.nii.gz")
    assert not open_labels(tmp_path / "b.nii.gz").label_names


def test_points_one_level_off_are_doubted_and_far_off_refused(ct: CtImage) -> None:
    from tests.unit.test_ct_labels import body_centres

    centres = body_centres(ct)
    ct_path = real_patient("lumbopelvic-3mm")[0]
    right = read_ct(ct_path, points_mm=centres)
    assert right.names is not None
    assert right.names.confirmed
    up = dict(zip(("T12", "L1", "L2", "L3", "L4"), centres.values(), strict=True))
    wrong = read_ct(ct_path, points_mm=up)
    assert wrong.names is not None
    assert wrong.names.doubts
    with pytest.raises(CtFault, match="far apart"):
        read_ct(ct_path, points_mm=dict(zip(("T1", "T2", "T3", "T4", "T5"), centres.values(), strict=True)))


def test_a_doubt_stands_in_the_verdict() -> None:
    doubt = QualityFinding(what=NAMES, trust=POOR, why="doubt: L1 carries the lowest ribs")
    assert "doubt: L1 carries the lowest ribs" in verdict((doubt,))
