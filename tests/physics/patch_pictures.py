"""Pictures of the spread: 2, 5, 10 and 15 mL at three levels, on axial, sagittal and coronal sections.

Run with `python -m tests.physics.patch_pictures FILE.png`; straight from the densities, blurred as a slice is.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phantoms.phantom import Phantom
from phantoms.tissues import hounsfield_slopes
from simulator.engine.case_context import CaseContext
from simulator.patch.injectate import Injectate
from simulator.patch.injected_voxels import Injected, nothing_injected
from simulator.patch.patch import Patch, PortionSource, inject_portion
from simulator.scenario.build import build_case
from simulator.scenario.load import load_scenario
from simulator.vocabulary.anatomy import InjectionDestination
from tests.conftest import PATIENT_2

mpl.use("Agg")
from matplotlib import pyplot as plt

LEVELS = ("L2/3", "L3/4", "L4/5")
VOLUMES_ML = (0, 2, 5, 10, 15)
RIGHT_MM = 2.0  # of the midline
HALF_MM = {"axial": (24.0, 26.0), "sagittal": (62.0, 26.0), "coronal": (62.0, 26.0)}
WINDOW = (-300.0, 1100.0)


def spread(world: CaseContext, opening_mm: tuple[float, float, float]) -> dict[int, Injected]:
    """What the canal holds after each volume."""
    patch, kept = Patch(), {0: nothing_injected()}
    for ml in range(1, VOLUMES_ML[-1] + 1):
        source = PortionSource(
            opening_mm=opening_mm,
            destination=InjectionDestination.EPIDURAL,
            drawn_ms=0,
            from_ms=60_000 + 3_333 * (ml - 1),
            until_ms=60_000 + 3_333 * ml,
        )
        portion = Injectate(blood_ml=15 / 16, contrast_ml=1 / 16)
        patch, _ = inject_portion(world.medium, world.phantom.canal, patch, source, portion, None)
        if ml in VOLUMES_ML:
            kept[ml] = patch.injected
    return kept


def sections(phantom: Phantom, held: Injected, at_mm: tuple[float, float, float]) -> dict[str, NDArray[np.float64]]:
    """HU of the three sections through a point, cropped about the canal."""
    canal, grid = phantom.canal, phantom.canal.grid
    slopes = hounsfield_slopes(120.0)
    hu = np.tensordot(slopes, canal.counts * canal.step[:, None, None, None].astype(np.float32), 1)
    hu += float(slopes @ canal.offset) - 1000.0
    flat = hu.reshape(-1)
    flat[held.voxels] += slopes @ held.delta
    blurred = ndimage.gaussian_filter(hu, (0.8, 1.0, 1.0))
    x, y, z = (round((at_mm[k] - grid.origin_mm[k]) / grid.spacing_mm[k]) for k in range(3))
    whole = {"axial": (blurred[z], (y, x)), "sagittal": (blurred[:, :, x], (z, y)), "coronal": (blurred[:, y], (z, x))}
    found = {}
    for name, (image, (row, column)) in whole.items():
        high, wide = HALF_MM[name]
        rows = round(high / (0.5 if name == "axial" else 1.0))
        columns = round(wide / 0.5)
        cut = image[max(row - rows, 0) : row + rows, max(column - columns, 0) : column + columns]
        found[name] = cut[::-1]
    return found


def main(file: Path) -> None:
    """Draw the sheet."""
    scenario = load_scenario(PATIENT_2)
    world = build_case(
        scenario.scenario_for(1), name="patient-2", seed=1, location=str(PATIENT_2), folder=PATIENT_2.parent
    ).world
    rows = [(level, view) for level in LEVELS for view in ("axial", "sagittal", "coronal")]
    figure, axes = plt.subplots(
        len(VOLUMES_ML), len(rows), figsize=(15.5, 10.2), gridspec_kw={"wspace": 0.03, "hspace": 0.03}
    )
    for level in LEVELS:
        mark = world.phantom.landmarks.interlaminar_windows[level]
        opening = (mark[0] - RIGHT_MM, mark[1], mark[2])
        for line, (_, held) in enumerate(spread(world, opening).items()):
            shown = sections(world.phantom, held, opening)
            for view, image in shown.items():
                column = rows.index((level, view))
                axis = axes[line, column]
                axis.imshow(image, cmap="gray", vmin=WINDOW[0], vmax=WINDOW[1], aspect=1.0 if view == "axial" else 2.0)
                axis.set_xticks([])
                axis.set_yticks([])
                if line == 0:
                    axis.set_title(f"{level}, {view}", fontsize=9)
                if column == 0:
                    axis.set_ylabel(f"{VOLUMES_ML[line]} mL", fontsize=9)
    figure.savefig(file, dpi=75, bbox_inches="tight", pil_kwargs={"optimize": True})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
