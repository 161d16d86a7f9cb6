"""Labels from a folder with one mask for each structure, as TotalSegmentator writes it if nothing else is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phantoms.from_ct.file_voxels import FileVoxels
from phantoms.from_ct.grid import check_same_grid
from phantoms.from_ct.image import CtFault
from phantoms.from_ct.nifti import NiftiFile, open_nifti, read_mask
from phantoms.from_ct.numberings import CORD_NAME, SACRUM_NAME, meaning_of
from phantoms.phantom import VoxelGrid
from simulator.vocabulary.levels import Vertebra

_MOST_FILES = 1000
_FIX = "Give a folder with one NIfTI mask for each vertebra, named after it (vertebrae_L4.nii.gz), or one label volume"


class MaskFolder:
    """Masks of vertebrae, sacrum, cord and ribs, on one grid; no voxel has been read.

    Attributes:
        grid: of all of them
        label_names: name by the number that each gets
    """

    def __init__(self, folder: Path) -> None:
        self._what = str(folder)
        self._files: list[NiftiFile] = []
        self.label_names: dict[int, str] = {}
        for path in self._masks(folder):
            meaning = meaning_of(_stem(path))
            if meaning is None:
                continue
            if meaning in self.label_names.values():
                raise CtFault(self._what, path.name, f"there is another mask of {meaning}", "Keep one of them")
            file = open_nifti(path)
            if self._files:
                check_same_grid(f"{self._what}: {path.name}", file.grid, self._files[0].grid)
            self._files.append(file)
            self.label_names[len(self._files)] = meaning
        named = set(self.label_names.values()) - {SACRUM_NAME, CORD_NAME}
        if not named & set(map(str, Vertebra)):
            raise CtFault(self._what, "folder", "no mask in it is named after a vertebra", _FIX)

    def _masks(self, folder: Path) -> list[Path]:
        try:
            paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
        except OSError:
            raise CtFault(self._what, "folder", "it cannot be read", "Check its permissions") from None
        found = [path for path in paths if path.name.lower().endswith((".nii", ".nii.gz"))]
        if len(found) > _MOST_FILES:
            raise CtFault(self._what, "folder", f"{len(found)} masks are too many", _FIX)
        return found

    @property
    def grid(self) -> VoxelGrid:
        """Grid of the masks."""
        return self._files[0].grid

    @property
    def voxels(self) -> FileVoxels:
        """Voxels as the first file has them."""
        return FileVoxels(self._files[0].lps, self._files[0].shape)

    def labels(self) -> NDArray[np.uint8]:
        """All masks as one volume [shape=(z, y, x), uint8]; where two overlap, the later counts.

        Raises:
            CtFault: a file is damaged.
        """
        labels = np.zeros(self.grid.shape, dtype=np.uint8)
        for number, file in enumerate(self._files, start=1):
            labels[read_mask(file)] = number
        return labels


def _stem(path: Path) -> str:
    return path.name[: -len(".nii.gz" if path.name.lower().endswith(".gz") else ".nii")]
