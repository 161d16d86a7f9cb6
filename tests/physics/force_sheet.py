"""Force sheet: what the hand feels on the way to the dura at several levels, as one picture.

`python -m tests.physics.force_sheet docs/pictures/force-traces.png`
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from phantoms.phantom import Label
from simulator.engine import events as e
from simulator.engine.case_context import CaseContext
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.needle.insertion import STEP_MM
from tests.headless import CERVICAL, LUMBAR, THORACIC, parameters, world_of
from tests.needle_study import plan_of

LEVELS = (
    ("C6/7", CERVICAL, "cervical"),
    ("C7/T1", CERVICAL, "cervical"),
    ("T6/7", THORACIC, "thoracic"),
    ("L2/3", LUMBAR, "lumbar"),
    ("L3/4", LUMBAR, "lumbar"),
    ("L4/5", LUMBAR, "lumbar"),
)
PEOPLE = 5
PUSH_MM = 8.0
COLOURS = {
    Label.SKIN: "#e8c4a8",
    Label.SUBCUTANEOUS_FAT: "#fbeec0",
    Label.MUSCLE: "#e7a9a0",
    Label.LIGAMENT: "#cfd8e6",
    Label.INTERSPINOUS_LIGAMENT: "#cfd8e6",
    Label.SUPRASPINOUS_LIGAMENT: "#b9c7de",
    Label.LIGAMENTUM_FLAVUM: "#f0c419",
    Label.EPIDURAL_FAT: "#d9f0c8",
    Label.EPIDURAL_COLLECTION: "#a9d6f5",
    Label.DURA: "#7a6fb0",
    Label.CEREBROSPINAL_FLUID: "#c9e6ff",
    Label.NERVE_ROOT: "#f7b6d2",
    Label.SPINAL_CORD: "#f7b6d2",
}


def trace(world: CaseContext, level: str) -> tuple[np.ndarray, np.ndarray, float | None]:
    """Depth and force of a straight way until the dura gives, and where it gave, mm."""
    plan, session = plan_of(world, level), Session(world)
    session.do(
        c.PlaceNeedle(
            entry_from_midline_mm=plan.from_midline_mm,
            side=plan.side,  # type: ignore[arg-type]
            level=level,
            angle_deg=plan.angle_deg,
        )
    )
    depth: list[float] = []
    force: list[float] = []
    for _ in range(24):
        events = session.do(c.Advance(distance_mm=PUSH_MM))
        session.do(c.RotateBevel(angle_deg=180.0))
        moved = next(x for x in events if isinstance(x, e.NeedleMoved))
        n = len(moved.force_n)
        depth += [moved.inserted_mm - STEP_MM * (n - 1 - i) for i in range(n)]
        force += moved.force_n
        harm = [x for x in events if isinstance(x, e.Complication) and x.kind == "dural_puncture"]
        if harm:
            entry = np.asarray(session.state.needle.pose.track_mm[0])  # type: ignore[union-attr]
            return np.array(depth), np.array(force), float(np.linalg.norm(np.asarray(harm[0].tip_mm) - entry))
        if moved.stopped_by:
            break
    return np.array(depth), np.array(force), None


def draw(path: Path) -> None:
    """All levels on one sheet."""
    figure, axes = plt.subplots(3, 2, figsize=(12.5, 11.0), constrained_layout=True)
    for axis, (level, vertebrae, region) in zip(axes.flat, LEVELS, strict=True):
        patient = parameters(vertebrae, level)
        world = world_of(patient, seed=0, region=region, hands="exact")
        plan = plan_of(world, level)
        _tissue(axis, world, level)
        for seed in range(PEOPLE):
            person = world_of(patient, seed=seed, region=region, hands="exact")
            depth, force, gave = trace(person, level)
            axis.plot(depth, force, color="#1f3b73", lw=1.6 if seed == 0 else 0.6, alpha=1.0 if seed == 0 else 0.6)
            if seed == 0 and gave is not None:
                axis.axvline(gave, color="#7a2f8f", lw=1.0, ls=":")
                axis.text(gave + 0.4, 0.3, "dura gives", rotation=90, va="bottom", fontsize=8, color="#7a2f8f")
        tuohy = world_of(patient, seed=0, region=region, hands="exact", needle="18G Tuohy 88 mm")
        depth, force, _ = trace(tuohy, level)
        axis.plot(depth, 0.33 * force, color="#b03a2e", lw=1.0, ls="--")
        axis.set_title(f"{level}, {plan.side}, {plan.angle_deg:.0f}°", fontsize=10, loc="left")
        axis.set_xlim(0.0, plan.length_mm + plan.space_mm + 8.0)
        axis.set_ylim(0.0, 9.0)
        axis.set_ylabel("N")
    for axis in axes[-1]:
        axis.set_xlabel("depth of the tip, mm")
    figure.suptitle(
        "Force on the hand to the dura and through it, pushes of 8 mm. Blue: 20G Quincke, five people (bold: one); "
        "red dashes: 18G Tuohy, a third of its force.\nBands: tissue at the tip (skin, fat, muscle, ligament grey, "
        "flavum yellow, epidural fat green, sac blue)",
        fontsize=10,
    )
    figure.savefig(path, dpi=90)


def _tissue(axis: plt.Axes, world: CaseContext, level: str) -> None:
    session, plan = Session(world), plan_of(world, level)
    session.do(
        c.PlaceNeedle(
            entry_from_midline_mm=plan.from_midline_mm,
            side=plan.side,  # type: ignore[arg-type]
            level=level,
            angle_deg=plan.angle_deg,
        )
    )
    needle = session.state.needle.pose
    assert needle is not None
    ways = np.arange(0.0, plan.length_mm + plan.space_mm + 8.0, 0.25)
    labels = world.phantom.anatomy.label(np.asarray(needle.tip_mm) + ways[:, None] * np.asarray(needle.direction))
    for way, label in zip(ways, labels, strict=True):
        axis.axvspan(way, way + 0.25, color=COLOURS.get(Label(int(label)), "#eeeeee"), lw=0)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
