"""What leaves the needle outside the epidural space: where it goes, how it sinks, and what stays."""

from __future__ import annotations

import numpy as np
import pytest

from phantoms.phantom import Label, Phantom
from simulator.patch import extraepidural_spread
from simulator.patch.extraepidural_spread import VEIN_RADIUS_MM, SpreadFront
from simulator.patch.injectate import Injectate
from simulator.patch.intrathecal_mixing import sunk_fraction
from simulator.patch.patch import Patch, PortionSource, inject_portion, settle_patch
from simulator.scenario.build import Case
from simulator.vocabulary.anatomy import InjectionDestination
from tests.portions import OPENING, give, voxel_ml


@pytest.fixture(scope="module")
def phantom(patient_2: Case) -> Phantom:
    return patient_2.world.phantom


@pytest.mark.parametrize(
    ("destination", "allowed"),
    [
        (InjectionDestination.INTRATHECAL, {Label.CEREBROSPINAL_FLUID}),
        (InjectionDestination.SUBDURAL, {Label.CEREBROSPINAL_FLUID}),
        (
            InjectionDestination.VEIN,
            {Label.EPIDURAL_VEIN, Label.VESSEL, Label.EPIDURAL_FAT, Label.EPIDURAL_COLLECTION, Label.FORAMEN},
        ),
    ],
)
def test_what_goes_elsewhere_stays_in_its_compartment(
    patient_2: Case, destination: InjectionDestination, allowed: set[Label]
) -> None:
    patch = give(patient_2, Patch(), Injectate(blood_ml=0.0, contrast_ml=0.3), 0, destination)
    labels = patient_2.world.phantom.canal.label.reshape(-1)[patch.injected.voxels]
    assert len(labels) > 50
    assert set(labels.tolist()) <= {int(label) for label in allowed}
    assert patch.flow is None


def places_of(phantom: Phantom, voxels: np.ndarray) -> np.ndarray:
    grid = phantom.canal.grid
    z, y, x = np.unravel_index(voxels, grid.shape)
    return np.column_stack([x, y, z]) * np.array(grid.spacing_mm) + np.array(grid.origin_mm)


def test_a_vein_too_thin_for_the_phantom_leads_from_the_opening_to_one_that_it_has(phantom: Phantom) -> None:
    order = SpreadFront(phantom, OPENING, InjectionDestination.VEIN, 1).order
    places, labels = places_of(phantom, order), phantom.canal.label.reshape(-1)[order]
    assert np.linalg.norm(places[0] - np.array(OPENING)) < 1.0
    thin = ~np.isin(labels, (Label.EPIDURAL_VEIN, Label.VESSEL))
    assert thin[:20].all()
    assert not thin.all()
    voxel_mm3 = 1e3 * voxel_ml(phantom)
    way_mm = float(np.linalg.norm(places[~thin][0] - np.array(OPENING)))
    assert thin.sum() * voxel_mm3 < 3.0 * way_mm * np.pi * (VEIN_RADIUS_MM + 0.5) ** 2, "a thread, and no pool"


def test_a_front_in_even_tissue_is_nearly_a_ball(patient_2: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraepidural_spread, "IRREGULARITY", 0.0)
    monkeypatch.setitem(extraepidural_spread.ALONG, InjectionDestination.SOFT_TISSUE, 1.0)
    opening = (-22.0, 42.0, 0.0)
    front = SpreadFront(patient_2.world.phantom, opening, InjectionDestination.SOFT_TISSUE, 1)
    off = places_of(patient_2.world.phantom, front.order[:6000]) - np.array(opening)
    near, far = np.percentile(np.linalg.norm(off[-600:], axis=1), (5, 95))
    assert far < 1.3 * near, "paths along the faces of voxels alone make a diamond"


def test_what_is_in_the_sac_sinks_spreads_and_thins(patient_2: Case) -> None:
    world, phantom = patient_2.world, patient_2.world.phantom
    opening = (0.0, 9.0, -3.0)
    patch, front = Patch(), world.front(opening, InjectionDestination.INTRATHECAL)
    source = PortionSource(
        opening_mm=opening, destination=InjectionDestination.INTRATHECAL, drawn_ms=0, from_ms=60_000, until_ms=62_500
    )
    portion = Injectate(blood_ml=0.0, contrast_ml=0.5)
    patch, _ = inject_portion(world.medium, phantom.canal, patch, source, portion, front)
    looks = [
        patch,
        *(settle_patch(world.medium, phantom.canal, patch, 62_500 + ms) for ms in (10_000, 60_000, 300_000)),
    ]
    held = [look.injected for look in looks]
    volumes = [float(one.fraction.sum()) * voxel_ml(phantom) for one in held]
    assert volumes == pytest.approx([0.5] * 4, rel=1e-4)
    height = [float(np.average(places_of(phantom, one.voxels)[:, 1], weights=one.fraction)) for one in held]
    assert height[0] > height[1] > height[2], "denser than CSF, it sinks to the front"
    along = [float(np.ptp(places_of(phantom, one.voxels)[:, 2])) for one in held]
    assert along[3] > along[2] > along[0]
    peak = [float(one.fraction.max()) for one in held]
    assert peak[1] > peak[2] > peak[3]


def test_blood_sinks_later_than_contrast() -> None:
    contrast, blood = Injectate(blood_ml=0.0, contrast_ml=1.0), Injectate(blood_ml=1.0, contrast_ml=0.0)
    assert sunk_fraction(contrast, 6_000.0) == pytest.approx(1.0 - np.exp(-1.0))
    assert sunk_fraction(blood, 6_000.0) < 0.3 * sunk_fraction(contrast, 6_000.0)
    assert sunk_fraction(blood, 120_000.0) > 0.9


def test_subdural_contrast_is_a_film_and_intrathecal_is_not(patient_2: Case) -> None:
    phantom = patient_2.world.phantom
    depth = {}
    for destination in ("subdural", "intrathecal"):
        patch = give(patient_2, Patch(), Injectate(blood_ml=0.0, contrast_ml=1.0), 0, destination)  # type: ignore[arg-type]
        grid = phantom.canal.grid
        z, y, x = np.unravel_index(patch.injected.voxels, grid.shape)
        places = np.column_stack([x, y, z]) * np.array(grid.spacing_mm) + np.array(grid.origin_mm)
        depth[destination] = float(-np.percentile(phantom.anatomy.dura_mm(places), 5))
    assert depth["subdural"] < 2.6
    assert depth["intrathecal"] > depth["subdural"] + 1.0


def test_a_vein_washes_out(patient_2: Case) -> None:
    world = patient_2.world
    patch = give(patient_2, Patch(), Injectate(blood_ml=0.0, contrast_ml=0.3), 0, InjectionDestination.VEIN)
    iodine = [float(patch.injected.delta[2].sum())]
    for seconds in (3, 30):
        patch = settle_patch(world.medium, world.phantom.canal, patch, 63_333 + 1000 * seconds)
        iodine.append(float(patch.injected.delta[2].sum()))
    assert iodine[0] > 0.0
    assert 0.0 < iodine[1] < 0.6 * iodine[0]
    assert iodine[2] == 0.0


def test_muscle_keeps_blood_about_the_tip(patient_2: Case) -> None:
    front = SpreadFront(patient_2.world.phantom, (-15.0, 50.0, 0.0), InjectionDestination.SOFT_TISSUE, 1)
    grid = patient_2.world.phantom.canal.grid
    z, y, x = np.unravel_index(front.order[:5000], grid.shape)
    places = np.column_stack([x, y, z]) * np.array(grid.spacing_mm) + np.array(grid.origin_mm)
    assert np.linalg.norm(places - np.array([-15.0, 50.0, 0.0]), axis=1).max() < 20.0
