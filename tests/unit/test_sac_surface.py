"""The sac's surface moves as a sheet: smooth, and by the volume that was pressed out of it."""

from __future__ import annotations

import numpy as np
import pytest

from phantoms.phantom import Label
from simulator.patch.cell_gathering import epidural_space
from simulator.patch.epidural_space import SacSurface
from simulator.patch.injectate import Injectate
from simulator.patch.patch import Patch, PortionSource, inject_portion
from simulator.patch.sac_surface import SHEET_MM, dent_sac, nothing_to_dent
from simulator.report.outlines import Plane, area_mm2, outlines
from simulator.scenario.build import Case
from simulator.vocabulary.anatomy import InjectionDestination
from simulator.vocabulary.structures import Structure

SPACING_MM, CELL_MM, DEEP_MM = 0.5, 2.0, 5.0
VOXEL_ML = SPACING_MM**3 * 1e-3


def flat_sac(width_mm: float = 40.0) -> tuple[SacSurface, np.ndarray]:
    """A sac with a flat back, cells of 2 mm along it, and the place of each voxel along it."""
    along = np.arange(0.0, width_mm, SPACING_MM) + 0.5 * SPACING_MM
    deep = np.arange(0.0, DEEP_MM, SPACING_MM) + 0.5 * SPACING_MM
    at, away = (grid.ravel() for grid in np.meshgrid(along, deep, indexing="ij"))
    middle = np.arange(0.5 * CELL_MM, width_mm, CELL_MM)
    cell = np.broadcast_to(np.arange(len(middle)), (len(at), len(middle)))
    weight = np.exp(-0.5 * ((at[:, None] - middle[None]) / SHEET_MM) ** 2)
    return SacSurface(
        voxels=np.arange(len(at)),
        away_mm=away,
        cell=np.array(cell),
        weight=weight,
        nearest_cell=(at // CELL_MM).astype(np.int64),
    ), at


def depth_mm(filled: np.ndarray, at: np.ndarray) -> np.ndarray:
    """How deep the surface lies at each place along it."""
    return np.array([filled[at == place].sum() * SPACING_MM for place in np.unique(at)])


@pytest.mark.parametrize("pressed_ml", [0.002, 0.01, 0.03])
def test_the_volume_is_what_the_cells_pressed_out(pressed_ml: float) -> None:
    surface, _ = flat_sac()
    cells = np.zeros(20)
    cells[8:12] = pressed_ml / 4
    dent = dent_sac(surface, cells, VOXEL_ML)
    assert dent.filled.sum() * VOXEL_ML == pytest.approx(pressed_ml, rel=1e-3)
    assert dent.filled.min() >= 0.0
    assert dent.filled.max() <= 1.0


def test_one_cell_that_presses_makes_no_step() -> None:
    surface, at = flat_sac()
    cells = np.zeros(20)
    cells[10] = 0.004
    depth = depth_mm(dent_sac(surface, cells, VOXEL_ML).filled, at)
    assert np.abs(np.diff(depth)).max() < SPACING_MM, "voxel by voxel one cell alone makes a pit of two millimetres"
    assert depth.argmax() == pytest.approx(21.0 / SPACING_MM, abs=3.0)


def test_cells_that_press_alike_move_the_sheet_as_one() -> None:
    surface, at = flat_sac()
    depth = depth_mm(dent_sac(surface, np.full(20, 0.001), VOXEL_ML).filled, at)
    assert np.ptp(depth[10:-10]) < 0.1


def test_nothing_pressed_is_nothing_moved() -> None:
    surface, _ = flat_sac()
    assert dent_sac(surface, np.zeros(20), VOXEL_ML).filled.max() < 1e-6
    assert dent_sac(nothing_to_dent(), np.zeros(20), VOXEL_ML).filled.size == 0


def test_roots_in_the_sac_are_pushed_aside_and_the_cord_is_not(patient_2: Case) -> None:
    phantom = patient_2.world.phantom
    surface = epidural_space(phantom).surface
    labels = set(phantom.canal.label.reshape(-1)[surface.voxels].tolist())
    assert Label.NERVE_ROOT in labels
    assert labels <= {Label.DURA, Label.CEREBROSPINAL_FLUID, Label.NERVE_ROOT}


def test_the_dura_is_drawn_where_blood_has_moved_it(patient_2: Case) -> None:
    world = patient_2.world
    phantom, patch = world.phantom, Patch()
    for ml in range(8):
        source = PortionSource(
            opening_mm=(0.0, 21.0, 0.0),
            destination=InjectionDestination.EPIDURAL,
            drawn_ms=0,
            from_ms=60_000 + 3_333 * ml,
            until_ms=60_000 + 3_333 * (ml + 1),
        )
        blood = Injectate(blood_ml=15 / 16, contrast_ml=1 / 16)
        patch, _ = inject_portion(world.medium, phantom.canal, patch, source, blood, None)
    injected = patch.injected
    z = (
        phantom.canal.grid.origin_mm[2]
        + phantom.canal.grid.spacing_mm[2]
        * np.unravel_index(injected.voxels[injected.pressed > 0.5], phantom.canal.grid.shape)[0]
    )
    plane = Plane(kind="axial", at_mm=float(np.median(z)), u_mm=(-26.0, 26.0), v_mm=(-26.0, 40.0), step_mm=0.4)
    at_rest = outlines(phantom, plane, (Structure.DURA,))[Structure.DURA]
    moved = outlines(phantom, plane, (Structure.DURA,), injected)[Structure.DURA]
    lost_mm2 = area_mm2(max(at_rest, key=area_mm2)) - area_mm2(max(moved, key=area_mm2))
    assert lost_mm2 > 5.0
