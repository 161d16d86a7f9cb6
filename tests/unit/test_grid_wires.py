"""The skin grid in a scan: nine wires on the back where the midline says, until the skin is disinfected; no bone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import ndimage

from simulator.engine import events as e
from simulator.engine.session import Session
from simulator.gui.drawing.picture import ImagePoint
from simulator.gui.images.volume import Volume
from simulator.gui.scan_reading.drawn_path import DrawnPath
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.operators.perception.bone_segmentation import without_skin_wires
from simulator.scenario.build import Case
from simulator.vocabulary.levels import Interspace

MakeCase = Callable[..., Case]
STEEL_HU = 900.0


def scanned(session: Session) -> Frame:
    (made,) = session.do(c.AcquirePlanningScan(levels=("L3", "L4")))
    assert isinstance(made, e.AcquisitionMade)
    return session.image(made.number, (10,))


def spots(frame: Frame) -> np.ndarray:
    """x of what is as bright as steel on or above the skin, from left to right of the picture."""
    image = frame.hu[0]
    skin = (ndimage.median_filter(image, (1, 31)) > -400).argmax(axis=0)
    rows = np.arange(len(image))[:, None]
    bright, count = ndimage.label((image > STEEL_HU) & (rows < skin + 4))
    middles = ndimage.center_of_mass(np.ones_like(image), bright, range(1, count + 1))
    return np.array(sorted(frame.position_mm(0, row, column)[0] for row, column in middles))


def test_wires_lie_on_the_skin_of_a_scan_until_it_is_disinfected(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    before = scanned(session)
    assert spots(before).size == 0
    session.do(c.PlaceSkinGrid(level=Interspace.L3_4))
    midline = session.view().console.grid_midline_x_mm
    assert midline is not None
    with_grid = scanned(session)
    np.testing.assert_allclose(spots(with_grid), midline + 10.0 * np.arange(-4, 5), atol=0.8)
    session.do(c.PrepareSkin())
    assert spots(scanned(session)).size == 0
    session.do(c.PlaceSkinGrid(level=Interspace.L3_4))
    assert spots(scanned(session)).size == 9  # another one, stuck on anew


def test_wires_are_no_bone_to_a_planner_or_on_a_drawn_way(make_case: MakeCase) -> None:
    session = Session(make_case().world)
    bare = scanned(session)
    session.do(c.PlaceSkinGrid(level=Interspace.L3_4))
    frame = scanned(session)
    bone = frame.hu > 600.0
    kept = without_skin_wires(bone, frame)
    assert (bone & ~kept).sum() > 9
    # What is left is the bone that was there without wires, but for the scan's noise
    assert (kept & ~ndimage.binary_dilation(bare.hu > 500.0, iterations=2)).sum() == 0
    assert kept.sum() > 0.97 * (bare.hu > 600.0).sum()


@pytest.mark.parametrize("above_mm", [0.0, 6.0])
def test_a_way_drawn_through_a_wire_meets_no_bone_for_it(make_case: MakeCase, above_mm: float) -> None:
    session = Session(make_case().world)
    session.do(c.PlaceSkinGrid(level=Interspace.L3_4))
    frame = scanned(session)
    wire = spots(frame)[1]
    column = round(frame.pixel_of(wire, 0.0)[1])
    row = int((frame.hu[0][:, column] > STEEL_HU).argmax())
    pixel = frame.pixel_spacing_mm
    volume = Volume.awaited(session.view().console.acquired[-1])
    volume.hu[:] = frame.hu[0].astype(np.int16)
    path = DrawnPath(
        number=0,
        index=0,
        entry=ImagePoint(row - above_mm / pixel, column),
        target=ImagePoint(row + 25.0 / pixel, column),
    )
    volume.grid = frame.grid
    assert volume.hu[0, row, column] > STEEL_HU
    assert path.highest_hu(volume) < 300
