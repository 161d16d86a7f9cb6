"""CtImage: a CT in the patient's frame with its segmentation, and CtFault: why a file cannot become a patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.level_names import LevelJudgement
from phantoms.phantom import VoxelGrid
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN, Vertebra

SACRUM, SPINAL_CORD = 25, 79
VERTEBRA_LABELS: dict[int, Vertebra] = {26: Vertebra.S1}
"""Numbers of the vertebrae in the TotalSegmentator v2 `total` task (Wasserthal et al. 2023), from the sacrum up."""
VERTEBRA_LABELS |= {27 + i: vertebra for i, vertebra in enumerate(reversed(FIVE_LUMBAR_COLUMN[:-1]))}
SIXTH_LUMBAR_LABEL = 200
"""Our number of an L6, for which TotalSegmentator has none; its own end at 117."""
VERTEBRA_LABELS |= {SIXTH_LUMBAR_LABEL: Vertebra.L6}


class CtFault(ValueError):  # noqa: N818 - a fault of the file, in the words of the command line
    """A CT or its labels cannot be used; the message is one line for the user.

    Attributes:
        what: the file
        where: the place in it ("header", "voxels", ...)
        fix: what to do about it
    """

    def __init__(self, what: str, where: str, wrong: str, fix: str) -> None:
        super().__init__(f"{what}: {where}: {wrong}. {fix}")
        self.what, self.where, self.fix = what, where, fix


@dataclass(frozen=True, slots=True, kw_only=True)
class CtImage:
    """A CT in LPS with every axis ascending, as read from a file; nothing of the file's header text is kept.

    Attributes:
        what: name of the file, for messages
        hu: [shape=(z, y, x), int16, read-only], -1024..8191
        grid: of the file, mm, in the file's own coordinates turned to LPS
        labels: [shape=(z, y, x), uint8, read-only] vertebrae and cord in TotalSegmentator's numbers
            and our own for an L6, or None
        names: whether the picture bears out the names of the vertebrae; None where nobody asked
        remarks: what was decided in reading that whoever gave the files has to know, a sentence each
    """

    what: str
    hu: NDArray[np.int16]
    grid: VoxelGrid
    labels: NDArray[np.uint8] | None
    names: LevelJudgement | None = None
    remarks: tuple[str, ...] = ()
