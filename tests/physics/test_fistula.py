"""CSF-venous fistula: a vein as bright as it is described, with its own side down alone."""

from __future__ import annotations

import numpy as np
import pytest

from phantoms.phantom import Label
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.scenario.build import Case, load_case
from simulator.vocabulary.procedure import MyelogramPosition as Position
from tests.physics.conftest import Figure

VEIN_HU = (60.0, 140.0)  # doi 10.1007/s00234-022-02908-x, of Kranz 2016


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case("csf-venous-fistula")


@pytest.mark.parametrize("position", [None, Position.LEFT_DECUBITUS, Position.RIGHT_DECUBITUS])
def test_the_vein_is_as_bright_as_described(case: Case, figure: Figure, position: Position | None) -> None:
    vein = case.world.phantom.leak.vein
    assert vein is not None
    anatomy = case.world.phantom.anatomy
    clear = np.minimum(anatomy.bone_mm(vein.points_mm), anatomy.dura_mm(vein.points_mm))
    clear[anatomy.label(vein.points_mm) == Label.ORGAN] = -1.0  # the pleura, up to which it is drawn
    middle = vein.points_mm[int(clear.argmax())]
    session = Session(case.world)
    session.do(c.AcquireMyelogram(position=position))
    heights = np.array(session.acquisition(0).slices.centres_table_mm)
    near = int(np.abs(heights - case.world.table_transform().table_z_mm(float(middle[2]))).argmin())
    frame = session.image(0, [near])
    row, column = (round(value) for value in frame.pixel_of(float(middle[0]), float(middle[1])))
    hu = float(np.mean(frame.hu[0, row - 1 : row + 2, column - 1 : column + 2]))
    if position is Position.RIGHT_DECUBITUS:
        figure(
            "paraspinal vein of a right fistula, right side down",
            hu,
            asked="60 to 140",
            kind="fitted",
            unit="HU",
            digits=3,
        )
        assert VEIN_HU[0] <= hu <= VEIN_HU[1]
    else:
        figure(f"the same place, {position or 'prone'}", hu, asked="below 60", kind="fitted", unit="HU", digits=3)
        assert hu < VEIN_HU[0]
