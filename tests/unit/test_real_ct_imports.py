"""Real CTs that do not ship: four of five become patients that are drawn and treated, the cut-out is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.cli import main
from tests.real_data import real_data

BODIES = {  # LPS mm, put by eye into the bodies of lumbar_tcga_ov
    "T12": (-13.7, 53.6, 1382.0),
    "L1": (-13.7, 48.4, 1352.9),
    "L2": (-13.7, 40.2, 1322.9),
    "L3": (-13.7, 35.0, 1288.1),
    "L4": (-13.7, 34.0, 1253.0),
    "L5": (-13.7, 47.4, 1221.2),
    "S1": (-13.7, 71.1, 1194.8),
}


def given(data: str, folder: Path) -> list[str]:
    """What `import-ct` is given of a data set."""
    if data == "lumbar_tcga_ov":
        points = folder / "points.toml"
        points.write_text("".join(f"{name} = {list(place)}\n" for name, place in BODIES.items()))
        return [str(real_data(data, "ct.nii.gz")), "--levels", str(points)]
    ct = "dicom" if data.startswith("dicom") else "ct.nii.gz"
    labels = "labels_vertebra.nii.gz" if data.startswith("l3") else "labels.nii.gz"
    return [str(real_data(data, ct)), "--labels", str(real_data(data, labels))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "level"),
    [
        ("lumbopelvic_3mm_labelled", "L3/4"),
        ("lumbar_tcga_ov", "L3/4"),
        ("thoracolumbar_lidc_labelled", "T12/L1"),
        ("dicom_thoracolumbar_labelled", "T11/12"),
    ],
)
def test_a_real_ct_is_imported_drawn_and_treated(data: str, level: str, tmp_path: Path) -> None:
    assert main(["import-ct", *given(data, tmp_path), "--name", "real", "--out", str(tmp_path)]) == 0
    case = tmp_path / "real" / "real.toml"
    assert f'level = "{level}"' in case.read_text()
    assert main(["preview", str(case), "--out", str(tmp_path / "previews")]) == 0
    assert (tmp_path / "previews" / "real.png").stat().st_size > 100_000
    assert main(["run", str(case), "--operator", "autopilot", "--out", str(tmp_path / "run")]) == 0
    card = json.loads((tmp_path / "run" / "scorecard.json").read_text())
    print(data, card["score"], card["placement"]["compartment"], card["cap_reason"])
    if data == "lumbopelvic_3mm_labelled":
        assert card["placement"]["compartment"] == "epidural"


def test_a_cut_out_without_skin_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["import-ct", *given("l3_subregions_tptbox", tmp_path), "--name", "l3", "--out", str(tmp_path)]
    assert main(line) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert "cannot be treated" in said
    assert not (tmp_path / "l3").exists()
