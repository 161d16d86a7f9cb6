"""Levels of real CTs that do not ship: wrong names are never believed, and bodies are found about points alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from phantoms.from_ct.files import read_ct
from phantoms.from_ct.image import SPINAL_CORD, VERTEBRA_LABELS, CtImage
from phantoms.from_ct.labels_from_points import labels_at
from phantoms.from_ct.named_labels import name_labels
from phantoms.from_ct.sources import open_labels, open_volume
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import Vertebra
from tests.real_data import real_data
from tests.renumbered import Renumbered, counted, renumbered

SETS = {
    "thoracolumbar_lidc_labelled": "ct.nii.gz",
    "lumbopelvic_3mm_labelled": "ct.nii.gz",
    "dicom_thoracolumbar_labelled": "dicom",
}
NUMBERS = {name: number for number, name in VERTEBRA_LABELS.items()}
POINTS_OFF_MM = 3.0


@pytest.mark.slow
@pytest.mark.parametrize("folder", SETS)
def test_no_wrong_level_is_believed(folder: str, figure) -> None:
    """Names moved by up to four levels, in every numbering and in the order of an export, of the whole CT and parts."""
    source = open_volume(real_data(folder, SETS[folder]))
    hu, labels = source.hounsfield(), open_labels(real_data(folder, "labels.nii.gz")).labels()

    def read(case: Renumbered):
        return name_labels(case.labels, hu, source.grid, "labels", numbering=case.numbering, own_names=case.own_names)

    refused, right, doubted, silent = counted(renumbered(labels, range(-4, 5)), read)
    figure(f"{folder}: wrong names refused", refused, kind="independent", asked="with those doubted, all")
    figure(f"{folder}: wrong names doubted aloud", doubted, kind="independent", asked="with those refused, all")
    figure(f"{folder}: right names taken", right, kind="independent", asked=">= 1", within=(1, 1000))
    assert silent == []
    assert right >= 1


@pytest.mark.parametrize(
    ("folder", "confirmed"), [("thoracolumbar_lidc_labelled", True), ("dicom_thoracolumbar_labelled", False)]
)
def test_right_names_are_borne_out_where_the_picture_can(folder: str, confirmed: bool) -> None:
    image = read_ct(real_data(folder, SETS[folder]), real_data(folder, "labels.nii.gz"))
    assert image.names is not None
    assert image.names.confirmed == confirmed
    assert not image.names.doubts


def in_front_of_the_canal(labels: np.ndarray, canal: np.ndarray, number: int) -> np.ndarray:
    """Voxels of a vertebra in front of what is labelled as the canal's content."""
    found = np.zeros(labels.shape, dtype=bool)
    for k, plane in enumerate(canal):
        if plane.any():
            front = int(np.flatnonzero(plane.any(axis=1))[0])
            found[k, :front] = labels[k, :front] == number
    return found


def middles(image: CtImage) -> dict[Vertebra, np.ndarray]:
    """Middles of the bodies that are whole in the CT [z, y, x], voxels."""
    assert image.labels is not None
    step = np.array(image.grid.spacing_mm[::-1])
    found = {}
    for name, number in NUMBERS.items():
        mask = image.labels == number
        if mask.sum() * step.prod() > 15_000.0:
            deep = ndimage.distance_transform_edt(mask, sampling=step)
            middle = np.argwhere(deep > 0.75 * deep.max()).mean(axis=0)
            if 10.0 < middle[0] * step[0] < (len(mask) - 1) * step[0] - 10.0:
                found[name] = middle
    return found


@pytest.mark.parametrize("off_mm", [0.0, POINTS_OFF_MM])
def test_bodies_about_points_are_those_of_the_labels(off_mm: float, figure) -> None:
    folder = real_data("thoracolumbar_lidc_labelled")
    image = read_ct(folder / "ct.nii.gz", Path(folder / "labels.nii.gz"))
    assert image.labels is not None
    rng = np.random.default_rng(0)
    origin, step = np.array(image.grid.origin_mm), np.array(image.grid.spacing_mm)
    whole = middles(image)
    points = {
        str(name): PatientPoint(*(origin + step * at[::-1] + rng.normal(0.0, off_mm / np.sqrt(3.0), 3)))
        for name, at in whole.items()
    }
    labels, _ = labels_at(image.hu, image.grid, points, "ct")
    canal = image.labels == SPINAL_CORD
    dice = {}
    for name in whole:
        ours, theirs = (in_front_of_the_canal(one, canal, NUMBERS[name]) for one in (labels, image.labels))
        dice[name] = 2.0 * (ours & theirs).sum() / (ours.sum() + theirs.sum())
    figure(f"bodies found about points {off_mm:.0f} mm off, least overlap (Dice) with the labels'", min(dice.values()),
           asked=">= 0.8", kind="independent")  # fmt: skip
    assert len(dice) >= 4
    assert min(dice.values()) >= 0.8, dice
