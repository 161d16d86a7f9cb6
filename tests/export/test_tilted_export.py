"""A press of a tilted gantry in the exports: pixels lie where the frame says, in DICOM, NRRD and NIfTI alike."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest
from pydicom import dcmread

from simulator.export.export_session import staged, write_exports
from simulator.export.finished_session import FinishedSession, open_finished_session
from simulator.export.targets import Targets
from simulator.interface import commands as c
from simulator.scenario.build import Case
from tests.recorded import begun
from tests.recorded import finished as finish

TILT_DEG = 20.0


@pytest.fixture(scope="module")
def tilted(own_case: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[FinishedSession, Path]:
    """One press of a tilted gantry, carried out again from its record, and all exports of it."""
    folder = tmp_path_factory.mktemp("tilted")
    commands = (c.TiltGantry(tilt_deg=TILT_DEG), c.PressPedal(), c.Finish())
    finish(own_case, begun(own_case, folder / "session.jsonl"), commands)
    session = open_finished_session(folder / "session.jsonl")
    with staged(Targets(), folder / "all") as places:
        write_exports(session, places, with_truth=False)
    return session, folder / "all"


def test_dicom_says_how_the_gantry_leaned(tilted: tuple[FinishedSession, Path]) -> None:
    finished, folder = tilted
    every = [dcmread(path) for path in sorted(folder.rglob("*.dcm"))]
    images = [one for one in every if one.Modality == "CT" and one.get("GantryDetectorTilt") == TILT_DEG]
    assert len(images) == 3
    frame = finished.session.image(0)
    normal = np.array([0.0, -np.sin(np.radians(TILT_DEG)), np.cos(np.radians(TILT_DEG))])
    for image in images:
        index = 3 - int(image.InstanceNumber)  # a frame counts from the head, files from the feet
        row, column = np.array(image.ImageOrientationPatient, float).reshape(2, 3)
        corner = np.array(image.ImagePositionPatient, float)
        found = corner + row * 300.0 * image.PixelSpacing[1] + column * 100.0 * image.PixelSpacing[0]
        assert found == pytest.approx(np.array(frame.position_mm(index, 100.0, 300.0)), abs=1e-3)
        assert np.cross(row, column) == pytest.approx(normal, abs=1e-6)
        assert np.array_equal(image.pixel_array, np.rint(frame.hu[index]).astype(np.int16))
        assert image.ManufacturerModelName == "64-row class"


def test_volumes_lean_with_it(tilted: tuple[FinishedSession, Path]) -> None:
    finished, folder = tilted
    frame = finished.session.image(0)
    (path,) = [one for one in folder.rglob("*.nii.gz") if "fluoroscopy" in one.name]
    x, y, z = frame.position_mm(2, 100.0, 300.0)
    assert nibabel.load(path).affine @ [300.0, 100.0, 0.0, 1.0] == pytest.approx([-x, -y, z, 1.0], abs=1e-3)
    (nrrd,) = [one for one in folder.rglob("*.nrrd") if "fluoroscopy" in one.name]
    header = nrrd.read_bytes().split(b"\n\n")[0].decode()
    directions = next(line for line in header.splitlines() if line.startswith("space directions"))
    steps = np.array(
        [float(part) for part in directions.split(":")[1].replace("(", " ").replace(")", " ").replace(",", " ").split()]
    )
    origin = next(line for line in header.splitlines() if line.startswith("space origin")).split(":")[1]
    first = np.array([float(part) for part in origin.strip(" ()").split(",")])
    i, j, k = steps.reshape(3, 3)
    upper = np.array(frame.position_mm(0, 100.0, 300.0))
    assert first + 300 * i + 100 * j + 2 * k == pytest.approx(upper, abs=1e-3)
