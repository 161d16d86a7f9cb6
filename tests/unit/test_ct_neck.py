"""A neck among the labels of a CT, and its small bodies amid thick pillars."""

from __future__ import annotations

import numpy as np
import pytest

from phantoms.from_ct.body import Field
from phantoms.from_ct.bone import CtBone
from phantoms.from_ct.image import VERTEBRA_LABELS, CtImage
from phantoms.from_ct.labels import left_out, usual_interspace, vertebra_names
from phantoms.from_ct.vertebral_bodies import find_core
from phantoms.phantom import VoxelGrid
from simulator.spatial.frames import PatientPoint
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Vertebra

NUMBERS = {name: number for number, name in VERTEBRA_LABELS.items()}
PITCH = 9  # planes of 2 mm from one vertebra to the next


def stacked(first: Vertebra, last: Vertebra) -> CtImage:
    """Blocks of bone one above the other, each with the label of its vertebra."""
    column = FIVE_LUMBAR_COLUMN
    names = column[column.index(first) : column.index(last) + 1]
    labels = np.zeros((PITCH * len(names), 20, 20), dtype=np.uint8)
    for i, name in enumerate(reversed(names)):
        labels[PITCH * i + 2 : PITCH * (i + 1), 6:14, 6:14] = NUMBERS[name]
    grid = VoxelGrid(origin_mm=PatientPoint(0.0, 0.0, 0.0), spacing_mm=(2.0, 2.0, 2.0), shape=labels.shape)
    return CtImage(what="blocks", hu=np.where(labels > 0, 400, 40).astype(np.int16), grid=grid, labels=labels)


def test_a_neck_becomes_a_patient_but_for_its_atlas() -> None:
    ct = stacked(Vertebra.C1, Vertebra.T2)
    names = list(vertebra_names(ct, "C4/5"))
    assert names[0] == "C2"
    assert names[-1] == "T2"
    assert left_out(ct, "C4/5", names) == ("C1 left out of the patient: it has no body",)
    assert usual_interspace(ct) in ("C5/6", "C4/5")


def of_a_neck() -> CtBone:
    """A vertebra of 1 mm voxels: a body of 17 x 15 x 12 mm in front, and a larger pillar to each side behind it."""
    mask = np.zeros((40, 60, 70), dtype=bool)
    mask[14:26, 10:25, 27:44] = True
    for side in (slice(5, 20), slice(51, 66)):
        mask[10:30, 22:40, side] = True
    grid = VoxelGrid(origin_mm=PatientPoint(0.0, 0.0, 0.0), spacing_mm=(1.0, 1.0, 1.0), shape=mask.shape)
    field = Field(values=mask.astype(np.float32), origin_mm=grid.origin_mm, spacing_mm=1.0)
    return CtBone(near=field, far=field, vertebra=mask.astype(np.uint8), near_grid=grid)


def test_the_body_of_a_neck_is_none_of_its_pillars() -> None:
    core = find_core(of_a_neck(), 1, Vertebra.C5)
    assert core is not None
    assert core.mean(axis=0) == pytest.approx((35.0, 17.0, 19.5), abs=1.0)


def test_a_dens_is_no_part_of_the_body() -> None:
    bone = of_a_neck()
    tall = bone.vertebra.copy()
    tall[14:39, 10:25, 27:44] = 1
    core = find_core(CtBone(near=bone.near, far=bone.far, vertebra=tall, near_grid=bone.near_grid), 1, Vertebra.C2)
    assert core is not None
    assert np.ptp(core[:, 2]) < 21.0 - 6.0
