"""Points that name vertebrae, as the programs write them that place points."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from phantoms.from_ct.file_voxels import FileVoxels
from phantoms.from_ct.files import CtFault
from phantoms.from_ct.markups import read_points

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def test_unplaced_points_and_labels_with_a_comma(tmp_path: Path) -> None:
    head = "# Markups fiducial file version = 5.2\n# CoordinateSystem = LPS\n"
    head += "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
    lines = ["1,1.5,-20,100,0,0,0,1,1,1,0,L3,,,2,0", "2,0,0,0,0,0,0,1,1,1,0,L4,,,0,0",
             '3,0,-25,64,0,0,0,1,1,1,0,"L5, lower",,,2,0']  # fmt: skip
    (tmp_path / "a.fcsv").write_text(head + "\n".join(lines) + "\n")
    assert read_points(tmp_path / "a.fcsv").points == {"L3": (1.5, -20.0, 100.0), "L5": (0.0, -25.0, 64.0)}


def markup(points: list[dict], **values: object) -> dict:
    return {"type": "Fiducial", "coordinateSystem": "LPS", "controlPoints": points, **values}


def test_markups_of_other_programs(tmp_path: Path) -> None:
    path = tmp_path / "a.mrk.json"
    good = [{"label": "L4", "position": [1, 2, 3]}, {"label": "L5", "position": [1, 2, 40]}]
    wanted = {"L4": (1.0, 2.0, 3.0), "L5": (1.0, 2.0, 40.0)}
    for content in (
        [markup(good), {"type": "ROI", "center": [0, 0, 0]}],
        [markup(good, coordinateUnits=["mm", "UCUM", "millimeter"])],
        [markup([{"label": "50", "description": "23", "position": [1, 2, 3]},
                 {"label": "50", "description": "L5", "position": [1, 2, 40]}])],
    ):  # fmt: skip
        path.write_text("\ufeff" + json.dumps({"markups": content}), encoding="utf-8")
        assert read_points(path).points == wanted
    path.write_text(json.dumps({"markups": [markup(good, coordinateUnits="um")]}))
    with pytest.raises(CtFault, match="not in millimetres"):
        read_points(path)
    (tmp_path / "a.toml").write_text("\ufeffL4 = [1, 2, 3]\nL5 = [1, 2, 40]\n", encoding="utf-8")
    assert read_points(tmp_path / "a.toml").points == wanted


def test_centroids_of_verse_are_counted_in_the_files_voxels(tmp_path: Path) -> None:
    lps = np.diag([-2.0, 3.0, 4.0, 1.0])  # i to the right, j to the back, k to the head
    lps[:3, 3] = 100.0, -50.0, 10.0
    voxels = FileVoxels(lps, (60, 40, 50))
    path = tmp_path / "a.json"
    centroids = [{"label": 22, "X": 5.0, "Y": 9.0, "Z": 7.0}, {"label": 26, "X": 0.0, "Y": 0.0, "Z": 0.0}]
    path.write_text(json.dumps([{"direction": ["P", "I", "R"]}, *centroids]))
    assert read_points(path, voxels).points == {"L3": (100.0 - 2.0 * 7, -50.0 + 3.0 * 5, 10.0 + 4.0 * (49 - 9))}
    with pytest.raises(CtFault, match="need the CT"):
        read_points(path)


def centroids_in(tmp_path: Path, *labels: int) -> Path:
    path = tmp_path / "verse.json"
    entries = [{"label": label, "X": 5.0, "Y": 9.0, "Z": 7.0 + place} for place, label in enumerate(labels)]
    path.write_text(json.dumps([{"direction": ["P", "I", "R"]}, *entries]))
    return path


def test_a_thirteenth_thoracic_vertebra_is_refused_and_never_passed_over(tmp_path: Path) -> None:
    voxels = FileVoxels(LPS, (60, 40, 50))
    with pytest.raises(CtFault, match="T13 is pointed at"):
        read_points(centroids_in(tmp_path, 19, 28, 20), voxels)


def test_what_names_no_vertebra_is_passed_over_with_a_word(tmp_path: Path) -> None:
    found = read_points(centroids_in(tmp_path, 22, 26, 99), FileVoxels(LPS, (60, 40, 50)))
    (remark,) = found.remarks
    assert list(found.points) == ["L3"]
    assert "label 26, the sacrum's" in remark
    assert "label 99" in remark
    path = tmp_path / "a.mrk.json"
    points = [
        {"label": "L4", "position": [1, 2, 3]},
        {"label": "L5", "position": [1, 2, 40], "positionStatus": "undefined"},
    ]
    path.write_text(json.dumps({"markups": [markup(points), {"type": "ROI", "center": [0, 0, 0]}]}))
    (remark,) = read_points(path).remarks
    assert "'L5', which is not placed" in remark
    assert "'ROI'" in remark
    (tmp_path / "plain.toml").write_text("L4 = [1, 2, 3]\n")
    assert read_points(tmp_path / "plain.toml").remarks == ()


def test_an_unplaced_point_of_a_table_is_told(tmp_path: Path) -> None:
    head = "# CoordinateSystem = LPS\n# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
    lines = ["1,1.5,-20,100,0,0,0,1,1,1,0,L3,,,2,0", "2,0,0,0,0,0,0,1,1,1,0,L4,,,0,0"]
    (tmp_path / "a.fcsv").write_text(head + "\n".join(lines) + "\n")
    (remark,) = read_points(tmp_path / "a.fcsv").remarks
    assert "'L4', which is not placed" in remark
