"""Reading state: where in which scan the trainee looks, with what tool, and what they have drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from simulator.gui.drawing.picture import ImagePoint, Viewport
from simulator.gui.images.image_plane import ImagePlane
from simulator.gui.scan_reading.drawn_path import DrawnPath
from simulator.gui.scan_reading.measurement import Measurement
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.procedure import ScanMode


class ReadingTool(StrEnum):
    """What the left button of the mouse does on a plane."""

    CROSS_HAIR = "cross-hair"
    DISTANCE = "distance"
    ANGLE = "angle"
    HOUNSFIELD = "HU"
    MARK_LEAK = "mark leak"
    DRAW_PATH = "draw path"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakMark:
    """Where the trainee saw the leak."""

    scan: int
    index: int
    at: ImagePoint


@dataclass(slots=True)
class ReadingState:
    """Kept while other screens are shown.

    Attributes:
        scan: number of the acquisition that is read; None before the first
        index, row, column: where the three planes cross
        levels: first and last vertebra of the next planning scan, as indices
        level: interspace that leak and grid are said of, as an index; None until the trainee has counted
        confirmed: the path that was written down
    """

    scan: int | None = None
    index: int = 0
    row: float = 165.0  # about the canal: the skin of the back lies 10 mm below the upper edge
    column: float = 255.5
    tool: ReadingTool = ReadingTool.CROSS_HAIR
    viewports: dict[ImagePlane, Viewport] = field(
        default_factory=lambda: {
            ImagePlane.AXIAL: Viewport(down_mm=-44.0, shown_mm=150.0),
            ImagePlane.SAGITTAL: Viewport(across_mm=40.0, shown_mm=110.0),
            ImagePlane.CORONAL: Viewport(shown_mm=110.0),
        }
    )
    measurements: list[Measurement] = field(default_factory=list)
    open: Measurement | None = None
    draft: DrawnPath | None = None
    confirmed: bool = False
    mark: LeakMark | None = None
    levels: tuple[int, int] = (0, 0)
    level: int | None = None
    leak_side: Laterality = Laterality.BOTH
    planning_kv: int = 120
    planning_mas: float = 50.0
    planning_mode: ScanMode = ScanMode.HELICAL
    control_mas: float = 30.0
    control_mm: float = 60.0
    settled: bool = False

    def shown_at(self, plane: ImagePlane) -> int:
        """Slice, column or row that a plane shows."""
        return {
            ImagePlane.AXIAL: self.index,
            ImagePlane.SAGITTAL: round(self.column),
            ImagePlane.CORONAL: round(self.row),
        }[plane]
