"""Contact sheets of synthetic anatomy, straight from its densities with the blur and noise of a scan.

python -m tests.contact_sheet patients docs/pictures/seven-patients.png
python -m tests.contact_sheet column docs/pictures/column.png
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, zoom

from phantoms.catalogue import patient_names, patient_parameters
from phantoms.people import random_person
from phantoms.spine import Spine, build_spine
from phantoms.tissues import hounsfield_slopes
from phantoms.voxels.voxelize import count_scale
from phantoms.voxels.voxelize_kernels import CountScale, GridArrays, VoxelArrays, thread_count, voxelize_part
from simulator.vocabulary.levels import FIVE_LUMBAR_COLUMN

Array = NDArray[np.float64]
PIXEL_MM, BLUR_MM, NOISE_HU, THICK_MM = 0.7, 0.6, 12.0, 2
SOFT, BONE = (400.0, 40.0), (1600.0, 400.0)  # width and level
HALF_MM, FRONT_MM, BACK_MM, TALL_MM = 75.0, -62.0, 78.0, 70.0
LEVELS = (
    *("C1@14", "C1", "C2", "C4", "C5/6", "C6", "C7", "C7/T1", "T1", "T2", "T4", "T6", "T6/7", "T10", "T11", "T12"),
    *("L1", "L3", "L3/4", "L3/4@-6", "L4", "L5", "L5/S1", "S1"),
)


def voxels(
    spine: Spine, corner: tuple[float, float, float], shape: tuple[int, int, int]
) -> tuple[Array, NDArray[np.uint8]]:
    """HU and labels of a box of voxels of PIXEL_MM in plane and 1 mm along z [shape=(z, y, x)]; corner is its first."""
    counts, label = np.empty((3, *shape), np.uint16), np.empty(shape, np.uint8)
    output = VoxelArrays(counts=counts, label=label)
    where = GridArrays(origin=np.array(corner), spacing=np.array([PIXEL_MM, PIXEL_MM, 1.0]))
    offset, step = count_scale(spine)

    def strip(row: int) -> None:
        part = np.array([(0, shape[0]), (row, min(row + 12, shape[1])), (0, shape[2])])
        voxelize_part(output, part, where, CountScale(offset, step), 2, spine.solids)

    with ThreadPoolExecutor(max_workers=thread_count()) as pool:
        list(pool.map(strip, range(0, shape[1], 12)))
    densities = np.moveaxis(counts, 0, -1) * step + offset
    return np.asarray(densities @ hounsfield_slopes(120.0) - 1000.0), label


def hounsfield(spine: Spine, corner: tuple[float, float, float], shape: tuple[int, int, int]) -> Array:
    """HU of such a box alone."""
    return voxels(spine, corner, shape)[0]


def scanned(hu: Array, rng: np.random.Generator) -> Array:
    """A picture with blur and noise as of a diagnostic scan."""
    noise = gaussian_filter(rng.standard_normal(hu.shape), 0.45 / PIXEL_MM)
    return np.asarray(gaussian_filter(hu, BLUR_MM / PIXEL_MM) + NOISE_HU / noise.std() * noise)


def location(spine: Spine, level: str) -> Array:
    """Posterior wall at a vertebra or interspace, `@` millimetres above it [shape=(3,)]."""
    name, _, above = level.partition("@")
    s = spine.interspace_s_mm.get(name)
    if s is None:
        s = float(spine.row.vertebrae["s"][spine.row.names.index(name)])
    return np.asarray(spine.canal.centreline.frame(s + float(above or 0.0))[0])


def axial(spine: Spine, level: str) -> Array:
    """Posterior up, the patient's left on the left."""
    x, y, z = location(spine, level)
    shape = (THICK_MM, round((BACK_MM - FRONT_MM) / PIXEL_MM), round(2.0 * HALF_MM / PIXEL_MM))
    return hounsfield(spine, (x - HALF_MM, y + FRONT_MM, z - 0.5 * (THICK_MM - 1)), shape).mean(axis=0)[::-1, ::-1]


def upright(spine: Spine, level: str, *, coronal: bool) -> Array:
    """Sagittal along the midline, back to the right, or coronal through the canal; head up."""
    x, y, z = location(spine, level)
    planes, few = round(2.0 * TALL_MM), 3
    if coronal:
        corner = (x - HALF_MM, y + 7.0, z - TALL_MM)
        hu = hounsfield(spine, corner, (planes, few, round(2.0 * HALF_MM / PIXEL_MM))).mean(axis=1)[:, ::-1]
    else:
        corner = (x - PIXEL_MM, y + FRONT_MM, z - TALL_MM)
        hu = hounsfield(spine, corner, (planes, round((BACK_MM - FRONT_MM) / PIXEL_MM), few)).mean(axis=2)
    return np.asarray(zoom(hu[::-1], (1.0 / PIXEL_MM, 1.0), order=1))


def save(rows: list[list[tuple[str, Array, tuple[float, float]]]], target: Path, inches: float = 1.55) -> None:
    """Pictures with their words and windows, in rows, each so many inches wide and as high as it is to its width."""
    rng = np.random.default_rng(0)
    tall = inches * rows[0][0][1].shape[0] / rows[0][0][1].shape[1] if inches != 1.55 else inches
    size = (inches * len(rows[0]), tall * len(rows))
    figure, axes = plt.subplots(len(rows), len(rows[0]), figsize=size, squeeze=False, facecolor="black", dpi=130)
    for row, line in zip(rows, axes, strict=True):
        for (words, hu, (width, level)), ax in zip(row, line, strict=True):
            low, high = level - 0.5 * width, level + 0.5 * width
            ax.imshow(scanned(hu, rng), cmap="gray", vmin=low, vmax=high, interpolation="antialiased", aspect="auto")
            ax.text(0.03, 0.97, words, color="white", fontsize=6, va="top", transform=ax.transAxes)
            ax.axis("off")
    figure.subplots_adjust(0, 0, 1, 1, 0.01, 0.01)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    Image.fromarray(np.asarray(canvas.buffer_rgba())[..., 0].copy()).save(target, optimize=True)  # grey: a third of it
    plt.close(figure)
    print(f"Wrote {target}.")


def patients(target: Path) -> None:
    """The patients of the series, one below another: axial at the leak in two windows, sagittal, coronal."""
    rows = []
    for name in (name for name in patient_names() if name.startswith("patient-")):
        person = patient_parameters(name)
        spine, leak = build_spine(person), person.leak.level
        slice_ = axial(spine, leak)
        rows.append([
            (f"{name.replace('-', ' ')}: {person.sex} {person.age_years:g}, {leak}", slice_, SOFT),
            ("", slice_, BONE),
            ("sagittal", upright(spine, leak, coronal=False), BONE),
            ("coronal", upright(spine, leak, coronal=True), BONE),
        ])  # fmt: skip
    turned = [[row[k] for row in rows] for k in range(4)]
    save(turned, target)


def column(target: Path) -> None:
    """One person from the skull to the sacrum, each level in a soft-tissue and a bone window."""
    spine = build_spine(random_person(3, vertebrae=FIVE_LUMBAR_COLUMN, sex="F"))
    slices = [(level, axial(spine, level)) for level in LEVELS]
    rows = []
    for start in range(0, len(slices), 6):
        part = slices[start : start + 6]
        rows.append([(words, hu, SOFT) for words, hu in part])
        rows.append([(words, hu, BONE) for words, hu in part])
    save(rows, target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("patients", "column"))
    parser.add_argument("target", type=Path)
    wanted = parser.parse_args()
    {"patients": patients, "column": column}[wanted.what](wanted.target)
