"""Myelograms in other positions: contrast on the side that is down, and none gained or lost."""

from __future__ import annotations

import numpy as np
import pytest

from phantoms.phantom import BASES
from phantoms.turned_contrast import turned_contrast
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.scenario.build import Case
from simulator.vocabulary.procedure import MyelogramPosition as Position
from tests.physics.conftest import Figure

IODINE = BASES.index("iodine")
ACROSS_MM, ABOUT_MM = 5.0, 1.5  # from the sac's middle to where it is read, and the half width of what is read


def test_contrast_moves_and_stays_in_the_sac(patient_2: Case, figure: Figure) -> None:
    """Sums over voxels, which nothing in the program that moves it takes."""
    phantom = patient_2.world.phantom
    level = phantom.levels[1]
    z = phantom.landmarks.interspaces[level].z_mm
    canal = phantom.canal
    planes = np.flatnonzero(np.abs(canal.grid.z_mm - z) <= 20.0)
    held = sum(float(canal.plane(int(plane))[IODINE].sum()) for plane in planes)
    for position in (Position.SUPINE, Position.RIGHT_DECUBITUS, Position.LEFT_DECUBITUS):
        turned = turned_contrast(phantom, position, (z - 20.0, z + 20.0))
        assert turned is not None
        gained = 100.0 * float(turned.delta[IODINE].sum()) / held
        figure(
            f"contrast about {level}, {position}, against prone",
            gained,
            asked="change",
            within=(-4.0, 4.0),
            kind="identity",
            unit="%",
            digits=2,
        )
        assert abs(gained) <= 4.0


@pytest.mark.parametrize(("position", "down"), [(Position.RIGHT_DECUBITUS, -1), (Position.LEFT_DECUBITUS, 1)])
def test_the_side_that_is_down_is_brighter(patient_2: Case, figure: Figure, position: Position, down: int) -> None:
    session = Session(patient_2.world)
    level = patient_2.world.phantom.levels[1]
    point = patient_2.world.phantom.landmarks.interspaces[level]
    session.do(c.AcquireMyelogram(position=position))
    made = session.acquisition(0)
    to_table = patient_2.world.table_transform()
    heights = np.array(made.slices.centres_table_mm)
    near = int(np.argmin(np.abs(heights - to_table.table_z_mm(point.z_mm))))
    frame = session.image(0, [near])
    middle = _sac_middle(patient_2, point.z_mm)
    hu = [_mean_hu(frame, middle[0] + side * down * ACROSS_MM, middle[1]) for side in (1, -1)]
    figure(
        f"sac at {level}, {position}: {ACROSS_MM:g} mm to the side that is down, and to the other",
        f"{hu[0]:.0f} and {hu[1]:.0f}",
        asked="the first 1.5 times the second or more",
        kind="assumed",
        unit="HU",
    )
    assert hu[0] >= 1.5 * hu[1]


def _sac_middle(case: Case, z_mm: float) -> tuple[float, float]:
    """Mean place of the voxels inside the dura."""
    canal = case.world.phantom.canal
    plane = canal.plane(int(np.argmin(np.abs(canal.grid.z_mm - z_mm))))[IODINE]
    y, x = np.nonzero(plane > 0.5 * plane.max())
    origin, spacing = canal.grid.origin_mm, canal.grid.spacing_mm
    return float(origin[0] + spacing[0] * x.mean()), float(origin[1] + spacing[1] * y.mean())


def _mean_hu(frame: Frame, x_mm: float, y_mm: float) -> float:
    row, column = frame.pixel_of(x_mm, y_mm)
    half = max(round(ABOUT_MM / frame.pixel_spacing_mm), 1)
    r, k = round(row), round(column)
    return float(np.median(frame.hu[0, r - half : r + half + 1, k - half : k + half + 1]))
