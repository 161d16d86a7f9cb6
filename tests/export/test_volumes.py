"""Volumes, markups and scene: landmarks where others read them, and label maps as exact as their voxels."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from xml.etree import ElementTree

import nibabel
import nrrd
import numpy as np
import pytest
import SimpleITK
import slicerio
from slicerio import markups as slicerio_markups

from phantoms.phantom import Label
from simulator.engine.events import MaterialInjected, NeedleMoved
from simulator.export.acquired_series import acquired_series
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.export.ground_truth.label_maps import (
    BloodMap,
    TruthLabel,
    blood_maps,
    blood_planes,
    canal_geometry,
    structure_planes,
)
from simulator.export.ground_truth.truth_files import NIFTI_MAPS, NRRD_MAPS, write_truth
from tests.golden.sessions import golden_path


def test_a_landmark_lies_at_one_place_in_nrrd_nifti_and_image(finished: FinishedSession, exported: Path) -> None:
    """A voxel of every press: its value, in LPS by SimpleITK and pynrrd and in RAS by nibabel."""
    presses = [series for series in acquired_series(finished.session) if series.is_press]
    for series in presses:
        frame = finished.session.image(series.event.number)
        row, column, from_the_head = 200, 300, 1
        lps = np.array(frame.position_mm(from_the_head, row, column))
        value = round(float(frame.hu[from_the_head, row, column]))
        image = SimpleITK.ReadImage(str(exported / "slicer" / f"{series.file_stem}.nrrd"))
        index = image.TransformPhysicalPointToIndex(lps.tolist())
        assert image.TransformIndexToPhysicalPoint(index) == pytest.approx(lps, abs=0.01)
        assert image.GetPixel(index) == pytest.approx(value, abs=1)
        volume = nibabel.load(exported / "nifti" / f"{series.file_stem}.nii.gz")
        i, j, k, _ = np.linalg.inv(volume.affine) @ [-lps[0], -lps[1], lps[2], 1.0]
        assert [i, j, k] == pytest.approx([column, row, 1], abs=0.01)
        assert volume.get_fdata()[round(i), round(j), round(k)] == pytest.approx(value, abs=1)
        voxels, header = nrrd.read(str(exported / "slicer" / f"{series.file_stem}.nrrd"))
        at = header["space origin"] + header["space directions"].T @ [column, row, 1]
        assert at == pytest.approx(lps, abs=0.01)
        assert voxels[column, row, 1] == pytest.approx(value, abs=1)


def test_every_format_holds_the_same_values_at_the_same_places(finished: FinishedSession, exported: Path) -> None:
    for series in acquired_series(finished.session):
        by_nrrd = SimpleITK.ReadImage(str(exported / "slicer" / f"{series.file_stem}.nrrd"))
        by_nifti = SimpleITK.ReadImage(str(exported / "nifti" / f"{series.file_stem}.nii.gz"))
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(exported / "dicom" / series.file_stem)))
        by_dicom = reader.Execute()
        for one in (by_nifti, by_dicom):
            assert one.GetSize() == by_nrrd.GetSize()
            assert one.GetOrigin() == pytest.approx(by_nrrd.GetOrigin(), abs=0.01)
            assert one.GetSpacing() == pytest.approx(by_nrrd.GetSpacing(), abs=1e-4)
            assert one.GetDirection() == pytest.approx(by_nrrd.GetDirection(), abs=1e-4)
            assert np.array_equal(SimpleITK.GetArrayFromImage(one), SimpleITK.GetArrayFromImage(by_nrrd))


def test_label_maps_lie_within_half_a_voxel_of_the_engines_distances(finished: FinishedSession) -> None:
    """Voxels farther from the dura and from bone than half their diagonal must be labelled as the distance says."""
    world, geometry = finished.session.world, canal_geometry(finished.session)
    labels = np.stack(list(structure_planes(finished.session)))
    assert labels.shape == geometry.size[::-1]
    chosen = np.random.default_rng(1).choice(labels.size, 40_000, replace=False)
    z, y, x = np.unravel_index(chosen, labels.shape)
    table = np.array(geometry.origin_mm) + np.column_stack([x, y, z]) * np.array(geometry.step_mm)
    points = table - [0.0, 0.0, world.table_transform().offset_z_mm]
    anatomy, half = world.phantom.anatomy, 0.5 * float(np.linalg.norm(geometry.step_mm))
    found = labels[z, y, x]
    dura, cord = anatomy.dura_mm(points), anatomy.cord_mm(points)
    inside = np.isin(found, (TruthLabel.DURAL_SAC, TruthLabel.SPINAL_CORD))
    assert np.all(inside[dura < -half])
    assert not np.any(inside[dura > half])
    assert np.all((found == TruthLabel.SPINAL_CORD)[cord < -half])
    assert not np.any((found == TruthLabel.SPINAL_CORD)[cord > half])
    assert {int(value) for value in np.unique(labels)} >= {0, 1, 3, 4}


def test_the_leak_is_labelled_where_the_patient_has_it(finished: FinishedSession) -> None:
    canal = finished.session.world.phantom.canal
    leak = np.stack([plane == TruthLabel.LEAK for plane in structure_planes(finished.session)])
    assert np.array_equal(leak, canal.label == Label.EPIDURAL_COLLECTION)


def test_blood_is_unpacked_plane_by_plane(finished: FinishedSession) -> None:
    shape = finished.session.world.phantom.canal.grid.shape
    voxels = np.array([0, 5, shape[1] * shape[2], np.prod(shape) - 1], np.int64)
    planes = np.stack(list(blood_planes(finished.session, BloodMap(at_ms=0, blood_ml=1.0, voxels=voxels))))
    assert np.array_equal(np.flatnonzero(planes), voxels)


@pytest.mark.slow
def test_blood_of_a_whole_treatment_lies_about_the_needle_and_grows(tmp_path: Path) -> None:
    """Every push of the plunger has its map, read back as written; all of them begin at the tip."""
    record = tmp_path / "session.jsonl"
    record.write_bytes(gzip.decompress(golden_path("patient-2-autopilot-1").read_bytes()))
    session = open_finished_session(record).session
    given = [
        group[-1]
        for step in session.steps
        if (group := [e for e in step.events if isinstance(e, MaterialInjected) and e.material == "blood"])
    ]
    maps = blood_maps(session)
    assert [(one.at_ms, one.blood_ml) for one in maps] == [(e.at_ms, e.total_blood_ml) for e in given]
    written = [name for name in write_truth(session, tmp_path, NRRD_MAPS) if "blood" in name]
    assert written == [f"truth-blood-{n:02d}-{one.at_ms // 1000:05d}s.nrrd" for n, one in enumerate(maps, start=1)]
    tip = max((e for e in session.events if isinstance(e, NeedleMoved) and e.at_ms < given[0].at_ms), key=_at).tip_mm
    at = session.world.table_transform().to_table(tip)
    volumes_ml = []
    for name, one in zip(written, maps, strict=True):
        image = SimpleITK.ReadImage(str(tmp_path / name))
        voxels = np.argwhere(SimpleITK.GetArrayFromImage(image) == 1)
        assert len(voxels) == len(one.voxels)
        volumes_ml.append(len(voxels) * np.prod(image.GetSpacing()) / 1000.0)
        places = np.array(image.GetOrigin()) + voxels[:, ::-1] * np.array(image.GetSpacing())
        assert np.linalg.norm(places - np.array(at), axis=1).min() < 3.0
    assert volumes_ml == sorted(volumes_ml)
    assert 0.0 < volumes_ml[-1] <= given[-1].total_blood_ml


def _at(event: NeedleMoved) -> int:
    return event.at_ms


def test_slicers_library_reads_the_segmentation(finished: FinishedSession, tmp_path: Path) -> None:
    assert write_truth(finished.session, tmp_path, NRRD_MAPS) == ["truth-structures.seg.nrrd"]
    read = slicerio.read_segmentation(str(tmp_path / "truth-structures.seg.nrrd"))
    named = {segment["name"]: segment["labelValue"] for segment in read["segments"]}
    assert named == {label.name.lower().replace("_", " "): label.value for label in tuple(TruthLabel)[1:]}
    labels = np.stack(list(structure_planes(finished.session)))
    assert np.array_equal(np.squeeze(read["voxels"]).T, labels)
    origin = read["ijkToLPS"] @ [0, 0, 0, 1]
    assert origin[:3] == pytest.approx(canal_geometry(finished.session).origin_mm)
    write_truth(finished.session, tmp_path, NIFTI_MAPS)
    assert np.array_equal(nibabel.load(tmp_path / "truth-structures.nii.gz").get_fdata().T, labels)
    with (tmp_path / "truth-displacements.csv").open() as file:
        assert len(list(csv.reader(file))) == 1 + len(acquired_series(finished.session))


def test_markups_have_plan_course_and_near_misses_where_they_were(finished: FinishedSession, exported: Path) -> None:
    body = json.loads((exported / "markups.mrk.json").read_text())
    nodes = {node["name"]: node for node in body["markups"]}
    assert set(nodes) >= {"Planned path", "Entry and tip", "Course of the tip"}
    assert [point["position"] for point in nodes["Planned path"]["controlPoints"]] == [
        [-22.0, 80.0, 500.0],
        [-2.0, 30.0, 500.0],
    ]
    moves = [event for event in finished.session.events if isinstance(event, NeedleMoved)]
    course = [point["position"] for point in nodes["Course of the tip"]["controlPoints"]]
    to_table = finished.session.world.table_transform()  # exact hands: the patient lies still
    assert np.allclose(course, [to_table.to_table(move.tip_mm) for move in moves], atol=1e-3)
    assert all(node["coordinateSystem"] == "LPS" for node in nodes.values())


def test_slicers_library_writes_markups_of_the_same_form(exported: Path, tmp_path: Path) -> None:
    """Its own conversion of an older file names the schema and every key that we write."""
    old = tmp_path / "old.fcsv"
    old.write_text(
        "# Markups fiducial file version = 4.11\n# CoordinateSystem = LPS\n"
        "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
        "1,1.0,2.0,3.0,0.1,0.2,0.3,0.4,1,1,0,entry,words,node\n"
    )
    theirs = slicerio_markups.read_markups_fcsv(old)
    ours = json.loads((exported / "markups.mrk.json").read_text())
    assert theirs["@schema"] == ours["@schema"]
    for node in ours["markups"]:
        assert set(theirs["markups"][0]) <= set(node)
        for point in node["controlPoints"]:
            assert set(theirs["markups"][0]["controlPoints"][0]) <= set(point)


def test_one_file_opens_every_other_of_the_folder(exported: Path) -> None:
    folder = exported / "slicer"
    root = ElementTree.parse(folder / "scene.mrml").getroot()
    stored = {node.get("id"): node.get("fileName") for node in root if node.get("fileName")}
    assert set(stored.values()) == {path.name for path in folder.iterdir()} - {"scene.mrml"}
    referred = [node.get("storageNodeRef") for node in root if node.get("storageNodeRef")]
    assert sorted(referred) == sorted(key for key in stored if key)
    assert len({node.get("id") for node in root}) == len(root)
