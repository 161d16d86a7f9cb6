"""Tip location: the end of a needle in three slices, also of one that climbs through them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from simulator.ct.scanner import Scanner
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.operators.perception.images import Image, ImagePoint
from simulator.operators.perception.needle_line import NeedleLine, follow_ridge
from simulator.operators.perception.rigid_registration import predict_press
from simulator.operators.perception.tip_location import BelievedNeedle, LocatedTip, locate_tip
from simulator.scenario.build import Case
from simulator.spatial.frames import TablePoint
from simulator.vocabulary.anatomy import Side

MakeCase = Callable[..., Case]
INSERTED_MM = 40.0


PLANNING = c.AcquirePlanningScan(levels=("L3", "L4"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A patient, the scanner that they lie in, and their planning scan."""

    case: Case
    scanner: Scanner
    planning: Frame


@pytest.fixture(scope="module")
def scanned(make_case: MakeCase) -> Scanned:
    """Patient 2 with a planning scan, made once."""
    case = make_case(seed=1)
    scanner = Scanner(case.world.phantom)
    session = Session(case.world, scanner=scanner)
    session.do(PLANNING)
    return Scanned(case=case, scanner=scanner, planning=session.image(0))


class Press:
    """A press of a needle that was put in with some lean, and what is true of it, in mm of the console."""

    def __init__(self, scanned: Scanned, *, across_deg: float, along_deg: float, table_off_mm: float = 0.0) -> None:
        case = scanned.case
        session = Session(case.world, scanner=scanned.scanner)
        session.do(PLANNING)
        entry = c.PlaceNeedle(
            entry_from_midline_mm=25.0,
            side=Side.LEFT,
            level="L3/4",
            angle_deg=across_deg,
            craniocaudal_deg=along_deg,
        )
        session.do(entry)
        for _ in range(2):  # turned half round on the way, so that the bevel does not steer
            session.do(c.Advance(distance_mm=0.5 * INSERTED_MM))
            session.do(c.RotateBevel(angle_deg=180.0))
        displacement = session.state.patient.displacement_mm
        transform = case.world.table_transform(displacement)
        pose = session.state.needle.pose
        assert pose is not None
        self.tip = transform.to_table(pose.tip_mm)
        self.course = np.subtract(self.tip, transform.to_table(pose.track_mm[0]))
        session.do(c.MoveTable(to_mm=round(self.tip.z_mm + table_off_mm, 1)))
        session.do(c.PressPedal())
        self.frame: Frame = session.image(1)
        self.without: Image | None = predict_press(scanned.planning, self.frame, displacement)

    def believed(self, *, off_mm: tuple[float, float, float], turned_deg: float = 0.0) -> BelievedNeedle:
        x, y, z = np.asarray(self.tip) + off_mm
        return BelievedNeedle(
            tip=TablePoint(float(x), float(y), float(z)),
            across_deg=math.degrees(math.atan2(self.course[0], -self.course[1])) + turned_deg,
            along_deg=math.degrees(math.atan2(self.course[2], -self.course[1])),
            length_mm=float(np.hypot(*self.course[:2])),
            unseen_mm=15.0,
        )

    def off_mm(self, located: LocatedTip) -> NDArray[np.float64]:
        """What was located less the truth [shape=(3,)]."""
        return np.subtract(located.tip, self.tip, dtype=np.float64)


@pytest.mark.parametrize("along_deg", [0.0, 18.0, 30.0])
def test_the_tip_is_found_where_it_is(scanned: Scanned, along_deg: float) -> None:
    press = Press(scanned, across_deg=15.0, along_deg=along_deg)
    located = locate_tip(press.frame, press.without, press.believed(off_mm=(1.2, 0.8, 0.6), turned_deg=3.0))
    assert located is not None
    assert located.in_slices
    x, y, z = press.off_mm(located)
    assert math.hypot(x, y) < 0.8
    assert abs(z) < 1.2
    assert located.across_deg == pytest.approx(press.believed(off_mm=(0.0, 0.0, 0.0)).across_deg, abs=1.5)


@pytest.mark.parametrize("turned_deg", [-6.0, 6.0])
@pytest.mark.parametrize("along_deg", [-36.0, 27.0, 36.0])
def test_a_steep_needle_that_went_further_than_believed_is_found(
    scanned: Scanned, along_deg: float, turned_deg: float
) -> None:
    """A turn of some degrees and 3 mm too few: the line must follow what is seen, or the needle seems to end early."""
    press = Press(scanned, across_deg=15.0, along_deg=along_deg, table_off_mm=-math.copysign(2.0, along_deg))
    short = -3.0 * press.course / np.linalg.norm(press.course)
    believed = press.believed(off_mm=(float(short[0]), float(short[1]), float(short[2])), turned_deg=turned_deg)
    located = locate_tip(press.frame, press.without, replace(believed, unseen_mm=22.0))
    assert located is not None
    assert np.linalg.norm(press.off_mm(located)) < 1.2


@pytest.mark.parametrize("lean_deg", [-12.0, 20.0])
def test_a_line_follows_the_ridge_beside_it(lean_deg: float) -> None:
    pixel_mm = 0.5
    true = NeedleLine(start=ImagePoint(30.0, 80.0), angle_rad=math.radians(lean_deg))
    ridge = np.zeros((160, 160), np.float32)
    for distance in np.arange(0.0, 25.0, 0.1):
        at = true.point(float(distance), pixel_mm)
        ridge[round(at.row), round(at.column)] = 1500.0
    ridge = ndimage.gaussian_filter(ridge, 1.0)
    off = NeedleLine(start=ImagePoint(30.0, 82.0), angle_rad=math.radians(lean_deg + 5.0))
    found = follow_ridge(ridge, pixel_mm, off, np.arange(0.0, 25.0, 0.5))
    assert math.degrees(found.angle_rad) == pytest.approx(lean_deg, abs=0.7)
    row, column = true.direction
    beside = (found.start.row - 30.0) * -column + (found.start.column - 80.0) * row
    assert abs(beside) * pixel_mm < 0.3
    assert follow_ridge(np.zeros_like(ridge), pixel_mm, off, np.arange(0.0, 25.0, 0.5)) == off


def test_a_shaft_that_leaves_the_slices_does_not_end_there(scanned: Scanned) -> None:
    press = Press(scanned, across_deg=15.0, along_deg=30.0, table_off_mm=-9.0)
    assert press.tip.z_mm > float(press.frame.z_mm[0]) + 2.0
    located = locate_tip(press.frame, press.without, press.believed(off_mm=(0.5, 0.5, 0.3)))
    assert located is not None
    assert not located.in_slices
    assert np.linalg.norm(press.off_mm(located)) < 1.5


def test_no_tip_is_found_where_there_is_no_needle(scanned: Scanned) -> None:
    press = Press(scanned, across_deg=15.0, along_deg=0.0)
    elsewhere = press.believed(off_mm=(-60.0, 0.0, 0.0))
    assert locate_tip(press.frame, press.without, elsewhere) is None


@pytest.mark.parametrize("beyond_mm", [-4.0, -2.0, 1.5, 3.0])
@pytest.mark.parametrize("along_deg", [-30.0, 22.0, 30.0])
def test_it_is_told_whether_a_climbing_shaft_leaves_the_slices(
    scanned: Scanned, along_deg: float, beyond_mm: float
) -> None:
    """The tip lies so far beyond the outermost slice's face, and is believed to lie well within."""
    towards = math.copysign(1.0, along_deg)
    press = Press(scanned, across_deg=15.0, along_deg=along_deg, table_off_mm=-towards * (6.0 + beyond_mm))
    believed = press.believed(off_mm=(0.3, 0.3, -towards * (beyond_mm + 2.0)))
    located = locate_tip(press.frame, press.without, believed)
    assert located is not None
    if beyond_mm < 0.0:
        assert located.leaves_at_mm is None
    else:
        assert located.leaves_at_mm == pytest.approx(press.frame.z_mm[1] + towards * 6.0)


def test_a_level_shaft_leaves_no_slices(scanned: Scanned) -> None:
    press = Press(scanned, across_deg=15.0, along_deg=0.0)
    located = locate_tip(press.frame, press.without, press.believed(off_mm=(0.5, 0.5, 0.3)))
    assert located is not None
    assert located.leaves_at_mm is None
