"""Collections that are no even ring, and two in one patient: what septa, sides and levels hold of fluid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from phantoms.catalogue import patient_parameters
from phantoms.fluid.leak import LeakParameters
from phantoms.phantom import Label
from phantoms.spine import Spine, build_spine
from phantoms.synthetic_anatomy import SyntheticAnatomy
from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.levels import Interspace
from tests.physics.conftest import Figure

PATIENT = patient_parameters("patient-2")
STEP_MM = 1.0


def spine(**changes: object) -> Spine:
    """Patient 2 with a changed ring on the right."""
    return build_spine(replace(PATIENT, leak=replace(PATIENT.leak, side=Laterality.RIGHT, **changes)))  # type: ignore[arg-type]


def fluid_ml(of: Spine, sign: int) -> float:
    """Collection on one side of the midline over the ring, by counting points on a grid."""
    hole, canal = of.interspace_s_mm[PATIENT.leak.level], of.canal
    s, u, v = np.meshgrid(
        hole + np.arange(-60.0, 60.0, STEP_MM),
        sign * np.arange(0.5, 30.0, STEP_MM),
        np.arange(0.0, 26.0, STEP_MM),
        indexing="ij",
    )
    points = canal.centreline.from_canal_coordinates(u.ravel(), v.ravel(), s.ravel())
    labels = SyntheticAnatomy.from_spine(of).label(points)
    return float((labels == Label.EPIDURAL_COLLECTION).sum()) * STEP_MM**3 / 1000.0


def test_an_uneven_ring_holds_more_on_its_side_and_less_at_septa(figure: Figure) -> None:
    even = spine()
    uneven = spine(asymmetry=0.7, sleeve_mm=14.0)
    parted = spine(septa=2)
    left, right = fluid_ml(even, 1), fluid_ml(even, -1)
    figure("even ring, right against left", right / left, asked="alike", within=(0.8, 1.25), kind="identity", digits=3)
    assert 0.8 <= right / left <= 1.25
    more = fluid_ml(uneven, -1) / right
    figure(
        "the same, 0.7 more on the right and along its roots", more, asked="1.2 times or more", kind="assumed", digits=3
    )
    assert more >= 1.2
    other = fluid_ml(uneven, 1) / left
    figure("its other side", other, asked="as before", within=(0.95, 1.05), kind="identity", digits=3)
    assert 0.95 <= other <= 1.05
    kept = (fluid_ml(parted, 1) + fluid_ml(parted, -1)) / (left + right)
    figure("the ring with two septa", kept, asked="less", within=(0.75, 0.99), kind="assumed", digits=3)
    assert 0.75 <= kept <= 0.99


def test_two_rings_leave_the_level_between_free(figure: Figure) -> None:
    first = replace(PATIENT.leak, level=Interspace.L2_3, extent_levels=1.6)
    second = LeakParameters(
        pattern=first.pattern,
        level=Interspace.L4_5,
        side=Laterality.LEFT,
        thickness_mm=3.5,
        iodine_ratio=0.75,
        extent_levels=1.6,
    )
    of = build_spine(replace(PATIENT, leak=first, further_leak=second))
    thick = [
        float(np.interp(of.interspace_s_mm[level], of.canal.s_mm, of.canal.fluid.collection_thickness_mm))
        for level in (Interspace.L2_3, Interspace.L3_4, Interspace.L4_5)
    ]
    figure(
        "fluid behind the sac at L2/3, L3/4 and L4/5, rings at the first and the last",
        ", ".join(f"{mm:.1f}" for mm in thick),
        asked="more than 3, less than 0.5, more than 3",
        kind="identity",
        unit="mm",
    )
    assert min(thick[0], thick[2]) > 3.0
    assert thick[1] < 0.5
