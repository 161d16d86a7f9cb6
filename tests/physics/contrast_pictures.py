"""Pictures of test contrast: half a millilitre in each compartment, before, at once and half a minute later.

Run with `python -m tests.physics.contrast_pictures FILE.png`; presses of the scanner, 120 kV, 15 mAs, slices of 4 mm.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from simulator.ct.scanner import Scanner
from simulator.interface.frame import Frame
from simulator.scenario.build import build_case
from simulator.scenario.load import load_scenario
from tests.conftest import PATIENT_2
from tests.needle_in import COMPARTMENTS, CONTRAST_ML, LATER_S, needle_in, presses

mpl.use("Agg")
from matplotlib import pyplot as plt

HALF_MM = 27.0
AT_MM = (0.0, 12.0)  # middle of the pictures, between sac and flavum
WINDOW, CHANGE = (-300.0, 2200.0), (-600.0, 600.0)
NAMES = {"soft tissue": "muscle", "vessel": "epidural vein"}


def main(file: Path) -> None:
    """Draw the sheet."""
    scenario = load_scenario(PATIENT_2)
    world = build_case(
        scenario.scenario_for(1),
        name="patient-2",
        seed=1,
        location=str(PATIENT_2),
        folder=PATIENT_2.parent,
        hands="exact",
    ).world
    scanner = Scanner(world.phantom, plane_capacity=60)
    heads = ("before", f"{CONTRAST_ML:g} mL, at once", "change", f"after {LATER_S:g} s", "change by then")
    figure, axes = plt.subplots(
        len(COMPARTMENTS), len(heads), figsize=(8.6, 8.8), gridspec_kw={"wspace": 0.03, "hspace": 0.03}
    )
    for line, compartment in enumerate(COMPARTMENTS):
        session = needle_in(world, compartment, scanner)
        assert session.state.needle.pose is not None
        before, after, later = presses(session)
        at_mm = session.state.needle.pose.tip_mm if compartment == "soft tissue" else AT_MM
        cuts = [_cut(before, frame, at_mm) for frame in (before, after, later)]
        shown = (cuts[0], cuts[1], cuts[1] - cuts[0], cuts[2], cuts[2] - cuts[0])
        for axis, image, head in zip(axes[line], shown, heads, strict=True):
            low, high = CHANGE if head.startswith("change") else WINDOW
            axis.imshow(image, cmap="gray", vmin=low, vmax=high, interpolation="bilinear")
            axis.set_xticks([])
            axis.set_yticks([])
            if line == 0:
                axis.set_title(head, fontsize=9)
        axes[line, 0].set_ylabel(NAMES.get(compartment, compartment), fontsize=9)
    figure.savefig(file, dpi=92, bbox_inches="tight", pil_kwargs={"optimize": True})


def _cut(before: Frame, frame: Frame, at_mm: tuple[float, ...]) -> np.ndarray:
    """The middle slice about a point."""
    row, column = (round(float(part)) for part in before.pixel_of(at_mm[0], at_mm[1]))
    half = round(HALF_MM / before.pixel_spacing_mm)
    return frame.hu[1][max(row - half, 0) : row + half, max(column - half, 0) : column + half]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
