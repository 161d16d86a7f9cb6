"""What the console shows of patient 2: sac, patch and muscle in their order, and blood where it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from phantoms.phantom import Label
from simulator.engine.session import Session
from simulator.interface import commands as c
from simulator.interface.frame import Frame
from simulator.scenario.build import Case
from tests.procedures import placed, run, step_until_epidural

MakeCase = Callable[..., Case]


@pytest.fixture(scope="module")
def treated(make_case: MakeCase) -> Session:
    """A press before 15 mL of blood with contrast, and one after, both without the needle."""
    session = Session(make_case(seed=2).world)
    *prepared, needle = placed()
    run(session, prepared)
    session.do(c.ChooseTechnique(tube_voltage_kv=120, tube_current_ma=80.0, rotation_s=0.75))
    session.do(c.PressPedal())
    session.do(needle)
    step_until_epidural(session, beyond_mm=1.0)
    run(session, [c.RemoveStylet(), c.DrawBlood(volume_ml=15.0), c.MixContrast(volume_ml=1.0)])
    run(session, [c.InjectBlood(volume_ml=15.0), c.Withdraw(distance_mm=120.0), c.PressPedal()])
    return session


def mean_hu(session: Session, frame: Frame, voxels: np.ndarray, *, depth_px: int = 2) -> float:
    """Mean HU over the pixels of the middle slice on which these voxels of the canal's grid lie, edges left out."""
    grid = session.world.phantom.canal.grid
    z, y, x = np.unravel_index(voxels, grid.shape)
    middle = float(frame.z_mm[1]) - session.world.table_zero_mm
    here = np.abs(grid.origin_mm[2] + grid.spacing_mm[2] * z - middle) < 1.0
    mask = np.zeros(frame.hu.shape[1:], bool)
    rows, columns = frame.pixel_of(
        grid.origin_mm[0] + grid.spacing_mm[0] * x[here], grid.origin_mm[1] + grid.spacing_mm[1] * y[here]
    )
    mask[np.rint(rows).astype(int), np.rint(columns).astype(int)] = True
    mask = ndimage.binary_erosion(ndimage.binary_closing(mask), iterations=depth_px)
    assert mask.sum() > 5
    return float(frame.hu[1][mask].mean())


def labelled(session: Session, label: Label) -> np.ndarray:
    return np.flatnonzero(session.world.phantom.canal.label.reshape(-1) == label)


def test_sac_is_brighter_than_the_patch_and_the_patch_than_muscle(treated: Session) -> None:
    frame = treated.image(2)
    injected = treated.state.injection.injected
    sac = mean_hu(treated, frame, labelled(treated, Label.CEREBROSPINAL_FLUID), depth_px=4)
    patch = mean_hu(treated, frame, injected.voxels[injected.blood > 0.4], depth_px=1)
    muscle = mean_hu(treated, frame, labelled(treated, Label.MUSCLE), depth_px=4)
    print(f"sac {sac:.0f} HU, patch {patch:.0f} HU, muscle {muscle:.0f} HU")
    assert sac > patch + 100.0
    assert patch > muscle + 100.0
    assert muscle == pytest.approx(43.0, abs=15.0)


def test_blood_dilutes_the_dense_collection_and_leaves_the_rest(treated: Session) -> None:
    """Against the same press, noise and breath included, without the blood."""
    press = treated.acquisition(2)
    after = treated.image(2)
    before = treated._render(treated._own_scanner(), replace(press, scene=replace(press.scene, patch_revision=0)))
    injected = treated.state.injection.injected
    collection = np.intersect1d(labelled(treated, Label.EPIDURAL_COLLECTION), injected.voxels)
    change = mean_hu(treated, after, collection, depth_px=1) - mean_hu(treated, before, collection, depth_px=1)
    muscle = labelled(treated, Label.MUSCLE)
    still = mean_hu(treated, after, muscle, depth_px=4) - mean_hu(treated, before, muscle, depth_px=4)
    print(f"collection {change:+.0f} HU, muscle {still:+.2f} HU")
    assert change < -20.0
    assert abs(still) < 1.0


def test_injected_fat_turns_bright(make_case: MakeCase) -> None:
    session = Session(make_case(seed=2).world)
    session.do(c.AcquirePlanningScan(levels=("L1", "L2")))
    session.do(c.PlaceNeedle(entry_from_midline_mm=22.0, side="right", level="L1/2", angle_deg=22.0))
    session.do(c.ChooseTechnique(tube_voltage_kv=120, tube_current_ma=80.0, rotation_s=0.75))
    session.do(c.PressPedal())
    step_until_epidural(session, beyond_mm=1.0)
    run(session, [c.RemoveStylet(), c.DrawBlood(volume_ml=15.0), c.MixContrast(volume_ml=1.0)])
    run(session, [c.InjectBlood(volume_ml=6.0), c.Withdraw(distance_mm=120.0), c.PressPedal()])
    injected = session.state.injection.injected
    fat = np.intersect1d(labelled(session, Label.EPIDURAL_FAT), injected.voxels[injected.blood > 0.4])
    before, after = session.image(1), session.image(2)
    assert mean_hu(session, after, fat, depth_px=1) > mean_hu(session, before, fat, depth_px=1) + 80.0
