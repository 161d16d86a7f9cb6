"""Fast image: what the same scanner shows of the same press from fewer readings, for learners that need many.

A quarter of the views and half of the columns, each twice as wide, on 128 x 128 pixels, of which the observation takes
means of four. Tube load, spectrum, scatter, noise, needle and reconstruction are those of the full image, so a reading
collects eight times the quanta. How far its statistics lie from the full image's is measured in `tests/physics`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from phantoms.phantom import Phantom
from simulator.ct.geometry import BRILLIANCE_64_CLASS, ScannerGeometry
from simulator.ct.scanner import Scanner
from simulator.engine.case_context import FIELD_OF_VIEW_MM
from simulator.engine.image_rendering import ImageField
from simulator.engine.session import Session
from simulator.interface.frame import Frame
from simulator.strategies.learning.options import FEW_VIEWS

FEW_COLUMNS = BRILLIANCE_64_CLASS.columns // 2
FAST_MATRIX = 128
"""Twice the side that is shown: on 64 x 64 alone the reconstruction would end at half of a block's frequencies."""

WHOLE = ImageField(matrix=FAST_MATRIX)
BACK = ImageField(matrix=FAST_MATRIX, width_mm=0.5 * FIELD_OF_VIEW_MM, back_mm=0.25 * FIELD_OF_VIEW_MM)
"""The middle of the back's half, in pixels half as wide: all that is needed to guide a needle there."""

FAST_GEOMETRY = ScannerGeometry(
    views=FEW_VIEWS,
    columns=FEW_COLUMNS,
    column_pitch_mm=BRILLIANCE_64_CLASS.column_pitch_mm * BRILLIANCE_64_CLASS.columns / FEW_COLUMNS,
    quarter_offset=BRILLIANCE_64_CLASS.quarter_offset,
)
PLANES = 100  # as for a full scanner, an eighth of its memory
KEPT = 2


class FastImages:
    """Makes fast images of sessions; the scanners of the last patients are kept, each with its planes.

    Args:
        field: the square that is made
        most: how many patients are kept
    """

    def __init__(self, field: ImageField = WHOLE, most: int = KEPT) -> None:
        self._field, self._most = field, most
        self._scanners: OrderedDict[int, tuple[Phantom, Scanner]] = OrderedDict()

    def of(self, session: Session) -> Callable[[int, tuple[int, ...]], Frame]:
        """What makes slices of a session's acquisitions [shape=(slice, row, column), HU]."""
        return partial(_image, session, self._scanner(session.world.phantom), self._field)

    def _scanner(self, phantom: Phantom) -> Scanner:
        known = self._scanners.get(id(phantom))
        if known is None:  # the phantom is kept beside its scanner, so that its id stays its own
            known = phantom, Scanner(phantom, geometry=FAST_GEOMETRY, plane_capacity=PLANES)
            self._scanners[id(phantom)] = known
            while len(self._scanners) > self._most:
                self._scanners.popitem(last=False)
        self._scanners.move_to_end(id(phantom))
        return known[1]


def _image(session: Session, scanner: Scanner, field: ImageField, number: int, slices: tuple[int, ...]) -> Frame:
    return session.image_by(scanner, number, slices, field)
