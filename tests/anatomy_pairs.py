"""Pairs of pictures: a synthetic patient beside a real CT of the same place, prone, in the same windows.

python -m tests.anatomy_pairs TARGET-FOLDER [--all]

Without `--all` only real sets are shown whose licence lets their pictures stand in the project (Apache-2.0). The neck
and the middle of the chest have no real partner: they stand alone and are held against published sizes.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from phantoms.from_ct.sources import open_labels, open_volume
from phantoms.people import random_person
from phantoms.phantom import VoxelGrid
from phantoms.spine import Spine, build_spine
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN
from tests.contact_sheet import BONE, PIXEL_MM, SOFT, Array, hounsfield, location, save
from tests.real_data import real_data

LUNG = (1500.0, -500.0)
CT_VERTEBRAE = {"S1": 26, "L5": 27, "L4": 28, "L3": 29, "L2": 30, "L1": 31, "T12": 32, "T11": 33, "T10": 34}
"""Numbers of TotalSegmentator's map."""
HALF_MM, FRONT_MM, BACK_MM = 190.0, -170.0, 110.0
THICK_MM = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RealCt:
    """A real CT with its labels, axes ascending in LPS.

    Attributes:
        hu: [shape=(z, y, x)]; labels: the same shape, TotalSegmentator's numbers
        shown: whether its licence lets pictures of it stand in the project
    """

    hu: NDArray[np.int16]
    labels: NDArray[np.uint8]
    grid: VoxelGrid
    shown: bool


_SETS = {
    "lumbopelvic": ("lumbopelvic_3mm_labelled", "ct.nii.gz", True),
    "thoracolumbar": ("dicom_thoracolumbar_labelled", "dicom", True),
    "chest": ("thoracolumbar_lidc_labelled", "ct.nii.gz", False),
}


@cache
def real_ct(name: str) -> RealCt:
    """One of the real sets; skips a test where it is absent."""
    folder, file, shown = _SETS[name]
    ct, labels = open_volume(real_data(folder, file)), open_labels(real_data(folder, "labels.nii.gz"))
    return RealCt(hu=ct.hounsfield(), labels=labels.labels(), grid=ct.grid, shown=shown)


def level_centre(ct: RealCt, level: str) -> Array:
    """About the middle of a vertebra, or between two at an interspace, x y z in mm [shape=(3,)]."""
    first, _, second = level.partition("/")
    names = (first,) if not second else (first, second if second[0].isalpha() else first[0] + second)
    centres = []
    for name in names:
        place = np.argwhere(ct.labels == CT_VERTEBRAE[name])
        if len(place) == 0:
            raise ValueError(f"no {name} among the labels")
        centres.append(0.5 * (place.min(axis=0) + place.max(axis=0)))
    middle = np.mean(centres, axis=0)
    return np.asarray(np.asarray(ct.grid.origin_mm) + middle[::-1] * np.asarray(ct.grid.spacing_mm))


def real_slice(ct: RealCt, level: str, above_mm: float = 0.0) -> Array:
    """A thick slice of a real CT in pixels of `PIXEL_MM`, posterior up, the patient's left on the left."""
    x, y, z = level_centre(ct, level)
    across = x + PIXEL_MM * np.arange(round(-HALF_MM / PIXEL_MM), round(HALF_MM / PIXEL_MM))
    down = y + np.arange(FRONT_MM, BACK_MM, PIXEL_MM)
    layers = []
    for rise in (-0.25 * THICK_MM, 0.25 * THICK_MM):
        world = np.meshgrid([z + above_mm + rise], down, across, indexing="ij")
        steps = [
            (part - origin) / step
            for part, origin, step in zip(world, ct.grid.origin_mm[::-1], ct.grid.spacing_mm[::-1], strict=True)
        ]
        layers.append(map_coordinates(ct.hu.astype(np.float64), steps, order=1, cval=-1000.0)[0])
    return np.asarray(np.mean(layers, axis=0)[::-1, ::-1])


def our_slice(spine: Spine, level: str) -> Array:
    """The same of a synthetic patient."""
    x, y, z = location(spine, level)
    shape = (2, round((BACK_MM - FRONT_MM) / PIXEL_MM), round(2.0 * HALF_MM / PIXEL_MM))
    hu = hounsfield(spine, (x - HALF_MM, y + FRONT_MM, z - 0.5), shape)
    return np.asarray(hu.mean(axis=0)[::-1, ::-1])


REGIONS: dict[str, tuple[tuple[str, tuple[str, str] | None, tuple[float, float]], ...]] = {
    "lumbar": (
        ("L3/4", ("lumbopelvic", "L3/4"), SOFT),
        ("L3", ("lumbopelvic", "L3"), SOFT),
        ("L3", ("lumbopelvic", "L3"), BONE),
    ),
    "sacrum": (
        ("L5/S1", ("lumbopelvic", "L5/S1"), SOFT),
        ("L5/S1", ("lumbopelvic", "L5/S1"), BONE),
        ("S1@-8", ("lumbopelvic", "S1"), BONE),
    ),
    "thorax": (
        ("T11", ("thoracolumbar", "T11"), SOFT),
        ("T11", ("thoracolumbar", "T11"), BONE),
        ("T10", ("chest", "T10"), SOFT),
        ("T10", ("chest", "T10"), LUNG),
    ),
    "chest": (("T8", None, SOFT), ("T8", None, LUNG), ("T5", None, SOFT), ("T5", None, LUNG)),
    "neck": (("C5/6", None, SOFT), ("C5", None, BONE), ("C1", None, SOFT), ("C7", None, SOFT)),
}
"""Our level, the real set and its level, the window."""


def pairs(region: str, target: Path, *, every: bool) -> None:
    """Pictures of one region: ours above, the real one below."""
    spine = build_spine(random_person(6, vertebrae=FIVE_LUMBAR_COLUMN))
    above, below = [], []
    for ours, real, window in REGIONS[region]:
        ct = None if real is None else real_ct(real[0])
        if ct is not None and not (ct.shown or every):
            continue
        above.append((f"{ours} synthetic", our_slice(spine, ours), window))
        if real is not None and ct is not None:
            below.append((f"{real[1]} real", real_slice(ct, real[1]), window))
    rows = [above, below] if below else [above]
    save(rows, target, inches=2.9)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--all", action="store_true", help="also sets whose pictures must not be passed on")
    parser.add_argument("--region", choices=tuple(REGIONS), action="append")
    wanted = parser.parse_args()
    for region in wanted.region or tuple(REGIONS):
        pairs(region, wanted.target / f"anatomy-{region}.png", every=wanted.all)
