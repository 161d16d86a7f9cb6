"""A CT becomes a folder that a scenario can name: what is in it, what it says of its quality, and nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

import phantoms.from_ct.patient as ct_phantom
from phantoms.from_ct.bony_canal import CanalMeasure
from phantoms.from_ct.derived_errors import derived_error
from phantoms.from_ct.files import read_ct, real_patient
from phantoms.from_ct.labels import around
from phantoms.from_ct.quality import GUESSED, POOR, SEEN, QualityFinding, as_text, verdict
from phantoms.from_ct.real_patients import patient_in
from phantoms.from_ct.voxels import grids
from phantoms.phantom import VoxelGrid
from simulator.errors import UserInputError
from simulator.scenario.import_ct import CtSource, import_ct
from simulator.scenario.load import load_scenario
from simulator.vocabulary.levels import Interspace

SECRET = "DOE JANE"
PLANES = (-12, 12)  # the few that are built: first, and how many
TOLD: list[str] = []  # what the import printed as notes


def few(whole: VoxelGrid, measure: CanalMeasure) -> tuple[VoxelGrid, ...]:
    return tuple(
        VoxelGrid(
            origin_mm=(*grid.origin_mm[:2], float(PLANES[0])),
            spacing_mm=grid.spacing_mm,
            shape=(PLANES[1], *grid.shape[1:]),
        )
        for grid in grids(whole, measure)
    )


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The CT that ships, under a header with a name, with twelve planes of voxels."""
    folder = tmp_path_factory.mktemp("import")
    ct, labels, _ = real_patient("lumbopelvic-3mm")
    named = nib.load(ct)
    named.header["descrip"] = SECRET.encode()
    nib.save(named, folder / "source.nii.gz")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ct_phantom, "grids", few)
        source = CtSource(ct=folder / "source.nii.gz", labels=labels, leak_level="L4/5", leak_side="left")
        (folder / "out" / "taken").mkdir(parents=True)
        with pytest.raises(UserInputError, match="such a patient already"):
            import_ct(source, name="taken", out=folder / "out")
        yield import_ct(source, name="somebody", out=folder / "out", remark=TOLD.append)


def test_the_folder_holds_a_patient_and_a_case_to_run(imported: tuple[Path, str]) -> None:
    folder, _ = imported
    names = {path.name for path in folder.iterdir()}
    assert names == {"ct.nii.gz", "labels.nii.gz", "patient.toml", "somebody.toml", "preview.png", "quality.txt"}
    _, _, parameters = patient_in(folder)
    assert parameters.about == "L4/5"
    assert parameters.leak.side == "left"
    scenario = load_scenario(folder / "somebody.toml").scenario_for(1)
    assert scenario.leak.level == "L4/5"
    assert scenario.patient.ct == "."
    assert not list(folder.parent.glob(".somebody*"))  # nothing is left of the writing


def test_what_was_imported_is_read_as_the_same(imported: tuple[Path, str]) -> None:
    """Or its voxels would be built twice."""
    folder, _ = imported
    ct, labels, _ = real_patient("lumbopelvic-3mm")
    source = around(read_ct(ct, labels), "L4/5")
    again = read_ct(folder / "ct.nii.gz", folder / "labels.nii.gz", numbering="totalsegmentator")
    assert again.grid == source.grid
    np.testing.assert_array_equal(again.hu, source.hu)
    np.testing.assert_array_equal(again.labels, source.labels)


def test_names_of_the_header_are_in_none_of_its_files(imported: tuple[Path, str]) -> None:
    folder, _ = imported
    assert SECRET not in str(nib.load(folder / "ct.nii.gz").header)
    for path in folder.iterdir():
        assert b"DOE" not in path.read_bytes()


def test_quality_is_told_in_words_and_as_a_picture(imported: tuple[Path, str]) -> None:
    folder, line = imported
    text = (folder / "quality.txt").read_text()
    assert text.startswith(f"Verdict: {line}\n")
    assert "voxels" in line  # of 3 mm
    rows = dict(row.split(":", 1)[0].split(None, 1)[::-1] for row in text.splitlines()[1:])
    assert rows["bones, muscle, organs"] == SEEN
    assert (
        rows["dural sac"] == rows["flavum, epidural space"] == rows["cord"] == rows["roots, contrast, leak"] == GUESSED
    )
    assert rows["voxels"] == POOR
    assert rows["error of what is derived"] == GUESSED
    with Image.open(folder / "preview.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    for colour in ((227, 154, 198), (255, 194, 51)):  # outlines of sac and flavum
        assert (np.abs(pixels.astype(int) - colour).max(axis=1) < 25).sum() > 20
    red, green, blue = pixels.astype(int).T
    assert ((red > blue + 25) & (blue > green + 25)).sum() > 200  # the band of the dura's error, over grey


def test_how_sure_the_derived_is_stands_in_case_and_record(imported: tuple[Path, str]) -> None:
    folder, _ = imported
    case, record = ((folder / name).read_text() for name in ("somebody.toml", "quality.txt"))
    for level in ("L3/4", "L4/5", "L5/S1"):
        one = derived_error(Interspace(level), 3.0, 3.0)
        figures = [one.dura_mm, one.flavum_mm, one.depth_mm]
        row = next(line for line in case.splitlines() if line.startswith(f"#   {level} "))
        assert row.split()[2:] == [f"{mm:.1f}" for mm in figures]
        words = f"{level} {'/'.join(f'{mm:.1f}' for mm in figures)}"
        assert words in record
        assert any("+- mm" in told and words in told for told in TOLD)
    asked = folder / "asked.toml"
    asked.write_text(case.replace("# derived_draw", "derived_draw"))
    assert load_scenario(asked).scenario_for(1).patient.derived_draw is True
    asked.unlink()


def test_a_verdict_names_what_is_poor() -> None:
    good = QualityFinding(what="voxels", trust=SEEN, why="fine")
    bad = QualityFinding(what="outline of the body", trust=POOR, why="cut off")
    assert verdict((good,)) == "fit to train on"
    assert "outline of the body" in verdict((good, bad))
    assert as_text((good, bad)).count("\n") == 3
